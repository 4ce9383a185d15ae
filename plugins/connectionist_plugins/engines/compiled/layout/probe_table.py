"""The probes of a training session as a table for the kernels, and the arrays that the kernels fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import Probe, UnitProbe, WeightProbe, allocating_records
from connectionist.model.network import Network
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels import probes as kinds
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, ProbeTable, WeightArrays
from connectionist_plugins.engines.compiled.layout.program import Program

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.engines.probes import DueMask
    from connectionist.model.unit import Unit

EMPTY = np.zeros(0, np.int64)


def needs_dy_recording(probes: Sequence[Probe], network: Network) -> bool:
    """Return whether kernels must record ∂E/∂y, which ∂E/∂x replaces, or sums of ∂E/∂x over truncated backward passes."""
    quantities = {quantity for probe in probes if isinstance(probe, UnitProbe) for quantity in probe.quantities}
    return "activation_derivative" in quantities or ("net_derivative" in quantities and network.ticks_back is not None)


class ProbeBuffers:
    """Arrays for the records of some epochs, and the table by which kernels fill them.

    Parameters
    ----------
    probes : sequence of UnitProbe or WeightProbe
    due : bool array [probe, epoch]
        Whether to record each probe in each epoch.
    examples : ExampleSet
    addresses : ProbeAddresses
        Addresses of the recorded numbers.
    changes : int
        Changes of the weights per epoch.

    Attributes
    ----------
    table : ProbeTable
    """

    def __init__(self, probes: Sequence[Probe], due: DueMask, examples: ExampleSet, addresses: ProbeAddresses, changes: int = 1) -> None:
        self.probes, self.due, self.examples = probes, due, examples
        self.addresses = addresses  # keeps alive the arrays from which the kernels read
        shapes = [
            probe.shape(count, examples.ticks) if isinstance(probe, UnitProbe) else probe.shape(count, changes)
            for probe, count in zip(probes, due.sum(axis=1).tolist(), strict=True)
        ]
        bounds = [0, *accumulate(map(prod, shapes))]
        with allocating_records(shapes):
            out = np.full(bounds[-1], np.nan)
        self.records = [out[first:end].reshape(shape) for (first, end), shape in zip(pairwise(bounds), shapes, strict=True)]
        self.table = self._make_table([addresses.columns(probe) for probe in probes], out)

    def of_epochs(self, done: int) -> list[Array]:
        """Return the records of the first `done` epochs, one array for each probe."""
        found = []
        for probe, records, due in zip(self.probes, self.records, self.due, strict=True):
            if isinstance(probe, UnitProbe):
                self._sum_bias_over_ticks(probe, records)
            found.append(records[: int(due[:done].sum())])
        return found

    def _make_table(self, columns: list[Integers], out: Array) -> ProbeTable:
        every = np.concatenate([EMPTY.reshape(0, 3), *columns])
        return ProbeTable(
            descriptors=self._descriptors([len(each) for each in columns]),
            epoch_records=np.where(self.due, np.cumsum(self.due, axis=1) - 1, -1).astype(np.int64),
            addresses=every[:, 0].copy(),
            strides=every[:, 1].copy(),
            is_derivative=every[:, 2].astype(np.uint8),
            example_slots=np.concatenate([EMPTY, *(self._slots(probe) for probe in self.probes)]),
            out=out,
        )

    def _descriptors(self, columns: list[int]) -> Integers:
        """Return one row for each probe: see `ProbeTable.descriptors`."""
        rows = np.zeros((len(self.probes), 7), np.int64)
        column = slot = offset = 0
        for index, (probe, records) in enumerate(zip(self.probes, self.records, strict=True)):
            if isinstance(probe, UnitProbe):
                rows[index] = kinds.UNIT_PROBE, column, columns[index], slot, records.shape[1], records.shape[2], offset
            else:
                kind = kinds.CHANGE_PROBE if probe.each_change else kinds.EPOCH_PROBE
                rows[index] = kind, column, columns[index], slot, 0, records.shape[1], offset
            column, offset = column + columns[index], offset + records.size
            slot += len(self.examples) if isinstance(probe, UnitProbe) else 0
        return rows

    def _slots(self, probe: Probe) -> Integers:
        """Return the index of each example in a record of the probe, or -1."""
        if isinstance(probe, WeightProbe):
            return EMPTY
        slots = np.full(len(self.examples), -1, np.int64)
        slots[probe.cases] = np.arange(len(probe.cases))
        return slots

    def _sum_bias_over_ticks(self, probe: UnitProbe, records: Array) -> None:
        """Replace ∂E/∂y of the unit that is always on by its sum over ticks, since it is one unit for all ticks."""
        if "activation_derivative" in probe.quantities and self.examples.ticks:
            quantity = probe.quantities.index("activation_derivative")
            for index, unit in enumerate(probe.units):
                if unit.group.role == "bias":
                    by_tick = records[:, :, :, quantity, index]
                    total = np.nansum(by_tick, axis=2, keepdims=True)
                    records[:, :, :, quantity, index] = np.where(np.isnan(by_tick), by_tick, total)


class ProbeAddresses:
    """The addresses of quantities of units and weights in the kernels' arrays.

    Parameters
    ----------
    program : Program
    network : Network
    buffers : CaseBuffers
    weights : WeightArrays or None
        Not needed for probes of units.
    has_backward_pass : bool
        Whether there is a backward pass.
    """

    def __init__(
        self,
        program: Program,
        network: Network,
        buffers: CaseBuffers,
        weights: WeightArrays | None = None,
        *,
        has_backward_pass: bool = True,
    ) -> None:
        self.program, self.buffers, self.weights, self.has_backward_pass = program, buffers, weights, has_backward_pass
        self.first_row = buffers.ticks_before * buffers.tick_rows  # at tick 1
        self.network = network
        width, dtype = buffers.y.shape[1], buffers.y.dtype
        self.zeros, self.nans = np.zeros(width, dtype), np.full(width, np.nan, dtype)

    def columns(self, probe: Probe) -> Integers:
        """Return the columns of a probe, quantity by quantity: address, stride, and whether it is a derivative."""
        if isinstance(probe, WeightProbe):
            columns = [self._weight_columns(probe, quantity) for quantity in probe.quantities]
        else:
            columns = [self._unit_columns(probe, quantity) for quantity in probe.quantities]
        return np.concatenate([EMPTY.reshape(0, 3), *columns])

    def _weight_columns(self, probe: WeightProbe, quantity: str) -> Integers:
        assert self.weights is not None
        rows = np.array([weight.row for weight in probe.weights], np.int64)
        if quantity == "derivative" and not self.has_backward_pass:
            return _fixed_columns(self.zeros, len(rows))
        arrays = {"value": self.weights.values, "change": self.weights.changes, "derivative": self.weights.derivatives}
        return _columns(arrays[quantity], rows, 0)

    def _unit_columns(self, probe: UnitProbe, quantity: str) -> Integers:
        """Return the columns of a quantity of units. Quantities that are not computed for clamped or lesioned units are 0."""
        buffers, units = self.buffers, probed_units(self.program, self.network, probe.units)
        if quantity == "activation":
            return _columns(buffers.y, self.first_row + units.rows, buffers.tick_rows)
        if quantity == "target":
            columns = _columns(buffers.d, units.target_rows, buffers.target_tick_rows)
            columns[units.target_rows < 0] = _fixed_columns(self.nans, 1)
            return columns
        columns = self._computed_columns(quantity, units.rows)
        is_zero = units.is_lesioned if quantity == "activation_derivative" else units.is_lesioned | units.is_clamped
        columns[is_zero] = _fixed_columns(self.zeros, 1)
        return columns

    def _computed_columns(self, quantity: str, rows: Integers) -> Integers:
        """Return the columns of a quantity that a pass computes. Without a backward pass, `dy` still has ∂E/∂y of the output units."""
        buffers = self.buffers
        if quantity == "net_input":
            return _columns(buffers.x, self.first_row + rows, buffers.tick_rows)
        if quantity == "activation_derivative" and self.has_backward_pass:
            return _columns(buffers.recorded_dy, rows, buffers.tick_rows, is_derivative=1)
        if quantity == "net_derivative" and not self.has_backward_pass:
            return _fixed_columns(self.zeros, len(rows))
        return _columns(buffers.dy, self.first_row + rows, buffers.tick_rows, is_derivative=1)


@dataclass(frozen=True, eq=False)
class ProbedUnits:
    """The units of a probe in the kernels' arrays.

    Attributes
    ----------
    program : Program
    units : tuple of Unit
    rows, target_rows : int array [unit]
        Row of each unit, and of its target, or -1.
    is_lesioned, is_clamped : bool array [unit]
    """

    program: Program
    units: tuple[Unit, ...]
    rows: Integers
    target_rows: Integers
    is_lesioned: npt.NDArray[np.bool_]
    is_clamped: npt.NDArray[np.bool_]


def probed_units(program: Program, network: Network, units: tuple[Unit, ...]) -> ProbedUnits:
    """Return the units of a probe. Those of the last probe are kept, since an observer of training asks for the same units again."""
    derived = network.schedule.derived
    known: ProbedUnits | None = derived.get(ProbedUnits)
    if known is None or known.program is not program or known.units is not units:
        targets = dict(zip(network.schedule.outputs, program.wiring.target_rows.tolist(), strict=True))
        known = derived[ProbedUnits] = ProbedUnits(
            program,
            units,
            program.layout.rows_of(units),
            np.array([targets.get(unit, -1) for unit in units], np.int64),
            np.array([unit.lesioned for unit in units], bool),
            np.array([unit.group.clamped for unit in units], bool),
        )
    return known


def _columns(array: Floats, rows: Integers, tick_rows: int, is_derivative: int = 0) -> Integers:
    """Return the columns of numbers in some rows of an array: address, bytes from tick to tick, and whether they are derivatives."""
    columns = np.empty((len(rows), 3), np.int64)
    columns[:, 0] = array.ctypes.data + array.strides[0] * rows
    columns[:, 1:] = array.strides[0] * tick_rows, is_derivative
    return columns


def _fixed_columns(row: Floats, count: int) -> Integers:
    """Return columns of numbers that are the same at every tick."""
    return _columns(row, np.zeros(count, np.int64), 0)
