"""Compile a plugin's formulas to C functions, which kernels call through addresses.

Kernels are compiled once and contain no formula. For each class of a plugin, a small module is written that loops its formula over rows
of cases or over weights (`templates`). This module is compiled with the formula inlined: a formula of floats by the engine's compiler
(`c_function`), any other by numba (`numba_formulas`). The machine code is cached under a digest of the formula and of all that it refers to
(`fingerprint`). If a method or a global number changes, as in a notebook, it is compiled again.

A formula runs in Python instead (`python_fallback`), with the same results but slower, and a warning says so once, in four cases:

- neither compiler can compile it
- it refers to lists, arrays or other objects, which may change
- it raises or catches exceptions, which compiled code cannot
- compiled code might compute something else (`permitted`)

Where Python would raise, for example ``math.log(0.0)`` or ``1.0 / 0.0``, the compiled formula says so (`guards`). It is then called in
Python for the same numbers, and its exception is raised.
"""

from __future__ import annotations

import hashlib
import math
import threading
from contextlib import suppress
from dataclasses import Field, fields, is_dataclass
from inspect import getattr_static
from types import FunctionType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.visible_text import shown
from connectionist_plugins.engines.compiled.formulas.block_signals import block_signals_module
from connectionist_plugins.engines.compiled.formulas.c_function import c_function_module
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, Snapshot, fingerprint
from connectionist_plugins.engines.compiled.formulas.module_text import Names, function_text, method_names, summarizes
from connectionist_plugins.engines.compiled.formulas.numba_errors import numba_reason, numba_warnings_in_words
from connectionist_plugins.engines.compiled.formulas.python_fallback import callback_address, reporter_table
from connectionist_plugins.engines.compiled.kernel_compiler.values import NotInSubset
from connectionist_plugins.engines.compiled.machine_code.code_cache import cached_code
from connectionist_plugins.engines.compiled.machine_code.llvm import load_object, object_code
from connectionist_plugins.engines.compiled.precision import Precision

MAX_WHOLE = 2**31  # greatest whole parameter
SIGNALS = ("signal", "phased_signal", "case_signals", "matrix_signals")  # roles of the formula of a procedure
KNOWN = "_known_addresses"  # attribute of the class of a plugin: addresses of its formulas, with snapshots
_compiled: dict[tuple[str, ...], int | str] = {}  # address by class, text and fingerprints; the reason, if it cannot be compiled
_compiling = threading.RLock()  # a second thread waits for a formula that the first one compiles
_warned: WeakKeyDictionary[type, set[str]] = WeakKeyDictionary()  # reason of each warning so far, by class


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


def block_signals_address(procedure: object, kept: list[object]) -> int:
    """Return the address of the C function of `block_signals` for a procedure; 0 if its formula cannot be compiled for vectors."""
    plugin_class, names = type(procedure), _numeric_fields(procedure)
    use = "block_signals", tuple(names.items())
    try:
        _check_parameters(procedure, names, SIGNALS[0])
        known: tuple[Snapshot | None, int] | None = vars(plugin_class).get(KNOWN, {}).get(use)
        if known is None or known[0] is None or not known[0].is_current():
            methods = {"signal": _plain_method(plugin_class, "signal")}
            key = repr(use), fingerprint(methods["signal"])
            with _compiling:
                if key not in _compiled:
                    _compiled[key] = _load_block_signals(methods["signal"], names, key)
                address = _compiled[key]
            if isinstance(address, str):
                return 0
            known = _remember(plugin_class, use, methods, address), address
    except NotCompilable:
        return 0
    kept += [procedure, *([] if known[0] is None else [known[0]])]
    return known[1]


def _load_block_signals(method: FunctionType, names: Names, key: tuple[str, ...]) -> int | str:
    """Return the address of a C function, or the reason why the formula cannot be compiled for vectors."""
    symbol = f"block_signals_{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}"
    try:
        code = cached_code(symbol, lambda: object_code(str(block_signals_module(symbol, method, names))))
    except Exception as error:  # of the compiler, for example for a function without a form for vectors
        return _reason(error)
    return load_object(code, (symbol,))[0]


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
    plugin_class, names = type(plugin), _names_in_formula(plugin, role)
    activation_names = None if activation_function is None else _names_in_formula(activation_function, role)
    try:
        _check_parameters(plugin, names, role)
        if activation_names is not None:
            _check_parameters(activation_function, activation_names, role)
        kinds = tuple(names.items()), None if activation_names is None else tuple(activation_names.items())
        use = role, precision, *kinds, summarizes(plugin_class)
        known: tuple[Snapshot, int] | None = vars(plugin_class).get(KNOWN, {}).get(use)
        if known is not None and known[0].is_current():
            return known
        methods = {name: _plain_method(plugin_class, name) for name in method_names(role, plugin_class)}
        text = function_text(role, plugin_class, names, precision, activation_names)
        formula = FormulaText(plugin_class.__name__, role, precision, text, tuple(names), tuple(activation_names or ()))
        address = _address_of(formula, methods, (repr(formula), *(fingerprint(method) for method in methods.values())))
        return _remember(plugin_class, use, methods, address), address
    except Exception as error:  # numba raises exceptions of many types
        _warn(plugin_class, error)
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


