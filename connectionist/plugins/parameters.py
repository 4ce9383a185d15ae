"""Parameters of tasks, rules, functions and engines: how a plugin declares them, and how they are checked.

A parameter is a field of the plugin's dataclass. `parameter` declares its range beside it. `Parameterized`, the base class of all these
plugins, calls `check_parameters`, and ``connectionist show NAME`` shows what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field
from typing import Any, ClassVar, SupportsIndex, TypeVar
from weakref import WeakKeyDictionary

from connectionist.errors import ParameterError, check_number, describe_number, limit_and_given
from connectionist.plugins.parameter_faults import class_fault
from connectionist.plugins.parameter_types import (
    BOUNDS,
    LOWER,
    NOT_ALLOWED,
    OPEN,
    UPPER,
    as_allowed,
    bounds_of,
    describe_allowed,
    kinds_of,
    parameters_of,
)
from connectionist.utils.declared_attributes import FixedAttributes, with_assignment_errors

Default = TypeVar("Default")
Declaration = tuple[str, tuple[Any, ...] | None, Mapping[str, float], object]  # name, kinds (None without `parameter`), bounds, default

# Reading annotations takes ten times as long as the checks. The classes are held weakly, since plugins can be loaded again.
_declared: WeakKeyDictionary[type, list[Declaration]] = WeakKeyDictionary()


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
    hold for the numbers of a union or tuple. A number of another type, such as one of numpy, is kept as an ``int`` or ``float`` of Python.

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


class Parameterized(FixedAttributes):
    """Base class of objects whose parameters are the fields of a frozen dataclass. It checks them when an object is made.

    `_parameter_bounds` has the bounds of parameters with these names, if a subclass has such parameters. The bounds of `parameter` hold as
    well.
    """

    _parameter_bounds: ClassVar[Mapping[str, Mapping[str, float]]] = {}
    _writes: ClassVar[Mapping[str, tuple[int, ...]]] = {}  # indices of the arguments into which methods write their results, by method
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

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Pickle an object of a registered class by name and parameters; otherwise as Python does, which needs a class in a module."""
        from connectionist.plugins.stored_objects import reduce_by_name

        return reduce_by_name(self) or super().__reduce_ex__(protocol)


def check_parameters(thing: object) -> None:
    """Keep the numbers of an object's parameters as Python's, and raise ParameterError if a declared one has no allowed value.

    A parameter without `parameter` is not checked, but a number of numpy becomes one of Python, since engines compute with it as it is.

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
    for key, kinds, bounds, default in _declared[kind]:
        value = getattr(thing, key)
        if value is default:
            continue
        plain = _without_numpy(value) if kinds is None else as_allowed(value, kinds, bounds)
        if plain is NOT_ALLOWED:
            raise ParameterError(f"{owner}.{key}: must be {describe_allowed(kind, key)}{limit_and_given(value)}")
        if plain is not value:
            object.__setattr__(thing, key, plain)


def check_class(kind: type) -> None:
    """Raise ParameterError if a class has a fault that `class_fault` describes. Its objects raise AssignmentError from now on."""
    if kind not in _declared:
        if fault := class_fault(kind, owner_name(kind)):
            raise ParameterError(fault)
        with_assignment_errors(kind)
        _declared[kind] = [_declaration(kind, key, default) for key, default in parameters_of(kind).items()]


def _declaration(kind: type, key: str, default: object) -> Declaration:
    bounds = bounds_of(kind, key)
    kinds = None if bounds is None else kinds_of(kind, key)
    plain = _without_numpy(default) if kinds is None else as_allowed(default, kinds, bounds or {})
    return key, kinds, bounds or {}, default if plain is default else MISSING  # `class_fault` has checked the default


def _without_numpy(value: Any) -> Any:
    """Return a number of numpy, also one in an array without axes, as one of Python; anything else as it is."""
    return value.item() if getattr(getattr(value, "dtype", None), "kind", "") in {"i", "u", "f"} and not value.ndim else value


def owner_name(thing: object) -> str:
    """Return the name of a plugin's object or class in messages: the name of the plugin, or of its class if it has none."""
    name = getattr(thing, "name", None)
    return name if isinstance(name, str) else (thing if isinstance(thing, type) else type(thing)).__name__


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
