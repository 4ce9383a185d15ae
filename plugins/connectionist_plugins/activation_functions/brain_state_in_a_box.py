r"""Brain state in a box: the net input is added to what decay left of the activation, which stays within a box.

.. math:: y(t) = \min(1, \max(-1, (1 - \theta) \, y(t - 1) + x))

x is the net input, y the activation and θ the decay. Source: Anderson, Silverstein, Ritz & Jones (1977), Distinctive features, categorical
perception, and probability learning: some applications of a neural model, Psychological Review 84, 413–451.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class BrainStateInABox(cn.DynamicActivationFunction):
    """Brain state in a box.

    Parameters
    ----------
    decay : float
        Fraction of the activation that is lost in one tick, from 0 to 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> BrainStateInABox().activation(0.5, 0.25), BrainStateInABox(decay=0.5).activation(2.0, 1.0)
    (0.75, 1.0)
    """

    decay: float = cn.parameter(0.0, at_least=0, at_most=1)
    name = "brain_state_in_a_box"
    synonyms = ("bsb",)
    equation = "y(t) = (1 − decay) y(t − 1) + x, kept from −1 to 1"
    range = (-1.0, 1.0)

    def activation(self, net_input: float, previous: float) -> float:
        """Return y(t)."""
        return min(max((1.0 - self.decay) * previous + net_input, -1.0), 1.0)

    def slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂x(t), 1 or 0."""
        return 1.0 if -1.0 < activation < 1.0 else 0.0

    def previous_slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂y(t − 1)."""
        return 1.0 - self.decay if -1.0 < activation < 1.0 else 0.0


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.DynamicActivationFunction]]:
    """Return the function."""
    return [BrainStateInABox]
