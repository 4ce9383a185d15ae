r"""The perceptron rule: weights change when the thresholded output is wrong.

.. math:: \Delta w_{ji} = \varepsilon\, (d_j - o_j)\, y_i \qquad o_j = 1 \text{ if } y_j \ge \tfrac12, \text{ else } 0

d is the target of output unit j, o its output as a decision. The threshold of ½ is a net input of 0 for a logistic unit. On patterns that
a plane separates, the errors end after a finite number of changes, if the weights change after each example; on exclusive or they never
end. Source: Rosenblatt (1958), The perceptron: a probabilistic model for information storage and organization in the brain, Psychological
Review 65, 386–408.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Perceptron(cn.LocalRule):
    """The perceptron rule, for networks without hidden units.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Perceptron().signal(0.0, sender=1.0, receiver=0.6, target=0.0), Perceptron().signal(0.0, 1.0, 0.6, 1.0)
    (-1.0, 0.0)
    """

    rate: float = cn.parameter(0.1, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "perceptron"
    continuous = False
    equation = "Δw = rate · signal, signal = Σ y of the sender · (d − o of the receiver), o = 1 if y ≥ 0.5, else 0"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the sender's activation times the error of the receiver's decision; 0 if the receiver has no target."""
        return sender * (target - (1.0 if receiver >= 0.5 else 0.0)) if target == target else 0.0  # noqa: PLR0124  (only NaN differs)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if there are trainable connections to hidden units, which have no targets."""
        to_hidden = [each for each in network.projections if each.receiver.role == "hidden"]
        names = [each.name for each in to_hidden if any(connection.weight.trainable for connection in each)]
        if names:
            raise cn.errors.WiringError(
                f"rule {self.name!r}: hidden units have no targets, so {' and '.join(names)} cannot learn; connect the input units to the "
                f"output units and leave out the hidden ones, or freeze these weights (connection.weight.trainable = False for each "
                f"connection of the projection)"
            )


@cn.hookimpl
def update_rules() -> Sequence[type[cn.LocalRule]]:
    """Return the rule."""
    return [Perceptron]
