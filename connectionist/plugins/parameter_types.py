"""The types and bounds that a plugin's class declares for its parameters: read, described in words, and compared with a value."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from operator import is_
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from connectionist.errors import ParameterError, check_flag, check_number, describe_number

BOUNDS = "bounds"
LOWER, UPPER, OPEN = ("above", "at_least"), ("below", "at_most"), ("above", "below")
NOT_ALLOWED = object()
WORDS = {bool: "true or false", str: "text", type(None): "none", Any: "any value (in Python only)"}


def parameters_of(kind: type) -> dict[str, Any]:
    """Return the names of a class's parameters with their defaults, in order; the default is `MISSING` for a parameter without one."""
    given = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    return {field.name: field.default if field.default_factory is MISSING else field.default_factory() for field in given}


def kinds_of(owner: type, key: str) -> tuple[Any, ...]:
    """Return the types and literal values that a dataclass declares for a field; the type of the default if the annotation has no value."""
    try:
        return alternatives(hint_of(owner, key))
    except Exception:  # the module may import the name for type checkers only, and the annotation may be any expression
        default = parameters_of(owner)[key]
        return (str if default is MISSING else type(default),)


def alternatives(hint: Any) -> tuple[Any, ...]:
    """Return the types and literal values of an annotation.

    Examples
    --------
    >>> alternatives(Literal["epoch", "case"] | int)
    ('epoch', 'case', <class 'int'>)
    """
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    parts = [get_args(kind) if get_origin(kind) is Literal else (kind,) for kind in kinds]
    return tuple(kind for some in parts for kind in some)


def describe_allowed(owner: type, key: str) -> str:
    """Return in words the values that a parameter may have: its types and its bounds."""
    return describe_kinds(kinds_of(owner, key), bounds_of(owner, key) or {})


def describe_kinds(kinds: Iterable[Any], bounds: Mapping[str, float] | None = None) -> str:
    """Return in words the values of these types and literal values.

    Parameters
    ----------
    kinds : iterable of type or literal value
    bounds : dict of str to float, optional
        Bounds of numbers by name: "above", "at_least", "below", "at_most".

    Examples
    --------
    >>> describe_kinds((int, type(None)), {"at_least": 1}), describe_kinds(("mean", "sum"))
    ('a whole number of at least 1 or none', "'mean' or 'sum'")
    """
    *most, last = (_describe(kind, bounds or {}) for kind in kinds)
    return f"{', '.join(most)} or {last}" if most else last


def bounds_of(owner: type, key: str) -> Mapping[str, float] | None:
    """Return the bounds that the class or its nearest base class declares; None if none of them declares the parameter."""
    fields_of_bases = (vars(base).get("__dataclass_fields__", {}).get(key) for base in owner.__mro__)
    declared = [own.metadata[BOUNDS] for own in fields_of_bases if own is not None and BOUNDS in own.metadata]
    general = getattr(owner, "_parameter_bounds", {}).get(key)
    if not declared and general is None:
        return None
    return _combine(general or {}, next(filter(None, declared), {}))


def hint_of(owner: type, key: str) -> Any:
    """Return the value of one annotation, so that others, which may have no value at run time, do not matter."""
    (own,) = (field for field in fields(owner) if field.name == key)
    holders = [base for base in owner.__mro__ if vars(base).get("__dataclass_fields__", {}).get(key) is own]
    names = vars(sys.modules.get(holders[-1].__module__, types))
    return get_type_hints(types.SimpleNamespace(__annotations__={key: own.type}), globalns=names)[key]


def bounds_by_name(kind: type) -> dict[str, Mapping[str, float]]:
    """Return the bounds of each declared parameter of a class, in order."""
    return {key: bounds for key in parameters_of(kind) if (bounds := bounds_of(kind, key)) is not None}


def _combine(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Return the narrower lower bound and the narrower upper bound of both."""
    combined = {}
    for names, sign in ((LOWER, 1), (UPPER, -1)):
        given = [(sign * bounds[name], name in OPEN, name) for bounds in (first, second) for name in names if name in bounds]
        if given:
            value, _, name = max(given)
            combined[name] = sign * value
    return combined


def as_allowed(value: object, kinds: Iterable[Any], bounds: Mapping[str, float]) -> object:
    """Return a value that is of one of the types, or is one of the literal values, and within the bounds; else `NOT_ALLOWED`.

    Numbers and booleans of any type, such as those of numpy, are returned as Python's.
    """
    for kind in kinds:
        try:
            if kind in (int, float):
                return check_number("", "", value, whole=kind is int, **bounds)
            if kind is bool:
                return check_flag("", "", value)
        except ParameterError:
            continue
        if get_origin(kind) is tuple:
            found = _as_allowed_tuple(value, get_args(kind), bounds)
            if found is not NOT_ALLOWED:
                return found
        elif _is_of(value, kind):
            return value
    return NOT_ALLOWED


def _as_allowed_tuple(value: object, kinds: tuple[Any, ...], bounds: Mapping[str, float]) -> object:
    """Return a tuple whose items are of the annotated kinds, each within the bounds. ``...`` means any number of the first kind."""
    if not isinstance(value, tuple):
        return NOT_ALLOWED
    each = kinds[:1] * len(value) if kinds[-1:] == (Ellipsis,) else kinds
    if len(each) != len(value):
        return NOT_ALLOWED
    items = [as_allowed(item, alternatives(hint), bounds) for item, hint in zip(value, each, strict=True)]
    if any(item is NOT_ALLOWED for item in items):
        return NOT_ALLOWED
    return value if all(map(is_, items, value)) else tuple(items)


def _is_of(value: object, kind: Any) -> bool:
    if kind is Any:
        return True
    plain = get_origin(kind) or kind
    return isinstance(value, plain) if isinstance(plain, type) else type(value) is type(kind) and bool(value == kind)


def _describe(kind: Any, bounds: Mapping[str, float]) -> str:
    if kind in (int, float):
        return describe_number(whole=kind is int, **bounds)
    if get_origin(kind) is tuple:
        return _describe_tuple(get_args(kind), bounds)
    if kind in WORDS:
        return WORDS[kind]
    if get_origin(kind) is not None:
        return f"{kind} (in Python only)"
    return f"an object of class {kind.__name__} (in Python only)" if isinstance(kind, type) else repr(kind)


def _describe_tuple(items: tuple[Any, ...], bounds: Mapping[str, float]) -> str:
    if items[1:] == (Ellipsis,):
        return f"{describe_kinds(alternatives(items[0]), bounds)}, or several with commas between"
    if not items:
        return "an empty tuple (in Python only)"
    return f"{len(items)} values with commas between: {', '.join(describe_kinds(alternatives(item), bounds) for item in items)}"
