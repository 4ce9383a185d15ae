"""Compile the formulas that use a small part of Python, without numba.

This part is enough for the functions and rules that come with the simulator, and for most others: floats, indices that count the items of
arguments, truth values, ``if``, ``for … in range``, conditional expressions, and calls of such functions. A variable has one kind of
value. In this part, machine code computes what Python computes. A formula with anything else is left to numba (`numba_formulas`).

A formula reports what Python would raise, as `guards` describes: it returns its value, and whether Python may have raised.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.formulas.fingerprint import MAX_CONSTANT
from connectionist_plugins.engines.compiled.formulas.formula_functions import FUNCTIONS
from connectionist_plugins.engines.compiled.formulas.syntax import assigned_names, measured_argument, single_definitions
from connectionist_plugins.engines.compiled.kernel_compiler.arrays import Index
from connectionist_plugins.engines.compiled.kernel_compiler.expressions import Caller, ExpressionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.function import NOTHING, FunctionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.source import source_of
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    DOUBLE,
    INT,
    SINGLE,
    WORD_BYTES,
    Array,
    Nothing,
    Record,
    Scalar,
    TupleOf,
    Type,
    parts_of,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, Constant, NotInSubset, Operand, Value
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

MAX_STEP = 2**31  # greatest step of a counter, which cannot overflow then
VECTOR = Scalar("vector", 4, ir.VectorType(DOUBLE.llvm, VECTOR_BYTES // WORD_BYTES))  # numbers of several cases
FLOATS = (SINGLE, DOUBLE, VECTOR)
PLAIN = (ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Return, ast.Expr, ast.Pass)
OPERATIONS = ("Add", "Sub", "Mult", "Div")
OTHER_FUNCTIONS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR  # flags of functions that are not compiled


class Formula:
    """A method of a plugin, or a function that it calls.

    Parameters
    ----------
    function : function
    is_method : bool
        Whether it is a method, whose array arguments have the same length.
    """

    def __init__(self, function: FunctionType, is_method: bool = True) -> None:
        code = function.__code__
        if code.co_kwonlyargcount or code.co_flags & OTHER_FUNCTIONS or function.__defaults__:
            raise NotInSubset(f"{function.__name__} has parameters that are not compiled")
        self.function, self.is_method = function, is_method
        self.source = source_of(function)


class FormulaCompiler(FunctionCompiler):
    """Emits one formula in the place where it is called.

    Parameters
    ----------
    caller : Caller
    formula : Formula
    around : ExpressionCompiler
        The function that calls it.
    flag : LLVM value
        Address of the truth value that says whether Python may have raised.
    """

    def __init__(self, caller: Caller, formula: Formula, around: ExpressionCompiler, flag: Any) -> None:
        super().__init__(caller, formula.source, around.builder)
        self.formula, self.entry, self.flag = formula, around.entry, flag
        self.locals = set(formula.function.__code__.co_varnames)
        self.parameters: dict[str, Operand] = {}
        self.assigned: set[str] = set()  # local variables that have a value here
        self.counters: dict[str, str] = {}  # loop variables that count the items of an argument
        self.returned: list[tuple[Value, Any]] = []
        self.definitions = single_definitions(formula.source.definition)

    def inlined(self, arguments: list[Operand]) -> Value:
        """Emit the formula, and return its value."""
        names = self.formula.function.__code__.co_varnames[: self.formula.function.__code__.co_argcount]
        if len(names) != len(arguments):
            raise NotInSubset(f"{self.formula.function.__name__} is called with another number of arguments")
        self.parameters = {name: self.arithmetic.value(each) for name, each in zip(names, arguments, strict=True)}
        self.end = self.builder.append_basic_block("end")
        with self.naming_the_line():
            for name, value in self.parameters.items():
                super().assign_name(name, value)
            self.assigned |= set(names)
            self.body(self.source.definition.body)
            if not self.builder.block.is_terminated:
                self.emit_return(Value(NOTHING, ()))
            return self._merged()

    def emit_return(self, operand: Operand) -> None:
        """Emit the jump to the end of the formula."""
        self.returned.append((self.arithmetic.value(operand), self.builder.block))
        self.builder.branch(self.end)

    def _merged(self) -> Value:
        kind: Type = self.returned[0][0].type
        for value, _ in self.returned[1:]:
            kind = _same_kind(self.arithmetic, kind, value.type)
        phis = [_new_phi(self.builder, self.end, part) for part in parts_of(kind)]
        for value, block in self.returned:
            self.builder.position_before(block.terminator)
            converted = self.arithmetic.convert(value, kind) if parts_of(kind) else value
            for phi, part in zip(phis, converted.parts, strict=True):
                phi.add_incoming(part, block)
        self.builder.position_at_end(self.end)
        return Value(kind, tuple(phis))

    # Statements

    def body(self, statements: list[ast.stmt]) -> None:
        """Emit statements."""
        for each in statements:
            if not isinstance(each, PLAIN):
                raise NotInSubset(f"the statement {type(each).__name__}")
        super().body(statements)

    def assign_name(self, name: str, operand: Operand) -> None:
        """Assign a value of the variable's kind."""
        value = self.arithmetic.value(operand)
        if not isinstance(value.type, Scalar) or name in self.counters:
            raise NotInSubset(f"{name} is assigned something other than a number, or counts a loop")
        if name in self.variables and self.variables[name][0] != value.type:
            raise NotInSubset(f"{name} has values of two kinds")
        super().assign_name(name, value)
        self.assigned.add(name)

    def _if(self, statement: ast.If) -> None:
        condition = self.condition(statement.test)
        before, reaching = self.assigned, []
        *blocks, after = (self.builder.append_basic_block(name) for name in ("then", "else", "after"))
        self.builder.cbranch(condition, *blocks)
        for block, body in zip(blocks, (statement.body, statement.orelse), strict=True):
            self.builder.position_at_end(block)
            self.assigned = set(before)
            self.body(body)
            if not self.builder.block.is_terminated:
                reaching.append(self.assigned)
                self.builder.branch(after)
        self.assigned = set.intersection(*reaching) if reaching else before
        self.builder.position_at_end(after)
        if not reaching:
            self.builder.unreachable()

    def _for(self, statement: ast.For) -> None:
        if statement.orelse or not isinstance(statement.target, ast.Name) or statement.target.id in self.counters:
            raise NotInSubset("a loop with else, or with a target that is not a new name")
        before, name = set(self.assigned), statement.target.id
        measured = measured_argument(statement.iter, set(self.parameters) - set(assigned_names(self.source.definition)))
        if measured is None or any(each == name for part in statement.body for each in assigned_names(part)):
            raise NotInSubset("a loop over something other than the items of an argument")
        self.counters[name] = measured
        super()._for(statement)
        del self.counters[name]
        self.assigned = before

    def _loop_pass(self, target: str, index: Any, body: list[ast.stmt]) -> None:
        super().assign_name(target, Value(INT, (index,)))
        self.assigned.add(target)
        self.body(body)

    def _assign_to(self, target: ast.expr, operand: Operand) -> None:
        if isinstance(target, ast.Subscript) and self.arithmetic.number(operand)[0] not in FLOATS:
            raise NotInSubset("it stores a whole number")
        super()._assign_to(target, operand)

    def _items(self, operand: Operand, count: int | None = None) -> list[Operand]:
        if isinstance(operand, Value) and not isinstance(operand.type, TupleOf):
            raise NotInSubset("items of something other than a tuple")
        return super()._items(operand, count)

    # Expressions

    def _name(self, node: ast.Name) -> Operand:
        if node.id in self.locals and node.id not in self.assigned:
            raise NotInSubset(f"variable {node.id} may have no value")
        if node.id in self.locals:
            return super()._name(node)
        return _permitted_constant(self.source.resolve(node.id))

    def _constant(self, node: ast.Constant) -> Operand:
        return _permitted_constant(node.value)

    def _attribute(self, node: ast.Attribute) -> Operand:
        owner = self.operand(node.value)
        is_permitted = isinstance(owner.object, ModuleType) if isinstance(owner, Constant) else isinstance(owner.type, Record)
        if not is_permitted:
            raise NotInSubset(f"it reads the attribute {node.attr} of something other than self or a module")
        result = super()._attribute(node)
        return _permitted_constant(result.object) if isinstance(result, Constant) else result

    def _subscript(self, node: ast.Subscript) -> Operand:
        array, index = self._argument(node)
        return self.arrays.view(array, [index])

    def _argument(self, node: ast.Subscript) -> tuple[Value, Index]:
        """Return an array argument, and an index that is in its range. If the index in the formula is not, Python raises."""
        array = self.operand(node.value)
        index = self.arithmetic.value(self.operand(node.slice))
        if not (isinstance(array, Value) and isinstance(array.type, Array) and index.type is INT):
            raise NotInSubset("an index of something other than an argument")
        if isinstance(node.slice, ast.Name) and node.slice.id in self.counters and self._counts_items(node):
            return array, index
        builder, length = self.builder, array.parts[1]
        from_end = builder.select(builder.icmp_signed("<", index.llvm, INT.llvm(0)), builder.add(index.llvm, length), index.llvm)
        is_outside = builder.not_(builder.icmp_unsigned("<", from_end, length))
        self.mark(is_outside)
        return array, Value(INT, (builder.select(is_outside, INT.llvm(0), from_end),))

    def _counts_items(self, node: ast.Subscript) -> bool:
        """Return whether an index counts the items of an array. The arguments of a method have the same length."""
        return self.formula.is_method or self.counters.get(ast.unparse(node.slice)) == ast.unparse(node.value)

    def _indices(self, node: ast.Subscript, array: Value | None = None) -> list[Index]:
        return [self._argument(node)[1]]

    def binary(self, node: ast.BinOp | ast.AugAssign, name: str, first: Operand, second: Operand) -> Operand:
        """Return the result of an operation, at least one operand of which is a float."""
        if name not in OPERATIONS:
            raise NotInSubset(f"the operation {name}")
        if isinstance(first, Constant) and isinstance(second, Constant):
            return _permitted_constant(self.arithmetic.binary(name, first, second).object)  # type: ignore[union-attr]
        kinds = self.arithmetic.number(first)[0], self.arithmetic.number(second)[0]
        is_counter = name in ("Add", "Sub") and all(kind is INT for kind in kinds) and any(map(_is_step, (first, second)))
        if not (is_counter or any(kind in FLOATS for kind in kinds)):
            raise NotInSubset(f"{name} of two whole numbers")
        if name == "Div":
            divisor = node.value if isinstance(node, ast.AugAssign) else node.right
            if not self.is_positive(divisor):
                self.mark(self.arithmetic.compare("Eq", second, Constant(0.0)).llvm)
        return self.arithmetic.binary(name, first, second)

    def _unaryop(self, node: ast.UnaryOp) -> Operand:
        operand = self.operand(node.operand)
        if isinstance(node.op, ast.USub):
            if not isinstance(operand, Constant) and self.arithmetic.number(operand)[0] not in FLOATS:
                raise NotInSubset("the negative of a number that may not be a float")
            return self.arithmetic.negative(operand)
        if isinstance(node.op, ast.Not):
            return self.arithmetic.inverse(operand)
        raise NotInSubset(f"the operation {type(node.op).__name__}")

    def _comparison(self, name: str, first: Operand, second: Operand) -> Operand:
        if name in ("Is", "IsNot"):
            raise NotInSubset("`is`")
        return super()._comparison(name, first, second)

    def _boolop(self, node: ast.BoolOp) -> Operand:
        if not all(isinstance(each, (ast.Compare, ast.BoolOp, ast.Name, ast.Attribute, ast.UnaryOp)) for each in node.values):
            raise NotInSubset("`and` and `or` of something other than comparisons, variables and parameters")
        return super()._boolop(node)

    def _as_truth(self, node: ast.expr) -> Value:
        value = self.arithmetic.value(self.operand(node))
        if value.type is not BOOL:
            raise NotInSubset("`and` and `or` of something other than truth values")
        return value

    def condition(self, node: ast.expr) -> Any:
        """Emit an expression, and return its truth value."""
        return self._as_truth(node).llvm

    def _chosen(self, condition: Any, first: Callable[[], Operand], second: Callable[[], Operand]) -> Operand:
        arithmetic, kinds = self.arithmetic, []

        def checked(emit: Callable[[], Operand]) -> Callable[[], Operand]:
            def emitted() -> Operand:
                value = arithmetic.value(emit())
                kinds.append(value.type)
                return value

            return emitted

        chosen = super()._chosen(condition, checked(first), checked(second))
        _same_kind(arithmetic, *kinds)
        return chosen

    def _call(self, node: ast.Call) -> Operand:
        if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
            raise NotInSubset("a call with named or starred arguments")
        function = self.operand(node.func)
        if not isinstance(function, Constant):
            raise NotInSubset("a call of something other than a function known by its name")
        return self.call(node, function.object, self._operands(node.args))

    def call(self, node: ast.Call, function: Any, arguments: list[Operand]) -> Operand:
        """Emit the call of a function, and what Python may raise in it."""
        if isinstance(function, FunctionType) and function not in FUNCTIONS:
            return FormulaCompiler(self.caller, Formula(function, is_method=False), self, self.flag).inlined(arguments)
        if function in (min, max):
            return self._smallest_or_greatest(function is min, arguments)
        (argument,) = arguments
        if function is len:
            if not (isinstance(argument, Value) and isinstance(argument.type, Array)):
                raise NotInSubset("len of something other than an argument")
            return self.arrays.size(argument)
        kind = self.arithmetic.number(argument)[0]
        if kind not in FLOATS or function not in FUNCTIONS:
            raise NotInSubset(f"a call of {getattr(function, '__name__', function)}")
        return FUNCTIONS[function](self, node.args[0], self.arithmetic.value(argument))

    def _smallest_or_greatest(self, is_min: bool, arguments: list[Operand]) -> Operand:
        """Return the result of min or max as Python computes it, also for NaN."""
        chosen, *others = arguments
        for each in others:
            kind = _same_kind(self.arithmetic, self.arithmetic.number(chosen)[0], self.arithmetic.number(each)[0])
            a, b = (self.arithmetic.convert(number, kind).llvm for number in (chosen, each))
            if kind not in FLOATS:
                raise NotInSubset("min or max of whole numbers")
            chosen = Value(kind, (self.builder.select(self.builder.fcmp_ordered("<" if is_min else ">", b, a), b, a),))
        return chosen

    def mark(self, raises: Any) -> None:
        """Emit that Python may raise, if a truth value is true."""
        self.builder.store(self.builder.or_(self.builder.load(self.flag), raises), self.flag)

    def kernel(self, kernel: Any, argument: Value) -> Value:
        """Emit the call of a kernel of one number."""
        result = self.caller.call(self, kernel, [argument])
        assert isinstance(result, Value)
        return result

    # What is positive

    def is_positive(self, node: ast.expr) -> bool:
        """Return whether a number is above 0 or NaN, as in 1 + e^x."""
        node = self._definition(node)
        if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id not in self.locals):
            constant = self.operand(node)
            return isinstance(constant, Constant) and isinstance(constant.object, (int, float)) and constant.object > 0
        sides = ((node.left, node.right), (node.right, node.left)) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) else ()
        return any(self.is_positive(one) and (self.is_positive(other) or self.is_not_negative(other)) for one, other in sides)

    def is_not_positive(self, node: ast.expr) -> bool:
        """Return whether a number is 0, below 0 or NaN, as in −|x|."""
        node = self._definition(node)
        return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and self.is_not_negative(node.operand)

    def is_not_negative(self, node: ast.expr) -> bool:
        """Return whether a number is at least 0 or NaN, as |x|, x · x and e^x."""
        node = self._definition(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name) and node.left.id == node.right.id
        return isinstance(node, ast.Call) and any(self.operand(node.func) == Constant(each) for each in (math.exp, abs, math.fabs))

    def _definition(self, node: ast.expr) -> ast.expr:
        """Return the expression that is the only value of a variable, or the node itself."""
        while isinstance(node, ast.Name) and node.id in self.definitions:
            node = self.definitions[node.id]
        return node


