"""The arrays of a set of examples, checked all at once. The set needs no object for each example then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, in_order
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.model.network import Network


@dataclass
class ExampleArrays:
    """The arrays of a set of examples, one row for each case.

    Attributes
    ----------
    inputs, targets : array [case, unit] or [case, tick, unit]
    names : list of str
    frequencies, error_weights : array [case]
    lengths : int array [case], or None without ticks
    continues : bool array [case]
    event_lengths : dict of int to tuple of int
        Numbers of ticks of the events of a case, by its number.
    clamps : dict of group name to array
    input_groups, target_groups : dict of str to int, or None
    """

    inputs: Array
    targets: Array
    names: list[str]
    frequencies: Array
    error_weights: Array
    lengths: npt.NDArray[np.intp] | None
    continues: npt.NDArray[np.bool_]
    event_lengths: dict[int, tuple[int, ...]]
    clamps: dict[str, Array]
    input_groups: Sizes | None
    target_groups: Sizes | None

    @classmethod
    def of(
        cls,
        inputs: Array,
        targets: Array,
        names: list[str],
        lengths: Sequence[int] | None,
        clamps: dict[str, Array],
        columns: Mapping[str, Any],
        groups: Mapping[str, Sizes | None],
    ) -> ExampleArrays | None:
        """Return the arrays; None if there may be a fault, which the constructors of the examples find and name."""
        count = len(inputs)
        frequencies, weights = (numbers_of_cases(columns[name]) for name in ("frequency", "error_weight"))
        flags = columns["continues"]
        are_flags = isinstance(flags, np.ndarray) or set(map(type, flags)) <= {bool}
        sizes = None
        if inputs.ndim == 3:
            sizes = np.array([inputs.shape[1]] * count if lengths is None else lengths, dtype=np.intp)
        events = _lengths_of_events(columns["event_lengths"], sizes)
        if frequencies is None or weights is None or not are_flags or events is None:
            return None
        inputs, targets = np.ascontiguousarray(inputs), np.ascontiguousarray(targets)
        clamps = {group: np.ascontiguousarray(table) for group, table in clamps.items()}
        if not all(names):
            names = [name or str(number) for number, name in enumerate(names)]
        continues = np.array(flags, dtype=bool)
        arrays = cls(
            inputs, targets, names, frequencies, weights, sizes, continues, events, clamps, groups["input_groups"], groups["target_groups"]
        )
        if not arrays._are_valid():
            return None
        arrays._pad()
        return arrays

    def _are_valid(self) -> bool:
        """Return whether there is no fault that the constructor of an example would find."""
        shape = self.inputs.shape[:-1]
        if self.targets.shape[:-1] != shape or 0 in shape or (self.continues.any() and len(shape) == 1):
            return False
        if not all(_fit(sizes, table) for sizes, table in ((self.input_groups, self.inputs), (self.target_groups, self.targets))):
            return False
        if any(clamp.shape[:-1] != shape or np.isinf(clamp).any() for clamp in self.clamps.values()):
            return False
        for positive in (self.frequencies, self.error_weights):
            if not (np.isfinite(positive).all() and (positive > 0).all()):
                return False
        return not np.isinf(self.targets).any() and self._have_valid_inputs()

    def _have_valid_inputs(self) -> bool:
        if self.input_groups is not None:
            return not np.isinf(self.inputs).any()
        is_finite = np.isfinite(self.inputs)
        if (after := self._after_end()) is not None:
            is_finite[after] = True
        return bool(is_finite.all())

    def _after_end(self) -> npt.NDArray[np.bool_] | None:
        """Return which ticks [case, tick] an example does not have; None if all have all ticks."""
        if self.lengths is None or (self.lengths == self.inputs.shape[1]).all():
            return None
        return np.arange(self.inputs.shape[1]) >= self.lengths[:, None]

    def _pad(self) -> None:
        """Put NaN where an example has no tick, and leave out the ticks that no example has."""
        after = self._after_end()
        if after is None or self.lengths is None:
            return
        most = int(self.lengths.max())
        self.inputs, self.targets = (_padded(table, after, most) for table in (self.inputs, self.targets))
        self.clamps = {group: _padded(table, after, most) for group, table in self.clamps.items()}

    def arrange(self, network: Network) -> bool:
        """Give groups the order that they have in a network. Return False if they are not its input and output groups."""
        for role, table, sizes in (("input", "inputs", "input_groups"), ("output", "targets", "target_groups")):
            wanted = {group.name: len(group) for group in network.groups if group.role == role}
            given = getattr(self, sizes)
            if given is not None and given != wanted:
                return False
            if given is not None and list(given) != list(wanted):
                setattr(self, table, in_order(getattr(self, table), given, wanted))
                setattr(self, sizes, wanted)
        return True


def _fit(sizes: Sizes | None, table: Array) -> bool:
    """Return whether the sizes of groups are whole numbers that add up to the width of a table."""
    return sizes is None or (
        isinstance(sizes, dict) and all(type(size) is int for size in sizes.values()) and sum(sizes.values()) == table.shape[-1]
    )


def _padded(table: Array, after: npt.NDArray[np.bool_], most: int) -> Array:
    if not np.isnan(table[after]).all():
        table = table.copy() if not table.flags.writeable else table
        table[after] = np.nan
    return np.ascontiguousarray(table[:, :most])


def column_of(given: Sequence[Any] | None, default: float, count: int) -> list[Any] | npt.NDArray[Any]:
    """Return one value for each case: a list, or an array of its own if there is a number of Python for each value."""
    if given is None:
        return np.full(count, default)
    return np.array(given) if isinstance(given, np.ndarray) and given.ndim == 1 and given.dtype == np.float64 else list(given)


def numbers_of_cases(given: list[Any] | npt.NDArray[Any]) -> Array | None:
    """Return one number for each case; None if one is of another type."""
    if isinstance(given, np.ndarray):
        return given
    if not set(map(type, given)) <= {int, float, np.float64}:
        return None
    return np.array(given, dtype=float)


def _lengths_of_events(given: list[Any], ticks: npt.NDArray[np.intp] | None) -> dict[int, tuple[int, ...]] | None:
    """Return the numbers of ticks of events by the number of the case; None if they are not those of the cases."""
    if given.count(None) == len(given):
        return {}
    lengths = {number: tuple(each) for number, each in enumerate(given) if isinstance(each, (list, tuple))}
    for number, each in lengths.items():
        if ticks is None or {*map(type, each)} != {int} or min(each) < 1 or sum(each) != ticks[number]:
            return None
    return None if len(lengths) < len(given) - given.count(None) else lengths


def is_taken(given: object) -> TypeGuard[Array]:
    """Return whether an array can be kept without a copy, since it is read-only and has its numbers alone."""
    if not isinstance(given, np.ndarray) or given.dtype != np.float64:
        return False
    return given.flags.c_contiguous and not given.flags.writeable and given.base is None


def row_of(table: Mapping[str, Any], number: int, ticks: slice) -> dict[str, Any]:
    """Return the values of one case by group."""
    return {group: values[number][ticks] for group, values in table.items()}
