"""Translate the syntax tree of one kernel to LLVM IR."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.arrays import Range
from connectionist_plugins.engines.compiled.kernel_compiler.expressions import Caller, ExpressionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.source import Source
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    INT,
    Nothing,
    Type,
    parts_of,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import (
    Constant,
    NotInSubset,
    Operand,
    Value,
)

ERRORS = (NotInSubset, LookupError, TypeError, ValueError, AssertionError, ArithmeticError, AttributeError)
NOTHING = Nothing()


@dataclass
class Loop:
    """The blocks to which `continue` and `break` jump."""

    next: Any
    end: Any


class FunctionCompiler(ExpressionCompiler):
    """Emits the body of one kernel.

    Parameters
    ----------
    caller : Caller
    source : Source
    builder : llvmlite.ir.IRBuilder
        At the end of the entry block.
    result : Type
        Type of the result.
    """

    def __init__(self, caller: Caller, source: Source, builder: Any, result: Type = NOTHING) -> None:
        super().__init__(caller, source, builder)
        self.result = result
        self.loops: list[Loop] = []
        self.line = 0

    def compile(self, parameters: dict[str, Operand]) -> None:
        """Emit the whole body."""
        first = self.builder.append_basic_block("body")
        self.builder.position_at_end(first)
        with self.naming_the_line():
            for name, value in parameters.items():
                self.assign_name(name, value)
            self.body(self.source.definition.body)
            if not self.builder.block.is_terminated:
                self.emit_return(Value(NOTHING, ()))
        self.builder.position_at_end(self.entry)
        self.builder.branch(first)

    @contextmanager
    def naming_the_line(self) -> Iterator[None]:
        """Name the file and the line in errors."""
        try:
            yield
        except ERRORS as error:
            name = self.source.definition.name
            raise NotInSubset(f"{self.source.file}:{self.line}, in {name}: {error}") from error

    def body(self, statements: list[ast.stmt]) -> None:
        """Emit statements, up to one after which nothing is reached."""
        for statement in statements:
            if self.builder.block.is_terminated:
                return
            self.line = statement.lineno
            emit: Callable[[Any], None] | None = getattr(self, f"_{type(statement).__name__.lower()}", None)
            if emit is None:
                raise NotInSubset(f"the statement {type(statement).__name__}")
            emit(statement)

    def _pass(self, statement: ast.Pass) -> None:
        pass

    def _expr(self, statement: ast.Expr) -> None:
        if not isinstance(statement.value, ast.Constant):  # a docstring
            self.operand(statement.value)

    def _return(self, statement: ast.Return) -> None:
        self.emit_return(Value(NOTHING, ()) if statement.value is None else self.operand(statement.value))

    def emit_return(self, operand: Operand) -> None:
        """Emit the return of a value."""
        if isinstance(self.result, Nothing):
            self.builder.ret_void()
            return
        parts = self.arithmetic.convert(operand, self.result).parts
        if len(parts) == 1:
            self.builder.ret(parts[0])
        else:
            self.builder.ret(_aggregate(self.builder, parts))

    def _assign(self, statement: ast.Assign) -> None:
        operand = self.operand(statement.value)
        for target in statement.targets:
            self._assign_to(target, operand)

    def _augassign(self, statement: ast.AugAssign) -> None:
        name, target = type(statement.op).__name__, statement.target
        if isinstance(target, ast.Name):
            self.assign_name(target.id, self.binary(statement, name, self.operand(target), self.operand(statement.value)))
        elif isinstance(target, ast.Subscript):
            array, indices = self._array(target.value), self._indices(target)
            address = self.arrays.item_address(array, indices)
            before = self.arrays.load(array, address)
            self.arrays.store(array, address, self.binary(statement, name, before, self.operand(statement.value)))
        else:
            raise NotInSubset("an assignment to an attribute")

    def _assign_to(self, target: ast.expr, operand: Operand) -> None:
        if isinstance(target, ast.Name):
            self.assign_name(target.id, operand)
        elif isinstance(target, ast.Tuple):
            items = self._items(operand, len(target.elts))
            for each, item in zip(target.elts, items, strict=True):
                self._assign_to(each, item)
        elif isinstance(target, ast.Subscript):
            array, indices = self._array(target.value), self._indices(target)
            if any(isinstance(each, Range) for each in indices) or len(indices) < array.type.dimensions:  # type: ignore[union-attr]
                self.arrays.fill(array, indices, operand, self._counting_loop)
            else:
                self.arrays.store(array, self.arrays.item_address(array, indices), operand)
        else:
            raise NotInSubset("an assignment to an attribute")

    def assign_name(self, name: str, operand: Operand) -> None:
        """Assign a value to a variable, whose type is that of its first value."""
        if isinstance(operand, Constant) and not isinstance(operand.object, (bool, int, float, tuple)):
            self.constants[name] = operand
            return
        value = self.arithmetic.value(operand)
        if isinstance(value.type, Nothing) and name == "_":
            return
        if isinstance(value.type, Nothing):
            raise NotInSubset(f"{name} has no value")
        if name not in self.variables:
            self.variables[name] = value.type, [self.memory(part) for part in parts_of(value.type)]
        kind, memory = self.variables[name]
        for part, address in zip(self.arithmetic.convert(value, kind).parts, memory, strict=True):
            self.builder.store(part, address)

    def _if(self, statement: ast.If) -> None:
        condition = self.condition(statement.test)
        if isinstance(condition, bool):
            self.body(statement.body if condition else statement.orelse)
            return
        *blocks, after = (self.builder.append_basic_block(name) for name in ("then", "else", "after"))
        self.builder.cbranch(condition, *blocks)
        is_reached = False
        for block, body in zip(blocks, (statement.body, statement.orelse), strict=True):
            self.builder.position_at_end(block)
            self.body(body)
            if not self.builder.block.is_terminated:
                self.builder.branch(after)
                is_reached = True
        self.builder.position_at_end(after)
        if not is_reached:
            self.builder.unreachable()

    def _while(self, statement: ast.While) -> None:
        head, inside, end = (self.builder.append_basic_block(name) for name in ("while", "inside", "end"))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        condition = self.condition(statement.test)
        self.builder.cbranch(BOOL.llvm(condition) if isinstance(condition, bool) else condition, inside, end)
        self.builder.position_at_end(inside)
        with self._in_loop(Loop(head, end)):
            self.body(statement.body)
        if not self.builder.block.is_terminated:
            self.builder.branch(head)
        self.builder.position_at_end(end)

    def _for(self, statement: ast.For) -> None:
        call = statement.iter
        if not (isinstance(call, ast.Call) and self.operand(call.func) == Constant(range) and isinstance(statement.target, ast.Name)):
            raise NotInSubset("a loop over something other than a range")
        target = statement.target.id
        begin, end, step = self._range_arguments([self.operand(each) for each in call.args])
        self._range_loop(begin, end, step, lambda index: self._loop_pass(target, index, statement.body))

    def _range_arguments(self, operands: list[Operand]) -> tuple[Any, Any, int]:
        step = operands[2] if len(operands) > 2 else Constant(1)
        if not isinstance(step, Constant) or not step.object:
            raise NotInSubset("a range with a variable step")
        limits = [Constant(0), operands[0]] if len(operands) == 1 else operands[:2]
        begin, end = (self.arithmetic.convert(each, INT).llvm for each in limits)
        return begin, end, step.object

    def _loop_pass(self, target: str, index: Any, body: list[ast.stmt]) -> None:
        self.assign_name(target, Value(INT, (index,)))
        self.body(body)

    def _counting_loop(self, count: Any, body: Callable[[Any], None]) -> None:
        self._range_loop(INT.llvm(0), count, 1, body)

    def _range_loop(self, begin: Any, end: Any, step: int, body: Callable[[Any], None]) -> None:
        builder, counter = self.builder, self.memory(INT.llvm)
        builder.store(begin, counter)
        head, inside, following, after = (builder.append_basic_block(name) for name in ("for", "inside", "next", "end"))
        builder.branch(head)
        builder.position_at_end(head)
        index = builder.load(counter)
        builder.cbranch(builder.icmp_signed("<" if step > 0 else ">", index, end), inside, after)
        builder.position_at_end(inside)
        with self._in_loop(Loop(following, after)):
            body(index)
        if not builder.block.is_terminated:
            builder.branch(following)
        builder.position_at_end(following)
        builder.store(builder.add(builder.load(counter), INT.llvm(step), flags=("nsw",)), counter)
        builder.branch(head)
        builder.position_at_end(after)

    @contextmanager
    def _in_loop(self, loop: Loop) -> Iterator[None]:
        self.loops.append(loop)
        yield
        self.loops.pop()

    def _continue(self, _: ast.Continue) -> None:
        self.builder.branch(self.loops[-1].next)

    def _break(self, _: ast.Break) -> None:
        self.builder.branch(self.loops[-1].end)


def _aggregate(builder: Any, parts: tuple[Any, ...]) -> Any:
    aggregate = ir.Constant(ir.LiteralStructType([part.type for part in parts]), ir.Undefined)
    for index, part in enumerate(parts):
        aggregate = builder.insert_value(aggregate, part, index)
    return aggregate