def _check_parameters(plugin: Any, names: Names, role: str) -> None:
    """Raise NotCompilable if a parameter is not a number, or not one that formulas can have.

    Other parameters of a procedure may be about its phases. Those that its formula does not read may be of any type.
    """
    read = plugin.signal.__code__.co_names if role in SIGNALS and hasattr(plugin.signal, "__code__") else None
    for field in _fields(plugin):
        kind = names.get(field.name)
        if kind is None and (read is None or field.name in read):
            wanted = "a parameter of a compiled formula must be a number"
        elif kind == "int" and abs(getattr(plugin, field.name)) > MAX_WHOLE:
            wanted = "a whole number in a parameter of a compiled formula must be from -2**31 to 2**31"
        else:
            continue
        raise NotCompilable(f"the parameter {field.name} is {shown(getattr(plugin, field.name))}; {wanted}")


class FormulaText(NamedTuple):
    """The C function for one role of a plugin class, as Python, and the names of the parameters."""

    class_name: str
    role: str
    precision: Precision
    text: str
    names: tuple[str, ...]
    activation_names: tuple[str, ...]


def _address_of(formula: FormulaText, methods: dict[str, FunctionType], key: tuple[str, ...]) -> int:
    """Return the address of a C function, which is compiled once per process.

    Raises
    ------
    NotCompilable
        If it cannot be compiled. Each call raises a new exception, since an exception keeps the plugin objects of its traceback.
    """
    with _compiling:
        if key not in _compiled:
            try:
                _compiled[key] = _load(formula, methods, key)
            except Exception as error:  # numba raises exceptions of many types
                _compiled[key] = _reason(error)
        address = _compiled[key]
    if isinstance(address, str):
        raise NotCompilable(address)
    return address


def _load(formula: FormulaText, methods: dict[str, FunctionType], key: tuple[str, ...]) -> int:
    """Compile a C function, or load its machine code from the cache."""
    symbol = f"{formula.class_name}_{formula.role}_{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}"
    names = tuple(each or ("nothing",) for each in (formula.names, formula.activation_names))

    def compiled() -> bytes:
        return object_code(str(c_function_module(symbol, formula.role, formula.text, methods, formula.precision, names)))

    try:
        code = cached_code(symbol, compiled)
    except NotInSubset:
        with numba_warnings_in_words():
            from connectionist_plugins.engines.compiled.formulas.numba_formulas import numba_address

        return numba_address(symbol, formula.role, formula.text, methods, formula.precision, names, uses_numpy="'ufunc'" in repr(key))
    return load_object(code, (symbol,))[0]


def _reason(error: Exception) -> str:
    if type(error).__module__.startswith("numba."):
        return numba_reason(error)
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return first if isinstance(error, NotCompilable) else f"{type(error).__name__}: {first}"


def _plain_method(plugin_class: type, name: str) -> FunctionType:
    method = getattr_static(plugin_class, name)
    if not isinstance(method, FunctionType):
        raise NotCompilable(f"{name} is not an ordinary method")
    return method


def _warn(plugin_class: Any, error: Exception) -> None:
    reason = _reason(error)
    warned = _warned.setdefault(plugin_class, set())
    if reason not in warned:
        warned.add(reason)
        name = getattr(plugin_class, "name", plugin_class.__name__)
        message = f"{name}: cannot be compiled ({reason}); it runs in Python, with the same results but slower"
        warn_caller(message, CompilationWarning)


def _fields(plugin: Any) -> tuple[Field[Any], ...]:
    """Return the declared parameters; a class without parameters need not be a dataclass."""
    return fields(plugin) if is_dataclass(plugin) else ()


def _names_in_formula(plugin: Any, role: str) -> Names:
    """Return the numeric parameters, where a number that is the default is a constant of the formula, which can then be simplified.

    A rule has no constants, since a projection may have its own rate.
    """
    names = _numeric_fields(plugin)
    if role in ("change", *SIGNALS):
        return names
    defaults = {field.name: field.default for field in _fields(plugin) if type(field.default) is float and math.isfinite(field.default)}
    is_default = {name for name, kind in names.items() if kind == "float" and repr(getattr(plugin, name)) == repr(defaults.get(name))}
    return {name: repr(defaults[name]) if name in is_default else kind for name, kind in names.items()}


def _numeric_fields(plugin: Any) -> Names:
    """Return the names of a plugin object's numeric parameters, each with its type in the formula."""
    return {
        field.name: "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"
        for field in _fields(plugin)
        if isinstance(value := getattr(plugin, field.name), (int, float))
    }
