"""The inputs or the targets of all events of a file, gathered in blocks of rows, one row for each event."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

import connectionist as cn

MOST_ROOM = 2**22  # numbers for which a block has room
WHOLE = ""  # the group of a range that names none: all groups of the side, side by side


@dataclass(frozen=True)
class ValueList:
    """Values of some units.

    Attributes
    ----------
    group : str
        `WHOLE` if the file names none.
    first : int
        The first unit, if it is dense.
    values : array or None
        One value for each unit from the first; None if it is sparse.
    value : float or None
        The value of all units of a sparse range; None means that of the event.
    spans : tuple of slice
        The units of a sparse range.
    """

    group: str = WHOLE
    first: int = 0
    values: cn.Array | None = None
    value: float | None = None
    spans: tuple[slice, ...] = ()

    @property
    def end(self) -> int:
        """The number after the last unit."""
        if self.values is not None:
            return self.first + len(self.values)
        return max((span.stop or 0 for span in self.spans), default=0)


@dataclass(frozen=True)
class UnitValues:
    """Values of many events, in the order of the file: of each, the number of the group in `names`, the unit, the event and the value."""

    names: list[str]
    groups: Any
    units: Any
    events: Any
    values: cn.Array


@dataclass(frozen=True)
class Columns:
    """Dense values [event, unit] of a group in some events, from its first unit on."""

    group: str
    first: int
    events: Any
    values: cn.Array


@dataclass
class _Block:
    """Rows of one layout; `places` has the first column of each group."""

    places: dict[str, int]
    numbers: cn.Array
    count: int = 0


@dataclass
class Side:
    """The inputs, targets or clamps of all events.

    Parameters
    ----------
    file : InputFile
    sizes : dict of str to int
        Units of each group. Of a network, they are fixed; otherwise they are found in the file.
    is_fixed : bool
    """

    file: cn.formats.InputFile
    sizes: dict[str, int] = field(default_factory=dict)
    is_fixed: bool = False

    def __post_init__(self) -> None:
        self._blocks: list[_Block] = []
        self._defaults = array("d")
        self.expected = 0  # rows of the whole file
        self._is_grown = True  # whether the last block has another layout
        self._places: dict[str, int] = {}
        self._of_all: list[tuple[int, str, int, float]] = []  # row, group, its units so far, and the value of all its units

    def __len__(self) -> int:
        return len(self._defaults)

    @property
    def width(self) -> int:
        """Number of units of all groups."""
        return sum(self.sizes.values())

    def size_of(self, group: str) -> int | None:
        """Return the number of units that a range may have; None if it may grow, or the group is not known."""
        if not self.is_fixed:
            return None
        return self.width if group == WHOLE else self.sizes.get(group)

    def grow(self, group: str, end: int) -> None:
        """Make room for the units of a group up to a number."""
        if not self.is_fixed and end > self.sizes.get(group, -1):
            self.sizes[group] = end
            self._is_grown = True

    def add(self, default: float, ranges: list[ValueList], value: float) -> None:
        """Add the row of an event: a default for all units, and then some ranges; `value` is that of sparse ranges."""
        block = self._block_for(1)
        row = block.numbers[block.count]
        row[:] = default
        for each in ranges:
            place = block.places.get(each.group, 0)
            if each.values is not None:
                first = place + each.first
                row[first : first + len(each.values)] = each.values
            else:
                size = self.width if each.group == WHOLE and self.is_fixed else self.sizes.get(each.group, 0)
                units = row[place : place + size]
                for span in each.spans:
                    units[span] = value if each.value is None else each.value
                    if span.stop is None and not self.is_fixed:
                        self._of_all.append((len(self), each.group, size, value if each.value is None else each.value))
        block.count += 1
        self._defaults.append(default)

    def add_rows(self, defaults: cn.Array, given: Sequence[UnitValues | Columns] = ()) -> None:
        """Add the rows of some events: their defaults, and then some values, except those of groups that the network does not have."""
        count = len(defaults)
        for each in given:
            if isinstance(each, UnitValues):
                self._grow_to(each)
        block = self._block_for(count)
        numbers = block.numbers[block.count : block.count + count]
        numbers[:] = defaults[:, np.newaxis]
        for each in given:
            if isinstance(each, UnitValues):
                self._put(numbers, each, block.places)
            elif self._has(each.group):
                first = block.places.get(each.group, 0) + each.first
                numbers[each.events, first : first + each.values.shape[1]] = each.values
        block.count += count
        self._defaults.frombytes(defaults.tobytes())

    def _has(self, group: str) -> bool:
        return group == WHOLE or group in self.sizes

    def _grow_to(self, given: UnitValues) -> None:
        """Make room for the units of some values."""
        for number, name in enumerate(() if self.is_fixed else given.names):
            units = given.units[given.groups == number]
            if len(units):
                self.grow(name, int(units.max()) + 1)

    def _put(self, numbers: cn.Array, given: UnitValues, places: dict[str, int]) -> None:
        """Put values in rows of a block with some places of groups."""
        known = [self._has(name) for name in given.names]
        firsts = np.array([places.get(name, 0) for name in given.names])
        at = given.events * numbers.shape[1] + given.units
        if len(firsts) > 1:
            at += firsts[given.groups]
        if all(known):
            numbers.reshape(-1)[at] = given.values
        else:
            is_kept = np.array(known)[given.groups]
            numbers.reshape(-1)[at[is_kept]] = given.values[is_kept]

    def _block_for(self, rows: int) -> _Block:
        """Return the last block, or a new one, with room for some rows. Its room grows with the block, so that it is seldom moved."""
        self.check_memory(len(self) + rows)
        last = self._blocks[-1] if self._blocks else None
        if last is None or self._is_grown:
            ends = np.cumsum([0, *self.sizes.values()]).tolist()
            self._places = dict(zip(self.sizes, ends[:-1], strict=True))
            self._is_grown = False
            last = _Block(self._places, np.empty((rows, self.width)))
            self._blocks.append(last)
        elif last.count + rows > len(last.numbers):
            most = max(last.count // 2, self.expected - len(self))
            room = min(most, MOST_ROOM // max(1, self.width))
            more = max(rows, room)
            if more > last.count:
                numbers = np.empty((last.count + more, self.width))
                numbers[: last.count] = last.numbers[: last.count]
                last.numbers = numbers
            else:  # needs the memory of the block once, but fills the new rows with zeros
                last.numbers.resize((last.count + more, self.width), refcheck=False)  # nothing else has this array
        return last

    def check_memory(self, rows: int) -> None:
        """Raise an error if some rows would need too much memory."""
        self.file.check_memory(8 * rows * self.width, f"{rows} events of {self.width} units")

    def table(self) -> cn.Array:
        """Return the values [event, unit] of all groups in their order. The rows are removed here, to need the memory once."""
        if len(self._blocks) == 1 and not self._is_grown and not self._of_all:
            (block,) = self._blocks
            self._blocks = []
            block.numbers.resize((block.count, self.width), refcheck=False)
            return block.numbers
        self.check_memory(len(self))
        table = np.empty((len(self), self.width))
        ends = np.cumsum([0, *self.sizes.values()]).tolist()
        places = dict(zip(self.sizes, ends[:-1], strict=True))
        done = 0
        self._blocks.reverse()
        while self._blocks:
            block = self._blocks.pop()
            rows = table[done : done + block.count]
            if block.places == places and block.numbers.shape[1] == self.width:
                rows[:] = block.numbers[: block.count]
            else:
                rows[:] = np.frombuffer(self._defaults)[done : done + block.count, np.newaxis]
                self._copy_groups(block, rows, places)
            done += block.count
        for row, group, known, value in self._of_all:  # units that were not known yet
            if not self.sizes[group]:
                raise self.file.error(message="has '*' for units of which it does not say how many there are; give network=")
            table[row, places[group] + known : places[group] + self.sizes[group]] = value
        return table

    def _copy_groups(self, block: _Block, rows: cn.Array, places: dict[str, int]) -> None:
        """Copy the columns of a block that was made when groups had fewer units."""
        firsts = [*block.places.values(), block.numbers.shape[1]]
        for group, (first, end) in zip(block.places, pairwise(firsts), strict=True):
            rows[:, places[group] : places[group] + end - first] = block.numbers[: block.count, first:end]
