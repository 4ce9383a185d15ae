r"""Levenberg–Marquardt: between the Gauss–Newton step and a short step of steepest descent.

.. math:: w \leftarrow w + d \qquad (J^\top J + \lambda I)\, d = -J^\top e

e are the residuals y − d of E = ½ Σ e², and J their derivatives by the weights. If E falls, the step is made, and λ is divided by 10.
Otherwise λ is multiplied by 10, and the step is tried again, until E falls or λ is above ``largest``. Sources: Levenberg (1944), A method
for the solution of certain non-linear problems in least squares, Quarterly of Applied Mathematics 2, 164–168; Marquardt (1963), An
algorithm for least-squares estimation of nonlinear parameters, Journal of the SIAM 11, 431–441; for networks Hagan & Menhaj (1994),
Training feedforward networks with the Marquardt algorithm, IEEE Transactions on Neural Networks 5, 989–993. It is ``trainlm`` of MATLAB,
where λ is ``mu``. The error function must be ``squared``. JᵀJ has the square of the number of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn


@dataclass(frozen=True)
class LevenbergMarquardt(cn.SearchRule):
    """Levenberg–Marquardt.

    Parameters
    ----------
    damping : float
        First λ, above 0.
    factor : float
        Factor by which λ changes, above 1.
    largest : float
        Largest λ, above 0. If E does not fall up to there, the weights stay, and λ is `damping` again.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> LevenbergMarquardt().damping
    0.01
    """

    damping: float = cn.parameter(0.01, above=0)
    factor: float = cn.parameter(10.0, above=1)
    largest: float = cn.parameter(1e10, above=0)
    name = "levenberg_marquardt"
    uses_residuals = True
    continuous = False
    synonyms = ("lm", "trainlm", "marquardt")
    equation = "w + d, (JᵀJ + λI) d = −Jᵀe"

    def search(self, values: cn.Array, evaluate: Any, memory: dict[str, Any]) -> cn.Array:
        """Return the weights after a step that makes E smaller; else the same weights."""
        import numpy as np
        from scipy.linalg import LinAlgError, cho_factor, cho_solve

        residuals, jacobian = evaluate.jacobian(values)
        error, descent = evaluate(values)[0], -(jacobian.T @ residuals)
        square = jacobian.T @ jacobian
        diagonal, own = np.diag_indices_from(square), square.diagonal().copy()
        damping = memory.pop("damping", self.damping)
        while damping <= self.largest and descent.any():
            square[diagonal] = own + damping
            try:
                point = values + cho_solve(cho_factor(square, check_finite=False), descent, check_finite=False)
            except LinAlgError:  # rounding left a square matrix that is not positive
                point = values
            if evaluate(point)[0] < error:
                memory["damping"] = damping / self.factor
                return point  # type: ignore[no-any-return]
            damping *= self.factor
        return values


@cn.hookimpl
def update_rules() -> Sequence[type[cn.SearchRule]]:
    """Return the rule."""
    return [LevenbergMarquardt]
