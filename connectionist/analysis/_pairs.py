"""Outputs beside their targets, the way the measures of correctness and confusion are given both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import labelled, one_variable
from connectionist.analysis._labels import names_of, place, rows, shape_text
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, ParameterError

if TYPE_CHECKING:
    import xarray as xr

    from connectionist.utils.arrays import Array

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class OutputsAndTargets:
    """Outputs and targets as tables of patterns, a row for each case (at each tick, in each epoch).

    Attributes
    ----------
    labelled : DataArray [..., unit]
        The outputs, with names.
    outputs, targets : array [pattern, output unit]
        NaN targets ask for nothing.
    asked : bool array [pattern]
        Which patterns have any target.
    what : str
        What a message calls them.
    """

    labelled: xr.DataArray
    outputs: Array
    targets: Array
    asked: Flags
    what: str

    @classmethod
    def read(cls, outputs: object, targets: object, what: str) -> OutputsAndTargets:
        """Bring outputs and targets together.

        Raises
        ------
        DataError
            When they do not have the same cases and units, or there is no output for a target.
        """
        outputs = one_variable(outputs, f"{what}, outputs")
        targets = one_variable(targets, f"{what}, targets")
        names = targets.names if isinstance(targets, ExampleSet) else None
        has_names = hasattr(outputs, "columns") or "case" in getattr(outputs, "coords", {})
        answers = labelled(outputs, f"{what}, outputs", None if has_names else names)
        goals = labelled(targets.targets if isinstance(targets, ExampleSet) else targets, f"{what}, targets", names)
        _check_others(answers, goals, targets, what)
        wanted = np.broadcast_to(goals.transpose(*(dim for dim in answers.dims if dim in goals.dims)).values, answers.shape)
        missing = np.argwhere(~np.isfinite(answers.values) & ~np.isnan(wanted))
        if len(missing):
            raise DataError(f"{what}, outputs: must be finite where there is a target (not so at {place(answers, missing[0])})")
        goal_rows = wanted.reshape(-1, answers.shape[-1])
        return cls(answers, rows(answers), goal_rows, ~np.isnan(goal_rows).all(axis=1), what)

    def check_no_gaps(self) -> None:
        """Refuse patterns in which some units have a target and others none.

        Raises
        ------
        DataError
            It names the first one.
        """
        gaps = np.isnan(self.targets).any(axis=1) & self.asked
        if gaps.any():
            raise DataError(f"{self.what}, targets: must be one for every unit, or none at all (not so at {self.place(gaps.argmax())})")

    def place(self, pattern: int | np.intp) -> str:
        """Say by name which pattern it is."""
        return place(self.labelled, np.unravel_index(int(pattern), self.labelled.shape[:-1]))

    def judged(self, right: Flags, each: str) -> xr.DataArray:
        """Return what is right, by case or by tick, given what is right by pattern."""
        import xarray as xr

        if each not in ("case", "tick"):
            raise ParameterError(f"{self.what}, each: must be 'case' or 'tick' (got {each!r})")
        table = self.labelled
        if each == "tick" and "tick" not in table.dims:
            raise ParameterError(f"{self.what}, each: is 'tick' for sequences only (got {shape_text(table)})")
        coords = {dim: table.coords[dim] for dim in table.dims[:-1]}
        found, asked = (xr.DataArray(one.reshape(table.shape[:-1]), coords, table.dims[:-1], "correct") for one in (right, self.asked))
        if each == "tick":
            return found.astype(float).where(asked)
        return (found | ~asked).all("tick") if "tick" in table.dims else found | ~asked


def _check_others(answers: xr.DataArray, goals: xr.DataArray, given: object, what: str) -> None:
    """Refuse targets that are not of the same cases and units, by number or, where both are labelled, by name."""
    sizes = {dim: answers.sizes.get(dim) for dim in goals.dims}
    if sizes != dict(goals.sizes):
        raise DataError(f"{what}: outputs and targets must have one shape (got {shape_text(answers)} and {shape_text(goals)})")
    for dim in goals.dims:
        known = dim in getattr(given, "coords", {}) or hasattr(given, "columns") or (isinstance(given, ExampleSet) and dim == "case")
        ours, theirs = names_of(answers, str(dim)), names_of(goals, str(dim))
        if known and ours != list(range(len(ours))) and ours != theirs:
            at = next(number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1])
            raise DataError(f"{what}: outputs and targets must have the same {dim}s in one order (got {ours[at]!r} and {theirs[at]!r})")
