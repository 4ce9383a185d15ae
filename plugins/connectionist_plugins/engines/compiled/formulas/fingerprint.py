"""A fingerprint of a formula: a text of its code and, by value, of all that the code refers to.

What a formula refers to is constant in its machine code. Machine code may therefore be used again only if all of that is
unchanged. Objects without a comparable value (lists, arrays, other objects) cannot be constants; a formula that refers to them runs in
Python.

| reference | part of the fingerprint |
| --- | --- |
| numbers, text, None, tuples of these | type and value |
| functions written in Python, compiled by numba or not | code, defaults, closure, and what these refer to |
| functions of C, numpy's functions, builtin types | qualified name |
| modules | the attributes that the code reads |
"""

from __future__ import annotations

import builtins
import dis
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from connectionist.utils.visible_text import shown

PLAIN_TYPES = (bool, int, float, complex, str, bytes, type(None))
NAME_OPCODES = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_CLASSDEREF")
ATTRIBUTE_OPCODES = ("LOAD_ATTR", "LOAD_METHOD")
DECLARED = ("range", "memory")  # what the text of a formula's module has from the class, beside the methods
MISSING = object()
MAX_CONSTANT = 2**53  # greatest whole number that is exact as a float


class NotCompilable(Exception):  # noqa: N818  (a reason, which `compile` catches)
    """The reason why a formula has to run in Python."""


class Reference(NamedTuple):
    """A name from outside a function, with the attributes that the code reads from it, one from the other."""

    name: str
    path: tuple[str, ...]


class CodeText(NamedTuple):
    """A code object as text.

    Attributes
    ----------
    body : str
        Digest of the code without its references.
    references : tuple of Reference
        Names from outside.
    """

    body: str
    references: tuple[Reference, ...]


def is_compiled_by_numba(value: object) -> bool:
    """Return whether a function is one that numba compiles. There is none before numba is imported, which takes half a second."""
    dispatcher = sys.modules.get("numba.core.dispatcher")
    return dispatcher is not None and isinstance(value, dispatcher.Dispatcher)


def fingerprint(function: Any) -> str:
    """Return a text that changes if a function, or anything that it refers to, changes its meaning.

    Raises
    ------
    NotCompilable
        If the function refers to an object without a comparable value or to a number that is not compiled, calls itself, or raises or
        catches exceptions.
    """
    return repr(_function_content(function, ()))


class Snapshot:
    """The objects that a fingerprint was made from, to find out by identity, which is quick, whether it would be the same now.

    It keeps these objects alive, and through the functions the modules of a user. So it may only be kept by the class of the plugin, and
    by those that keep an object of this class.

    Parameters
    ----------
    plugin_class : type
    methods : dict of str to function

    Raises
    ------
    NotCompilable
        If a method refers to a function compiled by numba, whose options may change.
    TypeError
        If the class declares something that may change.
    """

    def __init__(self, plugin_class: type, methods: dict[str, FunctionType]) -> None:
        declared: dict[str, Any] = {name: getattr(plugin_class, name) for name in DECLARED if hasattr(plugin_class, name)}
        hash(tuple(declared.values()))
        self._class, self._attributes = plugin_class, list({**methods, **declared}.items())
        self._functions: list[tuple[FunctionType, CodeType, object, object]] = []
        self._globals: list[tuple[dict[str, Any], str, object]] = []  # names of modules, the usual references
        self._references: list[tuple[FunctionType, Reference, object]] = []
        for method in methods.values():
            self._add(method)
        self._globals = list({(id(names), name): (names, name, value) for names, name, value in self._globals}.values())

    def is_current(self) -> bool:
        """Return whether the methods, all that they refer to, and what the class declares are the same objects."""
        for name, value in self._attributes:
            if getattr(self._class, name, None) is not value:
                return False
        for function, code, defaults, named_defaults in self._functions:
            if function.__code__ is not code or function.__defaults__ is not defaults:
                return False
            if (function.__kwdefaults__ and repr(function.__kwdefaults__)) != named_defaults:
                return False
        for names, name, value in self._globals:
            if names.get(name, MISSING) is not value:
                return False
        return not self._references or all(_referred(function, reference) is value for function, reference, value in self._references)

    def _add(self, value: object) -> None:
        if is_compiled_by_numba(value):
            raise NotCompilable("it refers to a function compiled by numba")
        if isinstance(value, tuple):
            for each in value:
                self._add(each)
        if isinstance(value, FunctionType):
            named_defaults = value.__kwdefaults__ and repr(value.__kwdefaults__)  # a text, since -0.0 equals 0.0
            self._functions.append((value, value.__code__, value.__defaults__, named_defaults))
            for reference in code_text(value.__code__).references:
                referred = _referred(value, reference)
                self._add_reference(value, reference, referred)
                self._add(referred)

    def _add_reference(self, function: FunctionType, reference: Reference, value: object) -> None:
        names = function.__globals__
        is_global = reference.name in names
        if reference.name in function.__code__.co_freevars or not (is_global or hasattr(builtins, reference.name)):
            self._references.append((function, reference, value))
            return
        if not is_global:
            self._globals.append((names, reference.name, MISSING))
            names = vars(builtins)
        found = names[reference.name]
        self._globals.append((names, reference.name, found))
        for attribute in reference.path:
            if not isinstance(found, ModuleType):
                break
            attributes = vars(found)
            if attribute not in attributes:
                self._references.append((function, reference, value))
                return
            found = attributes[attribute]
            self._globals.append((attributes, attribute, found))


