r"""Quickprop: each weight jumps to the minimum of the parabola through its last two derivatives.

.. math::
    \Delta w(t) = \frac{S(t)}{S(t - 1) - S(t)}\, \Delta w(t - 1) - \varepsilon\, S(t) \qquad
    S = \frac{\partial E}{\partial w} + \lambda\, w

Δw is the change of a weight w, E the error, ε the rate, λ ``weight_decay``, 0 by default, and t counts the updates. A jump downhill is at
most μ times the last change: it is μ times the last change if S(t)/S(t − 1) is above μ/(1 + μ). So is a jump that would be infinite. The
term −ε S is added only if it has the direction of the last change, so never after a jump over the minimum. After a change of 0, it is the
whole change. A weight whose S is exactly 0 twice in succession does not change. Source: Fahlman (1988), An empirical study of learning
speed in back-propagation networks, Carnegie Mellon University, CMU-CS-88-162.

Fahlman's program and SNNS also add 0.1 to the slope of the logistic function, so that units with an activation near 0 or 1 still learn.
This changes the derivatives, not the rule: to do it here, write an activation function whose ``slope`` returns
``activation · (1 − activation) + 0.1``. In SNNS, the first S of a training has no decay; here it has. Mesh subtracts λ w from the change,
not from S.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Quickprop(cn.UpdateRule):
    """Quickprop.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    max_growth : float
        Largest ratio μ of a jump to the last change, above 0.
    adds_descent : bool
        Whether −ε S is added to a jump in its direction. Otherwise it is used only after a change of 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay λ as a part of S, as in Fahlman's program, at least 0 and below 1. He used 0.0001.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> rule = Quickprop(rate=0.5)
    >>> rule.change(1.0, 2.0, 0.0, 0.0)  # first change
    (-1.0, 2.0, -1.0)
    >>> rule.change(0.0, -1.0, 2.0, -1.0)  # back to the minimum, a third of the way
    (0.3333333333333333, -1.0, 0.3333333333333333)
    """

    rate: float = cn.parameter(0.1, above=0)
    max_growth: float = cn.parameter(1.75, above=0)
    adds_descent: bool = cn.parameter(True)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "quickprop"
    continuous = False
    synonyms = ("qprop", "quick_prop")
    equation = "Δw = S / (last S − S) · last change, at most max_growth · last change, − rate · S if downhill, S = ∂E/∂w + weight_decay · w"
    memory = ("last_slope", "last_change")

    def change(self, value: float, derivative: float, last_slope: float, last_change: float) -> tuple[float, float, float]:
        """Return Δw, S, and Δw again."""
        slope = derivative + self.weight_decay * value if self.weight_decay > 0.0 else derivative
        if last_change == 0.0:
            change = -self.rate * slope
        elif slope == 0.0 and last_slope == 0.0:
            change = 0.0
        else:
            change = jump(slope, last_slope, last_change, self.max_growth)
            if self.adds_descent and (slope < 0.0 < last_change or last_change < 0.0 < slope):
                change -= self.rate * slope
        return change, slope, change


def jump(slope: float, last_slope: float, last_change: float, max_growth: float) -> float:
    """Return the change to the minimum of the parabola, or `max_growth` times the last change."""
    shrink = max_growth / (1.0 + max_growth)
    is_limited = slope <= shrink * last_slope if last_change > 0.0 else slope >= shrink * last_slope
    if is_limited or slope == last_slope:
        return max_growth * last_change
    return slope / (last_slope - slope) * last_change


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Quickprop]
