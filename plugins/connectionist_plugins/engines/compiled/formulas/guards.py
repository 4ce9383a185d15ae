"""A pass of numba's compiler that makes a formula report what Python would raise.

Python raises an exception where machine code returns infinity or NaN, or reads memory that is not its own: division by zero, a function
of `math` outside its domain, an index out of range. The pass therefore lets every formula return a pair: its value, and whether Python
may have raised. The caller then calls the same formula in Python, for the same numbers (`python_fallback`).

=========================  ==================================================================
operation                  Python may raise if
=========================  ==================================================================
division, ``//``, ``%``    the divisor is 0; it cannot be in ``1.0 + exp(x)`` and ``1.0 + x * x``
exp                        the argument is above ln of the greatest number
log, sqrt                  the argument is not positive, or negative
other functions, ``**``    the result is infinite or NaN
item of an array           the index is out of range; item 0 is then read or written
=========================  ==================================================================

The pass also checks that each variable has a value where the formula reads it, and that the formula calls only functions whose compiled
form is known to agree with Python's.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import build_definitions

from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable
from connectionist_plugins.engines.compiled.formulas.guard_functions import (
    ARGUMENT_GUARDS,
    as_float,
    either,
    exponential,
    first_of,
    inside,
    is_formula,
    is_not_finite,
    is_outside,
    is_zero,
    kind_of,
    logarithm,
    second_of,
)

MULTIPLIED_POWERS = range(65)  # exponents for which x ** n is a product, as numba computes it; else it is a call of pow
DIVISIONS = (operator.truediv, operator.floordiv, operator.mod, operator.itruediv, operator.ifloordiv, operator.imod)
POWERS = (operator.pow, operator.ipow)
COLLECTIONS = {"build_list": "list", "build_map": "dict", "build_set": "set"}
STATEMENTS = (ir.Assign, ir.Branch, ir.Jump, ir.Return, ir.SetItem, ir.StaticSetItem, ir.Del)


@register_pass(mutates_CFG=False, analysis_only=False)
class Guard(FunctionPass):  # type: ignore[misc,unused-ignore]  # numba has no types
    """Let a formula return its value and whether Python may have raised."""

    _name = "connectionist_guard_formula"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Rewrite the function."""
        blocks = state.func_ir.blocks
        _check_variables(blocks)
        writer = _Writer(state.func_ir)
        for number, label in enumerate(sorted(blocks)):
            body = [new for statement in blocks[label].body for new in writer.guarded(statement)]
            blocks[label].body = [*(writer.start() if number == 0 else ()), *body]
        state.func_ir._definitions = build_definitions(blocks)
        return True


def _check_variables(blocks: dict[int, Any]) -> None:
    """Raise NotCompilable if a variable may have no value where it is read."""
    successors = {label: [target for target in block.terminator.get_targets() if target in blocks] for label, block in blocks.items()}
    assigned: dict[int, set[str]] = {min(blocks): set()}  # variables that have a value at the start of each block, on all ways to it
    waiting = [min(blocks)]
    while waiting:
        label = waiting.pop()
        names = assigned[label] | {each.target.name for each in blocks[label].body if isinstance(each, ir.Assign)}
        for target in successors[label]:
            new = assigned[target] & names if target in assigned else names
            if assigned.get(target) != new:
                assigned[target] = set(new)
                waiting.append(target)
    for label, names in assigned.items():
        _check_block(blocks[label], set(names))


def _check_block(block: Any, names: set[str]) -> None:
    for statement in block.body:
        if isinstance(statement, ir.Del):
            continue
        read = statement.list_vars() if not isinstance(statement, ir.Assign) else _variables_of(statement.value)
        for variable in read:
            if variable.name not in names:
                name = variable.name.partition(".")[0]
                is_temporary = name.startswith("$")  # numba loses the value of := in an expression
                raise NotCompilable("it uses := in an expression" if is_temporary else f"variable {name} may have no value")
        if isinstance(statement, ir.Assign):
            names.add(statement.target.name)


def _variables_of(value: Any) -> list[Any]:
    if isinstance(value, ir.Var):
        return [value]
    return list(value.list_vars()) if isinstance(value, ir.Expr) else []


def constant_of(source: Any, definition: Callable[[Any], Any]) -> Any:
    """Return the object that a definition always has as its value, also one of a module; None if it is not known.

    `definition` returns the only definition of a variable, or None.
    """
    if isinstance(source, (ir.Const, ir.Global, ir.FreeVar)):
        return source.value
    if isinstance(source, ir.Expr) and source.op == "getattr":
        owner = constant_of(definition(source.value), definition)
        return getattr(owner, source.attr, None) if isinstance(owner, ModuleType) else None
    return None


