"""Arrays that share no line of the processor's cache with other memory.

So no vector of a row is in two lines, and no thread waits for a line in which another one writes something else.
"""

from __future__ import annotations

import mmap
import sys
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

LARGE_PAGES_BYTES = 2**22  # from which on NumPy asks for large pages
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


def unused_pages(shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return an array of float64 whose memory the system provides page by page, when a page is first written.

    A large array of NumPy has large pages. Some systems, such as virtual machines, take several times as long to provide one large page as
    many small ones.

    Raises
    ------
    MemoryError
        If the system has not enough memory.
    """
    size = prod(shape)
    if np.dtype(np.float64).itemsize * size < LARGE_PAGES_BYTES or sys.platform == "win32":
        return np.empty(shape)
    try:
        memory = mmap.mmap(-1, np.dtype(np.float64).itemsize * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no memory for {size} numbers: {error.strerror}") from None
    return np.frombuffer(memory, np.float64).reshape(shape)
