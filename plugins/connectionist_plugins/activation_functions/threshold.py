r"""The threshold function: 1 for a net input above the threshold, else 0.

.. math:: y = 1 \text{ for } x > \theta, \text{ else } 0 \qquad \frac{dy}{dx} = 0

x is the net input, y the activation, θ the threshold. The slope is 0 at each point, so no error goes back through such a unit. It is the
unit of McCulloch & Pitts (1943), A logical calculus of the ideas immanent in nervous activity, Bulletin of Mathematical Biophysics 5,
115–133, and of the perceptron; ``lt`` in the program ``pa`` of McClelland & Rumelhart (1988), Explorations in Parallel Distributed
Processing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Threshold(cn.ActivationFunction):
    """The threshold function.

    Parameters
    ----------
    threshold : float
        Threshold θ.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Threshold().activation(0.0), Threshold().activation(0.5), Threshold().slope(0.5, 1.0)
    (0.0, 1.0, 0.0)
    """

    threshold: float = cn.parameter(0.0)
    name = "threshold"
    synonyms = ("binary", "heaviside", "linear_threshold", "step")
    equation = "y = 1 if x > threshold, else 0, dy/dx = 0"
    range = (0.0, 1.0)
    continuous = False
    has_slope = False

    def activation(self, net_input: float) -> float:
        """Return y."""
        return 1.0 if net_input > self.threshold else 0.0

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx = 0."""
        return 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [Threshold]
