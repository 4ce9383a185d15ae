r"""The squared distance of the weights of a unit from the activations of its senders.

.. math:: x = \sum_i (w_i - y_i)^2 \qquad \frac{\partial x}{\partial w_i} = 2 (w_i - y_i) = -\frac{\partial x}{\partial y_i}

x is the net input, w a weight, y the activation of a sender. A bias adds (w − 1)². With a Gaussian activation function these are radial
basis functions. It is ``DISTANCE`` of LENS (Rohde 1999, LENS: the light, efficient network simulator, CMU-CS-99-164). Source: Moody &
Darken (1989), Fast learning in networks of locally-tuned processing units, Neural Computation 1, 281–294.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class SquaredDistance(cn.InputFunction):
    """The squared distance of the weights from the activations.

    Examples
    --------
    >>> SquaredDistance().net_input([1.0, 0.5], [0.0, 1.0])
    1.25
    """

    name = "distance"
    synonyms = ("euclidean", "squared_distance")
    equation = "x = Σ (w − y)², ∂x/∂w = 2 (w − y), ∂x/∂y = −2 (w − y)"

    def net_input(self, weights: Sequence[float], activations: Sequence[float]) -> float:
        """Return x."""
        total = 0.0
        for i in range(len(weights)):
            total += (weights[i] - activations[i]) * (weights[i] - activations[i])
        return total

    def slopes(
        self,
        weights: Sequence[float],
        activations: Sequence[float],
        weight_slopes: MutableSequence[float],
        activation_slopes: MutableSequence[float],
    ) -> None:
        """Write ∂x/∂w and ∂x/∂y of each connection."""
        for i in range(len(weights)):
            weight_slopes[i] = 2.0 * (weights[i] - activations[i])
            activation_slopes[i] = -weight_slopes[i]


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.InputFunction]]:
    """Return the function."""
    return [SquaredDistance]
