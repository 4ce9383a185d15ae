"""Sums over a block of cases: of the weights' derivatives, or of the signals of a rule that makes no backward pass."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import row_of, vectors_of
from connectionist_plugins.engines.compiled.numba_runtime.barrier import slice_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, call_float
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@cached_njit(error_model="numpy")
def sum_derivatives(wiring, loops, derivatives, cases, ticks, width, adds, rank, threads):
    """Set, or add to, the weights' derivatives, summed over the block's ticks and cases (equation 6)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    for step in range(wiring.bounds.size - 1):
        for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
            block = wiring.blocks[number]
            begin, end = slice_of(rank, threads, block[1], 4)
            for patch in range(block[2], block[2] + block[3]):
                sender, senders, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
                first = weight + begin * senders
                for tick in range(ticks):
                    at = row_of(cases, tick) * stride
                    receivers, source = address_of(cases.dy) + at + (block[0] + begin) * stride, address_of(cases.y) + at + sender * stride
                    numbers = (first, senders, receivers, end - begin, source, senders, stride, width, 1 if adds or tick else 0)
                    call(loops.summed_products, (address_of(derivatives), *numbers))
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            continue
        begin, end = slice_of(rank, threads, wiring.bounds[step + 1] - wiring.bounds[step], 1)
        for place in range(wiring.bounds[step] + begin, wiring.bounds[step] + end):
            first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
            senders, rows = address_of(wiring.senders) + INT64_BYTES * first, address_of(wiring.weights) + INT64_BYTES * first
            for tick in range(ticks):
                at = row_of(cases, tick) * stride
                receiver, source = address_of(cases.dy) + at + wiring.units[place] * stride, address_of(cases.y) + at
                call(loops.gathered_products, (address_of(derivatives), senders, rows, count, receiver, source, stride, width))


@cached_njit(error_model="numpy")
def gather_signals(wiring, learning, values, signals, cases, ticks, scale, count):
    """Add every connection's signal to its weight's sum, for a rule that makes no backward pass."""
    stride = cases.x.itemsize * cases.y.shape[1]
    for tick in range(ticks):
        y, d = address_of(cases.y) + stride * row_of(cases, tick), address_of(cases.d) + stride * tick * cases.target_span
        for place in range(wiring.units.size):
            receiver, target = y + stride * wiring.units[place], d + stride * wiring.place_targets[place]
            for at in range(wiring.starts[place], wiring.starts[place + 1]):
                weight, sender = wiring.weights[at], y + stride * wiring.senders[at]
                signals[weight] += scale * call_float(
                    learning.signal, (values[weight], sender, receiver, target, count, learning.parameters)
                )


@inline
def gather(wiring, loops, learning, weights, cases, ticks, scale, count, adds, rank, threads):
    """Sum derivatives or signals over a block that all threads have been through; tied weights' are summed by one thread."""
    has_ties = wiring.tied.size > 0
    if learning.signal != 0:
        if rank == 0:
            gather_signals(wiring, learning, weights.values, weights.gathered, cases, ticks, scale, count)
    elif not has_ties:
        sum_derivatives(wiring, loops, weights.gathered, cases, ticks, vectors_of(cases, count), adds, rank, threads)
    elif rank == 0:
        sum_derivatives(wiring, loops, weights.gathered, cases, ticks, vectors_of(cases, count), adds, 0, 1)


@cached_njit(error_model="numpy")
def average(tied, copies, derivatives):
    """Divide each tied weight's sum by the number of connections tied to it."""
    for number in range(tied.size):
        derivatives[tied[number]] /= copies[number]
