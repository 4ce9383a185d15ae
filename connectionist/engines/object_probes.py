"""Keeping what taps want where Python can see it: for engines that ask the objects, and for rules that search."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connectionist.engines.probes import UnitTap, WeightTap

if TYPE_CHECKING:
    from connectionist.engines.engine import Assignment
    from connectionist.engines.probes import Wanted
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

UnitAt = Callable[["Unit", int], "Unit"]


def read_units(tap: UnitTap, ticks: int | None, unit_at: UnitAt) -> list[list[list[float]]]:
    """Return what a tap wants of the present case, [tick, quantity, unit].

    Parameters
    ----------
    tap : UnitTap
    ticks : int or None
        How many the case has; None for one without, where the units themselves are read.
    unit_at : function
        From a unit and a tick to its copy at that tick.
    """
    stages = [tap.units] if ticks is None else [[unit_at(unit, tick) for unit in tap.units] for tick in range(1, ticks + 1)]
    return [[[_read(unit, quantity) for unit in units] for quantity in tap.quantities] for units in stages]


def _read(unit: Unit, quantity: str) -> float:
    if quantity == "target" and unit.group.role != "output":
        return float("nan")
    return getattr(unit, quantity)  # type: ignore[no-any-return]


class Keeper:
    """The records of some epochs, kept as they go by.

    Parameters
    ----------
    assignment : Assignment
    wanted : bool array [tap, epoch] or None
    changes : int
        Of the weights in an epoch.
    """

    def __init__(self, assignment: Assignment, wanted: Wanted | None, changes: int) -> None:
        import numpy as np

        taps = assignment.taps
        self.wanted = np.zeros((len(taps), 0), bool) if wanted is None else wanted
        self.numbers = np.cumsum(self.wanted, axis=1) - 1
        self.rooms: list[Array] = []
        self.units: list[tuple[UnitTap, Array, int]] = []
        self.weights: list[tuple[WeightTap, Array, int]] = []
        for number, (tap, count) in enumerate(zip(taps, self.wanted.sum(axis=1).tolist(), strict=True)):
            if isinstance(tap, UnitTap):
                self.rooms.append(np.full(tap.shape(count, assignment.examples.ticks), np.nan))
                self.units.append((tap, self.rooms[-1], number))
            else:
                self.rooms.append(np.full(tap.shape(count, changes), np.nan))
                self.weights.append((tap, self.rooms[-1], number))

    def keep_case(self, epoch: int, case: int, ticks: int | None, unit_at: UnitAt) -> None:
        """Keep what is wanted of the example that has just been presented."""
        for tap, room, number in self.units:
            if self._wants(number, epoch):
                for place in (tap.cases == case).nonzero()[0].tolist():
                    room[self.numbers[number, epoch], place, : ticks or 1] = read_units(tap, ticks, unit_at)

    def keep_change(self, epoch: int, change: int) -> None:
        """Keep what is wanted of the weights after a change, counted from 0 in its epoch."""
        for tap, room, number in self.weights:
            if tap.each_change and self._wants(number, epoch):
                room[self.numbers[number, epoch], change] = _read_weights(tap)

    def keep_epoch(self, epoch: int) -> None:
        """Keep what is wanted of the weights after an epoch."""
        for tap, room, number in self.weights:
            if not tap.each_change and self._wants(number, epoch):
                room[self.numbers[number, epoch], 0] = _read_weights(tap)

    def wanted_of_units(self, epoch: int) -> list[tuple[UnitTap, Array]]:
        """Return the taps that want something of an epoch's presentations, each with the room for it."""
        return [(tap, room[self.numbers[number, epoch]]) for tap, room, number in self.units if self._wants(number, epoch)]

    def of_epochs(self, done: int) -> list[Array]:
        """Return the records of the first so many epochs, one array for each tap; none when nothing was wanted."""
        if not self.wanted.any():
            return []
        return [room[: int(wanted[:done].sum())] for room, wanted in zip(self.rooms, self.wanted, strict=True)]

    def _wants(self, number: int, epoch: int) -> bool:
        return bool(self.wanted.size) and bool(self.wanted[number, epoch])


def _read_weights(tap: WeightTap) -> list[list[float]]:
    return [[getattr(weight, quantity) for weight in tap.weights] for quantity in tap.quantities]
