r"""L-BFGS: a line search along −Hg, where H approximates the inverse of the second derivatives from the last steps.

.. math:: w \leftarrow w - \alpha H g \qquad s_i = w_{i+1} - w_i \qquad y_i = g_{i+1} - g_i

g is the vector of the error derivatives, and α a step that meets the strong Wolfe conditions. H is computed from the last ``pairs`` pairs
(s, y) by the two-loop recursion of Nocedal (1980), Updating quasi-Newton matrices with limited storage, Mathematics of Computation 35,
773–782, beginning with s·y / y·y times the identity, of the last pair. A pair with s·y ≤ 0, or too small beside s·s, is not used. Without
pairs, the direction is −g. The line search is SciPy's (Nocedal & Wright 2006, Numerical optimization, chapters 3 and 7).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn

SMALLEST = 1e-12  # least s·y, as a share of |s| |y|


@dataclass(frozen=True)
class Lbfgs(cn.SearchRule):
    """L-BFGS.

    Parameters
    ----------
    pairs : int
        Largest number of pairs (s, y), at least 1.
    curvature : float
        Largest size of the slope along the direction at the end of a line search, as a share of that at its beginning, at least 1e-300 and
        below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Lbfgs().pairs
    10
    """

    pairs: int = cn.parameter(10, at_least=1)
    curvature: float = cn.parameter(0.9, at_least=1e-300, below=1)
    name = "lbfgs"
    continuous = False
    synonyms = ("l_bfgs", "l-bfgs", "bfgs", "quasi_newton")
    equation = "w − α H g, with α from a line search and H from the last pairs of steps and changes of g"

    def search(self, values: cn.Array, evaluate: Any, memory: dict[str, Any]) -> cn.Array:
        """Search along the next direction. Without a point that is lower, return the same weights."""
        import numpy as np
        from scipy.optimize import line_search

        error, derivatives = evaluate(values)
        steps, changes = self._pairs(values, derivatives, memory)
        for direction in [-inverse_times(derivatives, steps, changes), -derivatives][: 2 if len(steps) else 1]:
            if not direction @ derivatives < 0.0:
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # that there is no such point, which None says
                step = line_search(
                    lambda point: evaluate(point)[0],
                    lambda point: evaluate(point)[1],
                    values,
                    direction,
                    derivatives,
                    error,
                    c1=min(1e-4, self.curvature / 2),
                    c2=self.curvature,
                    maxiter=20,
                )[0]
            if step is not None:
                memory |= {"values": values, "derivatives": derivatives, "steps": steps, "changes": changes}
                found: cn.Array = values + step * direction
                return found
            steps, changes = steps[:0], changes[:0]
        memory.clear()
        return values

    def _pairs(self, values: cn.Array, derivatives: cn.Array, memory: dict[str, Any]) -> tuple[cn.Array, cn.Array]:
        """Return the last steps s and changes y [pair, weight], the oldest first."""
        import numpy as np

        if "values" not in memory:
            return np.zeros((0, len(values))), np.zeros((0, len(values)))
        step, change = values - memory["values"], derivatives - memory["derivatives"]
        pairs = memory["steps"], memory["changes"]
        if step @ change <= SMALLEST * np.linalg.norm(step) * np.linalg.norm(change):
            return pairs
        steps, changes = (np.vstack([old, new])[-self.pairs :] for old, new in zip(pairs, (step, change), strict=True))
        return steps, changes


def inverse_times(derivatives: cn.Array, steps: cn.Array, changes: cn.Array) -> cn.Array:
    """Return Hg by the two-loop recursion, from pairs [pair, weight], the oldest first.

    Examples
    --------
    >>> import numpy as np
    >>> inverse_times(np.array([2.0, 3.0]), np.array([[1.0, 0.0]]), np.array([[4.0, 0.0]]))  # the second derivative along (1, 0) is 4
    array([0.5 , 0.75])
    """
    direction, shares = derivatives.copy(), []
    for step, change in zip(steps[::-1], changes[::-1], strict=True):
        shares.append((step @ direction) / (step @ change))
        direction -= shares[-1] * change
    if len(steps):
        direction *= (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1])
    for step, change, share in zip(steps, changes, shares[::-1], strict=True):
        direction += (share - (change @ direction) / (step @ change)) * step
    return direction


@cn.hookimpl
def update_rules() -> Sequence[type[cn.SearchRule]]:
    """Return the rule."""
    return [Lbfgs]
