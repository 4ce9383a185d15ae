r"""Gauss–Newton: a step to the minimum of the linearized residuals.

.. math:: w \leftarrow w + \frac{d}{2^k} \qquad J^\top J\, d = -J^\top e

e are the residuals y − d of E = ½ Σ e², and J their derivatives by the weights. Where JᵀJ is singular, d is the shortest solution. The full
step often leads uphill, so that it is halved until E falls; k is the number of halvings. Source: Björck (1996), Numerical methods for least
squares problems, SIAM, chapter 9. The error function must be ``squared``. `levenberg_marquardt` damps the step instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn


@dataclass(frozen=True)
class GaussNewton(cn.SearchRule):
    """Gauss–Newton with step halving.

    Parameters
    ----------
    halvings : int
        Largest number of halvings, at least 0. If E does not fall, the weights stay.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> GaussNewton().halvings
    30
    """

    halvings: int = cn.parameter(30, at_least=0)
    name = "gauss_newton"
    uses_residuals = True
    continuous = False
    synonyms = ("gn",)
    equation = "w + d / 2^k, JᵀJ d = −Jᵀe"

    def search(self, values: cn.Array, evaluate: Any, memory: dict[str, Any]) -> cn.Array:
        """Return the weights after a step that makes E smaller; else the same weights."""
        import numpy as np

        residuals, jacobian = evaluate.jacobian(values)
        triangle = np.asarray(np.linalg.qr(np.column_stack([jacobian, -residuals]), mode="r"))  # the same solution from fewer rows
        error, step = evaluate(values)[0], np.linalg.lstsq(triangle[:, :-1], triangle[:, -1], rcond=None)[0]
        for halvings in range(self.halvings + 1):
            point: cn.Array = values + step / 2.0**halvings
            if evaluate(point)[0] < error:
                return point
        return values


@cn.hookimpl
def update_rules() -> Sequence[type[cn.SearchRule]]:
    """Return the rule."""
    return [GaussNewton]
