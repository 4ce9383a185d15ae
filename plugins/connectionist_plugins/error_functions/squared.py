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

moved_target = cn.moved_target


@dataclass(frozen=True)
class Squared(cn.ErrorFunction):
    """Half the squared difference from the target.

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
    >>> Squared().error(0.5, 1.0), Squared().derivative(0.5, 1.0)
    (0.125, -0.5)
    """

    target_radius: float = cn.parameter(0.0, at_least=0)
    zero_error_radius: float = cn.parameter(0.0, at_least=0)
    name = "squared"
    synonyms = ("mse", "quadratic", "sse", "sum_squared")
    equation = "E = ½ Σ (y − d)², ∂E/∂y = y − d"

    def error(self, activation: float, target: float) -> float:
        """Return ½ (y − d)²."""
        difference = activation - moved_target(activation, target, self.target_radius, self.zero_error_radius)
        return 0.5 * difference * difference

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y = y − d."""
        return activation - moved_target(activation, target, self.target_radius, self.zero_error_radius)


@cn.hookimpl
def error_functions() -> Sequence[type[cn.ErrorFunction]]:
    """Return the function."""
    return [Squared]
