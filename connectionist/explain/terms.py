"""Sums of named terms and values of functions, compared with the stored values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from connectionist.plugins.parameter_types import parameters_of
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    from connectionist.model.connection import Weight
    from connectionist.model.last_update import LastUpdate
    from connectionist.model.state import WeightState

BEFORE_CHANGE, BACKWARD = "before the last change", "of the learning procedure for the backward pass"  # of `Sum.weights`
EXACT, ROUNDED, SINGLE, DIFFERENT = "exact", "rounded", "single precision", "different"
DOUBLE_TOLERANCE, SINGLE_TOLERANCE = 1e-12, 1e-5  # relative to the largest number in the sum, for engines that add in another order

NamedNumbers = tuple[tuple[str, float], ...]
NamedValues = tuple[tuple[str, Any], ...]
WeightValue = Callable[["Weight"], float]


@with_assignment_errors
@dataclass(frozen=True)
class Term:
    """One term of a sum.

    Attributes
    ----------
    name : str
        Name of the unit or connection from which the term comes.
    value : float
    factors : tuple of (str, float)
        Factors of the term, by name; empty if it is not a product.
    parts : Sum or None
        Sum that is a factor of the term or the term itself; None if there is none.
    arguments : tuple of (str, float)
        Arguments of the formula that computed the term, by name; empty for products and sums.
    """

    name: str
    value: float
    factors: NamedNumbers = ()
    parts: Sum | None = None
    arguments: NamedNumbers = ()


@with_assignment_errors
@dataclass(frozen=True)
class Sum:
    """A sum of terms, and the stored value.

    Attributes
    ----------
    name : str
        Name of the object's attribute, such as "net_input" or "activation_derivative".
    terms : tuple of Term
        In the order in which they are added.
    stored : float or None
        Value of the attribute; None for a sum that is not stored.
    divisor : int
        Number of copies of which the value is the mean; 1 for a sum.
    weights : str
        Weights from which the terms were computed: "" for the present weights, "before the last change" for those before it,
        "of the learning procedure for the backward pass" for those of feedback alignment, for example.
    size : float
        Largest absolute value in the computation of the terms, if that is larger than the terms. `agreement` uses it.
    """

    name: str
    terms: tuple[Term, ...]
    stored: float | None
    divisor: int = 1
    weights: str = ""
    size: float = 0.0

    @property
    def total(self) -> float:
        """Sum of the terms, added from first to last, divided by `divisor`."""
        total = 0.0
        for term in self.terms:
            total += term.value
        return total / self.divisor if self.divisor != 1 else total

    @property
    def agreement(self) -> str:
        """Agreement of the total with the stored value: "exact", "rounded", "single precision" or "different"."""
        return agreement(self.total, self.stored, [*(abs(term.value) for term in self.terms), self.size])

    @property
    def difference(self) -> float:
        """Stored value minus total; 0 if none is stored."""
        return 0.0 if self.stored is None else self.stored - self.total


@with_assignment_errors
@dataclass(frozen=True)
class FunctionValue:
    """The value of a function, and the stored value.

    Attributes
    ----------
    name : str
        Name of the quantity, such as "activation", "slope" or "change".
    function : str
        Name of the function or rule.
    equation : str
        Attribute ``equation`` of the function or rule; empty if it has none.
    arguments : tuple of (str, float)
        Arguments of the function, by name.
    value : float
        Present value of the function.
    stored : float or None
        Value of the attribute; None for a value that is not stored.
    size : float
        Largest absolute value in the computation. `agreement` uses it.
    parameters : tuple of (str, object)
        Parameters of the activation function, by name; empty if it has none.
    """

    name: str
    function: str
    equation: str
    arguments: NamedNumbers
    value: float
    stored: float | None
    size: float = 0.0
    parameters: NamedValues = ()

    @property
    def agreement(self) -> str:
        """Agreement of the value with the stored value, as for `Sum.agreement`."""
        return agreement(self.value, self.stored, [abs(self.value), self.size])


def parameter_values(function: object) -> NamedValues:
    """Return the parameters of a function or rule with their values."""
    return tuple((name, getattr(function, name)) for name in parameters_of(type(function)))


def shown_parameters(function: object) -> NamedValues:
    """Return the parameters of a function without those that have their default and are not in its equation."""
    equation, defaults = getattr(function, "equation", ""), parameters_of(type(function))
    return tuple(
        (name, value)
        for name, value in parameter_values(function)
        if not equation or value != defaults[name] or re.search(rf"\b{name}\b", equation)
    )


def agreement(value: float, stored: float | None, sizes: Sequence[float]) -> str:
    """Return how well a computed value agrees with the stored value.

    Parameters
    ----------
    value : float
    stored : float or None
        None agrees exactly.
    sizes : sequence of float
        Absolute values of the numbers from which the value was computed. The tolerances are relative to the largest.

    Returns
    -------
    {"exact", "rounded", "single precision", "different"}
        The same number; within 1e-12; within 1e-5; or none of these.

    Examples
    --------
    >>> agreement(0.1 + 0.2, 0.3, [0.2]), agreement(0.3, 0.3, [0.2]), agreement(0.3, 0.4, [0.2])
    ('rounded', 'exact', 'different')
    """
    if stored is None or value == stored or (math.isnan(value) and math.isnan(stored)):
        return EXACT
    largest = 0.0
    for size in (*sizes, abs(stored)):
        largest = max(largest, size)
    for tolerance, name in ((DOUBLE_TOLERANCE, ROUNDED), (SINGLE_TOLERANCE, SINGLE)):
        if abs(value - stored) <= tolerance * largest:
            return name
    return DIFFERENT


def sum_with_matching_weights(make_sum: Callable[[WeightValue], Sum], state: WeightState, *, backward: bool = False) -> Sum:
    """Return a sum with the present weights or, if these do not give the stored value, with those before the last change.

    After training, the units show a pass that was run before the last weight change. A backward pass may have used other weights.

    Parameters
    ----------
    make_sum : function
        Function that makes the sum, given a function of a weight that returns its value.
    state : WeightState
    backward : bool
        Whether it is a sum of the backward pass.

    Returns
    -------
    Sum
    """
    present = make_sum(lambda weight: weight.value)
    last = state.last_update
    if present.agreement == EXACT or last is None:
        return present
    names = (BEFORE_CHANGE, BACKWARD) if backward and last.backward is not None else (BEFORE_CHANGE,)
    for name in names:
        other = replace(make_sum(partial(value_used, last=last, weights=name)), weights=name)
        if abs(other.difference) < abs(present.difference) and other.agreement != DIFFERENT:
            return other
    return present


def value_used(weight: Weight, last: LastUpdate | None, weights: str) -> float:
    """Return the value of a weight in a sum; the present one if no other was stored.

    Parameters
    ----------
    weight : Weight
    last : LastUpdate or None
    weights : str
        `Sum.weights` of the sum.
    """
    if last is None or not weights:
        return weight.value
    if weights == BACKWARD and last.backward is not None:
        return float(last.backward[weight.row])
    position = last.position_of(weight.row)
    return weight.value if position is None else float(last.values[position])
