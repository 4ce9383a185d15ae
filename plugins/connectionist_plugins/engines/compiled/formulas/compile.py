"""Compile a plugin's formulas to C functions, which kernels call through addresses.

Kernels are compiled once and contain no formula. For each class of a plugin, a small module is written that loops its formula over rows
of cases or over weights (`templates`). Numba compiles this module with the formula inlined. The machine code is cached under a digest of
the formula and of all that it refers to (`fingerprint`). If a method or a global number changes, as in a notebook, it is compiled again.

A formula runs in Python instead (`python_fallback`), with the same results but slower, and a warning says so once, in four cases:

- numba cannot compile it
- it refers to lists, arrays or other objects, which may change
- it raises or catches exceptions, which compiled code cannot
- compiled code might compute something else (`permitted`)

Where Python would raise, for example ``math.log(0.0)`` or ``1.0 / 0.0``, the compiled formula says so (`guards`). It is then called in
Python for the same numbers, and its exception is raised.
"""

from __future__ import annotations

import hashlib
import math
import sys
import threading
import warnings
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import Field, fields, is_dataclass
from functools import partial
from inspect import getattr_static
from types import CellType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas.elementary import exponential, logarithm
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, Snapshot, code_text, fingerprint, resolve
from connectionist_plugins.engines.compiled.formulas.module_text import Names, method_names, module_text, summarizes
from connectionist_plugins.engines.compiled.formulas.permitted import MAX_WHOLE, FormulaCompiler
from connectionist_plugins.engines.compiled.formulas.python_fallback import callback_address, reporter_table
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_cfunc
from connectionist_plugins.engines.compiled.precision import Precision

KNOWN = "_known_addresses"  # attribute of the class of a plugin: addresses of its formulas, with snapshots
_ELEMENTARY: dict[Any, Any] = {math.exp: exponential, math.log: logarithm}
_MATH = ModuleType("math")
vars(_MATH).update({name: _ELEMENTARY.get(value, value) for name, value in vars(math).items() if not name.startswith("__")})

RETURNS = dict.fromkeys(("activation", "slope", "error", "derivative", "signal"), "a number") | {
    "change": "floats",
    "compare_net_input": "floats",
    "summarize": "one kind",
}
_compiled: dict[tuple[str, ...], ModuleType | str] = {}  # by class, text and fingerprints; the reason, if it cannot be compiled
_compiling = threading.RLock()  # a second thread waits for a formula that the first one compiles
_warned: WeakKeyDictionary[type, set[tuple[str, str]]] = WeakKeyDictionary()  # role and reason of each warning so far, by class


class CompilationWarning(UserWarning):
    """A plugin's formula runs in Python because it cannot be compiled."""


def parameter_values(plugin: object, precision: Precision, activation_function: object = None) -> Array:
    """Return what a C function reads about a plugin object.

    Parameters
    ----------
    plugin : object
    precision : {"float64", "float32"}
    activation_function : object
        Activation function of a paired error function; None for other roles.

    Returns
    -------
    float64 array
        The numeric parameters in the order of the object's fields, or one 0 if it has none. The same for the activation function, with
        the bits of its address. Then the bits of two addresses: of the object, and of `python_fallback.reporter_table`.
    """
    paired = [] if activation_function is None else [_numbers(activation_function), _bits(id(activation_function))]
    return np.concatenate([_numbers(plugin), *paired, _bits(id(plugin), reporter_table(precision))])


def _bits(*addresses: int) -> Array:
    return np.array(addresses).view(np.float64)


