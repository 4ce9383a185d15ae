"""What an activation function and an error function must offer.

Both are frozen dataclasses whose methods are plain arithmetic on single numbers: the local engine calls them as they stand,
the compiled engine compiles the same text. A joint activation function sees a whole group at once (softmax).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import MutableSequence, Sequence
from typing import ClassVar

INFINITE = (-math.inf, math.inf)


class ActivationFunction(ABC):
    """From a unit's net input to its activation, unit by unit.

    Attributes
    ----------
    name : str
        What ``add_group(activation=...)`` and ``connectionist list functions`` call it.
    equation : str
        Itself and its slope in a line of plain text, for `Unit.explain`; may be left empty.
    range : tuple of float
        Least and greatest activation, ends included; some error functions need activations between 0 and 1.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    range: ClassVar[tuple[float, float]] = INFINITE

    @abstractmethod
    def activation(self, net_input: float) -> float:
        """Return y for one net input x."""

    @abstractmethod
    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx at net input x, where the activation is y."""


class JointActivationFunction(ABC):
    """From the net inputs of a whole group to its activations.

    Both methods write their answer into the last argument, one value per unit in the order of the group.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    range: ClassVar[tuple[float, float]] = INFINITE

    @abstractmethod
    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write each unit's y."""

    @abstractmethod
    def net_derivatives(
        self,
        activations: Sequence[float],
        activation_derivatives: Sequence[float],
        net_derivatives: MutableSequence[float],
    ) -> None:
        """Write each unit's ∂E/∂x, given every unit's y and ∂E/∂y."""


class ErrorFunction(ABC):
    """From an output unit's activation and target to its share of the error.

    Attributes
    ----------
    name : str
        What ``add_group(error=...)`` and ``connectionist list functions`` call it.
    equation : str
        Itself and its derivative in a line of plain text, for `Unit.explain`; may be left empty.
    activations, targets : tuple of float
        Least and greatest activation and target for which it is defined.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    activations: ClassVar[tuple[float, float]] = INFINITE
    targets: ClassVar[tuple[float, float]] = INFINITE

    @abstractmethod
    def error(self, activation: float, target: float) -> float:
        """Return this unit's E."""

    @abstractmethod
    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""


def within_margin(activation: float, target: float, margin: float) -> bool:
    """Whether an activation is so far on the right side of its target that it counts as no error.

    With a margin of 0.2, a unit that should be on (target at least 0.5) has no error above ``target − 0.2``, and one that
    should be off none below ``target + 0.2`` (Rumelhart, Hinton & Williams 1986, caption of Fig. 2: above 0.8, below 0.2).

    Examples
    --------
    >>> within_margin(0.81, 1.0, 0.2), within_margin(0.8, 1.0, 0.2), within_margin(0.1, 0.0, 0.2)
    (True, False, True)
    >>> within_margin(2.0, 1.0, 0.0)
    False
    """
    if margin <= 0.0:
        return False
    return activation > target - margin if target >= 0.5 else activation < target + margin
