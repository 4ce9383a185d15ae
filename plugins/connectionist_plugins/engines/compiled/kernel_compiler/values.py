"""Values in kernels, and the instructions for their arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    DOUBLE,
    INT,
    SINGLE,
    WORD,
    Scalar,
    Struct,
    TupleOf,
    Type,
    parts_of,
)
from connectionist_plugins.engines.compiled.machine_code.compilation_messages import OtherCompilerError


class NotInSubset(OtherCompilerError):  # noqa: N818  (a property of the code, not of the run)
    """A kernel contains Python that the compiler does not know. If it is a formula, numba compiles it."""


@dataclass(frozen=True)
class Value:
    """A value that the compiled code computes.

    Attributes
    ----------
    type : Type
    parts : tuple of LLVM values
        See `types.parts_of`.
    """

    type: Type
    parts: tuple[Any, ...]

    @property
    def llvm(self) -> Any:
        """The LLVM value of a value with one part."""
        (part,) = self.parts
        return part


@dataclass(frozen=True)
class Constant:
    """An object that is known when the kernel is compiled: a number, a function, a module, None, or a tuple of such objects."""

    object: Any


Operand = Value | Constant
INDEX = ir.IntType(32)  # of a number in a vector

FOLDED: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
}
COMPARED = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">="}


def tuple_value(values: list[Value]) -> Value:
    """Return a tuple of values."""
    return Value(TupleOf(tuple(value.type for value in values)), tuple(part for value in values for part in value.parts))


def items_of(value: Value) -> list[Value]:
    """Return the items of a tuple."""
    assert isinstance(value.type, TupleOf)
    items, parts = [], list(value.parts)
    for kind in value.type.items:
        count = len(parts_of(kind))
        items.append(Value(kind, tuple(parts[:count])))
        parts = parts[count:]
    return items


def _is_convertible(source: Scalar, target: Scalar) -> bool:
    if source.is_vector:
        return False
    return target.is_float or not (source.is_float or {source, target} == {INT, WORD})


class Arithmetic:
    """Emit arithmetic at the position of an IR builder.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
    """

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def value(self, operand: Operand) -> Value:
        """Return an operand as a value."""
        if isinstance(operand, Value):
            return operand
        constant = operand.object
        if isinstance(constant, tuple):
            return tuple_value([self.value(Constant(each)) for each in constant])
        for kinds, scalar in ((bool, BOOL), (int, INT), (float, DOUBLE)):
            if isinstance(constant, kinds):
                return Value(scalar, (ir.Constant(scalar.llvm, constant),))
        if type(constant).__name__ == "uint64":
            return Value(WORD, (ir.Constant(WORD.llvm, int(constant)),))
        raise NotInSubset(f"{constant!r} is no value in a kernel")

    def number(self, operand: Operand) -> tuple[Scalar, Any]:
        """Return the type and the LLVM value of a number or truth value."""
        value = self.value(operand)
        if not isinstance(value.type, Scalar):
            raise NotInSubset(f"a number is needed here, not {value.type}")
        return value.type, value.llvm

    def convert(self, operand: Operand, target: Type) -> Value:
        """Return an operand converted to a type. A float is rounded to single precision; it does not become an int."""
        value = self.value(operand)
        source = value.type
        if source == target or (isinstance(source, Struct) and isinstance(target, Struct) and source.definition is target.definition):
            return Value(target, value.parts)
        if isinstance(source, TupleOf) and isinstance(target, TupleOf) and len(source.items) == len(target.items):
            return tuple_value([self.convert(item, kind) for item, kind in zip(items_of(value), target.items, strict=True)])
        if not isinstance(source, Scalar) or not isinstance(target, Scalar) or not _is_convertible(source, target):
            raise NotInSubset(f"{source} cannot become {target}")
        return Value(target, (self._converted(value.llvm, source, target),))

    def _converted(self, llvm: Any, source: Scalar, target: Scalar) -> Any:
        builder = self.builder
        if target.is_vector:
            number = llvm if source is DOUBLE else self._converted(llvm, source, DOUBLE)
            first = builder.insert_element(ir.Constant(target.llvm, ir.Undefined), number, INDEX(0))
            return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(INDEX, target.llvm.count), [0] * target.llvm.count))
        if target is BOOL:
            return builder.icmp_unsigned("!=", llvm, source.llvm(0))
        if not target.is_float:
            return builder.zext(llvm, target.llvm) if source is BOOL else llvm
        if source.is_float:
            return builder.fpext(llvm, target.llvm) if target is DOUBLE else builder.fptrunc(llvm, target.llvm)
        return (builder.uitofp if source in (BOOL, WORD) else builder.sitofp)(llvm, target.llvm)

    def common_type(self, first: Type, second: Type) -> Type:
        """Return the type of the arithmetic of two numbers, or of a choice between two values."""
        if first == second:
            return first
        if isinstance(first, TupleOf) and isinstance(second, TupleOf) and len(first.items) == len(second.items):
            return TupleOf(tuple(map(self.common_type, first.items, second.items)))
        if not isinstance(first, Scalar) or not isinstance(second, Scalar) or {first, second} == {INT, WORD}:
            raise NotInSubset(f"{first} and {second} have no common type")
        kinds = {first, second}
        if SINGLE in kinds and kinds & {INT, WORD}:
            return DOUBLE
        return max(first, second, key=lambda kind: kind.rank)

    def truth(self, operand: Operand) -> Any:
        """Return whether a number is not 0, or whether an optional struct is there."""
        if isinstance(operand, Constant):
            return BOOL.llvm(bool(operand.object))
        kind, llvm = self.number(operand)
        if kind is BOOL:
            return llvm
        if kind.is_vector:
            raise NotInSubset("the truth value of a vector")
        if kind.is_float:
            return self.builder.fcmp_unordered("!=", llvm, kind.llvm(0.0))
        return self.builder.icmp_signed("!=", llvm, kind.llvm(0))

    def binary(self, name: str, first: Operand, second: Operand) -> Operand:
        """Return the result of an operation, named as in the syntax tree."""
        if isinstance(first, Constant) and isinstance(second, Constant):
            return Constant(FOLDED[name](first.object, second.object))
        kinds = self.number(first)[0], self.number(second)[0]
        kind: Any = self.common_type(*kinds)
        if name == "Div":
            kind = kind if kind.is_float else DOUBLE
        elif kind is BOOL and name not in ("BitOr", "BitAnd", "BitXor"):
            kind = INT
        a, b = (self.convert(each, kind).llvm for each in (first, second))
        return Value(kind, ((self._float if kind.is_float else self._whole)(name, kind, a, b),))

    def _float(self, name: str, kind: Scalar, a: Any, b: Any) -> Any:
        operations = {"Add": self.builder.fadd, "Sub": self.builder.fsub, "Mult": self.builder.fmul, "Div": self.builder.fdiv}
        if name not in operations:
            raise NotInSubset(f"{name} of floats")
        return operations[name](a, b)

    def _whole(self, name: str, kind: Scalar, a: Any, b: Any) -> Any:
        builder = self.builder
        operations = {
            "Add": builder.add,
            "Sub": builder.sub,
            "Mult": builder.mul,
            "BitOr": builder.or_,
            "BitAnd": builder.and_,
            "BitXor": builder.xor,
            "LShift": builder.shl,
            "RShift": builder.lshr if kind is WORD else builder.ashr,
        }
        if name in operations:
            return operations[name](a, b)
        if name not in ("FloorDiv", "Mod") or kind is WORD:
            raise NotInSubset(f"{name} of {kind.name}")
        rest = builder.srem(a, b)
        zero = kind.llvm(0)
        is_negative = builder.icmp_signed("<", builder.xor(rest, b), zero)
        rounds_down = builder.and_(builder.icmp_signed("!=", rest, zero), is_negative)
        if name == "Mod":
            return builder.add(rest, builder.select(rounds_down, b, zero))
        return builder.sub(builder.sdiv(a, b), builder.zext(rounds_down, kind.llvm))

    def compare(self, name: str, first: Operand, second: Operand) -> Value:
        """Return the truth value of a comparison, named as in the syntax tree."""
        if name not in COMPARED:
            raise NotInSubset(f"the comparison {name}")
        kind: Any = self.common_type(self.number(first)[0], self.number(second)[0])
        a, b = (self.convert(each, kind).llvm for each in (first, second))
        if kind.is_vector:
            raise NotInSubset("a comparison of vectors")
        sign = COMPARED[name]
        if kind.is_float:
            compare = self.builder.fcmp_unordered if sign == "!=" else self.builder.fcmp_ordered
            return Value(BOOL, (compare(sign, a, b),))
        compare = self.builder.icmp_unsigned if kind in (WORD, BOOL) else self.builder.icmp_signed
        return Value(BOOL, (compare(sign, a, b),))

    def negative(self, operand: Operand) -> Operand:
        """Return the negative of a number."""
        if isinstance(operand, Constant):
            return Constant(-operand.object)
        kind, llvm = self.number(operand)
        if kind.is_float:
            return Value(kind, (self.builder.fneg(llvm),))
        return self.binary("Sub", Constant(0), operand)

    def inverse(self, operand: Operand) -> Operand:
        """Return the opposite of a truth value."""
        if isinstance(operand, Constant):
            return Constant(not operand.object)
        return Value(BOOL, (self.builder.not_(self.truth(operand)),))

    def smallest_or_greatest(self, sign: str, operands: list[Operand]) -> Operand:
        """Return the smallest (sign "<") or the greatest (">") of several ints."""
        chosen, *others = operands
        for each in others:
            if self.number(chosen)[0] is not INT or self.number(each)[0] is not INT:
                raise NotInSubset("min and max of something other than ints")
            a, b = self.value(chosen).llvm, self.value(each).llvm
            chosen = Value(INT, (self.builder.select(self.builder.icmp_signed(sign, b, a), b, a),))
        return chosen
