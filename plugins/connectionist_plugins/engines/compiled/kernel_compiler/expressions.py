"""Translate the expressions of a kernel to LLVM IR."""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

from connectionist_plugins.engines.compiled.kernel_compiler.arrays import Arrays, Index, Range
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import EMITTERS
from connectionist_plugins.engines.compiled.kernel_compiler.source import Source
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    INT,
    Array,
    Record,
    Struct,
    TupleOf,
    Type,
    parts_of,
    struct_fields,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import (
    Arithmetic,
    Constant,
    NotInSubset,
    Operand,
    Value,
    items_of,
    tuple_value,
)
from connectionist_plugins.engines.compiled.precision import Precision


class Caller(Protocol):
    """The module that contains a function, as the compiler of the function uses it."""

    precision: Precision

    def call(self, compiler: ExpressionCompiler, function: Any, arguments: list[Operand]) -> Operand | None:
        """Emit the call of another function; None if it is not known."""


class ExpressionCompiler:
    """Emits expressions at the position of an IR builder.

    Parameters
    ----------
    caller : Caller
    source : Source
        The function to which the expressions belong.
    builder : llvmlite.ir.IRBuilder
        At the end of the entry block.
    """

    def __init__(self, caller: Caller, source: Source, builder: Any) -> None:
        self.caller, self.source, self.builder = caller, source, builder
        self.arithmetic = Arithmetic(builder)
        self.arrays = Arrays(self.arithmetic)
        self.entry = builder.block  # has the memory of the variables, which LLVM then keeps in registers
        self.variables: dict[str, tuple[Type, list[Any]]] = {}  # type, and memory of each part
        self.constants: dict[str, Constant] = {}  # local names of tuples of functions, and the like

    def memory(self, kind: Any) -> Any:
        """Return memory for a part of a variable."""
        with self.builder.goto_block(self.entry):
            return self.builder.alloca(kind)

    def operand(self, node: ast.expr) -> Operand:
        """Emit an expression, and return its value."""
        emit: Callable[[Any], Operand] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if emit is None:
            raise NotInSubset(f"the expression {type(node).__name__}")
        return emit(node)

    def condition(self, node: ast.expr) -> Any:
        """Emit an expression, and return its truth value; a bool if it is known now."""
        operand = self.operand(node)
        return bool(operand.object) if isinstance(operand, Constant) else self.arithmetic.truth(operand)

    def _constant(self, node: ast.Constant) -> Operand:
        return Constant(node.value)

    def _name(self, node: ast.Name) -> Operand:
        if node.id in self.variables:
            kind, memory = self.variables[node.id]
            return Value(kind, tuple(self.builder.load(address) for address in memory))
        return self.constants[node.id] if node.id in self.constants else Constant(self.source.resolve(node.id))

    def _attribute(self, node: ast.Attribute) -> Operand:
        owner = self.operand(node.value)
        if isinstance(owner, Constant):
            if isinstance(owner.object, ModuleType):
                return Constant(getattr(owner.object, node.attr))
        elif isinstance(owner.type, Record):
            return items_of(owner)[owner.type.names.index(node.attr)]
        elif isinstance(owner.type, Struct):
            return self.arrays.field(owner, struct_fields(owner.type.definition, self.caller.precision)[node.attr])
        elif isinstance(owner.type, Array):
            return self.arrays.attribute(owner, node.attr)
        raise NotInSubset(f"the attribute {node.attr}")

    def _tuple(self, node: ast.Tuple) -> Operand:
        operands = self._operands(node.elts)
        if all(isinstance(each, Constant) for each in operands):
            return Constant(tuple(each.object for each in operands if isinstance(each, Constant)))
        return tuple_value([self.arithmetic.value(each) for each in operands])

    def _operands(self, nodes: list[ast.expr]) -> list[Operand]:
        """Return the operands of a list in which tuples may be starred."""
        operands: list[Operand] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                operands += self._items(self.operand(node.value))
            else:
                operands.append(self.operand(node))
        return operands

    def _items(self, operand: Operand, count: int | None = None) -> list[Operand]:
        """Return the items of a tuple, or the first ones of an array."""
        if isinstance(operand, Constant):
            return [Constant(each) for each in operand.object]
        if isinstance(operand.type, TupleOf):
            return list(items_of(operand))
        if count is None:
            raise NotInSubset("a starred array")
        return [self.arrays.view(operand, [Value(INT, (INT.llvm(index),))]) for index in range(count)]

    def _subscript(self, node: ast.Subscript) -> Operand:
        owner = self.operand(node.value)
        if isinstance(owner, Value) and isinstance(owner.type, Array):
            return self.arrays.view(owner, self._indices(node, owner))
        index = self.operand(node.slice)
        if not isinstance(index, Constant):
            raise NotInSubset("an index of a tuple that is not constant")
        items = self._items(owner)
        return items[int(index.object)]

    def _array(self, node: ast.expr) -> Value:
        array = self.operand(node)
        if not (isinstance(array, Value) and isinstance(array.type, Array)):
            raise NotInSubset("an index of something other than an array")
        return array

    def _indices(self, node: ast.Subscript, array: Value | None = None) -> list[Index]:
        array = array or self._array(node.value)
        nodes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return [
            self._slice_range(each, array.parts[1 + position]) if isinstance(each, ast.Slice) else self.arithmetic.value(self.operand(each))
            for position, each in enumerate(nodes)
        ]

    def _slice_range(self, node: ast.Slice, length: Any) -> Range:
        if node.step is not None:
            raise NotInSubset("a slice with a step")
        first = INT.llvm(0) if node.lower is None else self.arithmetic.convert(self.operand(node.lower), INT).llvm
        end = length if node.upper is None else self.arithmetic.convert(self.operand(node.upper), INT).llvm
        return Range(first, self.builder.sub(end, first))

    def _binop(self, node: ast.BinOp) -> Operand:
        return self.binary(node, type(node.op).__name__, self.operand(node.left), self.operand(node.right))

    def binary(self, node: ast.BinOp | ast.AugAssign, name: str, first: Operand, second: Operand) -> Operand:
        """Return the result of an operation."""
        return self.arithmetic.binary(name, first, second)

    def _unaryop(self, node: ast.UnaryOp) -> Operand:
        operand = self.operand(node.operand)
        if isinstance(node.op, ast.USub):
            return self.arithmetic.negative(operand)
        if isinstance(node.op, ast.Not):
            return self.arithmetic.inverse(operand)
        raise NotInSubset(f"the operation {type(node.op).__name__}")

    def _compare(self, node: ast.Compare) -> Operand:
        operands = [self.operand(each) for each in (node.left, *node.comparators)]
        results = [self._comparison(type(op).__name__, *operands[index : index + 2]) for index, op in enumerate(node.ops)]
        if len(results) == 1:
            return results[0]
        combined = results[0]
        for each in results[1:]:
            combined = self.arithmetic.binary("BitAnd", combined, each)
        return combined

    def _comparison(self, name: str, first: Operand, second: Operand) -> Operand:
        """Return the truth value of one comparison."""
        if name in ("Is", "IsNot"):
            return self._is_none(first, second, name == "Is")
        return self.arithmetic.compare(name, first, second)

    def _is_none(self, operand: Operand, none: Operand, is_none: bool) -> Operand:
        if none != Constant(None) or not isinstance(operand, Value) or not isinstance(operand.type, Struct):
            raise NotInSubset("`is` with something other than a struct and None")
        if not operand.type.is_optional:
            return Constant(not is_none)
        address = self.builder.ptrtoint(operand.llvm, INT.llvm)
        return Value(BOOL, (self.builder.icmp_signed("==" if is_none else "!=", address, INT.llvm(0)),))

    def _boolop(self, node: ast.BoolOp) -> Operand:
        is_and = isinstance(node.op, ast.And)
        first, *others = node.values
        condition = self.condition(first)
        if isinstance(condition, bool):
            if condition != is_and:
                return Constant(condition)
            return self._boolop(ast.BoolOp(node.op, others)) if len(others) > 1 else self._as_truth(others[0])
        rest = others[0] if len(others) == 1 else ast.BoolOp(node.op, others)
        known = Value(BOOL, (BOOL.llvm(not is_and),))
        second = lambda: self._as_truth(rest)  # noqa: E731
        return self._chosen(condition, second if is_and else lambda: known, (lambda: known) if is_and else second)

    def _as_truth(self, node: ast.expr) -> Value:
        condition = self.condition(node)
        return Value(BOOL, (BOOL.llvm(condition) if isinstance(condition, bool) else condition,))

    def _ifexp(self, node: ast.IfExp) -> Operand:
        condition = self.condition(node.test)
        if isinstance(condition, bool):
            return self.operand(node.body if condition else node.orelse)
        return self._chosen(condition, lambda: self.operand(node.body), lambda: self.operand(node.orelse))

    def _chosen(self, condition: Any, first: Callable[[], Operand], second: Callable[[], Operand]) -> Operand:
        """Emit one of two expressions."""
        builder, ends = self.builder, []
        blocks = [builder.append_basic_block(name) for name in ("yes", "no", "chosen")]
        builder.cbranch(condition, *blocks[:2])
        for block, emit in zip(blocks, (first, second), strict=False):
            builder.position_at_end(block)
            ends.append((self.arithmetic.value(emit()), builder.block))
        kind = self.arithmetic.common_type(ends[0][0].type, ends[1][0].type)
        converted = []
        for value, end in ends:
            builder.position_at_end(end)
            converted.append((self.arithmetic.convert(value, kind), end))
            builder.branch(blocks[2])
        builder.position_at_end(blocks[2])
        parts = []
        for index, part in enumerate(parts_of(kind)):
            phi = builder.phi(part)
            for value, end in converted:
                phi.add_incoming(value.parts[index], end)
            parts.append(phi)
        return Value(kind, tuple(parts))

    def _call(self, node: ast.Call) -> Operand:
        if node.keywords:
            raise NotInSubset("a call with named arguments")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "ravel":
            return self.arrays.raveled(self._array(node.func.value))
        function = self.operand(node.func)
        if not isinstance(function, Constant):
            raise NotInSubset("a call of something other than a function known by its name")
        return self.call(node, function.object, self._operands(node.args))

    def call(self, node: ast.Call, function: Any, arguments: list[Operand]) -> Operand:
        """Emit the call of a function."""
        if function in EMITTERS:
            if function in (min, max) and all(isinstance(each, Constant) for each in arguments):
                return Constant(function(*[each.object for each in arguments if isinstance(each, Constant)]))
            return EMITTERS[function](self.arithmetic, *[self.arithmetic.value(each) for each in arguments])
        result = self.caller.call(self, function, arguments)
        if result is None:
            raise NotInSubset(f"a call of {getattr(function, '__name__', function)}")
        return result
