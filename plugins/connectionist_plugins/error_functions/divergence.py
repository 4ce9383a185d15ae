r"""Kullback–Leibler divergence of the activations from the targets, as two probability distributions over a group.

.. math:: E = \sum d \ln \frac{d}{y} \qquad \frac{\partial E}{\partial y} = -\frac{d}{y}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. The function is meant for a
softmax group, where ∂E/∂x is y − d if the targets sum to 1. Cross-entropy has a second term, for 1 − d. Source: Kullback & Leibler
(1951), On information and sufficiency, Annals of Mathematical Statistics 22, 79–86.

For softmax, E and ∂E/∂x are computed from the net inputs x, so that they are right however small y or 1 − y is. With a for the unit with
the greatest net input,

.. math::
    \ln y_i = x_i - x_a + \ln\Bigl(1 - \sum_{k \ne a} y_k\Bigr) \qquad
    \frac{\partial E}{\partial x_i} = y_i \sum_k d_k - d_i

and for unit a the equal :math:`\sum_{k \ne a} d_k - (1 - y_a) \sum_k d_k`, in which 1 − y is the sum of the other activations. For
the logistic function with gain g, :math:`\ln y = -\ln(1 + e^{-g x})` and :math:`\partial E / \partial x = -g d (1 - y)`.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import connectionist as cn

SMALLEST = 1e-300


@dataclass(frozen=True)
class Divergence(cn.ErrorFunction):
    """Kullback–Leibler divergence, 0 if the activations equal the targets.

    Examples
    --------
    >>> Divergence().error(0.5, 0.5), Divergence().derivative(0.5, 1.0)
    (0.0, -2.0)
    """

    name = "divergence"
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
        """Return d (ln d + ln(1 + e^(−g x))) and −g d (1 − y) for a logistic unit with gain g."""
        gain = activation_function.gain
        z = gain * net_input
        power = exp(-abs(z))
        one_plus = 1.0 + power
        inverse = 1.0 / one_plus
        rounding = power - (one_plus - 1.0)  # of 1 + p
        error = target * (log(target * one_plus) + rounding - (z if z < 0.0 else 0.0)) if target > 0.0 else 0.0
        return error, -gain * target * (power * inverse if z > 0.0 else inverse)

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
        greatest, highest = 0, net_inputs[0]
        for i in range(len(net_inputs)):
            is_higher = net_inputs[i] > highest
            greatest, highest = i if is_higher else greatest, net_inputs[i] if is_higher else highest
        rest, total, own_target = 0.0, 0.0, 0.0  # 1 − y of the unit with the greatest net input; Σ d over the other units; its d
        for i in range(len(net_inputs)):
            d = targets[i] if targets[i] > 0.0 else 0.0
            rest += activations[i] if i != greatest else 0.0
            total += d if i != greatest else 0.0
            own_target = d if i == greatest else own_target
        complement = SMALLEST if rest >= 1.0 else 1.0 - rest
        log_of_greatest = log(complement) - (rest - (1.0 - complement))  # ln(1 − rest), as if 1 − rest were not rounded
        for i in range(len(net_inputs)):
            d = targets[i] if targets[i] > 0.0 else 0.0
            net_derivatives[i] = activations[i] * (total + own_target) - d
            if d > 0.0:
                errors[i] = d * ((log(d) if d < 1.0 else 0.0) + (highest - net_inputs[i]) - log_of_greatest)
        net_derivatives[greatest] = total - rest * (total + own_target)


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [Divergence]
