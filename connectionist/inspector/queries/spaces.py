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
    from connectionist.inspector.session import Session
    from connectionist.utils.arrays import Array

MOST_CASES = 1000
Content = tuple[dict[str, Any], dict[str, "Array"]]


def similarity(session: Session, query: messages.Similarity) -> Content:
    """Answer `messages.Similarity`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    if query.metric == "euclidean":
        table = distances(vectors, "euclidean", cases)
    else:
        table = similarity_table(vectors, query.metric, cases)
    return {"cases": cases}, {"values": table.to_numpy()}


def clusters(session: Session, query: messages.Clusters) -> Content:
    """Answer `messages.Clusters`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    tree = cluster_tree(vectors, query.method, query.metric, cases)
    return {"cases": cases, "order": tree.order}, {"merges": tree.linkage}


def components(session: Session, query: messages.Components) -> Content:
    """Answer `messages.Components`."""
    vectors, cases = _vectors(session, query.group, query.tick)
    check_number("components", "count", query.count, at_least=1, at_most=min(vectors.shape), whole=True)
    found = principal_components(vectors, query.count, cases)
    arrays = {"points": found.scores.values, "shares": found.explained.to_numpy(), "directions": found.loadings.values}
    return {"cases": cases}, arrays


def _vectors(session: Session, group: str, tick: int) -> tuple[Array, list[int]]:
    """Return the activations of a group in the first training cases, [case, unit], and the numbers of these cases."""
    cases = np.arange(min(len(session.examples), MOST_CASES))
    states = session.states.read(session.examples, ("activation",), session.network[group].units, cases)
    return at_tick(session, states, tick)[:, 0], cases.tolist()
