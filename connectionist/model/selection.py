"""Units, connections and cases of a network, selected by name or pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError, unknown_name
from connectionist.model.assembly.parts import ARROW, look_up_unit, read_connection_name
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.utils.arrays import check_no_set
from connectionist.utils.finite_list import finite_list
from connectionist.utils.subsets import select_numbers


def select_units(network: Network, of: object, owner: str = "recording.of") -> tuple[Unit, ...]:
    """Return the selected units, each once, in the order in which they are named; none for the name of a connection.

    Parameters
    ----------
    network : Network
    of : str, Group, Unit, or a sequence of these
        Name of a group or unit, or a pattern of unit names, in which ``*`` matches any text and ``?`` one character.
    owner : str
        The argument or object that messages name.

    Raises
    ------
    UnknownNameError
        If no unit has this name or fits the pattern.
    ParameterError
        If `of` has another type, or is empty.

    Examples
    --------
    >>> net = Network("xor")
    >>> _ = net.add_group("input", 2, role="input"), net.add_group("output", 1, role="output"), net.connect("input", "output")
    >>> [unit.name for unit in select_units(net, ["output", "input:*"])]
    ['output:0', 'input:0', 'input:1']
    """
    return _once(unit for each in as_list(of, owner) for unit in _units(network, each, owner))


def select_connections(network: Network, of: object, owner: str = "recording.of") -> tuple[Connection, ...]:
    """Return the selected connections, each once; for a unit, its incoming connections.

    Parameters
    ----------
    network : Network
    of : str, Projection, Connection, Group, Unit, or a sequence of these
        ``"input → hidden"`` (or ``->``), where each side is the name of a group or unit, or a pattern of unit names, and ``with delay 1``
        may follow. Anything that `select_units` takes selects all incoming connections, those from the bias included.
    owner : str
        The argument or object that messages name.

    Raises
    ------
    UnknownNameError, ParameterError
        As `select_units`.

    Examples
    --------
    >>> net = Network("xor")
    >>> _ = net.add_group("input", 2, role="input"), net.add_group("output", 1, role="output"), net.connect("input", "output")
    >>> [connection.name for connection in select_connections(net, "input -> *")]
    ['input:0 → output:0', 'input:1 → output:0']
    """
    return _once(connection for each in as_list(of, owner) for connection in _connections(network, each, owner))


def select_cases(examples: ExampleSet, cases: object) -> npt.NDArray[np.intp]:
    """Return the numbers of the selected examples, each once.

    Parameters
    ----------
    examples : ExampleSet
    cases : str, int, slice, or a sequence of names and numbers, a mask [case] of bool, or None
        A name, a pattern of names, or a number from 0. None selects all.

    Raises
    ------
    UnknownNameError
        If no example has this name or number.
    """
    if cases is None:
        return np.arange(len(examples))
    is_mask = isinstance(cases, (list, np.ndarray)) and len(cases) > 0 and all(isinstance(each, (bool, np.bool_)) for each in cases)
    if is_mask or isinstance(cases, slice):
        numbers = select_numbers(cases, examples.names, examples.index, "cases")
        return np.array(as_list(numbers, "cases"), dtype=np.intp)
    return np.array(_once(number for each in as_list(cases, "cases") for number in _cases(examples, each)), dtype=np.intp)


def as_list(of: object, owner: str) -> list[Any]:
    """Return the named parts as a list. A group or projection is one item, although it has a length.

    Raises
    ------
    ParameterError
        If the list is empty.
    """
    if isinstance(of, (str, int, Unit, Group, Connection, Projection)) or not isinstance(of, Iterable):
        return [of]
    check_no_set(of, owner)
    found = finite_list(of, owner)
    if not found:
        raise ParameterError(f"{owner}: must name at least one unit, connection or case (got an empty list)")
    return found


def connection_name(connection: Connection) -> str:
    """Return the name that identifies a connection: both ends, and the delay if there is one.

    Examples
    --------
    >>> net = Network("echo")
    >>> _ = net.add_group("output", 1, role="output"), net.connect("output", "output", delay=2)
    >>> [connection_name(connection) for connection in net.connections]
    ['bias → output:0', 'output:0 → output:0 with delay 2']
    """
    return f"{connection.name} with delay {connection.delay}" if connection.delay else connection.name


def means_connections(network: Network, each: object) -> bool:
    """Whether a name or object means connections, not units. The name of a unit may contain an arrow too."""
    if isinstance(each, str):
        return bool(ARROW.search(each)) and not _named(network, each)
    return isinstance(each, (Connection, Projection))


def _once(things: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(things))


def _units(network: Network, each: object, owner: str) -> Sequence[Unit]:
    if isinstance(each, Unit):
        return [network.unit(each.name)]
    if isinstance(each, Group):
        return network[each.name].units if each.role != "bias" else network.units[:1]
    if means_connections(network, each):
        return []
    if not isinstance(each, str):
        raise ParameterError(f"{owner}: must be units, groups, connections or projections, or their names (got {each!r})")
    return _matching(network, each)


def _named(network: Network, name: str) -> Sequence[Unit]:
    """Return the units of the group, or the unit, with exactly this name; empty if there is none."""
    group = network._wiring.groups.get(name)
    if group is not None and group.role != "bias":
        return group.units
    unit = look_up_unit(network._wiring, name)
    return [] if unit is None else [unit]


def _matching(network: Network, name: str) -> Sequence[Unit]:
    found = _named(network, name) or [unit for unit in network.units if fnmatchcase(unit.name, name)]
    if not found:
        known = [*(group.name for group in network.groups), *(unit.name for unit in network.units)]
        raise unknown_name(f"group, unit or pattern of {network.name}", name, known)
    return found


def _connections(network: Network, each: object, owner: str) -> Sequence[Connection]:
    if isinstance(each, Connection):
        return [network.connection(each.sender.name, each.receiver.name, each.delay)]
    if isinstance(each, Projection):
        return _of_projection(network, each)
    if not isinstance(each, str) or not means_connections(network, each):
        return [connection for unit in _units(network, each, owner) for connection in unit.incoming]
    readings = read_connection_name(each)
    exact = [reading for reading in readings if all(_named(network, end) for end in reading[:2])]
    for sender, receiver, delay in exact or readings[:1]:
        senders, receivers = (frozenset(_matching(network, end)) for end in (sender, receiver))
        found = [c for c in _between(senders, receivers) if delay in (None, c.delay)]
        if found:
            return found
    if len(senders) == len(receivers) == 1:
        (one,), (other,) = senders, receivers
        return [network.connection(one, other, delay)]  # raises an error that names the existing connections
    raise unknown_name(f"connection of {network.name}", each, (projection.name for projection in network.projections))


def _between(senders: frozenset[Unit], receivers: frozenset[Unit]) -> Sequence[Connection]:
    """Return the connections from some units to others, in the order of the network's connections."""
    if len(senders) == len(receivers) == 1:
        (sender,), (receiver,) = senders, receivers
        found = [connection for connection in receiver.incoming if connection.sender is sender]
    else:
        found = [connection for receiver in receivers for connection in receiver.incoming if connection.sender in senders]
    return sorted(found, key=lambda each: (each.projection.number, each.receiver.index, each.sender.index))


def _of_projection(network: Network, given: Projection) -> Sequence[Connection]:
    """Return the intact connections of a projection; for a projection of another network, of that of the same name."""
    own = given if any(given is each for each in network.projections) else None
    found = own or network.projection(given.sender.name, given.receiver.name, given.delay)
    return [connection for connection in network.connections if connection.projection is found]


def _cases(examples: ExampleSet, each: object) -> Sequence[int]:
    names = examples.names
    if isinstance(each, str):
        found = [number for number, name in enumerate(names) if name == each] or [
            number for number, name in enumerate(names) if fnmatchcase(name, each)
        ]
        if found:
            return found
    if isinstance(each, bool) or (hasattr(each, "__index__") and int(each) < 0):
        raise unknown_name("example", each, names)
    return [examples.index(each)]  # type: ignore[arg-type]
