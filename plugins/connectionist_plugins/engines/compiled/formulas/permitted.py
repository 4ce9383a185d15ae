"""The part of Python for which compiled code computes what Python computes, checked on the types that numba inferred.

Numbers are floats, whole numbers and truth values. Whole numbers count and index. They have 64 bits in compiled code and no limit in
Python, so their arithmetic must not be able to overflow. A variable may be a whole number on one path and a float on another; numba makes
it a float on both. This is the same number, but not the same type, so at least one operand of its arithmetic must be a float in Python.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from numba.core import ir
from numba.core import types as numba_types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference
from numba.core.untyped_passes import LiteralUnroll

from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable
from connectionist_plugins.engines.compiled.formulas.guard_functions import either, first_of, inside, is_formula, second_of
from connectionist_plugins.engines.compiled.formulas.guards import Guard, constant_of
from connectionist_plugins.engines.compiled.formulas.numba_errors import symbol_of, with_types_of_python

types: Any = numba_types
MAX_BITS = 62
BITS_OF_COUNT = 31  # of whole parameters, indices, and lengths
MAX_WHOLE = 2**BITS_OF_COUNT  # greatest whole parameter, and greatest step of a counter
COMPARISONS = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
IDENTITY = (operator.is_, operator.is_not)
LOGICAL = (operator.and_, operator.or_, operator.xor)
SUMS, PRODUCT = (operator.add, operator.sub), operator.mul
DIVISION, NEGATIVE = operator.truediv, operator.neg
FLOAT_ARITHMETIC = (*SUMS, PRODUCT, DIVISION, operator.floordiv, operator.mod, operator.pow)
CHOICES = (min, max, abs)
INTERNAL = (either, first_of, inside, second_of)
CONTAINERS = (types.BaseTuple, types.Array, types.RangeType, types.SimpleIteratorType, types.Pair, types.EnumerateType, types.ZipType)
CALLABLES = (types.Callable, types.Module, types.NoneType, types.Omitted)


class NumbaCompiler(CompilerBase):  # type: ignore[misc,unused-ignore]  # numba has no types
    """Numba's compiler with the passes `Guard` and `CheckTypes`."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(Guard, LiteralUnroll)
        passes.add_pass_after(CheckTypes, NopythonTypeInference)
        passes.finalize()
        return [passes]


