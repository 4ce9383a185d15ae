"""The parts of a network by name: groups, units, connections and projections."""

from __future__ import annotations

import re

from connectionist.errors import UnknownNameError, unknown_name
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection
from connectionist.model.graph import connections_between
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit

ARROW = re.compile("→|->")
DELAY = re.compile(r" with delay (\d+)$")


def parse_connection_name(name: str) -> tuple[list[tuple[str, str]], int | None]:
    """Return the possible pairs of ends in the name of a connection, split at each arrow, and the delay or None.

    Examples
    --------
    >>> parse_connection_name("hidden:0 -> hidden:1 with delay 2")
    ([('hidden:0', 'hidden:1')], 2)
    >>> parse_connection_name("input:a->b → output:0")  # a label may contain an arrow
    ([('input:a', 'b → output:0'), ('input:a->b', 'output:0')], None)
    """
    delayed = DELAY.search(name)
    ends = name[: delayed.start()] if delayed else name
    pairs = [(ends[: arrow.start()].strip(), ends[arrow.end() :].strip()) for arrow in ARROW.finditer(ends)]
    return pairs, int(delayed[1]) if delayed else None


def find_group(wiring: Wiring, name: str) -> Group:
    """Return a group by name.

    Raises
    ------
    UnknownNameError
        If no group has this name.
    """
    if name not in wiring.groups:
        raise unknown_name(f"group of {wiring.name}", name, [group.name for group in wiring.groups.values() if group is not wiring.bias])
    return wiring.groups[name]


def find_unit(wiring: Wiring, name: str) -> Unit:
    """Return a unit by name; see `Network.unit`.

    Raises
    ------
    UnknownNameError
        If no unit has this name.
    """
    if name == "bias":
        return wiring.bias[0]
    if isinstance(name, str) and name in wiring.groups:
        raise UnknownNameError(f"{wiring.name}: {name!r} is a group; name a unit, such as {wiring.groups[name][0].name!r}")
    group, separator, label = name.partition(":") if isinstance(name, str) else ("", "", "")
    if not separator:
        raise unknown_name(f"unit of {wiring.name}", name, (unit.name for unit in wiring.units))
    label, at_sign, tick = label.partition("@")
    return find_group(wiring, f"{group}{at_sign}{tick}")[label]


def find_connection(wiring: Wiring, sender: str | Unit, receiver: str | Unit | None, delay: int | None) -> Connection:
    """Return a connection by both ends or by name; see `Network.connection`.

    Raises
    ------
    UnknownNameError
        If a unit does not exist, or the two units are not connected.
    """
    if receiver is None:
        sender, receiver, delay = _ends_of(wiring, sender, delay)
    source = find_unit(wiring, sender) if isinstance(sender, str) else sender
    target = find_unit(wiring, receiver) if isinstance(receiver, str) else receiver
    for connection in connections_between(wiring.graph, source, target):
        if delay in (None, connection.delay):
            return connection
    if reverse := connections_between(wiring.graph, target, source):
        wanted = f"{source.name} → {target.name}{'' if delay is None else f' with delay {delay}'}"
        raise UnknownNameError(f"{wiring.name}: no connection {wanted}; there is {', '.join(c.name for c in reverse)}")
    what = f"sender{'' if delay is None else f' with delay {delay}'} of {target.name}"
    raise unknown_name(what, source.name, (c.sender.name for c in target.incoming if delay in (None, c.delay)))


def find_projection(wiring: Wiring, sender: str, receiver: str, delay: int | None) -> Projection:
    """Return the first projection between two groups; see `Network.projection`.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    matching = [p for p in wiring.projections if (p.sender.name, p.receiver.name) == (sender, receiver) and delay in (None, p.delay)]
    if not matching:
        known = (p.name + (f" with delay {p.delay}" if p.delay else "") for p in wiring.projections)
        raise unknown_name(f"projection of {wiring.name}", f"{sender} → {receiver}" + (f" with delay {delay}" if delay else ""), known)
    return min(matching, key=lambda projection: projection.delay)


def _ends_of(wiring: Wiring, name: object, delay: int | None) -> tuple[str, str, int | None]:
    """Return both ends and the delay of a connection from its name alone."""
    pairs, named_delay = parse_connection_name(name) if isinstance(name, str) else ([], None)
    if not pairs or (None not in (delay, named_delay) and delay != named_delay):
        which = "" if delay is None else f" with delay {delay}"
        raise unknown_name(f"connection{which} of {wiring.name}", name, (connection.name for connection in wiring.connections))
    names = {unit.name for unit in wiring.units}
    return *next((pair for pair in pairs if names.issuperset(pair)), pairs[0]), named_delay if delay is None else delay
