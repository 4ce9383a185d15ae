"""The events of a file, put together to a set of examples."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import WHOLE, Columns, Side, UnitValues, ValueList

LONGEST = 1_000_000  # ticks of an event; more is taken for a typing error
MOST_EVENTS = 1_000_000
MOST_UNITS = 10_000_000
EVENT_BYTES = 400  # of memory while an example is read
EVENTS_PER_BYTE, FREE_EVENTS = 10, 200_000  # that a file may have; the time to read it grows with its events
UNKNOWN = -1  # number of units of a group that is not known
ROUNDING = 1e-8  # of the times of LENS


@dataclass(frozen=True)
class EventHeader:
    """The header of an event: times in intervals, and the values of units that no range names."""

    max: float = 1.0
    min: float = 0.0
    grace: float = 0.0
    defI: float = 0.0  # noqa: N815  (the words of LENS)
    actI: float = 1.0  # noqa: N815
    defT: float = 0.0  # noqa: N815
    actT: float = 1.0  # noqa: N815


HEADER_WORDS = tuple(EventHeader.__dataclass_fields__)


@dataclass
class GivenExample:
    """An example as the file has it. Events that are not in `headers`, `inputs` or `targets` have the defaults."""

    name: str = ""
    frequency: float = 1.0
    event_count: int = 1
    headers: dict[int, EventHeader] = field(default_factory=dict)
    inputs: dict[int, list[ValueList]] = field(default_factory=dict)
    targets: dict[int, list[ValueList]] = field(default_factory=dict)
    input_header: dict[int, EventHeader] = field(default_factory=dict)  # of the first event that shares the inputs


@dataclass
class Rows:
    """Examples: their names, frequencies and numbers of events; the numbers of each word of a header and the values, by event."""

    names: list[str]
    frequencies: cn.Array
    event_counts: Any
    headers: dict[str, cn.Array]
    values: dict[str, list[UnitValues | Columns]]


class ExampleTable:
    """The examples that were read so far.

    Parameters
    ----------
    file : InputFile
    network : Network or None
    ticks_per_interval : int
    times : dict of str to float or None
        Times of the set in place of those in its header.
    """

    def __init__(
        self, file: cn.formats.InputFile, network: cn.Network | None, ticks_per_interval: int, times: Mapping[str, float | None]
    ) -> None:
        self._file, self._network, self._rate = file, network, ticks_per_interval
        of_role = {role: _sizes(network, role) for role in ("input", "hidden", "output")}
        is_fixed = network is not None
        self.inputs = Side(file, of_role["input"], is_fixed)
        self.targets = Side(file, of_role["output"], is_fixed)
        self._clamps: dict[str, Side] = {}
        self._clampable = of_role["hidden"] | of_role["output"]
        self._names: list[str] = []
        self._frequencies = array("d")
        self._counts, self._ticks, self._grace = array("l"), array("l"), array("l")
        self._unknown: set[tuple[str, str]] = set()
        self._given_times = {word: time for word, time in times.items() if time is not None}
        self.header = EventHeader()

    def __len__(self) -> int:
        return len(self._names)

    def of_set(self, header: EventHeader) -> EventHeader:
        """Return the header of the set. Times that the user gave replace those in the file."""
        return replace(header, **self._given_times)

    def may_end_early(self, least: Any, most: Any) -> Any:
        """Return whether LENS may end an event before its last tick because the file gives a least time for it; of one or an array."""
        return (least > 0) & (np.ceil(np.minimum(least, LONGEST) * self._rate) < self._times(most, 0.0)[0])

    def fault_of(self, given: ValueList, side: Side) -> str:
        """Return why a range does not fit, for the message of an error; empty if it does. A group that is new gets its size."""
        size = self._clampable.get(given.group) if self.is_clamp(given, side) else side.size_of(given.group)
        if size is not None and given.end > size:
            owner = f"group {given.group!r}" if given.group else f"all groups of {'inputs' if side is self.inputs else 'targets'} together"
            return f"{given.end} units; {owner} of {self._network.name} has {size}" if self._network is not None else ""
        if not side.is_fixed and any((group == WHOLE) != (given.group == WHOLE) for group in side.sizes):
            return "values with and without groups; give network=, which says which units the latter are"
        side.grow(given.group, given.end)
        return ""

    def unknown_group(self, given: ValueList, side: Side) -> str:
        """Return what is wrong with the group of a range in the network; empty if nothing is, or if it was said before."""
        is_known = not side.is_fixed or given.group == WHOLE or given.group in side.sizes or self.is_clamp(given, side)
        what = "inputs" if side is self.inputs else "targets"
        if is_known or (given.group, what) in self._unknown or self._network is None:
            return ""
        self._unknown.add((given.group, what))
        exists = "is no output group" if given.group in self._clampable or given.group in self.inputs.sizes else "does not exist"
        known = ", ".join([*side.sizes, *(self._clampable if side is self.inputs else ())])
        return f"{what} of group {given.group!r}, which {exists} in {self._network.name} (its groups: {known})"

    def is_clamp(self, given: ValueList, side: Side) -> bool:
        """Return whether a range is of a hidden or output group, which it clamps."""
        return side is self.inputs and given.group not in side.sizes and given.group in self._clampable

    @property
    def left_out(self) -> list[str]:
        """Groups of which the file has values, and the network no units."""
        return [group for group, _ in self._unknown]

    def most_units(self, group: str, letter: str) -> tuple[int, int]:
        """Return how many units dense and sparse ranges of a group may have in many examples read at once; `UNKNOWN` if none."""
        side = self.inputs if letter == "I" else self.targets
        if group in side.sizes or (side.is_fixed and group == WHOLE):
            size = side.size_of(group)
            return (side.sizes[group], MOST_UNITS) if size is None else (size, size)
        is_left_out = (group, "inputs" if letter == "I" else "targets") in self._unknown
        return (MOST_UNITS, MOST_UNITS) if is_left_out else (UNKNOWN, UNKNOWN)

    def has_room(self, count: int) -> bool:
        """Return whether a file of this size may have some more events."""
        return len(self.inputs) + count <= FREE_EVENTS + EVENTS_PER_BYTE * self._file.size

    def check_events(self, count: int) -> None:
        """Raise an error if an example with some events would need too much memory or time."""
        if not self.has_room(count):
            total = len(self.inputs) + count
            raise self._file.error(message=f"has {total} events or more, too many for its {self._file.size:,} bytes")
        width = self.inputs.width + self.targets.width
        self._file.check_memory((EVENT_BYTES + 8 * width) * count, f"{count} events of {width} units")

    def add(self, given: GivenExample) -> None:
        """Add an example."""
        self._names.append(given.name)
        self._frequencies.append(given.frequency)
        self._counts.append(given.event_count)
        for event in range(given.event_count):
            header = given.headers.get(event, self.header)
            ranges = given.inputs.get(event, [])
            act = given.input_header.get(event, header).actI
            if self._clampable:
                ranges = self._add_clamps(ranges, act)
            if self.inputs.is_fixed:
                ranges = [each for each in ranges if each.group == WHOLE or each.group in self.inputs.sizes]
            self.inputs.add(header.defI, ranges, act)
            wanted = given.targets.get(event, [])
            if self.targets.is_fixed:
                wanted = [each for each in wanted if each.group == WHOLE or each.group in self.targets.sizes]
            self.targets.add(header.defT, wanted, header.actT)
            ticks, grace = self._times(header.max, header.grace)
            self._ticks.append(ticks)
            self._grace.append(grace)

    def expect(self, part: float) -> None:
        """Give the part of the file that was read, to have room for the rest."""
        for side in (self.inputs, self.targets, *self._clamps.values()):
            side.expected = int(len(side) / part * 1.02)

    def add_rows(self, rows: Rows) -> None:
        """Add some examples. They have no clamps."""
        total = len(rows.headers["max"])
        for letter, side in (("I", self.inputs), ("T", self.targets)):
            side.add_rows(rows.headers[f"def{letter}"], rows.values[letter])
        for clamps in self._clamps.values():
            clamps.add_rows(np.full(total, math.nan))
        ticks, grace = self._times(rows.headers["max"], rows.headers["grace"])
        self._names += rows.names
        self._frequencies.frombytes(rows.frequencies.tobytes())
        for kept, new in ((self._counts, rows.event_counts), (self._ticks, ticks), (self._grace, grace)):
            kept.frombytes(new.astype(np.dtype("l")).tobytes())

    def _times(self, longest: Any, grace_time: Any) -> tuple[Any, Any]:
        """Return the ticks of an event, and how many of them have no targets; of one event, or of an array."""
        ticks = np.maximum(1, np.ceil((np.minimum(longest, LONGEST) - ROUNDING) * self._rate).astype(np.intp))
        grace = np.floor(np.clip(grace_time, 0.0, LONGEST) * self._rate).astype(np.intp)
        grace += grace / self._rate < grace_time  # tick k has no error if (k - 1) / rate < grace
        return ticks, np.minimum(ticks, grace)

    def _add_clamps(self, ranges: list[ValueList], act: float) -> list[ValueList]:
        """Add the clamps of hidden and output groups, and return the ranges of input groups."""
        by_group: dict[str, list[ValueList]] = {}
        rest = []
        for each in ranges:
            if self.is_clamp(each, self.inputs):
                by_group.setdefault(each.group, []).append(replace(each, group=WHOLE))
            else:
                rest.append(each)
        for group in by_group:
            if group not in self._clamps:
                self._clamps[group] = Side(self._file, {group: self._clampable[group]}, is_fixed=True)
                self.check_events(len(self.inputs))
                for _ in range(len(self.inputs)):
                    self._clamps[group].add(math.nan, [], act)
        for group, side in self._clamps.items():
            side.add(math.nan, by_group.get(group, []), act)
        return rest

    def examples(self) -> cn.ExampleSet:
        """Return the set."""
        if not self._names:
            raise self._file.error(message="has no examples")
        groups = {"input_groups": self.inputs, "target_groups": self.targets}
        sizes: dict[str, Any] = {key: None if WHOLE in side.sizes or not side.sizes else dict(side.sizes) for key, side in groups.items()}
        counts, ticks, grace = (np.frombuffer(each, dtype=np.dtype("l")) for each in (self._counts, self._ticks, self._grace))
        has_ticks = ticks.max() > 1 or counts.max() > 1 or (self._network is not None and bool(self._network.in_time))
        inputs, targets = self.inputs.table(), self.targets.table()
        inputs[np.isnan(inputs)] = 0.0  # an input unit without input has output 0
        clamps = {group: side.table() for group, side in self._clamps.items()}
        times: dict[str, Any] = {}
        if has_ticks:
            timing = _Timing(counts, ticks, grace)
            for width in (inputs.shape[1] + targets.shape[1] + sum(table.shape[1] for table in clamps.values()),):
                self._file.check_memory(8 * width * timing.size, f"{timing.size} ticks of {width} units")
            inputs, clamps = timing.expand(inputs), {group: timing.expand(table) for group, table in clamps.items()}
            targets = timing.expand(targets, has_grace=True)
            times = {"lengths": timing.lengths.tolist(), "event_lengths": timing.event_lengths()}
        else:
            targets[grace > 0] = np.nan
        for table in (inputs, targets):
            table.flags.writeable = False
        return cn.ExampleSet.from_arrays(
            inputs,
            targets,
            self._names if any(self._names) else None,
            frequencies=np.array(self._frequencies),  # type: ignore[arg-type]
            clamps=clamps,
            network=self._network,
            **times,
            **sizes,
        )


class _Timing:
    """The ticks of all events.

    Parameters
    ----------
    counts : int array [example]
        Events of each example.
    ticks, grace : int array [event]
        Ticks of each event, and how many of them have no targets.
    """

    def __init__(self, counts: Any, ticks: Any, grace: Any) -> None:
        self._counts, self._ticks, self._grace = counts, ticks, grace
        self._first_events = np.cumsum(counts) - counts
        self.lengths = np.add.reduceat(ticks, self._first_events)

    @property
    def size(self) -> int:
        """Number of ticks of the padded table."""
        return int(self.lengths.max()) * len(self.lengths)

    def expand(self, table: cn.Array, *, has_grace: bool = False) -> cn.Array:
        """Return the values [example, tick, unit] from those of the events; NaN after the end, and in the ticks of grace."""
        expanded = np.full((len(self.lengths), int(self.lengths.max()), table.shape[1]), np.nan)
        events = np.repeat(np.arange(len(self._ticks)), self._ticks)
        examples = np.repeat(np.arange(len(self._counts)), self.lengths)
        at = np.arange(len(events)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        if has_grace:
            in_event = np.arange(len(events)) - np.repeat(np.cumsum(self._ticks) - self._ticks, self._ticks)
            is_counted = in_event >= self._grace[events]
            events, examples, at = events[is_counted], examples[is_counted], at[is_counted]
        expanded[examples, at] = table[events]
        return expanded

    def event_lengths(self) -> list[tuple[int, ...] | None]:
        """Return the ticks of the events of each example."""
        ends = np.cumsum(self._counts).tolist()
        ticks = self._ticks.tolist()
        return [tuple(ticks[first:end]) for first, end in zip(self._first_events.tolist(), ends, strict=True)]


def spread(firsts: Any, counts: Any) -> Any:
    """Return numbers that follow one another: of each of some first numbers, a count.

    Examples
    --------
    >>> spread(np.array([5, 0]), np.array([3, 2]))
    array([5, 6, 7, 0, 1])
    """
    return np.repeat(firsts - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))


def _sizes(network: cn.Network | None, role: str) -> dict[str, int]:
    if network is None:
        return {}
    return {group.name: len(group) for group in network.groups if group.role == role}
