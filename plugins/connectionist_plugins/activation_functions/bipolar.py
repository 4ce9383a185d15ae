r"""The bipolar logistic function, y between −1 and 1.

.. math:: y = \frac{2}{1 + e^{-x}} - 1 = \tanh \frac{x}{2} \qquad \frac{dy}{dx} = \frac{1 - y^2}{2}

x is the net input, y the activation. It is the logistic function stretched to the range of −1 to 1; tanh is twice as steep. It is
``bipolar`` in tlearn, ``Act_TanH_Xdiv2`` in SNNS and ``FANN_SIGMOID_SYMMETRIC`` with a steepness of ½ in FANN. Source: Plunkett & Elman
(1997), Exercises in rethinking innateness, MIT Press, appendix B.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Bipolar(cn.ActivationFunction):
    """The bipolar logistic function.

    Parameters
    ----------
    gain : float
        Factor g of the net input, above 0. The slope at x = 0 is g/2.

    Raises
    ------
    ParameterError
        If the gain is out of range.

    Examples
    --------
    >>> Bipolar().activation(0.0), Bipolar().slope(0.0, 0.0)
    (0.0, 0.5)
    """

    gain: float = cn.parameter(1.0, above=0)
    name = "bipolar"
    equation = "y = tanh(gain · x / 2), dy/dx = gain · (1 − y²) / 2"
    range = (-1.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return math.tanh(0.5 * self.gain * net_input)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 0.5 * self.gain * (1.0 - activation * activation)

    def inverse(self, activation: float) -> float:
        """Return x = 2 artanh(y) / g."""
        return 2.0 * math.atanh(activation) / self.gain


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Bipolar]
