"""The functions that a formula may call, and those that the pass `Guard` adds to formulas."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit
from numba.core.dispatcher import Dispatcher

from connectionist_plugins.engines.compiled.formulas import elementary, parameters
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import fma, from_bits, read_float, to_bits

ONE_ARGUMENT = """acos acosh asin asinh atan atanh cos cosh degrees erf erfc expm1 gamma lgamma log10 log1p log2 radians sin sinh sqrt tan
    tanh"""
UFUNCS = """arccos arccosh arcsin arcsinh arctan arctanh cos cosh exp expm1 log log10 log1p log2 sin sinh sqrt square tan tanh"""
GUARDED_MATH = [getattr(math, name) for name in ONE_ARGUMENT.split()] + [math.pow, math.hypot]
GUARDED_NUMPY = [getattr(np, name) for name in UFUNCS.split()]
SAFE_MATH = [math.fabs, math.copysign, math.atan2, math.isnan, math.isinf, math.isfinite]
SAFE_BUILTINS = [abs, min, max, len, range, float, bool, enumerate, zip]


def _guard(function: Callable[..., Any]) -> Any:
    return njit(error_model="numpy", forceinline=True)(function)


def _by_numba(kernel: Any) -> Any:
    """Return a kernel compiled by numba."""
    return _guard(FunctionType(kernel.function.__code__, kernel.function.__globals__ | _CALLED))


_CALLED: dict[str, Any] = {"fma": fma, "from_bits": from_bits, "to_bits": to_bits, "read_float": read_float}
_CALLED["remainder_and_scale"] = _by_numba(elementary.remainder_and_scale)
_CALLED["series_and_scale"] = _by_numba(elementary.series_and_scale)
exponential: Any = _by_numba(elementary.exponential)
logarithm: Any = _by_numba(elementary.logarithm)
logistic: Any = _by_numba(elementary.logistic)
plugin_of: Any = _by_numba(parameters.plugin_of)
activation_function_of: Any = _by_numba(parameters.activation_function_of)
reporter_of: Any = _by_numba(parameters.reporter_of)


@_guard
def is_zero(_, divisor):
    """Return whether a divisor is 0."""
    return divisor == 0


@_guard
def overflows(x):
    """Return whether e^x is greater than the greatest number."""
    return x > elementary.LN_OF_GREATEST


@_guard
def is_not_positive(x):
    """Return whether a number has no logarithm."""
    return x <= 0


@_guard
def is_negative(x):
    """Return whether a number is negative."""
    return x < 0


@_guard
def is_not_finite(x):
    """Return whether a number is infinite or NaN."""
    return not (x * 0.0 == 0.0)  # noqa: SIM201  (NaN differs from 0)


@_guard
def is_outside(array, index):
    """Return whether an index is out of an array's range."""
    return index < -len(array) or index >= len(array)


@_guard
def inside(array, index):
    """Return the index if it is in the array's range, else 0."""
    return index if -len(array) <= index < len(array) else 0


@_guard
def as_float(x):
    """Return a number or a truth value as a float. Numba's float does not take truth values."""
    return x * 1.0


@_guard
def either(first, second):
    """Return whether one of two is true."""
    return first | second


@_guard
def first_of(pair):
    """Return the value of a formula."""
    return pair[0]


@_guard
def second_of(pair):
    """Return whether a formula may have raised."""
    return pair[1]


ARGUMENT_GUARDS: dict[Any, Any] = {exponential: overflows, logarithm: is_not_positive, math.sqrt: is_negative}


def is_formula(function: Any) -> bool:
    """Return whether a function returns a pair, since it was compiled with this pass."""
    return isinstance(function, Dispatcher) and getattr(function, "is_formula", False)


def kind_of(function: Any) -> str:
    """Return "guarded" or "safe" for a function that a formula may call.

    Raises
    ------
    NotCompilable
        If it is any other function.
    """
    if function in (exponential, logarithm) or function in GUARDED_MATH or function in GUARDED_NUMPY:
        return "guarded"
    if function is logistic or function in SAFE_MATH or function in SAFE_BUILTINS:
        return "safe"
    name = getattr(function, "__name__", repr(function))
    module = getattr(function, "__module__", None)
    raise NotCompilable(f"it calls {name if module in (None, builtins.__name__) else f'{module}.{name}'}")
