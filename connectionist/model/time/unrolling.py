"""Unrolling: a network in time as a network without delays, with one copy of each unit per tick.

A synchronous network that runs for T ticks is a layered network with one layer per tick, provided that each unit's history is stored
and that the weights of corresponding connections are kept equal (Rumelhart, Hinton & Williams 1986, Nature 323, 535, and Fig. 5). The
copies share the `Weight` objects of their original, so corresponding weights are equal.

A connection with delay d into tick t comes from tick t − d. Before tick 1 there are clamped units at tick 0, which have the initial
activations. So every connection has T copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.time.group_copy import GroupAtTick
from connectionist.model.time.integrators import UnitWithPast
from connectionist.utils.memory_limit import GROUP_OBJECTS, allocating, check_fits_in_memory

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit

EndState = list[tuple[float, float]]  # activation and net input of each unit before tick 1

CONNECTION_BYTES, UNIT_BYTES, GROUP_BYTES = 375, 800, 860  # per copy, including graph, lists and schedule; a test measures them


def unroll_into(copy: Network, original: Network, ticks: int, ticks_before: int = 1) -> None:
    """Add to an empty network the copies of the units and connections of its original, for some number of ticks.

    Parameters
    ----------
    copy : Network
        Empty, with the weights' state of the original.
    original : Network
    ticks : int
        At least 1.
    ticks_before : int
        Number of ticks before tick 1 that have separate units. With 1, the units at tick 0 represent all ticks before the first.

    Raises
    ------
    MemoryLimitError
        If the copies would not fit into memory.
    """
    parts = len(original.units) + len(original.connections) + GROUP_OBJECTS * (len(original.groups) + len(original.projections))
    with allocating(*_memory_for(original, ticks + ticks_before), (ticks + ticks_before) * parts):
        _unroll_into(copy, original, ticks, ticks_before)


def _unroll_into(copy: Network, original: Network, ticks: int, ticks_before: int) -> None:
    unroller = _Unroller(copy, original, ticks_before)
    unroller.add_groups(ticks)
    for tick in range(1, ticks + 1):
        unroller.link_integrators(tick)
        for projection in original.projections:
            unroller.copy_projection(projection, tick)
    lesioned = [unroller.unit(unit, tick) for unit in original.units if unit.lesioned for tick in unroller.ticks_of(unit.group)]
    copy.lesion(*(copied for connection in original.lesioned_connections for copied in unroller.copies_of[connection]))
    copy.lesion(*lesioned)


def set_initial_state(copy: Network, end_state: EndState | None = None) -> None:
    """Set the units before tick 1 of an unrolled network to the initial state of their groups, or to the end state of the case before."""
    before = [group for group in copy.groups if isinstance(group, GroupAtTick) and group.tick <= 0]
    for group in before:
        group.set_initial_state()
    if end_state is not None:
        units = [unit for group in before for unit in group]
        for unit, (activation, net_input) in zip(units, end_state, strict=True):
            unit.activation, unit.net_input = activation, net_input


def read_end_state(copy: Network, ticks_before: int) -> EndState:
    """Return the state from which the next case may continue, in the order of the units before tick 1."""
    assert copy.ticks is not None
    before = [group for group in copy.groups if isinstance(group, GroupAtTick) and group.tick <= 0]
    ends = [copy[f"{group.original.name}@{max(copy.ticks + group.tick, 1 - ticks_before)}"] for group in before]
    return [(unit.activation, unit.net_input) for group in ends for unit in group]


def copy_tick_to(original: Network, copy: Network, tick: int | None = None) -> None:
    """Copy the state of the last or another tick to the units of the original; do nothing if the case ran in these units."""
    if copy is original:
        return
    groups = [original["bias"], *original.groups]
    rows = np.concatenate([np.arange(group.rows.start, group.rows.stop) for group in groups])
    groups_then = [copy["bias"], *(copy[f"{group.name}@{tick or copy.ticks}"] for group in original.groups)]
    rows_then = np.concatenate([np.arange(group.rows.start, group.rows.stop) for group in groups_then])
    original.state.error_weight, original.state.is_perturbed = copy.state.error_weight, copy.state.is_perturbed
    for quantity in original.state.quantities:
        original.state.array(quantity)[rows] = copy.state.array(quantity)[rows_then]


class _Unroller:
    """Adds the copies of one network to another."""

    def __init__(self, copy: Network, original: Network, ticks_before: int) -> None:
        self.copy = copy
        self.original = original
        self.ticks_before = ticks_before
        self.groups: dict[tuple[Group, int], GroupAtTick] = {}
        self.copies_of: dict[Connection, list[Connection]] = {connection: [] for connection in original.lesioned_connections}

    def add_groups(self, ticks: int) -> None:
        """Add the groups whose state before tick 1 matters, then all groups tick by tick."""
        with_past = groups_with_past(self.original)
        for tick in range(1 - self.ticks_before, 1):
            for group in with_past:
                self.add(group, tick)
        for tick in range(1, ticks + 1):
            for group in self.original.groups:
                self.add(group, tick)

    def add(self, group: Group, tick: int) -> None:
        previous = self.groups.get((group, tick - 1))
        self.groups[group, tick] = self.copy._wiring.add_group(GroupAtTick(self.copy.state, group, tick, previous))

    def ticks_of(self, group: Group) -> list[int]:
        return [tick for copied, tick in self.groups if copied is group]

    def unit(self, unit: Unit, tick: int) -> Unit:
        if unit.group.role == "bias":
            return self.copy["bias"][0]
        return self.groups[unit.group, max(tick, 1 - self.ticks_before)].units[unit.index]

    def link_integrators(self, tick: int) -> None:
        """Set `previous` of units that depend on their past to their copies one tick before.

        The schedule needs no edge for this: groups of a later tick are never in an earlier generation, and groups of one generation are
        in the order in which they were made.
        """
        for group in self.original.groups:
            if group.depends_on_past:
                for unit in self.groups[group, tick]:
                    assert isinstance(unit, UnitWithPast)
                    unit.previous = self.groups[group, tick - 1].units[unit.index]

    def copy_projection(self, projection: Projection, tick: int) -> None:
        """Add the copies of the connections of a projection into one tick."""
        sender_tick = max(tick - projection.delay, 1 - self.ticks_before)
        sender = self.copy["bias"] if projection.sender.role == "bias" else self.groups[projection.sender, sender_tick]
        receiver = self.groups[projection.receiver, tick]
        copied = Projection(sender, receiver, 0, original=projection)
        for connection in projection:
            ends = sender.units[connection.sender.index], receiver.units[connection.receiver.index]
            connection_copy = Connection(*ends, connection.weight, 0, connection.backpropagate, copied)
            copied.connections.append(connection_copy)
            if connection in self.copies_of:
                self.copies_of[connection].append(connection_copy)
        self.copy._wiring.add_copied_projection(copied)


def groups_with_past(network: Network) -> list[Group]:
    """Return the groups on whose state before tick 1 a later tick depends."""
    senders = {projection.sender for projection in network.projections if projection.delay}
    return [group for group in network.groups if group.depends_on_past or group in senders]


def longest_delay(network: Network) -> int:
    """Return the number of past ticks that a network depends on: its longest delay, at least 1 if units depend on their past; else 0."""
    integrating = network.ticks is None and any(group.depends_on_past for group in network.groups)
    return max([int(integrating), *(projection.delay for projection in network.projections if len(projection))])


def check_tick_count(network: Network, ticks: int) -> None:
    """Raise MemoryLimitError if the copies of a network for some number of ticks would not fit into memory.

    Raises
    ------
    MemoryLimitError
        The message has the memory needed and the memory available.
    """
    check_fits_in_memory(*_memory_for(network, ticks))


def _memory_for(network: Network, ticks: int) -> tuple[int, str]:
    """Return the bytes that the copies of a network for some number of ticks need, and their name in messages."""
    what = f"{network.name}: copies of {len(network.units)} units and {len(network.connections)} connections for {ticks} ticks"
    return ticks * copy_bytes(network), what


def copy_bytes(network: Network) -> int:
    """Return the approximate memory of the copies for one tick, in bytes."""
    parts = len(network.groups) + len(network.projections)
    return CONNECTION_BYTES * len(network.connections) + UNIT_BYTES * len(network.units) + GROUP_BYTES * parts
