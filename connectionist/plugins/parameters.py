"""Parameters of tasks, rules, functions and engines: how a plugin declares them, how they are checked, and how they are described.

A parameter is a field of the plugin's dataclass. `parameter` declares its range beside it. The base classes of plugins call
`check_parameters`, and ``connectionist show NAME`` shows what is allowed.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from weakref import WeakKeyDictionary

from connectionist.errors import ParameterError, check_flag, check_number, describe_number

Default = TypeVar("Default")

BOUNDS = "bounds"
# Reading annotations takes ten times as long as the checks. The classes are held weakly, since plugins can be loaded again.
_declared: WeakKeyDictionary[type, list[tuple[str, tuple[Any, ...], Mapping[str, float]]]] = WeakKeyDictionary()

WORDS = {bool: "true or false", str: "text", type(None): "none"}


def parameter(
    default: Default,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> Default:
    """Declare a parameter of a task, rule, function or engine, with its range.

    It takes the place of the default in a frozen dataclass. When an object is made, its base class checks that each declared parameter
    has the annotated type and is within the bounds. A subclass that only changes the default keeps the bounds.

    Parameters
    ----------
    default : object
        Default value, immutable.
    above, below : float, optional
        Open bounds of a number.
    at_least, at_most : float, optional
        Closed bounds of a number.

    Returns
    -------
    dataclasses.Field
        Its metadata hold the bounds. For type checkers the type is that of the default.

    Notes
    -----
    The annotation gives the type: ``int`` (whole numbers only), ``float``, ``bool``, ``str``, ``Literal[...]`` for a choice, or a union
    of these. The bounds hold for the numbers of a union.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import connectionist as cn
    >>> @dataclass(frozen=True)
    ... class Decay(cn.UpdateRule):
    ...     rate: float = cn.parameter(0.1, above=0, at_most=1)
    ...     name = "decay"
    ...     def change(self, value, derivative):
    ...         return (-self.rate * value,)
    >>> Decay(rate=2)
    Traceback (most recent call last):
    connectionist.errors.ParameterError: decay.rate: must be a number above 0 and at most 1 (got 2)
    """
    bounds = {"above": above, "at_least": at_least, "below": below, "at_most": at_most}
    made: Default = field(default=default, metadata={BOUNDS: {name: bound for name, bound in bounds.items() if bound is not None}})
    return made


def check_parameters(thing: object) -> None:
    """Raise ParameterError unless every parameter of an object that was declared by `parameter` has an allowed value.

    Parameters
    ----------
    thing : object
        Object of a dataclass.

    Raises
    ------
    ParameterError
        If a value has the wrong type or is out of bounds, or the class is not a dataclass.
    """
    kind, owner = type(thing), owner_name(thing)
    if kind not in _declared:
        if fault := decorator_fault(kind):
            raise ParameterError(f"{owner}.{fault}")
        _declared[kind] = [
            (key, kinds_of(kind, key), bounds) for key in parameters_of(kind) if (bounds := bounds_of(kind, key)) is not None
        ]
    for key, kinds, bounds in _declared[kind]:
        value = getattr(thing, key)
        if not any(_is_allowed(value, each, bounds) for each in kinds):
            raise ParameterError(f"{owner}.{key}: must be {describe_allowed(kind, key)} (got {value!r})")


def owner_name(thing: object) -> str:
    """Return the name of a plugin's object in messages: the name of the plugin, or of its class if it has none."""
    name = getattr(thing, "name", None)
    return name if isinstance(name, str) else type(thing).__name__


def decorator_fault(kind: type) -> str:
    """Return the error message for a parameter whose class is no dataclass, without the owner; empty if there is none."""
    for base in kind.__mro__:
        for key, default in vars(base).items():
            if isinstance(default, Field):
                return f"{key}: is declared by cn.parameter, so its class must be decorated with @dataclass(frozen=True)"
    return ""


def parameters_of(kind: type) -> dict[str, Any]:
    """Return the names of a class's parameters with their defaults, in order; the default is `MISSING` for a parameter without one."""
    given = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    return {field.name: field.default if field.default_factory is MISSING else field.default_factory() for field in given}


def kinds_of(owner: type, key: str) -> tuple[Any, ...]:
    """Return the types and literal values that a dataclass declares for a field; the type of the default if the annotation has no value."""
    try:
        hint = _hint(owner, key)
    except NameError:  # the module imports the name for type checkers only
        default = parameters_of(owner)[key]
        hint = str if default is MISSING else type(default)
    alternatives = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    kinds = [get_args(kind) if get_origin(kind) is Literal else (kind,) for kind in alternatives]
    return tuple(kind for some in kinds for kind in some)


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
    for base in owner.__mro__:
        own = vars(base).get("__dataclass_fields__", {}).get(key)
        if own is not None and BOUNDS in own.metadata:
            bounds: Mapping[str, float] = own.metadata[BOUNDS]
            return bounds
    return None


def _hint(owner: type, key: str) -> Any:
    """Return the value of one annotation, so that others, which may have no value at run time, do not matter."""
    (own,) = (field for field in fields(owner) if field.name == key)
    holders = [base for base in owner.__mro__ if vars(base).get("__dataclass_fields__", {}).get(key) is own]
    names = vars(sys.modules.get(holders[-1].__module__, types))
    return get_type_hints(types.SimpleNamespace(__annotations__={key: own.type}), globalns=names)[key]


def _is_allowed(value: object, kind: Any, bounds: Mapping[str, float]) -> bool:
    try:
        if kind in (int, float):
            check_number("", "", value, whole=kind is int, **bounds)
        elif kind is bool:
            check_flag("", "", value)
        elif get_origin(kind) is tuple:
            return _is_allowed_tuple(value, get_args(kind), bounds)
        else:
            return _is_of(value, kind)
    except ParameterError:
        return False
    return True


def _is_allowed_tuple(value: object, kinds: tuple[Any, ...], bounds: Mapping[str, float]) -> bool:
    """Return whether a value is a tuple of the annotated kinds, each within the bounds. ``...`` stands for any number of the first kind."""
    if not isinstance(value, tuple):
        return False
    each = kinds[:1] * len(value) if kinds[-1:] == (Ellipsis,) else kinds
    return len(each) == len(value) and all(_is_allowed(item, kind, bounds) for item, kind in zip(value, each, strict=True))


def _is_of(value: object, kind: Any) -> bool:
    if kind is Any:
        return True
    plain = get_origin(kind) or kind
    return isinstance(value, plain) if isinstance(plain, type) else type(value) is type(kind) and bool(value == kind)


def _describe(kind: Any, bounds: Mapping[str, float]) -> str:
    if kind in (int, float):
        return describe_number(whole=kind is int, **bounds)
    if get_origin(kind) is tuple:
        return f"{_describe(get_args(kind)[0], bounds)}, or several with commas between"
    if isinstance(kind, type):
        return WORDS.get(kind, f"an object of class {kind.__name__} (in Python only)")
    return repr(kind)
