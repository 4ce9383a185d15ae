r"""Cross-entropy between target and activation, both read as probabilities of being on.

.. math::
    E = \sum d \ln \frac{d}{y} + (1 - d) \ln \frac{1 - d}{1 - y} \qquad
    \frac{\partial E}{\partial y} = \frac{y - d}{y (1 - y)}

y is the activation, d the target, both from 0 to 1. This is the form that is 0 where y = d (a Kullback–Leibler divergence; LENS uses
the same); it differs by the target's own entropy from the form −d ln y − (1 − d) ln(1 − y), and its derivative is the same.
Hinton (1989), Connectionist learning procedures, Artificial Intelligence 40, 185–234, section 6.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from connectionist.plugins.functions import ErrorFunction
from connectionist.plugins.hookspecs import hookimpl

LEAST = 1e-300
GREATEST = 1.0 - 2.0**-53


@dataclass(frozen=True)
class CrossEntropy(ErrorFunction):
    """Cross-entropy, 0 where activation and target agree.

    An activation that has rounded to 0 or 1 is taken to be the next number that still has a logarithm, so that E stays finite.

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
        """Return E."""
        inner = min(max(activation, LEAST), GREATEST)
        error = 0.0
        if target > 0.0:
            error += target * log(target / inner)
        if target < 1.0:
            error += (1.0 - target) * log((1.0 - target) / (1.0 - inner))
        return error

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        inner = min(max(activation, LEAST), GREATEST)
        return (inner - target) / (inner * (1.0 - inner))


@hookimpl
def error_functions() -> Sequence[type[ErrorFunction]]:
    """Offer cross-entropy."""
    return [CrossEntropy]
