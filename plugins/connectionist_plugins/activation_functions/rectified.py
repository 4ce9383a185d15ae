r"""The rectified linear function: 0 for a negative net input, else the net input.

.. math:: y = \max(0, x) \qquad \frac{dy}{dx} = 1 \text{ for } x > 0, \text{ else } 0

x is the net input, y the activation. At x = 0, where the function has no derivative, the slope is 0. Source: Nair & Hinton (2010),
Rectified linear units improve restricted Boltzmann machines, Proceedings of the 27th International Conference on Machine Learning,
807–814.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import connectionist as cn


@dataclass(frozen=True)
class Rectified(cn.ActivationFunction):
    """The rectified linear function.

    Examples
    --------
    >>> Rectified().activation(-1.0), Rectified().activation(2.0), Rectified().slope(2.0, 2.0)
    (0.0, 2.0, 1.0)
    """

    name = "rectified"
    synonyms = ("relu",)
    equation = "y = max(0, x), dy/dx = 1 above 0, else 0"
    range = (0.0, inf)

    def activation(self, net_input: float) -> float:
        """Return y. NaN stays NaN, so that an earlier numerical error remains visible."""
        return 0.0 if net_input <= 0.0 else net_input

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx, 1 or 0."""
        return 1.0 if net_input > 0.0 else 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Rectified]
