"""The compiled backward pass over a block of cases, through all ticks, or through as many as errors are carried back."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.block.compare import clear_derivatives, clear_errors, compare, compare_at
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, row_of, vectors_of
from connectionist_plugins.engines.compiled.kernels.probes import clear_kept, keep_dy, keep_rest
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import FLOAT64_BYTES, address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_FIELDS
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES, LAST_CASE_ONLY
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES

MATRIX_BYTES = MATRIX_FIELDS * INT64_BYTES


@cached_njit(error_model="numpy")
def propagate_derivative(wiring, loops, step, values, cases, at, width):
    """Add to the senders' ∂E/∂y what one step's units hand back, for some vectors of cases (equation 7)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    dy = address_of(cases.dy) + at
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        for patch in range(block[2], block[2] + block[3]):
            if wiring.patch_backs[patch] == BACKPROPAGATES:
                route, sender, senders = address_of(wiring.back) + MATRIX_BYTES * patch, wiring.forth[patch, 0], wiring.forth[patch, 1]
                out = dy + sender * stride
                call(loops.weighted_sums, (address_of(values), route, 1, out, senders, dy, stride, width, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
        senders, rows = address_of(wiring.senders) + INT64_BYTES * first, address_of(wiring.weights) + INT64_BYTES * first
        backs = address_of(wiring.backs) + first
        source = dy + wiring.units[place] * stride
        call(loops.scattered_sums, (address_of(values), senders, rows, backs, count, dy, source, stride, width))


@cached_njit(error_model="numpy")
def part_with(functions, wiring, begin, end, cases, now, first, count):
    """Hand on to the tick before what of ∂E/∂y goes past units that integrate their activation, and keep the rest."""
    for place in range(begin, end):
        unit, part = now + wiring.units[place], functions.dt[place]
        for case in range(first, first + count):
            cases.dy[unit - cases.span, case] += (1.0 - part) * cases.dy[unit, case]
            cases.dy[unit, case] *= part


@cached_njit(error_model="numpy")
def join_with(functions, wiring, begin, end, cases, now, first, count, is_top):
    """Find ∂E/∂x of units that integrate their net input: dt times that of this tick, and 1 − dt times that of the next."""
    for place in range(begin, end):
        unit, part = now + wiring.units[place], functions.dt[place]
        for case in range(first, first + count):
            later = 0.0 if is_top else cases.dy[unit + cases.span, case]
            cases.dy[unit, case] = part * cases.dy[unit, case] + (1.0 - part) * later


@cached_njit(error_model="numpy")
def show_clamped(wiring, loops, step, values, cases, now, is_last, last):
    """Add to ∂E/∂y of clamped senders, which is only shown, for one case (equation 7).

    What is shown is the last tick; but of the unit that is always on there is only one for all ticks.
    """
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        for patch in range(block[2], block[2] + block[3]):
            if wiring.patch_backs[patch] == LAST_CASE_ONLY:
                sender, senders, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
                begin, end = sender, sender + senders
                if not (is_last and begin >= 0):
                    begin, end = max(begin, wiring.always_on), min(end, wiring.always_on + 1)
                shown = address_of(cases.shown) + bytes_each * begin
                for row in range(block[1] if begin < end else 0):
                    of_row = address_of(values) + bytes_each * (weight + row * senders + begin - sender)
                    at = (now + block[0] + row) * stride + last
                    call(loops.scaled_vector, (address_of(cases.dy), at, of_row, shown, end - begin, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        net_derivative = cases.dy[now + wiring.units[place], last]
        for at in range(wiring.starts[place], wiring.starts[place + 1]):
            sender = wiring.senders[at]
            if wiring.backs[at] == LAST_CASE_ONLY and ((is_last and sender >= 0) or sender == wiring.always_on):
                cases.shown[sender] += net_derivative * values[wiring.weights[at]]


@inline
def show_cleared(wiring, cases, ticks, last):
    """Show ∂E/∂y of clamped units where it went back to them in every case, as it does when it is recorded."""
    for number in range(cases.cleared.size if cases.keeping[0] else 0):
        row = cases.cleared[number]
        cases.shown[row] = cases.kept[(ticks - 1) * cases.span + row, last]
        if row == wiring.always_on:
            for tick in range(ticks - 1):
                cases.shown[row] += cases.kept[tick * cases.span + row, last]


@cached_njit(error_model="numpy")
def backward_at(wiring, functions, loops, values, cases, tick, is_top, is_last, first, count, last, rank):
    """Ask every step, last first, for ∂E/∂x at one tick, and to hand it back to its senders, for some successive cases of the block.

    The tick is the top one when no error comes from the one after, and the last one if it is that of the examples. Of the case `last`, if
    it is at least 0, what is to be shown is kept.
    """
    bytes_each, stride, now = cases.x.itemsize, cases.x.shape[1], row_of(cases, tick)
    at, width = bytes_each * (stride * now + first), vectors_of(cases, count)
    wide = width * VECTOR_BYTES // bytes_each
    x, y, dy = address_of(cases.x) + at, address_of(cases.y) + at, address_of(cases.dy) + at
    scratch = address_of(cases.scratch) + rank * FLOAT64_BYTES * cases.scratch.shape[1]
    for step in range(functions.slope.size - 1, -1, -1):
        begin, end = wiring.bounds[step], wiring.bounds[step + 1]
        if last >= 0 and is_last:
            for place in range(begin, end):
                cases.shown[wiring.units[place]] = cases.dy[now + wiring.units[place], last]
        if cases.keeping[0]:
            keep_dy(wiring, cases, begin, end, tick, first, count)
        f, parameters, integrates = functions.slope[step], functions.activation_parameters[step], functions.integrates[step]
        if functions.joint[step]:
            rows = address_of(wiring.units) + INT64_BYTES * begin
            call(f, (y, dy, rows, end - begin, stride, count, scratch, parameters))
        else:
            row, answers = bytes_each * stride * wiring.units[begin], y
            if integrates == ACTIVATION:
                answers = address_of(cases.spare) + bytes_each * first
                part_with(functions, wiring, begin, end, cases, now, first, count)
                call(functions.activate[step], (x + row, answers + row, end - begin, stride, count, parameters))
            call(f, (x + row, answers + row, dy + row, end - begin, stride, count, parameters))
        if integrates == NET_INPUT:
            join_with(functions, wiring, begin, end, cases, now, first, count, is_top)
        if count < wide:
            for place in range(begin, end):
                set_zero(dy + bytes_each * (stride * wiring.units[place] + count), bytes_each * (wide - count))
        propagate_derivative(wiring, loops, step, values, cases, at, width)
        if last >= 0:
            show_clamped(wiring, loops, step, values, cases, now, is_last, last)


@cached_njit(error_model="numpy")
def backward(wiring, functions, loops, values, cases, ticks, first, count, last, rank):
    """Go backward through all ticks."""
    if last >= 0:
        cases.shown[:] = 0.0
    for tick in range(ticks - 1, -1, -1):
        is_last = tick == ticks - 1
        backward_at(wiring, functions, loops, values, cases, tick, is_last, is_last, first, count, last, rank)


@cached_njit(error_model="numpy")
def backward_in_part(wiring, functions, loops, values, cases, ticks, scale, first, count, tolerance, last, rank):
    """Compare at each tick, and go backward from it through `ticks_back` ticks; each ∂E/∂x is the sum over all that came by."""
    bytes_each, rows, before = cases.x.itemsize, cases.span * ticks, cases.span * cases.history
    wide = vectors_of(cases, count) * VECTOR_BYTES // bytes_each
    clear_errors(cases, first, count)
    if last >= 0:
        cases.shown[:] = 0.0
    for row in range(rows):
        set_zero(address_of(cases.sums) + bytes_each * (cases.sums.shape[1] * row + first), bytes_each * wide)
    for top in range(ticks):
        bottom = max(0, top - cases.ticks_back + 1)
        lowest = max(0, bottom - cases.history) if cases.keeping[0] else bottom
        for tick in range(lowest, top + 1):
            clear_derivatives(wiring, cases, tick, first, wide)
        compare_at(wiring, functions, cases, top, scale, first, count, tolerance)
        for tick in range(top, bottom - 1, -1):
            is_last = tick == ticks - 1
            backward_at(wiring, functions, loops, values, cases, tick, tick == top, is_last, first, count, last, rank)
        if cases.keeping[0]:
            keep_rest(wiring, cases, lowest, bottom, top + 1, first, count)
        for row in range(cases.span * bottom, cases.span * (top + 1)):
            for case in range(first, first + wide):
                cases.sums[row, case] += cases.dy[before + row, case]
    for row in range(rows):
        for case in range(first, first + wide):
            cases.dy[before + row, case] = cases.sums[row, case]


@inline
def go_back(wiring, functions, loops, values, cases, ticks, scale, first, count, tolerance, last, rank):
    """Compare the outputs with the targets, and go backward through all ticks, or through as many as errors are carried back."""
    if cases.keeping[0]:
        clear_kept(cases, ticks, first, count)
    if 0 < cases.ticks_back < ticks:
        backward_in_part(wiring, functions, loops, values, cases, ticks, scale, first, count, tolerance, last, rank)
    else:
        compare(wiring, functions, cases, ticks, scale, first, count, tolerance)
        backward(wiring, functions, loops, values, cases, ticks, first, count, last, rank)
        if cases.keeping[0]:
            keep_rest(wiring, cases, 0, 0, ticks, first, count)
    if last >= 0:
        show_cleared(wiring, cases, ticks, last)
