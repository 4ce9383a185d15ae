r"""Sanger's rule, the generalized Hebbian algorithm: each unit of a group finds another principal component.

.. math:: \Delta w_{ji} = \varepsilon\, y_j \Bigl(y_i - \sum_{k \le j} y_k\, w_{ki}\Bigr)

j and k are units of the receiving group in their order, i a sender. The first unit learns by Oja's rule. Each later unit learns by it from
what the units before it have left of the input. Linear units without biases turn toward the first principal components of their inputs, in
their order, if the mean of the inputs is 0. With a constant rate they stay near them. Source: Sanger (1989), Optimal unsupervised learning
in a single-layer linear feedforward neural network, Neural Networks 2, 459–473.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Sanger(cn.JointRule):
    """Sanger's rule, for groups of linear units.

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
    >>> import numpy as np
    >>> none = np.zeros((2, 2))
    >>> Sanger().signals(np.eye(2), np.array([1.0, 2.0]), np.zeros(2), np.array([1.0, 2.0]), none, {})
    array([[0., 2.],
           [0., 0.]])
    """

    rate: float = cn.parameter(0.05, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "sanger"
    equation = "Δw = rate · signal, signal = Σ y of the receiver · (y of the sender − Σ y · w of the receivers up to this one)"

    def signals(
        self,
        values: cn.Array,
        senders: cn.Array,
        net_inputs: cn.Array,
        activations: cn.Array,
        positions: cn.Array,
        memory: dict[str, cn.Array],
    ) -> cn.Array:
        """Return y of each receiver times what the receivers up to it have left of the senders' activations."""
        outputs = activations[:, None]
        rest: cn.Array = senders - (outputs * values).cumsum(axis=0)
        return outputs * rest


@cn.hookimpl
def update_rules() -> Sequence[type[cn.JointRule]]:
    """Return the rule."""
    return [Sanger]
