r"""Winner-take-all: the unit with the greatest net input of its group has the activation 1, and the others 0.

.. math:: y_i = 1 \text{ for the first } i \text{ with } x_i = \max_k x_k, \text{ else } 0 \qquad \frac{\partial E}{\partial x_i} = 0

x is a net input, y an activation, E the error; k runs over the units of the group. Small changes of net inputs do not change the
activations, so no error goes back through such a group. Source: Rumelhart & Zipser (1985), Feature discovery by competitive learning,
Cognitive Science 9, 75–112.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class WinnerTakeAll(cn.JointActivationFunction):
    """The unit with the greatest net input has the activation 1, the others 0; of units with equal net inputs, the first.

    Examples
    --------
    >>> y = [0.0, 0.0, 0.0]
    >>> WinnerTakeAll().activations([0.5, 2.0, 2.0], y)
    >>> y
    [0.0, 1.0, 0.0]
    """

    name = "winner_take_all"
    equation = "y = 1 for the greatest x of the group, else 0, ∂E/∂x = 0"
    range = (0.0, 1.0)
    continuous = False
    has_slope = False

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write y of each unit."""
        winner = 0
        for i in range(len(net_inputs)):
            if net_inputs[i] > net_inputs[winner]:
                winner = i
        for i in range(len(net_inputs)):
            activations[i] = 1.0 if i == winner else 0.0

    def net_derivatives(
        self,
        activations: Sequence[float],
        activation_derivatives: Sequence[float],
        net_derivatives: MutableSequence[float],
    ) -> None:
        """Write ∂E/∂x = 0 for each unit."""
        for i in range(len(net_derivatives)):
            net_derivatives[i] = 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.JointActivationFunction]]:
    """Return the function."""
    return [WinnerTakeAll]
