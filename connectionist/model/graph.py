"""The graph: which unit sends to which, and nothing about how they run.

The networkx graph is the one truth about wiring. Its nodes are the units; the data of the edge from u to v hold the connection
under "connection" and, when the two have more lines of other delays, those under "delayed". Units keep their incoming and
outgoing connections in lists as well, because iterating the graph while running costs six times as much; `link` and `unlink`
here are the only places that write either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import networkx as nx

from connectionist.errors import LoopError, WiringError
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

Graph = nx.DiGraph


def empty_graph(name: str) -> Graph[Unit]:
    """Return a graph without units."""
    return nx.DiGraph(name=name)


def link(graph: Graph[Unit], connections: Iterable[Connection], *, parallel: bool = False) -> None:
    """Add connections to the graph and to both ends' lists.

    Two connections of one delay between the same units are let pass where they may be `parallel`, as in an unrolled network, whose
    units at tick 0 stand for all ticks before the first.

    Raises
    ------
    WiringError
        When two units are already connected with that delay; the graph is left as it was.
    """
    made = list(connections)
    if not parallel:
        _check_distinct(graph, made)
    graph.add_edges_from(_edges(graph, made))
    for connection in made:
        connection.sender.outgoing.append(connection)
        connection.receiver.incoming.append(connection)


def view(graph: Graph[Unit]) -> Graph[Unit]:
    """Return a read-only view of the graph: it shows every later change, and refuses to be changed itself."""
    shown: Graph[Unit] = nx.freeze(nx.graphviews.generic_graph_view(graph))  # type: ignore[type-var]
    return shown


def unlink(graph: Graph[Unit], connection: Connection) -> None:
    """Take one connection out of the graph and out of both ends' lists."""
    sender, receiver = connection.sender, connection.receiver
    rest = [other for other in between(graph, sender, receiver) if other is not connection]
    graph.remove_edge(sender, receiver)
    if rest:
        graph.add_edge(sender, receiver, **_edge_data(rest))
    sender.outgoing.remove(connection)
    receiver.incoming.remove(connection)


def between(graph: Graph[Unit], sender: Unit, receiver: Unit) -> list[Connection]:
    """Return the connections from one unit to another, the shortest delay first."""
    data = graph.get_edge_data(sender, receiver)
    return [] if data is None else [data["connection"], *data.get("delayed", ())]


def strongly_connected_groups(groups: Sequence[Group], projections: Iterable[Projection]) -> list[list[Group]]:
    """Return the groups in an order of computation, those that feed each other within a tick together.

    Most knots are a single group that no undelayed projection leads back to; nothing but a look at its units can tell in which
    order the others are computed. Knots that need nothing of each other stand in the order in which their groups were made.
    """
    place = {group: number for number, group in enumerate(groups)}
    feeds: nx.DiGraph[Group] = nx.DiGraph()
    feeds.add_nodes_from(groups)
    feeds.add_edges_from((p.sender, p.receiver) for p in projections if p.delay == 0)
    condensed = nx.condensation(feeds)
    ordered: list[list[Group]] = []
    for generation in nx.topological_generations(condensed):
        members = [sorted(condensed.nodes[knot]["members"], key=place.__getitem__) for knot in generation]
        ordered += sorted(members, key=lambda knot: place[knot[0]])
    return ordered


def undelayed_graph(graph: Graph[Unit], knot: Iterable[Group]) -> Graph[Unit | Group]:
    """Return which unit of a knot of groups needs which within a tick, each joint group drawn together into one node."""
    step_of: dict[Unit, Unit | Group] = {unit: group if group.joint else unit for group in knot for unit in group}
    undelayed: Graph[Unit | Group] = nx.DiGraph()
    undelayed.add_nodes_from(step_of.values())
    for sender, receiver, data in graph.out_edges(step_of, data=True):
        if data["connection"].delay == 0 and receiver in step_of:
            undelayed.add_edge(step_of[sender], step_of[receiver])
    return undelayed


def find_loop(graph: Graph[Unit], knot: Iterable[Group]) -> list[str] | None:
    """Return the names of the units of a loop in which no connection has a delay, or None.

    The units of a joint group wait for one another, so a connection between two of them is a loop too.
    """
    try:
        loop = nx.find_cycle(undelayed_graph(graph, knot))
    except nx.NetworkXNoCycle:
        return None
    return [step.name for step, _ in loop] + [loop[0][0].name]


def raise_for_loop(loop: list[str] | None) -> None:
    """Raise LoopError for a loop found by `find_loop`; None passes."""
    if loop:
        raise LoopError(
            f"{' → '.join(loop)} is a loop without delay: leave one of its connections out, or give one a delay of at least 1 tick"
        )


def _check_distinct(graph: Graph[Unit], connections: list[Connection]) -> None:
    for connection in connections:
        for other in between(graph, connection.sender, connection.receiver):
            if other.delay == connection.delay:
                raise WiringError(
                    f"{connection.name}: already connected with delay {connection.delay}, by the projection {other.projection.name}"
                )


def _edges(graph: Graph[Unit], connections: list[Connection]) -> Iterator[tuple[Unit, Unit, dict[str, Any]]]:
    for connection in connections:
        sender, receiver = connection.sender, connection.receiver
        yield sender, receiver, _edge_data([*between(graph, sender, receiver), connection])


def _edge_data(connections: list[Connection]) -> dict[str, Any]:
    if len(connections) == 1:
        return {"connection": connections[0]}
    first, *rest = sorted(connections, key=lambda connection: connection.delay)
    return {"connection": first, "delayed": tuple(rest)}
