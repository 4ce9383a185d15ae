"""Record quantities of units and weights inside the kernels.

Each probe has a list of columns; a column is one quantity of one unit or weight, given by its address. All probes write into one array.
If nothing is recorded, `probes` is None, which kernels test when they run.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import read_float
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, ProbeTable, WiringArguments
from connectionist_plugins.engines.compiled.kernels.indexing import first_row

# Kinds of probes: of units; of weights after each epoch; of weights after each change.
UNIT_PROBE, EPOCH_PROBE, CHANGE_PROBE = range(3)


@rare
def records_units(probes: ProbeTable, epoch: int) -> bool:
    """Return whether any probe records units in an epoch."""
    found = False
    for probe in range(probes.descriptors.shape[0]):
        found |= probes.descriptors[probe, 0] == UNIT_PROBE and probes.epoch_records[probe, epoch] >= 0
    return found


@rare
def record_units(
    probes: ProbeTable, buffers: CaseBuffers, order: Integers, start: int, first: int, count: int, ticks: int, factor: float, epoch: int
) -> None:
    """Record units for a slice of the block's cases. Derivatives are multiplied by a factor."""
    item_bytes = buffers.y.itemsize
    for probe in range(probes.descriptors.shape[0]):
        kind, first_column, columns, first_slot, slots, depth, offset = probes.descriptors[probe]
        record = probes.epoch_records[probe, epoch]
        if kind != UNIT_PROBE or record < 0:
            continue
        for case in range(first, first + count):
            slot = probes.example_slots[first_slot + order[start + case]]
            if slot >= 0:
                out = offset + (record * slots + slot) * depth * columns
                for tick in range(ticks):
                    for column in range(first_column, first_column + columns):
                        value = read_float(probes.addresses[column] + tick * probes.strides[column] + case * item_bytes, buffers.y)
                        probes.out[out] = value * factor if probes.is_derivative[column] else value
                        out += 1


@rare
def record_weights(probes: ProbeTable, values: Floats, epoch: int, change: int, kind: int) -> None:
    """Record weights for the probes of one kind. `change` is the index within the epoch of the last change of weights."""
    for probe in range(probes.descriptors.shape[0]):
        probe_kind, first_column, columns, _, _, depth, offset = probes.descriptors[probe]
        record = probes.epoch_records[probe, epoch]
        if probe_kind == kind and record >= 0:
            out = offset + (record * depth + change) * columns
            for column in range(columns):
                probes.out[out + column] = read_float(probes.addresses[first_column + column], values)


@rare
def record_dy(wiring: WiringArguments, buffers: CaseBuffers, begin: int, end: int, tick: int, first: int, count: int) -> None:
    """Add ∂E/∂y of one step's units to the record, before ∂E/∂x replaces it. Several backward passes through a tick are summed."""
    for position in range(begin, end):
        row = wiring.unit_rows[position]
        for case in range(first, first + count):
            buffers.recorded_dy[tick * buffers.tick_rows + row, case] += buffers.dy[first_row(buffers, tick) + row, case]


@rare
def record_other_dy(wiring: WiringArguments, buffers: CaseBuffers, lowest: int, bottom: int, end: int, first: int, count: int) -> None:
    """Add to the record ∂E/∂y of units that the backward pass does not visit.

    These are the clamped units at the ticks from `lowest` to before `end`, and all other units at the ticks from `lowest` to before
    `bottom`, the last tick of a truncated pass. Connections with a delay propagate derivatives to the latter, where the pass ends.
    """
    for tick in range(lowest, bottom):
        record_dy(wiring, buffers, 0, wiring.unit_rows.size, tick, first, count)
    for tick in range(lowest, end):
        for index in range(buffers.clamped_rows.size):
            row = buffers.clamped_rows[index]
            for case in range(first, first + count):
                buffers.recorded_dy[tick * buffers.tick_rows + row, case] += buffers.dy[first_row(buffers, tick) + row, case]


@rare
def clear_recorded_dy(buffers: CaseBuffers, ticks: int, first: int, count: int) -> None:
    """Set the record of ∂E/∂y to 0."""
    for row in range(ticks * buffers.tick_rows):
        for case in range(first, first + count):
            buffers.recorded_dy[row, case] = 0.0
