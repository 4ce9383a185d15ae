"""The learning rate of each weight: the rate of its projection if that has one, else the rate of the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.plugins.rules import Rule
    from connectionist.utils.arrays import Array


def weight_rates(network: Network, rule: Rule) -> Array:
    """Return the learning rate of each weight.

    Parameters
    ----------
    network : Network
    rule : Rule

    Returns
    -------
    array [weight]
        Rates in the order of ``net.weights``. They are NaN if neither the rule nor the projection has a rate.

    Raises
    ------
    WiringError
        If connections that share a weight belong to projections with different rates.
    ParameterError
        If a projection has a rate and the rule has no parameter of this name.
    """
    import numpy as np

    _check_tied_rates(network)
    by_row = np.full(network.weight_state.size, getattr(rule, "rate", np.nan))
    for projection in network.projections:
        if projection.rate is not None:
            rule.with_rate(projection.rate)
            by_row[[connection.weight.row for connection in projection]] = projection.rate
    return by_row[network.weight_rows]


def weight_limits(network: Network) -> tuple[Array, Array] | None:
    """Return the lowest and highest value of each weight, in the order of ``net.weights``; None if no projection has limits.

    A weight that several projections share has the narrowest limits.

    Raises
    ------
    WiringError
        If the limits of projections that share a weight do not overlap.
    """
    limited = [projection for projection in network.projections if projection.limits is not None]
    if not limited:
        return None
    import numpy as np

    lowest, highest = np.full(network.weight_state.size, -np.inf), np.full(network.weight_state.size, np.inf)
    for projection in limited:
        rows = [connection.weight.row for connection in projection]
        lowest[rows] = np.maximum(lowest[rows], projection.limits[0])  # type: ignore[index]
        highest[rows] = np.minimum(highest[rows], projection.limits[1])  # type: ignore[index]
        if (lowest[rows] > highest[rows]).any():
            raise WiringError(f"{projection.name}: shares weights with a projection whose limits do not overlap with {projection.limits}")
    return lowest[network.weight_rows], highest[network.weight_rows]


def _check_tied_rates(network: Network) -> None:
    first_use: dict[int, tuple[str, float | None]] = {}
    for connection in network.connections if network.schedule.tied else ():
        name, rate = first_use.setdefault(connection.weight.row, (connection.name, connection.projection.rate))
        if rate != connection.projection.rate:
            raise WiringError(
                f"{name} and {connection.name} share a weight, but their projections have different rates "
                f"({rate} and {connection.projection.rate}); give both projections the same rate"
            )
