"""What is done to a network that stands: ties, lesions."""

from __future__ import annotations

from collections.abc import Iterable

from connectionist.errors import WiringError
from connectionist.model.assembly.construction import Construction
from connectionist.model.connection import Connection, Weight
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

Thing = str | Unit | Connection | Group | Projection


class Reconstruction(Construction):
    """A network whose connections can be tied, and whose parts can be taken out and put back."""

    def tie(self, connections: Iterable[Connection]) -> Weight:
        """Let connections share one weight from now on: that of the first of them, with its value, frozen if that is frozen.

        Its derivative is the mean (or sum, see `Network`) of theirs. Connections already tied to any of them come along.

        Parameters
        ----------
        connections : iterable of Connection
            At least two, of projections with the same rate.

        Returns
        -------
        Weight
            The one they share.

        Raises
        ------
        WiringError
            When there are fewer than two, or their projections have different rates.
        """
        self._check_not_unrolled("tie")
        tied = list(connections)
        if len(tied) < 2:
            raise WiringError(f"tie: needs at least two connections (got {len(tied)})")
        for connection in tied:
            self._check_own(connection)
            _check_tie(tied[0], connection)
        weights = {connection.weight for connection in tied}
        shared = tied[0].weight
        for connection in self._every_connection():
            if connection.weight in weights:
                connection._carry(shared)
        self._rewired()
        return shared

    def lesion(self, *things: Thing) -> None:
        """Take units or connections out, until `restore`.

        A lesioned unit is silent: its activation is 0, its connections leave the graph, and as an output unit it has no target.
        A lesioned connection carries nothing. Weights keep their place in `weights` and their value, and training does not change them.

        Parameters
        ----------
        *things : str, Unit, Connection, Group or Projection
            Units and groups by name or as objects; a group stands for its units, a projection for its connections.

        Raises
        ------
        UnknownNameError
            When a unit does not exist.
        WiringError
            When something is lesioned already, or is the unit that is always 1.
        """
        self._lesions.make(self._graph, self._units_or_connections(things))
        self._rewired()

    def restore(self, *things: Thing) -> None:
        """Put lesioned units or connections back; all of them when none is named.

        Raises
        ------
        WiringError
            When something is not lesioned.
        """
        self._lesions.heal(self._graph, self._units_or_connections(things), self._projections)
        self._rewired()

    def _units_or_connections(self, things: Iterable[Thing]) -> list[Unit | Connection]:
        found: list[Unit | Connection] = []
        for given in things:
            thing = self._named(given) if isinstance(given, str) else given
            if not isinstance(thing, (Unit, Connection, Group, Projection)):
                raise WiringError(
                    f"lesion or restore: must be units, connections, groups or projections, or names of units or groups (got {given!r})"
                )
            found += [thing] if isinstance(thing, (Unit, Connection)) else list(thing)
        return found

    def _named(self, name: str) -> Unit | Group:
        return self[name] if name in self._groups and name != "bias" else self.unit(name)

    def _check_own(self, connection: Connection) -> None:
        if self._groups.get(connection.receiver.group.name) is not connection.receiver.group:
            raise WiringError(f"connection {connection.name} belongs to another network than {self.name}")


def _check_tie(first: Connection, other: Connection) -> None:
    rates = first.projection.rate, other.projection.rate
    if rates[0] != rates[1]:
        raise WiringError(f"tie: the projections of {first.name} and {other.name} have rates {rates[0]} and {rates[1]}; one weight has one")
