"""Which units or connections of a network are meant, by name: so that what is meant of one network can be found in its copies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectionist.connection import Connection
from connectionist.errors import ParameterError, unknown
from connectionist.group import Group
from connectionist.network import Network
from connectionist.projection import Projection
from connectionist.unit import Unit

Part = str | Unit | Group | Connection | Projection
KINDS = (str, Unit, Group, Connection, Projection)


def part_names(of: Part | Iterable[Part] | None) -> tuple[str, ...] | None:
    """Return parts by name; None for all there are.

    Raises
    ------
    ParameterError
        When one is neither a name nor a unit, group, connection or projection, or there is none.
    """
    if of is None:
        return None
    given: list[Any] = [*of] if isinstance(of, Iterable) and not isinstance(of, KINDS) else [of]
    for part in given:
        if not isinstance(part, KINDS):
            raise ParameterError(f"lesion_study.of: must be units, groups, connections or projections, or their names (got {part!r})")
    if not given:
        raise ParameterError("lesion_study.of: must be at least one part (got none)")
    return tuple(part.replace("->", "→") if isinstance(part, str) else part.name for part in given)


def units_among(network: Network, names: tuple[str, ...] | None) -> list[Unit]:
    """Return the units meant that are intact: of the hidden groups unless some are named.

    Raises
    ------
    UnknownNameError
        When a name is no unit's or group's.
    ParameterError
        When connections are named, or no unit is left.
    """
    if names is None:
        found = [unit for group in network.groups if group.role == "hidden" for unit in group]
    else:
        found = [unit for name in names for unit in _units_called(network, name)]
    return _some([unit for unit in dict.fromkeys(found) if not unit.lesioned], "unit", network, names)


def connections_among(network: Network, names: tuple[str, ...] | None) -> list[Connection]:
    """Return the connections meant that are intact.

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
        found = [c for name in names for c in _connections_called(network, name)]
    return _some([*dict.fromkeys(found)], "connection", network, names)


def _units_called(network: Network, name: str) -> list[Unit]:
    if "→" in name:
        raise ParameterError(f"lesion_study.of: with damage='units', must be units or groups (got {name!r}, which is of connections)")
    known = {group.name: [*group] for group in network.groups}
    if name in known:
        return known[name]
    if ":" not in name:
        raise unknown(f"unit or group of {network.name}", name, known)
    return [network.unit(name)]


def _connections_called(network: Network, name: str) -> list[Connection]:
    if "→" not in name:
        receivers = _units_called(network, name)
        return [c for unit in receivers for c in unit.incoming if c.sender.group.role != "bias"]
    wanted = " → ".join(end.strip() for end in name.split("→"))
    projections = [projection for projection in network.projections if projection.name == wanted]
    intact = dict.fromkeys(network.connections)
    found = [c for projection in projections for c in projection if c in intact] or [c for c in intact if c.name == wanted]
    if not found and not projections:
        raise unknown(f"projection or connection of {network.name}", wanted, [projection.name for projection in network.projections])
    return found


def _some(found: list[Any], what: str, network: Network, names: tuple[str, ...] | None) -> list[Any]:
    if not found:
        where = ", ".join(names) if names else f"{network.name}; name the parts"
        raise ParameterError(f"lesion_study.of: there is no intact {what} to damage in {where}")
    return found
