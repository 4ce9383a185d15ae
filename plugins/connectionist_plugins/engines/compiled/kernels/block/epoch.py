"""One epoch of training, block by block, with the changes of the weights.

Arguments, beside those in `kernels`:

============= ======================================================================================================
per_change    examples per change of the weights
stop          `StopConditions`
is_loaded     whether the block already holds all examples of the epoch in this order
epoch         index of the epoch
stores        whether to store Δw
explains      whether to store what `explain` needs: the weights and memory before the change
begin, end    in `store_previous`: slice of the trained weights
============= ======================================================================================================
"""

from __future__ import annotations

import math

import numpy as np

from connectionist_plugins.engines.compiled.formulas.templates import CONTIGUOUS, CONTIGUOUS_STORING, INDEXED
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call, copy_memory
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import (
    CaseBuffers,
    NetworkArguments,
    RuleArguments,
    WeightArrays,
)
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam, barrier, slice_of
from connectionist_plugins.engines.compiled.kernels.block.backward import compare_and_backward
from connectionist_plugins.engines.compiled.kernels.block.by_sender import begin_sums
from connectionist_plugins.engines.compiled.kernels.block.compare import compare, set_own_dy
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied, sum_derivatives_or_signals
from connectionist_plugins.engines.compiled.kernels.block.forward import forward
from connectionist_plugins.engines.compiled.kernels.block.passes import load_block, next_block, set_initial_state
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.indexing import first_row, sum_first
from connectionist_plugins.engines.compiled.kernels.perturbation import backward_values, used_values
from connectionist_plugins.engines.compiled.kernels.probes import CHANGE_PROBE, record_units, record_weights
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES

CLIP_LENGTH, CLIP_VALUE, CLIP_NORMALIZE = 1, 2, 3  # `RuleArguments.clip`


@rare
def store_previous(rule: RuleArguments, values: Floats, begin: int, end: int) -> None:
    """Copy a slice of the trained weights, and of the rule's memory, to ``rule.previous`` before a change."""
    item_bytes, total = values.itemsize, rule.weight_count
    previous, memory = address_of(rule.previous) + item_bytes * begin, address_of(rule.memory) + item_bytes * begin
    for run in range(rule.runs.shape[0]):
        first, last = max(begin, rule.runs[run, 0]), min(end, rule.runs[run, 1])
        source = address_of(values) + item_bytes * (rule.runs[run, 2] + first - rule.runs[run, 0])
        if first < last:
            copy_memory(address_of(rule.previous) + item_bytes * first, source, item_bytes * (last - first))
    for index in range(begin, end if rule.rows.size else begin):
        rule.previous[0, index] = values[rule.rows[index]]
    for row in range(1, rule.previous.shape[0]):
        copy_memory(previous + item_bytes * total * row, memory + item_bytes * total * (row - 1), item_bytes * (end - begin))


@inline
def limit_weight(rule: RuleArguments, values: Floats, index: int, row: int) -> None:
    """Cut a trained weight to its limits. NaN stays, so that divergence is noticed."""
    if values[row] < rule.lowest[index]:
        values[row] = rule.lowest[index]
    elif values[row] > rule.highest[index]:
        values[row] = rule.highest[index]


@rare
def limit_weights(rule: RuleArguments, values: Floats, begin: int, end: int) -> None:
    """Cut a slice of the trained weights to their limits."""
    for run in range(rule.runs.shape[0]):
        for index in range(max(begin, rule.runs[run, 0]), min(end, rule.runs[run, 1])):
            limit_weight(rule, values, index, rule.runs[run, 2] + index - rule.runs[run, 0])
    for index in range(begin, end if rule.rows.size else begin):
        limit_weight(rule, values, index, rule.rows[index])


@rare
def clip_derivatives(rule: RuleArguments, derivatives: Floats) -> None:
    """Limit the length of the derivatives, or the size of each, or scale them to a length, according to `rule.clip`. NaN stays."""
    limit, square = rule.clip_limit, 0.0
    for index in range(rule.rows.size):
        row = rule.rows[index]
        if rule.clip == CLIP_VALUE:
            if derivatives[row] < -limit:
                derivatives[row] = -limit
            elif derivatives[row] > limit:
                derivatives[row] = limit
        square += derivatives[row] * derivatives[row]
    length = math.sqrt(square)
    if rule.clip != CLIP_VALUE and length > (limit if rule.clip == CLIP_LENGTH else 0.0):
        for index in range(rule.rows.size):
            derivatives[rule.rows[index]] *= limit / length


