r"""Steepest descent: each weight changes in proportion to its negative error derivative.

.. math:: \Delta w = -\varepsilon\, \frac{\partial E}{\partial w} - \lambda\, w

Δw is the change of a weight w, ε the rate, E the error, λ ``weight_decay``, 0 by default. Without λ, this is equation 8 of Rumelhart,
Hinton & Williams (1986), Learning representations by back-propagating errors, Nature 323, 533–536. The derivative is summed over
the cases of an update, as in the paper, and not averaged. So a rate that suits 64 cases is too large for 6,400.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Steepest(cn.UpdateRule):
    """Steepest descent.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay as a part of Δw, as in LENS: Δw has the further term −weight_decay · w. At least 0 and below 1. The ``weight_decay`` of
        PyTorch is this number divided by the rate.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> Steepest(rate=0.5).change(1.0, 0.2)
    (-0.1,)
    """

    rate: float = cn.parameter(0.1, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "steepest"
    synonyms = ("backprop", "gradient_descent", "sgd")
    equation = "Δw = −rate · ∂E/∂w − weight_decay · w"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        change = -self.rate * derivative
        if self.weight_decay > 0.0:
            change -= self.weight_decay * value
        return (change,)


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Steepest]
