"""Costs on the activations of a random network, and error functions that compare a whole group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.model.activation_cost import KINDS, WITH_PEAK, ActivationCost
from connectionist.plugins import registry
from connectionist.plugins.functions import INFINITE

if TYPE_CHECKING:
    import numpy as np

    from connectionist.model.network import Network


def add_costs(draw: np.random.Generator, net: Network) -> None:
    """Add costs to about half of the groups that may have some, and joint error functions to about half of the output groups."""
    functions = joint_errors()
    for group in net.groups:
        kind = list(KINDS)[int(draw.integers(len(KINDS)))]
        peak = float(draw.uniform(0.2, 0.8)) if kind in WITH_PEAK else None
        if group.role in ("hidden", "output") and draw.random() < 0.5:
            try:
                group.cost = ActivationCost(kind, float(draw.uniform(0.01, 0.1)), peak)
            except ParameterError:
                group.cost = "square"  # defined for all activations
        if group.role == "output" and functions and draw.random() < 0.5:
            function = functions[int(draw.integers(len(functions)))]
            group.error_function = function if len(group) >= function.least_units else group.error_function


def joint_errors() -> list[Any]:
    """Return the registered joint error functions that are defined for all activations and targets."""
    found = [registry.find("error_functions", name) for name in registry.get_registry().names("error_functions")]
    return [each() for each in found if getattr(each, "is_joint", False) and each.activations == each.targets == INFINITE]
