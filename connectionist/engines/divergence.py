"""Detects NaN and infinity at the end of an epoch and restores the weights that the network had before that epoch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from connectionist.plugins.error_text import error_text, place_in

if TYPE_CHECKING:
    from connectionist.model.network import Network


class NanGuard:
    """Checks the weights of one network and the error of each epoch for NaN and infinity.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rows = network.weight_rows
        self.values = network.weight_values

    def save_weights(self) -> None:
        """Save the present weights. Call it before each epoch."""
        self.values = self.network.weight_values

    def restore_if_diverged(self, error: float) -> str | None:
        """Restore the saved weights if the error or a weight is not finite.

        Parameters
        ----------
        error : float
            E of the epoch.

        Returns
        -------
        str or None
            Description of the first number that is not finite; None if all are finite.
        """
        import numpy as np

        if math.isfinite(error) and np.isfinite(self.network.weight_state.array("value")).all():
            return None
        description = find_non_finite(self.network)
        self._restore()
        return description

    def restore_after(self, exception: Exception) -> tuple[str | None, Exception | None]:
        """Restore the saved weights after a formula raised, and return what `failure_of` returns."""
        self._restore()
        return failure_of(exception)

    def _restore(self) -> None:
        self.network.weight_state.array("value")[self.rows] = self.values


def failure_of(exception: BaseException) -> tuple[str | None, Exception | None]:
    """Return the divergence and the exception of `EpochResults` for an exception that a formula raised.

    A formula that raises an ArithmeticError does so instead of returning infinity, so this is a divergence. SystemExit and
    KeyboardInterrupt are raised.
    """
    if isinstance(exception, ArithmeticError):
        return f"a formula that raised {error_text(exception)} ({place_in(exception)})", None
    if not isinstance(exception, Exception):
        raise exception
    return None, exception


def find_non_finite(network: Network) -> str:
    """Return a description of the first unit, in the order of computation, or connection whose number is not finite.

    If all are finite, an error function has overflowed. The description then names the output unit with the largest absolute activation.
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
    return f"unit {furthest.name}, whose error became infinite when its activation was {furthest.activation:g}"
