"""Assertions with messages that name the checked object, the property, what was allowed and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from functools import partial
from inspect import get_annotations, signature
from typing import Any, TypeVar, get_origin

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError, PluginError
from connectionist.plugins.formula_faults import call_formula, call_on_arrays
from connectionist.plugins.parameter_types import bounds_of, describe_allowed, kinds_of, parameters_of

Checked = TypeVar("Checked")


def assert_that(condition: object, owner: str, what: str, allowed: str, got: object) -> None:
    """Raise AssertionError unless a condition is true.

    Parameters
    ----------
    condition : object
        Its truth value is used.
    owner, what : str
        The checked object, and the checked property of it.
    allowed, got : str, object
        Allowed values in words, and the value that was found.

    Raises
    ------
    AssertionError
        With the message "owner, what: must be allowed (got …)".

    Examples
    --------
    >>> assert_that(False, "Steepest", "rate", "above 0", -1)
    Traceback (most recent call last):
    AssertionError: Steepest, rate: must be above 0 (got -1)
    """
    if not condition:
        raise AssertionError(f"{owner}, {what}: must be {allowed} (got {got!r})")


def assert_close(got: npt.ArrayLike, wanted: npt.ArrayLike, tolerance: float, owner: str, what: str, floor: float = 1e-3) -> None:
    """Raise AssertionError unless two arrays agree within a tolerance relative to the greatest absolute value in `wanted`.

    The tolerance is not relative to each value, because a small value may be the difference of large terms and has their rounding error.
    If all values are such differences, the greatest is also small, so it is taken to be at least `floor`.

    Parameters
    ----------
    got, wanted : array_like
        Arrays of the same shape. Values of `wanted` that are not finite must be equal in both.
    tolerance : float
        Greatest allowed difference, divided by the greatest absolute value.
    owner, what : str
        As for `assert_that`.
    floor : float
        Smallest value of the greatest absolute value.

    Raises
    ------
    AssertionError
        With the first of the greatest differences in its message.
    """
    actual, expected = np.asarray(got, dtype=float), np.asarray(wanted, dtype=float)
    assert_that(actual.shape == expected.shape, owner, what, f"of shape {expected.shape}", actual.shape)
    if not actual.size:
        return
    finite = np.isfinite(expected)
    if not np.array_equal(actual[~finite], expected[~finite], equal_nan=True):  # formatting an array takes longer than comparing it
        assert_that(False, owner, what, f"{expected}, where that is not finite", actual)
    scale = float(np.abs(expected[finite]).max(initial=floor))
    difference = np.where(finite, np.abs(np.where(finite, actual, 0.0) - np.where(finite, expected, 0.0)), 0.0)
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    assert_that(
        difference[place] <= tolerance * scale,
        owner,
        f"{what} {list(map(int, place)) if place else ''}".rstrip(),
        f"{float(expected[place])} within {tolerance:g} of {scale:g}",
        float(actual[place]),
    )


def assert_raises(owner: str, what: str, allowed: str, error: type[Exception], attempt: Callable[[], object]) -> None:
    """Raise AssertionError unless a call raises an error whose message contains `what`."""
    try:
        got = attempt()
    except error as raised:
        assert_that(what in str(raised), owner, f"message of the error for {what}", f"one that names {what}", str(raised))
        return
    raise AssertionError(f"{owner}, {what}: must be {allowed}, and otherwise raise {error.__name__} (got {got!r})")


def make_instance(given: type[Checked] | Checked, *contracts: type) -> Checked:
    """Return the object to check: the given object, or one with default parameters if a class is given.

    Parameters
    ----------
    given : object or class
    *contracts : type
        Allowed base classes.

    Raises
    ------
    AssertionError
        If the class has none of the base classes, lacks a method or property, or needs arguments.
    """
    cls = given if isinstance(given, type) else type(given)
    allowed = " or ".join(contract.__name__ for contract in contracts)
    assert_that(issubclass(cls, contracts), cls.__name__, "class", f"a subclass of {allowed}", cls.__mro__)
    if not isinstance(given, type):
        return given
    if lacking := sorted(getattr(given, "__abstractmethods__", ())):
        raise AssertionError(f"{cls.__name__} lacks {', '.join(lacking)}")
    try:
        made: Checked = given()
    except ParameterError as error:
        raise AssertionError(f"{cls.__name__}, parameters: {error}") from error
    except TypeError as error:
        raise AssertionError(f"{cls.__name__}, parameters: must all have default values, so that its name suffices ({error})") from error
    return made


def check_signature(checked: object, method: str, allowed: str, *arguments: object) -> None:
    """Check that a method can be called with these positional arguments, which `allowed` names."""
    try:
        signature(getattr(checked, method)).bind(*arguments)
    except TypeError as error:
        raise AssertionError(f"{type(checked).__name__}, {method}: must take the arguments {allowed} ({error})") from error


def call_to_read(checked: object, method: str, *arguments: object) -> Any:
    """Call a formula, and check that it writes into no argument that it may only read."""
    try:
        call = call_on_arrays if any(isinstance(each, np.ndarray) for each in arguments) else call_formula
        return call(checked, method, *arguments)
    except PluginError as error:
        raise AssertionError(f"{type(checked).__name__}: {error}") from error


def call_to_write(checked: object, method: str, *arguments: object) -> None:
    """Call a method that writes its results into its arguments, and check that it returns None, as well as what `call_to_read` checks."""
    returned = call_to_read(checked, method, *arguments)
    assert_that(returned is None, type(checked).__name__, f"result of {method}", "None, since it writes into its arguments", returned)


def check_declaration(checked: object, *, allow_constants: bool = False) -> None:
    """Check what all plugins with parameters have in common: the name, a frozen dataclass, annotations, and bounds that hold.

    Parameters
    ----------
    checked : object
    allow_constants : bool
        As for `check_annotations`.
    """
    check_name(checked)
    check_frozen(checked)
    check_annotations(checked, allow_constants=allow_constants)
    check_declared_bounds(checked)


def check_annotations(checked: object, *, allow_constants: bool = False) -> None:
    """Check that no class attribute looks like a parameter but is none, because it has no annotation.

    These are public numbers, truth values and texts that are neither annotated nor attributes of the base class of the kind.

    Parameters
    ----------
    checked : object
    allow_constants : bool
        Whether attributes with names other than those of parameters are allowed, as for tasks, which may fix the value of a parameter
        of their rule.
    """
    cls = type(checked)
    contract = {name for base in cls.__mro__ for name, hint in get_annotations(base).items() if "ClassVar" in str(hint)}
    for base in cls.__mro__:
        for name in sorted(vars(base).keys() - get_annotations(base).keys() - contract):
            value = vars(base)[name]
            is_plain = isinstance(value, (bool, int, float, str)) and not name.startswith("_")
            if is_plain and (not allow_constants or name in parameters_of(cls)):
                raise AssertionError(
                    f"{cls.__name__}, {name}: has no annotation, so it is no parameter; "
                    f"must be declared as {name}: {type(value).__name__} = {value!r}"
                )


def check_name(checked: object) -> None:
    """Check that an object has a name that can be typed on a command line."""
    name = getattr(checked, "name", None)
    is_typable = isinstance(name, str) and name and not set(name) & set(" \t\n:@/")
    assert_that(is_typable, type(checked).__name__, "name", "text without spaces, ':', '@' and '/'", name)


def check_declared_bounds(checked: Any) -> None:
    """Check that an object of a dataclass rejects each parameter outside the bounds that were declared by `connectionist.parameter`."""
    cls = type(checked)
    for key in parameters_of(cls):
        for name, bound in (bounds_of(cls, key) or {}).items():
            distance = 1 + abs(bound)  # from a large bound, 1 is no distance
            value = bound + {"above": 0, "below": 0, "at_least": -distance, "at_most": distance}[name]
            outside = (value,) if any(get_origin(kind) is tuple for kind in kinds_of(cls, key)) else value
            assert_raises(cls.__name__, key, describe_allowed(cls, key), ParameterError, partial(replace, checked, **{key: outside}))


def check_frozen(checked: object) -> None:
    """Check that the class of an object is a frozen dataclass, so that two objects with equal parameters are equal."""
    cls: Any = type(checked)
    is_decorated = "__dataclass_params__" in vars(cls) and is_dataclass(cls)
    assert_that(is_decorated, cls.__name__, "class", "decorated with @dataclass(frozen=True), and not only its base class", cls)
    assert_that(cls.__dataclass_params__.frozen, cls.__name__, "dataclass", "frozen", cls.__dataclass_params__)
