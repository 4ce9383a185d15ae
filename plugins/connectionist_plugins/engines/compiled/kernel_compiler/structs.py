"""Named tuples in the memory that compiled code reads: words of 8 bytes, in the order of the fields.

An int or a bool is one word, a float its bits, an array its address and its shape, a named tuple the address of its own words, None 0.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from struct import Struct as Format
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt

from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    DOUBLE,
    ITEMS,
    WORD_BYTES,
    Array,
    Struct,
    Type,
    struct_fields,
)
from connectionist_plugins.engines.compiled.precision import Precision

NO_BYTES = ctypes.c_char * 0
DTYPES = {item: np.dtype(name) for name, item in ITEMS.items()}


class Packed:
    """The words of a named tuple. They are valid as long as this object exists, which keeps its arrays alive.

    Parameters
    ----------
    values : named tuple
    precision : {"float64", "float32"}

    Attributes
    ----------
    address : int
        Address of the words.

    Raises
    ------
    TypeError
        If an array has another type or form than the annotation of its field says.
    """

    address: int

    def __init__(self, values: Any, precision: Precision) -> None:
        definition: Any = type(values)
        form, fields = _form(definition, precision)
        self.kept: list[Any] = [values]
        words: list[int | float] = []
        for value, (dtype, dimensions, is_struct) in zip(values, fields, strict=True):
            if dtype is not None:
                if value.dtype != dtype or value.ndim != dimensions:
                    raise TypeError(f"{type(values).__name__}: {_describe(values, value)} is not as its annotation says")
                words.append(_address(value))
                words += value.shape
            elif is_struct:
                packed = None if value is None else value if isinstance(value, Packed) else Packed(value, precision)
                self.kept.append(packed)
                words.append(0 if packed is None else packed.address)
            else:
                words.append(value)
        self.memory = ctypes.create_string_buffer(form.size)
        form.pack_into(self.memory, 0, *words)
        self.address = ctypes.addressof(self.memory)


T = TypeVar("T")


def packed(values: T, precision: Precision) -> T:
    """Return a named tuple as a field of other named tuples takes it in its place: already packed."""
    return cast(T, Packed(values, precision))


def _address(array: npt.NDArray[Any]) -> int:
    """Return the address of an array's first item. The first way is the faster one."""
    try:
        return ctypes.addressof(NO_BYTES.from_buffer(array))  # type: ignore[arg-type]
    except TypeError:  # the array cannot be written, or is not contiguous
        if not array.flags.c_contiguous:
            raise
        return int(array.ctypes.data)


def _describe(values: Any, value: npt.NDArray[Any]) -> str:
    (name, *_) = (name for name, each in zip(values._fields, values, strict=True) if each is value)
    return f"{name} ({value.dtype}, shape {value.shape})"


class _Field(NamedTuple):
    dtype: Any  # of an array, else None
    dimensions: int
    is_struct: bool


@cache
def _form(definition: type, precision: Precision) -> tuple[Format, tuple[_Field, ...]]:
    letters, fields = [], []
    for field in struct_fields(definition, precision).values():
        kind = field.type
        if isinstance(kind, Array):
            letters.append("q" * (1 + kind.dimensions))
            fields.append(_Field(DTYPES[kind.item], kind.dimensions, False))
        else:
            letters.append("d" if kind is DOUBLE else "q")
            fields.append(_Field(None, 0, isinstance(kind, Struct)))
    return Format("=" + "".join(letters)), tuple(fields)


def result_values(memory: Any, kinds: Sequence[Type]) -> tuple[Any, ...]:
    """Return the results that compiled code has written, one word each."""
    values: list[Any] = []
    for index, kind in enumerate(kinds):
        word = (ctypes.c_double if kind is DOUBLE else ctypes.c_int64).from_buffer(memory, WORD_BYTES * index).value
        values.append(bool(word) if kind is BOOL else word)
    return tuple(values)
