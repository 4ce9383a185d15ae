"""Queries about the space of a group's activations: similarities, clusters, components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis.clusters import clusters as cluster_tree
from connectionist.analysis.components import principal_components
from connectionist.analysis.similarities import distances
from connectionist.analysis.similarities import similarity as similarity_table
from connectionist.errors import check_number
from connectionist.inspector import messages
from connectionist.inspector.queries.units import at_tick

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

MOST_CASES = 1000
Content = tuple[dict[str, Any], dict[str, "Array"]]


def similarity(session: InspectorSession, query: messages.SimilarityQuery) -> Content:
    """Answer `messages.SimilarityQuery`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    measure = distances if query.metric == "euclidean" else similarity_table
    table = measure(vectors, query.metric, cases)
    return {"cases": cases}, {"values": table.to_numpy()}


def clusters(session: InspectorSession, query: messages.ClustersQuery) -> Content:
    """Answer `messages.ClustersQuery`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    tree = cluster_tree(vectors, query.method, query.metric, cases)
    return {"cases": cases, "order": tree.order}, {"merges": tree.linkage}


def components(session: InspectorSession, query: messages.ComponentsQuery) -> Content:
    """Answer `messages.ComponentsQuery`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    check_number("components", "count", query.count, at_least=1, at_most=min(vectors.shape), whole=True)
    found = principal_components(vectors, query.count, cases)
    arrays = {"points": found.scores.values, "shares": found.explained.to_numpy(), "directions": found.loadings.values}
    return {"cases": cases}, arrays


def _vectors(session: InspectorSession, group: str, tick: int) -> tuple[Array, list[int]]:
    """Return the activations of a group in the first training cases, [case, unit], and the numbers of these cases."""
    cases = np.arange(min(len(session.examples), MOST_CASES))
    states = session.states.read(session.examples, ("activation",), session.network[group].units, cases)
    return at_tick(session, states, tick)[:, 0], cases.tolist()
