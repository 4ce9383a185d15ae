"""The compiled forward pass over a block of cases. Arrays of the block are [tick · unit, case]: x, y and dy, which is ∂E/∂y and then ∂E/∂x.

A network without time has one tick. Before the rows of tick 1 stand those of the ticks that the longest delay reaches back to. All
tables of rows are those of one tick, and a sender of a connection with a delay has so many ticks' rows taken off its own; so a kernel
that is told where a tick begins finds everything.

The case is the innermost dimension, so that every loop over it makes vectors whatever the wiring is. Where a network is dense, whole
tiles of units × cases are computed at once (`tiles`), elsewhere connection by connection (`gathered`). A thread computes a part of the
block's cases from end to end; only when derivatives are summed over cases do threads meet, and then each sums those of other weights.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, row_of, vectors_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import FLOAT64_BYTES, address_of, call
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_FIELDS
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES

MATRIX_BYTES = MATRIX_FIELDS * INT64_BYTES


@cached_njit(error_model="numpy")
def compute_net_input(wiring, loops, step, values, cases, at, width):
    """Set the net inputs of one step's units for some vectors of cases (equation 1)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    x, y = address_of(cases.x) + at, address_of(cases.y) + at
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        routes = address_of(wiring.forth) + MATRIX_BYTES * block[2]
        out = x + block[0] * stride
        call(loops.weighted_sums, (address_of(values), routes, block[3], out, block[1], y, stride, width, 0))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
        senders, rows = address_of(wiring.senders) + INT64_BYTES * first, address_of(wiring.weights) + INT64_BYTES * first
        out = x + wiring.units[place] * stride
        call(loops.gathered_sums, (address_of(values), senders, rows, count, out, y, stride, width))


@cached_njit(error_model="numpy")
def go_on(dt, wiring, begin, end, numbers, span, row, first, count):
    """Let numbers of some units go part of the way from what they were a tick before to what they are: d now + (1 − d) before."""
    for place in range(begin, end):
        unit, part = row + wiring.units[place], dt[place]
        for case in range(first, first + count):
            numbers[unit, case] = part * numbers[unit, case] + (1.0 - part) * numbers[unit - span, case]


@cached_njit(error_model="numpy")
def forward(wiring, functions, loops, values, cases, ticks, first, count, rank):
    """Activate every step in order, tick by tick, for some successive cases of the block."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    width = vectors_of(cases, count)
    scratch = address_of(cases.scratch) + rank * FLOAT64_BYTES * cases.scratch.shape[1]
    for tick in range(ticks):
        at = bytes_each * (stride * row_of(cases, tick) + first)
        x, y = address_of(cases.x) + at, address_of(cases.y) + at
        for step in range(functions.activate.size):
            begin, end = wiring.bounds[step], wiring.bounds[step + 1]
            compute_net_input(wiring, loops, step, values, cases, at, width)
            f, parameters, integrates = functions.activate[step], functions.activation_parameters[step], functions.integrates[step]
            if integrates == NET_INPUT:
                go_on(functions.dt, wiring, begin, end, cases.x, cases.span, row_of(cases, tick), first, count)
            if functions.joint[step]:
                rows = address_of(wiring.units) + INT64_BYTES * begin
                call(f, (x, y, rows, end - begin, stride, count, scratch, parameters))
            else:
                row = bytes_each * stride * wiring.units[begin]
                call(f, (x + row, y + row, end - begin, stride, count, parameters))
            if integrates == ACTIVATION:
                go_on(functions.dt, wiring, begin, end, cases.y, cases.span, row_of(cases, tick), first, count)
