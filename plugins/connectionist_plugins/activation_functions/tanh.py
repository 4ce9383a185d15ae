r"""The hyperbolic tangent, y between −1 and 1.

.. math:: y = \tanh x \qquad \frac{dy}{dx} = 1 - y^2

x is the net input, y the activation. The function is a rescaled logistic function: tanh x = 2 logistic(2x) − 1. LeCun, Bottou, Orr &
Müller (1998), Efficient BackProp, section 4.4, recommend symmetric functions; theirs is the scaled 1.7159 tanh(2x/3), which is another
function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Tanh(cn.ActivationFunction):
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
        """Return y = tanh x."""
        return math.tanh(net_input)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx = 1 − y²."""
        return 1.0 - activation * activation

    def inverse(self, activation: float) -> float:
        """Return x = artanh y."""
        return math.atanh(activation)


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Tanh]
