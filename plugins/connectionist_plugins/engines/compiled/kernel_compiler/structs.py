"""Named tuples in the memory that compiled code reads: words of 8 bytes, in the order of the fields.

An int or a bool is one word, a float its bits, an array its address and its shape, a named tuple the address of its own words, None 0.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from functools import cache
from struct import Struct as Format
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    DOUBLE,
    ITEMS,
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
        self._form = _form(definition, precision)
        self.memory = self._form.buffer()
        self.address = ctypes.addressof(self.memory)
        self.set(values)

    def set(self, values: Any) -> None:
        """Replace the words by those of another named tuple of the same class."""
        self.kept: list[Any] = [values]  # with the packed fields
        form = self._form
        try:
            words = form.words(values, self._address_of)
        except (TypeError, ValueError):  # an array is not as its annotation says, or cannot be written
            words = [word for pair in zip(values, form.fields, strict=True) for word in self._words_of(*pair)]
        form.layout.pack_into(self.memory, 0, *words)

    def _address_of(self, struct: Any, precision: Precision) -> int:
        """Return the address of a field that is a named tuple; 0 for None."""
        if struct is None:
            return 0
        if isinstance(struct, Packed):  # which the values keep
            return struct.address
        packed = Packed(struct, precision)
        self.kept.append(packed)
        return packed.address

    def _words_of(self, value: Any, field: _Field) -> Iterable[int | float]:
        """Return the words of a field, or raise TypeError for an array that is not as its annotation says."""
        if field.is_struct:
            return (self._address_of(value, field.precision),)
        if field.dtype is None:
            return (value,)
        if value.dtype != field.dtype or value.ndim != field.dimensions or not value.flags.c_contiguous:
            layout = "" if value.flags.c_contiguous else ", not C-contiguous"
            found = f"{value.dtype}, shape {value.shape}{layout}"
            raise TypeError(f"{type(self.kept[0]).__name__}: {field.name} ({found}) is not as its annotation says")
        return (value.ctypes.data, *value.shape)


T = TypeVar("T")


def packed(values: T, precision: Precision) -> T:
    """Return a named tuple as a field of other named tuples takes it in its place: already packed."""
    return cast(T, Packed(values, precision))


class _Field(NamedTuple):
    name: str
    dtype: Any  # of an array, else None
    dimensions: int
    is_struct: bool
    precision: Precision


class _Form(NamedTuple):
    """The words of a named tuple: their layout in memory, the type of that memory, its fields, and a function that returns the words."""

    layout: Format
    buffer: Callable[[], Any]
    fields: tuple[_Field, ...]
    words: Callable[..., Iterable[int | float]]


@cache
def _form(definition: type, precision: Precision) -> _Form:
    letters, fields = [], []
    for name, field in struct_fields(definition, precision).items():
        kind = field.type
        if isinstance(kind, Array):
            letters.append("q" * (1 + kind.dimensions))
            fields.append(_Field(name, DTYPES[kind.item], kind.dimensions, False, precision))
        else:
            letters.append("d" if kind is DOUBLE else "q")
            fields.append(_Field(name, None, 0, isinstance(kind, Struct), precision))
    layout = Format("=" + "".join(letters))
    return _Form(layout, ctypes.c_char * layout.size, tuple(fields), _words_function(fields))


def _words_function(fields: list[_Field]) -> Callable[..., Iterable[int | float]]:
    """Return a function that does what `Packed._words_of` does for all fields, without loops, in half of the time."""
    lines, words, tests = [f"{', '.join(field.name for field in fields)}, = values"], [], []
    for name, dtype, dimensions, is_struct, precision in fields:
        if dtype is not None:
            shape = "".join(f"{name}_{index}, " for index in range(dimensions))
            lines.append(f"{shape}= {name}.shape")
            tests.append(f"{name}.dtype != dtype_{dtype.name}")
            words.append(f"addressof(from_buffer({name})), {shape}")
        else:
            of_struct = f"{name}.address if type({name}) is Packed else address_of({name}, {precision!r})"
            words.append(f"{of_struct}, " if is_struct else f"{name}, ")
    lines += [f"if {' or '.join(tests) or 'False'}: raise TypeError", f"return {''.join(words)}"]
    names = {f"dtype_{dtype.name}": dtype for dtype in DTYPES.values()}
    text = "\n    ".join(["def words(values, address_of):", *lines])
    namespace: dict[str, Any] = {"Packed": Packed, "addressof": ctypes.addressof, "from_buffer": NO_BYTES.from_buffer, **names}
    exec(text, namespace)
    return cast(Callable[..., Iterable[int | float]], namespace["words"])


def result_format(kinds: tuple[Type, ...]) -> Format:
    """Return the layout of the results that compiled code writes, one word each. A truth value is the first byte of its word."""
    return Format("=" + "".join("d" if kind is DOUBLE else "?7x" if kind is BOOL else "q" for kind in kinds))
