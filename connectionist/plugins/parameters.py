"""Parameters of tasks, rules, functions and engines: how a plugin declares them, how they are checked, and how they are described.

A parameter is a field of the plugin's dataclass. `parameter` declares its range beside it. `Parameterized`, the base class of all these
plugins, calls `check_parameters`, and ``connectionist show NAME`` shows what is allowed.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from enum import Enum
from inspect import get_annotations
from typing import Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from weakref import WeakKeyDictionary

from connectionist.errors import ParameterError, check_flag, check_number, describe_number

Default = TypeVar("Default")

BOUNDS = "bounds"
LOWER, UPPER, OPEN = ("above", "at_least"), ("below", "at_most"), ("above", "below")
# Reading annotations takes ten times as long as the checks. The classes are held weakly, since plugins can be loaded again.
_declared: WeakKeyDictionary[type, list[tuple[str, tuple[Any, ...], Mapping[str, float]]]] = WeakKeyDictionary()

WORDS = {bool: "true or false", str: "text", type(None): "none", Any: "any value (in Python only)"}
SUPPORTED = "int, float, bool, str, None, a class, Literal[…], tuple[…] or a union of these"
FROZEN = "must be decorated with @dataclass(frozen=True)"


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
    has the annotated type and is within the bounds.

    Parameters
    ----------
    default : object
        Default value, immutable, within the bounds.
    above, below : float, optional
        Open bounds of a number, finite.
    at_least, at_most : float, optional
        Closed bounds of a number, finite.

    Returns
    -------
    dataclasses.Field
        Its metadata hold the bounds. For type checkers the type is that of the default.

    Raises
    ------
    ParameterError
        If a bound is not a finite number, if no number is within the bounds, or if the default is mutable, such as a list. A default of
        another type or out of bounds is an error when the class is registered, or when its first object is made.

    Notes
    -----
    The annotation gives the type: ``int`` (whole numbers only), ``float``, ``bool``, ``str``, a class, ``Literal[...]`` for a choice,
    ``tuple[int, ...]`` for any number of items, ``tuple[int, float]`` for two items, or a union of these, ``| None`` included. The bounds
    hold for the numbers of a union or tuple.

    A subclass keeps the bounds if it changes only the default: ``rate: float = 0.2`` or ``rate: float = cn.parameter(0.2)``. The
    annotation is needed. Bounds that the subclass declares replace all inherited bounds of the parameter.

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
    given = {"above": above, "at_least": at_least, "below": below, "at_most": at_most}
    bounds = {name: bound for name, bound in given.items() if bound is not None}
    _check_bounds(bounds)
    if type(default).__hash__ is None:
        raise ParameterError(f"parameter.default: must be immutable, such as a tuple instead of a list (got {default!r})")
    made: Default = field(default=default, metadata={BOUNDS: bounds})
    return made


class Parameterized:
    """Base class of objects whose parameters are the fields of a frozen dataclass. It checks them when an object is made.

    `_parameter_bounds` has the bounds of parameters with these names, if a subclass has such parameters. The bounds of `parameter` hold as
    well.
    """

    _parameter_bounds: ClassVar[Mapping[str, Mapping[str, float]]] = {}
    _is_formula: ClassVar[bool] = False  # whether engines compile its methods, with the fields of the dataclass as parameters

    def __init__(self, **parameters: object) -> None:
        """Make an object without parameters. A dataclass has another constructor, which it generates.

        Raises
        ------
        ParameterError
            If parameters are given, or the class declares some without the decorator.
        """
        self.__post_init__()
        from connectionist.plugins.unknown_parameter import unknown_parameter

        for key in parameters:
            raise unknown_parameter(type(self), key)

    def __post_init__(self) -> None:
        """Check the declared parameters. A subclass with further checks calls this method first.

        Raises
        ------
        ParameterError
            As for `check_parameters`.
        """
        check_parameters(self)


def check_parameters(thing: object) -> None:
    """Raise ParameterError unless every parameter of an object that was declared by `parameter` has an allowed value.

    Parameters
    ----------
    thing : object
        Object of a dataclass.

    Raises
    ------
    ParameterError
        If a value has the wrong type or is out of bounds, or the class has a fault that `class_fault` describes.
    """
    kind, owner = type(thing), owner_name(thing)
    check_class(kind)
    for key, kinds, bounds in _declared[kind]:
        value = getattr(thing, key)
        if not any(_is_allowed(value, each, bounds) for each in kinds):
            raise ParameterError(f"{owner}.{key}: must be {describe_allowed(kind, key)} (got {value!r})")


def check_class(kind: type) -> None:
    """Raise ParameterError if a class has a fault that `class_fault` describes."""
    if kind not in _declared:
        if fault := class_fault(kind, owner_name(kind)):
            raise ParameterError(fault)
        _declared[kind] = [(key, kinds_of(kind, key), bounds) for key, bounds in _bounds_by_name(kind).items()]


def owner_name(thing: object) -> str:
    """Return the name of a plugin's object or class in messages: the name of the plugin, or of its class if it has none."""
    name = getattr(thing, "name", None)
    return name if isinstance(name, str) else (thing if isinstance(thing, type) else type(thing)).__name__


