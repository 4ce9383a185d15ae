"""The parts of a network by name: groups, units, connections and projections."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Set
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Any

from connectionist.errors import UnknownNameError, unknown_name
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection
from connectionist.model.graph import connections_between
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

ARROW = re.compile("→|->")
PRINTED_ARROW = re.compile(" → ")
DELAY = re.compile(r" with delay (\d{1,9})$")
WILDCARD = re.compile(r"[*?\[]")
FEW = 16  # a search by halves of one connection takes as long as comparing 16


def read_connection_name(name: str) -> list[tuple[str, str, int | None]]:
    """Return the ways to read the name of a connection: sender, receiver and delay, or None if the name has no delay.

    A label may contain arrows, blanks at its ends, and "with delay", so several ways are possible.

    Examples
    --------
    >>> read_connection_name("hidden:0 → hidden:1")
    [('hidden:0', 'hidden:1', None)]
    >>> read_connection_name("input:a->b → output:0")
    [('input:a->b', 'output:0', None), ('input:a', 'b → output:0', None)]
    >>> read_connection_name("hidden:0 -> hidden:1 with delay 2")
    [('hidden:0', 'hidden:1', 2), ('hidden:0', 'hidden:1 with delay 2', None)]
    """
    delayed = DELAY.search(name)
    texts: list[tuple[str, int | None]] = [(name, None)]
    if delayed:
        texts.insert(0, (name[: delayed.start()], int(delayed[1])))
    readings: list[tuple[str, str, int | None]] = []
    for text, delay in texts:
        readings += [(text[: arrow.start()], text[arrow.end() :], delay) for arrow in PRINTED_ARROW.finditer(text)]
        readings += [(text[: arrow.start()].strip(), text[arrow.end() :].strip(), delay) for arrow in ARROW.finditer(text)]
    return list(dict.fromkeys(readings))


def find_group(wiring: Wiring, name: str | Group) -> Group:
    """Return a group by name; of a group, also one of a copy of the network, the group of the same name.

    Raises
    ------
    UnknownNameError
        If no group has this name.
    """
    name = name.name if isinstance(name, Group) else name
    if not isinstance(name, str) or name not in wiring.groups:
        raise unknown_name(f"group of {wiring.name}", name, [group.name for group in wiring.groups.values() if group is not wiring.bias])
    return wiring.groups[name]


def find_unit(wiring: Wiring, name: str | Unit) -> Unit:
    """Return a unit by name; of a unit, also one of a copy of the network, the unit of the same name; see `Network.unit`.

    Raises
    ------
    UnknownNameError
        If no unit has this name.
    """
    name = name.name if isinstance(name, Unit) else name
    if (unit := look_up_unit(wiring, name)) is not None:
        return unit
    if isinstance(name, str) and name in wiring.groups:
        raise UnknownNameError(f"{wiring.name}: {name!r} is a group; name a unit, such as {wiring.groups[name][0].name!r}")
    group, label = _group_and_label(wiring, name)
    if label is None:
        raise unknown_name(f"unit of {wiring.name}", name, (unit.name for unit in wiring.units))
    found = find_group(wiring, group)[label]
    if not isinstance(found, Unit):
        raise UnknownNameError(f"{wiring.name}: {name!r} means several units; name one, such as {found[0].name!r}")
    return found


def find_parts(wiring: Wiring, name: str) -> list[Unit] | list[Connection]:
    """Return the units or connections that a name or pattern means, lesioned ones included.

    Parameters
    ----------
    wiring : Wiring
    name : str
        Name of a unit, group, connection or projection, or a pattern of unit names, alone or at the ends of an arrow.

    Raises
    ------
    UnknownNameError
        If there is no such part.
    """
    if units := _units_of(wiring, name):
        return units
    readings = read_connection_name(name)
    if not readings and name.partition(":")[0] in wiring.groups:
        find_unit(wiring, name)  # raises an error that names the units of the group
    for sender, receiver, delay in readings:
        senders, receivers = (frozenset(_units_of(wiring, end)) for end in (sender, receiver))
        between = {(source.group.name, target.group.name) for source in senders for target in receivers}
        projections = sorted((each for ends in between for each in wiring.projections_between(*ends)), key=attrgetter("number"))
        chosen = [each for each in projections if delay in (None, each.delay)]
        if found := [connection for projection in chosen for connection in _connections_between(projection, senders, receivers)]:
            return found
    known = dict.fromkeys([*wiring.groups, *(projection.name for projection in wiring.projections), *(unit.name for unit in wiring.units)])
    raise unknown_name(f"group, unit, projection or connection of {wiring.name}", name, known)


def _connections_between(projection: Projection, senders: Set[Unit], receivers: Set[Unit]) -> list[Connection]:
    """Return the connections of a projection from some units to others; those of few pairs are searched by halves."""
    connections = projection.connections
    if len(senders) * len(receivers) * FEW > len(connections):
        return [each for each in connections if each.sender in senders and each.receiver in receivers]
    columns = sorted(unit.index for unit in senders if unit.group is projection.sender)
    rows = sorted(unit.index for unit in receivers if unit.group is projection.receiver)
    pairs = [(row, column) for row in rows for column in columns]
    places = [bisect_left(connections, pair, key=_pair) for pair in pairs]
    return [connections[at] for at, pair in zip(places, pairs, strict=True) if at < len(connections) and _pair(connections[at]) == pair]


def _pair(connection: Connection) -> tuple[int, int]:
    return connection.receiver.index, connection.sender.index


def _units_of(wiring: Wiring, name: str) -> list[Unit]:
    """Return the units of a group, a unit, or the units whose names fit a pattern."""
    if name in wiring.groups:
        return list(wiring.groups[name])
    unit = look_up_unit(wiring, name)
    if unit is not None or not WILDCARD.search(name):
        return [] if unit is None else [unit]
    return [each for each in wiring.units if fnmatchcase(each.name, name)]


def look_up_unit(wiring: Wiring, name: object) -> Unit | None:
    """Return a unit by name, or None if no unit has this name."""
    if isinstance(name, str) and name == "bias":
        return wiring.bias[0]
    group, label = _group_and_label(wiring, name)
    return wiring.groups[group].look_up(label) if label is not None and group in wiring.groups else None


def _group_and_label(wiring: Wiring, name: object) -> tuple[str, str | None]:
    """Return the name of the group and the label in the name of a unit. The label is None if it is not the name of a unit."""
    group, separator, label = name.partition(":") if isinstance(name, str) else ("", "", "")
    if wiring.ticks is not None:  # in an unrolled network the tick follows the label, which may have the same form
        label, _, tick = label.rpartition("@")
        group, label = (f"{group}@{tick}", label) if label else (group, tick)
    return group, label if separator else None


def find_connection(wiring: Wiring, sender: str | Unit, receiver: str | Unit | None, delay: int | None) -> Connection:
    """Return a connection by both ends or by name; see `Network.connection`.

    Raises
    ------
    UnknownNameError
        If a unit does not exist, or the two units are not connected.
    """
    if receiver is None:
        sender, receiver, delay = _ends_of(wiring, sender, delay)
    source, target = _end(wiring, sender), _end(wiring, receiver)
    for connection in connections_between(wiring.graph, source, target):
        if delay in (None, connection.delay):
            return connection
    if reverse := connections_between(wiring.graph, target, source):
        wanted = f"{source.name} → {target.name}{'' if delay is None else f' with delay {delay}'}"
        raise UnknownNameError(f"{wiring.name}: no connection {wanted}; there is {', '.join(c.name for c in reverse)}")
    what = f"sender{'' if delay is None else f' with delay {delay}'} of {target.name}"
    raise unknown_name(what, source.name, (c.sender.name for c in target.incoming if delay in (None, c.delay)))


def _end(wiring: Wiring, given: Any) -> Unit:
    """Return the unit that a name means, or the unit itself. Anything else is an unknown name."""
    unit: Unit = given if hasattr(given, "incoming") else find_unit(wiring, given)
    return unit


def find_projection(wiring: Wiring, sender: str | Group, receiver: str | Group | None, delay: int | None) -> Projection:
    """Return the first projection between two groups, or that of a name; see `Network.projection`.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    ends: list[Any] = [end.name if isinstance(end, Group) else end for end in (sender, receiver)]
    if receiver is None:
        *ends, delay = _ends_of_projection(wiring, sender, delay)
    are_names = all(isinstance(end, str) for end in ends)
    matching = [p for p in wiring.projections_between(*ends) if delay in (None, p.delay)] if are_names else []
    if not matching:
        known = (p.name + (f" with delay {p.delay}" if p.delay else "") for p in wiring.projections)
        name = f"{ends[0]} → {ends[1]}" + (f" with delay {delay}" if delay else "")
        raise unknown_name(f"projection of {wiring.name}", name, known)
    return min(matching, key=lambda projection: projection.delay)


