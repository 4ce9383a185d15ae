r"""Adam: a step of about the size of the rate, in the direction of the mean derivative.

.. math::
    m(t) = \beta_1 m(t - 1) + (1 - \beta_1) g(t) \qquad v(t) = \beta_2 v(t - 1) + (1 - \beta_2) g(t)^2 \qquad
    \Delta w(t) = -\varepsilon\, \frac{m(t) / (1 - \beta_1^t)}{\sqrt{v(t) / (1 - \beta_2^t)} + \epsilon}

Δw is the change of a weight w, ε the rate, and t counts the updates. g is ∂E/∂w, or ∂E/∂w + λ w with ``weight_decay`` λ. This is
algorithm 1 of Kingma & Ba (2015), Adam: a method for stochastic optimization, ICLR. The constant ϵ is added after the square root, as in
PyTorch and optax. The rule keeps 1 − β^t as a running mean of ones, which needs no power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import connectionist as cn


@dataclass(frozen=True)
class Adam(cn.UpdateRule):
    """Adam.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    beta1 : float
        Share β₁ of the past in the mean m of the derivatives, at least 0 and below 1.
    beta2 : float
        Share β₂ of the past in the mean v of their squares, at least 0 and below 1.
    epsilon : float
        Constant ϵ, above 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw. AdamW (Loshchilov & Hutter 2019) is similar:
        in PyTorch its decay is ``lr`` times ``weight_decay``, and precedes the change.
    weight_decay : float
        Weight decay as a part of the derivative: weight_decay · w is added to ∂E/∂w, as ``weight_decay`` in PyTorch's Adam. At least 0 and
        below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or both decays are above 0.

    Examples
    --------
    >>> change, *memory = Adam(rate=0.5).change(1.0, 0.25, 0.0, 0.0, 0.0, 0.0)
    >>> round(change, 6)
    -0.5
    """

    rate: float = cn.parameter(0.001, above=0)
    beta1: float = cn.parameter(0.9, at_least=0, below=1)
    beta2: float = cn.parameter(0.999, at_least=0, below=1)
    epsilon: float = cn.parameter(1e-8, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "adam"
    continuous = False
    equation = "Δw = −rate · m / (√v + epsilon), with m and v the means of g and of g², g = ∂E/∂w + weight_decay · w"
    memory = ("derivative_mean", "square_mean", "derivative_weight", "square_weight")

    def change(
        self, value: float, derivative: float, derivative_mean: float, square_mean: float, derivative_weight: float, square_weight: float
    ) -> tuple[float, float, float, float, float]:
        """Return Δw, β-weighted sums of the derivatives and of their squares, and the sums of the weights in them."""
        slope = derivative + self.weight_decay * value if self.weight_decay > 0.0 else derivative
        mean = self.beta1 * derivative_mean + (1.0 - self.beta1) * slope
        square = self.beta2 * square_mean + (1.0 - self.beta2) * (slope * slope)
        mean_weight = self.beta1 * derivative_weight + (1.0 - self.beta1)
        new_square_weight = self.beta2 * square_weight + (1.0 - self.beta2)
        change = -self.rate * (mean / mean_weight) / (sqrt(square / new_square_weight) + self.epsilon)
        return change, mean, square, mean_weight, new_square_weight


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Adam]
