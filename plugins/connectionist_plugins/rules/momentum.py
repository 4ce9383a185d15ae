r"""Steepest descent with momentum, exactly as printed in 1986.

.. math:: \Delta w(t) = -\varepsilon\, \frac{\partial E}{\partial w}(t) + \alpha\, \Delta w(t - 1)

ε is the rate, α the momentum, t counts changes. Equation 9 of Rumelhart, Hinton & Williams (1986), Nature 323, 533–536. It is not the
form that scales the derivative by 1 − α, nor Nesterov's, which takes the derivative further on; the decay comes after the change and
is not remembered, where LENS's enters the next momentum term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.errors import check_number
from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import Rule, UpdateRule


@dataclass(frozen=True)
class Momentum(UpdateRule):
    """Steepest descent with momentum.

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
    >>> Momentum(rate=0.5, momentum=0.5).change(1.0, 0.5, -0.5)
    (-0.5, -0.5)
    """

    rate: float = 0.1
    momentum: float = 0.9
    decay: float = 0.0
    name = "momentum"
    equation = "Δw = −rate · ∂E/∂w + momentum · last change"
    memory = ("last_change",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("Momentum", "momentum", self.momentum, at_least=0, below=1)

    def change(self, value: float, derivative: float, last_change: float) -> tuple[float, float]:
        """Return Δw, twice: it is also what is remembered."""
        change = -self.rate * derivative + self.momentum * last_change
        return change, change


@hookimpl
def update_rules() -> Sequence[type[Rule]]:
    """Offer momentum."""
    return [Momentum]
