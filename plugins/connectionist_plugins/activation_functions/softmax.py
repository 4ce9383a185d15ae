r"""Softmax over a group: activations between 0 and 1 whose sum is 1.

.. math::
    y_i = \frac{e^{x_i}}{\sum_k e^{x_k}} \qquad
    \frac{\partial E}{\partial x_i} = y_i \Bigl(\frac{\partial E}{\partial y_i} - \sum_k y_k \frac{\partial E}{\partial y_k}\Bigr)

x is a net input, y an activation, E the error; k runs over the units of the group. Source: Bridle (1990), Probabilistic interpretation of
feedforward classification network outputs, with relationships to statistical pattern recognition, in Fogelman Soulié & Hérault (eds),
Neurocomputing, Springer, 227–236.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import exp

import connectionist as cn

SMALLEST = 1e-300  # an activation of exactly 0 has no derivative, so that its unit could not recover


@dataclass(frozen=True)
class Softmax(cn.JointActivationFunction):
    """Softmax over the units of a group.

    Examples
    --------
    >>> y = [0.0, 0.0]
    >>> Softmax().activations([5.0, 5.0], y)
    >>> y
    [0.5, 0.5]
    """

    name = "softmax"
    equation = "y = e^x / Σ e^x, ∂E/∂x = y · (∂E/∂y − Σ y · ∂E/∂y), sums over the group"
    range = (0.0, 1.0)

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write y of each unit. Subtracting the greatest net input from all does not change the result, and avoids overflow."""
        greatest = net_inputs[0]
        for i in range(len(net_inputs)):
            greatest = max(greatest, net_inputs[i])
        total = 0.0
        for i in range(len(net_inputs)):
            activations[i] = exp(net_inputs[i] - greatest)
            total += activations[i]
        for i in range(len(net_inputs)):
            activation = activations[i] / total
            activations[i] = SMALLEST if activation < SMALLEST else activation

    def net_derivatives(
        self,
        activations: Sequence[float],
        activation_derivatives: Sequence[float],
        net_derivatives: MutableSequence[float],
    ) -> None:
        """Write ∂E/∂x of each unit."""
        mean = 0.0
        for i in range(len(activations)):
            mean += activations[i] * activation_derivatives[i]
        for i in range(len(activations)):
            net_derivatives[i] = activations[i] * (activation_derivatives[i] - mean)


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.JointActivationFunction]]:
    """Return the function."""
    return [Softmax]
