r"""The logistic function, y between 0 and 1.

.. math:: y = \frac{1}{1 + e^{-g x}} \qquad \frac{dy}{dx} = g\, y (1 - y)

x is the net input, g the gain (1 in the paper). Equation 2 of Rumelhart, Hinton & Williams (1986), Learning representations by
back-propagating errors, Nature 323, 533–536.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from connectionist.errors import check_number
from connectionist.plugins.functions import ActivationFunction
from connectionist.plugins.hookspecs import hookimpl

LEAST = 1e-300
GREATEST = 1.0 - 2.0**-53


@dataclass(frozen=True)
class Logistic(ActivationFunction):
    """The logistic function.

    It never reaches 0 or 1, and here it does not round to them either: a unit far on the wrong side would have a slope of exactly 0, and
    could not be called back by an error function, such as cross-entropy, that is steep enough to do so.

    Parameters
    ----------
    gain : float
        Steepness g, above 0: the slope at x = 0 is g/4.

    Raises
    ------
    ParameterError
        When the gain is out of range.

    Examples
    --------
    >>> Logistic().activation(0.0), Logistic(gain=2.0).slope(0.0, 0.5)
    (0.5, 0.5)
    """

    gain: float = 1.0
    name = "logistic"
    equation = "y = 1 / (1 + e^(−gain · x)), dy/dx = gain · y · (1 − y)"
    range = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_number("Logistic", "gain", self.gain, above=0)

    def activation(self, net_input: float) -> float:
        """Return y, by way of the exponential that cannot overflow."""
        shrunk = exp(-abs(self.gain * net_input))
        y = (1.0 if net_input >= 0.0 else shrunk) / (1.0 + shrunk)
        y = LEAST if y < LEAST else y
        return GREATEST if y > GREATEST else y

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return self.gain * activation * (1.0 - activation)


@hookimpl
def activation_functions() -> Sequence[type[ActivationFunction]]:
    """Offer the logistic function."""
    return [Logistic]