def _referred(function: FunctionType, reference: Reference) -> Any:
    """Return what a function refers to; the reason if there is no such name now."""
    try:
        value = resolve(function, reference.name)
    except NotCompilable as reason:
        return reason
    for attribute in reference.path:
        if not isinstance(value, ModuleType):
            break
        value = getattr(value, attribute, None)
    return value


def resolve(function: FunctionType, name: str) -> Any:
    """Return the value of a name from outside a function."""
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
def code_text(code: CodeType) -> CodeText:
    """Return the text of a code object and of those nested in it."""
    instructions = [each for each in dis.get_instructions(code) if each.opname not in ("EXTENDED_ARG", "CACHE", "NOP")]
    _check_instructions(code, instructions)
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_kwonlyargcount, code.co_flags)
    bodies = [repr((code.co_code, [_constant(constant) for constant in code.co_consts], names))]
    references = dict.fromkeys(_references(code, instructions))
    for text in map(code_text, inner):
        bodies.append(text.body)
        references |= dict.fromkeys(each for each in text.references if each.name not in code.co_cellvars)
    return CodeText(hashlib.sha256("".join(bodies).encode()).hexdigest(), tuple(references))


def _function_content(function: Any, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    if is_compiled_by_numba(function):
        return (sorted(map(repr, function.targetoptions.items())), _function_content(function.py_func, callers))
    if not isinstance(function, FunctionType):
        raise NotCompilable(f"{function!r} is not a function written in Python")
    if function in callers:
        raise NotCompilable(f"{function.__name__} calls itself")
    _check_number(f"{function.__name__} has the number {{}}", function.__code__.co_consts)
    text, callers = code_text(function.__code__), (*callers, function)
    defaults = (function.__defaults__ or (), tuple(sorted((function.__kwdefaults__ or {}).items())))
    referred = [_reference_content(function, each, callers) for each in text.references]
    return (text.body, _value_content("its defaults", defaults, callers), *referred)


def _reference_content(function: FunctionType, reference: Reference, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    name, value = reference.name, resolve(function, reference.name)
    for attribute in reference.path:
        if not isinstance(value, ModuleType):
            break
        name = f"{name}.{attribute}"
        if not hasattr(value, attribute):
            raise NotCompilable(f"{name} is not defined")
        value = getattr(value, attribute)
    return (name, *_value_content(name, value, callers))


def _check_number(what: str, value: object) -> None:
    """Raise NotCompilable if a value, or an item of a tuple, is a number with which compiled code may not compute what Python computes.

    `what` is the beginning of the message, with {} for the number.
    """
    if type(value) is tuple:
        for each in value:
            _check_number(what, each)
    elif type(value) is int and abs(value) > MAX_CONSTANT:
        raise NotCompilable(f"{what.format(shown(value))}; a whole number in a compiled formula must be from -2**53 to 2**53")
    elif isinstance(value, np.generic) and not isinstance(value, np.float64):
        kind = type(value).__name__
        raise NotCompilable(
            f"{what.format(shown(value))}; a number in a compiled formula must be one of Python or numpy.float64, not numpy.{kind}"
        )


def _value_content(name: str, value: Any, callers: tuple[Any, ...]) -> tuple[Any, ...]:
    _check_number(f"{callers[-1].__name__} reads {{}} from {name}", value)
    if type(value) in PLAIN_TYPES or isinstance(value, np.generic):
        return (type(value).__name__, repr(value))
    if type(value) is tuple:
        return ("tuple", *(_value_content(name, each, callers) for each in value))
    if _is_identified_by_name(value):
        return (type(value).__name__, getattr(value, "__module__", None), value.__name__)
    if isinstance(value, FunctionType) or is_compiled_by_numba(value):
        return _function_content(value, callers)
    raise NotCompilable(f"{name} is a {type(value).__name__}, which may change after it is compiled")


def _is_identified_by_name(value: Any) -> bool:
    if isinstance(value, BuiltinFunctionType):
        return isinstance(value.__self__, ModuleType) or value.__self__ is None
    if isinstance(value, type):
        return value.__module__ in ("builtins", "numpy")
    module = sys.modules.get(getattr(value, "__module__", None) or "numpy")  # a ufunc may have no module
    is_of_numpy = module is not None and module.__name__.partition(".")[0] == "numpy"
    return is_of_numpy and getattr(module, getattr(value, "__name__", ""), None) is value


def _references(code: CodeType, instructions: list[dis.Instruction]) -> Iterator[Reference]:
    for index, each in enumerate(instructions):
        if each.opname in NAME_OPCODES and each.argval not in code.co_cellvars:
            yield Reference(each.argval, tuple(_attribute_path(instructions, index + 1)))


def _attribute_path(instructions: list[dis.Instruction], index: int) -> Iterator[str]:
    while instructions[index].opname in ATTRIBUTE_OPCODES:
        yield instructions[index].argval
        index += 1


def _constant(constant: Any) -> str:
    return f"code {constant.co_name}" if isinstance(constant, CodeType) else f"{type(constant).__name__} {constant!r}"


def _check_instructions(code: CodeType, instructions: list[dis.Instruction]) -> None:
    """Raise NotCompilable if the code raises or catches exceptions, which kernels do not support."""
    for each in instructions:
        if each.opname == "RAISE_VARARGS":
            raise NotCompilable(f"{code.co_name} has raise or assert")
        if each.opname == "PUSH_EXC_INFO":
            raise NotCompilable(f"{code.co_name} has try or with")
