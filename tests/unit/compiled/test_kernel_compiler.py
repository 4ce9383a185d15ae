"""The compiler of kernels: it computes what Python and numpy compute, and rejects what it does not know."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, copy_memory, read_float, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Kernel, Library, inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.structs import Packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    DoubleTable,
    Flags,
    FloatCube,
    Floats,
    FloatTable,
    Integers,
    IntegerTable,
    Words,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import NotInSubset
from connectionist_plugins.engines.compiled.precision import Precision

MASK = 2**5 - 1  # constants are computed when a kernel is compiled


class Wholes(NamedTuple):
    a: int
    b: int
    out: Integers


class Numbers(NamedTuple):
    """Arrays of every type."""

    x: Floats
    table: FloatTable
    cube: FloatCube
    doubles: DoubleTable
    rows: Integers
    pairs: IntegerTable
    flags: Flags
    words: Words
    number: float
    is_on: bool
    inner: Wholes
    absent: Wholes | None


def entry(function: Any) -> Entry:
    return Entry(Library(f"test-{function.name}", (function,)), function)


@rare
def absolute(number: int) -> int:
    """Return the absolute value."""
    if number < 0:
        return -number
    return number


@inline
def ordered(a: int, b: int) -> tuple[int, int]:
    """Return the smaller and the greater number."""
    return min(a, b), max(a, b)


@kernel
def whole_arithmetic(given: Wholes) -> int:
    """Fill `out` with the results of many operations, and return the sum of a range."""
    a, b, out = given.a, given.b, given.out
    out[0], out[1], out[2] = a + b, a - b, a * b
    if b != 0:
        out[3], out[4] = a // b, a % b
    out[5], out[6], out[7] = a & b, a | b, a ^ MASK
    out[8], out[9] = absolute(a) >> 2, absolute(b) << 3
    low, high = ordered(a, b)
    out[10], out[11] = low, high
    out[12] = 1 if low < 0 <= high else 0
    out[13] = 1 if (a > 0 and b > 0) or a == b else 0
    out[14] = 2 if not a else -a
    found = False
    for index in range(3):
        found |= index == a
    out[15] = found
    total = 0
    for number in range(10, -3, -4):
        if number == 2:
            continue
        total += number * (b if number > 0 else a)
    count = 0
    while True:
        count += 1
        if count > 5:
            break
    out[16] = count
    out[17:19] = 7
    return total


WHOLE = entry(whole_arithmetic)


def in_python(a: int, b: int) -> list[int]:
    out = [a + b, a - b, a * b, a // b if b else 0, a % b if b else 0, a & b, a | b, a ^ MASK, abs(a) >> 2, abs(b) << 3]
    out += [min(a, b), max(a, b), min(a, b) < 0 <= max(a, b), (a > 0 and b > 0) or a == b, -a if a else 2, a in (0, 1, 2), 6, 7, 7, 0]
    return [*map(int, out), 10 * b + 6 * b - 2 * a]


@settings(max_examples=200, deadline=None)
@given(a=st.integers(-1000, 1000), b=st.integers(-9, 9))
def test_arithmetic_of_whole_numbers_is_that_of_python(a: int, b: int) -> None:
    out = np.zeros(20, np.int64)
    (total,) = WHOLE("float64", Wholes(a, b, out))
    assert [*out.tolist(), total] == in_python(a, b)


@kernel
def use_arrays(given: Numbers) -> tuple[float, bool, float]:
    """Use arrays and fields of every type."""
    x, table = given.x, given.table
    x[0] = given.number / 3
    x[1] += x[0] * 2.0
    table[1, 1:] = 5.0
    row = table[0]
    row[2] = math.sqrt(abs(row[2]))
    for column in range(given.cube.shape[2]):
        given.cube[1, 0, column] = given.pairs[1, 0] + column
    given.doubles[:] = 0.25
    first, second = given.pairs[0]
    given.rows[0] = first - second + given.flags[1]
    given.words[0] = given.words[0] * given.words[1] >> np.uint64(3)
    set_zero(address_of(x) + x.itemsize * 2, x.itemsize)
    copy_memory(address_of(x) + x.itemsize * 3, address_of(x), x.itemsize)
    flat = table.ravel()
    flat[flat.size - 1] = np.inf if given.is_on else 1.0
    is_absent = given.absent is None
    if given.absent is not None:
        given.absent.out[0] = 9
    return read_float(address_of(x), x), is_absent and np.isfinite(x[1]), given.inner.a + x[1]


USE = entry(use_arrays)


def numbers(precision: str, *, absent: Wholes | None = None) -> Numbers:
    return Numbers(
        x=np.arange(4.0).astype(precision) + 1,
        table=np.full((2, 3), -4.0, precision),
        cube=np.zeros((2, 2, 3), precision),
        doubles=np.zeros((2, 2)),
        rows=np.zeros(1, np.int64),
        pairs=np.array([[5, 3], [40, 0]]),
        flags=np.array([0, 200], np.uint8),
        words=np.array([2**63 + 9, 7], np.uint64),
        number=1.0,
        is_on=True,
        inner=Wholes(6, 0, np.zeros(0, np.int64)),
        absent=absent,
    )


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_arrays_are_read_and_written_as_by_numpy(precision: Precision) -> None:
    given = numbers(precision)
    dtype = np.dtype(precision).type
    third = dtype(1 / 3)
    second = dtype(2.0 + float(third) * 2.0)
    assert USE(precision, given) == (float(third), True, 6 + float(second))
    np.testing.assert_array_equal(given.x, [third, second, 0.0, third])
    np.testing.assert_array_equal(given.table, [[-4, -4, 2], [-4, 5, np.inf]])
    np.testing.assert_array_equal(given.cube, [[[0] * 3] * 2, [[40, 41, 42], [0] * 3]])
    np.testing.assert_array_equal(given.doubles, np.full((2, 2), 0.25))
    assert (given.rows[0], int(given.words[0])) == (202, (2**63 + 9) * 7 % 2**64 >> 3)
    absent = Wholes(0, 0, np.zeros(1, np.int64))
    assert USE(precision, numbers(precision, absent=absent))[1] is False
    assert absent.out[0] == 9


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"x": np.zeros(4, np.float32)}, r"Numbers: x \(float32, shape \(4,\)\) is not as its annotation says"),
        ({"table": np.zeros(4)}, r"Numbers: table \(float64, shape \(4,\)\) is not"),
        ({"table": np.zeros((3, 2)).T}, r"not C-contiguous\) is not as its annotation says"),
        ({"cube": np.zeros((2, 2, 6))[:, :, ::2]}, r"not C-contiguous\) is not as its annotation says"),
    ],
)
def test_other_arrays_are_rejected(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        Packed(numbers("float64")._replace(**changes), "float64")


def test_arrays_that_cannot_be_written_are_packed() -> None:
    fixed = np.arange(4.0)
    fixed.flags.writeable = False
    assert Packed(numbers("float64")._replace(x=fixed), "float64").memory.raw[:8] == fixed.ctypes.data.to_bytes(8, "little")


def _text(given: Wholes) -> int:
    return len("text")


def _list(given: Wholes) -> int:
    return [given.a][0]


def _float_as_int(given: Wholes) -> int:
    return given.a / 2  # type: ignore[return-value]


def _two_types(given: Wholes) -> int:
    a = 1
    a = 0.5  # type: ignore[assignment]
    return a  # noqa: RET504


def _method(given: Wholes) -> int:
    return int(given.out.sum())


def _with(given: Wholes) -> int:
    with open("file"):  # noqa: PTH123
        return 1


def _items(given: Wholes) -> int:
    for each in given.out:
        return int(each)
    return 0


def _named(given: Wholes) -> int:
    return absolute(number=given.a)


def _too_many(given: Wholes) -> int:
    return absolute(given.a, given.b)  # type: ignore[call-arg]


def _undefined(given: Wholes) -> int:
    return nowhere  # type: ignore[name-defined,no-any-return]  # noqa: F821


def _field(given: Wholes) -> int:
    return given.c  # type: ignore[attr-defined,no-any-return]


def _float_index(given: Wholes) -> int:
    return given.out[given.a / 2]  # type: ignore[call-overload,no-any-return]


def _of_slice(given: Wholes) -> int:
    given.out[1:] += 1
    return 0


def _column(given: Numbers) -> int:
    given.table[:, 0] = 1.0
    return 0


REJECTED = [_text, _list, _float_as_int, _two_types, _method, _with, _items, _named, _too_many, _undefined, _field, _float_index, _of_slice]


@pytest.mark.parametrize("function", [*REJECTED, _column])
def test_what_is_not_in_the_subset_is_an_error_that_names_the_line(function: Any) -> None:
    code = function.__code__
    lines = range(code.co_firstlineno, max(line for *_, line in code.co_lines() if line) + 1)
    with pytest.raises(NotInSubset) as raised:
        Library("rejected", (Kernel(function),)).module("float64")
    place = str(raised.value).partition(", in ")[0]
    file, _, line = place.rpartition(":")
    assert Path(file) == Path(__file__)
    assert int(line) in lines


MODULE = """
from typing import NamedTuple
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel

class Given(NamedTuple):
    a: int

@kernel
def doubled(given: Given) -> int:
    return given.a * 2
"""


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("edited", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("edit", [lambda text: text.replace("* 2", "* 3"), lambda text: "\n" + text, lambda _: ""])
def test_a_source_that_is_edited_after_the_import_is_not_compiled(edit: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    path.write_text(MODULE)
    module = loaded(path)
    path.write_text(edit(MODULE))
    with pytest.raises(NotInSubset, match="the source of doubled is not known, or has changed"):
        Library("edited", (module.doubled,)).module("float64")
