r"""Direct feedback alignment: each hidden unit gets the error derivatives of the output units through fixed random weights.

.. math:: \frac{\partial E}{\partial y_i} = \sum_k \frac{\partial E}{\partial x_k}\, c_{ik}

The sum is over the output units k, whatever lies between. In a network with one hidden group this is feedback alignment. Source: Nøkland
(2016), Direct feedback alignment provides learning in deep neural networks, Advances in Neural Information Processing Systems 29. There
∂E/∂x of an output unit is y − d, as for logistic units with cross-entropy here, and for linear units with squared error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class DirectFeedbackAlignment(cn.BackwardProcedure):
    """Direct feedback alignment, for networks without time.

    Parameters
    ----------
    feedback_range : float
        Backward weights are uniform on ±feedback_range, above 0 and at most 1e100.
    feedback_seed : int
        Seed of the backward weights, at least 0. They come from its stream "direct weights".

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    feedback_range: float = cn.parameter(0.5, above=0, at_most=1e100)
    feedback_seed: int = cn.parameter(0, at_least=0)
    name = "direct_feedback_alignment"
    synonyms = ("dfa",)
    equation = "∂E/∂y of a hidden unit = Σ ∂E/∂x of the output units · fixed random weight"

    def direct_weights(self, network: cn.Network) -> cn.Array:
        """Return the random weights, [hidden unit, output unit]."""
        counts = [sum(len(group) for group in network.groups if group.role == role) for role in ("hidden", "output")]
        return cn.random_stream(self.feedback_seed, "direct weights").uniform(-self.feedback_range, self.feedback_range, counts)

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network runs in time, or if a hidden unit depends on an output unit."""
        if network.in_time:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: needs a network without time, and {network.in_time}; use 'feedback_alignment'"
            )
        for projection in network.projections:
            if projection.sender.role == "output" and projection.receiver.role == "hidden":
                raise cn.errors.WiringError(
                    f"procedure {self.name!r}: hidden units must not depend on output units (projection {projection.name}); "
                    f"use 'feedback_alignment'"
                )


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.BackwardProcedure]]:
    """Return the procedure."""
    return [DirectFeedbackAlignment]
