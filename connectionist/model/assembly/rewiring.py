"""Changes of existing wiring: tied connections, lesions and their restoration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from connectionist.errors import WiringError
from connectionist.model.assembly import construction
from connectionist.model.assembly.construction import check_changeable, own_group
from connectionist.model.assembly.parts import find_parts, find_projection
from connectionist.model.assembly.shared_settings import check_sharing
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection, Weight
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.utils.arrays import check_no_set
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

Part = str | Unit | Connection | Group | Projection
Ties = tuple[dict[Connection, Weight], dict[Weight, list[Connection]]]


def tie(wiring: Wiring, connections: Iterable[Connection | str]) -> Weight:
    """Make connections share one weight; see `Network.tie`."""
    check_changeable(wiring, "tie")
    check_no_set(connections, "tie.connections")
    given = (
        [connections]
        if isinstance(connections, str) or not isinstance(connections, Iterable)
        else finite_list(connections, "tie.connections")
    )
    tied: list[Any] = [connection for each in given for connection in (find_parts(wiring, each) if isinstance(each, str) else [each])]
    if wrong := [connection for connection in tied if not isinstance(connection, Connection)]:
        raise WiringError(f"tie: must be a list of connections or their names (got {shown(wrong[0])})")
    if len(tied) < 2:
        raise WiringError(f"tie: needs at least two connections (got {len(tied)})")
    for connection in tied:
        _check_own(wiring, connection)
    weights = dict.fromkeys(connection.weight for connection in tied)
    shared: Weight = tied[0].weight
    sharing = dict.fromkeys(wiring.sharing.get(shared, tied[:1]))  # the first is the connection with which the weight was made
    for weight in weights:
        sharing |= dict.fromkeys(wiring.sharing.get(weight, ()))
    sharing |= dict.fromkeys(tied)
    check_sharing(sharing)
    for weight in weights:
        wiring.sharing.pop(weight, None)
    wiring.sharing[shared] = list(sharing)
    for connection in sharing:
        connection._carry(shared)
    wiring.changed()
    return shared


def make_symmetric(wiring: Wiring, sender: str | Group, receiver: str | Group, delay: int) -> Projection:
    """Give each connection an opposite one with the same weight; see `Network.make_symmetric`."""
    check_changeable(wiring, "make_symmetric")
    forward = find_projection(wiring, sender, receiver, None)
    ends = construction.find_ends(wiring, forward.receiver, forward.sender)
    back = forward
    if ends[0] is not ends[1]:
        mask = np.zeros((len(ends[0]), len(ends[1])), bool)
        for connection in forward:
            mask[connection.receiver.index, connection.sender.index] = True
        back = construction.connect(wiring, ends, mask, delay, None, trainable=True, backpropagate=True, rate=forward.rate)
        back.limits = forward.limits
    opposite = {(connection.receiver.index, connection.sender.index): connection for connection in forward}
    for connection in back:
        other = opposite.get((connection.sender.index, connection.receiver.index))
        if other is None:
            raise WiringError(f"make_symmetric: {connection.name} has no opposite connection in {forward.name}; connect both ways first")
        if other.weight is not connection.weight:
            sharing = wiring.sharing.setdefault(other.weight, [other])
            sharing.append(connection)
            connection._carry(other.weight)
    wiring.changed()
    return back


def present_ties(wiring: Wiring) -> Ties:
    """Return which connections share which weights."""
    carried = {connection: connection.weight for connection in wiring.every_connection()}
    return carried, {weight: list(sharing) for weight, sharing in wiring.sharing.items()}


def restore_ties(wiring: Wiring, ties: Ties) -> None:
    """Give connections the weights that they had at the time of `present_ties`. Nothing else may have been rewired since."""
    carried, sharing = ties
    for connection, weight in carried.items():
        connection._carry(weight)
    wiring.sharing.clear()
    wiring.sharing.update(sharing)
    wiring.changed()


def remove_group(wiring: Wiring, name: str | Group) -> None:
    """Remove a group and its connections; see `Network.remove_group`."""
    check_changeable(wiring, "remove_group")
    group = own_group(wiring, name, "remove_group")
    if group.role == "bias":
        raise WiringError("remove_group: the group 'bias' has the unit that is always 1, and cannot be removed")
    wiring.remove_group(group)


def lesion(wiring: Wiring, parts: Iterable[Part | Iterable[Part]]) -> None:
    """Take units or connections out; see `Network.lesion`."""
    wiring.check_changeable()
    wiring.lesions.lesion(wiring.graph, _units_or_connections(wiring, parts))
    wiring.lesions_changed()


def restore(wiring: Wiring, parts: Iterable[Part | Iterable[Part]]) -> None:
    """Put units or connections back; see `Network.restore`."""
    wiring.check_changeable()
    given = list(parts)
    found = _units_or_connections(wiring, given)
    if given and not found:
        raise WiringError(f"restore: must name units or connections, or nothing to restore all (got {shown(given[0])})")
    wiring.lesions.restore(wiring.graph, found)
    wiring.lesions_changed()


def _units_or_connections(wiring: Wiring, parts: Iterable[Part | Iterable[Part]]) -> list[Unit | Connection]:
    found: list[Unit | Connection] = []
    for part in parts:
        if isinstance(part, str):
            found += find_parts(wiring, part)
        elif isinstance(part, (Unit, Connection)):
            found.append(part)
        elif isinstance(part, Iterable):  # a group, a projection, or a list of parts
            check_no_set(part, "lesion or restore")
            found += _units_or_connections(wiring, finite_list(part, "lesion or restore"))
        else:
            raise WiringError(f"lesion or restore: must be units, connections, groups or projections, or their names (got {part!r})")
    return found


def _check_own(wiring: Wiring, connection: Connection) -> None:
    if connection.projection.removed:
        raise WiringError(f"tie: {connection.name} was removed from its network")
    if wiring.groups.get(connection.receiver.group.name) is not connection.receiver.group:
        raise WiringError(f"connection {connection.name} belongs to another network than {wiring.name}")
