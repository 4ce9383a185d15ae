r"""Back-propagation of error derivatives.

.. math:: \frac{\partial E}{\partial w_{ji}} = \frac{\partial E}{\partial x_j}\, y_i

Source: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors, Nature 323, 533–536, equations 4 to 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class BackPropagation(cn.BackwardProcedure):
    """Back-propagation, the default procedure of rules that learn from derivatives."""

    name = "back_propagation"
    synonyms = ("backprop", "bp", "bptt", "backpropagation", "back_propagation_through_time")
    equation = "∂E/∂w = ∂E/∂x of the receiver · y of the sender"


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.BackwardProcedure]]:
    """Return the procedure."""
    return [BackPropagation]
