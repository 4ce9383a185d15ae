"""Compile a plugin's formulas to C functions, which kernels call through addresses.

Kernels are compiled once and contain no formula. For each class of a plugin, a small module is written that loops its formula over rows
of cases or over weights (`templates`). Numba compiles this module with the formula inlined. The machine code is cached under a digest of
the formula and of all that it refers to (`fingerprint`). If a method or a global number changes, as in a notebook, it is compiled again.

A formula runs in Python instead (`python_fallback`), with the same results but slower, and a warning says so once, in three cases:

- numba cannot compile it
- it refers to lists, arrays or other objects, which may change
- it raises or catches exceptions, which compiled code cannot

The two ways differ outside a function's domain. In Python, ``math.sqrt(-1.0)`` and ``math.log(0.0)`` raise ValueError, ``1.0 / 0.0``
raises ZeroDivisionError, ``math.exp(1000.0)`` raises OverflowError. Compiled formulas return NaN or infinity, as in C; training then
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
from weakref import WeakKeyDictionary

import numba
import numpy as np

from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas import templates
from connectionist_plugins.engines.compiled.formulas.dry_run import joint_stays_in_bounds
from connectionist_plugins.engines.compiled.formulas.elementary import exponential, logarithm
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, code_text, fingerprint, resolve
from connectionist_plugins.engines.compiled.formulas.python_fallback import callback_address
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_cfunc
from connectionist_plugins.engines.compiled.precision import Precision

_ELEMENTARY: dict[Any, Any] = {math.exp: exponential, math.log: logarithm}
_MATH = ModuleType("math")
vars(_MATH).update({name: _ELEMENTARY.get(value, value) for name, value in vars(math).items() if not name.startswith("__")})

_compiled: dict[tuple[str, ...], ModuleType | None] = {}  # by class, text and fingerprints; None if compilation failed
_warned: WeakKeyDictionary[type, set[tuple[str, str]]] = WeakKeyDictionary()  # role and reason of each warning so far, by class


class CompilationWarning(UserWarning):
    """A plugin's formula runs in Python because it cannot be compiled."""


def parameter_values(plugin: object) -> Array:
    """Return a plugin object's numeric parameters in the order of its fields, or one 0 if it has none."""
    return np.array([float(getattr(plugin, name)) for name in _numeric_fields(plugin)] or [0.0])


def formula_address(plugin: object, role: str, precision: Precision, kept: list[object], activation_function: object = None) -> int:
    """Return the address of the C function for one role of a plugin object.

    Parameters
    ----------
    plugin : object
        Activation function, error function or rule.
    role : str
        One of the names in `templates.ROLES`.
    precision : {"float64", "float32"}
        Type of the arrays with which the function is called.
    kept : list
        Receives the objects that the caller must keep as long as it uses the address.
    activation_function : object
        Activation function of a paired error function, whose parameters the formulas may read; None for other roles.
    """
    compiled = _compiled_address(plugin, role, precision, activation_function)
    return compiled if compiled is not None else callback_address(plugin, role, precision, kept, activation_function)


def joint_formula_address(
    function: object, role: str, precision: Precision, units: int, kept: list[object], activation_function: object = None
) -> int:
    """Return the address for one role of a joint function, for a group of `units` units; see `formula_address`."""
    is_safe = joint_stays_in_bounds(function, role, units, activation_function)
    return (formula_address if is_safe else callback_address)(function, role, precision, kept, activation_function)


def change_address(rule: Rule, rates: Array, precision: Precision, kept: list[object]) -> int:
    """Return the address of a rule's formula for Δw, for weights with the given rates; see `formula_address`."""
    is_safe = _only_rate_changes(rule, rates)
    return (formula_address if is_safe else callback_address)(rule, "change", precision, kept)


