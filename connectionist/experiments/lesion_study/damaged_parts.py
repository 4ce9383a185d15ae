"""The units or connections to damage. They are stored by name, so that they can be found in every copy of every network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from connectionist.errors import ParameterError
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.selection import as_list, means_connections, select_connections, select_units
from connectionist.model.unit import Unit

DamagedPart = str | Unit | Group | Connection | Projection
CLASSES = (str, Unit, Group, Connection, Projection)
OWNER = "lesion_study.of"

Part = TypeVar("Part", Unit, Connection)


def part_names(of: DamagedPart | Iterable[DamagedPart] | None) -> tuple[str, ...] | None:
    """Return the names of parts given as names or objects; None for the default parts.

    Raises
    ------
    ParameterError
        If one is neither a name nor a unit, group, connection or projection, or if the list is empty.
    """
    if of is None:
        return None
    given = as_list(of, OWNER)
    for part in given:
        if not isinstance(part, CLASSES):
            raise ParameterError(f"{OWNER}: must be units, groups, connections or projections, or their names (got {part!r})")
    return tuple(part if isinstance(part, str) else part.name for part in given)


def intact_units(network: Network, names: tuple[str, ...] | None) -> list[Unit]:
    """Return the named units that are intact, in the order of the network. Without names, these are all hidden units.

    Raises
    ------
    UnknownNameError
        If no unit or group has one of the names.
    ParameterError
        If a name is one of connections, or if no unit is left.
    """
    for name in names or ():
        if means_connections(network, name):
            raise ParameterError(f"{OWNER}: with damage='units' or 'each_unit', must be units or groups (got the connections {name!r})")
    hidden = [group.name for group in network.groups if group.role == "hidden"]
    selected = set(select_units(network, names or hidden, OWNER)) if names or hidden else set()
    return _check_any([unit for unit in network.units if unit in selected and not unit.lesioned], "unit", network, names)


def intact_connections(network: Network, names: tuple[str, ...] | None) -> list[Connection]:
    """Return the named connections that are intact, in the order of the network.

    The name of a group or unit means its incoming connections without the biases. Biases are included only if a projection or a
    connection from "bias" is named. Without names, these are all connections with a trainable weight, without the biases.

    Raises
    ------
    UnknownNameError
        If no part has one of the names.
    ParameterError
        If no connection is left.
    """
    if names is None:
        selected = {c for c in network.connections if c.weight.trainable and c.sender.group.role != "bias"}
    else:
        selected = {
            connection
            for name, with_biases in [(name, means_connections(network, name)) for name in names]
            for connection in select_connections(network, name, OWNER)
            if with_biases or connection.sender.group.role != "bias"
        }
    return _check_any([connection for connection in network.connections if connection in selected], "connection", network, names)


def _check_any(found: list[Part], what: str, network: Network, names: tuple[str, ...] | None) -> list[Part]:
    if not found:
        where = ", ".join(names) if names else f"{network.name}; name the parts"
        raise ParameterError(f"{OWNER}: there is no intact {what} to damage in {where}")
    return found