@inline
def change_some(rule: RuleArguments, weights: WeightArrays, mode: int, first_row: int, begin: int, end: int) -> None:
    """Change a slice of the trainable weights, whose first row is `first_row` in a mode for successive rows, and else 0."""
    item_bytes = weights.values.itemsize
    offset = item_bytes * first_row
    rows, rates = address_of(rule.rows) + INT64_BYTES * begin, address_of(rule.rates) + FLOAT64_BYTES * begin
    values, derivatives = address_of(weights.values) + offset, address_of(weights.derivatives) + offset
    changes, memory = address_of(weights.changes) + offset, address_of(rule.memory) + item_bytes * begin
    sizes = (end - begin, rule.weight_count, weights.values.size)
    arrays = (rows, values, derivatives, changes, memory, rates)
    call(rule.change, (*sizes, *arrays, rule.rate, mode, rule.decay, rule.error[0], rule.parameters))


@kernel
def change_weights(rule: RuleArguments, weights: WeightArrays, stores: bool, explains: bool, rank: int, threads: int) -> None:
    """Change every trainable weight once, by the rule."""
    begin, end = 0, rule.weight_count if rank == 0 else 0
    if rule.is_divisible:
        begin, end = slice_of(rank, threads, rule.weight_count, 64)
    if begin == end:
        return
    if rule.clip:
        clip_derivatives(rule, weights.derivatives)
    if explains and rule.previous.shape[0] > 0:
        store_previous(rule, weights.values, begin, end)
    for run in range(rule.runs.shape[0]):
        first, last = max(begin, rule.runs[run, 0]), min(end, rule.runs[run, 1])
        if first < last:
            first_row = rule.runs[run, 2] + first - rule.runs[run, 0]
            change_some(rule, weights, CONTIGUOUS_STORING if stores else CONTIGUOUS, first_row, first, last)
    if rule.runs.shape[0] == 0:
        change_some(rule, weights, INDEXED, 0, begin, end)
    if rule.lowest.size:
        limit_weights(rule, weights.values, begin, end)


@rare
def call_after_example(buffers: CaseBuffers, epoch: int, order: Integers, position: int, ticks: int, error: float, wrong: float) -> None:
    """Call the function of the session after a presentation, unless it has raised an exception."""
    if not buffers.has_raised[0]:
        call(buffers.after_example, (epoch, position, order[position], ticks, np.float64(error), np.float64(wrong)))


@rare
def store_last_dy(buffers: CaseBuffers, ticks: int, last_case: int) -> None:
    """Store ∂E/∂y of the last case at the last tick, for a rule without a backward pass."""
    tick_row = first_row(buffers, ticks - 1)
    for unit in range(buffers.tick_rows):
        buffers.last_dy[unit] = buffers.dy[tick_row + unit, last_case]


@inline
def run_passes(
    network: NetworkArguments,
    rule: RuleArguments,
    values: Floats,
    backward: Floats,
    ticks: int,
    scale: float,
    first: int,
    count: int,
    tolerance: float,
    last_case: int,
    rank: int,
) -> None:
    """Run the forward pass for a thread's slice of the block, and the backward pass unless the rule is local."""
    buffers = network.buffers
    forward(network, values, ticks, first, count, rank)
    if rule.signal == 0:
        compare_and_backward(network, backward, ticks, scale, first, count, tolerance, last_case, rank)
    else:
        compare(network, ticks, 1.0, first, count, tolerance, rank)
        for tick in range(ticks):
            set_own_dy(network, buffers.dy, first_row(buffers, tick), tick, 1.0, first, count)
        if last_case >= 0:
            store_last_dy(buffers, ticks, last_case)


@inline
def sum_errors(rule: RuleArguments, errors: Floats, count: int, is_first: bool, rank: int) -> float:
    """Return E of a block, the first since the last change of the weights or another, and add it to that since the last change."""
    error = sum_first(errors, count)
    if rank == 0:
        rule.error[0] = error if is_first else rule.error[0] + error
    return error


