"""Which examples make a block, how they come into it, and single passes over all examples, block by block."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernels.block.backward import go_back
from connectionist_plugins.engines.compiled.kernels.block.derivatives import sum_derivatives
from connectionist_plugins.engines.compiled.kernels.block.forward import forward
from connectionist_plugins.engines.compiled.kernels.indexing import sum_up, vectors_of
from connectionist_plugins.engines.compiled.kernels.probes import keep_units
from connectionist_plugins.engines.compiled.numba_runtime.by_reference import by_reference
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def next_block(cases, order, start, end):
    """Return how many examples from `start` on make a block, and how many ticks they all have."""
    most = 1 if cases.continues.size else min(cases.x.shape[1], end - start)
    if cases.lengths.size == 1:
        return most, cases.lengths[0]
    ticks, count = cases.lengths[order[start]], 1
    while count < most and cases.lengths[order[start + count]] == ticks:
        count += 1
    return count, ticks


@cached_njit(error_model="numpy")
def enter(cases, case, ticks):
    """Put into the rows before tick 1 what an example starts from: the state in which the one before ended, or the initial one.

    For sets in which examples continue one another, which are run one by one.
    """
    rows, further = cases.history * cases.span, cases.ended[0] * cases.span
    if cases.continues[case] and further >= 0:
        for row in range(rows):
            cases.x[row, 0] = cases.x[row + further, 0]
            cases.y[row, 0] = cases.y[row + further, 0]
    else:
        for row in range(rows):
            cases.x[row, 0] = cases.initial_x[row % cases.span]
            cases.y[row, 0] = cases.initial_y[row % cases.span]
    cases.ended[0] = ticks


@cached_njit(error_model="numpy")
def load(loops, inputs, targets, order, start, first, count, cases):
    """Copy the inputs and targets of examples into the block's cases from `first` on; the block starts at `start` of the order."""
    stride, at = cases.x.itemsize * cases.x.shape[1], cases.x.itemsize * first
    chosen = address_of(order) + INT64_BYTES * (start + first)
    y, d = address_of(cases.y) + at, address_of(cases.d) + at
    call(loops.transposed, (address_of(inputs), chosen, count, inputs.shape[1], address_of(cases.input_rows), y, stride))
    call(loops.transposed, (address_of(targets), chosen, count, targets.shape[1], address_of(cases.target_rows), d, stride))


@inline
def bring_in(wiring, functions, loops, values, inputs, targets, order, start, count, ticks, cases):
    """Load a block of examples and activate every step at every tick."""
    if cases.continues.size:
        enter(cases, order[start], ticks)
    load(loops, inputs, targets, order, start, 0, count, cases)
    forward(wiring, functions, loops, values, cases, ticks, 0, count, 0)


@cached_njit(error_model="numpy")
def present(wiring, functions, loops, values, inputs, targets, order, cases, probes, goes_back, is_mean):
    """Present examples block by block, keep what is asked for, and return the last block's size and ticks."""
    wiring, functions, loops, cases, probes = (
        by_reference(wiring),
        by_reference(functions),
        by_reference(loops),
        by_reference(cases),
        by_reference(probes),
    )
    start, count, ticks = 0, 0, 0
    while start < order.size:
        count, ticks = next_block(cases, order, start, order.size)
        bring_in(wiring, functions, loops, values, inputs, targets, order, start, count, ticks, cases)
        scale = 1.0 / ticks if is_mean else 1.0
        if goes_back:
            go_back(wiring, functions, loops, values, cases, ticks, scale, 0, count, np.inf, count - 1, 0)
        keep_units(probes, cases, order, start, 0, count, ticks, 1.0 / scale, 0)
        start += count
    return count, ticks


@cached_njit(error_model="numpy")
def differentiate(wiring, functions, loops, values, inputs, targets, order, cases, is_mean, derivatives):
    """Present examples block by block, add to the weights' derivatives, and return the last block's size and ticks, and E."""
    wiring, functions, loops, cases = by_reference(wiring), by_reference(functions), by_reference(loops), by_reference(cases)
    start, count, ticks, error = 0, 0, 0, 0.0
    while start < order.size:
        count, ticks = next_block(cases, order, start, order.size)
        bring_in(wiring, functions, loops, values, inputs, targets, order, start, count, ticks, cases)
        scale = 1.0 / ticks if is_mean else 1.0
        go_back(wiring, functions, loops, values, cases, ticks, scale, 0, count, np.inf, count - 1, 0)
        sum_derivatives(wiring, loops, derivatives, cases, ticks, vectors_of(cases, count), 1, 0, 1)
        error += sum_up(cases.errors, count)
        start += count
    return count, ticks, error
