r"""The softplus function, a smooth form of the rectified linear function.

.. math:: y = \frac{1}{g} \ln (1 + e^{g x}) \qquad \frac{dy}{dx} = \frac{1}{1 + e^{-g x}}

x is the net input, y the activation, g the gain. With a greater gain the function is nearer to max(0, x). Source: Dugas, Bengio, Bélisle,
Nadeau & Garcia (2001), Incorporating second-order functional knowledge for better option pricing, Advances in Neural Information Processing
Systems 13, 472–478.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log1p

import connectionist as cn


@dataclass(frozen=True)
class Softplus(cn.ActivationFunction):
    """The softplus function.

    Parameters
    ----------
    gain : float
        Factor g, above 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> round(Softplus().activation(0.0), 6), Softplus().slope(0.0, 0.0), Softplus().activation(1000.0)
    (0.693147, 0.5, 1000.0)
    """

    gain: float = cn.parameter(1.0, above=0)
    name = "softplus"
    equation = "y = ln(1 + e^(gain · x)) / gain, dy/dx = 1 / (1 + e^(−gain · x))"
    range = (0.0, inf)

    def activation(self, net_input: float) -> float:
        """Return y. The exponent is never positive, so that the exponential cannot overflow."""
        z = self.gain * net_input
        return (max(z, 0.0) + log1p(exp(-abs(z)))) / self.gain

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return cn.logistic(self.gain * net_input)


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Softplus]
