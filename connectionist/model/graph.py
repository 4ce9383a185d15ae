"""The graph of units and connections.

The networkx graph is the only record of which units are connected. Its nodes are the units. The data of the edge from u to v have the
connection with the shortest delay under "connection" and, if there are connections with other delays, those under "delayed". Units also
have lists of their incoming and outgoing connections, since iterating the graph in a pass costs six times as much. Only `link` and
`unlink` write the graph and the lists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import networkx as nx

from connectionist.errors import LoopError, WiringError
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

Graph = nx.DiGraph
LONG = 64  # connections; in a shorter list, comparing all takes no longer than a search by halves


def empty_graph(name: str) -> Graph[Unit]:
    """Return a graph without units."""
    return nx.DiGraph(name=name)


def link(graph: Graph[Unit], connections: Iterable[Connection], *, parallel: bool = False) -> None:
    """Add connections to the graph and to the lists of both ends.

    Parameters
    ----------
    graph : networkx.DiGraph
    connections : iterable of Connection
    parallel : bool
        Whether two units may have several connections with the same delay, as in an unrolled network, where one unit at tick 0 represents
        all ticks before the first.

    Raises
    ------
    WiringError
        If two units are already connected with that delay. The graph does not change.
    """
    made = list(connections)
    if not parallel:
        _check_distinct(graph, made)
    graph.add_edges_from(_edges(graph, made))
    for connection in made:
        connection.sender.outgoing.append(connection)
        connection.receiver.incoming.append(connection)


def read_only_view(graph: Graph[Unit]) -> Graph[Unit]:
    """Return a read-only view of the graph, which shows every later change."""
    shown: Graph[Unit] = nx.freeze(nx.graphviews.generic_graph_view(graph))  # type: ignore[type-var]
    return shown


def unlink(graph: Graph[Unit], connections: Iterable[Connection]) -> None:
    """Remove connections from the graph and from the lists of both ends."""
    removed = dict.fromkeys(connections)
    for connection in removed:
        sender, receiver = connection.sender, connection.receiver
        rest = [other for other in connections_between(graph, sender, receiver) if other is not connection]
        graph.remove_edge(sender, receiver)
        if rest:
            graph.add_edge(sender, receiver, **_edge_data(rest))
    _take_out([(connection.sender.outgoing, connection) for connection in removed])
    _take_out([(connection.receiver.incoming, connection) for connection in removed])


def _take_out(places: list[tuple[list[Connection], Connection]]) -> None:
    """Remove connections from lists.

    A list is in the order of making, except for lesioned connections that are linked at its end for a moment. In a long list, such as that
    of the unit that is always 1, the place of a connection is searched by halves.
    """
    rest: dict[int, tuple[list[Connection], dict[Connection, None]]] = {}
    for connections, connection in places:
        if len(connections) > LONG:
            place = bisect_left(connections, order_of_making(connection), key=order_of_making)
            if connections[place : place + 1] == [connection]:
                del connections[place]
                continue
        rest.setdefault(id(connections), (connections, {}))[1][connection] = None
    for connections, removed in rest.values():
        connections[:] = [connection for connection in connections if connection not in removed]


def order_of_making(connection: Connection) -> tuple[int, int, int]:
    """Return the sorting key by which the connections of a unit are in the order in which they were made."""
    return connection.projection.number, connection.receiver.index, connection.sender.index


def connections_between(graph: Graph[Unit], sender: Unit, receiver: Unit) -> list[Connection]:
    """Return the connections from one unit to another, the shortest delay first."""
    data = graph.get_edge_data(sender, receiver)
    return [] if data is None else [data["connection"], *data.get("delayed", ())]


def strongly_connected_groups(groups: Sequence[Group], projections: Iterable[Projection]) -> list[list[Group]]:
    """Return the strongly connected components of the groups, in an order of computation.

    The edges are the projections without delay. Most components are a single group; the order within a larger one depends on its units.
    Components that do not depend on each other are in the order in which their groups were made.
    """
    position = {group: number for number, group in enumerate(groups)}
    feeds: nx.DiGraph[Group] = nx.DiGraph()
    feeds.add_nodes_from(groups)
    feeds.add_edges_from((p.sender, p.receiver) for p in projections if p.delay == 0)
    condensed = nx.condensation(feeds)
    ordered: list[list[Group]] = []
    for generation in nx.topological_generations(condensed):
        members = [sorted(condensed.nodes[component]["members"], key=position.__getitem__) for component in generation]
        ordered += sorted(members, key=lambda component: position[component[0]])
    return ordered


class UndelayedProjections:
    """Groups that send to one another within a tick, to find out whether another projection may close a loop.

    `strongly_connected_groups` visits all groups. A network of n groups that called it for each projection would take n² steps to make.
    """

    def __init__(self) -> None:
        self._receivers: dict[Group, dict[Group, None]] = {}
        self._senders: dict[Group, dict[Group, None]] = {}

    def add(self, sender: Group, receiver: Group) -> None:
        """Add a projection without delay."""
        self._receivers.setdefault(sender, {})[receiver] = None
        self._senders.setdefault(receiver, {})[sender] = None

    def remove(self, sender: Group, receiver: Group) -> None:
        """Remove the last projection without delay from one group to another."""
        self._receivers[sender].pop(receiver)
        self._senders[receiver].pop(sender)

    def would_be_loop(self, sender: Group, receiver: Group) -> bool:
        """Return whether the receiver already sends to the sender, or is the sender, so that groups would feed each other.

        Two walks take turns, from the receiver along the projections and from the sender against them. The shorter one decides.
        """
        walks = zip(_walk(receiver, self._receivers), _walk(sender, self._senders), strict=False)
        return any(ahead is sender or behind is receiver for ahead, behind in walks)


def _walk(start: Group, neighbours: Mapping[Group, Iterable[Group]]) -> Iterator[Group]:
    """Yield a group and all that it leads to, one for each edge."""
    seen, waiting = {start}, [start]
    yield start
    while waiting:
        for group in neighbours.get(waiting.pop(), ()):
            if group not in seen:
                seen.add(group)
                waiting.append(group)
            yield group


def undelayed_graph(graph: Graph[Unit], component: Iterable[Group]) -> Graph[Unit | Group]:
    """Return the graph of the connections without delay between the units of some groups; each joint group is one node."""
    step_of: dict[Unit, Unit | Group] = {unit: group if group.joint else unit for group in component for unit in group}
    undelayed: Graph[Unit | Group] = nx.DiGraph()
    undelayed.add_nodes_from(step_of.values())
    for sender, receiver, data in graph.out_edges(step_of, data=True):
        if data["connection"].delay == 0 and receiver in step_of:
            undelayed.add_edge(step_of[sender], step_of[receiver])
    return undelayed


def find_loop(graph: Graph[Unit], component: Iterable[Group]) -> list[str] | None:
    """Return the names of the units in a loop of connections without delay, or None.

    The units of a joint group depend on one another, so a connection between two of them is a loop too.
    """
    try:
        loop = nx.find_cycle(undelayed_graph(graph, component))
    except nx.NetworkXNoCycle:
        return None
    return [step.name for step, _ in loop] + [loop[0][0].name]


def raise_for_loop(loop: list[str] | None) -> None:
    """Raise LoopError for a loop that `find_loop` returned; do nothing for None."""
    if loop:
        raise LoopError(
            f"{' → '.join(loop)} is a loop without delay: remove one of its connections, or give one a delay of at least 1 tick"
        )


def _check_distinct(graph: Graph[Unit], connections: list[Connection]) -> None:
    for connection in connections:
        for other in connections_between(graph, connection.sender, connection.receiver):
            if other.delay == connection.delay:
                raise WiringError(
                    f"{connection.name}: already connected with delay {connection.delay}, by the projection {other.projection.name}"
                )


def _edges(graph: Graph[Unit], connections: list[Connection]) -> Iterator[tuple[Unit, Unit, dict[str, Any]]]:
    for connection in connections:
        sender, receiver = connection.sender, connection.receiver
        yield sender, receiver, _edge_data([*connections_between(graph, sender, receiver), connection])


def _edge_data(connections: list[Connection]) -> dict[str, Any]:
    if len(connections) == 1:
        return {"connection": connections[0]}
    first, *rest = sorted(connections, key=lambda connection: connection.delay)
    return {"connection": first, "delayed": tuple(rest)}
