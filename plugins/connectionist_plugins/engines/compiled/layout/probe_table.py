"""What is to be recorded, as the columns that the kernels keep, and the records that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import Probe, UnitProbe, WeightProbe
from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernels import probes
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Cases, Numbers, Taps, Weights, Whole
from connectionist_plugins.engines.compiled.layout.program import Program

if TYPE_CHECKING:
    from connectionist.engines.probes import DueMask

NO_ROWS = np.zeros(0, np.int64)


def keeps_derivatives(probes: Sequence[Probe], network: Network) -> bool:
    """Return whether kernels must keep ∂E/∂y, or sums of ∂E/∂x where errors come by several times, beside what they compute anyway."""
    wanted = {quantity for probe in probes if isinstance(probe, UnitProbe) for quantity in probe.quantities}
    return "activation_derivative" in wanted or ("net_derivative" in wanted and network.ticks_back is not None)


class ProbeBuffers:
    """Room for what probes keep in some epochs, and the tables by which kernels find it.

    Parameters
    ----------
    probes : sequence of UnitProbe or WeightProbe
    wanted : bool array [probe, epoch]
    examples : ExampleSet
    sources : ProbeAddresses
    changes : int
        Of the weights in an epoch.
    """

    def __init__(self, probes: Sequence[Probe], wanted: DueMask, examples: ExampleSet, sources: ProbeAddresses, changes: int = 1) -> None:
        self.probes, self.wanted, self.examples, self.sources = (
            probes,
            wanted,
            examples,
            sources,
        )  # the last is kept while kernels read from it
        counts = wanted.sum(axis=1)
        shapes = [
            probe.shape(count, examples.ticks) if isinstance(probe, UnitProbe) else probe.shape(count, changes)
            for probe, count in zip(probes, counts.tolist(), strict=True)
        ]
        bounds = np.cumsum([0, *(prod(shape) for shape in shapes)]).tolist()
        out = np.full(bounds[-1], np.nan)
        self.rooms = [out[first:end].reshape(shape) for (first, end), shape in zip(pairwise(bounds), shapes, strict=True)]
        columns = [sources.columns(probe) for probe in probes]
        every = np.concatenate([NO_ROWS.reshape(0, 3), *columns])
        self.arguments = Taps(
            plan=self._plan([len(each) for each in columns]),
            records=np.where(wanted, np.cumsum(wanted, axis=1) - 1, -1).astype(np.int64),
            places=every[:, 0].copy(),
            strides=every[:, 1].copy(),
            are_derivatives=every[:, 2].astype(np.uint8),
            slots=np.concatenate([NO_ROWS, *(self._slots(probe) for probe in probes)]),
            out=out,
        )

    def of_epochs(self, done: int) -> list[Array]:
        """Return the records of the first so many epochs, one array for each probe."""
        found = []
        for probe, room, wanted in zip(self.probes, self.rooms, self.wanted, strict=True):
            if isinstance(probe, UnitProbe):
                self._add_up_bias(probe, room)
            found.append(room[: int(wanted[:done].sum())])
        return found

    def _plan(self, columns: list[int]) -> Whole:
        """Return a row for each probe: see `Taps.plan`."""
        plan = np.zeros((len(self.probes), 7), np.int64)
        column = slot = at = 0
        for number, (probe, room) in enumerate(zip(self.probes, self.rooms, strict=True)):
            if isinstance(probe, UnitProbe):
                plan[number] = probes.OF_UNITS, column, columns[number], slot, room.shape[1], room.shape[2], at
            else:
                kind = probes.OF_CHANGES if probe.each_change else probes.OF_EPOCHS
                plan[number] = kind, column, columns[number], slot, 0, room.shape[1], at
            column, at = column + columns[number], at + room.size
            slot += len(self.examples) if isinstance(probe, UnitProbe) else 0
        return plan

    def _slots(self, probe: Probe) -> Whole:
        if isinstance(probe, WeightProbe):
            return NO_ROWS
        slots = np.full(len(self.examples), -1, np.int64)
        slots[probe.cases] = np.arange(len(probe.cases))
        return slots

    def _add_up_bias(self, probe: UnitProbe, room: Array) -> None:
        """Show ∂E/∂y of the unit that is always on as what it is: one unit at all ticks."""
        if "activation_derivative" in probe.quantities and self.examples.ticks:
            quantity = probe.quantities.index("activation_derivative")
            for number, unit in enumerate(probe.units):
                if unit.group.role == "bias":
                    at_each = room[:, :, :, quantity, number]
                    of_all = np.nansum(at_each, axis=2, keepdims=True)
                    room[:, :, :, quantity, number] = np.where(np.isnan(at_each), at_each, of_all)


class ProbeAddresses:
    """Where kernels find the numbers of units and weights.

    Parameters
    ----------
    program : Program
    network : Network
    cases : Cases
    weights : Weights or None
        Not needed where there are probes of units only.
    goes_back : bool
        Whether a backward pass is made.
    """

    def __init__(self, program: Program, network: Network, cases: Cases, weights: Weights | None = None, *, goes_back: bool = True) -> None:
        self.program, self.cases, self.weights, self.goes_back = program, cases, weights, goes_back
        self.targets = dict(zip(network.schedule.outputs, program.wiring.targets.tolist(), strict=True))
        width, number = cases.y.shape[1], cases.y.dtype
        self.zeros, self.gaps = np.zeros(width, number), np.full(width, np.nan, number)

    def columns(self, probe: Probe) -> Whole:
        """Return address, stride, and whether it is a derivative, for each column of a probe, quantity by quantity."""
        if isinstance(probe, WeightProbe):
            rows = [(self._of_weight(quantity, weight.row), 0, 0) for quantity in probe.quantities for weight in probe.weights]
        else:
            places = self.program.room.rows_of(probe.units).tolist()
            rows = [
                self._of_unit(quantity, unit, row) for quantity in probe.quantities for unit, row in zip(probe.units, places, strict=True)
            ]
        return np.array(rows, np.int64).reshape(-1, 3)

    def _of_weight(self, quantity: str, row: int) -> int:
        assert self.weights is not None
        arrays = {"value": self.weights.values, "change": self.weights.changes, "derivative": self.weights.gathered}
        if quantity == "derivative" and not self.goes_back:
            return _address(self.zeros)
        return _address(arrays[quantity], row)

    def _of_unit(self, quantity: str, unit: Unit, row: int) -> tuple[int, int, int]:
        """Return where a quantity of a unit comes from; nothing is computed of units that are clamped, and little of lesioned ones."""
        cases, now = self.cases, self.cases.history * self.cases.span + row
        if quantity == "target":
            return self._at(cases.d, self.targets[unit], cases.target_span) if unit in self.targets else self._always(self.gaps)
        if quantity == "activation":
            return self._at(cases.y, now, cases.span)
        if unit.lesioned or (unit.group.clamped and quantity != "activation_derivative"):
            return self._always(self.zeros)
        if quantity == "net_input":
            return self._at(cases.x, now, cases.span)
        return self._derivative(quantity, row, now)

    def _derivative(self, quantity: str, row: int, now: int) -> tuple[int, int, int]:
        """Return where a derivative comes from; where no backward pass is made, ∂E/∂y stays where the comparison has left it."""
        cases = self.cases
        if quantity == "activation_derivative" and self.goes_back:
            return self._at(cases.kept, row, cases.span, 1)
        if quantity == "net_derivative" and not self.goes_back:
            return self._always(self.zeros)
        return self._at(cases.dy, now, cases.span, 1)

    def _at(self, array: Numbers, row: int, span: int, is_derivative: int = 0) -> tuple[int, int, int]:
        return _address(array, row), _bytes(array, span), is_derivative

    def _always(self, row: Numbers) -> tuple[int, int, int]:
        return _address(row), 0, 0


def _address(array: Numbers, row: int = 0) -> int:
    return int(array.ctypes.data) + _bytes(array, row)


def _bytes(array: Numbers, rows: int) -> int:
    return int(array.strides[0]) * rows
