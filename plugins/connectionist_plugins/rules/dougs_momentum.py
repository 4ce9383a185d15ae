r"""Doug's momentum: momentum with a derivative no longer than 1.

.. math::
    \Delta w(t) = -\varepsilon\, s(t)\, \frac{\partial E}{\partial w}(t) + \alpha\, \Delta w(t - 1) \qquad
    s = \min\Bigl(1, \frac{1}{\lVert \partial E / \partial w \rVert}\Bigr)

ε is the rate, α the momentum; the length is that of the derivative over all trainable weights. The default of LENS (Rohde 1999, LENS:
the light, efficient network simulator, Carnegie Mellon CMU-CS-99-164), named after its author. Only the derivative is limited, not
the change with its momentum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from connectionist.errors import check_number
from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import Rule, WholeNetRule


@dataclass(frozen=True)
class DougsMomentum(WholeNetRule):
    """Doug's momentum.

    Parameters
    ----------
    rate : float
        ε, above 0.
    momentum : float
        α, from 0 to below 1.
    decay : float
        w ← (1 − decay) w after each change; from 0 to below 1.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> DougsMomentum().summarize([3.0, 4.0]), DougsMomentum().summarize([0.3, 0.4])
    (0.2, 1.0)
    """

    rate: float = 0.1
    momentum: float = 0.9
    decay: float = 0.0
    name = "dougs_momentum"
    equation = "Δw = −rate · summary · ∂E/∂w + momentum · last change, summary = min(1, 1 / length of ∂E/∂w)"
    memory = ("last_change",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("DougsMomentum", "momentum", self.momentum, at_least=0, below=1)

    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return s."""
        square = 0.0
        for i in range(len(derivatives)):
            square += derivatives[i] * derivatives[i]
        return 1.0 / sqrt(square) if square > 1.0 else 1.0

    def change(self, value: float, derivative: float, summary: float, last_change: float) -> tuple[float, float]:
        """Return Δw, twice: it is also what is remembered."""
        change = -self.rate * summary * derivative + self.momentum * last_change
        return change, change


@hookimpl
def update_rules() -> Sequence[type[Rule]]:
    """Offer Doug's momentum."""
    return [DougsMomentum]
