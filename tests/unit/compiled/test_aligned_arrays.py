"""Arrays of the compiled engine in lines or pages that no other memory shares."""

import sys
from typing import Any

import numpy as np
import pytest

from connectionist_plugins.engines.compiled.layout.aligned_arrays import (
    LARGE_PAGES_BYTES,
    LINE_BYTES,
    aligned_copy,
    aligned_zeros,
    unused_pages,
)

LARGE = LARGE_PAGES_BYTES // 128


@pytest.mark.parametrize("shape", [1, 8, 9, (3, 5), (64, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, np.int64, np.uint8])
def test_the_lines_of_an_array_are_its_own(shape: Any, dtype: Any) -> None:
    for array in (aligned_zeros(shape, dtype), aligned_copy(np.ones(shape, dtype))):
        memory: Any = array
        while memory.base is not None:
            memory = memory.base
        start, end = array.ctypes.data, array.ctypes.data + array.nbytes
        assert start % LINE_BYTES == 0
        assert start >= memory.ctypes.data
        assert end + -end % LINE_BYTES <= memory.ctypes.data + memory.nbytes


def test_a_copy_has_the_numbers_and_the_type() -> None:
    given = np.arange(6, dtype=np.float32).reshape(2, 3)
    copy = aligned_copy(given)
    assert copy.dtype == given.dtype
    np.testing.assert_array_equal(copy, given)


@pytest.mark.parametrize("shape", [(0, 2, 8), (5, 2, 8), (LARGE, 2, 8), (LARGE + 1, 2, 8)], ids=str)
def test_unused_pages_can_be_written(shape: tuple[int, ...]) -> None:
    array = unused_pages(shape)
    assert array.shape == shape
    array[:] = np.arange(array.size).reshape(shape)
    np.testing.assert_array_equal(array.ravel(), np.arange(array.size))


@pytest.mark.skipif(sys.platform == "win32", reason="there, NumPy has no large pages")
def test_without_memory_for_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("mmap.mmap", fail)
    unused_pages((LARGE - 1, 2, 8))
    with pytest.raises(MemoryError, match=r"^no memory for 524288 numbers: Cannot allocate memory$"):
        unused_pages((LARGE, 2, 8))
