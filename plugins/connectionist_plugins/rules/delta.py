r"""The delta rule: the change of a weight is proportional to the receiver's error and the sender's activation.

.. math:: \Delta w_{ji} = \varepsilon\, (d_j - y_j)\, y_i

Δw is the change of the weight from unit i to unit j, ε the rate, d the receiver's target, y an activation. There is no backward pass.
Connections into units without a target do not change. For linear output units, the rule is steepest descent; for other units it lacks the
slope of the activation function, which the generalized delta rule (back-propagation) has. Source: Widrow & Hoff (1960), Adaptive switching
circuits, IRE WESCON Convention Record 4, 96–104.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Delta(cn.LocalRule):
    """The delta rule.

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
    >>> Delta().signal(0.0, sender=1.0, receiver=0.25, target=1.0)
    0.75
    """

    rate: float = cn.parameter(0.1, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "delta"
    synonyms = ("widrow_hoff",)
    equation = "Δw = rate · signal, signal = Σ (d − y of the receiver) · y of the sender"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return d − y of the receiver times y of the sender; 0 if the target is NaN, which means no target."""
        return (target - receiver) * sender if target == target else 0.0  # noqa: PLR0124  (only NaN differs from itself)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


@cn.hookimpl
def update_rules() -> Sequence[type[cn.LocalRule]]:
    """Return the rule."""
    return [Delta]
