"""The formulas of signals in Python, for `python_fallback`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.formulas.python_arrays import array_at, float64s, matrix_at


def signal(plugin: Any, dtype: Any) -> Callable[..., float]:
    """Return the function for the role signal."""

    def c_function(value: float, senders: int, receivers: int, targets: int, count: int, _: int) -> float:
        total = 0.0
        rows = [array_at(address, count, dtype).tolist() for address in (senders, receivers, targets)]
        for sender, receiver, target in zip(*rows, strict=True):
            total += plugin.signal(value, sender, receiver, target)
        return float(float64s([total], 1)[0])

    return c_function


def phased_signal(plugin: Any, dtype: Any) -> Callable[..., float]:
    """Return the function for the role phased_signal."""

    def c_function(
        value: float, senders: int, later_senders: int, receivers: int, later_receivers: int, targets: int, count: int, _: int
    ) -> float:
        total = 0.0
        addresses = senders, later_senders, receivers, later_receivers, targets
        for numbers in zip(*(array_at(address, count, dtype).tolist() for address in addresses), strict=True):
            total += plugin.signal(value, *numbers)
        return float(float64s([total], 1)[0])

    return c_function


def case_signals(plugin: Any, dtype: Any) -> Callable[..., None]:
    """Return the function for the role case_signals."""

    def c_function(value: float, *rest: int) -> None:
        *ends, signals, count, _ = rest
        out = array_at(signals, count, dtype)
        out[:] = np.nan
        cells: Any = memoryview(out)  # which take numbers only
        for case, numbers in enumerate(zip(*(array_at(address, count, dtype).tolist() for address in ends), strict=True)):
            cells[case] = plugin.signal(value, *numbers)

    return c_function


def matrix_signals(plugin: Any, dtype: Any) -> Callable[..., None]:
    """Return the function for the role matrix_signals."""

    def c_function(values: int, signals: int, *rest: Any) -> None:
        *ends, rows, columns, mode, sign, _ = rest
        value, out = matrix_at(values, rows, columns, dtype).tolist(), matrix_at(signals, rows, columns, dtype)
        by_row = [(index < 2) == bool(mode) for index in range(len(ends))]  # two of the sender, two of the receiver, and the target
        read = [array_at(each, rows if of_row else columns, dtype).tolist() for each, of_row in zip(ends, by_row, strict=True)]
        signal = np.empty(1)
        cell: Any = memoryview(signal)  # type: ignore[arg-type]  # which takes numbers only
        for row, column in np.ndindex(rows, columns):
            numbers = [of_end[row if of_row else column] for of_end, of_row in zip(read, by_row, strict=True)]
            cell[0] = plugin.signal(value[row][column], *numbers)
            if sign:
                out[row, column] += sign * cell[0]

    return c_function
