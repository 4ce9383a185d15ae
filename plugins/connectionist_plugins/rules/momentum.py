r"""Steepest descent with momentum, in the form of the 1986 paper.

.. math:: \Delta w(t) = -\varepsilon\, \frac{\partial E}{\partial w}(t) + \alpha\, \Delta w(t - 1) - \lambda\, w(t)

Δw is the change of a weight w, ε the rate, E the error, α the momentum, λ ``weight_decay``, 0 by default, and t counts the updates. Without
λ, this is equation 9 of Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors, Nature 323, 533–536.
Other forms differ: some scale the derivative by 1 − α, and Nesterov's evaluates it at another point. ``decay`` is applied after the
change and is not part of the remembered change; in LENS it enters the momentum term of the next update, as ``weight_decay`` does here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Momentum(cn.UpdateRule):
    """Steepest descent with momentum.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, at least 0 and below 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay as a part of Δw, and so of the momentum, as in LENS: Δw has the further term −weight_decay · w. At least 0 and below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> Momentum(rate=0.5, momentum=0.5).change(1.0, 0.5, -0.5)
    (-0.5, -0.5)
    """

    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "momentum"
    equation = "Δw = −rate · ∂E/∂w + momentum · last change − weight_decay · w"
    memory = ("last_change",)

    def change(self, value: float, derivative: float, last_change: float) -> tuple[float, float]:
        """Return Δw and, as the memory, Δw again."""
        change = -self.rate * derivative + self.momentum * last_change
        if self.weight_decay > 0.0:
            change -= self.weight_decay * value
        return change, change


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Momentum]