@register_pass(mutates_CFG=False, analysis_only=True)
class CheckTypes(FunctionPass):  # type: ignore[misc,unused-ignore]
    """Raise NotCompilable if a formula is outside the permitted part of Python."""

    _name = "connectionist_check_formula"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Check the function."""
        _Checker(state).check()
        return False


def _kind(kind: Any) -> Any:
    """Return the kind of a type: "float", "whole", "bool", a tuple of kinds, or "other"."""
    if isinstance(kind, types.BaseTuple):
        return tuple(map(_kind, kind))
    for name, numba_type in (("bool", types.Boolean), ("float", types.Float), ("whole", types.Integer)):
        if isinstance(kind, numba_type):
            return name
    return "other"


class _Checker:
    """The check of one function.

    Parameters
    ----------
    state : numba's compiler state
        After type inference. ``state.func_id.func`` has these attributes: `is_method` (else it is a function that a method calls),
        `returns` ("nothing", "a number", "one kind" or "one number" on all paths, or "floats"), and `uses_numpy` (whether the formula
        calls functions of numpy).

    Attributes
    ----------
    mixed : set of str
        Variables that have the type float, but may be whole numbers or truth values in Python.
    stores_mixed : bool
        Whether an array of floats may contain other numbers in Python.
    """

    def __init__(self, state: Any) -> None:
        self.typemap = state.typemap
        self.function = state.func_id.func
        self.statements = [each for block in state.func_ir.blocks.values() for each in block.body]
        self.definitions: dict[str, list[Any]] = {}
        for each in self.statements:
            if isinstance(each, ir.Assign):
                self.definitions.setdefault(each.target.name, []).append(each.value)
        self.mixed: set[str] = set()
        self.stores_mixed = False

    def check(self) -> None:
        """Raise NotCompilable if a statement is not permitted."""
        for name, kind in self.typemap.items():
            if not _is_permitted(kind):
                _reject(
                    f"{'a value' if name.startswith('$') else name.partition('.')[0]} has a type that is not compiled, {_described(kind)}"
                )
        self._find_mixed()
        for each in self.statements:
            if isinstance(each, ir.SetItem):
                self._check_stored(each)
            elif isinstance(each, ir.Return):
                self._check_returned(each.value)
            elif isinstance(each, ir.Assign):
                self._check_value(each.value)

    def _find_mixed(self) -> None:
        before = -1
        while before != len(self.mixed) + self.stores_mixed:
            before = len(self.mixed) + self.stores_mixed
            for each in self.statements:
                if isinstance(each, ir.Assign) and self._makes_mixed(each.target, each.value):
                    self.mixed.add(each.target.name)
                elif isinstance(each, ir.SetItem) and not self._is_float(each.value):
                    self.stores_mixed = True

    def _makes_mixed(self, target: Any, value: Any) -> bool:
        sources = list(self._passed_on(value))
        loses_kind = any(_kind(self._type(each)) != _kind(self._type(target)) for each in sources if self._has_kind_of(value))
        reads_mixed = self.stores_mixed and isinstance(value, ir.Expr) and self._reads_array(value)
        return loses_kind or reads_mixed or any(each.name in self.mixed for each in sources)

    def _has_kind_of(self, value: Any) -> bool:
        """Return whether an expression's value is that of one of its variables."""
        return isinstance(value, ir.Var) or value.op in ("phi", "cast", "call")

    def _passed_on(self, value: Any) -> Iterator[Any]:
        """Yield the variables whose values, or items, an expression passes on."""
        if isinstance(value, ir.Var):
            yield value
        elif isinstance(value, ir.Expr):
            if value.op == "phi":
                yield from (each for each in value.incoming_values if each is not ir.UNDEFINED)
            elif value.op in ("cast", "getitem", "static_getitem", "pair_first", "getiter", "iternext", "exhaust_iter"):
                yield value.value
            elif value.op == "build_tuple":
                yield from value.items
            elif value.op == "call" and self._callee(value) in CHOICES:
                yield from value.args

    def _reads_array(self, value: Any) -> bool:
        return value.op in ("getitem", "getiter", "call") and any(isinstance(self._type(each), types.Array) for each in value.list_vars())

    def _type(self, variable: Any) -> Any:
        return types.unliteral(self.typemap[variable.name])

    def _is_float(self, variable: Any) -> bool:
        """Return whether a variable is always a float in Python."""
        return isinstance(self._type(variable), types.Float) and variable.name not in self.mixed

    def _is_number(self, variable: Any) -> bool:
        return _kind(self._type(variable)) in ("float", "whole", "bool")

    def _definition(self, variable: Any) -> Any:
        """Return the only definition of a variable, or None."""
        while isinstance(variable, ir.Var):
            values = self.definitions.get(variable.name, [])
            variable = values[0] if len(values) == 1 else None
        return variable

    def _callee(self, value: Any) -> Any:
        return constant_of(self._definition(value.func), self._definition)

    def _check_value(self, value: Any) -> None:
        if not isinstance(value, ir.Expr):
            return
        if value.op in ("binop", "inplace_binop"):
            self._check_binary(value.fn if value.op == "binop" else value.immutable_fn, value.lhs, value.rhs)
        elif value.op == "unary":
            self._check_unary(value.fn, value.value)
        elif value.op == "call":
            self._check_call(self._callee(value), value.args, [each for _, each in value.kws])
        elif value.op == "getattr" and not isinstance(self._type(value.value), (types.BaseNamedTuple, types.Module)):
            _reject(f"it reads the attribute {value.attr} of something other than self or a module")
        elif value.op == "getitem" and not isinstance(self._type(value.index), types.Integer):
            _reject("it has an index that is not a whole number")

    def _check_binary(self, function: Any, *operands: Any) -> None:
        if function in IDENTITY:
            if not (all(map(self._is_constant, operands)) and {"bool", "other"} & {_kind(self._type(each)) for each in operands}):
                _reject("it compares something other than parameters and constants with `is`")
            return
        if not all(map(self._is_number, operands)):
            _reject(f"it has {symbol_of(function.__name__)} of something other than numbers")
        if function in COMPARISONS:
            return
        is_whole = all(_kind(self._type(each)) in ("whole", "bool") for each in operands)
        if function in LOGICAL and all(isinstance(self._type(each), types.Boolean) for each in operands):
            return
        if function in FLOAT_ARITHMETIC and any(map(self._is_float, operands)):
            return
        if not (function is DIVISION or (is_whole and self._cannot_overflow(function, *operands))):
            name = symbol_of(function.__name__)
            _reject(f"it has {name} of two whole numbers, or of numbers that may be whole; for floats, write 0.0 instead of 0")

    def _is_constant(self, variable: Any) -> bool:
        source = self._definition(variable)
        return isinstance(source, (ir.Const, ir.Global)) or (isinstance(source, ir.Expr) and source.op == "getattr")

    def _cannot_overflow(self, function: Any, first: Any, second: Any) -> bool:
        if any(isinstance(self._type(each), types.Boolean) for each in (first, second)) and self.function.uses_numpy:
            return False  # numpy's truth values have other arithmetic
        bits = [self._bits(each) for each in (first, second)]
        if function in SUMS:
            sources = [self._definition(each) for each in (first, second)]
            is_counter = any(isinstance(each, ir.Const) and abs(each.value) <= MAX_WHOLE for each in sources)
            return is_counter or max(each or MAX_BITS for each in bits) < MAX_BITS
        return function is PRODUCT and sum(each or MAX_BITS for each in bits) <= MAX_BITS

    def _bits(self, variable: Any) -> int | None:
        """Return the greatest number of bits of a whole number, or None if unknown."""
        if isinstance(self._type(variable), types.Boolean):
            return 1
        source = self._definition(variable)
        constant = constant_of(source, self._definition)
        if constant is not None:
            return int(constant).bit_length()
        if not isinstance(source, ir.Expr):
            return None
        if source.op in ("pair_first", "getattr") or (source.op == "call" and self._callee(source) is len):
            return BITS_OF_COUNT
        if source.op == "binop" and source.fn in (*SUMS, PRODUCT):
            first, second = self._bits(source.lhs), self._bits(source.rhs)
            if first is not None and second is not None:
                return first + second if source.fn is PRODUCT else max(first, second) + 1
        return None

    def _check_unary(self, function: Any, operand: Any) -> None:
        is_permitted = self._is_number(operand) if function is operator.not_ else self._is_float(operand)
        is_whole = function is NEGATIVE and isinstance(self._type(operand), types.Integer)
        if not (is_permitted or is_whole):
            _reject(f"it has {symbol_of(function.__name__)} of a number that may not be a float")

    def _check_call(self, function: Any, arguments: list[Any], named: list[Any]) -> None:
        if function in INTERNAL or getattr(function, "__module__", "") == either.__module__:
            return
        if is_formula(function):
            if any(each.name in self.mixed for each in (*arguments, *named)) or self.stores_mixed:
                _reject(f"an argument of {function.__name__} may be a whole number; for floats, write 0.0 instead of 0")
            return
        if function in (len, enumerate, zip):
            return
        kinds = [_kind(self._type(each)) for each in (*arguments, *named)]
        if function is range:
            steps = [self._definition(each) for each in arguments[2:]]
            if set(kinds) != {"whole"} or not all(isinstance(step, ir.Const) and step.value != 0 for step in steps):
                _reject("it has a range of something other than whole numbers, or with a variable step")
        elif not set(kinds) <= ({"float", "whole"} if function in CHOICES else {"float", "whole", "bool"}) or not kinds:
            _reject(f"it calls {getattr(function, '__name__', function)} with something other than numbers")
        elif isinstance(function, np.ufunc) and kinds != ["float"]:
            _reject(f"it calls numpy.{function.__name__} with something other than one float")

    def _check_stored(self, statement: Any) -> None:
        if not isinstance(self._type(statement.target), types.Array) or not self._is_number(statement.value):
            _reject("it stores something other than a number into an argument")
        if not self._is_float(statement.value) and self.function.returns in ("one kind", "one number"):
            _reject("it stores a whole number")

    def _check_returned(self, pair: Any) -> None:
        returned = self._definition(pair)
        value = (returned if returned.op == "build_tuple" else self._definition(returned.value)).items[0]
        name = self.function.__name__
        is_mixed = value.name in self.mixed
        if self.function.returns in ("one kind", "one number", "floats") and is_mixed:
            _reject(f"{name} may return a whole number; for floats, write 0.0 instead of 0")
        kinds = _kind(self._type(value))
        if self.function.returns == "floats" and set(kinds if isinstance(kinds, tuple) else [kinds]) != {"float"}:
            _reject(f"{name} returns something other than floats; write 0.0 instead of 0")
        if self.function.returns == "nothing" and not isinstance(self._type(value), types.NoneType):
            _reject(f"{name} may return something")
        if self.function.returns in ("a number", "one number") and not self._is_number(value):
            _reject(f"{name} may return something other than a number")


def _is_permitted(kind: Any) -> bool:
    if isinstance(kind, types.BaseTuple):
        return all(map(_is_permitted, kind))
    if isinstance(kind, types.Array):
        return bool(kind.ndim == 1 and isinstance(kind.dtype, types.Float))
    numbers = types.Boolean, types.Integer, types.Float
    is_number = isinstance(types.unliteral(kind), numbers) and not isinstance(kind, types.NPDatetime)
    return is_number or isinstance(kind, (*CONTAINERS, *CALLABLES)) or kind is types.undefined


def _described(kind: Any) -> str:
    """Return the name of a type in Python. Of a tuple, it is that of the first item that is not permitted."""
    kind = types.unliteral(kind)
    if isinstance(kind, types.BaseTuple):
        return _described(next(each for each in kind if not _is_permitted(each)))
    return with_types_of_python(str(kind))


def _reject(reason: str) -> NoReturn:
    raise NotCompilable(reason)
