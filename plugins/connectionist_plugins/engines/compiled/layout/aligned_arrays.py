"""Arrays that share no line of the processor's cache with other memory.

So no vector of a row is in two lines, and no thread waits for a line in which another one writes something else.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

LINE_BYTES = 64  # of the processor's cache, at least the size of a vector


def aligned_zeros(shape: int | tuple[int, ...], dtype: Any) -> npt.NDArray[Any]:
    """Return an array of zeros in lines of its own."""
    size = prod(shape) if isinstance(shape, tuple) else shape
    item_bytes = np.dtype(dtype).itemsize
    memory = np.zeros(item_bytes * size + 2 * LINE_BYTES, np.uint8)
    start = -memory.ctypes.data % LINE_BYTES
    aligned: npt.NDArray[Any] = memory[start : start + item_bytes * size].view(dtype).reshape(shape)
    return aligned


def aligned_copy(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy of an array in lines of its own."""
    copy = aligned_zeros(array.shape, array.dtype)
    copy[...] = array
    return copy
