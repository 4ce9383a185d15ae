r"""Cross-entropy of the activations and the targets, each a probability that the unit is on.

.. math::
    E = \sum d \ln \frac{d}{y} + (1 - d) \ln \frac{1 - d}{1 - y} \qquad
    \frac{\partial E}{\partial y} = \frac{y - d}{y (1 - y)}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. This form is 0 for y = d (a
Kullback–Leibler divergence, as in LENS). It differs from −d ln y − (1 − d) ln(1 − y) by the entropy of the target, and has the same
derivative. Source: Hinton (1989), Connectionist learning procedures, Artificial Intelligence 40, 185–234, section 6.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import connectionist as cn

SMALLEST = 1e-300
GREATEST = 1.0 - 2.0**-53


@dataclass(frozen=True)
class CrossEntropy(cn.ErrorFunction):
    """Cross-entropy, 0 if the activations equal the targets.

    An activation below 1e-300, or rounded to 1, is replaced by the nearest number with finite logarithms, so that E stays finite.

    Examples
    --------
    >>> CrossEntropy().error(0.25, 0.25), CrossEntropy().derivative(0.5, 1.0)
    (0.0, -2.0)
    """

    name = "cross_entropy"
    equation = "E = Σ d · ln(d / y) + (1 − d) · ln((1 − d) / (1 − y)), ∂E/∂y = (y − d) / (y · (1 − y))"
    activations = (0.0, 1.0)
    targets = (0.0, 1.0)

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


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [CrossEntropy]
