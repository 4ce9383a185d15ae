"""From a plugin's functions and rules to C functions that the kernels call through pointers.

The kernels are compiled once and know no function by name: they are handed addresses. For each class of a plugin, a small module is
written that loops its formula over a row of cases (or over the weights), and numba compiles that, formula inlined. Machine code is
kept under a name that changes with the formula and all that it refers to (`fingerprint`); a method or a module's number that is
assigned anew, as in a notebook, is compiled anew.

A formula is called back in Python through the same pointer, with the same numbers, slower, and a warning says so once, when numba
refuses it; when it refers to what may change, as lists, arrays and objects do; and when it raises, which compiled code cannot.

One thing differs between the two. Outside a function's domain, Python raises: ``math.sqrt(-1.0)`` and ``math.log(0.0)`` a ValueError,
``1.0 / 0.0`` a ZeroDivisionError, ``math.exp(1000.0)`` an OverflowError. Compiled, they are NaN or infinite, as in C; training then
stops as diverged.
"""

from __future__ import annotations

import hashlib
import math
import sys
import warnings
from collections.abc import Callable, Hashable
from dataclasses import fields
from functools import partial
from inspect import getattr_static
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas import templates
from connectionist_plugins.engines.compiled.formulas.dry_run import joint_stays_within
from connectionist_plugins.engines.compiled.formulas.elementary import exponential, logarithm
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, fingerprint, outside, text_of
from connectionist_plugins.engines.compiled.formulas.python_fallback import called_back
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_cfunc
from connectionist_plugins.engines.compiled.precision import Precision

_ELEMENTARY: dict[Any, Any] = {math.exp: exponential, math.log: logarithm}
_MATH = ModuleType("math")
vars(_MATH).update({name: _ELEMENTARY.get(value, value) for name, value in vars(math).items() if not name.startswith("__")})

_compiled: dict[tuple[str, ...], ModuleType | None] = {}  # by text and fingerprints; None where it could not be compiled
_warned: set[tuple[type, str, str]] = set()  # what has been warned of


class CompilationWarning(UserWarning):
    """A plugin's formula runs in Python because it cannot be compiled."""


def parameters(thing: object) -> Array:
    """Return a plugin object's numeric parameters, in the order of its fields, as the compiled formula takes them."""
    return np.array([float(getattr(thing, name)) for name in _numeric_fields(thing)] or [0.0])


def address(thing: object, role: str, number: Precision) -> int:
    """Return the address of the C function for one role of a plugin object.

    Parameters
    ----------
    thing : object
        An activation function, error function or rule.
    role : str
        One of the names in `templates.ROLES`.
    number : {"float64", "float32"}
        What the arrays hold that it is called with.

    Returns
    -------
    int
    """
    compiled = _address(thing, role, number)
    return compiled if compiled is not None else called_back(thing, role, number)


def joint_address(function: object, role: str, number: Precision, units: int) -> int:
    """Return the address for one role of a joint activation function, for groups of so many units."""
    return address(function, role, number) if joint_stays_within(function, role, units) else called_back(function, role, number)


def change_address(rule: Rule, rates: Array, number: Precision) -> int:
    """Return the address of a rule's change, for weights with these rates."""
    return address(rule, "change", number) if _follows(rule, rates) else called_back(rule, "change", number)


def _follows(rule: Rule, rates: Array) -> bool:
    """Whether of the rule's parameters only the rate itself changes with the rate, as the compiled formula takes it."""
    names, own = _numeric_fields(rule), parameters(rule)
    for rate in np.unique(rates[~np.isnan(rates) & (rates != getattr(rule, "rate", np.nan))]):
        expected = [rate if name == "rate" else value for name, value in zip(names, own, strict=False)] or [0.0]
        if not np.array_equal(parameters(rule.with_rate(float(rate))), expected, equal_nan=True):
            return False
    return True


def _address(thing: Any, role: str, number: Precision) -> int | None:
    kind, names = type(thing), _numeric_fields(thing)
    try:
        if len(names) < len(fields(kind)):
            raise NotCompilable("a parameter is not a number")
        methods = {name: _method(kind, name) for name in templates.methods(role, kind)}
        text = templates.module_text(role, kind, names, number)
        key = (kind.__name__, text, *(fingerprint(method) for method in methods.values()))
        if key not in _compiled:
            _compiled[key] = None  # unless what follows goes well
            _compiled[key] = _module(f"{kind.__name__}_{role}", text, methods, key)
    except Exception as error:  # numba raises many kinds, of its own and of others
        _warn(kind, role, error)
        return None
    module = _compiled[key]
    return None if module is None else int(module.native.address)


def _method(kind: type, name: str) -> FunctionType:
    method = getattr_static(kind, name)
    if not isinstance(method, FunctionType):
        raise NotCompilable(f"{name} is not an ordinary method")
    return method


def _warn(kind: Any, role: str, error: Exception) -> None:
    lines = [line for line in str(error).strip().splitlines() if line and not line.startswith("Failed in nopython mode")]
    reason = next(iter(lines), type(error).__name__)
    if (kind, role, reason) not in _warned:
        _warned.add((kind, role, reason))
        what = reason if isinstance(error, NotCompilable) else f"{type(error).__name__}: {reason}"
        warnings.warn(
            f"{getattr(kind, 'name', kind.__name__)}: cannot be compiled ({what}); it runs in Python, with the same numbers, slower",
            CompilationWarning,
            stacklevel=2,
        )


def _module(title: str, text: str, methods: dict[str, FunctionType], key: tuple[str, ...]) -> ModuleType:
    """Compile and load the module that loops a class's formula; straight from the cache when it is there."""
    name = f"{title}_{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}"
    module = sys.modules[name] = ModuleType(name)  # where numba looks for what is kept
    for role, method in methods.items():
        setattr(module, role, _in_machine_code(method))
    vars(module)["cached_cfunc"] = partial(cached_cfunc, name=name)
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def _in_machine_code(function: FunctionType) -> Callable[..., Any]:
    """Return a function for numba, and with it those that it refers to, with an exp and a log that can be vectorised."""
    names = {reference.name for reference in text_of(function.__code__).references} - set(function.__code__.co_freevars)
    swapped = {**function.__globals__, **{name: _for_numba(outside(function, name)) for name in names}}
    copy = FunctionType(function.__code__, swapped, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    compiled: Callable[..., Any] = numba.njit(copy, error_model="numpy", forceinline=True)
    return compiled


def _for_numba(value: Any) -> Any:
    if value is math:
        return _MATH
    if isinstance(value, Hashable) and value in _ELEMENTARY:
        return _ELEMENTARY[value]
    return _in_machine_code(value) if isinstance(value, FunctionType) else value


def _numeric_fields(thing: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(thing) if isinstance(getattr(thing, field.name), (int, float)))
