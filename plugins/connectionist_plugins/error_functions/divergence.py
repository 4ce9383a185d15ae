r"""Divergence of the activations from the targets, both read as one distribution over a group.

.. math:: E = \sum d \ln \frac{d}{y} \qquad \frac{\partial E}{\partial y} = -\frac{d}{y}

y is the activation, d the target, both from 0 to 1 and for a softmax group, where ∂E/∂x is then y − d. Not to be confused with
cross-entropy, which has a second term for being off. Kullback & Leibler (1951), On information and sufficiency, Annals of
Mathematical Statistics 22, 79–86.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from connectionist.plugins.functions import ErrorFunction
from connectionist.plugins.hookspecs import hookimpl

LEAST = 1e-300


@dataclass(frozen=True)
class Divergence(ErrorFunction):
    """Divergence, 0 where activations and targets agree.

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
        """Return E."""
        return target * log(target / max(activation, LEAST)) if target > 0.0 else 0.0

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return -target / max(activation, LEAST)


@hookimpl
def error_functions() -> Sequence[type[ErrorFunction]]:
    """Offer divergence."""
    return [Divergence]
