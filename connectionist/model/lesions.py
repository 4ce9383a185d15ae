"""Lesions: the units and connections that are taken out of a network, and how they are put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from connectionist.errors import WiringError
from connectionist.model.connection import Connection
from connectionist.model.graph import Graph, connections_between, link, unlink
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit


class Lesions:
    """The lesioned units and connections of one network.

    A connection is out of the graph while it, its sender or its receiver is lesioned.
    """

    def __init__(self) -> None:
        self._units: dict[Unit, None] = {}
        self._connections: dict[Connection, None] = {}

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections that were lesioned themselves, not with a unit."""
        return tuple(self._connections)

    def hides(self, connection: Connection) -> bool:
        """Whether a connection is out of the graph."""
        return connection in self._connections or connection.sender in self._units or connection.receiver in self._units

    @contextmanager
    def suspended(self, graph: Graph[Unit], projections: Iterable[Projection]) -> Iterator[None]:
        """Put lesioned connections back while a projection is added, so that it is checked against them for doubles and loops."""
        hidden = [c for p in projections for c in p.connections if self.hides(c)] if self._units or self._connections else []
        link(graph, hidden, parallel=True)
        try:
            yield
        finally:
            for connection in hidden:
                unlink(graph, connection)

    def lesion(self, graph: Graph[Unit], parts: Sequence[Unit | Connection]) -> None:
        """Take units or connections out.

        Raises
        ------
        WiringError
            If one belongs to another network, is lesioned already, or is the unit that is always 1. No part is then taken out.
        """
        for part in parts:
            self._check(graph, part)
        for part in dict.fromkeys(parts):
            for connection in _connections_of(part):
                if not self.hides(connection):
                    unlink(graph, connection)
            self._record(part)

    def restore(self, graph: Graph[Unit], parts: Sequence[Unit | Connection], projections: Iterable[Projection]) -> None:
        """Put units or connections back; all of them if none is named.

        Raises
        ------
        WiringError
            If one is not lesioned. No part is then put back.
        """
        for part in parts:
            if part not in self._units and part not in self._connections:
                raise WiringError(f"restore: {part.name} is not lesioned")
        for part in parts or [*self._units, *self._connections]:
            self._units.pop(part, None)  # type: ignore[arg-type]
            self._connections.pop(part, None)  # type: ignore[arg-type]
            if isinstance(part, Unit):
                part._set_lesioned(False)
        self._relink(graph, projections)

    def _check(self, graph: Graph[Unit], part: Unit | Connection) -> None:
        ends = (part,) if isinstance(part, Unit) else (part.sender, part.receiver)
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

    def _relink(self, graph: Graph[Unit], projections: Iterable[Projection]) -> None:
        """Link the connections that no lesion hides, and restore the order of the lists in which their connections were made."""
        connections = [c for p in projections for c in p.connections]
        restored = [c for c in connections if not self.hides(c) and c not in connections_between(graph, c.sender, c.receiver)]
        link(graph, restored, parallel=True)
        position = {connection: n for n, connection in enumerate(connections)}
        for unit in dict.fromkeys(unit for connection in restored for unit in (connection.sender, connection.receiver)):
            unit.incoming.sort(key=position.__getitem__)
            unit.outgoing.sort(key=position.__getitem__)


def _connections_of(part: Unit | Connection) -> list[Connection]:
    return [part] if isinstance(part, Connection) else list(dict.fromkeys([*part.incoming, *part.outgoing]))