class _Writer:
    """Writes the statements of a formula with its guards."""

    def __init__(self, function_ir: Any) -> None:
        self.function_ir = function_ir
        self.scope = function_ir.blocks[min(function_ir.blocks)].scope
        self.flag = self.scope.redefine("$raises", loc=function_ir.loc)
        self.loc = function_ir.loc
        self.is_method = function_ir.func_id.func.is_method

    def start(self) -> list[Any]:
        """Return the statement that sets the flag to False."""
        return [ir.Assign(ir.Const(False, self.loc), self.flag, self.loc)]

    def guarded(self, statement: Any) -> Iterator[Any]:
        """Yield a statement with its guards."""
        self.loc = statement.loc
        if not isinstance(statement, STATEMENTS):
            raise NotCompilable(f"it has a statement that is not compiled ({type(statement).__name__})")
        if isinstance(statement, ir.Return):
            yield from self._returned(statement)
        elif isinstance(statement, (ir.SetItem, ir.StaticSetItem)):
            yield from self._stored(statement)
        elif isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Yield):
            raise NotCompilable("it is a generator")
        elif isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Expr):
            yield from self._computed(statement, statement.value)
        else:
            yield statement

    def _returned(self, statement: Any) -> Iterator[Any]:
        pair = self._new()
        yield ir.Assign(ir.Expr.build_tuple([statement.value, self.flag], self.loc), pair, self.loc)
        yield ir.Return(pair, self.loc)

    def _stored(self, statement: Any) -> Iterator[Any]:
        index = getattr(statement, "index_var", None) or statement.index
        if not self._is_within(statement.target, index):
            unsafe, index = index, self._new()
            yield from self._indexed(statement.target, unsafe, index)
        yield ir.SetItem(statement.target, index, statement.value, self.loc)

    def _computed(self, statement: Any, value: Any) -> Iterator[Any]:
        operation = value.op
        if operation in ("binop", "inplace_binop"):
            yield from self._binary(statement, value)
        elif operation == "call":
            yield from self._call(statement, value)
        elif operation in ("getitem", "static_getitem"):
            yield from self._item(statement, value)
        elif operation == "getattr":
            self._check_attribute(value)
            yield statement
        elif operation in ("unary", "build_tuple", "exhaust_iter", "getiter", "iternext", "pair_first", "pair_second", "cast"):
            yield statement
        else:
            made = COLLECTIONS.get(operation)
            raise NotCompilable(f"it makes a {made}" if made else f"it has an expression that is not compiled ({operation})")

    def _binary(self, statement: Any, value: Any) -> Iterator[Any]:
        function = value.fn if value.op == "binop" else value.immutable_fn
        if function in DIVISIONS and not self._is_positive(value.rhs):
            yield from self._marked(is_zero, value.lhs, value.rhs)
        if function not in POWERS:
            yield statement
            return
        exponent = self._constant(value.rhs)
        if type(exponent) is not int or exponent not in MULTIPLIED_POWERS:
            power = self._new()
            yield from self._called(power, as_float, value.rhs)
            value = ir.Expr.binop(operator.pow, value.lhs, power, self.loc)
        yield ir.Assign(value, statement.target, self.loc)
        yield from self._marked(is_not_finite, statement.target)

    def _call(self, statement: Any, value: Any) -> Iterator[Any]:
        function = self._resolved(value.func)
        if value.vararg is not None or value.varkwarg is not None:
            raise NotCompilable("it calls a function with * or **")
        if is_formula(function):
            pair, raises = self._new(), self._new()
            yield ir.Assign(value, pair, self.loc)
            yield from self._called(statement.target, first_of, pair)
            yield from self._called(raises, second_of, pair)
            yield from self._called(self.flag, either, self.flag, raises)
            return
        kind = kind_of(function)
        if function is float:
            yield from self._called(statement.target, as_float, *value.args)
            return
        yield statement
        if kind == "guarded" and not (function in (logarithm, math.sqrt) and value.args and self._is_positive(value.args[0])):
            is_by_argument = function in ARGUMENT_GUARDS
            guard = ARGUMENT_GUARDS[function] if is_by_argument else is_not_finite
            yield from self._marked(guard, value.args[0] if is_by_argument and value.args else statement.target)

    def _is_positive(self, variable: Any) -> bool:
        """Return whether a number is above 0 or NaN, as in 1 + e^x."""
        source = self._definition(variable)
        if isinstance(source, (ir.Const, ir.Global, ir.FreeVar)):
            return isinstance(source.value, (int, float)) and source.value > 0
        is_sum = isinstance(source, ir.Expr) and source.op == "binop" and source.fn is operator.add
        sides = ((source.lhs, source.rhs), (source.rhs, source.lhs)) if is_sum else ()
        return any(self._is_positive(one) and (self._is_positive(other) or self._is_not_negative(other)) for one, other in sides)

    def _is_not_negative(self, variable: Any) -> bool:
        source = self._definition(variable)
        if not isinstance(source, ir.Expr):
            return False
        if source.op == "binop" and source.fn is operator.mul:
            factors = [self._definition(each) for each in (source.lhs, source.rhs)]
            return factors[0] is not None and factors[0] is factors[1]
        return source.op == "call" and self._resolved(source.func) in (exponential, abs, math.fabs)

    def _item(self, statement: Any, value: Any) -> Iterator[Any]:
        if not self._is_argument(value.value):
            if value.op == "getitem":
                raise NotCompilable("it has an index that is computed, of something other than an argument")
            yield statement
            return
        index = value.index if value.op == "getitem" else value.index_var
        if not self._is_within(value.value, index):
            unsafe, index = index, self._new()
            yield from self._indexed(value.value, unsafe, index)
        yield ir.Assign(ir.Expr.getitem(value.value, index, self.loc), statement.target, self.loc)

    def _indexed(self, array: Any, index: Any, safe: Any) -> Iterator[Any]:
        yield from self._marked(is_outside, array, index)
        yield from self._called(safe, inside, array, index)

    def _is_within(self, array: Any, index: Any) -> bool:
        """Return whether an index always comes from ``range(len(argument))``. The arguments of a method have the same length."""
        definitions = self.function_ir._definitions.get(index.name, [])
        return bool(definitions) and all(self._counts_items(each, array) for each in definitions)

    def _counts_items(self, value: Any, array: Any) -> bool:
        if isinstance(value, ir.Var):
            return self._is_within(array, value)
        source = value
        for operation in ("pair_first", "iternext", "getiter"):
            if not (isinstance(source, ir.Expr) and source.op == operation):
                return False
            source = self._definition(source.value)
        length = self._argument_of(source, range)
        measured = length and self._argument_of(self._definition(length), len)
        if measured is None or not (self._is_argument(measured) and self._is_argument(array)):
            return False
        return self.is_method or self._definition(measured) is self._definition(array)

    def _argument_of(self, call: Any, function: Any) -> Any:
        """Return the only argument of a call of a function, or None if it is anything else."""
        is_call = isinstance(call, ir.Expr) and call.op == "call" and len(call.args) == 1 and not call.kws and call.vararg is None
        source = self._definition(call.func) if is_call else None
        return call.args[0] if getattr(source, "value", None) is function else None

    def _check_attribute(self, value: Any) -> None:
        source = self._definition(value.value)
        is_module = isinstance(constant_of(source, self._definition), ModuleType)
        if not is_module and not isinstance(source, ir.Arg):  # `permitted` checks the type of the argument
            raise NotCompilable(f"it reads the attribute {value.attr} of something other than self or a module")

    def _resolved(self, variable: Any) -> Any:
        """Return the function that a variable always has as its value."""
        function = constant_of(self._definition(variable), self._definition)
        if function is None:
            raise NotCompilable("it calls something other than a function known by its name")
        return function

    def _definition(self, variable: Any) -> Any:
        """Return the only definition of a variable, or None."""
        while isinstance(variable, ir.Var):
            definitions = self.function_ir._definitions.get(variable.name, [])
            if len(definitions) != 1:
                return None
            variable = definitions[0]
        return variable

    def _is_argument(self, variable: Any) -> bool:
        return isinstance(self._definition(variable), ir.Arg)

    def _constant(self, variable: Any) -> Any:
        source = self._definition(variable)
        return source.value if isinstance(source, (ir.Const, ir.Global, ir.FreeVar)) else None

    def _new(self) -> Any:
        return self.scope.redefine("$guard", loc=self.loc)

    def _called(self, target: Any, function: Any, *arguments: Any) -> Iterator[Any]:
        variable = self._new()
        yield ir.Assign(ir.Global(function.__name__, function, self.loc), variable, self.loc)
        yield ir.Assign(ir.Expr.call(variable, list(arguments), (), self.loc), target, self.loc)

    def _marked(self, guard: Any, *arguments: Any) -> Iterator[Any]:
        raises = self._new()
        yield from self._called(raises, guard, *arguments)
        yield from self._called(self.flag, either, self.flag, raises)
