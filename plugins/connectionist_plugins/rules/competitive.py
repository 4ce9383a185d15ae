r"""Competitive learning: in each group, the unit with the greatest net input moves its weights toward the input.

.. math:: \Delta w_{ji} = \varepsilon\, l_j \Bigl(\frac{y_i}{\sum_k y_k} - w_{ji}\Bigr)

i and k are senders. The factor l is 1 for the winner and the parameter ``leak`` for the others. A small leak brings units that never win
toward the inputs until they do, which Rumelhart & Zipser call leaky learning. Of units with equal net inputs the first wins. The weights of
a unit keep the sum 1 if they begin with it. For inputs of 0 and 1 the sum over k is the number of active senders. Without active senders no
unit learns. Source: Rumelhart & Zipser (1985), Feature discovery by competitive learning, Cognitive Science 9, 75–112. Without a leak it is
the program ``cl`` of McClelland & Rumelhart (1988), Explorations in Parallel Distributed Processing, MIT Press, chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Competitive(cn.JointRule):
    """Competitive learning, for groups without trainable biases and with activations of senders of at least 0.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    leak : float
        Learning of units that do not win, as a fraction of that of the winner, from 0 to 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> values, senders = np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0.0, 1.0])
    >>> Competitive().signals(values, senders, np.array([0.5, 0.75]), np.zeros(2), np.zeros((2, 2)), {})
    array([[ 0.  ,  0.  ],
           [-0.25,  0.25]])
    """

    rate: float = cn.parameter(0.1, above=0)
    leak: float = cn.parameter(0.0, at_least=0, at_most=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "competitive"
    continuous = False
    sender_range = (0.0, math.inf)
    equation = "Δw = rate · signal, signal = Σ y of the sender / Σ y of all senders − w, times leak if the receiver does not win"

    def signals(
        self,
        values: cn.Array,
        senders: cn.Array,
        net_inputs: cn.Array,
        activations: cn.Array,
        positions: cn.Array,
        memory: dict[str, cn.Array],
    ) -> cn.Array:
        """Return the distances of the weights from the senders' shares of their activation, for losers times the leak."""
        signals, total = values.copy(), 0.0
        signals[:] = 0.0
        for activation in senders.tolist():
            if activation < 0.0:
                raise cn.errors.DataError(f"rule {self.name!r}: activations of senders must be at least 0 (got {activation:g})")
            total += activation
        if total > 0.0:
            winner = int(net_inputs.argmax())
            if self.leak:
                signals[:] = self.leak * (senders / total - values)
            signals[winner] = senders / total - values[winner]
        return signals

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if units of a group have different senders, or a group has trainable biases."""
        super().check_network(network)
        for projection in network.projections:
            if projection.sender.role == "bias" and any(connection.weight.trainable for connection in projection):
                name, size = projection.receiver.name, len(projection.receiver)
                raise cn.errors.WiringError(
                    f"rule {self.name!r}: the weights of a unit keep their sum, so {name!r} must have no biases that learn; make it with "
                    f"biased=False, as in network.add_group({name!r}, {size}, biased=False)"
                )


@cn.hookimpl
def update_rules() -> Sequence[type[cn.JointRule]]:
    """Return the rule."""
    return [Competitive]
