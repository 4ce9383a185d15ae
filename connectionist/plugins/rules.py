"""What a rule for changing weights must offer.

A rule is a frozen dataclass of parameters and a formula for one weight. The local engine calls the formula with numbers as it
stands, the compiled engine compiles the same text; so it is plain arithmetic, and what it wants to remember from change to
change it declares by name in `memory` and is handed back, one number per weight, 0 at the start.

Rule
├── UpdateRule        the formula sees the weight and its error derivative
├── WholeNetRule      … and one number made from the derivatives of the whole net
├── LocalRule         no backward pass: the formula sees the activations at both ends of the connection
└── SearchRule        tries points: is handed a function from weights to error and derivatives
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.errors import ParameterError, check_number

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]  # that of `state`, which stands above


class Rule(ABC):
    """What every rule has.

    Attributes
    ----------
    name : str
        What ``cn.rule(name)`` and ``connectionist list rules`` call it.
    equation : str
        The change in a line of plain text, for `Connection.explain`; may be left empty.
    memory : tuple of str
        Names of the numbers it remembers for each weight.
    decay : float
        After each change, w ← (1 − decay) w for every trainable weight, biases included; from 0 to below 1.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    memory: ClassVar[tuple[str, ...]] = ()
    decay: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a rate or decay out of range; a rule with more parameters checks those as well."""
        owner = type(self).__name__
        if hasattr(self, "rate"):
            check_number(owner, "rate", self.rate, above=0)
        check_number(owner, "decay", self.decay, at_least=0, below=1)

    def with_rate(self, rate: float | None) -> Rule:
        """Return the same rule with another rate; itself for None.

        Raises
        ------
        ParameterError
            When the rule has no rate.
        """
        if rate is None:
            return self
        if not is_dataclass(self) or "rate" not in {field.name for field in fields(self)}:
            raise ParameterError(f"rule {self.name!r} has no rate: a projection's own rate means nothing to it (got {rate})")
        return replace(self, rate=rate)  # type: ignore[type-var,unused-ignore]

    def at(self, rate: float) -> Rule:
        """Return the rule as it changes a weight of this rate: itself where that is its own, or where it has none, which NaN says."""
        return self if rate != rate or rate == getattr(self, "rate", None) else self.with_rate(rate)  # noqa: PLR0124


class UpdateRule(Rule):
    """A rule that changes each weight from its own error derivative."""

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, derivative, …)``.

        Parameters
        ----------
        value : float
            w.
        derivative : float
            ∂E/∂w, summed over the examples since the last change, averaged over ties.
        … : float
            What was remembered, one argument for each name in `memory`, in that order.

        Returns
        -------
        tuple of float
            Δw, then one number for each name in `memory`.
        """


class WholeNetRule(Rule):
    """A rule that also needs one number made from the derivatives of all trainable weights."""

    @abstractmethod
    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return the number, given ∂E/∂w of every trainable weight in the order of ``net.weights``."""

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, derivative, summary, …)``, `summary` being what `summarize` returned."""


class LocalRule(Rule):
    """A rule without error derivatives: each connection learns from the activations at its two ends. No backward pass is made."""

    @abstractmethod
    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return what one connection contributes to the change in one case.

        Parameters
        ----------
        value : float
            w.
        sender, receiver : float
            The two activations.
        target : float
            The receiver's target; NaN when it has none.

        Returns
        -------
        float
            Summed over the examples since the last change, averaged over ties, it is handed to `change`.
        """

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, signal, …)``, `signal` being the sum of the signals."""


Evaluate = Callable[["Array"], "tuple[float, Array]"]


class SearchRule(Rule):
    """A rule that tries points before it changes the weights: conjugate gradient, Levenberg–Marquardt. After whole epochs only."""

    @abstractmethod
    def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
        """Return new weights.

        Parameters
        ----------
        values : array [trainable weight]
            Where the search starts.
        evaluate : function
            From an array of weights to E, summed over the examples, and ∂E/∂w, an array in the same order.
        memory : dict
            The rule's own from call to call; empty at the beginning of each phase.

        Returns
        -------
        array [trainable weight]
        """
