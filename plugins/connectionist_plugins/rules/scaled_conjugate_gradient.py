r"""Scaled conjugate gradients: conjugate gradients whose step comes from the curvature along the direction, without a line search.

.. math::
    w \leftarrow w + \frac{\mu}{\delta}\, p \qquad \mu = p \cdot r \qquad
    \delta = p \cdot \frac{g(w + \sigma p / |p|) - g(w)}{\sigma / |p|} + \lambda |p|^2

g is the vector of the error derivatives, r = −g, p the direction, and δ the scaled curvature of E along p. λ is raised until δ is above 0.
The quality of the parabola is D = 2δ(E(w) − E(w + pμ/δ))/μ². The step is made if D ≥ 0. λ is divided by 4 if D ≥ 0.75, and raised by
δ(1 − D)/p·p if D < 0.25. The next direction is r' + βp with β = (r'·r' − r'·r)/μ, or r' after every N searches, of N weights. One search
tries one step. Source: Møller (1993), A scaled conjugate gradient algorithm for fast supervised learning, Neural Networks 6, 525–533. SNNS
sets λ to ``initial_scale`` again where the direction is r', as ``resets_scale`` does here. Its E is Σ(d − y)², twice this E.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import connectionist as cn


@dataclass(frozen=True)
class ScaledConjugateGradient(cn.SearchRule):
    """Scaled conjugate gradients.

    Parameters
    ----------
    difference : float
        Length σ of the step from which the curvature is computed, above 0.
    initial_scale : float
        First λ, above 0.
    resets_scale : bool
        Whether λ is `initial_scale` again where the direction starts again, as in SNNS.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> ScaledConjugateGradient().difference
    0.0001
    """

    difference: float = cn.parameter(1e-4, above=0)
    initial_scale: float = cn.parameter(1e-6, above=0)
    resets_scale: bool = cn.parameter(False)
    name = "scaled_conjugate_gradient"
    continuous = False
    synonyms = ("scg", "trainscg")
    equation = "w + p · (p·r) / δ, with δ the curvature along p + λ p·p, r = −g, p = r + β · last p"

    def search(self, values: cn.Array, evaluate: Any, memory: dict[str, Any]) -> cn.Array:
        """Try one step. If it does not lead downhill, return the same weights."""
        error, derivatives = evaluate(values)
        if not memory:
            memory |= {"direction": -derivatives, "scale": self.initial_scale, "raised_scale": 0.0, "count": 1, "curvature": 0.0}
            memory["has_moved"] = True
        if memory.pop("resets", False):
            memory |= {"scale": self.initial_scale, "count": 1}
        direction, square = memory["direction"], float(memory["direction"] @ memory["direction"])
        slope = float(direction @ -derivatives)
        if square == 0.0 or slope == 0.0:
            return values
        curvature = self._curvature(values, derivatives, evaluate, memory, square)
        step = slope / curvature
        after, derivatives_after = evaluate(values + step * direction)
        quality = 2.0 * curvature * (error - after) / (slope * slope)
        if quality >= 0.0:
            self._move(memory, derivatives, derivatives_after, slope, quality)
        else:
            memory["raised_scale"], memory["has_moved"] = memory["scale"], False
        if not quality >= 0.25:
            memory["scale"] += curvature * (1.0 - quality) / square
        memory["count"] += 1
        return values + step * direction if quality >= 0.0 else values

    def _curvature(self, values: cn.Array, derivatives: cn.Array, evaluate: Any, memory: dict[str, Any], square: float) -> float:
        """Return δ, above 0, and adapt the scale."""
        direction = memory["direction"]
        if memory["has_moved"]:
            distance = self.difference / sqrt(square)
            _, ahead = evaluate(values + distance * direction)
            memory["curvature"] = float(direction @ (ahead - derivatives)) / distance
        curvature = float(memory["curvature"] + (memory["scale"] - memory["raised_scale"]) * square)
        if curvature <= 0.0:
            memory["raised_scale"] = 2.0 * (memory["scale"] - curvature / square)
            curvature = -curvature + memory["scale"] * square
            memory["scale"] = memory["raised_scale"]
        memory["curvature"] = curvature
        return curvature

    def _move(self, memory: dict[str, Any], before: cn.Array, after: cn.Array, slope: float, quality: float) -> None:
        """Set the next direction after a step."""
        memory["raised_scale"], memory["has_moved"] = 0.0, True
        count, period = memory["count"], len(after)
        if count >= period if self.resets_scale else count % period == 0:
            memory["direction"], memory["resets"] = -after, self.resets_scale
        else:
            beta = float(after @ after - after @ before) / slope
            memory["direction"] = beta * memory["direction"] - after
        if quality >= 0.75:
            memory["scale"] /= 4.0


@cn.hookimpl
def update_rules() -> Sequence[type[cn.SearchRule]]:
    """Return the rule."""
    return [ScaledConjugateGradient]
