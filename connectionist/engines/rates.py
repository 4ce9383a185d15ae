"""The rate of each weight: its projection's own, or the rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.plugins.rules import Rule
    from connectionist.utils.arrays import Array


def weight_rates(network: Network, rule: Rule) -> Array:
    """Return the rate with which a rule is to change each weight.

    Parameters
    ----------
    network : Network
    rule : Rule

    Returns
    -------
    array [weight]
        In the order of ``net.weights``; NaN where the rule has no rate.

    Raises
    ------
    WiringError
        When connections that share a weight belong to projections of different rates.
    ParameterError
        When a projection has a rate of its own and the rule knows none.
    """
    import numpy as np

    _check_split_ties(network)
    by_row = np.full(network.weight_state.size, getattr(rule, "rate", np.nan))
    for projection in network.projections:
        if projection.rate is not None:
            rule.with_rate(projection.rate)
            by_row[[connection.weight.row for connection in projection]] = projection.rate
    return by_row[network.weight_rows]


def _check_split_ties(network: Network) -> None:
    seen: dict[int, tuple[str, float | None]] = {}
    for connection in network.connections if network.schedule.tied else ():
        name, rate = seen.setdefault(connection.weight.row, (connection.name, connection.projection.rate))
        if rate != connection.projection.rate:
            raise WiringError(
                f"{name} and {connection.name} share a weight, and their projections have different rates "
                f"({rate} and {connection.projection.rate}); one weight has one"
            )
