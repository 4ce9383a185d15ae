r"""Half the squared difference from the target.

.. math:: E = \tfrac12 \sum (y - d)^2 \qquad \frac{\partial E}{\partial y} = y - d

y is the activation, d the target. Equations 3 and 4 of Rumelhart, Hinton & Williams (1986), Nature 323, 533–536. LENS has no ½: its
rate is half of the paper's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.functions import ErrorFunction
from connectionist.plugins.hookspecs import hookimpl


@dataclass(frozen=True)
class Squared(ErrorFunction):
    """Half the squared difference from the target.

    Examples
    --------
    >>> Squared().error(0.5, 1.0), Squared().derivative(0.5, 1.0)
    (0.125, -0.5)
    """

    name = "squared"
    equation = "E = ½ Σ (y − d)², ∂E/∂y = y − d"

    def error(self, activation: float, target: float) -> float:
        """Return E."""
        difference = activation - target
        return 0.5 * difference * difference

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return activation - target


@hookimpl
def error_functions() -> Sequence[type[ErrorFunction]]:
    """Offer half the squared difference."""
    return [Squared]
