"""What has been taken out of a network, and how to put it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from connectionist.errors import WiringError
from connectionist.model.connection import Connection
from connectionist.model.graph import Graph, between, link, unlink
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
        """The connections lesioned one by one."""
        return tuple(self._connections)

    def hides(self, connection: Connection) -> bool:
        """Whether a connection is out of the graph."""
        return connection in self._connections or connection.sender in self._units or connection.receiver in self._units

    @contextmanager
    def suspended(self, graph: Graph[Unit], projections: Iterable[Projection]) -> Iterator[None]:
        """Put everything back for as long as wiring is added, so that what is hidden is neither doubled nor closed into a loop."""
        hidden = [c for p in projections for c in p.connections if self.hides(c)] if self._units or self._connections else []
        link(graph, hidden, parallel=True)
        try:
            yield
        finally:
            for connection in hidden:
                unlink(graph, connection)

    def make(self, graph: Graph[Unit], things: Sequence[Unit | Connection]) -> None:
        """Take units or connections out.

        Raises
        ------
        WiringError
            When one is not of this graph, is out already, or is the unit that is always 1; nothing is then taken out.
        """
        for thing in things:
            self._check(graph, thing)
        for thing in dict.fromkeys(things):
            for connection in _connections_of(thing):
                if not self.hides(connection):
                    unlink(graph, connection)
            self._note(thing)

    def heal(self, graph: Graph[Unit], things: Sequence[Unit | Connection], projections: Iterable[Projection]) -> None:
        """Put units or connections back, all of them when none is named.

        Raises
        ------
        WiringError
            When one is not lesioned; nothing is then put back.
        """
        for thing in things:
            if thing not in self._units and thing not in self._connections:
                raise WiringError(f"restore: {thing.name} is not lesioned")
        for thing in things or [*self._units, *self._connections]:
            self._units.pop(thing, None)  # type: ignore[arg-type]
            self._connections.pop(thing, None)  # type: ignore[arg-type]
            if isinstance(thing, Unit):
                thing._silence(False)
        self._relink(graph, projections)

    def _check(self, graph: Graph[Unit], thing: Unit | Connection) -> None:
        ends = (thing,) if isinstance(thing, Unit) else (thing.sender, thing.receiver)
        if any(unit not in graph for unit in ends):
            raise WiringError(f"lesion: {thing.name} belongs to another network")
        if thing in self._units or (isinstance(thing, Connection) and self.hides(thing)):
            raise WiringError(f"lesion: {thing.name} is lesioned already")
        if isinstance(thing, Unit) and thing.group.role == "bias":
            raise WiringError("lesion: the unit that is always 1 stays; lesion the connections from it")

    def _note(self, thing: Unit | Connection) -> None:
        if isinstance(thing, Unit):
            self._units[thing] = None
            thing._silence(True)
        else:
            self._connections[thing] = None

    def _relink(self, graph: Graph[Unit], projections: Iterable[Projection]) -> None:
        """Put back what nothing hides any more, and every list in the order in which its connections were made."""
        back = [c for p in projections for c in p.connections if not self.hides(c) and c not in between(graph, c.sender, c.receiver)]
        link(graph, back, parallel=True)
        place = {connection: n for n, connection in enumerate(c for p in projections for c in p.connections)}
        for unit in dict.fromkeys(unit for connection in back for unit in (connection.sender, connection.receiver)):
            unit.incoming.sort(key=place.__getitem__)
            unit.outgoing.sort(key=place.__getitem__)


def _connections_of(thing: Unit | Connection) -> list[Connection]:
    return [thing] if isinstance(thing, Connection) else list(dict.fromkeys([*thing.incoming, *thing.outgoing]))
