r"""The delta rule: each weight by the miss of its receiver and the activation of its sender, with no backward pass.

.. math:: \Delta w_{ji} = \varepsilon\, (d_j - y_j)\, y_i

ε is the rate, d the receiver's target, y activations; connections into units without a target do not change. Widrow & Hoff (1960),
Adaptive switching circuits, IRE WESCON Convention Record 4, 96–104. For linear units it is steepest descent; for others it leaves out
their slope, which the generalized delta rule (back-propagation) has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import LocalRule, Rule


@dataclass(frozen=True)
class Delta(LocalRule):
    """The delta rule.

    Parameters
    ----------
    rate : float
        ε, above 0.
    decay : float
        w ← (1 − decay) w after each change; from 0 to below 1.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> Delta().signal(0.0, sender=1.0, receiver=0.25, target=1.0)
    0.75
    """

    rate: float = 0.1
    decay: float = 0.0
    name = "delta"
    equation = "Δw = rate · signal, signal = Σ (d − y of the receiver) · y of the sender"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return (d − y) of the receiver times y of the sender; 0 without a target, which NaN alone differs from itself to tell."""
        return (target - receiver) * sender if target == target else 0.0  # noqa: PLR0124

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


@hookimpl
def update_rules() -> Sequence[type[Rule]]:
    """Offer the delta rule."""
    return [Delta]
