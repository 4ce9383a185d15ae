"""Queries about many connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError, WiringError, check_number
from connectionist.inspector import messages
from connectionist.inspector.object_pass import number_by_unit
from connectionist.inspector.unit_lines import ends, places

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

MOST_PAIRS = 4_000_000
STATE = {"weight": "value", "derivative": "derivative", "change": "change"}
Content = tuple[dict[str, Any], dict[str, "Array"]]


def links(session: InspectorSession, query: messages.LinksQuery) -> Content:
    """Answer `messages.LinksQuery`."""
    network = session.network
    sender, receiver = network[query.sender], network[query.receiver]
    if len(sender) * len(receiver) > MOST_PAIRS:
        raise ParameterError(f"links: {len(sender):,} × {len(receiver):,} units are more than {MOST_PAIRS:,} pairs")
    values = np.full((len(sender), len(receiver)), np.nan)
    between = [each for each in network.projections if each.sender is sender and each.receiver is receiver]
    for projection in sorted(between, key=lambda each: -each.delay):  # that of the shortest delay last
        senders, receivers, rows = places(session.network, projection)
        values[senders, receivers] = network.weight_state.array(STATE[query.quantity])[rows]
    return {}, {"values": values}


def strongest(session: InspectorSession, query: messages.StrongestQuery) -> Content:
    """Answer `messages.StrongestQuery`."""
    check_number("strongest", "count", query.count, at_least=1, at_most=1000, whole=True)
    network = session.network
    senders, receivers, rows = ends(network)
    values = network.weight_state.array("value")[rows]
    sizes = np.where(senders == number_by_unit(network)[network["bias"][0]], -1.0, np.nan_to_num(np.abs(values)))
    least = np.partition(sizes, -query.count)[-query.count] if len(sizes) > query.count else 0.0
    most = np.flatnonzero(sizes >= max(least, 0.0))
    chosen = most[np.argsort(-sizes[most], kind="stable")][: query.count]
    return {}, {"connections": np.stack([senders[chosen], receivers[chosen], values[chosen]], axis=1)}


def histogram(session: InspectorSession, query: messages.HistogramQuery) -> Content:
    """Answer `messages.HistogramQuery`."""
    network = session.network
    check_number("histogram", "bins", query.bins, at_least=1, at_most=1000, whole=True)
    rows = places(session.network, network.projection(query.projection))[2] if query.projection else network.weight_rows
    values = network.weight_state.array(STATE[query.quantity])[rows]
    if not len(values):
        raise WiringError(f"histogram: {query.projection or network.name} has no connections")
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins=query.bins)
    return {}, {"edges": edges, "counts": counts}