def _new_phi(builder: Any, block: Any, kind: Any) -> Any:
    """Return a new phi at the end of a block."""
    builder.position_at_end(block)
    return builder.phi(kind)


def _same_kind(arithmetic: Arithmetic, first: Type, second: Type) -> Type:
    """Return the common type of two values of one kind: two floats, or two equal types."""
    if isinstance(first, TupleOf) and isinstance(second, TupleOf) and len(first.items) == len(second.items):
        return TupleOf(tuple(_same_kind(arithmetic, *pair) for pair in zip(first.items, second.items, strict=True)))
    if first != second and not (first in FLOATS and second in FLOATS):
        raise NotInSubset("values of two kinds; for floats, write 0.0 instead of 0")
    return first if isinstance(first, Nothing) else arithmetic.common_type(first, second)


def _permitted_constant(value: Any) -> Constant:
    """Return an object from outside a formula, if it may be used: a number, a function or a module."""
    is_number = type(value) in (bool, float) or (type(value) is int and abs(value) <= MAX_CONSTANT)
    if not (is_number or isinstance(value, (FunctionType, ModuleType)) or value in (min, max, len, range) or value in FUNCTIONS):
        raise NotInSubset(f"{value!r} is not compiled")
    return Constant(value)


def _is_step(operand: Operand) -> bool:
    """Return whether a number is a constant whole number that a counter may be changed by."""
    return isinstance(operand, Constant) and abs(operand.object) <= MAX_STEP
