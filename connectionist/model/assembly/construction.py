"""New groups and projections of a network, from the arguments of `Network.add_group` and `Network.connect`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import numpy.typing as npt

from connectionist.errors import WiringError, check_flag, check_number
from connectionist.model.assembly.parts import find_group
from connectionist.model.assembly.roles import check_for_role, default_functions
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection, Weight
from connectionist.model.connectivity import Mask, Pattern, Random, make_mask
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.state import WeightState
from connectionist.model.timing import Timing
from connectionist.model.unit_labels import MOST_UNITS, is_list, make_labels
from connectionist.utils.counts import describe_count
from connectionist.utils.garbage_collection import no_garbage_collection
from connectionist.utils.memory_limit import GROUP_OBJECTS, allocating, check_fits_in_memory
from connectionist.utils.real_number import plain_number

LARGEST_DELAY = 1_000_000  # ticks; a larger number is a typing error
NOT_IN_NAMES = set(":@")
UNIT_BYTES = 730  # with its label and its node of the graph; a test measures these numbers
CONNECTION_BYTES = 500  # with its weight and its edge of the graph
END_BYTES = 150  # memory for the first outgoing or incoming connection of a unit
MASK_BYTES, ARRAY_BYTES = 1, 2  # memory per pair of units: for a named pattern; for an array or function with temporaries


def make_group(
    wiring: Wiring,
    name: str,
    units: int | Sequence[str],
    role: str,
    activation: object,
    error: object,
    margin: float,
    timing: Timing,
    input_function: object = None,
    output_function: object = None,
) -> Group:
    """Return a new group, which is not yet part of the wiring.

    Raises
    ------
    UnknownNameError, ParameterError
        As `Network.add_group`.
    """
    functions = default_functions(role, activation, error)
    labels = make_labels(name, units)
    return Group(wiring.growing_state, name, labels, role, *functions, margin, timing, input_function, output_function)


def check_group(
    wiring: Wiring,
    name: str,
    role: str,
    activation: object,
    error: object,
    margin: float,
    biased: bool | None,
    integrates: str | None,
    output_function: object = None,
) -> None:
    """Raise an error unless a group of this name and role may be added.

    Raises
    ------
    WiringError
        If the name is taken or not allowed, or the network is an unrolled one.
    ParameterError
        If the role does not exist, or groups of the role cannot have one of the other values.
    """
    check_changeable(wiring, "add_group")
    if not isinstance(name, str) or not name or NOT_IN_NAMES & set(name):
        raise WiringError(f"group {name!r}: a name must be text without ':' and '@'")
    if name in wiring.groups:
        raise WiringError(f"group {name!r}: {wiring.name} already has a group of this name")
    if biased is not None:
        check_flag(f"group {name!r}", "biased", biased)
    check_for_role(name, role, activation, error, margin, biased, integrates, output_function)


def connect(
    wiring: Wiring,
    ends: tuple[Group, Group],
    pattern: str | Pattern | npt.ArrayLike,
    delay: int,
    values: npt.ArrayLike | None,
    *,
    trainable: bool,
    backpropagate: bool,
    rate: float | None,
) -> Projection:
    """Add a projection between two groups of a network; see `Network.connect`."""
    sender, receiver = ends
    what = f"{sender.name} → {receiver.name}"
    delay = check_delay(ends, delay)
    trainable, backpropagate = check_flag(what, "trainable", trainable), check_flag(what, "backpropagate", backpropagate)
    projection = Projection(sender, receiver, delay, rate)
    mask = _make_mask(pattern, projection)
    count = int(np.count_nonzero(mask))
    with no_rows_left(wiring, projection), allocating_connections(projection, count), no_garbage_collection():
        fill(projection, np.argwhere(mask.T).tolist(), _new_weights(wiring.growing_weight_state, count), backpropagate)
        projection.trainable = trainable
        if values is not None:
            projection._check_no_gaps(values)
            projection.weights = values
        wiring.add_projection(projection)
    return projection


def allocating_group(name: str, units: int | Sequence[str], *, biased: bool) -> AbstractContextManager[None]:
    """Return a context in which a group is made. It raises MemoryLimitError if the units, and their biases, do not fit in memory."""
    count = len(units) if is_list(units) else int(plain_number(units, whole=True) or 0)
    each = UNIT_BYTES + biased * (CONNECTION_BYTES + END_BYTES)
    what = f"group {name!r}: {describe_count(count, 'unit')}{' and their biases' if biased else ''}"
    return allocating(each * min(count, MOST_UNITS), what, GROUP_OBJECTS + count)


def allocating_connections(projection: Projection, count: int) -> AbstractContextManager[None]:
    """Return a context in which the connections of a projection are made. It raises MemoryLimitError if they do not fit in memory."""
    return allocating(*_memory_for(projection, count), GROUP_OBJECTS + count)


def _make_mask(pattern: str | Pattern | npt.ArrayLike, projection: Projection) -> Mask:
    senders, receivers = len(projection.sender), len(projection.receiver)
    if isinstance(pattern, str) and pattern == "full":
        check_fits_in_memory(*_memory_for(projection, senders * receivers))  # before the mask is made
    pair_bytes = MASK_BYTES if isinstance(pattern, (str, Random)) else ARRAY_BYTES
    with allocating(pair_bytes * senders * receivers, f"{projection.name}: {senders} × {receivers} pairs of units"):
        return make_mask(pattern, senders, receivers)


def _memory_for(projection: Projection, count: int) -> tuple[int, str]:
    """Return the bytes that the connections of a projection need, and their name in messages."""
    ends = sum(min(count, len(group)) for group in (projection.sender, projection.receiver))
    return CONNECTION_BYTES * count + END_BYTES * ends, f"{projection.name}: {describe_count(count, 'connection')}"


def check_delay(ends: tuple[Group, Group], delay: int) -> int:
    """Return a delay that a projection between two groups may have, or raise an error.

    Raises
    ------
    ParameterError
        If it is no whole number from 0 to `LARGEST_DELAY`.
    WiringError
        If it is not 0 and the sender is the unit that is always 1.
    """
    sender, receiver = ends
    what = f"{sender.name} → {receiver.name}"
    delay = check_number(what, "delay", delay, at_least=0, at_most=LARGEST_DELAY, whole=True)
    if delay and sender.role == "bias":
        raise WiringError(f"{what}: the unit that is always 1 has no past, so a connection from it must have delay 0 (got {delay})")
    return delay


def find_ends(wiring: Wiring, sender: str | Group, receiver: str | Group) -> tuple[Group, Group]:
    """Return the two groups that `Network.connect` is to connect.

    Raises
    ------
    UnknownNameError
        If a group does not exist.
    WiringError
        If a group belongs to another network, the receiver is an input group, or the network is an unrolled one.
    """
    check_changeable(wiring, "connect")
    source, target = own_group(wiring, sender, "connect"), own_group(wiring, receiver, "connect")
    if target.clamped:
        raise WiringError(
            f"{source.name} → {target.name}: {target.role} units are always clamped and receive nothing; a hidden or output group may be "
            f"clamped in some cases"
        )
    return source, target


def check_changeable(wiring: Wiring, what: str) -> None:
    """Raise WiringError if groups and connections cannot change, as in an unrolled network: its wiring follows that of its original."""
    wiring.check_changeable()
    if wiring.ticks is not None:
        raise WiringError(
            f"{wiring.name}.{what}: an unrolled network has the wiring of its original; change the original and unroll it again"
        )


def own_group(wiring: Wiring, group: str | Group, what: str) -> Group:
    """Return a group of the network itself, given by name or as an object, for the method `what`.

    Raises
    ------
    UnknownNameError
        If no group has this name.
    WiringError
        If it is something else, or a group of another network.
    """
    if not isinstance(group, (str, Group)):
        raise WiringError(f"{what}: must be a group or its name (got {group!r})")
    if isinstance(group, str):
        return find_group(wiring, group)
    if group.removed:
        raise WiringError(f"{what}: group {group.name!r} was removed from its network")
    if wiring.groups.get(group.name) is not group:
        raise WiringError(f"group {group.name!r} belongs to another network than {wiring.name}")
    return group


def _new_weights(state: WeightState, count: int) -> Iterator[Weight]:
    first = state.grow(count)  # when the first is asked for, since a failed allocation before must not leave rows
    for row in range(first, first + count):
        yield Weight(state, row)


def fill(projection: Projection, pairs: Iterable[Sequence[int]], weights: Iterable[Weight], backpropagate: bool) -> None:
    """Make a connection for each pair of receiver and sender, with its weight."""
    senders, receivers = projection.sender.units, projection.receiver.units
    # The list is made before the projection refers to it: after a MemoryError, nothing else would free the connections.
    projection.connections[:] = [
        Connection(senders[i], receivers[j], weight, projection.delay, backpropagate, projection)
        for (j, i), weight in zip(pairs, weights, strict=True)
    ]


@contextmanager
def no_rows_left(wiring: Wiring, projection: Projection) -> Iterator[None]:
    """Remove the rows of the weights of a projection that is not added, so that later weights have the rows of a network without it."""
    size = wiring.growing_weight_state.size
    try:
        yield
    finally:
        if projection not in wiring.projections[-1:]:
            wiring.growing_weight_state.shrink(size)
