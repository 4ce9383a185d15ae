"""Training that left the finite numbers: noticed at the end of the epoch, with the weights from before it put back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectionist.model.network import Network


class NanGuard:
    """Watches one network for infinity and NaN, epoch by epoch."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rows = network.weight_rows
        self.values = network.weight_values

    def remember(self) -> None:
        """Keep the weights as they are before an epoch."""
        self.values = self.network.weight_values

    def trouble(self, error: float) -> str | None:
        """Return where a number that is not finite is and put the weights back, or None when all is well."""
        import numpy as np

        if math.isfinite(error) and np.isfinite(self.network.weight_state.array("value")).all():
            return None
        where = find_trouble(self.network)
        self._put_back()
        return where

    def give_up(self, raised: ArithmeticError) -> str:
        """Put the weights back because a formula raised instead of answering with infinity, and return where."""
        self._put_back()
        return f"a formula that raised {type(raised).__name__}: {raised}"

    def _put_back(self) -> None:
        self.network.weight_state.array("value")[self.rows] = self.values


def find_trouble(network: Network) -> str:
    """Return the first unit, in the order of computation, or connection, with a number that is not finite.

    When there is none, an error function overflowed in some case: the output unit furthest from 0 is named.
    """
    for unit in network.schedule.units:
        for quantity in ("net_input", "activation"):
            value = getattr(unit, quantity)
            if not math.isfinite(value):
                return f"unit {unit.name}, whose {quantity} became {value}"
    for connection in network.connections:
        if not math.isfinite(connection.weight.value):
            return f"connection {connection.name}, whose weight became {connection.weight.value}"
    furthest = max(network.schedule.outputs, key=lambda unit: abs(unit.activation))
    return f"unit {furthest.name}, whose error became infinite when its activation came to {furthest.activation:g}"
