r"""The Gaussian function: a unit that is active when its net input is near 0.

.. math:: y = e^{-(g x)^2} \qquad \frac{dy}{dx} = -2 g^2 x\, y

x is the net input, y the activation, g the gain. It is ``GAUSSIAN`` of LENS (Rohde 1999, LENS: the light, efficient network simulator,
CMU-CS-99-164). Units of radial basis functions have a Gaussian function of a distance: Moody & Darken (1989), Fast learning in networks of
locally-tuned processing units, Neural Computation 1, 281–294.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import connectionist as cn

FARTHEST = 26.0  # e^(−26²) is less than 1e-290
SMALLEST = 1e-300  # with an activation of exactly 0, cross-entropy would have no finite derivative in single precision


@dataclass(frozen=True)
class Gaussian(cn.ActivationFunction):
    """The Gaussian function.

    Parameters
    ----------
    gain : float
        Factor g of the net input, above 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Gaussian().activation(0.0), Gaussian().slope(0.0, 1.0)
    (1.0, -0.0)
    """

    gain: float = cn.parameter(1.0, above=0)
    name = "gaussian"
    equation = "y = e^(−(gain · x)²), dy/dx = −2 · gain² · x · y"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y, and 1e-300 where it is less than 1e-290."""
        z = abs(self.gain * net_input)
        return exp(-z * z) if z < FARTHEST else SMALLEST

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return -2.0 * self.gain * self.gain * net_input * activation


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Gaussian]
