"""Lesions: the units and connections that are taken out of a network, and how they are put back."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import WiringError
from connectionist.model.connection import Connection
from connectionist.model.connection_table import ConnectionTable, Flags
from connectionist.model.graph import Graph, link, order_of_making, unlink
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.model.network import Network

FEW = 16  # in a list of more than 16 times as many, restored connections are inserted one by one


class Lesions:
    """The lesioned units and connections of one network.

    A connection is out of the graph while it, its sender or its receiver is lesioned.
    """

    def __init__(self) -> None:
        self._units: dict[Unit, None] = {}
        self._connections: dict[Connection, None] = {}
        self._hidden: dict[Unit, dict[Connection, None]] = {}  # the connections out of the graph, under both of their ends

    @property
    def units(self) -> tuple[Unit, ...]:
        """The lesioned units."""
        return tuple(self._units)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections that were lesioned themselves, not with a unit."""
        return tuple(self._connections)

    def hides(self, connection: Connection) -> bool:
        """Whether a connection is out of the graph."""
        return connection in self._connections or connection.sender in self._units or connection.receiver in self._units

    def hidden(self, projection: Projection | None = None) -> list[Connection]:
        """Return the connections out of the graph: all, or those from the sender to the receiver of a projection."""
        if projection is None:
            return list(dict.fromkeys(connection for connections in self._hidden.values() for connection in connections))
        found = dict.fromkeys(connection for unit in projection.receiver for connection in self._hidden.get(unit, ()))
        return [c for c in found if c.receiver.group is projection.receiver and c.sender.group is projection.sender]

    def are_intact(self, table: ConnectionTable, size: int) -> Flags:
        """Return whether each connection of the table of all connections is in the graph, given the number of rows of units."""
        is_lesioned = np.zeros(size, bool)
        is_lesioned[[unit.row for unit in self._units]] = True
        is_out = is_lesioned[table.senders] | is_lesioned[table.receivers]
        return ~(is_out | table.are_among(self.connections)) if self._connections else ~is_out

    @contextmanager
    def suspended(self, graph: Graph[Unit], hidden: list[Connection]) -> Iterator[None]:
        """Put lesioned connections back while a projection is added, so that it is checked against them for doubles and loops."""
        link(graph, hidden, parallel=True)
        try:
            yield
        finally:
            unlink(graph, hidden)

    def hide_new(self, graph: Graph[Unit], connections: Iterable[Connection]) -> None:
        """Take the connections of a new projection out of the graph that have a lesioned unit at an end."""
        self._hide(graph, filter(self.hides, connections))

    def lesion(self, graph: Graph[Unit], parts: Sequence[Unit | Connection]) -> None:
        """Take units or connections out.

        Raises
        ------
        WiringError
            If one belongs to another network, is lesioned already, or is the unit that is always 1. No part is then taken out.
        """
        for part in parts:
            self._check(graph, part)
        self._hide(graph, dict.fromkeys(connection for part in parts for connection in _connections_of(part)))
        for part in parts:
            self._record(part)

    def restore(self, graph: Graph[Unit], parts: Sequence[Unit | Connection]) -> None:
        """Put units or connections back; all of them if none is named.

        Raises
        ------
        WiringError
            If one is not lesioned. No part is then put back.
        """
        for part in parts:
            if part not in self._units and part not in self._connections:
                raise WiringError(f"restore: {part.name} is not lesioned")
        hidden: dict[Connection, None] = {}
        for part in parts or [*self._units, *self._connections]:
            self._units.pop(part, None)  # type: ignore[arg-type]
            self._connections.pop(part, None)  # type: ignore[arg-type]
            if isinstance(part, Unit):
                part._set_lesioned(False)
            hidden |= self._hidden.get(part, {}) if isinstance(part, Unit) else {part: None}
        self._show(graph, [connection for connection in hidden if not self.hides(connection)])

    def forget(self, units: Iterable[Unit], connections: Iterable[Connection]) -> None:
        """Forget the lesions of units and connections that are removed from the network."""
        for unit in units:
            self._units.pop(unit, None)
            self._hidden.pop(unit, None)
        for connection in connections:
            self._connections.pop(connection, None)
            for unit in (connection.sender, connection.receiver):
                self._hidden.get(unit, {}).pop(connection, None)

    def _check(self, graph: Graph[Unit], part: Unit | Connection) -> None:
        ends = (part,) if isinstance(part, Unit) else (part.sender, part.receiver)
        if any(unit.group.removed for unit in ends):
            raise WiringError(f"lesion: {part.name} was removed from its network")
        if any(unit not in graph for unit in ends):
            raise WiringError(f"lesion: {part.name} belongs to another network")
        if part in self._units or (isinstance(part, Connection) and self.hides(part)):
            raise WiringError(f"lesion: {part.name} is lesioned already")
        if isinstance(part, Unit) and part.group.role == "bias":
            raise WiringError("lesion: the unit that is always 1 cannot be lesioned; lesion the connections from it")

    def _record(self, part: Unit | Connection) -> None:
        if isinstance(part, Unit):
            self._units[part] = None
            part._set_lesioned(True)
        else:
            self._connections[part] = None

    def _hide(self, graph: Graph[Unit], connections: Iterable[Connection]) -> None:
        hidden = list(connections)
        unlink(graph, hidden)
        for connection in hidden:
            for unit in (connection.sender, connection.receiver):
                self._hidden.setdefault(unit, {})[connection] = None

    def _show(self, graph: Graph[Unit], connections: list[Connection]) -> None:
        """Link connections, and restore the order of the lists in which their connections were made."""
        link(graph, connections, parallel=True)
        for connection in connections:
            for unit in (connection.sender, connection.receiver):
                self._hidden[unit].pop(connection, None)  # a connection from a unit to itself has one end
        for unit, count in Counter(connection.receiver for connection in connections).items():
            _sort_last(unit.incoming, count)
        for unit, count in Counter(connection.sender for connection in connections).items():
            _sort_last(unit.outgoing, count)


def _sort_last(connections: list[Connection], count: int) -> None:
    """Move the last `count` connections of a list to their places in the order of making, which the others have already."""
    if count * FEW > len(connections):
        connections.sort(key=order_of_making)
        return
    last = connections[-count:]
    del connections[-count:]
    for connection in last:
        insort(connections, connection, key=order_of_making)


def _connections_of(part: Unit | Connection) -> list[Connection]:
    return [part] if isinstance(part, Connection) else [*part.incoming, *part.outgoing]


def intact_outputs(network: Network) -> npt.NDArray[np.bool_]:
    """Return which output units have no lesion, [output unit]. The targets of the others have no effect."""
    return np.array([not unit.lesioned for unit in network.schedule.outputs], bool)
