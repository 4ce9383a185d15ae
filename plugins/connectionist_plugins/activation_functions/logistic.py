r"""The logistic function, y between 0 and 1.

.. math:: y = \frac{1}{1 + e^{-g x}} \qquad \frac{dy}{dx} = g\, y (1 - y)

x is the net input, y the activation, g the gain. With g = 1 this is equation 2 of Rumelhart, Hinton & Williams (1986), Learning
representations by back-propagating errors, Nature 323, 533–536.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import connectionist as cn

SMALLEST = 1e-300
GREATEST = 1.0 - 2.0**-53


@dataclass(frozen=True)
class Logistic(cn.ActivationFunction):
    """The logistic function.

    The function never reaches 0 or 1. Here it is also not rounded to 0 or 1, because a unit with a very wrong activation would then have a
    slope of exactly 0 and could not recover. Cross-entropy is steep enough for such a unit to recover.

    Parameters
    ----------
    gain : float
        Gain g, above 0. The slope at x = 0 is g/4.

    Raises
    ------
    ParameterError
        If the gain is out of range.

    Examples
    --------
    >>> Logistic().activation(0.0), Logistic(gain=2.0).slope(0.0, 0.5)
    (0.5, 0.5)
    """

    gain: float = cn.parameter(1.0, above=0)
    name = "logistic"
    synonyms = ("sigmoid",)
    equation = "y = 1 / (1 + e^(−gain · x)), dy/dx = gain · y · (1 − y)"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        y = cn.logistic(self.gain * net_input)
        y = SMALLEST if y < SMALLEST else y
        return GREATEST if y > GREATEST else y

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx = g · y · (1 − y)."""
        return self.gain * activation * (1.0 - activation)

    def inverse(self, activation: float) -> float:
        """Return x = ln(y / (1 − y)) / g."""
        return log(activation / (1.0 - activation)) / self.gain


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Logistic]
