r"""The rectified net input: 0 below 0, the net input above.

.. math:: y = \max(0, x) \qquad \frac{dy}{dx} = 1 \text{ for } x > 0, \text{ else } 0

At x = 0, where there is no derivative, the slope is 0. Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann
machines, ICML 27, 807–814.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.functions import INFINITE, ActivationFunction
from connectionist.plugins.hookspecs import hookimpl


@dataclass(frozen=True)
class Rectified(ActivationFunction):
    """The rectified net input.

    Examples
    --------
    >>> Rectified().activation(-1.0), Rectified().activation(2.0), Rectified().slope(2.0, 2.0)
    (0.0, 2.0, 1.0)
    """

    name = "rectified"
    equation = "y = max(0, x), dy/dx = 1 above 0, else 0"
    range = (0.0, INFINITE[1])

    def activation(self, net_input: float) -> float:
        """Return y; NaN stays NaN, so that trouble upstream shows."""
        return 0.0 if net_input <= 0.0 else net_input

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0 if net_input > 0.0 else 0.0


@hookimpl
def activation_functions() -> Sequence[type[ActivationFunction]]:
    """Offer the rectified net input."""
    return [Rectified]
