"""Events: a pattern held for some ticks. An example in time is a sequence of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError, ParameterError, check_flag, check_number
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.counts import describe_count
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

LONGEST_TIME = 1_000_000  # units of time; a longer event is taken for a typing error


@dataclass(frozen=True, eq=False)
class Event:
    """A pattern of inputs that is held for some ticks, with its targets.

    Parameters
    ----------
    inputs : array_like [input unit]
    targets : array_like [output unit], optional
        NaN means "no target". By default the event has no targets.
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

    inputs: npt.ArrayLike
    targets: npt.ArrayLike | None = None
    time: float = 1.0
    stays: bool = True
    targets_at: Literal["all", "last"] = "all"
    grace: float = 0.0

    def __post_init__(self) -> None:
        check_number("Event", "time", self.time, above=0, at_most=LONGEST_TIME)
        check_number("Event", "grace", self.grace, at_least=0, at_most=LONGEST_TIME)
        object.__setattr__(self, "inputs", _pattern(self.inputs, "Event.inputs"))
        if self.targets is not None:
            object.__setattr__(self, "targets", _pattern(self.targets, "Event.targets"))
            if self.grace >= self.time:
                raise ParameterError(
                    f"Event.grace: must be shorter than the event, {self.time:g}, or no target is left (got {self.grace:g})"
                )
        check_flag("Event", "stays", self.stays)
        if self.targets_at not in ("all", "last"):
            raise ParameterError(f"Event.targets_at: must be 'all' or 'last' (got {self.targets_at!r})")

    def ticks(self, per_time: int) -> int:
        """Return the number of ticks, rounded half up; `per_time` is the number of ticks per unit of time."""
        return int(self.time * per_time + 0.5)


def _pattern(given: npt.ArrayLike, what: str) -> Array:
    pattern = as_numbers(given, what)
    if pattern.ndim != 1:
        raise DataError(f"{what}: must be of shape [unit] (got {describe_count(pattern.ndim, 'dimension')}, shape {pattern.shape})")
    return pattern


def expand_events(events: Iterable[Event], per_time: int, what: str) -> tuple[Array, Array]:
    """Return the inputs and targets of a sequence of events, tick by tick.

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
    inputs : array [tick, input unit]
    targets : array [tick, output unit]

    Raises
    ------
    ParameterError
        If `per_time` is out of range.
    DataError
        If there is no event or no target, if events differ in their number of inputs or targets, or if an event is shorter than half a
        tick.
    MemoryLimitError
        If the ticks would not fit in memory.
    """
    if isinstance(events, Event) or not hasattr(events, "__iter__"):
        raise DataError(f"{what}: must be a list of events (got {events!r})")
    given = list(events)
    check_number(what, "ticks_per_time", per_time, at_least=1, whole=True)
    if not given:
        raise DataError(f"{what}: needs at least one event (got none)")
    for event in given:
        if not isinstance(event, Event):
            raise DataError(f"{what}: must be events, as made by cn.Event(inputs, targets) (got {event!r})")
    width = max((np.size(event.targets) for event in given if event.targets is not None), default=0)
    ticks = sum(event.ticks(int(per_time)) for event in given)
    values = width + max(np.size(event.inputs) for event in given)
    with allocating(2 * NUMBER_BYTES * ticks * values, f"{what}: {ticks} ticks of {values} inputs and targets"):
        return _expand(given, per_time, width, what)


def _expand(given: list[Event], per_time: int, width: int, what: str) -> tuple[Array, Array]:
    expanded = [_expand_one(event, per_time, width, f"{what}, event {number}") for number, event in enumerate(given, 1)]
    if len({inputs.shape[1] for inputs, _ in expanded}) > 1:
        raise DataError(f"{what}: all events must have the same number of inputs (got {', '.join(str(i.shape[1]) for i, _ in expanded)})")
    if not width:
        raise DataError(f"{what}: one event or more must have targets (got none); use NaN for units without a target")
    return np.concatenate([inputs for inputs, _ in expanded]), np.concatenate([targets for _, targets in expanded])


def _expand_one(event: Event, per_time: int, width: int, what: str) -> tuple[Array, Array]:
    count = event.ticks(per_time)
    if count == 0:
        raise DataError(
            f"{what}: lasts less than half a tick; use a longer time than {event.time:g} or more ticks per unit of time than {per_time}"
        )
    pattern = np.asarray(event.inputs)
    target = np.full(width, np.nan) if event.targets is None else np.asarray(event.targets)
    if len(target) != width:
        raise DataError(f"{what}: must have {describe_count(width, 'target')} like the others (got {len(target)})")
    inputs, targets = np.tile(pattern, (count, 1)), np.tile(target, (count, 1))
    if not event.stays:
        inputs[1:] = 0.0
    targets[: min(int(event.grace * per_time + 0.5), count - 1)] = np.nan
    if event.targets_at == "last":
        targets[:-1] = np.nan
    return inputs, targets
