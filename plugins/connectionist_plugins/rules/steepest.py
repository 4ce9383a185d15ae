r"""Steepest descent: each weight changes in proportion to its negative error derivative.

.. math:: \Delta w = -\varepsilon\, \frac{\partial E}{\partial w}

Δw is the change of a weight w, ε the rate, E the error. This is equation 8 of Rumelhart, Hinton & Williams (1986), Learning
representations by back-propagating errors, Nature 323, 533–536. The derivative is summed over the cases of an update, as in the paper, and
not averaged. So a rate that suits 64 cases is too large for 6,400.
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

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Steepest(rate=0.5).change(1.0, 0.2)
    (-0.1,)
    """

    rate: float = cn.parameter(0.1, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "steepest"
    synonyms = ("backprop", "gradient_descent", "sgd")
    equation = "Δw = −rate · ∂E/∂w"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        return (-self.rate * derivative,)


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Steepest]
