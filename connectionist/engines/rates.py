"""The learning rate of each weight: the rate of its projection if that has one, else the rate of the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.model.assembly.shared_settings import check_shared_settings, limits_by_row

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
        As `check_shared_settings`.
    ParameterError
        If a projection has a rate and the rule has no parameter of this name.
    """
    import numpy as np

    check_shared_settings(network)
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
        As `check_shared_settings`.
    """
    check_shared_settings(network)
    limits = limits_by_row(network)
    return None if limits is None else (limits[0][network.weight_rows], limits[1][network.weight_rows])
