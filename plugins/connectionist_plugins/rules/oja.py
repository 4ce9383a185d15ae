r"""Oja's rule: Hebb's rule with a decay that keeps the weights of a unit at length 1.

.. math:: \Delta w_{ji} = \varepsilon\, y_j\, (y_i - y_j\, w_{ji})

A linear unit without bias turns toward the first principal component of its inputs, if their mean is 0. With a constant rate it stays near
it. Source: Oja (1982), A simplified neuron model as a principal component analyzer, Journal of Mathematical Biology 15, 267–273.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Oja(cn.LocalRule):
    """Oja's rule.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Oja().signal(0.5, sender=1.0, receiver=0.5, target=float("nan"))
    0.375
    """

    rate: float = cn.parameter(0.05, above=0)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "oja"
    equation = "Δw = rate · signal, signal = Σ y of the receiver · (y of the sender − y of the receiver · w)"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the product of the activations, less the square of the receiver's times the weight."""
        return receiver * (sender - receiver * value)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


@cn.hookimpl
def update_rules() -> Sequence[type[cn.LocalRule]]:
    """Return the rule."""
    return [Oja]
