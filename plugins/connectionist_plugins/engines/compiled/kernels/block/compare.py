"""Outputs and targets of a block of cases: E, where ∂E/∂y starts from, and which cases are wrong."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import multiply, row_of, vectors_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@cached_njit(error_model="numpy")
def clear_derivatives(wiring, cases, tick, first, wide):
    """Set ∂E/∂y to 0 for every unit that is activated, and for clamped ones where theirs is recorded, at one tick."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    dy = address_of(cases.dy) + bytes_each * (stride * row_of(cases, tick) + first)
    for number in range(cases.cleared.size if cases.keeping[0] else 0):
        set_zero(dy + bytes_each * stride * cases.cleared[number], bytes_each * wide)
    if wide == stride:
        for step in range(wiring.bounds.size - 1):
            begin, units = wiring.bounds[step], wiring.bounds[step + 1] - wiring.bounds[step]
            is_one_piece = wiring.units[begin + units - 1] == wiring.units[begin] + units - 1
            pieces = 1 if is_one_piece else units
            for piece in range(pieces):
                set_zero(dy + bytes_each * stride * wiring.units[begin + piece], bytes_each * stride * units // pieces)
    else:
        for place in range(wiring.units.size):
            set_zero(dy + bytes_each * stride * wiring.units[place], bytes_each * wide)


@inline
def clear_errors(cases, first, count):
    """Set E of some cases to 0, and mark none of them as wrong."""
    wide = vectors_of(cases, count) * VECTOR_BYTES
    set_zero(address_of(cases.errors) + cases.x.itemsize * first, wide)
    set_zero(address_of(cases.wrong) + cases.x.itemsize * first, wide)


@cached_njit(error_model="numpy")
def compare_at(wiring, functions, cases, tick, scale, first, count, tolerance):
    """Compare the output units with their targets at one tick: start ∂E/∂y (equation 4), add to E, mark wrong cases."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    now, wanted = row_of(cases, tick), tick * cases.target_span
    at = bytes_each * (stride * now + first)
    y, dy, errors = address_of(cases.y) + at, address_of(cases.dy) + at, address_of(cases.errors) + bytes_each * first
    d = address_of(cases.d) + bytes_each * (stride * wanted + first)
    for run in range(wiring.runs.shape[0]):
        number, units = wiring.runs[run, 0], wiring.runs[run, 1]
        row, target = bytes_each * stride * wiring.outputs[number], bytes_each * stride * wiring.targets[number]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        call(functions.compare[run], (y + row, d + target, dy + row, errors, units, stride, count, margin, parameters))
    for number in range(wiring.outputs.size):
        output = now + wiring.outputs[number]
        y_row, d_row = cases.y[output, first:], cases.d[wanted + wiring.targets[number], first:]
        mark_wrong(y_row, d_row, cases.wrong[first:], count, tolerance)
        if scale != 1.0:
            multiply(cases.dy[output, first:], count, scale)


@cached_njit(error_model="numpy")
def mark_wrong(y, d, wrong, count, tolerance):
    """Mark the first so many cases where an output unit is as far from its target as the tolerance, or further."""
    for case in range(count):
        before = wrong[case]
        wrong[case] = 1.0 if abs(y[case] - d[case]) >= tolerance else before


@cached_njit(error_model="numpy")
def compare(wiring, functions, cases, ticks, scale, first, count, tolerance):
    """Compare the output units with their targets at every tick."""
    wide = vectors_of(cases, count) * VECTOR_BYTES // cases.x.itemsize
    clear_errors(cases, first, count)
    for tick in range(ticks):
        clear_derivatives(wiring, cases, tick, first, wide)
        compare_at(wiring, functions, cases, tick, scale, first, count, tolerance)
