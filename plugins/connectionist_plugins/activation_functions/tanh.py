r"""The hyperbolic tangent, y between −1 and 1.

.. math:: y = \tanh x \qquad \frac{dy}{dx} = 1 - y^2

The symmetric relative of the logistic function: tanh x = 2 logistic(2x) − 1. Recommended over it by LeCun, Bottou, Orr & Müller
(1998), Efficient BackProp, section 4.4; not to be confused with the scaled 1.7159 tanh(2x/3) given there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.functions import ActivationFunction
from connectionist.plugins.hookspecs import hookimpl


@dataclass(frozen=True)
class Tanh(ActivationFunction):
    """The hyperbolic tangent.

    Examples
    --------
    >>> Tanh().activation(0.0), Tanh().slope(0.0, 0.0)
    (0.0, 1.0)
    """

    name = "tanh"
    equation = "y = tanh(x), dy/dx = 1 − y²"
    range = (-1.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return math.tanh(net_input)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0 - activation * activation


@hookimpl
def activation_functions() -> Sequence[type[ActivationFunction]]:
    """Offer the hyperbolic tangent."""
    return [Tanh]
