"""The parts of a network by name: groups, units, connections and projections."""

from __future__ import annotations

import re
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


def find_group(wiring: Wiring, name: str) -> Group:
    """Return a group by name.

    Raises
    ------
    UnknownNameError
        If no group has this name.
    """
    if not isinstance(name, str) or name not in wiring.groups:
        raise unknown_name(f"group of {wiring.name}", name, [group.name for group in wiring.groups.values() if group is not wiring.bias])
    return wiring.groups[name]


def find_unit(wiring: Wiring, name: str) -> Unit:
    """Return a unit by name; see `Network.unit`.

    Raises
    ------
    UnknownNameError
        If no unit has this name.
    """
    if (unit := look_up_unit(wiring, name)) is not None:
        return unit
    if isinstance(name, str) and name in wiring.groups:
        raise UnknownNameError(f"{wiring.name}: {name!r} is a group; name a unit, such as {wiring.groups[name][0].name!r}")
    group, label = _group_and_label(wiring, name)
    if label is None:
        raise unknown_name(f"unit of {wiring.name}", name, (unit.name for unit in wiring.units))
    return find_group(wiring, group)[label]


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


def find_projection(wiring: Wiring, sender: str, receiver: str, delay: int | None) -> Projection:
    """Return the first projection between two groups; see `Network.projection`.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    matching = [p for p in wiring.projections_between(sender, receiver) if delay in (None, p.delay)]
    if not matching:
        known = (p.name + (f" with delay {p.delay}" if p.delay else "") for p in wiring.projections)
        raise unknown_name(f"projection of {wiring.name}", f"{sender} → {receiver}" + (f" with delay {delay}" if delay else ""), known)
    return min(matching, key=lambda projection: projection.delay)


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