def _only_rate_changes(rule: Rule, rates: Array) -> bool:
    """Return whether `rate` is the only parameter of the rule that differs between rates, as the compiled formula assumes."""
    names, own = _numeric_fields(rule), parameter_values(rule)
    for rate in np.unique(rates[~np.isnan(rates) & (rates != getattr(rule, "rate", np.nan))]):
        expected = [rate if name == "rate" else value for name, value in zip(names, own, strict=False)] or [0.0]
        if not np.array_equal(parameter_values(rule.with_rate(float(rate))), expected, equal_nan=True):
            return False
    return True


def _compiled_address(plugin: Any, role: str, precision: Precision, activation_function: Any = None) -> int | None:
    plugin_class, names = type(plugin), _numeric_fields(plugin)
    activation_names = {} if activation_function is None else _numeric_fields(activation_function)
    try:
        if len(names) < len(fields(plugin_class)):
            raise NotCompilable("a parameter is not a number")
        if activation_function is not None and len(activation_names) < len(fields(activation_function)):
            raise NotCompilable("a parameter of the activation function is not a number")
        methods = {name: _plain_method(plugin_class, name) for name in templates.method_names(role, plugin_class)}
        text = templates.module_text(role, plugin_class, names, precision, activation_names)
        key = (plugin_class.__name__, text, *(fingerprint(method) for method in methods.values()))
        if key not in _compiled:
            _compiled[key] = None  # replaced if compilation succeeds
            _compiled[key] = _load_module(f"{plugin_class.__name__}_{role}", text, methods, key)
    except Exception as error:  # numba raises exceptions of many types
        _warn(plugin_class, role, error)
        return None
    module = _compiled[key]
    return None if module is None else int(module.c_function.address)


def _plain_method(plugin_class: type, name: str) -> FunctionType:
    method = getattr_static(plugin_class, name)
    if not isinstance(method, FunctionType):
        raise NotCompilable(f"{name} is not an ordinary method")
    return method


def _warn(plugin_class: Any, role: str, error: Exception) -> None:
    lines = [line for line in str(error).strip().splitlines() if line and not line.startswith("Failed in nopython mode")]
    reason = next(iter(lines), type(error).__name__)
    warned = _warned.setdefault(plugin_class, set())
    if (role, reason) not in warned:
        warned.add((role, reason))
        cause = reason if isinstance(error, NotCompilable) else f"{type(error).__name__}: {reason}"
        name = getattr(plugin_class, "name", plugin_class.__name__)
        message = f"{name}: cannot be compiled ({cause}); it runs in Python, with the same results but slower"
        warnings.warn(message, CompilationWarning, stacklevel=2)


def _load_module(title: str, text: str, methods: dict[str, FunctionType], key: tuple[str, ...]) -> ModuleType:
    """Compile the module that loops a class's formula, or load its machine code from the cache."""
    name = f"{title}_{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}"
    module = sys.modules[name] = ModuleType(name)  # numba looks here for the module of cached code
    for role, method in methods.items():
        setattr(module, role, _njit_formula(method))
    vars(module)["cached_cfunc"] = partial(cached_cfunc, name=name)
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def _njit_formula(function: FunctionType) -> Callable[..., Any]:
    """Return a function compiled by numba, with the functions that it refers to, and with an exp and a log that can be vectorized."""
    names = {reference.name for reference in code_text(function.__code__).references} - set(function.__code__.co_freevars)
    referred = {name: _numba_equivalent(resolve(function, name)) for name in names}
    module = {name: value for name, value in function.__globals__.items() if name == "__name__"}  # all else would be kept for ever
    copy = FunctionType(function.__code__, module | referred, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    compiled: Callable[..., Any] = numba.njit(copy, error_model="numpy", forceinline=True)
    return compiled


def _numba_equivalent(value: Any) -> Any:
    if value is math:
        return _MATH
    if isinstance(value, Hashable) and value in _ELEMENTARY:
        return _ELEMENTARY[value]
    return _njit_formula(value) if isinstance(value, FunctionType) else value


def _numeric_fields(plugin: Any) -> templates.Names:
    return {
        field.name: isinstance(value, bool) for field in fields(plugin) if isinstance(value := getattr(plugin, field.name), (int, float))
    }
