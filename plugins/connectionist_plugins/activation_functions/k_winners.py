r"""K winners take all: the k units with the greatest net inputs of their group have the activation 1, and the others 0.

.. math:: y_i = 1 \text{ if fewer than } k \text{ units of the group precede } i, \text{ else } 0 \qquad \frac{\partial E}{\partial x_i} = 0

x is a net input, y an activation, E the error. A unit precedes another if its net input is greater, or equal and earlier in the group.
Small changes of net inputs do not change the activations, so no error goes back through such a group. Source: Majani, Erlanson &
Abu-Mostafa (1989), On the k-winners-take-all network, Advances in Neural Information Processing Systems 1, 634–642.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class KWinners(cn.JointActivationFunction):
    """The k units with the greatest net inputs have the activation 1, the others 0; of units with equal net inputs, the first.

    Parameters
    ----------
    k : int
        Number of winners, at least 1. The group must have at least as many units.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> y = [0.0, 0.0, 0.0]
    >>> KWinners(k=2).activations([0.5, 2.0, 1.0], y)
    >>> y
    [0.0, 1.0, 1.0]
    """

    k: int = cn.parameter(2, at_least=1)
    name = "k_winners"
    equation = "y = 1 for the k greatest x of the group, else 0, ∂E/∂x = 0"
    range = (0.0, 1.0)
    continuous = False
    has_slope = False

    @property
    def least_units(self) -> int:  # type: ignore[override]
        """As many as winners."""
        return self.k

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write y of each unit."""
        for i in range(len(net_inputs)):
            before = 0.0
            for j in range(len(net_inputs)):
                if net_inputs[j] > net_inputs[i] or (net_inputs[j] == net_inputs[i] and j < i):
                    before += 1.0
            activations[i] = 1.0 if before < self.k else 0.0

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
    return [KWinners]
