r"""Delta-bar-delta: each weight has its own rate, which rises while its derivative keeps its sign.

.. math::
    \Delta w(t) = -\varepsilon(t)\, g(t) - \lambda\, w(t) \qquad
    \varepsilon(t) = \begin{cases}
        \varepsilon(t - 1) + \kappa & \text{if } \bar g(t - 1)\, g(t) > 0 \\
        (1 - \varphi)\, \varepsilon(t - 1) & \text{if } \bar g(t - 1)\, g(t) < 0
    \end{cases} \qquad
    \bar g(t) = (1 - \theta)\, g(t) + \theta\, \bar g(t - 1)

Δw is the change of a weight w, g its error derivative, ε its own rate, κ ``increase``, φ ``decrease``, θ ``smoothing``, λ ``weight_decay``,
0 by default, and t counts the updates. As in the paper, the rate is changed before it is used. Source: Jacobs (1988), Increased rates of
convergence through learning rate adaptation, Neural Networks 1, 295–307. Mesh changes the rate after the step. Here signs are compared, not
products, which could be rounded to 0. `lens_delta_bar_delta` is the variant of LENS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn

LEAST = 1e-30  # a rate of 0 would be taken for the first update


@dataclass(frozen=True)
class DeltaBarDelta(cn.UpdateRule):
    """Delta-bar-delta.

    Parameters
    ----------
    rate : float
        Rate ε of each weight before the first update, above 0.
    increase : float
        Number κ that is added to a rate, at least 0.
    decrease : float
        Share φ by which a rate decreases, at least 0 and below 1.
    smoothing : float
        Share θ of the past in the mean of the derivatives, at least 0 and below 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay as a part of Δw: Δw has the further term −weight_decay · w. At least 0 and below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> DeltaBarDelta(rate=0.5, increase=0.25).change(1.0, 2.0, 0.5, 1.0)[:2]
    (-1.5, 0.75)
    """

    rate: float = cn.parameter(0.1, above=0)
    increase: float = cn.parameter(0.05, at_least=0)
    decrease: float = cn.parameter(0.1, at_least=0, below=1)
    smoothing: float = cn.parameter(0.7, at_least=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "delta_bar_delta"
    continuous = False
    synonyms = ("dbd", "deltabardelta")
    equation = "Δw = −own rate · ∂E/∂w, own rate + increase if ∂E/∂w has the sign of its mean, · (1 − decrease) if it has the other sign"
    memory = ("weight_rate", "mean_derivative")

    def change(self, value: float, derivative: float, weight_rate: float, mean_derivative: float) -> tuple[float, float, float]:
        """Return Δw, the rate of the weight, and the mean of its derivatives."""
        rate = weight_rate if weight_rate > 0.0 else self.rate
        if derivative > 0.0 < mean_derivative or derivative < 0.0 > mean_derivative:
            rate += self.increase
        elif derivative < 0.0 < mean_derivative or mean_derivative < 0.0 < derivative:
            rate = max(rate * (1.0 - self.decrease), LEAST)
        change = -rate * derivative - self.weight_decay * value
        return change, rate, (1.0 - self.smoothing) * derivative + self.smoothing * mean_derivative


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [DeltaBarDelta]
