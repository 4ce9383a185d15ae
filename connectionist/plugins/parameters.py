"""The parameters of a task, rule, function or engine: their names, defaults and types."""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "none"}


def parameters_of(kind: type) -> dict[str, Any]:
    """Return the names of a class's parameters with their defaults, in order; `MISSING` is the default of one that has none."""
    given = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    return {field.name: field.default if field.default_factory is MISSING else field.default_factory() for field in given}


def kinds_of(owner: type, key: str) -> tuple[Any, ...]:
    """Return the types or literal values that a dataclass declares for a field; those of its default when that cannot be told."""
    default = parameters_of(owner)[key]
    try:
        hint = get_type_hints(owner)[key]
    except NameError:  # names that its module imports for type checkers only
        hint = str if default is MISSING else type(default)
    alternatives = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    kinds = [get_args(kind) if get_origin(kind) is Literal else (kind,) for kind in alternatives]
    return tuple(kind for some in kinds for kind in some)


def describe_kinds(kinds: Iterable[Any]) -> str:
    """Return in words what a parameter of these kinds may be.

    Examples
    --------
    >>> describe_kinds((int, type(None))), describe_kinds(("mean", "sum"))
    ('a whole number or none', "'mean' or 'sum'")
    """
    return " or ".join(_describe(kind) for kind in kinds)


def _describe(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return f"{_describe(get_args(kind)[0])}, or several with commas between"
    if isinstance(kind, type):
        return WORDS.get(kind, f"a {kind.__name__}, which only Python can give")
    return repr(kind)
