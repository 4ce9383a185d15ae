r"""The stochastic binary unit: 1 with a probability that is the logistic function of the net input, else 0.

.. math:: P(y = 1) = \frac{1}{1 + e^{-x/T}}

x is the sum of the inputs, y the activation, T the temperature. The unit is computed as a threshold of 0 on a net input with a deviate L of
the logistic distribution, which has this probability:

.. math:: y = 1 \text{ for } x + T L > 0, \text{ else } 0

``unit.net_input`` is x + T L, and ``unit.net_input_noise`` is T L. The deviates come from the seed of training or of the network, as those
of `connectionist.Noise` do. The slope is 0, so no error goes back through such a unit. Source: Ackley, Hinton & Sejnowski (1985), A
learning algorithm for Boltzmann machines, Cognitive Science 9, 147–169.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class BinaryStochastic(cn.ActivationFunction):
    """The stochastic binary unit.

    Parameters
    ----------
    temperature : float
        Temperature T, above 0.

    Raises
    ------
    ParameterError
        If the temperature is out of range.

    Examples
    --------
    >>> BinaryStochastic().activation(-0.5), BinaryStochastic().activation(0.5)
    (0.0, 1.0)
    """

    temperature: float = cn.parameter(1.0, above=0)
    name = "binary_stochastic"
    equation = "y = 1 if x > 0, else 0, where x has noise: P(y = 1) = 1 / (1 + e^(−(x without noise) / temperature)), dy/dx = 0"
    range = (0.0, 1.0)
    continuous = False
    has_slope = False

    @property
    def logistic_scale(self) -> float:  # type: ignore[override]
        """Scale of the deviates, the temperature."""
        return self.temperature

    def activation(self, net_input: float) -> float:
        """Return y. The net input has its deviate."""
        return 1.0 if net_input > 0.0 else 0.0

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx = 0."""
        return 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [BinaryStochastic]
