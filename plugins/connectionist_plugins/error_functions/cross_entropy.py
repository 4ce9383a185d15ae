r"""Cross-entropy of the activations and the targets, each a probability that the unit is on.

.. math::
    E = \sum d \ln \frac{d}{y} + (1 - d) \ln \frac{1 - d}{1 - y} \qquad
    \frac{\partial E}{\partial y} = \frac{y - d}{y (1 - y)}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. This form is 0 for y = d (a
Kullback–Leibler divergence, as in LENS). It differs from −d ln y − (1 − d) ln(1 − y) by the entropy of the target, and has the same
derivative. Source: Hinton (1989), Connectionist learning procedures, Artificial Intelligence 40, 185–234, section 6.4.

For a logistic or softmax group, E and ∂E/∂x are computed from the net inputs x where an activation is very small or is rounded to 1. For
the logistic function with gain g,

.. math::
    \ln y = \min(g x, 0) + \ln \max(y, 1 - y) \qquad \ln (1 - y) = \min(-g x, 0) + \ln \max(y, 1 - y) \qquad
    \frac{\partial E}{\partial x} = g (y - d)

For softmax,

.. math:: \frac{\partial E}{\partial x_i} = (y_i - d_i) - \sum_{k \ne i} (y_k - d_k) \frac{y_i}{1 - y_k}

The sum runs over the units with a target. 1 − y of the unit with the greatest activation is the sum of the other activations.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import connectionist as cn

log_softmax, moved_target = cn.log_softmax, cn.moved_target
SMALLEST = 1e-300
GREATEST = 1.0 - 2.0**-53
TINY = 1e-20  # far above the activations that functions replace by a number above 0


def negative_entropy(target: float) -> float:
    """Return d ln d + (1 − d) ln(1 − d), where 0 ln 0 = 0."""
    return target * log(target) + (1.0 - target) * log(1.0 - target) if 0.0 < target < 1.0 else 0.0


def shares_of_others(net_inputs: Sequence[float], greatest: int, shares: MutableSequence[float]) -> float:
    """Write y / (1 − y') of each unit of a softmax group but one, whose activation is y', and return ln(1 − y')."""
    second, total = -1, 0.0
    for i in range(len(net_inputs)):
        if i != greatest and (second < 0 or net_inputs[i] > net_inputs[second]):
            second = i
    for i in range(len(net_inputs)):
        shares[i] = exp(net_inputs[i] - net_inputs[second]) if i != greatest else 0.0
        total += shares[i]
    for i in range(len(net_inputs)):
        shares[i] = shares[i] / total
    return net_inputs[second] - net_inputs[greatest] + log(total)


@dataclass(frozen=True)
class CrossEntropy(cn.ErrorFunction):
    """Cross-entropy, 0 if the activations equal the targets.

    An activation below 1e-300, or rounded to 1, is replaced by the nearest number with finite logarithms, so that E stays finite. For
    logistic and softmax groups, E comes from the net inputs and is not limited in this way, unless there is a radius.

    Parameters
    ----------
    target_radius : float
        The target is moved towards the activation by at most this distance, at least 0, as in LENS.
    zero_error_radius : float
        There is no error within this distance of the target, at least 0, as in LENS.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> CrossEntropy().error(0.25, 0.25), CrossEntropy().derivative(0.5, 1.0)
    (0.0, -2.0)
    """

    target_radius: float = cn.parameter(0.0, at_least=0)
    zero_error_radius: float = cn.parameter(0.0, at_least=0)
    name = "cross_entropy"
    synonyms = ("bce", "binary_cross_entropy", "crossentropy")
    equation = "E = Σ d · ln(d / y) + (1 − d) · ln((1 − d) / (1 − y)), ∂E/∂y = (y − d) / (y · (1 − y))"
    activations = (0.0, 1.0)
    targets = (0.0, 1.0)

    @property
    def pairs_with(self) -> tuple[str, ...]:  # type: ignore[override]
        """Activation functions for which there is a formula of the net input; none with a radius."""
        return () if self.target_radius or self.zero_error_radius else ("logistic", "softmax")

    def error(self, activation: float, target: float) -> float:
        """Return d ln(d / y) + (1 − d) ln((1 − d) / (1 − y)), where 0 ln 0 = 0."""
        clipped = min(max(activation, SMALLEST), GREATEST)
        moved, error = moved_target(clipped, target, self.target_radius, self.zero_error_radius), 0.0
        if moved > 0.0:
            error += moved * log(moved / clipped)
        if moved < 1.0:
            error += (1.0 - moved) * log((1.0 - moved) / (1.0 - clipped))
        return error

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = (y − d) / (y (1 − y))."""
        clipped = min(max(activation, SMALLEST), GREATEST)
        moved = moved_target(clipped, target, self.target_radius, self.zero_error_radius)
        return (clipped - moved) / (clipped * (1.0 - clipped))

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        """Return the error and g (y − d) for a logistic unit with gain g."""
        gain, complement = activation_function.gain, 1.0 - target
        z, inverse = gain * net_input, 1.0 / max(activation, 1.0 - activation)
        error = target * log(target * inverse) if target > 0.0 else 0.0
        error += complement * log(complement * inverse) if complement > 0.0 else 0.0
        return error + (complement * z if z > 0.0 else -target * z), gain * (activation - target)

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
        a, is_single = 0, len(activations) == 1  # a: the unit with the greatest activation
        for i in range(len(activations)):
            if activations[i] > activations[a]:
                a = i
        rest, total, is_tiny = 1.0 - GREATEST if is_single else 0.0, 0.0, False  # rest: 1 − y_a
        for i in range(len(activations)):
            y, d = activations[i], targets[i]
            errors[i] = (y - d) / (1.0 - min(y, GREATEST)) if d >= 0.0 else 0.0
            if i != a:
                rest, total = rest + y, total + errors[i]
            is_tiny = is_tiny or (d > 0.0 and y < TINY)
        log_of_rest = log(rest) if rest > TINY else shares_of_others(net_inputs, a, net_derivatives)
        own = targets[a]
        difference = activations[a] - own if own >= 0.0 and not is_single else 0.0
        factor = difference / rest if rest > TINY else 0.0
        for i in range(len(activations)):
            y, d = activations[i], targets[i]
            share = y * factor if rest > TINY else net_derivatives[i] * difference
            net_derivatives[i] = errors[i] - y * total - share
            errors[i] = d * log(d / y) if d > 0.0 else 0.0
            errors[i] += (1.0 - d) * log((1.0 - d) / (1.0 - min(y, GREATEST))) if d < 1.0 else 0.0
        if is_tiny:
            for i in range(len(activations)):
                if targets[i] > 0.0 and activations[i] < TINY:
                    errors[i] += targets[i] * (log(activations[i]) - log_softmax(net_inputs, i))
        net_derivatives[a] = difference - activations[a] * total
        errors[a] = negative_entropy(own) - own * log(activations[a]) - (1.0 - own) * log_of_rest


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [CrossEntropy]