def _numbers(plugin: object) -> Array:
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
        Receives the objects that the caller must keep as long as it uses the address. Among them is the `Snapshot` of a compiled formula,
        if there is one: the address remains that of the formula as long as the snapshot is current and the parameters are the same.
    activation_function : object
        Activation function of a paired error function, whose parameters the formulas may read; None for other roles.
    """
    kept += [plugin, activation_function]
    compiled = _compiled_address(plugin, role, precision, activation_function)
    if compiled is None:
        return callback_address(plugin, role, precision, kept, activation_function)
    snapshot, address = compiled
    kept += [] if snapshot is None else [snapshot]
    return address


def change_address(rule: Rule, rates: Array, precision: Precision, kept: list[object]) -> int:
    """Return the address of a rule's formula for Δw, for weights with the given rates; see `formula_address`."""
    is_safe = _only_rate_changes(rule, rates)
    return (formula_address if is_safe else callback_address)(rule, "change", precision, kept)


def _only_rate_changes(rule: Rule, rates: Array) -> bool:
    """Return whether `rate` is the only parameter of the rule that differs between rates, as the compiled formula assumes."""
    if len(rates) == 1 and rates[0] == getattr(rule, "rate", np.nan):
        return True
    names, own = _numeric_fields(rule), _numbers(rule)
    for rate in np.unique(rates[~np.isnan(rates) & (rates != getattr(rule, "rate", np.nan))]):
        expected = [rate if name == "rate" else value for name, value in zip(names, own, strict=False)] or [0.0]
        if not np.array_equal(_numbers(rule.with_rate(float(rate))), expected, equal_nan=True):
            return False
    return True


def _compiled_address(plugin: Any, role: str, precision: Precision, activation_function: Any = None) -> tuple[Snapshot | None, int] | None:
    """Return the address of a compiled formula, with its snapshot unless the class cannot keep one; None if it cannot be compiled."""
    plugin_class, names = type(plugin), _numeric_fields(plugin)
    activation_names = None if activation_function is None else _numeric_fields(activation_function)
    try:
        _check_parameters(plugin, names)
        if activation_names is not None:
            _check_parameters(activation_function, activation_names)
        kinds = tuple(names.items()), None if activation_names is None else tuple(activation_names.items())
        use = role, precision, *kinds, summarizes(plugin_class)
        known: tuple[Snapshot, int] | None = vars(plugin_class).get(KNOWN, {}).get(use)
        if known is not None and known[0].is_current():
            return known
        methods = {name: _plain_method(plugin_class, name) for name in method_names(role, plugin_class)}
        text = module_text(role, plugin_class, names, precision, activation_names)
        key = (plugin_class.__name__, text, *(fingerprint(method) for method in methods.values()))
        address = int(_module_of(f"{plugin_class.__name__}_{role}", text, methods, key).c_function.address)
        return _remember(plugin_class, use, methods, address), address
    except Exception as error:  # numba raises exceptions of many types
        _warn(plugin_class, role, error)
        return None


def _remember(plugin_class: type, use: tuple[object, ...], methods: dict[str, FunctionType], address: int) -> Snapshot | None:
    """Keep an address with the class of the plugin, so that it is found without a fingerprint as long as nothing has changed."""
    with suppress(NotCompilable, AttributeError, TypeError):  # a class may not allow it
        if KNOWN not in vars(plugin_class):
            setattr(plugin_class, KNOWN, {})
        snapshot = Snapshot(plugin_class, methods)
        vars(plugin_class)[KNOWN][use] = snapshot, address
        return snapshot
    return None


def _check_parameters(plugin: Any, names: Names) -> None:
    if len(names) < len(_fields(plugin)):
        raise NotCompilable("a parameter is not a number")
    if any(kind == "int" and abs(getattr(plugin, name)) > MAX_WHOLE for name, kind in names.items()):
        raise NotCompilable("a parameter is a whole number that is too great")


def _module_of(title: str, text: str, methods: dict[str, FunctionType], key: tuple[str, ...]) -> ModuleType:
    """Return the module of a class's formula, which is compiled once per process.

    Raises
    ------
    NotCompilable
        If it cannot be compiled. Each call raises a new exception, since an exception keeps the plugin objects of its traceback.
    """
    with _compiling:
        if key not in _compiled:
            try:
                _compiled[key] = _load_module(title, text, methods, key)
            except Exception as error:  # numba raises exceptions of many types
                _compiled[key] = _reason(error)
        module = _compiled[key]
    if isinstance(module, str):
        raise NotCompilable(module)
    return module


