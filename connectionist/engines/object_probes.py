"""Keeping what probes want where Python can see it: for engines that ask the objects, and for rules that search."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connectionist.engines.probes import UnitProbe, WeightProbe

if TYPE_CHECKING:
    from connectionist.engines.engine import TrainingJob
    from connectionist.engines.probes import Wanted
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

UnitAt = Callable[["Unit", int], "Unit"]


def read_units(probe: UnitProbe, ticks: int | None, unit_at: UnitAt) -> list[list[list[float]]]:
    """Return what a probe wants of the present case, [tick, quantity, unit].

    Parameters
    ----------
    probe : UnitProbe
    ticks : int or None
        How many the case has; None for one without, where the units themselves are read.
    unit_at : function
        From a unit and a tick to its copy at that tick.
    """
    stages = [probe.units] if ticks is None else [[unit_at(unit, tick) for unit in probe.units] for tick in range(1, ticks + 1)]
    return [[[_read(unit, quantity) for unit in units] for quantity in probe.quantities] for units in stages]


def _read(unit: Unit, quantity: str) -> float:
    if quantity == "target" and unit.group.role != "output":
        return float("nan")
    return getattr(unit, quantity)  # type: ignore[no-any-return]


class ObjectProbes:
    """The records of some epochs, kept as they go by.

    Parameters
    ----------
    job : TrainingJob
    wanted : bool array [probe, epoch] or None
    changes : int
        Of the weights in an epoch.
    """

    def __init__(self, job: TrainingJob, wanted: Wanted | None, changes: int) -> None:
        import numpy as np

        probes = job.probes
        self.wanted = np.zeros((len(probes), 0), bool) if wanted is None else wanted
        self.numbers = np.cumsum(self.wanted, axis=1) - 1
        self.rooms: list[Array] = []
        self.units: list[tuple[UnitProbe, Array, int]] = []
        self.weights: list[tuple[WeightProbe, Array, int]] = []
        for number, (probe, count) in enumerate(zip(probes, self.wanted.sum(axis=1).tolist(), strict=True)):
            if isinstance(probe, UnitProbe):
                self.rooms.append(np.full(probe.shape(count, job.examples.ticks), np.nan))
                self.units.append((probe, self.rooms[-1], number))
            else:
                self.rooms.append(np.full(probe.shape(count, changes), np.nan))
                self.weights.append((probe, self.rooms[-1], number))

    def keep_case(self, epoch: int, case: int, ticks: int | None, unit_at: UnitAt) -> None:
        """Keep what is wanted of the example that has just been presented."""
        for probe, room, number in self.units:
            if self._wants(number, epoch):
                for place in (probe.cases == case).nonzero()[0].tolist():
                    room[self.numbers[number, epoch], place, : ticks or 1] = read_units(probe, ticks, unit_at)

    def keep_change(self, epoch: int, change: int) -> None:
        """Keep what is wanted of the weights after a change, counted from 0 in its epoch."""
        for probe, room, number in self.weights:
            if probe.each_change and self._wants(number, epoch):
                room[self.numbers[number, epoch], change] = _read_weights(probe)

    def keep_epoch(self, epoch: int) -> None:
        """Keep what is wanted of the weights after an epoch."""
        for probe, room, number in self.weights:
            if not probe.each_change and self._wants(number, epoch):
                room[self.numbers[number, epoch], 0] = _read_weights(probe)

    def wanted_of_units(self, epoch: int) -> list[tuple[UnitProbe, Array]]:
        """Return the probes that want something of an epoch's presentations, each with the room for it."""
        return [(probe, room[self.numbers[number, epoch]]) for probe, room, number in self.units if self._wants(number, epoch)]

    def of_epochs(self, done: int) -> list[Array]:
        """Return the records of the first so many epochs, one array for each probe; none when nothing was wanted."""
        if not self.wanted.any():
            return []
        return [room[: int(wanted[:done].sum())] for room, wanted in zip(self.rooms, self.wanted, strict=True)]

    def _wants(self, number: int, epoch: int) -> bool:
        return bool(self.wanted.size) and bool(self.wanted[number, epoch])


def _read_weights(probe: WeightProbe) -> list[list[float]]:
    return [[getattr(weight, quantity) for weight in probe.weights] for quantity in probe.quantities]
