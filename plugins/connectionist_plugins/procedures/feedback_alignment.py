r"""Feedback alignment: error derivatives go back through fixed random weights.

.. math:: \frac{\partial E}{\partial y_i} = \sum_j \frac{\partial E}{\partial x_j}\, b_{ji}

The weights b are drawn once and never change. The angle between these derivatives and those of back-propagation can begin above 90° and
falls below it in training. Source: Lillicrap, Cownden, Tweed & Akerman (2016), Random synaptic feedback weights support error
backpropagation for deep learning, Nature Communications 7, 13276, where ∂E/∂x of the output units has the slope of their activation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class FeedbackAlignment(cn.BackwardProcedure):
    """Feedback alignment.

    Parameters
    ----------
    feedback_range : float
        Backward weights are uniform on ±feedback_range, above 0 and at most 1e100.
    feedback_seed : int
        Seed of the backward weights, at least 0. They come from its stream "backward weights".

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    feedback_range: float = cn.parameter(0.5, above=0, at_most=1e100)
    feedback_seed: int = cn.parameter(0, at_least=0)
    name = "feedback_alignment"
    synonyms = ("fa", "random_feedback")
    equation = "∂E/∂y of the sender = Σ ∂E/∂x of the receiver · fixed random weight"

    def backward_weights(self, network: cn.Network) -> cn.Array:
        """Return the random weights, [weight]."""
        return cn.random_stream(self.feedback_seed, "backward weights").uniform(
            -self.feedback_range, self.feedback_range, len(network.weights)
        )


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.BackwardProcedure]]:
    """Return the procedure."""
    return [FeedbackAlignment]