def _reason(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line and not line.startswith("Failed in nopython mode")]
    first = next(iter(lines), type(error).__name__)
    return first if isinstance(error, NotCompilable) else f"{type(error).__name__}: {first}"


def _plain_method(plugin_class: type, name: str) -> FunctionType:
    method = getattr_static(plugin_class, name)
    if not isinstance(method, FunctionType):
        raise NotCompilable(f"{name} is not an ordinary method")
    return method


def _warn(plugin_class: Any, role: str, error: Exception) -> None:
    reason = _reason(error)
    warned = _warned.setdefault(plugin_class, set())
    if (role, reason) not in warned:
        warned.add((role, reason))
        name = getattr(plugin_class, "name", plugin_class.__name__)
        message = f"{name}: cannot be compiled ({reason}); it runs in Python, with the same results but slower"
        warnings.warn(message, CompilationWarning, stacklevel=2)


def _load_module(title: str, text: str, methods: dict[str, FunctionType], key: tuple[str, ...]) -> ModuleType:
    """Compile the module that loops a class's formula, or load its machine code from the cache."""
    name = f"{title}_{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}"
    module = sys.modules[name] = ModuleType(name)  # numba looks here for the module of cached code
    uses_numpy = "'ufunc'" in repr(key)
    for role, method in methods.items():
        returns = RETURNS.get(role, "any")
        setattr(module, role, _njit_formula(method, is_method=True, returns=returns, uses_numpy=uses_numpy))
    vars(module)["cached_cfunc"] = partial(cached_cfunc, name=name)
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def _njit_formula(function: FunctionType, **attributes: object) -> Callable[..., Any]:
    """Return a function compiled by numba, with the functions that it refers to, and with an exp and a log that can be vectorized.

    The compiled function returns a pair, see `guards`. The attributes are those that `permitted` describes.
    """
    names = {reference.name for reference in code_text(function.__code__).references} - set(function.__code__.co_freevars)
    referred = {name: _numba_equivalent(resolve(function, name), attributes) for name in names}
    cells = tuple(CellType(_numba_equivalent(cell.cell_contents, attributes)) for cell in function.__closure__ or ())
    module = {name: value for name, value in function.__globals__.items() if name == "__name__"}  # all else would be kept for ever
    copy = FunctionType(function.__code__, module | referred, function.__name__, function.__defaults__, cells)
    copy.__kwdefaults__ = function.__kwdefaults__
    vars(copy).update(attributes)
    compiled: Any = numba.njit(copy, error_model="numpy", forceinline=True, pipeline_class=FormulaCompiler)
    compiled.is_formula = True
    return compiled  # type: ignore[no-any-return]


def _numba_equivalent(value: Any, attributes: dict[str, object]) -> Any:
    if value is math:
        return _MATH
    if isinstance(value, Hashable) and value in _ELEMENTARY:
        return _ELEMENTARY[value]
    function = value.py_func if isinstance(value, Dispatcher) else value
    if not isinstance(function, FunctionType):
        return value
    return _njit_formula(function, **(attributes | {"is_method": False, "returns": "one kind"}))


def _fields(plugin: Any) -> tuple[Field[Any], ...]:
    """Return the declared parameters; a class without parameters need not be a dataclass."""
    return fields(plugin) if is_dataclass(plugin) else ()


def _numeric_fields(plugin: Any) -> Names:
    """Return the names of a plugin object's numeric parameters, each with its type in the formula."""
    return {
        field.name: "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"
        for field in _fields(plugin)
        if isinstance(value := getattr(plugin, field.name), (int, float))
    }
