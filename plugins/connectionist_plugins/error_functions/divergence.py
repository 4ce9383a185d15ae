r"""Kullback–Leibler divergence of the activations from the targets, as two probability distributions over a group.

.. math:: E = \sum d \ln \frac{d}{y} \qquad \frac{\partial E}{\partial y} = -\frac{d}{y}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. The function is meant for a
softmax group, where ∂E/∂x is y − d if the targets sum to 1. Cross-entropy has a second term, for 1 − d. Source: Kullback & Leibler
(1951), On information and sufficiency, Annals of Mathematical Statistics 22, 79–86.

For a softmax or logistic group, E and ∂E/∂x are computed from the net inputs x where an activation is very small or is rounded to 1. For
softmax,

.. math::
    \ln y_i = x_i - \ln \sum_k e^{x_k} \qquad
    \frac{\partial E}{\partial x_i} = y_i \sum_k d_k - d_i

For the logistic function with gain g, :math:`\ln y = \min(g x, 0) + \ln \max(y, 1 - y)` and
:math:`\partial E / \partial x = -g d (1 - y)`.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import connectionist as cn

log_softmax = cn.log_softmax
SMALLEST = 1e-300
TINY = 1e-20  # far above the activations that functions replace by a number above 0


@dataclass(frozen=True)
class Divergence(cn.ErrorFunction):
    """Kullback–Leibler divergence, 0 if the activations equal the targets.

    Examples
    --------
    >>> Divergence().error(0.5, 0.5), Divergence().derivative(0.5, 1.0)
    (0.0, -2.0)
    """

    name = "divergence"
    synonyms = ("categorical_cross_entropy", "kl", "kullback_leibler")
    equation = "E = Σ d · ln(d / y), ∂E/∂y = −d / y"
    activations = (0.0, 1.0)
    targets = (0.0, 1.0)
    pairs_with = ("softmax", "logistic")

    def error(self, activation: float, target: float) -> float:
        """Return d ln(d / y), 0 for d = 0."""
        return target * log(target / max(activation, SMALLEST)) if target > 0.0 else 0.0

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = −d / y."""
        return -target / max(activation, SMALLEST)

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        """Return d (ln d − ln y) and −g d (1 − y) for a logistic unit with gain g."""
        gain, larger = activation_function.gain, max(activation, 1.0 - activation)
        error = target * (log(target / larger) - min(gain * net_input, 0.0)) if target > 0.0 else 0.0
        return error, gain * target * (activation - 1.0)

    def compare_net_inputs(
        self,
        net_inputs: Sequence[float],
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        net_derivatives: MutableSequence[float],
        activation_function: Any,
    ) -> None:
        """Write d (ln d − ln y) and y Σ d − d of each unit of a softmax group."""
        total, is_tiny = 0.0, False
        for i in range(len(targets)):
            if targets[i] > 0.0:
                total += targets[i]
                is_tiny = is_tiny or activations[i] < TINY
        for i in range(len(targets)):
            y, d = activations[i], targets[i] if targets[i] > 0.0 else 0.0
            net_derivatives[i] = y * total - d
            errors[i] = d * log(d / y) if d > 0.0 else 0.0
        if is_tiny:
            for i in range(len(targets)):
                if targets[i] > 0.0:
                    errors[i] = targets[i] * (log(targets[i]) - log_softmax(net_inputs, i))


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [Divergence]
