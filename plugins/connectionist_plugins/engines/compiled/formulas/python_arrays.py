"""Arrays at addresses, for the formulas that run in Python."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

import numpy as np


def array_at(address: int, count: int, dtype: Any) -> Any:
    """Return the numbers at an address."""
    memory = (ctypes.c_char * (count * dtype.itemsize)).from_address(address)
    return np.frombuffer(memory, dtype)


def matrix_at(address: int, rows: int, stride: int, dtype: Any) -> Any:
    """Return the matrix at an address."""
    return array_at(address, rows * stride, dtype).reshape(rows, stride)


def float64s(values: Iterable[float], count: int) -> Any:
    """Return `count` values as a float64 array. A value that is not a number raises the same error as an assignment to a unit."""
    numbers = np.empty(count)
    cells: Any = memoryview(numbers)  # type: ignore[arg-type]
    for index, value in zip(range(count), values, strict=True):
        cells[index] = value
    return numbers
