"""Records probes by reading the unit and weight objects. The `local` engine and search rules use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connectionist.engines.probes import UnitProbe, WeightProbe, empty_records

if TYPE_CHECKING:
    from connectionist.engines.engine import TrainingJob
    from connectionist.engines.probes import DueMask
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

UnitAtTick = Callable[["Unit", int], "Unit"]


def read_units(probe: UnitProbe, ticks: int | None, unit_at_tick: UnitAtTick) -> list[list[list[float]]]:
    """Return the quantities of a probe in the present case.

    Parameters
    ----------
    probe : UnitProbe
    ticks : int or None
        Number of ticks of the case. None for a case without ticks; the quantities are then those of the units themselves.
    unit_at_tick : function
        Function of a unit and a tick, from 1, that returns the copy of the unit at that tick.

    Returns
    -------
    list [tick][quantity][unit] of float
    """
    units = [probe.units] if ticks is None else [[unit_at_tick(unit, tick) for unit in probe.units] for tick in range(1, ticks + 1)]
    return [[[_read(unit, quantity) for unit in at_tick] for quantity in probe.quantities] for at_tick in units]


def _read(unit: Unit, quantity: str) -> float:
    if quantity == "target" and unit.group.role != "output":
        return float("nan")
    return getattr(unit, quantity)  # type: ignore[no-any-return]


def _read_weights(probe: WeightProbe) -> list[list[float]]:
    return [[getattr(weight, quantity) for weight in probe.weights] for quantity in probe.quantities]


class ObjectProbes:
    """The records of the probes of a job in some epochs.

    Parameters
    ----------
    job : TrainingJob
    due : bool array [probe, epoch] or None
        Whether to record each probe in each epoch.
    changes : int
        Number of weight changes per epoch.
    """

    def __init__(self, job: TrainingJob, due: DueMask | None, changes: int) -> None:
        import numpy as np

        probes = job.probes
        self.due = np.zeros((len(probes), 0), bool) if due is None else due
        self.record_numbers = np.cumsum(self.due, axis=1) - 1
        self.buffers: list[Array] = []
        self.units: list[tuple[UnitProbe, Array, int]] = []
        self.weights: list[tuple[WeightProbe, Array, int]] = []
        for number, (probe, count) in enumerate(zip(probes, self.due.sum(axis=1).tolist(), strict=True)):
            if isinstance(probe, UnitProbe):
                self.buffers.append(empty_records(probe.shape(count, job.examples.ticks)))
                self.units.append((probe, self.buffers[-1], number))
            else:
                self.buffers.append(empty_records(probe.shape(count, changes)))
                self.weights.append((probe, self.buffers[-1], number))

    def record_case(self, epoch: int, case: int, ticks: int | None, unit_at_tick: UnitAtTick) -> None:
        """Record the units after a case has been presented, if they are due in this epoch. `epoch` and `case` count from 0."""
        for probe, buffer, number in self.units:
            if self._is_due(number, epoch):
                for place in (probe.cases == case).nonzero()[0].tolist():
                    buffer[self.record_numbers[number, epoch], place, : ticks or 1] = read_units(probe, ticks, unit_at_tick)

    def record_change(self, epoch: int, change: int) -> None:
        """Record the weights after a change, for probes of each change. `change` counts from 0 within the epoch."""
        for probe, buffer, number in self.weights:
            if probe.each_change and self._is_due(number, epoch):
                buffer[self.record_numbers[number, epoch], change] = _read_weights(probe)

    def record_epoch(self, epoch: int) -> None:
        """Record the weights after an epoch, for probes of the last change only."""
        for probe, buffer, number in self.weights:
            if not probe.each_change and self._is_due(number, epoch):
                buffer[self.record_numbers[number, epoch], 0] = _read_weights(probe)

    def due_unit_buffers(self, epoch: int) -> list[tuple[UnitProbe, Array]]:
        """Return the unit probes that are due in an epoch, each with its buffer [case, tick, quantity, unit]."""
        return [(probe, buffer[self.record_numbers[number, epoch]]) for probe, buffer, number in self.units if self._is_due(number, epoch)]

    def first_epochs(self, count: int) -> list[Array]:
        """Return the records of the first `count` epochs, one array per probe. The list is empty if no probe was due."""
        if not self.due.any():
            return []
        return [buffer[: int(due[:count].sum())] for buffer, due in zip(self.buffers, self.due, strict=True)]

    def _is_due(self, number: int, epoch: int) -> bool:
        return bool(self.due.size) and bool(self.due[number, epoch])
