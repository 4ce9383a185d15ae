"""What a formula depends on, as text: its code, and by value everything that the code refers to.

numba freezes what a formula refers to when it compiles it. So machine code may be used again only where all of that is the same,
and what cannot be told by value (a list, an array, an object) must not be frozen at all: the formula is then called back in Python.

| referred to | told by |
| --- | --- |
| numbers, text, None, tuples of these | type and value |
| functions written in Python, compiled by numba or not | code, defaults, closure, and what these refer to |
| functions of C, numpy's functions, builtin types | qualified name |
| modules | what is taken out of them |
"""

from __future__ import annotations

import builtins
import dis
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
from numba.core.dispatcher import Dispatcher

PLAIN = (bool, int, float, complex, str, bytes, type(None))
FROM_OUTSIDE = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_CLASSDEREF")
OUT_OF_MODULE = ("LOAD_ATTR", "LOAD_METHOD")


class NotCompilable(Exception):  # noqa: N818  (a reason, caught by `native`)
    """Why a formula has to be called back in Python."""


class Reference(NamedTuple):
    """A name from outside a function, with the names taken out of it one after the other."""

    name: str
    path: tuple[str, ...]


class Text(NamedTuple):
    """What a function's code says by itself, the names it refers to, and whether it picks out of something by a number it works out."""

    body: str
    references: tuple[Reference, ...]
    picks: bool


def fingerprint(function: Any) -> str:
    """Return a text that is the same as long as a function, and all that it refers to, means the same.

    Raises
    ------
    NotCompilable
        When it refers to something that cannot be told by value, calls itself, raises, or may pick outside a tuple.
    """
    return repr(_function(function, ()))


def outside(function: FunctionType, name: str) -> Any:
    """Return what a name from outside a function stands for."""
    if name in function.__code__.co_freevars and function.__closure__ is not None:
        try:
            return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents
        except ValueError:
            raise NotCompilable(f"{name} has no value yet") from None
    for names in (function.__globals__, vars(builtins)):
        if name in names:
            return names[name]
    raise NotCompilable(f"name {name!r} is not defined")


@cache
def text_of(code: CodeType) -> Text:
    """Return what is in a code object and those within it."""
    instructions = [each for each in dis.get_instructions(code) if each.opname not in ("EXTENDED_ARG", "CACHE", "NOP")]
    _check_exceptions(code, instructions)
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_kwonlyargcount, code.co_flags)
    bodies = [repr((code.co_code, [_constant(constant) for constant in code.co_consts], names))]
    references, picks = dict.fromkeys(_references(code, instructions)), _picks(instructions)
    for text in map(text_of, inner):
        bodies.append(text.body)
        references |= dict.fromkeys(each for each in text.references if each.name not in code.co_cellvars)
        picks |= text.picks
    return Text(hashlib.sha256("".join(bodies).encode()).hexdigest(), tuple(references), picks)


def _function(function: Any, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(function, Dispatcher):
        return (sorted(map(repr, function.targetoptions.items())), _function(function.py_func, callers))
    if not isinstance(function, FunctionType):
        raise NotCompilable(f"{function!r} is not a function written in Python")
    if function in callers:
        raise NotCompilable(f"{function.__name__} calls itself")
    text, callers = text_of(function.__code__), (*callers, function)
    defaults = (function.__defaults__ or (), tuple(sorted((function.__kwdefaults__ or {}).items())))
    referred = [_referred(function, each, callers) for each in text.references]
    if text.picks and any(each[1] == "tuple" for each in referred):
        raise NotCompilable(f"{function.__name__} picks out of a tuple by a number that may be outside it")
    return (text.body, _value("defaults", defaults, callers), *referred)


def _referred(function: FunctionType, reference: Reference, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    name, value = reference.name, outside(function, reference.name)
    for attribute in reference.path:
        if not isinstance(value, ModuleType):
            break
        name = f"{name}.{attribute}"
        if not hasattr(value, attribute):
            raise NotCompilable(f"{name} is not defined")
        value = getattr(value, attribute)
    return (name, *_value(name, value, callers))


def _value(name: str, value: Any, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    if type(value) in PLAIN or isinstance(value, np.generic):
        return (type(value).__name__, repr(value))
    if type(value) is tuple:
        return ("tuple", *(_value(name, each, callers) for each in value))
    if _is_known_by_name(value):
        return (type(value).__name__, getattr(value, "__module__", None), value.__name__)
    if isinstance(value, (FunctionType, Dispatcher)):
        return _function(value, callers)
    raise NotCompilable(f"{name} is a {type(value).__name__}, which may change after it is compiled")


def _is_known_by_name(value: Any) -> bool:
    if isinstance(value, BuiltinFunctionType):
        return isinstance(value.__self__, ModuleType) or value.__self__ is None
    if isinstance(value, type):
        return value.__module__ in ("builtins", "numpy")
    module = sys.modules.get(getattr(value, "__module__", None) or "numpy")  # a ufunc may have none
    is_of_numpy = module is not None and module.__name__.partition(".")[0] == "numpy"
    return is_of_numpy and getattr(module, getattr(value, "__name__", ""), None) is value


def _references(code: CodeType, instructions: list[dis.Instruction]) -> Iterator[Reference]:
    for number, each in enumerate(instructions):
        if each.opname in FROM_OUTSIDE and each.argval not in code.co_cellvars:
            yield Reference(each.argval, tuple(_taken_out(instructions, number + 1)))


def _taken_out(instructions: list[dis.Instruction], number: int) -> Iterator[str]:
    while instructions[number].opname in OUT_OF_MODULE:
        yield instructions[number].argval
        number += 1


def _constant(constant: Any) -> str:
    return f"code {constant.co_name}" if isinstance(constant, CodeType) else f"{type(constant).__name__} {constant!r}"


def _picks(instructions: list[dis.Instruction]) -> bool:
    """Whether there is a subscript that is not a number as it stands (for these, numba looks whether they are within)."""
    for before, each in pairwise(instructions):
        is_subscript = each.opname == "BINARY_SUBSCR" or (each.opname == "BINARY_OP" and each.argrepr == "[]")
        if is_subscript and before.opname not in ("LOAD_CONST", "LOAD_SMALL_INT"):
            return True
    return False


def _check_exceptions(code: CodeType, instructions: list[dis.Instruction]) -> None:
    """Refuse what raises or catches: no exception can pass through the kernels, nor come up in them. Called back, it can."""
    for each in instructions:
        if each.opname == "RAISE_VARARGS":
            raise NotCompilable(f"{code.co_name} has raise or assert")
        if each.opname == "PUSH_EXC_INFO":
            raise NotCompilable(f"{code.co_name} has try or with")
