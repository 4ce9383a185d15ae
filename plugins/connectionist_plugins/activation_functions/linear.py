r"""The identity: the activation is the net input.

.. math:: y = x \qquad \frac{dy}{dx} = 1

The unit of the delta rule: Widrow & Hoff (1960), Adaptive switching circuits, IRE WESCON Convention Record 4, 96–104.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.functions import ActivationFunction
from connectionist.plugins.hookspecs import hookimpl


@dataclass(frozen=True)
class Linear(ActivationFunction):
    """The identity.

    Examples
    --------
    >>> Linear().activation(-2.5), Linear().slope(-2.5, -2.5)
    (-2.5, 1.0)
    """

    name = "linear"
    equation = "y = x, dy/dx = 1"

    def activation(self, net_input: float) -> float:
        """Return y."""
        return net_input

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0


@hookimpl
def activation_functions() -> Sequence[type[ActivationFunction]]:
    """Offer the identity."""
    return [Linear]
