"""Outputs together with their targets, as the measures of correctness and confusion need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import select_variable, with_labels
from connectionist.analysis._labels import as_patterns, describe_position, describe_shape, labels_along
from connectionist.data.example_set import ExampleSet, examples_among
from connectionist.errors import DataError, ParameterError

if TYPE_CHECKING:
    import xarray as xr

    from connectionist.utils.arrays import Array

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class OutputsAndTargets:
    """Outputs and targets as arrays of patterns: one row for each case, at each tick and in each epoch if there are any.

    Attributes
    ----------
    labelled : DataArray [..., unit]
        Outputs with their labels.
    outputs, targets : array [pattern, output unit]
        A NaN target means "no target".
    has_target : bool array [pattern]
        Whether any unit of the pattern has a target.
    what : str
        Name of the measure in error messages.
    """

    labelled: xr.DataArray
    outputs: Array
    targets: Array
    has_target: Flags
    what: str

    @classmethod
    def read(cls, outputs: object, targets: object, what: str) -> OutputsAndTargets:
        """Return outputs and targets in one order.

        Raises
        ------
        DataError
            If outputs and targets do not have the same cases and units, or if an output with a target is not finite.
        """
        outputs = select_variable(outputs, f"{what}.outputs")
        targets = examples_among(targets) or select_variable(targets, f"{what}.targets")
        names = targets.names if isinstance(targets, ExampleSet) else None
        has_names = hasattr(outputs, "columns") or "case" in getattr(outputs, "coords", {})
        actual = with_labels(outputs, f"{what}.outputs", None if has_names else names)
        labelled_targets = with_labels(targets.targets if isinstance(targets, ExampleSet) else targets, f"{what}.targets", names)
        _check_same_labels(actual, labelled_targets, targets, what)
        dims = [dim for dim in actual.dims if dim in labelled_targets.dims]
        target_table = np.broadcast_to(labelled_targets.transpose(*dims).values, actual.shape)
        missing = np.argwhere(~np.isfinite(actual.values) & ~np.isnan(target_table))
        if len(missing):
            position = describe_position(actual, missing[0])
            raise DataError(
                f"{what}.outputs: must be finite where there is a target (got {actual.values[tuple(missing[0])]} at {position})"
            )
        patterns = target_table.reshape(-1, actual.shape[-1])
        return cls(actual, as_patterns(actual), patterns, ~np.isnan(patterns).all(axis=1), what)

    def check_complete(self) -> None:
        """Raise DataError if a pattern has targets for some units only; the message names the first such pattern."""
        partial = np.isnan(self.targets).any(axis=1) & self.has_target
        if partial.any():
            position = self.describe_pattern(partial.argmax())
            raise DataError(f"{self.what}.targets: every unit of a pattern must have a target, or none (only some have one at {position})")

    def describe_pattern(self, pattern: int | np.intp) -> str:
        """Return the position of a pattern as text, by label."""
        return describe_position(self.labelled, np.unravel_index(int(pattern), self.labelled.shape[:-1]))

    def correctness(self, is_correct: Flags, each: str) -> xr.DataArray:
        """Return the correctness of cases or of ticks.

        Parameters
        ----------
        is_correct : bool array [pattern]
        each : {"case", "tick"}

        Returns
        -------
        DataArray [..., case] of bool, or [..., case, tick] of float
            By case, a case without targets counts as correct. By tick: 1, 0, or NaN where there is no target.

        Raises
        ------
        ParameterError
            If `each` is something else, or is "tick" and the outputs have no ticks.
        """
        import xarray as xr

        if each not in ("case", "tick"):
            raise ParameterError(f"{self.what}.each: must be 'case' or 'tick' (got {each!r})")
        table = self.labelled
        if each == "tick" and "tick" not in table.dims:
            raise ParameterError(f"{self.what}.each: 'tick' needs outputs of sequences (got {describe_shape(table)})")
        coords = {dim: table.coords[dim] for dim in table.dims[:-1]}
        correct, has_target = (
            xr.DataArray(flags.reshape(table.shape[:-1]), coords, table.dims[:-1], "correct") for flags in (is_correct, self.has_target)
        )
        if each == "tick":
            return correct.astype(float).where(has_target)
        return (correct | ~has_target).all("tick") if "tick" in table.dims else correct | ~has_target


def _check_same_labels(outputs: xr.DataArray, targets: xr.DataArray, given_targets: object, what: str) -> None:
    """Raise DataError unless targets have the sizes of the outputs and, where both have labels, the same labels in the same order."""
    sizes = {dim: outputs.sizes.get(dim) for dim in targets.dims}
    if sizes != dict(targets.sizes):
        raise DataError(
            f"{what}: outputs and targets must have the same shape (got {describe_shape(outputs)} and {describe_shape(targets)})"
        )
    for dim in targets.dims:
        is_named = dim in getattr(given_targets, "coords", {}) or hasattr(given_targets, "columns")
        is_named = is_named or (isinstance(given_targets, ExampleSet) and dim == "case")
        of_outputs, of_targets = labels_along(outputs, str(dim)), labels_along(targets, str(dim))
        if is_named and of_outputs != list(range(len(of_outputs))) and of_outputs != of_targets:
            at = next(number for number, (one, other) in enumerate(zip(of_outputs, of_targets, strict=True)) if one != other)
            found = f"{of_outputs[at]!r} and {of_targets[at]!r}"
            raise DataError(f"{what}: outputs and targets must have the same {dim}s in the same order (got {found})")
