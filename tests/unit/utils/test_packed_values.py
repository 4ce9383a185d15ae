"""Nested values with arrays survive a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from connectionist.errors import FileError, ParameterError
from connectionist.learning.checkpoint_folder import read_values, write_values

TEXT = st.text(st.characters(), max_size=6)
ARRAYS = arrays_of.arrays(
    st.sampled_from(["<f8", "<f4", ">f8", "<i4", "<u2", "|b1", "<U3"]), arrays_of.array_shapes(min_dims=0, min_side=0, max_side=3)
)
PLAIN = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | TEXT | ARRAYS | arrays_of.from_dtype(np.dtype("<f8"))
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return type(other) is np.ndarray and (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, float):
        return type(one) is type(other) and (one == other or (one != one and other != other)) and np.signbit(one) == np.signbit(other)
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@settings(max_examples=50)
@given(st.dictionaries(TEXT, VALUES, max_size=3))
def test_values_come_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "values.npz"
    write_values(path, values)
    assert same(read_values(path, "file"), values)


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_generators_go_on(tmp_path: Path, name: str) -> None:
    generator = np.random.Generator(getattr(np.random, name)(3))
    generator.random(7)
    generator.integers(5, dtype=np.uint32)
    write_values(tmp_path / "v.npz", {"draw": generator})
    again = read_values(tmp_path / "v.npz", "file")["draw"]
    assert again.random(5).tolist() == generator.random(5).tolist()


@pytest.mark.parametrize(
    "value",
    [object(), {1: 2}, np.array([object()]), np.array([1j]), np.longdouble(1), {1, 2}, b"bytes"],
    ids=lambda value: type(value).__name__,
)
def test_other_values_are_errors_that_name_their_place(tmp_path: Path, value: Any) -> None:
    with pytest.raises(ParameterError, match=r"checkpoint: memory.steps.1 must be made of numbers, text, arrays"):
        write_values(tmp_path / "v.npz", {"memory": {"steps": (0, value)}})


def test_other_files_are_errors(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", description=np.array("{}"))
    with pytest.raises(FileError, match="must be of format 'connectionist checkpoint 1'"):
        read_values(tmp_path / "v.npz", "file")
