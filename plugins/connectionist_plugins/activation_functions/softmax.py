r"""Softmax over a group: activations between 0 and 1 that add up to 1.

.. math::
    y_i = \frac{e^{x_i}}{\sum_k e^{x_k}} \qquad
    \frac{\partial E}{\partial x_i} = y_i \Bigl(\frac{\partial E}{\partial y_i} - \sum_k y_k \frac{\partial E}{\partial y_k}\Bigr)

k runs over the units of the group. Bridle (1990), Probabilistic interpretation of feedforward classification network outputs, in
Fogelman Soulié & Hérault (eds), Neurocomputing, Springer, 227–236.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import exp

from connectionist.plugins.functions import JointActivationFunction
from connectionist.plugins.hookspecs import hookimpl

LEAST = 1e-300  # no share rounds to 0: its unit could not be called back


@dataclass(frozen=True)
class Softmax(JointActivationFunction):
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
        """Write each y. The greatest net input is taken off all of them first, which changes nothing but avoids overflow."""
        greatest = net_inputs[0]
        for i in range(len(net_inputs)):
            greatest = max(greatest, net_inputs[i])
        total = 0.0
        for i in range(len(net_inputs)):
            activations[i] = exp(net_inputs[i] - greatest)
            total += activations[i]
        for i in range(len(net_inputs)):
            share = activations[i] / total
            activations[i] = LEAST if share < LEAST else share

    def net_derivatives(
        self,
        activations: Sequence[float],
        activation_derivatives: Sequence[float],
        net_derivatives: MutableSequence[float],
    ) -> None:
        """Write each ∂E/∂x."""
        mean = 0.0
        for i in range(len(activations)):
            mean += activations[i] * activation_derivatives[i]
        for i in range(len(activations)):
            net_derivatives[i] = activations[i] * (activation_derivatives[i] - mean)


@hookimpl
def activation_functions() -> Sequence[type[JointActivationFunction]]:
    """Offer softmax."""
    return [Softmax]
