"""The formulas of error functions and of costs on activations in Python, for `python_fallback`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from connectionist.plugins.formula_faults import write_results
from connectionist.plugins.functions import within_margin
from connectionist_plugins.engines.compiled.formulas.python_arrays import array_at, float64s, matrix_at


def compare(plugin: Any, dtype: Any) -> Callable[..., None]:
    """Return the function for the role compare."""

    def c_function(ys: int, ds: int, dys: int, errors: int, rows: int, stride: int, count: int, margin: float, _: int) -> None:
        y, d, dy = (matrix_at(address, rows, stride, dtype)[:, :count] for address in (ys, ds, dys))
        error = array_at(errors, count, dtype)
        for row in range(rows):
            for case, (activation, target) in enumerate(zip(y[row].tolist(), d[row].tolist(), strict=True)):
                if target == target and not within_margin(activation, target, margin):  # noqa: PLR0124  (NaN: no target)
                    before = float(error[case]), float(dy[row, case])
                    error[case] = dy[row, case] = np.nan
                    total, derivative = before  # with +=, as in the local engine, since the text of a TypeError names the operator
                    derivative += plugin.derivative(activation, target)
                    dy[row, case] = float64s([derivative], 1)[0]
                    total += plugin.error(activation, target)
                    math.isfinite(total)  # raises TypeError if it is not a real number, as in the local engine
                    error[case] = total

    return c_function


def cost(plugin: Any, dtype: Any) -> Callable[..., None]:
    """Return the function for the role cost."""

    def c_function(ys: int, dys: int, errors: int, rows: int, stride: int, count: int, scale: float, _: int) -> None:
        y, dy = (matrix_at(address, rows, stride, dtype)[:, :count] for address in (ys, dys))
        error = array_at(errors, count, dtype)
        for row in range(rows):
            for case, activation in enumerate(y[row].tolist()):
                before = float(error[case]), float(dy[row, case])
                error[case] = dy[row, case] = np.nan
                total, derivative = before
                total += plugin.cost(activation)
                derivative = _with_share(derivative, plugin.slope(activation), scale)
                error[case], dy[row, case] = float64s([total, derivative], 2)

    return c_function


def paired(plugin: Any, dtype: Any, activation_function: Any) -> Callable[..., None]:
    """Return the function for the role paired."""

    def c_function(
        xs: int, ys: int, ds: int, dxs: int, errors: int, rows: int, stride: int, count: int, margin: float, scale: float, _: int
    ) -> None:
        x, y, d, dx = (matrix_at(address, rows, stride, dtype)[:, :count] for address in (xs, ys, ds, dxs))
        error = array_at(errors, count, dtype)
        dx[:] = 0.0
        for row in range(rows):
            for case, numbers in enumerate(zip(x[row].tolist(), y[row].tolist(), d[row].tolist(), strict=True)):
                if _has_error(*numbers[1:], margin):
                    before = float(error[case])
                    error[case] = dx[row, case] = np.nan
                    own_error, derivative = plugin.compare_net_input(*numbers, activation_function)
                    error[case], dx[row, case] = float64s([before + own_error, scale * derivative], 2)

    return c_function


def joint_paired(plugin: Any, dtype: Any, activation_function: Any) -> Callable[..., None]:
    """Return the function for the role joint_paired."""

    def c_function(
        xs: int,
        ys: int,
        ds: int,
        dxs: int,
        errors: int,
        rows: int,
        target_rows: int,
        out_rows: int,
        units: int,
        stride: int,
        count: int,
        margin: float,
        scale: float,
        *_: int,
    ) -> None:
        row, target_row, out_row = (array_at(address, units, np.dtype(np.int64)) for address in (rows, target_rows, out_rows))
        arrays = ((xs, row), (ys, row), (ds, target_row), (dxs, out_row))
        x, y, d, dx = (matrix_at(address, int(used.max()) + 1, stride, dtype) for address, used in arrays)
        error = array_at(errors, count, dtype)
        dx[out_row, :count] = 0.0
        for case in range(count):
            net_inputs, activations, targets = (a[r, case].tolist() for a, r in ((x, row), (y, row), (d, target_row)))
            counts = [_has_error(*pair, margin) for pair in zip(activations, targets, strict=True)]
            if any(counts):
                before, errors_of_units, derivatives = float(error[case]), [0.0] * units, [0.0] * units
                error[case] = dx[out_row, case] = np.nan
                targets = [target if each else math.nan for target, each in zip(targets, counts, strict=True)]
                numbers = net_inputs, activations, targets, errors_of_units, derivatives
                write_results(plugin, "compare_net_inputs", *numbers, activation_function)
                dx[out_row, case] = float64s((scale * derivative for derivative in derivatives), units)
                error[case] = before + sum(number for number, each in zip(errors_of_units, counts, strict=True) if each)

    return c_function


def joint_compare(plugin: Any, dtype: Any) -> Callable[..., None]:
    """Return the function for the role joint_compare."""

    def c_function(
        ys: int,
        ds: int,
        dys: int,
        errors: int,
        rows: int,
        target_rows: int,
        units: int,
        stride: int,
        count: int,
        margin: float,
        scale: float,
        *_: int,
    ) -> None:
        row, target_row = (array_at(address, units, np.dtype(np.int64)) for address in (rows, target_rows))
        y, d, dy = (matrix_at(address, int(used.max()) + 1, stride, dtype) for address, used in ((ys, row), (ds, target_row), (dys, row)))
        error = array_at(errors, count, dtype)
        for case in range(count):
            pairs = zip(row.tolist(), y[row, case].tolist(), d[target_row, case].tolist(), strict=True)
            compared = [pair for pair in pairs if _has_error(*pair[1:], margin)]
            if compared:
                own_rows, activations, targets = map(list, zip(*compared, strict=True))
                errors_of_units, derivatives = [0.0] * len(own_rows), [0.0] * len(own_rows)
                before, dy_before = float(error[case]), dy[own_rows, case]
                error[case] = dy[own_rows, case] = np.nan
                write_results(plugin, "compare", activations, targets, errors_of_units, derivatives)
                shares = zip(dy_before.tolist(), derivatives, strict=True)
                dy[own_rows, case] = float64s((_with_share(*share, scale) for share in shares), len(own_rows))
                total = 0.0
                for share in errors_of_units:
                    total += share
                error[case] = before + total

    return c_function


def _with_share(derivative: float, share: float, scale: float) -> float:
    """Return a derivative plus a share of it. What is not a number raises the error of the local engine, whose text has the operator."""
    derivative += share if scale == 1.0 else scale * share
    return derivative


def _has_error(activation: float, target: float, margin: float) -> bool:
    return not (math.isnan(target) or within_margin(activation, target, margin))
