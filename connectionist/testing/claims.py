"""How every check says what is wrong: the thing, the property, what was allowed and what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Thing = TypeVar("Thing")


def claim(holds: object, thing: str, quality: str, allowed: str, got: object) -> None:
    """Raise AssertionError unless `holds`.

    Parameters
    ----------
    holds : object
        Taken as true or false.
    thing, quality : str
        What is checked, and which property of it.
    allowed, got : str, object
        What was allowed, and what came.

    Raises
    ------
    AssertionError
        As "thing, quality: must be allowed (got …)".

    Examples
    --------
    >>> claim(False, "Steepest", "rate", "above 0", -1)
    Traceback (most recent call last):
    AssertionError: Steepest, rate: must be above 0 (got -1)
    """
    if not holds:
        raise AssertionError(f"{thing}, {quality}: must be {allowed} (got {got!r})")


def claim_close(got: npt.ArrayLike, wanted: npt.ArrayLike, tolerance: float, thing: str, quality: str, floor: float = 1e-3) -> None:
    """Raise AssertionError unless two arrays agree within a tolerance relative to the greatest number wanted.

    The greatest, and not each number's own size: where large terms cancel, what is left carries their rounding. Where all of
    them cancel nothing else is left, so the greatest is taken to be at least `floor`.
    """
    ours, theirs = np.asarray(got, dtype=float), np.asarray(wanted, dtype=float)
    claim(ours.shape == theirs.shape, thing, quality, f"of shape {theirs.shape}", ours.shape)
    if not ours.size:
        return
    finite = np.isfinite(theirs)
    claim(np.array_equal(ours[~finite], theirs[~finite], equal_nan=True), thing, quality, f"{theirs}, where that is not finite", ours)
    scale = float(np.abs(theirs[finite]).max(initial=floor))
    difference = np.where(finite, np.abs(np.where(finite, ours, 0.0) - np.where(finite, theirs, 0.0)), 0.0)
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    claim(
        difference[place] <= tolerance * scale,
        thing,
        f"{quality} {list(map(int, place)) if place else ''}".rstrip(),
        f"{float(theirs[place])} within {tolerance:g} of {scale:g}",
        float(ours[place]),
    )


def make(thing: type[Thing] | Thing, *contracts: type) -> Thing:
    """Return the object to check: the one given, or one with its default parameters when a class was given.

    Raises
    ------
    AssertionError
        When it fulfils none of the contracts, or a class needs arguments.
    """
    kind = thing if isinstance(thing, type) else type(thing)
    allowed = " or ".join(contract.__name__ for contract in contracts)
    claim(issubclass(kind, contracts), kind.__name__, "class", f"a subclass of {allowed}", kind.__mro__)
    if not isinstance(thing, type):
        return thing
    try:
        made: Thing = thing()
    except TypeError as error:
        raise AssertionError(f"{kind.__name__}, parameters: must all have default values, so that its name suffices ({error})") from error
    return made


def check_name(thing: object) -> None:
    """Check that something has a name that can be typed on a command line."""
    name = getattr(thing, "name", None)
    typable = isinstance(name, str) and name and not set(name) & set(" \t\n:@/")
    claim(typable, type(thing).__name__, "name", "text without spaces, ':', '@' and '/'", name)


def check_frozen(thing: object) -> None:
    """Check that something is a frozen dataclass, so that two of equal parameters are one and the same thing."""
    kind: Any = type(thing)
    own = "__dataclass_params__" in vars(kind) and is_dataclass(kind)
    claim(own, kind.__name__, "class", "decorated with @dataclass(frozen=True) itself", kind)
    claim(kind.__dataclass_params__.frozen, kind.__name__, "dataclass", "frozen", kind.__dataclass_params__)


def check_refusal(thing: str, quality: str, allowed: str, error: type[Exception], attempt: Callable[[], object]) -> None:
    """Check that an attempt is refused with an error whose message names the quality."""
    try:
        got = attempt()
    except error as refusal:
        claim(quality in str(refusal), thing, f"message refusing {quality}", f"one that names {quality}", str(refusal))
        return
    raise AssertionError(f"{thing}, {quality}: must be {allowed}, and refused otherwise by {error.__name__} (got {got!r})")
