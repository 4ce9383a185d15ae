"""Costs on the activations of a random network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import ParameterError
from connectionist.model.activation_cost import KINDS, WITH_PEAK, ActivationCost

if TYPE_CHECKING:
    import numpy as np

    from connectionist.model.network import Network


def add_costs(draw: np.random.Generator, net: Network) -> None:
    """Add costs to about half of the groups that may have some."""
    for group in net.groups:
        kind = list(KINDS)[int(draw.integers(len(KINDS)))]
        peak = float(draw.uniform(0.2, 0.8)) if kind in WITH_PEAK else None
        if group.role in ("hidden", "output") and draw.random() < 0.5:
            try:
                group.cost = ActivationCost(kind, float(draw.uniform(0.01, 0.1)), peak)
            except ParameterError:
                group.cost = "square"  # defined for all activations
