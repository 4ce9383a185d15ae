"""Compile the C function for one role of a plugin with the engine's own compiler."""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir

from connectionist.plugins.formula_faults import RESULTS
from connectionist_plugins.engines.compiled.formulas.formula_compiler import FLOATS, Formula, FormulaCompiler
from connectionist_plugins.engines.compiled.formulas.parameters import activation_function_of, plugin_of, reporter_of
from connectionist_plugins.engines.compiled.formulas.templates import ROLES
from connectionist_plugins.engines.compiled.kernel_compiler.expressions import ExpressionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.function import FunctionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, call_float, carray
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import KernelModule
from connectionist_plugins.engines.compiled.kernel_compiler.source import Source
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    BOOL,
    DOUBLE,
    INT,
    ITEMS,
    OF_PRECISION,
    Array,
    Nothing,
    Pointer,
    Record,
    TupleOf,
    Type,
    parts_of,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import NotInSubset, Operand, Value
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

NUMBERS = ("activation", "slope", "net_input", "error", "derivative", "cost", "signal", "summarize")  # methods that return one number
TUPLES = ("change", "compare_net_input")


class RecordOf(NamedTuple):
    """The named tuple ``self`` of a formula, as a function of its items."""

    names: tuple[str, ...]


def names_in_templates(precision: Precision) -> dict[str, Any]:
    """Return what the names in `templates` mean."""
    size = FLOAT_BYTES[precision]
    return {
        "BYTES": size,
        "LANES": VECTOR_BYTES // size,
        "NAN": float("nan"),
        "carray": carray,
        "call": call,
        "call_float": call_float,
        "address_of": address_of,
        "int64": np.int64,
        "float64": np.float64,
        "plugin_of": plugin_of,
        "activation_function_of": activation_function_of,
        "reporter_of": reporter_of,
    }


def c_function_module(
    symbol: str, role: str, text: str, methods: dict[str, FunctionType], precision: Precision, names: tuple[tuple[str, ...], ...]
) -> ir.Module:
    """Return the module in LLVM IR for the C function of a role.

    Parameters
    ----------
    symbol : str
        Name of the C function.
    role : str
        Key of `templates.ROLES`.
    text : str
        See `module_text`.
    methods : dict of str to function
        The plugin's methods.
    precision : {"float64", "float32"}
    names : pair of tuple of str
        Names of the parameters of the plugin object, and of the activation function of a paired error function.

    Raises
    ------
    NotInSubset
        If a formula contains Python that this compiler does not know.
    """
    module = FormulaModule(precision)
    records = {kind: RecordOf(each) for kind, each in zip(("Parameters", "ActivationParameters"), names, strict=True)}
    known = vars(builtins) | names_in_templates(precision) | records | {name: Formula(method) for name, method in methods.items()}
    (definition,) = ast.parse(text).body
    assert isinstance(definition, ast.FunctionDef)
    parameters, result = _signature(ROLES[role].signature, precision)
    returned = ir.VoidType() if isinstance(result, Nothing) else parts_of(result)[0]
    function = ir.Function(module.llvm, ir.FunctionType(returned, [parts_of(each)[0] for each in parameters]), symbol)
    for argument in function.args:
        if isinstance(argument.type, ir.PointerType):
            argument.add_attribute("noalias")  # a loop then needs no second version for arrays that overlap
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    values = [Value(kind, (each,)) for kind, each in zip(parameters, function.args, strict=True)]
    given: dict[str, Operand] = dict(zip((each.arg for each in definition.args.args), values, strict=True))
    FunctionCompiler(module, Source(definition, role, known.__getitem__), builder, result).compile(given)
    module.compile_all()
    return module.llvm


def _signature(text: str, precision: Precision) -> tuple[list[Type], Type]:
    """Return the types of the parameters and of the result of a `Template`'s signature."""
    kinds: dict[str, Type] = {
        "void": Nothing(),
        "int64": INT,
        "float64": DOUBLE,
        "number": OF_PRECISION[precision],
        "int64s": Pointer(ITEMS["int64"]),
        "float64s": Pointer(ITEMS["float64"]),
        "numbers": Pointer(ITEMS[precision]),
    }
    result, _, rest = text.partition("(")
    return [kinds[each] for each in rest.rstrip(")").split(", ")], kinds[result]


class FormulaModule(KernelModule):
    """A module in LLVM IR in which C functions call formulas."""

    def call(self, compiler: ExpressionCompiler, function: Any, arguments: list[Operand]) -> Operand | None:
        """Emit the call of a formula, which gives a pair of its value and whether Python may have raised; or of a kernel or a record."""
        if isinstance(function, RecordOf):
            values = [compiler.arithmetic.value(each) for each in arguments]
            return Value(Record(tuple(each.type for each in values), function.names), tuple(each.llvm for each in values))
        if not isinstance(function, Formula):
            return super().call(compiler, function, arguments)
        written = RESULTS.get(function.function.__name__, ())
        arguments = [each if index in written else _read_only(compiler.arithmetic.value(each)) for index, each in enumerate(arguments)]
        flag = compiler.memory(BOOL.llvm)
        compiler.builder.store(BOOL.llvm(False), flag)
        value = FormulaCompiler(self, function, compiler, flag).inlined(arguments)
        _check_result(function.function.__name__, value.type)
        return Value(TupleOf((value.type, BOOL)), (*value.parts, compiler.builder.load(flag)))


def _read_only(value: Value) -> Value:
    return Value(replace(value.type, is_read_only=True), value.parts) if isinstance(value.type, Array) else value


def _check_result(name: str, result: Type) -> None:
    if name in NUMBERS:
        is_right = result in FLOATS
    elif name in TUPLES:
        is_right = isinstance(result, TupleOf) and all(each in FLOATS for each in result.items)
    else:
        is_right = isinstance(result, Nothing)
    if not is_right:
        raise NotInSubset(f"{name} returns something other than floats; write 0.0 instead of 0")
