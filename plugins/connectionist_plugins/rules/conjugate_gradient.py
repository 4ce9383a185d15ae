r"""Conjugate gradients: a line search along the negative gradient, corrected by the direction before.

.. math::
    d(t) = -g(t) + \beta(t)\, d(t - 1) \qquad
    \beta_\text{PR} = \max\Bigl(0, \frac{g(t) \cdot (g(t) - g(t - 1))}{g(t - 1) \cdot g(t - 1)}\Bigr) \qquad
    \beta_\text{FR} = \frac{g(t) \cdot g(t)}{g(t - 1) \cdot g(t - 1)}

g is the vector of the error derivatives of all trainable weights, d the direction of the search, and t counts the searches. The weights
move along d to a point that meets the strong Wolfe conditions (Nocedal & Wright 2006, Numerical optimization, chapter 3; SciPy's line
search). The first search, one after every ``restart`` searches, and one whose d does not lead downhill use d = −g. Sources: Fletcher &
Reeves (1964), Function minimization by conjugate gradients, The Computer Journal 7, 149–154; Polak & Ribière (1969), Note sur la
convergence de méthodes de directions conjuguées, Revue française d'informatique et de recherche opérationnelle 3, 35–43.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import connectionist as cn


@dataclass(frozen=True)
class ConjugateGradient(cn.SearchRule):
    """Conjugate gradients.

    Parameters
    ----------
    beta : {"polak_ribiere", "fletcher_reeves"}
        Formula of β.
    restart : int
        Number of searches after which d = −g, at least 1; 0 means the number of trainable weights.
    curvature : float
        Largest size of the slope along d at the end of a line search, as a share of that at its beginning, at least 1e-300 and below 1. A
        smaller number makes the line search more exact.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> ConjugateGradient(beta="fletcher_reeves").restart
    0
    """

    beta: Literal["polak_ribiere", "fletcher_reeves"] = cn.parameter("polak_ribiere")
    restart: int = cn.parameter(0, at_least=0)
    curvature: float = cn.parameter(0.1, at_least=1e-300, below=1)
    name = "conjugate_gradient"
    continuous = False
    synonyms = ("cg", "polak_ribiere", "fletcher_reeves", "conjugate_gradients")
    equation = "w + α d, d = −g + β · last d, with α from a line search"

    def search(self, values: cn.Array, evaluate: Any, memory: dict[str, Any]) -> cn.Array:
        """Search along the next direction. Without a point that is lower, return the same weights."""
        error, derivatives = evaluate(values)
        direction = self._direction(derivatives, memory)
        step = line_search(evaluate, values, direction, (error, derivatives), memory.get("error"), self.curvature)
        if step is None:
            direction, memory["count"] = -derivatives, 0
            step = line_search(evaluate, values, direction, (error, derivatives), None, self.curvature)
        if step is None:
            memory.clear()
            return values
        memory |= {"error": error, "derivatives": derivatives, "direction": direction, "count": memory.get("count", 0) + 1}
        return values + step * direction

    def _direction(self, derivatives: cn.Array, memory: dict[str, Any]) -> cn.Array:
        """Return the direction of the search, which leads downhill."""
        last = memory.get("derivatives")
        if last is None or memory["count"] >= (self.restart or len(derivatives)):
            memory["count"] = 0
            return -derivatives
        square = last @ last
        if self.beta == "fletcher_reeves":
            beta = derivatives @ derivatives / square
        else:
            beta = max(0.0, derivatives @ (derivatives - last) / square)
        direction: cn.Array = beta * memory["direction"] - derivatives
        return direction if direction @ derivatives < 0.0 else -derivatives


def line_search(
    evaluate: Any, values: cn.Array, direction: cn.Array, here: tuple[float, cn.Array], last_error: float | None, curvature: float
) -> float | None:
    """Return the length of a step that meets the strong Wolfe conditions; None if none is found, as at a minimum.

    `here` has E and its derivatives at `values`, and `last_error` is E before the step that led there.
    """
    import numpy as np
    from scipy.optimize import line_search as wolfe

    if not direction.any():
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # that there is no such point, which None says
        found = wolfe(
            lambda point: evaluate(point)[0],
            lambda point: evaluate(point)[1],
            values,
            direction,
            here[1],
            here[0],
            last_error,
            c1=min(1e-4, curvature / 2),
            c2=curvature,
            maxiter=20,
        )
    return None if found[0] is None else float(found[0])


@cn.hookimpl
def update_rules() -> Sequence[type[cn.SearchRule]]:
    """Return the rule."""
    return [ConjugateGradient]
