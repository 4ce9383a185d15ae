"""Which units or connections a study is to damage, by name: so that what is meant of one network can be found in its copies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectionist.errors import ParameterError
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.selection import as_list, means_connections, select_connections, select_units
from connectionist.model.unit import Unit

DamagedPart = str | Unit | Group | Connection | Projection
KINDS = (str, Unit, Group, Connection, Projection)
OWNER = "lesion_study.of"


def part_names(of: DamagedPart | Iterable[DamagedPart] | None) -> tuple[str, ...] | None:
    """Return parts by name; None for all there are.

    Raises
    ------
    ParameterError
        When one is neither a name nor a unit, group, connection or projection, or there is none.
    """
    if of is None:
        return None
    given = as_list(of, OWNER)
    for part in given:
        if not isinstance(part, KINDS):
            raise ParameterError(f"{OWNER}: must be units, groups, connections or projections, or their names (got {part!r})")
    return tuple(part if isinstance(part, str) else part.name for part in given)


def units_among(network: Network, names: tuple[str, ...] | None) -> list[Unit]:
    """Return the units meant that are intact, in the order of the network: of the hidden groups unless some are named.

    Raises
    ------
    UnknownNameError
        When a name is no unit's or group's.
    ParameterError
        When connections are named, or no unit is left.
    """
    for name in names or ():
        if means_connections(network, name):
            raise ParameterError(f"{OWNER}: with damage='units', must be units or groups (got {name!r}, which is of connections)")
    hidden = [group.name for group in network.groups if group.role == "hidden"]
    found = select_units(network, names or hidden, OWNER) if names or hidden else ()
    among = dict.fromkeys(found)
    return _some([unit for unit in network.units if unit in among and not unit.lesioned], "unit", network, names)


def connections_among(network: Network, names: tuple[str, ...] | None) -> list[Connection]:
    """Return the connections meant that are intact, in the order of the network.

    Unless some are named: all that training may change, without the biases. A group or unit stands for those that it receives, likewise
    without the biases; these are meant where a projection from "bias" or a connection of it is named.

    Raises
    ------
    UnknownNameError
        When a name is nothing's.
    ParameterError
        When no connection is left.
    """
    if names is None:
        found = [c for c in network.connections if c.weight.trainable and c.sender.group.role != "bias"]
    else:
        found = [
            connection
            for name in names
            for connection in select_connections(network, name, OWNER)
            if means_connections(network, name) or connection.sender.group.role != "bias"
        ]
    among = dict.fromkeys(found)
    return _some([connection for connection in network.connections if connection in among], "connection", network, names)


def _some(found: list[Any], what: str, network: Network, names: tuple[str, ...] | None) -> list[Any]:
    if not found:
        where = ", ".join(names) if names else f"{network.name}; name the parts"
        raise ParameterError(f"{OWNER}: there is no intact {what} to damage in {where}")
    return found
