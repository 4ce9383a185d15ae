"""The types of values in kernels, and how annotations name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from connectionist_plugins.engines.compiled.precision import Precision

WORD_BYTES = 8


@dataclass(frozen=True)
class Scalar:
    """A number or truth value. The types of numbers are ordered by `rank`: arithmetic of two has the higher one."""

    name: str
    rank: int
    llvm: Any = field(compare=False)

    @property
    def is_float(self) -> bool:
        """Whether it is a floating-point number, or a vector of some."""
        return self.rank >= SINGLE.rank

    @property
    def is_vector(self) -> bool:
        """Whether it is a vector of numbers. Arithmetic of a vector and a number has the number in every lane."""
        return isinstance(self.llvm, ir.VectorType)


BOOL = Scalar("bool", 0, ir.IntType(1))
INT = Scalar("int", 1, ir.IntType(64))
WORD = Scalar("uint64", 1, ir.IntType(64))
SINGLE = Scalar("float32", 2, ir.FloatType())
DOUBLE = Scalar("float", 3, ir.DoubleType())
OF_PRECISION: dict[Precision, Scalar] = {"float64": DOUBLE, "float32": SINGLE}


@dataclass(frozen=True)
class Item:
    """The type of an array's items: as stored, and as a value."""

    value: Scalar
    bytes: int
    stored: Any = field(compare=False)


ITEMS = {
    "int64": Item(INT, 8, INT.llvm),
    "uint64": Item(WORD, 8, WORD.llvm),
    "uint8": Item(INT, 1, ir.IntType(8)),
    "float64": Item(DOUBLE, 8, DOUBLE.llvm),
    "float32": Item(SINGLE, 4, SINGLE.llvm),
}


@dataclass(frozen=True)
class Array:
    """A C-contiguous array. Its parts are a pointer and the shape. Formulas must not write into one that is read-only."""

    item: Item
    dimensions: int
    is_read_only: bool = False


@dataclass(frozen=True)
class Struct:
    """The address of a packed named tuple; 0 for None if it is optional."""

    definition: type
    is_optional: bool = False


@dataclass(frozen=True)
class TupleOf:
    """A tuple."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class Record(TupleOf):
    """A tuple whose items have names."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Pointer:
    """The address of numbers, which `carray` makes an array of."""

    item: Item


@dataclass(frozen=True)
class Nothing:
    """The result of a kernel that returns nothing."""


Type = Scalar | Array | Struct | TupleOf | Pointer | Nothing


class ArrayOf(NamedTuple):
    """The part of an annotation that says what an array contains: a dtype or "precision", and the number of dimensions."""

    dtype: str
    dimensions: int


Floats = Annotated[npt.NDArray[Any], ArrayOf("precision", 1)]  # numbers in the engine's precision
FloatTable = Annotated[npt.NDArray[Any], ArrayOf("precision", 2)]
FloatCube = Annotated[npt.NDArray[Any], ArrayOf("precision", 3)]
Doubles = Annotated[npt.NDArray[np.float64], ArrayOf("float64", 1)]
DoubleTable = Annotated[npt.NDArray[np.float64], ArrayOf("float64", 2)]
Integers = Annotated[npt.NDArray[np.int64], ArrayOf("int64", 1)]
IntegerTable = Annotated[npt.NDArray[np.int64], ArrayOf("int64", 2)]
Flags = Annotated[npt.NDArray[np.uint8], ArrayOf("uint8", 1)]
Words = Annotated[npt.NDArray[np.uint64], ArrayOf("uint64", 1)]


def type_of(annotation: Any, precision: Precision) -> Type:
    """Return the type that an annotation names.

    Raises
    ------
    TypeError
        If kernels have no such type.
    """
    simple: dict[Any, Type] = {bool: BOOL, int: INT, float: DOUBLE, np.uint64: WORD, NoneType: Nothing(), None: Nothing()}
    if annotation in simple:
        return simple[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated and isinstance(arguments[1], ArrayOf):
        dtype, dimensions = arguments[1]
        return Array(ITEMS[precision if dtype == "precision" else dtype], dimensions)
    if origin is tuple:
        return TupleOf(tuple(type_of(each, precision) for each in arguments))
    if origin in (Union, UnionType) and NoneType in arguments:
        (struct,) = (each for each in arguments if each is not NoneType)
        return Struct(struct, is_optional=True)
    if isinstance(annotation, type) and issubclass(annotation, tuple):
        return Struct(annotation)
    raise TypeError(f"kernels have no type {annotation}")


class StructField(NamedTuple):
    """A field of a packed struct: its type, and the index of its first word."""

    type: Type
    first_word: int


@cache
def struct_fields(definition: type, precision: Precision) -> dict[str, StructField]:
    """Return the fields of a named tuple as kernels read them. An array is an address and its shape, all else one word."""
    fields, word = {}, 0
    for name, annotation in annotations_of(definition).items():
        kind = type_of(annotation, precision)
        fields[name] = StructField(kind, word)
        word += 1 + kind.dimensions if isinstance(kind, Array) else 1
    return fields


def annotations_of(definition: type | Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a named tuple or a function."""
    return get_type_hints(definition, include_extras=True)


def parts_of(kind: Type) -> list[Any]:
    """Return the LLVM types of the values that a value of a type consists of."""
    if isinstance(kind, Scalar):
        return [kind.llvm]
    if isinstance(kind, Array):
        return [ir.PointerType(kind.item.stored), *[INT.llvm] * kind.dimensions]
    if isinstance(kind, Pointer):
        return [ir.PointerType(kind.item.stored)]
    if isinstance(kind, Struct):
        return [ir.PointerType(INT.llvm)]
    if isinstance(kind, TupleOf):
        return [part for item in kind.items for part in parts_of(item)]
    return []
