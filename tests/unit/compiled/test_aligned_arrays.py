"""Arrays of the compiled engine in lines of the processor's cache that no other memory shares."""

from typing import Any

import numpy as np
import pytest

from connectionist_plugins.engines.compiled.layout.aligned_arrays import LINE_BYTES, aligned_copy, aligned_zeros


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
