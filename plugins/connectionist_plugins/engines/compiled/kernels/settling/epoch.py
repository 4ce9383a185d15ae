"""One epoch of training by a procedure that settles, block by block, or example by example."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, copy_memory, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam, barrier, slice_of
from connectionist_plugins.engines.compiled.kernels.block.compare import compare, set_own_dy
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied
from connectionist_plugins.engines.compiled.kernels.block.epoch import change_weights, store_last_dy, sum_errors
from connectionist_plugins.engines.compiled.kernels.block.passes import load_examples
from connectionist_plugins.engines.compiled.kernels.case.compare import compare_case
from connectionist_plugins.engines.compiled.kernels.case.epoch import load_case
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.indexing import first_row, sum_first, vector_count
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.kernels.settling.dynamics import run_dynamics
from connectionist_plugins.engines.compiled.kernels.settling.net_inputs import set_base
from connectionist_plugins.engines.compiled.kernels.settling.signals import sum_case_signals
from connectionist_plugins.engines.compiled.kernels.settling.ticks import run_ticks
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@kernel
def copy_slot(target: FloatTable, row: int, source: FloatTable, source_row: int, rows: int, first: int, size: int) -> None:
    """Copy a slice of the cases, of `size` bytes per row, of all rows of a slot."""
    item_bytes, row_bytes = target.itemsize, target.itemsize * target.shape[1]
    to = address_of(target) + row * row_bytes + item_bytes * first
    origin = address_of(source) + source_row * row_bytes + item_bytes * first
    if size == row_bytes:
        copy_memory(to, origin, rows * row_bytes)
        return
    for index in range(rows):
        copy_memory(to + index * row_bytes, origin + index * row_bytes, size)


@inline
def load_inputs(
    arguments: TrainingArguments,
    network: NetworkArguments,
    settling: SettlingArguments,
    order: Integers,
    start: int,
    first: int,
    count: int,
) -> None:
    """Copy the inputs and targets of examples into a slice of the block's cases; the inputs into all slots."""
    buffers = network.buffers
    if buffers.is_by_case:
        load_case(arguments.inputs, arguments.targets, order[start], 1, buffers)
    else:
        load_examples(network.loops, arguments.inputs, arguments.targets, order, start, first, count, buffers)
    for slot in range(settling.slots - 1):
        for column in range(buffers.inputs_per_tick):
            row = buffers.input_rows[column]
            other = row - (settling.slots - 1 - slot) * buffers.tick_rows
            for case in range(first, first + count):
                buffers.y[other, case] = buffers.y[row, case]


@kernel
def run_phases(
    network: NetworkArguments, settling: SettlingArguments, values: Floats, first: int, count: int, width: int, rank: int
) -> None:
    """Run all phases of a slice of the block. Afterwards the buffers have the end of the first one."""
    buffers = network.buffers
    rows, now = buffers.tick_rows, first_row(buffers, 0)
    size = buffers.x.itemsize * buffers.x.shape[1] if buffers.is_by_case else width * VECTOR_BYTES
    set_base(network, settling, values, now, first, width)
    if settling.steps == 0:
        # Each phase begins at the state before tick 1. The first one is the last one that is run, so its end needs no copy back.
        for phase in range(settling.clamped.size - 1, -1, -1):
            run_ticks(network, settling, values, phase, first, count, width, rank)
            if settling.ends_of[phase] >= 0:
                copy_slot(settling.ends, settling.ends_of[phase] * rows, buffers.y, now, rows, first, size)
        return
    for phase in range(settling.clamped.size):
        run_dynamics(network, settling, values, phase, first, count, width, rank)
        if settling.ends_of[phase] >= 0:
            copy_slot(settling.ends, settling.ends_of[phase] * rows, buffers.y, now, rows, first, size)
        if phase == 0:
            copy_slot(settling.first, 0, buffers.x, now, rows, first, size)
            copy_slot(settling.first, rows, buffers.y, now, rows, first, size)
    copy_slot(buffers.x, now, settling.first, 0, rows, first, size)
    copy_slot(buffers.y, now, settling.first, rows, rows, first, size)


@kernel
def state_error(network: NetworkArguments, case: int) -> float:
    """Return ½ Σ (u − d)² of one case, and set ∂E/∂y of all units to 0."""
    wiring, buffers = network.wiring, network.buffers
    now, error = first_row(buffers, 0), 0.0
    for position in range(wiring.unit_rows.size):
        buffers.dy[now + wiring.unit_rows[position], case] = 0.0
    for output in range(wiring.output_rows.size):
        wanted, state = buffers.d[wiring.target_rows[output], case], buffers.x[now + wiring.output_rows[output], case]
        error += 0.5 * (state - wanted) * (state - wanted) if not np.isnan(wanted) else 0.0
    return error


@kernel
def compare_slice(
    network: NetworkArguments, settling: SettlingArguments, first: int, count: int, tolerance: float, last_case: int, rank: int
) -> None:
    """Compare outputs and targets of a slice of the block."""
    buffers = network.buffers
    if buffers.is_by_case:
        error, correct = compare_case(network, 1, 1.0, tolerance)
        buffers.errors[0] = error
        buffers.wrong[0] = 1.0 - correct
    else:
        compare(network, 1, 1.0, first, count, tolerance, rank)
    set_own_dy(network, buffers.dy, first_row(buffers, 0), 0, 1.0, first, count)
    for case in range(first, first + count if settling.is_state_cost else first):
        buffers.errors[case] = state_error(network, case)
    if last_case >= 0:
        store_last_dy(buffers, 1, last_case)


@kernel
def run_epoch_by_settling(
    arguments: TrainingArguments, network: NetworkArguments, order: Integers, is_loaded: bool, _shows: bool, _epoch: int, team: ThreadTeam
) -> tuple[float, float, int]:
    """Present the examples of one epoch. Return E, the number of correct cases, and the size of the last block."""
    wiring, buffers, rule, weights, settling = network.wiring, network.buffers, arguments.rule, arguments.weights, arguments.settling
    if settling is None:
        return 0.0, 0.0, 0
    values, tolerance = weights.values, arguments.stop.tolerance
    error, wrong, start, count = 0.0, 0.0, 0, 0
    lanes = VECTOR_BYTES // buffers.x.itemsize
    while start < order.size:
        change_start, end = start, min(start + arguments.per_change, order.size)
        if team.rank == 0:
            set_zero(address_of(weights.derivatives), weights.derivatives.itemsize * weights.derivatives.size)
        while start < end:
            count = min(buffers.x.shape[1], end - start)
            first, beyond = slice_of(team.rank, team.size, count, lanes)
            is_last = start + count == order.size and first <= count - 1 < beyond
            size = beyond - first
            if first < beyond:
                if not is_loaded:
                    load_inputs(arguments, network, settling, order, start, first, size)
                run_phases(network, settling, values, first, size, vector_count(buffers, size), team.rank)
                compare_slice(network, settling, first, size, tolerance, count - 1 if is_last else -1, team.rank)
            barrier(team)
            error += sum_errors(rule, buffers.errors, count, start == change_start, team.rank)
            wrong += sum_first(buffers.wrong, count)
            if team.rank == 0:
                sum_case_signals(network, settling, rule, values, weights.derivatives, count)
            barrier(team)
            start += count
        if weights.averages_ties and wiring.tied_weights.size > 0:
            if team.rank == 0:
                average_tied(wiring.tied_weights, wiring.tie_sizes, weights.derivatives, 1)
            barrier(team)
        change_weights(rule, weights, start == order.size, start == order.size, team.rank, team.size)
        barrier(team)
    return error, order.size - wrong, count
