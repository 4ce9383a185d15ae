"""The functions that formulas may call, with what Python may raise in them."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist_plugins.engines.compiled.formulas.elementary import LN_OF_GREATEST, bounded_exponential, exponential, logarithm, logistic
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import of_float
from connectionist_plugins.engines.compiled.kernel_compiler.values import Constant, Value

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.formulas.formula_compiler import FormulaCompiler


def _exp(compiler: FormulaCompiler, node: ast.expr, number: Value) -> Value:
    if compiler.is_not_positive(node):
        return compiler.kernel(bounded_exponential, number)
    compiler.mark(compiler.arithmetic.compare("Gt", number, Constant(LN_OF_GREATEST)).llvm)
    return compiler.kernel(exponential, number)


def _log(compiler: FormulaCompiler, node: ast.expr, number: Value) -> Value:
    if not compiler.is_positive(node):
        compiler.mark(compiler.arithmetic.compare("LtE", number, Constant(0.0)).llvm)
    return compiler.kernel(logarithm, number)


def _log1p(compiler: FormulaCompiler, node: ast.expr, number: Value) -> Value:
    if not compiler.is_not_negative(node):
        compiler.mark(compiler.arithmetic.compare("LtE", number, Constant(-1.0)).llvm)
    return of_float("log1p", is_external=True)(compiler.arithmetic, number)


def _sqrt(compiler: FormulaCompiler, node: ast.expr, number: Value) -> Value:
    if not compiler.is_positive(node):
        compiler.mark(compiler.arithmetic.compare("Lt", number, Constant(0.0)).llvm)
    return of_float("sqrt")(compiler.arithmetic, number)


def _logistic(compiler: FormulaCompiler, _: ast.expr, number: Value) -> Value:
    return compiler.kernel(logistic, number)


def _abs(compiler: FormulaCompiler, _: ast.expr, number: Value) -> Value:
    return of_float("fabs")(compiler.arithmetic, number)


def _tanh(compiler: FormulaCompiler, _: ast.expr, number: Value) -> Value:
    return of_float("tanh", is_external=True)(compiler.arithmetic, number)


def _circular(name: str) -> Callable[[FormulaCompiler, ast.expr, Value], Value]:
    """Return the code for sin or cos, whose result is NaN for an argument that is infinite, where Python raises, or NaN."""

    def emit(compiler: FormulaCompiler, _: ast.expr, number: Value) -> Value:
        result = of_float(name, is_external=True)(compiler.arithmetic, number)
        compiler.mark(compiler.arithmetic.compare("NotEq", result, result).llvm)
        return result

    return emit


def _float(_: FormulaCompiler, __: ast.expr, number: Value) -> Value:
    return number


FUNCTIONS: dict[Any, Callable[[FormulaCompiler, ast.expr, Value], Value]] = {
    float: _float,
    math.exp: _exp,
    math.log: _log,
    math.log1p: _log1p,
    math.sqrt: _sqrt,
    cn.logistic: _logistic,
    math.fabs: _abs,
    math.tanh: _tanh,
    math.sin: _circular("sin"),
    math.cos: _circular("cos"),
    abs: _abs,
}