def class_fault(kind: type, owner: str) -> str:
    """Return what is wrong with the parameters that a class declares, in a sentence that begins with the owner; empty if nothing is."""
    for base in kind.__mro__:
        for key, default in vars(base).items():
            if isinstance(default, Field):
                return f"{owner}.{key}: is declared by cn.parameter, so its class {FROZEN}"
    if is_dataclass(kind) and not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return f"{owner}: {FROZEN}, so that its parameters do not change"
    if fault := _decorator_fault(kind):
        return f"{owner}{fault}"
    for key, declared in getattr(kind, "__dataclass_fields__", {}).items():
        if BOUNDS in declared.metadata and key not in parameters_of(kind):
            return f"{owner}.{key}: is declared by cn.parameter, so its annotation must not be ClassVar or InitVar"
    for key in parameters_of(kind):
        if (holder := _holder_of_constant(kind, key)) is not None:
            value = vars(holder)[key]
            return f"{owner}.{key}: has no annotation, so it is no parameter; must be declared as {key}: {type(value).__name__} = {value!r}"
    faults = (_declaration_fault(kind, key, bounds) for key, bounds in _bounds_by_name(kind).items())
    return next((f"{owner}.{fault}" for fault in faults if fault), "")


def _decorator_fault(kind: type) -> str:
    """Return what is wrong with a class without the decorator; empty if nothing is. Compiled formulas have only the declared parameters."""
    for key in _annotated_without_decorator(kind):
        return f".{key}: is annotated as a parameter, so its class {FROZEN}"
    if getattr(kind, "_is_formula", False) and not is_dataclass(kind) and "__init__" in vars(kind):
        return f": {FROZEN}; what its __init__ assigns must be declared, as in rate: float = cn.parameter(0.1)"
    return ""


def parameters_of(kind: type) -> dict[str, Any]:
    """Return the names of a class's parameters with their defaults, in order; the default is `MISSING` for a parameter without one."""
    given = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    return {field.name: field.default if field.default_factory is MISSING else field.default_factory() for field in given}


def kinds_of(owner: type, key: str) -> tuple[Any, ...]:
    """Return the types and literal values that a dataclass declares for a field; the type of the default if the annotation has no value."""
    try:
        return alternatives(_hint(owner, key))
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


def _hint(owner: type, key: str) -> Any:
    """Return the value of one annotation, so that others, which may have no value at run time, do not matter."""
    (own,) = (field for field in fields(owner) if field.name == key)
    holders = [base for base in owner.__mro__ if vars(base).get("__dataclass_fields__", {}).get(key) is own]
    names = vars(sys.modules.get(holders[-1].__module__, types))
    return get_type_hints(types.SimpleNamespace(__annotations__={key: own.type}), globalns=names)[key]


def _bounds_by_name(kind: type) -> dict[str, Mapping[str, float]]:
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


def _check_bounds(bounds: Mapping[str, float]) -> None:
    for name, bound in bounds.items():
        check_number("parameter", name, bound)
    low, high = (max([bounds[name] for name in names if name in bounds], default=None) for names in (LOWER, UPPER))
    is_open = any(name in bounds for name in OPEN)
    if low is not None and high is not None and (low > high or (low == high and is_open)):
        raise ParameterError(f"parameter: the bounds must allow some number (got {describe_number(whole=False, **bounds)})")
    for names in (LOWER, UPPER):
        if bounds.keys() >= set(names):
            raise ParameterError(
                f"parameter: {names[0]} and {names[1]} must not both be given (got {describe_number(whole=False, **bounds)})"
            )


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
        kinds = alternatives(_hint(kind, key))
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
    if default is not MISSING and not any(_is_allowed(default, each, bounds) for each in kinds):
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
    return len(each) == len(value) and all(
        any(_is_allowed(item, kind, bounds) for kind in alternatives(hint)) for item, hint in zip(value, each, strict=True)
    )


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
