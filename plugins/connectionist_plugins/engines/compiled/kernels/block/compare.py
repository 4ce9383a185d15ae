"""Compare outputs and targets of a block of cases: E of each case, the initial ∂E/∂y, and which cases are wrong.

Arguments, beside those in `kernels`: `padded` is the number of cases up to a whole vector.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import first_row, scale_first, vector_count
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@cached_njit(error_model="numpy")
def clear_dy(wiring, buffers, tick, first, padded):
    """Set ∂E/∂y at one tick to 0, for all activated units, and for clamped units if theirs is recorded."""
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    dy = address_of(buffers.dy) + item_bytes * (stride * first_row(buffers, tick) + first)
    for index in range(buffers.clamped_rows.size if buffers.is_recording[0] else 0):
        set_zero(dy + item_bytes * stride * buffers.clamped_rows[index], item_bytes * padded)
    if padded == stride:
        for step in range(wiring.step_starts.size - 1):
            begin, units = wiring.step_starts[step], wiring.step_starts[step + 1] - wiring.step_starts[step]
            is_contiguous = wiring.unit_rows[begin + units - 1] == wiring.unit_rows[begin] + units - 1
            pieces = 1 if is_contiguous else units
            for piece in range(pieces):
                set_zero(dy + item_bytes * stride * wiring.unit_rows[begin + piece], item_bytes * stride * units // pieces)
    else:
        for position in range(wiring.unit_rows.size):
            set_zero(dy + item_bytes * stride * wiring.unit_rows[position], item_bytes * padded)


@inline
def clear_errors(buffers, first, count):
    """Set E of a slice of the cases to 0, and mark none of them as wrong."""
    padded_bytes = vector_count(buffers, count) * VECTOR_BYTES
    set_zero(address_of(buffers.errors) + buffers.x.itemsize * first, padded_bytes)
    set_zero(address_of(buffers.wrong) + buffers.x.itemsize * first, padded_bytes)


@cached_njit(error_model="numpy")
def compare_tick(wiring, functions, buffers, tick, scale, first, count, tolerance):
    """Compare outputs and targets at one tick: add to ∂E/∂y (equation 4) and to E, and mark wrong cases."""
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    tick_row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
    offset = item_bytes * (stride * tick_row + first)
    y, dy, errors = address_of(buffers.y) + offset, address_of(buffers.dy) + offset, address_of(buffers.errors) + item_bytes * first
    d = address_of(buffers.d) + item_bytes * (stride * target_row + first)
    for run in range(wiring.output_runs.shape[0]):
        output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
        row, target = item_bytes * stride * wiring.output_rows[output], item_bytes * stride * wiring.target_rows[output]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        call(functions.compare[run], (y + row, d + target, dy + row, errors, units, stride, count, margin, parameters))
    for output in range(wiring.output_rows.size):
        row = tick_row + wiring.output_rows[output]
        y_row, d_row = buffers.y[row, first:], buffers.d[target_row + wiring.target_rows[output], first:]
        mark_wrong(y_row, d_row, buffers.wrong[first:], count, tolerance)
        if scale != 1.0:
            scale_first(buffers.dy[row, first:], count, scale)


@cached_njit(error_model="numpy")
def mark_wrong(y, d, wrong, count, tolerance):
    """Mark those of the first `count` cases in which an output unit's distance from its target is `tolerance` or more."""
    for case in range(count):
        before = wrong[case]
        wrong[case] = 1.0 if abs(y[case] - d[case]) >= tolerance else before


@cached_njit(error_model="numpy")
def compare(wiring, functions, buffers, ticks, scale, first, count, tolerance):
    """Compare outputs and targets at all ticks."""
    padded = vector_count(buffers, count) * VECTOR_BYTES // buffers.x.itemsize
    clear_errors(buffers, first, count)
    for tick in range(ticks):
        clear_dy(wiring, buffers, tick, first, padded)
        compare_tick(wiring, functions, buffers, tick, scale, first, count, tolerance)