def _ends_of_projection(wiring: Wiring, name: object, delay: int | None) -> tuple[str, str, int | None]:
    """Return both groups and the delay of a projection from its name alone."""
    for sender, receiver, named_delay in read_connection_name(name) if isinstance(name, str) else []:
        if wiring.projections_between(sender, receiver):
            return sender, receiver, named_delay if delay is None else delay
    raise unknown_name(f"projection of {wiring.name}", name, (projection.name for projection in wiring.projections))


def _ends_of(wiring: Wiring, name: object, delay: int | None) -> tuple[str | Unit, str | Unit, int | None]:
    """Return both ends and the delay of a connection from its name alone."""
    readings = read_connection_name(name) if isinstance(name, str) else []
    units = [(look_up_unit(wiring, sender), look_up_unit(wiring, receiver), named) for sender, receiver, named in readings]
    known = [(sender, receiver, named) for sender, receiver, named in units if sender is not None and receiver is not None]
    linked = [each for each in known if connections_between(wiring.graph, each[0], each[1])]
    candidates: list[tuple[str | Unit, str | Unit, int | None]] = [*linked, *known, *readings]
    found = candidates[0] if candidates else None
    if found is None or (None not in (delay, found[2]) and delay != found[2]):
        which = "" if delay is None else f" with delay {delay}"
        raise unknown_name(f"connection{which} of {wiring.name}", name, (connection.name for connection in wiring.connections))
    sender, receiver, named_delay = found
    return sender, receiver, named_delay if delay is None else delay
