"""Faults of a class that declares parameters, such as a bound for a parameter that is not a number. Each is a sentence for its author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from dis import get_instructions, hasjabs, hasjrel
from enum import Enum
from inspect import get_annotations
from types import CodeType
from typing import Any, get_args, get_origin
from weakref import WeakSet

from connectionist.plugins.parameter_types import (
    BOUNDS,
    NOT_ALLOWED,
    alternatives,
    as_allowed,
    bounds_by_name,
    describe_kinds,
    hint_of,
    parameters_of,
)

SUPPORTED = "int, float, bool, str, None, a class, Literal[…], tuple[…] or a union of these"
FROZEN = "must be decorated with @dataclass(frozen=True)"
JUMPS = {*hasjrel, *hasjabs}

# A class is checked when it is registered, when its first object is made, and when plugins are loaded again.
_faultless: WeakSet[type] = WeakSet()


def class_fault(kind: type, owner: str) -> str:
    """Return what is wrong with the parameters that a class declares, in a sentence that begins with the owner; empty if nothing is."""
    if kind in _faultless:
        return ""
    fault = _find_fault(kind, owner)
    if not fault:
        _faultless.add(kind)
    return fault


def _find_fault(kind: type, owner: str) -> str:
    for base in kind.__mro__:
        for key, default in vars(base).items():
            if isinstance(default, Field):
                return f"{owner}.{key}: is declared by cn.parameter, so its class {FROZEN}"
    if is_dataclass(kind) and not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return f"{owner}: {FROZEN}, so that its parameters do not change"
    if fault := _decorator_fault(kind):
        return f"{owner}{fault}"
    if fault := _annotation_fault(kind):
        return f"{owner}.{fault}"
    for key in parameters_of(kind):
        if (holder := _holder_of_constant(kind, key)) is not None:
            value = vars(holder)[key]
            return f"{owner}.{key}: has no annotation, so it is no parameter; must be declared as {key}: {type(value).__name__} = {value!r}"
    faults = (_declaration_fault(kind, key, bounds) for key, bounds in bounds_by_name(kind).items())
    return next((f"{owner}.{fault}" for fault in (*faults, *_lost_results(kind)) if fault), "")


def _lost_results(kind: type) -> Iterable[str]:
    """Yield which methods assign to an argument into which they must write, so that their results are lost."""
    for method, indices in getattr(kind, "_writes", {}).items():
        code = getattr(getattr(kind, method), "__code__", None)
        if not isinstance(code, CodeType):
            continue
        for name in (code.co_varnames[index] for index in indices if index < code.co_argcount):
            if _is_lost(code, name):
                yield f"{method}: assigns to its argument {name}, which is then lost; must write into its items, as in {name}[i] = …"


def _is_lost(code: CodeType, name: str) -> bool:
    """Return whether code assigns to an argument before it uses it, on every path, or only assigns to it. Its length is no use of it."""
    kinds: set[str] = set()
    farthest, is_after_len = 0, False  # farthest target of a jump
    for each in get_instructions(code):
        if "_FAST" in each.opname:  # one operation, or one with several variables
            names = each.argval if isinstance(each.argval, tuple) else (each.argval,)
            uses = [use for use in each.opname.split("_") if use in ("LOAD", "STORE", "DELETE")]
            found = [use for use, used in list(zip(uses, names, strict=False))[is_after_len:] if used == name]
            if found[:1] == ["STORE"] and not kinds and farthest <= each.offset:  # no branch goes around it
                return True
            kinds.update(found)
        elif each.opcode in JUMPS:
            farthest = max(farthest, each.argval)
        is_after_len = each.opname == "LOAD_GLOBAL" and each.argval == "len"
    return kinds == {"STORE"}


def _annotation_fault(kind: type) -> str:
    """Return which annotation makes something other than a parameter that the object keeps; empty if none does."""
    for key, declared in getattr(kind, "__dataclass_fields__", {}).items():
        if BOUNDS in declared.metadata and key not in parameters_of(kind):
            return f"{key}: is declared by cn.parameter, so its annotation must not be ClassVar or InitVar"
        if getattr(kind, "_is_formula", False) and "InitVar" in str(declared.type):
            return f"{key}: must not be an InitVar, which the object does not keep; must be a parameter, or be left out"
    return ""


def _decorator_fault(kind: type) -> str:
    """Return what is wrong with a class without the decorator; empty if nothing is. Compiled formulas have only the declared parameters."""
    for key in _annotated_without_decorator(kind):
        return f".{key}: is annotated as a parameter, so its class {FROZEN}"
    if getattr(kind, "_is_formula", False) and not is_dataclass(kind) and "__init__" in vars(kind):
        return f": {FROZEN}; what its __init__ assigns must be declared, as in rate: float = cn.parameter(0.1)"
    return ""


def _annotated_without_decorator(kind: type) -> Iterable[str]:
    """Return the names that a class without the decorator annotates like parameters."""
    if "__dataclass_params__" in vars(kind):
        return []
    known = {name for base in kind.__mro__[1:] for name in get_annotations(base)}
    return [
        name
        for name, hint in get_annotations(kind).items()
        if name not in known and not name.startswith("_") and "ClassVar" not in str(hint)
    ]


def _holder_of_constant(kind: type, key: str) -> type | None:
    """Return the class that assigns a plain value to a parameter without an annotation, if there is one. `dataclass` ignores the value."""
    holder = next((base for base in kind.__mro__ if key in vars(base)), None)
    if holder is None or key in get_annotations(holder) or not isinstance(vars(holder)[key], (bool, int, float, str, tuple, type(None))):
        return None
    return holder


def _declaration_fault(kind: type, key: str, bounds: Mapping[str, float]) -> str:
    """Return what is wrong with the annotation, the bounds and the default of a declared parameter; empty if nothing is."""
    try:
        kinds = alternatives(hint_of(kind, key))
    except NameError:  # the module imports the name for type checkers only
        return ""
    except Exception:  # the annotation may be any expression
        kinds = ()
    if not kinds or not all(map(_is_supported, kinds)):
        (own,) = (each for each in fields(kind) if each.name == key)
        return f"{key}: its annotation must be {SUPPORTED} (got {own.type})"
    if bounds and not any(map(_has_numbers, kinds)):
        return f"{key}: has bounds, so its annotation must allow numbers"
    default = parameters_of(kind)[key]
    if default is not MISSING and as_allowed(default, kinds, bounds) is NOT_ALLOWED:
        return f"{key}: its default must be {describe_kinds(kinds, bounds)} (got {default!r})"
    return ""


def _is_supported(kind: Any) -> bool:
    if get_origin(kind) is tuple:
        return all(_is_supported(item) for each in get_args(kind) for item in alternatives(each))
    if get_origin(kind) is not None:
        return False
    return kind is Any or kind is Ellipsis or isinstance(kind, (type, str, int, bytes, Enum, type(None)))


def _has_numbers(kind: Any) -> bool:
    if get_origin(kind) is tuple:
        return any(_has_numbers(item) for each in get_args(kind) for item in alternatives(each))
    return kind in (int, float)
