"""Outputs and targets of one case: E, where ∂E/∂y starts from, and whether it is right; see `single`."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import multiply, row_of, sum_up
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit


@cached_njit(error_model="numpy")
def clear_one(cases, begin, end):
    """Set ∂E/∂y to 0 for all units at some ticks."""
    bytes_each = cases.dy.itemsize
    set_zero(address_of(cases.dy) + bytes_each * row_of(cases, begin), bytes_each * cases.span * (end - begin))


@cached_njit(error_model="numpy")
def compare_one_at(wiring, functions, cases, tick, scale, tolerance):
    """Compare the output units with their targets at one tick: start ∂E/∂y (equation 4), return E, and whether all are right."""
    y, d, dy, errors = cases.y[:, 0], cases.d[:, 0], cases.dy[:, 0], cases.errors
    bytes_each, now, wanted = y.itemsize, row_of(cases, tick), tick * cases.target_span
    error, right = 0.0, 1
    for run in range(wiring.runs.shape[0]):
        number, units = wiring.runs[run, 0], wiring.runs[run, 1]
        row, target = now + wiring.outputs[number], wanted + wiring.targets[number]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        set_zero(address_of(errors), bytes_each * units)
        at = bytes_each * row
        arrays = (address_of(y) + at, address_of(d) + bytes_each * target, address_of(dy) + at, address_of(errors))
        call(functions.compare[run], (*arrays, 1, units, units, margin, parameters))
        error += sum_up(errors, units)
        for unit in range(units):
            if abs(y[row + unit] - d[target + unit]) >= tolerance:
                right = 0
        if scale != 1.0:
            multiply(dy[row:], units, scale)
    return error, right


@cached_njit(error_model="numpy")
def compare_one(wiring, functions, cases, ticks, scale, tolerance):
    """Compare the output units with their targets at every tick, and return E, and whether every one of them is right."""
    clear_one(cases, 0, ticks)
    error, right = 0.0, 1
    for tick in range(ticks):
        e, is_right = compare_one_at(wiring, functions, cases, tick, scale, tolerance)
        error += e
        right &= is_right
    return error, right
