"""Sums of named terms, beside the value that is stored."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectionist.model.connection import Weight
    from connectionist.model.state import WeightState

EXACT, ROUNDED, SINGLE, DIFFERENT = "exact", "rounded", "single precision", "different"
DOUBLE_DIGITS, SINGLE_DIGITS = 1e-12, 1e-5  # of the greatest number in the sum: what engines that add in another order may differ by

ValueOf = Callable[["Weight"], float]


@dataclass(frozen=True)
class Term:
    """One summand.

    Attributes
    ----------
    name : str
        Where it comes from.
    value : float
    factors : tuple of (str, float)
        What it is the product of, by name; empty where it is no product.
    parts : Sum or None
        What it is the sum of, where it is one.
    given : tuple of (str, float)
        What a formula that is neither made it from, by name.
    """

    name: str
    value: float
    factors: tuple[tuple[str, float], ...] = ()
    parts: Sum | None = None
    given: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Sum:
    """A sum, and what the state holds of it.

    Attributes
    ----------
    name : str
        As the object's attribute is called: "net_input", "activation_derivative", …
    terms : tuple of Term
        In the order in which they are added.
    stored : float or None
        The attribute's value; None for a sum that is stored nowhere.
    divisor : int
        How many copies the sum is the mean of; 1 where it is no mean.
    weights : str
        With which weights it was made: "" for those of now, "before the last change" for those of the pass before it.
    size : float
        How great the numbers are that the terms were made from, where these are greater than the terms: for telling rounding from
        difference.
    """

    name: str
    terms: tuple[Term, ...]
    stored: float | None
    divisor: int = 1
    weights: str = ""
    size: float = 0.0

    @property
    def total(self) -> float:
        """The terms added up from left to right."""
        total = 0.0
        for term in self.terms:
            total += term.value
        return total / self.divisor if self.divisor != 1 else total

    @property
    def agreement(self) -> str:
        """Whether it is what is stored, if it is: "exact", "rounded" (but for the last digits), "single precision", or "different"."""
        return agreement(self.total, self.stored, [*(abs(term.value) for term in self.terms), self.size])

    @property
    def difference(self) -> float:
        """The stored value less the total; 0 where none is stored."""
        return 0.0 if self.stored is None else self.stored - self.total


@dataclass(frozen=True)
class FunctionValue:
    """One value that a function gives, and what the state holds of it.

    Attributes
    ----------
    name : str
        "activation", "slope", "change", …
    function : str
        Whose value it is.
    equation : str
        As the function's plugin prints it; empty where it does not.
    given : tuple of (str, float)
        What it was made from, by name.
    value : float
        What the function gives now.
    stored : float or None
        The attribute's value; None for what is stored nowhere.
    size : float
        How great the numbers in it are, for telling rounding from difference.
    """

    name: str
    function: str
    equation: str
    given: tuple[tuple[str, float], ...]
    value: float
    stored: float | None
    size: float = 0.0

    @property
    def agreement(self) -> str:
        """Whether it is the stored value, as `Sum.agreement`."""
        return agreement(self.value, self.stored, [abs(self.value), self.size])


def agreement(value: float, stored: float | None, sizes: Sequence[float]) -> str:
    """Return how near a value is to what is stored, given how great the numbers are that it was made from.

    Examples
    --------
    >>> agreement(0.1 + 0.2, 0.3, [0.2]), agreement(0.3, 0.3, [0.2]), agreement(0.3, 0.4, [0.2])
    ('rounded', 'exact', 'different')
    """
    if stored is None or value == stored or (math.isnan(value) and math.isnan(stored)):
        return EXACT
    size = 0.0
    for each in (*sizes, abs(stored)):
        size = max(size, each)
    for digits, word in ((DOUBLE_DIGITS, ROUNDED), (SINGLE_DIGITS, SINGLE)):
        if abs(value - stored) <= digits * size:
            return word
    return DIFFERENT


def best(make: Callable[[ValueOf], Sum], state: WeightState) -> Sum:
    """Return a sum made with the weights of now, or with those from before the last change where only these give what is stored.

    After training the state is that of a pass made before the weights were changed for the last time.
    """
    now = make(lambda weight: weight.value)
    last = state.last_change
    if now.agreement == EXACT or last is None:
        return now

    def before(weight: Weight) -> float:
        place = last.place(weight.row)
        return weight.value if place is None else float(last.values[place])

    then = make(before)
    if abs(then.difference) < abs(now.difference) and then.agreement != DIFFERENT:
        return replace(then, weights="before the last change")
    return now
