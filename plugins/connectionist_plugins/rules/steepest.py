r"""Steepest descent: each weight goes against its derivative.

.. math:: \Delta w = -\varepsilon\, \frac{\partial E}{\partial w}

ε is the rate. Equation 8 of Rumelhart, Hinton & Williams (1986), Nature 323, 533–536. The paper's derivative is summed over the
cases, not averaged, so a rate that suits 64 cases is too large for 6,400.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import Rule, UpdateRule


@dataclass(frozen=True)
class Steepest(UpdateRule):
    """Steepest descent.

    Parameters
    ----------
    rate : float
        ε, above 0.
    decay : float
        w ← (1 − decay) w after each change; from 0 to below 1.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> Steepest(rate=0.5).change(1.0, 0.2)
    (-0.1,)
    """

    rate: float = 0.1
    decay: float = 0.0
    name = "steepest"
    equation = "Δw = −rate · ∂E/∂w"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        return (-self.rate * derivative,)


@hookimpl
def update_rules() -> Sequence[type[Rule]]:
    """Offer steepest descent."""
    return [Steepest]
