"""Arrays that begin at a multiple of the size of a vector, so that no vector of a row is in two lines of the processor's cache."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


def aligned_zeros(shape: int | tuple[int, ...], dtype: Any) -> npt.NDArray[Any]:
    """Return an array of zeros at a multiple of `VECTOR_BYTES`."""
    size = prod(shape) if isinstance(shape, tuple) else shape
    item_bytes = np.dtype(dtype).itemsize
    memory = np.zeros(item_bytes * size + VECTOR_BYTES, np.uint8)
    start = -memory.ctypes.data % VECTOR_BYTES
    aligned: npt.NDArray[Any] = memory[start : start + item_bytes * size].view(dtype).reshape(shape)
    return aligned


def aligned_copy(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy of an array at a multiple of `VECTOR_BYTES`."""
    copy = aligned_zeros(array.shape, array.dtype)
    copy[...] = array
    return copy
