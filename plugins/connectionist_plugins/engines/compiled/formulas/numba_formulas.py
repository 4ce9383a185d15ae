"""Compile formulas with numba: those with Python that `formula_compiler` does not know."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from types import CellType, FunctionType, ModuleType
from typing import Any

import numba
from numba.core.dispatcher import Dispatcher

import connectionist as cn
from connectionist.plugins.formula_faults import FORMULAS, NUMBERS_OF_UNITS, RESULTS
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, code_text, resolve
from connectionist_plugins.engines.compiled.formulas.guard_functions import exponential, logarithm, logistic
from connectionist_plugins.engines.compiled.formulas.permitted import NumbaCompiler
from connectionist_plugins.engines.compiled.formulas.templates import ROLES
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_cfunc
from connectionist_plugins.engines.compiled.numba_runtime.read_only import read_only
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

_ELEMENTARY: dict[Any, Any] = {math.exp: exponential, math.log: logarithm, cn.logistic: logistic}

Path = tuple[str, ...]  # attributes, one from the other, as in `Reference`

RETURNS = dict.fromkeys(("activation", "slope", "net_input", "error", "derivative", "cost", "signal"), "a number") | {
    "change": "floats",
    "compare_net_input": "floats",
    "summarize": "one number",
    **dict.fromkeys(RESULTS, "nothing"),
}

READERS = {method for _, methods in FORMULAS for method, kinds in methods.items() if NUMBERS_OF_UNITS in kinds}  # formulas that read arrays

HEAD = """\
from collections import namedtuple

from numba import carray
from numba.types import CPointer, float64, int64, void, {precision} as number

from connectionist_plugins.engines.compiled.formulas.guard_functions import activation_function_of, plugin_of, reporter_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, call_float

Parameters = namedtuple("Parameters", {names!r})
ActivationParameters = namedtuple("ActivationParameters", {activation_names!r})
numbers = CPointer(number)
float64s = CPointer(float64)
int64s = CPointer(int64)
BYTES = {item_bytes}
LANES = {lanes}
NAN = float("nan")


@cached_cfunc({signature}, error_model="numpy")
"""


def numba_address(
    title: str,
    role: str,
    text: str,
    methods: dict[str, FunctionType],
    precision: Precision,
    names: tuple[tuple[str, ...], ...],
    uses_numpy: bool,
) -> int:
    """Return the address of a C function, compiled by numba or loaded from the cache. Parameters as in `c_function_module`.

    Raises
    ------
    NotCompilable
        If NUMBA_DISABLE_JIT is set.
    """
    if getattr(numba.config, "DISABLE_JIT", 0):
        raise NotCompilable("numba does not compile, since NUMBA_DISABLE_JIT is set")
    module = sys.modules[title] = ModuleType(title)  # numba looks here for the module of cached code
    for name, method in methods.items():
        compiled = _njit_formula(method, is_method=True, returns=RETURNS[name], uses_numpy=uses_numpy)
        setattr(module, name, _on_read_only(name, compiled, method.__code__.co_argcount) if name in READERS else compiled)
    vars(module)["cached_cfunc"] = partial(cached_cfunc, name=title)
    head = HEAD.format(
        precision=precision,
        names=names[0],
        activation_names=names[1],
        item_bytes=FLOAT_BYTES[precision],
        lanes=VECTOR_BYTES // FLOAT_BYTES[precision],
        signature=ROLES[role].signature,
    )
    exec(compile(head + text, f"<{title}>", "exec", dont_inherit=True), vars(module))
    return int(module.c_function.address)


def _on_read_only(name: str, compiled: Any, count: int) -> Any:
    """Return a compiled method that gets read-only arrays, except those that receive its results."""
    given = [f"_{index}" for index in range(count)]
    passed = [each if index in RESULTS.get(name, ()) else f"read_only({each})" for index, each in enumerate(given)]
    defined: dict[str, Any] = {"read_only": read_only, "compiled": compiled}
    exec(f"def {name}({', '.join(given)}): return compiled({', '.join(passed)})", defined)
    return numba.njit(defined[name], error_model="numpy", forceinline=True)


def _njit_formula(function: FunctionType, **attributes: object) -> Callable[..., Any]:
    """Return a function compiled by numba, with the functions that it refers to, and with those of `_ELEMENTARY` in their vectorized form.

    The compiled function returns a pair, see `guards`. The attributes are those that `permitted` describes.
    """
    read: dict[str, list[Path]] = {name: [] for name in function.__code__.co_freevars}  # what the code reads from each name
    for reference in code_text(function.__code__).references:
        read.setdefault(reference.name, []).append(reference.path)
    referred = {name: _numba_equivalent(resolve(function, name), attributes, read[name]) for name in read}
    cells = tuple(CellType(referred.pop(name)) for name in function.__code__.co_freevars)
    module = {name: value for name, value in function.__globals__.items() if name == "__name__"}  # all else would be kept for ever
    copy = FunctionType(function.__code__, module | referred, function.__name__, function.__defaults__, cells)
    copy.__kwdefaults__ = function.__kwdefaults__
    vars(copy).update(attributes)
    compiled: Any = numba.njit(copy, error_model="numpy", forceinline=True, pipeline_class=NumbaCompiler)
    compiled.is_formula = True
    return compiled  # type: ignore[no-any-return]


def _numba_equivalent(value: Any, attributes: dict[str, object], read: Iterable[Path] = ()) -> Any:
    """Return what numba compiles in place of a value. A module has the attributes that a formula reads, also from modules in it."""
    if isinstance(value, ModuleType):
        module, inner = ModuleType(value.__name__), dict[str, list[Path]]()
        for name, *rest in filter(None, read):
            inner.setdefault(name, []).append(tuple(rest))
        vars(module).update({name: _numba_equivalent(getattr(value, name), attributes, inner[name]) for name in inner})
        return module
    if isinstance(value, Hashable) and value in _ELEMENTARY:
        return _ELEMENTARY[value]
    function = value.py_func if isinstance(value, Dispatcher) else value
    if not isinstance(function, FunctionType):
        return value
    return _njit_formula(function, **(attributes | {"is_method": False, "returns": "one kind"}))
