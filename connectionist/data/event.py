"""Events: one pattern held for some ticks. An example in time is a sequence of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError, ParameterError, check_flag, check_number
from connectionist.utils.arrays import Array, as_numbers

MOST_TIME = 1_000_000  # units of time; what is above is a slip of the hand


@dataclass(frozen=True, eq=False)
class Event:
    """One pattern of inputs, held for some ticks, with what is wanted of the outputs meanwhile.

    Parameters
    ----------
    inputs : array_like [input unit]
    targets : array_like [output unit], optional
        NaN means "no target"; none at all unless given.
    time : float
        How long it lasts, in units of time; above 0.
    stays : bool
        Whether the inputs stay for the whole event; else they are there in its first tick and then 0.
    targets_at : {"all", "last"}
        Whether the targets are asked for at each tick or at the event's last.
    grace : float
        For how long after the event's beginning nothing is asked for, in units of time; at least 0.

    Raises
    ------
    ParameterError, DataError
        When a value is out of range.
    """

    inputs: npt.ArrayLike
    targets: npt.ArrayLike | None = None
    time: float = 1.0
    stays: bool = True
    targets_at: Literal["all", "last"] = "all"
    grace: float = 0.0

    def __post_init__(self) -> None:
        check_number("Event", "time", self.time, above=0, at_most=MOST_TIME)
        check_number("Event", "grace", self.grace, at_least=0, at_most=MOST_TIME)
        object.__setattr__(self, "inputs", _pattern(self.inputs, "Event.inputs"))
        if self.targets is not None:
            object.__setattr__(self, "targets", _pattern(self.targets, "Event.targets"))
            if self.grace >= self.time:
                raise ParameterError(
                    f"Event.grace: must be shorter than the event, {self.time:g}, or nothing is asked for (got {self.grace:g})"
                )
        check_flag("Event", "stays", self.stays)
        if self.targets_at not in ("all", "last"):
            raise ParameterError(f"Event.targets_at: must be 'all' or 'last' (got {self.targets_at!r})")

    def ticks(self, per_time: int) -> int:
        """Return for how many ticks it lasts, with so many ticks per unit of time; 0 for less than half of one."""
        return int(self.time * per_time + 0.5)


def _pattern(given: npt.ArrayLike, what: str) -> Array:
    pattern = as_numbers(given, what)
    if pattern.ndim != 1:
        raise DataError(f"{what}: must be of shape [unit] (got {pattern.ndim} dimensions, shape {pattern.shape})")
    return pattern


def expand_events(events: Iterable[Event], per_time: int, what: str) -> tuple[Array, Array]:
    """Return inputs and targets [tick, unit] of a sequence of events.

    Raises
    ------
    DataError
        When there is no event, or events differ in their number of inputs or targets.
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
    laid = [_lay_out_one(event, per_time, width, f"{what}, event {number}") for number, event in enumerate(given, 1)]
    if len({inputs.shape[1] for inputs, _ in laid}) > 1:
        raise DataError(f"{what}: all events must have as many inputs (got {', '.join(str(i.shape[1]) for i, _ in laid)})")
    if not width:
        raise DataError(f"{what}: needs targets in one event at least; NaN asks for nothing (got none)")
    return np.concatenate([inputs for inputs, _ in laid]), np.concatenate([targets for _, targets in laid])


def _lay_out_one(event: Event, per_time: int, width: int, what: str) -> tuple[Array, Array]:
    count = event.ticks(per_time)
    if count == 0:
        raise DataError(
            f"{what}: lasts less than half a tick; give it more time than {event.time:g} or more ticks per time than {per_time}"
        )
    pattern = np.asarray(event.inputs)
    wanted = np.full(width, np.nan) if event.targets is None else np.asarray(event.targets)
    if len(wanted) != width:
        raise DataError(f"{what}: must have {width} targets like the others (got {len(wanted)})")
    inputs, targets = np.tile(pattern, (count, 1)), np.tile(wanted, (count, 1))
    if not event.stays:
        inputs[1:] = 0.0
    targets[: int(event.grace * per_time + 0.5)] = np.nan
    if event.targets_at == "last":
        targets[:-1] = np.nan
    return inputs, targets