@rare
def show_last_case(arguments: TrainingArguments, network: NetworkArguments, values: Floats, count: int) -> None:
    """Repeat the passes of the block of cases that is loaded, for what the unit objects need of its last case."""
    ticks = network.buffers.lengths[0]
    scale = 1.0 / ticks if arguments.weights.averages_ties else 1.0
    backward = backward_values(values, arguments.weights.backward)
    run_passes(network, arguments.rule, values, backward, ticks, scale, 0, count, arguments.stop.tolerance, count - 1, 0)


@inline
def change_after_block(arguments: TrainingArguments, epoch: int, change: int, is_last: bool, explains: bool, team: ThreadTeam) -> None:
    """Change the weights after the derivatives of all threads, and record them. `change` is the index of the change in the epoch."""
    wiring, rule, weights, probes = arguments.network.wiring, arguments.rule, arguments.weights, arguments.probes
    if weights.averages_ties and wiring.tied_weights.size > 0:
        if team.rank == 0:
            average_tied(wiring.tied_weights, wiring.tie_sizes, weights.derivatives, 1)
        barrier(team)
    change_weights(rule, weights, probes is not None or is_last, explains, team.rank, team.size)
    barrier(team)
    if probes is not None and team.rank == 0:
        record_weights(probes, weights.values, epoch, change, CHANGE_PROBE)


@kernel
def run_epoch(
    arguments: TrainingArguments, network: NetworkArguments, order: Integers, is_loaded: bool, shows: bool, epoch: int, team: ThreadTeam
) -> tuple[float, float, int]:
    """Present the examples of one epoch. Return E, the number of correct cases, and the size of the last block."""
    wiring, buffers, rule, weights = network.wiring, network.buffers, arguments.rule, arguments.weights
    inputs, targets, probes, per_change = arguments.inputs, arguments.targets, arguments.probes, arguments.per_change
    error, wrong, count, ticks = 0.0, 0.0, 0, 0
    values = used_values(weights.values, buffers)
    backward = backward_values(values, weights.backward)
    lanes = VECTOR_BYTES // buffers.x.itemsize
    must_clear = wiring.tied_weights.size > 0 or rule.signal != 0 or not wiring.is_dense
    start, change = 0, 0
    while start < order.size:
        end = min(start + per_change, order.size)
        adds, is_first = 1 if must_clear else 0, True
        if must_clear and team.rank == 0:
            weights.derivatives[:] = 0.0
        while start < end:
            count, ticks = next_block(buffers, order, start, end)
            first, beyond = slice_of(team.rank, team.size, count, lanes)
            shown_case, is_last = count // rule.signal_phases - 1, shows and start + count == order.size
            last_case = shown_case if (is_last or buffers.after_example != 0) and first <= shown_case < beyond else -1
            scale = 1.0 / ticks if weights.averages_ties else 1.0
            pass_sums = rule.signal == 0 and begin_sums(network, weights.derivatives, ticks, team.size)
            if buffers.continues.size and team.rank == 0:
                set_initial_state(buffers, order[start], ticks)
            if not is_loaded:
                load_block(network, weights.values, inputs, targets, order, start, first, beyond - first, ticks, epoch)
            if first < beyond:
                size, tolerance = beyond - first, arguments.stop.tolerance
                run_passes(network, rule, values, backward, ticks, scale, first, size, tolerance, last_case, team.rank)
                if probes is not None:
                    factor = 1.0 if rule.signal else 1.0 / scale  # undoes the scaling of each example's derivatives
                    record_units(probes, buffers, order, start, first, beyond - first, ticks, factor, epoch)
            barrier(team)
            error += sum_errors(rule, buffers.errors, count, is_first, team.rank)
            wrong += sum_first(buffers.wrong, count)
            if not pass_sums:
                sum_derivatives_or_signals(network, rule, values, weights.derivatives, ticks, scale, count, adds, team)
            barrier(team)
            adds, is_first = 1, False
            start += count
            if start < end and buffers.after_example != 0:
                call_after_example(buffers, epoch, order, start - 1, ticks, buffers.errors[0], buffers.wrong[0])
        is_last = start == order.size
        change_after_block(arguments, epoch, change, is_last, shows and is_last, team)
        change += 1
        if buffers.after_example != 0:
            call_after_example(buffers, epoch, order, start - 1, ticks, buffers.errors[0], buffers.wrong[0])
    return error, order.size // rule.signal_phases - wrong, count
