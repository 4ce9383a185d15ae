r"""The ternary function: activations near −1, 0 and 1, with soft steps between them.

.. math::
    y = \sigma(g (x - s)) - \sigma(-g (x + s)) \qquad
    \frac{dy}{dx} = g\, a (1 - a) + g\, b (1 - b) \qquad \sigma(z) = \frac{1}{1 + e^{-z}}

x is the net input, y the activation, g the gain, s the shift, a and b the two values of σ. It is ``TERNARY`` of LENS, whose default shift
is 5 (Rohde 1999, LENS: the light, efficient network simulator, CMU-CS-99-164).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Ternary(cn.ActivationFunction):
    """The ternary function.

    Parameters
    ----------
    gain : float
        Factor g of the net input, above 0.
    shift : float
        Net input s of the step from 0 to 1, at least 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Ternary().activation(0.0), Ternary(shift=1.0, gain=100.0).activation(-3.0)
    (0.0, -1.0)
    """

    gain: float = cn.parameter(1.0, above=0)
    shift: float = cn.parameter(5.0, at_least=0)
    name = "ternary"
    equation = "y = σ(gain (x − shift)) − σ(−gain (x + shift)), dy/dx = gain · (a (1 − a) + b (1 − b)), a and b the values of σ"
    range = (-1.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return cn.logistic(self.gain * (net_input - self.shift)) - cn.logistic(-self.gain * (net_input + self.shift))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        a, b = cn.logistic(self.gain * (net_input - self.shift)), cn.logistic(-self.gain * (net_input + self.shift))
        return self.gain * (a * (1.0 - a) + b * (1.0 - b))


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Ternary]
