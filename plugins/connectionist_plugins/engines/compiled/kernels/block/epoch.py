"""The compiled way through an epoch, block by block, with the changes of the weights in between."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.formulas.templates import CONTIGUOUS, CONTIGUOUS_STORING, INDEXED
from connectionist_plugins.engines.compiled.kernels.block.backward import go_back
from connectionist_plugins.engines.compiled.kernels.block.compare import compare
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average, gather
from connectionist_plugins.engines.compiled.kernels.block.forward import forward
from connectionist_plugins.engines.compiled.kernels.block.passes import enter, load, next_block
from connectionist_plugins.engines.compiled.kernels.indexing import row_of, sum_up
from connectionist_plugins.engines.compiled.kernels.probes import OF_CHANGES, keep_units, keep_weights
from connectionist_plugins.engines.compiled.numba_runtime.barrier import barrier, slice_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import FLOAT64_BYTES, address_of, call, copy_memory
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES


@inline
def keep_earlier(learning, values, begin, end):
    """Keep some weights, and what the rule remembers for them, as they are before a change."""
    bytes_each, total = values.itemsize, learning.trained
    earlier, memory = address_of(learning.earlier) + bytes_each * begin, address_of(learning.memory) + bytes_each * begin
    if learning.first >= 0:
        copy_memory(earlier, address_of(values) + bytes_each * (learning.first + begin), bytes_each * (end - begin))
    else:
        for place in range(begin, end):
            learning.earlier[0, place] = values[learning.rows[place]]
    for number in range(1, learning.earlier.shape[0]):
        copy_memory(earlier + bytes_each * total * number, memory + bytes_each * total * (number - 1), bytes_each * (end - begin))


@cached_njit(error_model="numpy")
def change_weights(learning, weights, is_last, rank, threads):
    """Let the rule change every trainable weight once; by how much is kept of the last change in an epoch."""
    begin, end = 0, learning.trained if rank == 0 else 0
    if learning.divides:
        begin, end = slice_of(rank, threads, learning.trained, 64)
    if begin == end:
        return
    if is_last and learning.earlier.shape[0] > 0:
        keep_earlier(learning, weights.values, begin, end)
    bytes_each, total = weights.values.itemsize, learning.trained
    values, gathered, changes = address_of(weights.values), address_of(weights.gathered), address_of(weights.changes)
    how, at = INDEXED, 0
    if learning.first >= 0:
        how, at = CONTIGUOUS_STORING if is_last else CONTIGUOUS, bytes_each * (learning.first + begin)
    numbers = (
        end - begin,
        total,
        weights.values.size,
        address_of(learning.rows) + INT64_BYTES * begin,
        values + at,
        gathered + at,
        changes + at,
        address_of(learning.memory) + bytes_each * begin,
        address_of(learning.rates) + FLOAT64_BYTES * begin,
        learning.rate,
        how,
        learning.decay,
        learning.parameters,
    )
    call(learning.change, numbers)


@cached_njit(error_model="numpy")
def show_compared(cases, ticks, last):
    """Keep of one case what is to be shown where no backward pass is made."""
    now = row_of(cases, ticks - 1)
    for unit in range(cases.span):
        cases.shown[unit] = cases.dy[now + unit, last]


@inline
def pass_over(wiring, functions, loops, learning, weights, cases, ticks, scale, first, count, tolerance, last, rank):
    """Take a thread's share of a block forward and, unless the rule learns from signals, backward."""
    forward(wiring, functions, loops, weights.values, cases, ticks, first, count, rank)
    if learning.signal == 0:
        go_back(wiring, functions, loops, weights.values, cases, ticks, scale, first, count, tolerance, last, rank)
    else:
        compare(wiring, functions, cases, ticks, 1.0, first, count, tolerance)
        if last >= 0:
            show_compared(cases, ticks, last)


@cached_njit(error_model="numpy")
def run_epoch(
    wiring, functions, loops, learning, weights, inputs, targets, order, per_change, cases, tolerance, is_loaded, probes, epoch, team
):
    """Present one epoch's examples, change the weights when it is time, and return E, how many were right, and the last block's size.

    `is_loaded` says that the block holds the whole epoch already, in this order.
    """
    error, wrong, count = 0.0, 0.0, 0
    lanes = VECTOR_BYTES // cases.x.itemsize
    has_ties = wiring.tied.size > 0
    clears = has_ties or learning.signal != 0 or not wiring.is_dense
    start, change = 0, 0
    while start < order.size:
        end = min(start + per_change, order.size)
        adds = 1 if clears else 0
        if clears and team.rank == 0:
            weights.gathered[:] = 0.0
        while start < end:
            count, ticks = next_block(cases, order, start, end)
            first, beyond = slice_of(team.rank, team.size, count, lanes)
            last = count - 1 if start + count == order.size and beyond == count else -1
            scale = 1.0 / ticks if weights.mean else 1.0
            if cases.continues.size and team.rank == 0:
                enter(cases, order[start], ticks)
            if not is_loaded:
                load(loops, inputs, targets, order, start, first, beyond - first, cases)
            if first < beyond:
                pass_over(
                    wiring, functions, loops, learning, weights, cases, ticks, scale, first, beyond - first, tolerance, last, team.rank
                )
                if probes is not None:
                    factor = 1.0 if learning.signal else 1.0 / scale  # by which derivatives are this example's own
                    keep_units(probes, cases, order, start, first, beyond - first, ticks, factor, epoch)
            barrier(team)
            error += sum_up(cases.errors, count)
            wrong += sum_up(cases.wrong, count)
            gather(wiring, loops, learning, weights, cases, ticks, scale, count, adds, team.rank, team.size)
            barrier(team)
            adds = 1
            start += count
        if weights.mean and has_ties:
            if team.rank == 0:
                average(wiring.tied, wiring.copies, weights.gathered)
            barrier(team)
        change_weights(learning, weights, probes is not None or start == order.size, team.rank, team.size)
        barrier(team)
        if probes is not None:
            if team.rank == 0:
                keep_weights(probes, weights.values, epoch, change, OF_CHANGES)
            change += 1
    return error, order.size - wrong, count
