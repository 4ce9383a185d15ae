r"""Kohonen's map: the unit whose weights are nearest to the input, and its neighbours, move their weights toward the input.

.. math::
    \Delta w_{ji} = \varepsilon\, h_j\, (y_i - w_{ji}) \qquad
    h_j = \exp \Bigl(-\frac{d_j^2}{2 \sigma^2}\Bigr)

i is a sender. The winner has the smallest Σ (y − w)²; of equal ones the first. d is the Euclidean distance of unit j from the winner on the
grid of the group, and σ the ``width`` of the neighbourhood. The grid has ``group.columns`` columns; without it the group is one row. The
map unfolds if σ and the rate decrease, as in ``schedule={"width": {0: 3.0, 20: 1.0}, "rate": {20: 0.1}}``. The activations have no part in
the rule. Sources: Kohonen (1982), Self-organized formation of topologically correct feature maps, Biological Cybernetics 43, 59–69; with
this neighbourhood Kohonen (1995), Self-organizing maps, Springer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Kohonen(cn.JointRule):
    """Kohonen's map, for groups without biases.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    width : float
        Standard deviation σ of the neighbourhood, in distances between neighbours on the grid, above 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> values, positions = np.array([[0.0], [1.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> Kohonen(width=0.5).signals(values, np.array([0.75]), np.zeros(2), np.zeros(2), positions, {}).round(3)
    array([[ 0.102],
           [-0.25 ]])
    """

    rate: float = cn.parameter(0.5, above=0)
    width: float = cn.parameter(1.0, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "kohonen"
    synonyms = ("self_organizing_map", "som")
    continuous = False
    equation = "Δw = rate · signal, signal = Σ e^(−d² / (2 width²)) · (y of the sender − w), d = distance of the receiver from the winner"

    def signals(
        self,
        values: cn.Array,
        senders: cn.Array,
        net_inputs: cn.Array,
        activations: cn.Array,
        positions: cn.Array,
        memory: dict[str, cn.Array],
    ) -> cn.Array:
        """Return the distances of the weights from the senders' activations, times the neighbourhood of the winner."""
        import numpy as np

        differences = senders - values
        with np.errstate(over="ignore"):
            distances = (differences * differences).sum(axis=1)
        winner = int(distances.argmin())
        if math.isinf(distances[winner]):
            return np.full_like(differences, np.nan)  # training diverges: which unit is nearest is not known
        squares = ((positions - positions[winner]) ** 2).sum(axis=1)
        signals: cn.Array = np.exp(-squares / (2.0 * self.width * self.width))[:, None] * differences
        return signals

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if units of a group have different senders, or a group has biases."""
        super().check_network(network)
        for projection in network.projections:
            if projection.sender.role == "bias" and len(projection):
                name, size = projection.receiver.name, len(projection.receiver)
                raise cn.errors.WiringError(
                    f"rule {self.name!r}: a map compares weights with activations, so {name!r} must have no biases; make it with "
                    f"biased=False, as in network.add_group({name!r}, {size}, biased=False)"
                )


@cn.hookimpl
def update_rules() -> Sequence[type[cn.JointRule]]:
    """Return the rule."""
    return [Kohonen]
