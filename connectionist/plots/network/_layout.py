"""Where the groups of a network stand when it is drawn: in rows from input, at the bottom, to output; unrolled, a column for each tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.time.group_copy import GroupAtTick

Links = dict[str, list[str]]
APART = 0.35  # inches between what stands side by side
BETWEEN_TICKS = 0.7


@dataclass(frozen=True)
class Place:
    """Where a group stands, in inches: the middle of its units, and its row, 0 at the bottom."""

    x: float
    row: int
    is_named: bool


def original(group: Group) -> Group:
    """Return the group itself, or in an unrolled network the group that it copies."""
    return group.original if isinstance(group, GroupAtTick) else group


def reach(projection: Projection) -> int:
    """Return over how many ticks a projection reaches: its delay, or in an unrolled network from which tick to which."""
    if projection.sender.tick is None or projection.receiver.tick is None:
        return projection.delay
    return projection.receiver.tick - projection.sender.tick


def rows_of(network: Network) -> dict[str, int]:
    """Return in which row each group stands, by the original's name: as many rows up as the longest way from an input has connections.

    Output groups stand at the top. A connection with a delay counts only where none without leads back, so that context units, whose
    every incoming connection has one, stand beside the inputs.
    """
    senders = _senders(network)
    rows: dict[str, int] = {}

    def row(name: str) -> int:
        if name not in rows:
            rows[name] = max((row(sender) + 1 for sender in senders[name]), default=0)
        return rows[name]

    found = {name: row(name) for name in senders}
    top = max(found.values(), default=0)
    return found | {original(group).name: top for group in network.groups if group.role == "output"}


def place(network: Network, width: Callable[[Group], float], name_width: Callable[[Group], float]) -> tuple[dict[str, Place], float]:
    """Return where each group stands, by name, and how wide it all is.

    Parameters
    ----------
    network : Network
    width, name_width : function of a Group
        Its own width, and the room it needs to its left for its name, in inches.
    """
    rows = rows_of(network)
    middles, wide = _middles(network, rows, width, name_width)
    ticks = list(dict.fromkeys(group.tick for group in network.groups))
    columns = {tick: number * (wide + BETWEEN_TICKS) for number, tick in enumerate(sorted(ticks, key=lambda tick: tick or 0))}
    found: dict[str, Place] = {}
    named: dict[str, None] = {}
    for group in sorted(network.groups, key=lambda group: group.tick or 0):
        name = original(group).name
        found[group.name] = Place(columns[group.tick] + middles[name], rows[name], name not in named)
        named[name] = None
    return found, wide + (wide + BETWEEN_TICKS) * (len(ticks) - 1)


def _middles(
    network: Network, rows: dict[str, int], width: Callable[[Group], float], name_width: Callable[[Group], float]
) -> tuple[dict[str, float], float]:
    """Return the middle of each group within a column, and the column's width. Rows are centred by their units, not by their names."""
    by_row: dict[int, list[Group]] = {}
    for group in {original(group).name: original(group) for group in network.groups}.values():
        by_row.setdefault(rows[group.name], []).append(group)
    middles: dict[str, float] = {}
    left = right = 0.0
    for members in by_row.values():
        x = 0.0
        for number, group in enumerate(members):
            x += (APART + name_width(group)) if number else 0.0
            middles[group.name] = x + width(group) / 2
            x += width(group)
        for group in members:
            middles[group.name] -= x / 2
        left, right = max(left, x / 2 + name_width(members[0])), max(right, x / 2)
    return {name: middle + left for name, middle in middles.items()}, left + right


def _senders(network: Network) -> Links:
    """Return for each group those that feed it from below, without loops."""
    order = {original(group).name: number for number, group in enumerate(network.groups)}
    senders: Links = {name: [] for name in order}
    projections = [projection for projection in network.projections if projection.sender.role != "bias"]
    for projection in sorted(projections, key=lambda projection: reach(projection) > 0):
        sender, receiver = original(projection.sender).name, original(projection.receiver).name
        if reach(projection) and order[sender] > order[receiver]:
            continue
        if sender not in senders[receiver] and not _leads(senders, receiver, sender):
            senders[receiver].append(sender)
    return senders


def _leads(senders: Links, start: str, end: str) -> bool:
    """Whether a way leads from one group to another; from each to itself one does."""
    return start == end or any(_leads(senders, start, sender) for sender in senders[end])
