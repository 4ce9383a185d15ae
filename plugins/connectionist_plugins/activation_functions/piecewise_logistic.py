r"""The logistic function, approximated by straight lines between six of its points.

.. math:: y = a + (1 - a) \, f(g x), \qquad
          f(z) = \begin{cases}
          0 & z < -\ln 199 \\
          \sigma(z_k) + (z - z_k) \, \dfrac{\sigma(z_{k+1}) - \sigma(z_k)}{z_{k+1} - z_k} & z_k \le z \le z_{k+1} \\
          1 & z > \ln 199
          \end{cases}

x is the net input, y the activation, a the smallest activation and g the gain. σ is the logistic function, and z₁ to z₆ are the points
±ln 3, ±ln 19 and ±ln 199 in ascending order, where it is 0.005, 0.05, 0.25, 0.75, 0.95 and 0.995. So f jumps by 0.005 at the first point
and at the last. With a = 0 and g = 2s it is ``FANN_SIGMOID_STEPWISE`` of FANN with the steepness s, with a = −1
``FANN_SIGMOID_SYMMETRIC_STEPWISE``. Source: Nissen (2003), Implementation of a fast artificial neural network library (FANN), University
of Copenhagen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn

FIRST, SECOND, THIRD = math.log(3.0), math.log(19.0), math.log(199.0)  # where the logistic function is 0.75, 0.95 and 0.995
INNER, MIDDLE, OUTER = 0.25 / FIRST, 0.2 / (SECOND - FIRST), 0.045 / (THIRD - SECOND)  # slopes of the lines


@dataclass(frozen=True)
class PiecewiseLogistic(cn.ActivationFunction):
    """The logistic function, approximated by straight lines.

    Parameters
    ----------
    gain : float
        Factor g of the net input, above 0.
    lowest : float
        Smallest activation a, below 1; 0 approximates ``logistic``, -1 ``bipolar``.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> PiecewiseLogistic().activation(0.0), PiecewiseLogistic(lowest=-1.0).activation(6.0)
    (0.5, 1.0)
    """

    gain: float = cn.parameter(1.0, above=0)
    lowest: float = cn.parameter(0.0, below=1)
    name = "piecewise_logistic"
    continuous = False
    equation = "y = lowest + (1 − lowest) f(gain · x), f the logistic function with straight lines between six points"

    @property
    def range(self) -> tuple[float, float]:  # type: ignore[override]
        """The smallest activation, and 1."""
        return self.lowest, 1.0

    def activation(self, net_input: float) -> float:
        """Return y."""
        x = self.gain * net_input
        distance = abs(x)
        if distance <= FIRST:
            part = INNER * distance
        elif distance <= SECOND:
            part = 0.25 + MIDDLE * (distance - FIRST)
        elif distance <= THIRD:
            part = 0.45 + OUTER * (distance - SECOND)
        else:
            part = 0.5 if distance > THIRD else x  # NaN stays NaN, so that an earlier numerical error remains visible
        return self.lowest + (1.0 - self.lowest) * (0.5 + (part if x > 0.0 else -part))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx, the slope of the line; 0 beyond the points."""
        distance = abs(self.gain * net_input)
        line = INNER if distance <= FIRST else MIDDLE if distance <= SECOND else OUTER if distance <= THIRD else 0.0
        return (1.0 - self.lowest) * self.gain * line


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [PiecewiseLogistic]
