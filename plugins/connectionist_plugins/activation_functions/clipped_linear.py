r"""The linear function between two bounds.

.. math:: y = \min(\max(x, a), b) \qquad \frac{dy}{dx} = 1 \text{ for } a < x < b, \text{ else } 0

x is the net input, y the activation, a and b the smallest and the greatest activation. At the bounds, where the function has no derivative,
the slope is 0. It is the function of the brain-state-in-a-box model: Anderson, Silverstein, Ritz & Jones (1977), Distinctive features,
categorical perception, and probability learning: some applications of a neural model, Psychological Review 84, 413–451.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class ClippedLinear(cn.ActivationFunction):
    """The linear function between two bounds.

    Parameters
    ----------
    lowest, highest : float
        Smallest and greatest activation a and b. `lowest` is less than `highest`.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> ClippedLinear().activation(-0.5), ClippedLinear().activation(0.25), ClippedLinear(lowest=-1.0).activation(-0.5)
    (0.0, 0.25, -0.5)
    """

    lowest: float = cn.parameter(0.0)
    highest: float = cn.parameter(1.0)
    name = "clipped_linear"
    equation = "y = min(max(x, lowest), highest), dy/dx = 1 between the bounds, else 0"

    def __post_init__(self) -> None:
        """Check the bounds."""
        super().__post_init__()
        if not self.lowest < self.highest:
            raise cn.errors.ParameterError(f"ClippedLinear.lowest: must be less than highest, {self.highest:g} (got {self.lowest:g})")

    @property
    def range(self) -> tuple[float, float]:  # type: ignore[override]
        """The bounds."""
        return self.lowest, self.highest

    def activation(self, net_input: float) -> float:
        """Return y. NaN stays NaN, so that an earlier numerical error remains visible."""
        return self.lowest if net_input <= self.lowest else min(self.highest, net_input)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0 if self.lowest < net_input < self.highest else 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the function."""
    return [ClippedLinear]
