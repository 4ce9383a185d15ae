r"""Kullback–Leibler divergence of the activations from the targets, as two probability distributions over a group.

.. math:: E = \sum d \ln \frac{d}{y} \qquad \frac{\partial E}{\partial y} = -\frac{d}{y}

E is the error, y an activation, d a target, both from 0 to 1; the sum runs over the output units with a target. The function is meant for a
softmax group, where ∂E/∂x is y − d if the targets sum to 1. Cross-entropy has a second term, for 1 − d. Source: Kullback & Leibler
(1951), On information and sufficiency, Annals of Mathematical Statistics 22, 79–86.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

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

    def error(self, activation: float, target: float) -> float:
        """Return d ln(d / y), 0 for d = 0."""
        return target * log(target / max(activation, SMALLEST)) if target > 0.0 else 0.0

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = −d / y."""
        return -target / max(activation, SMALLEST)


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [Divergence]
