"""Events: a pattern held for some ticks. An example in time is a sequence of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

import numpy as np

from connectionist.data.by_group import Values, read_values, split_groups
from connectionist.errors import DataError, ParameterError, check_flag, check_number
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.finite_list import finite_list
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

LONGEST_TIME = 1_000_000  # units of time; a longer event is taken for a typing error


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Event:
    """A pattern of inputs that is held for some ticks, with its targets.

    Parameters
    ----------
    inputs : array_like [input unit], or dict of group name to array_like
        A hidden or output group in the dict is clamped; NaN means "not clamped". A group that only other events of an example name is not
        clamped here; ``{}`` clamps none.
    targets : array_like [output unit], or dict of group name to array_like, optional
        NaN means "no target". By default the event has no targets. A group that only other events of an example name has no targets here.
    time : float
        Duration in units of time, above 0 and at most 1,000,000.
    stays : bool
        Whether the inputs are held for the whole event. If False, they are 0 after the first tick.
    targets_at : {"all", "last"}
        Whether the targets hold at every tick of the event or only at its last tick.
    grace : float
        Time from the beginning of the event without targets, in units of time, at least 0. An event with targets must be longer. The
        ticks of grace are rounded half up, but the last tick of the event has its targets in any case.

    Raises
    ------
    ParameterError
        If `time`, `stays`, `targets_at` or `grace` is out of range.
    DataError
        If `inputs` or `targets` are not a row of numbers.
    """

    inputs: Values
    targets: Values | None = None
    time: float = 1.0
    stays: bool = True
    targets_at: Literal["all", "last"] = "all"
    grace: float = 0.0

    def __post_init__(self) -> None:
        keep_number(self, "Event", "time", above=0, at_most=LONGEST_TIME)
        keep_number(self, "Event", "grace", at_least=0, at_most=LONGEST_TIME)
        object.__setattr__(self, "inputs", _pattern(self.inputs, "Event.inputs"))
        if self.targets is not None:
            object.__setattr__(self, "targets", _pattern(self.targets, "Event.targets"))
            if self.grace >= self.time:
                raise ParameterError(
                    f"Event.grace: must be shorter than the event, {self.time:g}, or no target is left (got {self.grace:g})"
                )
        object.__setattr__(self, "stays", check_flag("Event", "stays", self.stays))
        if self.targets_at not in ("all", "last"):
            raise ParameterError(f"Event.targets_at: must be 'all' or 'last' (got {self.targets_at!r})")

    def ticks(self, per_time: int) -> int:
        """Return the number of ticks, rounded half up; `per_time` is the number of ticks per unit of time."""
        return int(self.time * per_time + 0.5)


def _pattern(given: Values, what: str) -> Values:
    if isinstance(given, Mapping) and not given:  # only other events name groups
        return {}
    pattern, sizes = read_values(given, what, "[unit]")
    if sizes is None:
        return pattern
    return dict(split_groups(pattern, sizes))


def expand_events(events: Iterable[Event], per_time: int, what: str) -> tuple[Values, Values, list[int]]:
    """Return the inputs and targets of a sequence of events, tick by tick, and the number of ticks of each event.

    Parameters
    ----------
    events : iterable of Event
        At least one, and at least one with targets.
    per_time : int
        Ticks per unit of time, at least 1.
    what : str
        Name of the example in error messages.

    Returns
    -------
    inputs : array [tick, input unit], or dict of group name to array
    targets : array [tick, output unit], or dict of group name to array
    lengths : list of int

    Raises
    ------
    ParameterError
        If `per_time` is out of range.
    DataError
        If there is no event or no target, if events differ in their groups or their number of inputs or targets, or if an event is shorter
        than half a tick.
    MemoryLimitError
        If the ticks would not fit in memory.
    """
    if isinstance(events, Event) or not hasattr(events, "__iter__"):
        raise DataError(f"{what}: must be a list of events (got {events!r})")
    check_no_set(events, what)
    given = finite_list(events, what)
    per_time = check_number(what, "ticks_per_time", per_time, at_least=1, whole=True)
    if not given:
        raise DataError(f"{what}: needs at least one event (got none)")
    for event in given:
        if not isinstance(event, Event):
            raise DataError(f"{what}: must be events, as made by cn.Event(inputs, targets) (got {event!r})")
    for number, event in enumerate(given, 1):
        if event.ticks(per_time) == 0:
            limits = f"use a longer time than {event.time:g} or more ticks per unit of time than {per_time}"
            raise DataError(f"{what}, event {number}: lasts less than half a tick; {limits}")
    inputs, targets = (_patterns_by_group(given, field, what) for field in ("inputs", "targets"))
    lengths = [event.ticks(per_time) for event in given]
    ticks = sum(lengths)
    both = *inputs.values(), *targets.values()
    values = sum(max((len(each) for each in patterns if each is not None), default=0) for patterns in both)
    with allocating(2 * NUMBER_BYTES * ticks * values, f"{what}: {ticks} ticks of {values} inputs and targets"):
        return (
            _whole({group: _expand_inputs(given, patterns, per_time, _of(what, group)) for group, patterns in inputs.items()}),
            _whole({group: _expand_targets(given, patterns, per_time, _of(what, group)) for group, patterns in targets.items()}),
            lengths,
        )


def event_slices(ticks: int | None, lengths: Sequence[int] | None) -> list[slice]:
    """Return the rows of each event of an example with some ticks; without lengths, each tick is an event."""
    if ticks is None:
        return [slice(None)]
    ends = accumulate([1] * ticks if lengths is None else lengths)
    return [slice(first, end) for first, end in pairwise([0, *ends])]


def _patterns_by_group(events: list[Event], field: str, what: str) -> dict[str, list[Array | None]]:
    """Return the pattern of each event by group; the group is "" if patterns are not given by group."""
    given: list[Any] = [getattr(event, field) for event in events]
    is_by_group = [isinstance(each, Mapping) for each in given if each is not None]
    if not any(is_by_group):
        return {"": given}
    if not all(is_by_group):
        raise DataError(f"{what}: either all events have {field} by group or none")
    names = dict.fromkeys(name for each in given if each is not None for name in each)
    return {name: [None if each is None else each.get(name) for each in given] for name in names}


def _of(what: str, group: str) -> str:
    return f"{what}, group {group!r}" if group else what


def _whole(tables: dict[str, Array]) -> Values:
    return tables.get("", tables)


def _expand_inputs(events: list[Event], patterns: list[Array | None], per_time: int, what: str) -> Array:
    """Return the inputs of one group at every tick; NaN in events that do not name it, in which its units are not clamped."""
    rows, width = [], max(len(pattern) for pattern in patterns if pattern is not None)
    for event, pattern in zip(events, patterns, strict=True):
        rows.append(np.tile(np.full(width, np.nan) if pattern is None else pattern, (event.ticks(per_time), 1)))
        if not event.stays and pattern is not None:
            rows[-1][1:] = 0.0
    if len({row.shape[1] for row in rows}) > 1:
        raise DataError(f"{what}: all events must have the same number of inputs (got {', '.join(str(row.shape[1]) for row in rows)})")
    return np.concatenate(rows)


def _expand_targets(events: list[Event], patterns: list[Array | None], per_time: int, what: str) -> Array:
    width = max((len(pattern) for pattern in patterns if pattern is not None), default=0)
    if not width:
        raise DataError(f"{what}: one event or more must have targets (got none); use NaN for units without a target")
    rows = []
    for number, (event, pattern) in enumerate(zip(events, patterns, strict=True), 1):
        target = np.full(width, np.nan) if pattern is None else pattern
        if len(target) != width:
            raise DataError(f"{what}, event {number}: must have {describe_count(width, 'target')} like the others (got {len(target)})")
        count = event.ticks(per_time)
        rows.append(np.tile(target, (count, 1)))
        rows[-1][: min(int(event.grace * per_time + 0.5), count - 1)] = np.nan
        if event.targets_at == "last":
            rows[-1][:-1] = np.nan
    return np.concatenate(rows)
