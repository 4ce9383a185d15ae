r"""Doug's momentum: momentum with a gradient whose length is limited.

.. math::
    \Delta w(t) = -\varepsilon\, s(t)\, \frac{\partial E}{\partial w}(t) + \alpha\, \Delta w(t - 1) - \lambda\, w(t) \qquad
    s = \min\Bigl(1, \frac{\ell}{\lVert \partial E / \partial w \rVert}\Bigr)

Δw is the change of a weight w, ε the rate, E the error, α the momentum, λ ``weight_decay``, 0 by default, and t counts the updates. ‖∂E/∂w‖
is the Euclidean length of the error derivatives of all trainable weights, and ℓ the limit, 1 by default. Only the gradient is limited, not
the change with its momentum. This is the default rule of LENS, named after its author: Rohde (1999), LENS: the light, efficient network
simulator, Carnegie Mellon University, CMU-CS-99-164. The squared error of LENS has no factor ½, so its gradient is twice as long: a rate of
2ε and a limit of ½ here make the changes that LENS makes with ε.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import connectionist as cn


@dataclass(frozen=True)
class DougsMomentum(cn.WholeNetRule):
    """Doug's momentum.

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
    limit : float
        Greatest length ℓ of the gradient, above 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> DougsMomentum().summarize([3.0, 4.0]), DougsMomentum().summarize([0.3, 0.4])
    (0.2, 1.0)
    """

    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    limit: float = cn.parameter(1.0, above=0)
    name = "dougs_momentum"
    equation = "Δw = −rate · summary · ∂E/∂w + momentum · last change − weight_decay · w, summary = min(1, limit / length of ∂E/∂w)"
    memory = ("last_change",)

    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return the factor s, above 0 and at most 1."""
        square = 0.0
        for i in range(len(derivatives)):
            square += derivatives[i] * derivatives[i]
        return self.limit / sqrt(square) if square > self.limit * self.limit else 1.0

    def change(self, value: float, derivative: float, summary: float, last_change: float) -> tuple[float, float]:
        """Return Δw and, as the memory, Δw again."""
        change = -self.rate * summary * derivative + self.momentum * last_change
        if self.weight_decay > 0.0:
            change -= self.weight_decay * value
        return change, change


@cn.hookimpl
def update_rules() -> Sequence[type[cn.WholeNetRule]]:
    """Return the rule."""
    return [DougsMomentum]
