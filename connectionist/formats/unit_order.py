"""The units and connections of a network by number, for programs that number their units and have no groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit

Numbers = npt.NDArray[np.intp]
BIAS = -1  # as the number of a sender


@dataclass
class UnitList:
    """The units of a network in the order of a program that numbers its units, and its connections by the numbers of their ends.

    Attributes
    ----------
    units : list of Unit
        Without the unit that is always 1.
    number : dict of Unit to int
        Place of each unit in the list.
    """

    units: list[Unit]
    number: dict[Unit, int] = field(init=False)

    def __post_init__(self) -> None:
        self.number = {unit: place for place, unit in enumerate(self.units)}

    def place(self, unit: Unit) -> int:
        """Return the place of a unit in the list; -1 for the unit that is always 1."""
        return self.number.get(unit, BIAS)

    def by_ends(self, connections: Sequence[Connection]) -> dict[tuple[int, int], list[Connection]]:
        """Return the connections between each sender and receiver, by their numbers."""
        found: dict[tuple[int, int], list[Connection]] = {}
        for connection in connections:
            found.setdefault((self.place(connection.sender), self.place(connection.receiver)), []).append(connection)
        return found


def all_connections(network: Network) -> list[Connection]:
    """Return the connections of a network, lesioned ones included, projection by projection."""
    return [connection for projection in network.projections for connection in projection.connections]


def list_units(network: Network) -> UnitList:
    """Return the units of a network in the order of its groups."""
    return UnitList([unit for group in network.groups for unit in group])


def order_units(network: Network, *, outputs_last: bool) -> list[Unit] | None:
    """Return the units, without the one that is always 1, in an order in which connections without delay go forward.

    Input units come first. Output units keep their order, which is that of the targets. If the order of the groups is such an order, it
    stays.

    Parameters
    ----------
    network : Network
    outputs_last : bool
        Whether all output units come after all others.

    Returns
    -------
    list of Unit or None
        None if there is no such order.
    """
    by_role = {role: [unit for group in network.groups if group.role == role for unit in group] for role in ("input", "hidden", "output")}
    others = [unit for group in network.groups if group.role != "input" for unit in group]
    units = [*by_role["input"], *(by_role["hidden"] + by_role["output"] if outputs_last else others)]
    place = {unit: number for number, unit in enumerate(units)}
    pairs = [(each.sender, each.receiver) for each in network.connections if not each.delay and each.sender in place]
    pairs += pairwise(by_role["output"])
    if outputs_last:
        pairs += [(unit, unit_after) for unit_after in by_role["output"][:1] for unit in by_role["hidden"]]
    ends = np.array([(place[sender], place[receiver]) for sender, receiver in pairs], dtype=np.intp).reshape(-1, 2)
    if (ends[:, 0] < ends[:, 1]).all():
        return units
    depth = depths(len(units), ends[:, 0], ends[:, 1])
    return None if depth is None else sorted(units, key=lambda unit: (unit.group.role != "input", int(depth[place[unit]]), place[unit]))


def depths(count: int, sender: Numbers, receiver: Numbers) -> Numbers | None:
    """Return for each unit the greatest number of links on a way to it; None if the links have a loop.

    Parameters
    ----------
    count : int
        Number of units.
    sender, receiver : int array [link]
        Links without delay.
    """
    depth = np.zeros(count, dtype=np.intp)
    order = np.argsort(sender, kind="stable")
    sorted_receivers = receiver[order]
    starts = np.searchsorted(sender[order], np.arange(count + 1))
    waiting = np.bincount(receiver, minlength=count)
    ready = np.flatnonzero(waiting == 0).tolist()
    done = 0
    while ready:
        unit = ready.pop()
        done += 1
        for other in sorted_receivers[starts[unit] : starts[unit + 1]].tolist():
            depth[other] = max(depth[other], depth[unit] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return depth if done == count else None
