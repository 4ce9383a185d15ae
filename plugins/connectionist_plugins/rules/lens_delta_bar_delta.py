r"""Delta-bar-delta as in LENS: the rate of a weight rises while each change leads downhill.

.. math::
    \Delta w(t) = -\varepsilon\, r(t)\, g(t) + \alpha\, \Delta w(t - 1) - \lambda\, w(t) \qquad
    r(t) = \begin{cases}
        r(t - 1) + \kappa & \text{if } g(t)\, \Delta w(t - 1) < 0 \\
        \rho\, r(t - 1) & \text{otherwise}
    \end{cases}

Δw is the change of a weight w, g its error derivative, ε the rate, r the factor of the weight, κ ``increase``, ρ ``factor``, α the
momentum, λ ``weight_decay``, 0 by default, and t counts the updates. r is 1 before the first update, which has no last change and so uses
ρ. Source: LENS (Rohde 1999), ``rateIncrement`` and ``rateDecrement``. `delta_bar_delta`, the rule of Jacobs (1988), compares g with a mean
of derivatives instead of the last change. Here signs are compared, not products, which could be rounded to 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn

LEAST = 1e-30  # a rate of 0 would be taken for the first update


@dataclass(frozen=True)
class LensDeltaBarDelta(cn.UpdateRule):
    """Delta-bar-delta as in LENS.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, at least 0 and below 1.
    increase : float
        Number κ that is added to the factor r of a weight, at least 0; ``rateIncrement`` of LENS.
    factor : float
        Number ρ by which r is multiplied otherwise, above 0 and at most 1; ``rateDecrement`` of LENS.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay as a part of Δw, as in LENS: Δw has the further term −weight_decay · w. At least 0 and below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> LensDeltaBarDelta(rate=0.5, momentum=0.5).change(1.0, 2.0, 0.9, -1.0)
    (-1.5, 1.0, -1.5)
    """

    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    increase: float = cn.parameter(0.1, at_least=0)
    factor: float = cn.parameter(0.9, above=0, at_most=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "lens_delta_bar_delta"
    continuous = False
    equation = "Δw = −rate · r · ∂E/∂w + momentum · last change − weight_decay · w, r + increase after a change downhill, else r · factor"
    memory = ("rate_factor", "last_change")

    def change(self, value: float, derivative: float, rate_factor: float, last_change: float) -> tuple[float, float, float]:
        """Return Δw, the factor of the rate, and Δw again."""
        factor = rate_factor if rate_factor > 0.0 else 1.0
        if derivative < 0.0 < last_change or last_change < 0.0 < derivative:
            factor += self.increase
        else:
            factor = max(factor * self.factor, LEAST)
        change = -self.rate * factor * derivative + self.momentum * last_change
        if self.weight_decay > 0.0:
            change -= self.weight_decay * value
        return change, factor, change


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [LensDeltaBarDelta]
