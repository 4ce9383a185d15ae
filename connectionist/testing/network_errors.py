"""Costs on the activations of a random network, and an error function that compares a whole group."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.errors import ParameterError
from connectionist.model.activation_cost import OF_ACTIVATION, WITH_PEAK, ActivationCost
from connectionist.plugins.functions import JointErrorFunction

if TYPE_CHECKING:
    import numpy as np

    from connectionist.model.network import Network


@dataclass(frozen=True)
class CheckCoupled(JointErrorFunction):
    """The squared error, and the squared sum of the differences, so that the checks do not depend on angles of short vectors."""

    name = "check_coupled"

    def compare(
        self,
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        derivatives: MutableSequence[float],
    ) -> None:
        """Write the share of each unit in E, and its ∂E/∂y."""
        total = 0.0
        for i in range(len(activations)):
            total += activations[i] - targets[i]
        for i in range(len(activations)):
            difference = activations[i] - targets[i]
            errors[i] = 0.5 * difference * (difference + total)
            derivatives[i] = difference + total


def add_costs(draw: np.random.Generator, net: Network) -> None:
    """Add costs to about half of the groups that may have some, and a joint error function to about half of the output groups."""
    for group in net.groups:
        kind = list(OF_ACTIVATION)[int(draw.integers(len(OF_ACTIVATION)))]
        peak = float(draw.uniform(0.2, 0.8)) if kind in WITH_PEAK else None
        if group.role in ("hidden", "output") and draw.random() < 0.5:
            try:
                group.cost = ActivationCost(kind, float(draw.uniform(0.01, 0.1)), peak)
            except ParameterError:
                group.cost = "square"  # defined for all activations
        if group.role == "output" and draw.random() < 0.5:
            group.error_function = CheckCoupled()
