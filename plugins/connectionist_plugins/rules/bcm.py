r"""The rule of Bienenstock, Cooper and Munro (BCM): a unit becomes selective for some of its inputs.

.. math::
    \Delta w_{ji} = \varepsilon\, y_i\, y_j (y_j - \theta_j) \qquad
    \theta_j \leftarrow \theta_j + \eta\, (y_j^2 - \theta_j)

θ is the threshold of a unit, the running mean of its squared activation, and η the ``threshold_rate``. A weight increases if its receiver
is more active than the threshold, and decreases if it is less active. θ begins at 0 in each phase of training, and changes after each
example. A linear unit that sees two independent patterns equally often comes to respond to one of them with 2, and to the other with 0.
Source: Bienenstock, Cooper & Munro (1982), Theory for the development of neuron selectivity: orientation specificity and binocular
interaction in visual cortex, Journal of Neuroscience 2, 32–48.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class BCM(cn.JointRule):
    """The rule of Bienenstock, Cooper and Munro.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    threshold_rate : float
        Share η of the distance to the squared activation that the threshold θ covers with each example, above 0 and at most 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> threshold = {"threshold": np.array([0.25])}
    >>> BCM().signals(np.array([[1.0]]), np.array([1.0]), np.ones(1), np.ones(1), np.zeros((1, 2)), threshold)
    array([[0.75]])
    >>> threshold
    {'threshold': array([0.2875])}
    """

    rate: float = cn.parameter(0.01, above=0)
    threshold_rate: float = cn.parameter(0.05, above=0, at_most=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "bcm"
    unit_memory = ("threshold",)
    equation = "Δw = rate · signal, signal = Σ y of the sender · y (y − θ) of the receiver, θ = running mean of y²"

    def signals(
        self,
        values: cn.Array,
        senders: cn.Array,
        net_inputs: cn.Array,
        activations: cn.Array,
        positions: cn.Array,
        memory: dict[str, cn.Array],
    ) -> cn.Array:
        """Return the senders' activations times y (y − θ) of each receiver, and move each θ toward y²."""
        threshold = memory["threshold"]
        signals: cn.Array = (activations * (activations - threshold))[:, None] * senders
        threshold += self.threshold_rate * (activations * activations - threshold)
        return signals


@cn.hookimpl
def update_rules() -> Sequence[type[cn.JointRule]]:
    """Return the rule."""
    return [BCM]
