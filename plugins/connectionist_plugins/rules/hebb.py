r"""Hebb's rule: the change of a weight is proportional to the product of the activations at its two ends.

.. math:: \Delta w_{ji} = \varepsilon\, t_j\, y_i \qquad t_j = d_j \text{ if unit } j \text{ has a target, else } y_j

Δw is the change of the weight from unit i to unit j, ε the rate, y an activation, d a target. So an output unit with a target learns as if
the target were its activation. There is no backward pass. Only the decay limits the weights. Sources: Hebb (1949), The Organization of
Behavior, Wiley, p. 62; in this form, McClelland & Rumelhart (1988), Explorations in Parallel Distributed Processing, MIT Press, chapter 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Hebb(cn.LocalRule):
    """Hebb's rule.

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
    >>> Hebb().signal(0.0, sender=1.0, receiver=0.25, target=1.0), Hebb().signal(0.0, 1.0, 0.25, float("nan"))
    (1.0, 0.25)
    """

    rate: float = cn.parameter(0.1, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "hebb"
    equation = "Δw = rate · signal, signal = Σ y of the sender · (d of the receiver, or its y if it has no target)"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the product of the sender's activation with the receiver's target, or with its activation if the target is NaN."""
        return sender * (target if target == target else receiver)  # noqa: PLR0124  (only NaN differs from itself)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


@cn.hookimpl
def update_rules() -> Sequence[type[cn.LocalRule]]:
    """Return the rule."""
    return [Hebb]
