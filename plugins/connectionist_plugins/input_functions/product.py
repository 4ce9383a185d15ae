r"""The product of the weights of a unit and the activations of its senders.

.. math::
    x = \prod_i w_i y_i \qquad
    \frac{\partial x}{\partial w_i} = y_i \prod_{k \ne i} w_k y_k \qquad
    \frac{\partial x}{\partial y_i} = w_i \prod_{k \ne i} w_k y_k

x is the net input, w a weight, y the activation of a sender. A bias is one more factor. Without connections x is 1. It is ``PRODUCT`` of
LENS (Rohde 1999, LENS: the light, efficient network simulator, CMU-CS-99-164), which divides by a weight or an activation of 0 in the
backward pass; here each product of the others is computed. Source: Rumelhart, Hinton & McClelland (1986), A general framework for parallel
distributed processing, in Parallel Distributed Processing, volume 1, MIT Press, chapter 2.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Product(cn.InputFunction):
    """The product of all weights and activations.

    Examples
    --------
    >>> Product().net_input([2.0, 0.5], [0.5, 3.0])
    1.5
    """

    name = "product"
    synonyms = ("sigma_pi",)
    equation = "x = Π w · y, ∂x/∂w = y · Π of the others, ∂x/∂y = w · Π of the others"

    def net_input(self, weights: Sequence[float], activations: Sequence[float]) -> float:
        """Return x."""
        total = 1.0
        for i in range(len(weights)):
            total *= weights[i] * activations[i]
        return total

    def slopes(
        self,
        weights: Sequence[float],
        activations: Sequence[float],
        weight_slopes: MutableSequence[float],
        activation_slopes: MutableSequence[float],
    ) -> None:
        """Write ∂x/∂w and ∂x/∂y of each connection."""
        before = 1.0
        for i in range(len(weights)):
            activation_slopes[i] = before
            before *= weights[i] * activations[i]
        after = 1.0
        for i in range(len(weights)):
            place = -1 - i
            others = activation_slopes[place] * after
            after *= weights[place] * activations[place]
            weight_slopes[place], activation_slopes[place] = others * activations[place], others * weights[place]


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.InputFunction]]:
    """Return the function."""
    return [Product]
