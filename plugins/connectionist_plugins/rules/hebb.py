r"""Hebb's rule: each weight grows with the product of the activations at its two ends.

.. math:: \Delta w_{ji} = \varepsilon\, t_j\, y_i \qquad t_j = d_j \text{ where unit } j \text{ has a target, else } y_j

ε is the rate, y activations, d targets: an output unit learns as if its target were its activation (the teacher sets it), others from
what they do. No backward pass is made, and nothing bounds the weights but decay. Hebb (1949), The Organization of Behavior, Wiley,
p. 62; in this form McClelland & Rumelhart (1988), Explorations in Parallel Distributed Processing, chapter 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import LocalRule, Rule


@dataclass(frozen=True)
class Hebb(LocalRule):
    """Hebb's rule.

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
    >>> Hebb().signal(0.0, sender=1.0, receiver=0.25, target=1.0), Hebb().signal(0.0, 1.0, 0.25, float("nan"))
    (1.0, 0.25)
    """

    rate: float = 0.1
    decay: float = 0.0
    name = "hebb"
    equation = "Δw = rate · signal, signal = Σ y of the sender · (d of the receiver, or its y where it has no target)"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the product; NaN, which alone differs from itself, tells that there is no target."""
        return sender * (target if target == target else receiver)  # noqa: PLR0124

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


@hookimpl
def update_rules() -> Sequence[type[Rule]]:
    """Offer Hebb's rule."""
    return [Hebb]
