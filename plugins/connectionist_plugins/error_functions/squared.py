r"""Half the sum of squared differences from the targets.

.. math:: E = \tfrac12 \sum (y - d)^2 \qquad \frac{\partial E}{\partial y} = y - d

E is the error, y an activation, d a target; the sum runs over the output units with a target. These are equations 3 and 4 of Rumelhart,
Hinton & Williams (1986), Learning representations by back-propagating errors, Nature 323, 533–536. LENS has no factor ½, so the same
learning needs half the rate there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Squared(cn.ErrorFunction):
    """Half the squared difference from the target.

    Examples
    --------
    >>> Squared().error(0.5, 1.0), Squared().derivative(0.5, 1.0)
    (0.125, -0.5)
    """

    name = "squared"
    synonyms = ("mse", "quadratic", "sse", "sum_squared")
    equation = "E = ½ Σ (y − d)², ∂E/∂y = y − d"

    def error(self, activation: float, target: float) -> float:
        """Return ½ (y − d)²."""
        difference = activation - target
        return 0.5 * difference * difference

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = y − d."""
        return activation - target


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [Squared]
