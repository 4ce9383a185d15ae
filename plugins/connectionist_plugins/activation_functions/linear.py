r"""The identity: the activation is the net input.

.. math:: y = x \qquad \frac{dy}{dx} = 1

x is the net input, y the activation. The delta rule was published for such units: Widrow & Hoff (1960), Adaptive switching circuits, IRE
WESCON Convention Record 4, 96–104.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Linear(cn.ActivationFunction):
    """The identity.

    Examples
    --------
    >>> Linear().activation(-2.5), Linear().slope(-2.5, -2.5)
    (-2.5, 1.0)
    """

    name = "linear"
    synonyms = ("identity",)
    equation = "y = x, dy/dx = 1"

    def activation(self, net_input: float) -> float:
        """Return y = x."""
        return net_input

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx = 1."""
        return 1.0

    def inverse(self, activation: float) -> float:
        """Return x = y."""
        return activation


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Linear]
