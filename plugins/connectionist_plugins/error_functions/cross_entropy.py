r"""Cross-entropy of the activations and the targets, each a probability that the unit is on.

.. math::
    E = \sum d \ln \frac{d}{y} + (1 - d) \ln \frac{1 - d}{1 - y} \qquad
    \frac{\partial E}{\partial y} = \frac{y - d}{y (1 - y)}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. This form is 0 for y = d (a
Kullback–Leibler divergence, as in LENS). It differs from −d ln y − (1 − d) ln(1 − y) by the entropy of the target, and has the same
derivative. Source: Hinton (1989), Connectionist learning procedures, Artificial Intelligence 40, 185–234, section 6.4.

For the logistic function with gain g, E and ∂E/∂x are computed from the net input x, so that they are right however near y is to 0 or 1:

.. math::
    \ln y = -\ln(1 + e^{-g x}) \qquad \ln (1 - y) = -\ln(1 + e^{g x}) \qquad \frac{\partial E}{\partial x} = g (y - d)

For softmax they are computed from all net inputs of the group. The sums run over the units of the group with a target:

.. math:: \frac{\partial E}{\partial x_i} = (y_i - d_i) - \sum_{k \ne i} (y_k - d_k) \frac{y_i}{1 - y_k}

1 − y of the unit with the greatest net input is the sum of the other activations. For all other units it is at least ½.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import connectionist as cn

SMALLEST = 1e-300
GREATEST = 1.0 - 2.0**-53
TINY = 1e-20  # activations far above those at which functions keep the activation from becoming 0


def log_of_difference(x: float) -> float:
    """Return ln(1 − x) for x from 0 to below 1, as if 1 − x were not rounded."""
    difference = SMALLEST if x >= 1.0 else 1.0 - x
    return log(difference) - (x - (1.0 - difference))


def minus_entropy(target: float) -> float:
    """Return d ln d + (1 − d) ln(1 − d), where 0 ln 0 = 0."""
    return target * log(target) + (1.0 - target) * log(1.0 - target) if 0.0 < target < 1.0 else 0.0


def greatest_two(net_inputs: Sequence[float]) -> tuple[int, int]:
    """Return the indices of the greatest and of the second greatest number; both 0 if there is only one number."""
    first, second = 0, -1
    for i in range(1, len(net_inputs)):
        if net_inputs[i] > net_inputs[first]:
            first, second = i, first
        elif second < 0 or net_inputs[i] > net_inputs[second]:
            second = i
    return first, max(second, 0)


def sum_of_powers(net_inputs: Sequence[float], first: int, second: int) -> float:
    """Return Σ e^(x − x_second) over all units but the first."""
    total = 0.0
    for i in range(len(net_inputs)):
        total += exp(net_inputs[i] - net_inputs[second]) if i != first else 0.0
    return total


@dataclass(frozen=True)
class CrossEntropy(cn.ErrorFunction):
    """Cross-entropy, 0 if the activations equal the targets.

    An activation below 1e-300, or rounded to 1, is replaced by the nearest number with finite logarithms, so that E stays finite. For
    logistic and softmax groups, E comes from the net inputs and is not limited in this way.

    Examples
    --------
    >>> CrossEntropy().error(0.25, 0.25), CrossEntropy().derivative(0.5, 1.0)
    (0.0, -2.0)
    """

    name = "cross_entropy"
    equation = "E = Σ d · ln(d / y) + (1 − d) · ln((1 − d) / (1 − y)), ∂E/∂y = (y − d) / (y · (1 − y))"
    activations = (0.0, 1.0)
    targets = (0.0, 1.0)
    pairs_with = ("logistic", "softmax")

    def error(self, activation: float, target: float) -> float:
        """Return d ln(d / y) + (1 − d) ln((1 − d) / (1 − y)), where 0 ln 0 = 0."""
        clipped = min(max(activation, SMALLEST), GREATEST)
        error = 0.0
        if target > 0.0:
            error += target * log(target / clipped)
        if target < 1.0:
            error += (1.0 - target) * log((1.0 - target) / (1.0 - clipped))
        return error

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = (y − d) / (y (1 − y))."""
        clipped = min(max(activation, SMALLEST), GREATEST)
        return (clipped - target) / (clipped * (1.0 - clipped))

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        """Return the error and g (y − d) for a logistic unit with gain g.

        With z = g x and p = e^(−|z|), E is d ln(d (1 + p)) + (1 − d) ln((1 − d) (1 + p)) − d z, plus z for z above 0. For such z, y − d is
        (1 − d) − (1 − y), in which 1 − y is not rounded.
        """
        gain = activation_function.gain
        z = gain * net_input
        power = exp(-abs(z))
        one_plus = 1.0 + power
        inverse = 1.0 / one_plus
        larger = target if target > 0.5 else 1.0 - target  # of d and 1 − d
        smaller = 1.0 - larger
        error = power - (one_plus - 1.0) + larger * log(larger * one_plus)  # the difference is the rounding error of 1 + p
        if smaller > 0.0:
            error += smaller * log(smaller * one_plus)
        error += (1.0 - target) * z if z > 0.0 else -target * z
        return error, gain * ((1.0 - target) - power * inverse if z > 0.0 else power * inverse - target)

    def compare_net_inputs(
        self,
        net_inputs: Sequence[float],
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        net_derivatives: MutableSequence[float],
        activation_function: Any,
    ) -> None:
        """Write the error and (y − d) − Σ (y' − d') y / (1 − y') of each unit of a softmax group, summed over the other units."""
        a, b = greatest_two(net_inputs)
        gap, rest = net_inputs[a] - net_inputs[b], 0.0
        for i in range(len(net_inputs)):
            rest += activations[i] if i != a else 0.0  # 1 − y of unit a
        others = 0.0 if rest > TINY else sum_of_powers(net_inputs, a, b)
        log_of_rest = log(rest) if rest > TINY else (log(others) - gap if others > 0.0 else log(1.0 - GREATEST))
        own_target, log_of_greatest = targets[a], log_of_difference(rest)
        for i in range(len(net_inputs)):
            d, y = targets[i], activations[i]
            complement = SMALLEST if y >= 1.0 else 1.0 - y
            error = d * ((log(d) if d < 1.0 else 0.0) - (net_inputs[i] - net_inputs[a] + log_of_greatest)) if d > 0.0 else 0.0
            if d < 1.0:
                error += (1.0 - d) * (y - (1.0 - complement) - log(complement / (1.0 - d)))
            errors[i] = error
            net_derivatives[i] = (y - d) / complement if d >= 0.0 else 0.0
        error = minus_entropy(own_target) - (own_target * log_of_greatest + (1.0 - own_target) * log_of_rest)
        errors[a] = error if own_target < 1.0 else -log_of_greatest
        difference = (1.0 - own_target) - rest if own_target >= 0.0 else 0.0  # y − d of unit a; a target may be NaN
        total = 0.0
        for i in range(len(net_inputs)):
            total += net_derivatives[i] if i != a else 0.0
        for i in range(len(net_inputs)):
            share = activations[i] / rest if rest > TINY else exp(min(net_inputs[i] - net_inputs[b], 0.0)) / max(others, 1.0)
            net_derivatives[i] -= activations[i] * total + difference * share
        net_derivatives[a] = difference - (1.0 - rest) * total if len(net_inputs) > 1 else 0.0  # a group of one unit is always at 1


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [CrossEntropy]
