r"""Nesterov's momentum: the error derivative is taken at the point to which the momentum leads.

.. math::
    v(t) = \alpha\, v(t - 1) - \varepsilon\, \frac{\partial E}{\partial w} - \lambda\, w \qquad
    \Delta w(t) = \alpha\, v(t) - \varepsilon\, \frac{\partial E}{\partial w} - \lambda\, w

Δw is the change of a weight w, v its velocity, ε the rate, E the error, α the momentum, λ ``weight_decay``, 0 by default, and t counts the
updates. The weights of the network are the points at which the derivatives are computed, as in PyTorch and optax. In the notation of
Sutskever, Martens, Dahl & Hinton (2013), On the importance of initialization and momentum in deep learning, ICML, equations 3 and 4, the
network shows θ + αv, and θ is ``weight − momentum · velocity``. The changes are those of PyTorch with ``nesterov=True`` as long as the rate
is constant: PyTorch multiplies the velocity by the present rate. Source: Nesterov (1983), A method of solving a convex programming problem
with convergence rate O(1/k²), Soviet Mathematics Doklady 27, 372–376.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Nesterov(cn.UpdateRule):
    """Nesterov's momentum.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, at least 0 and below 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay as a part of the velocity: v and Δw have the further term −weight_decay · w. At least 0 and below 1. The
        ``weight_decay`` of PyTorch is this number divided by the rate.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> Nesterov(rate=0.5, momentum=0.5).change(1.0, 0.5, -0.5)
    (-0.5, -0.5)
    """

    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "nesterov"
    synonyms = ("nag", "nesterov_momentum")
    equation = "Δw = momentum · v − rate · ∂E/∂w − weight_decay · w, v = momentum · last v + the other two terms"
    memory = ("velocity",)

    def change(self, value: float, derivative: float, velocity: float) -> tuple[float, float]:
        """Return Δw and the new velocity."""
        descent = -self.rate * derivative
        if self.weight_decay > 0.0:
            descent -= self.weight_decay * value
        new_velocity = self.momentum * velocity + descent
        return self.momentum * new_velocity + descent, new_velocity


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Nesterov]
