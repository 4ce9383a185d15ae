"""Settings of the projections whose connections share a weight: they must fit one another.

`Network.tie` checks the connections that it ties. An assignment to a projection does not check, since settings of several projections are
assigned one after the other. Training, and passes with noise on weights, check again before they use the settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.utils.arrays import Array


def check_shared_settings(network: Network) -> None:
    """Raise an error unless the settings of the projections fit one another for each weight that intact connections share.

    Raises
    ------
    WiringError
        As `check_sharing`.
    """
    if len({(each.rate, each.limits, each.weight_noise) for each in network.projections}) < 2:
        return
    shared = network.schedule.tied
    sharing: dict[Weight, list[Connection]] = {}
    for connection in network.connections if shared else ():
        if connection.weight in shared:
            sharing.setdefault(connection.weight, []).append(connection)
    for connections in sharing.values():
        check_sharing(connections)


def check_sharing(connections: Iterable[Connection]) -> None:
    """Raise an error unless the settings of the projections of some connections, which share a weight, fit one another.

    Raises
    ------
    WiringError
        If two projections have different rates, limits that do not overlap, or different noise on weights.
    """
    firsts = {connection.projection: connection for connection in reversed(list(connections))}
    for first, second in combinations(reversed(firsts.values()), 2):
        if fault := _fault(first.projection, second.projection):
            raise WiringError(f"{first.name} and {second.name} share a weight, but their projections have {fault}")


def _fault(one: Projection, other: Projection) -> str:
    """Return how the settings of two projections do not fit; empty if they do."""
    if one.rate != other.rate:
        return f"different rates ({one.rate} and {other.rate}); give both projections the same rate"
    if one.limits and other.limits and max(one.limits[0], other.limits[0]) > min(one.limits[1], other.limits[1]):
        return f"limits that do not overlap ({one.limits} and {other.limits}); give both projections limits that overlap"
    if one.weight_noise and other.weight_noise and one.weight_noise != other.weight_noise:
        noises = f"{one.weight_noise} and {other.weight_noise}"
        return f"different noise on weights ({noises}); give both projections the same weight_noise, or one of them None"
    return ""


def limits_by_row(network: Network) -> tuple[Array, Array] | None:
    """Return the lowest and highest value of each row of the weights' state; None if no projection has limits.

    A weight that several projections share has the narrowest limits.
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
    return lowest, highest
