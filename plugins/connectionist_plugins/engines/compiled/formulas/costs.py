"""The formulas of costs on activations, one class for each kind, with parameters that are numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from connectionist.model.activation_cost import OF_ACTIVATION, ActivationCost


def formulas_of(cost: ActivationCost) -> object:
    """Return an object with the methods of a cost that can be compiled; the cost itself if its class may have other formulas."""
    return _class_of(cost.kind)(cost.strength, cost.peak or 0.0) if type(cost) is ActivationCost else cost


@cache
def _class_of(kind: str) -> type:
    formula = OF_ACTIVATION[kind]

    @dataclass(frozen=True)
    class Cost:
        strength: float
        peak: float

        def cost(self, activation: float) -> float:
            cost, _ = formula(activation, self.peak)
            return self.strength * cost

        def slope(self, activation: float) -> float:
            _, slope = formula(activation, self.peak)
            return self.strength * slope

    return Cost
