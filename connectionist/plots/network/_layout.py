"""Positions of groups in a drawing: rows from input at the bottom to output; in an unrolled network, a column for each tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.time.group_copy import GroupAtTick

SendersByGroup = dict[str, list[str]]
GROUP_GAP = 0.35  # inches between groups of a row
TICK_GAP = 0.7  # inches between the columns of two ticks


@dataclass(frozen=True)
class GroupPosition:
    """Position of a group in a drawing.

    Attributes
    ----------
    x : float
        Middle of its units, in inches.
    row : int
        Number of its row; 0 is at the bottom.
    is_named : bool
        Whether the group's name is written; in an unrolled network only at the first tick.
    """

    x: float
    row: int
    is_named: bool


def original(group: Group) -> Group:
    """Return the group itself, or for a copy in an unrolled network the group that was copied."""
    return group.original if isinstance(group, GroupAtTick) else group


def tick_difference(projection: Projection) -> int:
    """Return the ticks from sender to receiver: the delay, or the difference of their ticks in an unrolled network."""
    if projection.sender.tick is None or projection.receiver.tick is None:
        return projection.delay
    return projection.receiver.tick - projection.sender.tick


def row_numbers(network: Network) -> dict[str, int]:
    """Return the row of each group, by the name of the original group.

    The row is the length of the longest path from an input group; output groups are in the top row. A projection with delay counts only if
    no projection without delay leads the other way. Context units, all of whose incoming connections have a delay, are therefore in the row
    of the inputs. Output groups are above the hidden groups that send to them, also if these receive from them, as a hub does from spokes.
    """
    rows = _longest_paths(_acyclic_senders(network))
    senders = [original(each.sender) for each in network.projections if each.receiver.role == "output"]
    top = max([*rows.values(), *(rows[sender.name] + 1 for sender in senders if sender.role == "hidden")], default=0)
    rows |= {original(group).name: top for group in network.groups if group.role == "output"}
    number = {row: place for place, row in enumerate(sorted(set(rows.values())))}  # no row is empty
    return {name: number[row] for name, row in rows.items()}


def _longest_paths(senders: SendersByGroup) -> dict[str, int]:
    """Return the length of the longest path to each group, in the order of the groups, without recursion: there may be thousands."""
    lengths: dict[str, int] = {}
    waiting = list(senders)
    while waiting:
        name = waiting[-1]
        missing = [sender for sender in senders[name] if sender not in lengths]
        waiting += missing
        if not missing:
            lengths[waiting.pop()] = max((lengths[sender] + 1 for sender in senders[name]), default=0)
    return {name: lengths[name] for name in senders}


def place_groups(
    network: Network, width: Callable[[Group], float], name_width: Callable[[Group], float]
) -> tuple[dict[str, GroupPosition], float]:
    """Return the position of each group by name, and the width of the drawing.

    Parameters
    ----------
    network : Network
    width, name_width : function of a Group
        Width of the group's units, and of its name to their left, in inches.
    """
    rows = row_numbers(network)
    middles, column_width = _middles(network, rows, width, name_width)
    ticks = list(dict.fromkeys(group.tick for group in network.groups))
    columns = {tick: number * (column_width + TICK_GAP) for number, tick in enumerate(sorted(ticks, key=lambda tick: tick or 0))}
    positions: dict[str, GroupPosition] = {}
    named: set[str] = set()
    for group in sorted(network.groups, key=lambda group: group.tick or 0):
        name = original(group).name
        positions[group.name] = GroupPosition(columns[group.tick] + middles[name], rows[name], name not in named)
        named.add(name)
    return positions, column_width + (column_width + TICK_GAP) * (len(ticks) - 1)


def _middles(
    network: Network, rows: dict[str, int], width: Callable[[Group], float], name_width: Callable[[Group], float]
) -> tuple[dict[str, float], float]:
    """Return the middle of each group within a column, and the width of a column.

    The units of a row are centred; the name of its first group is not counted.
    """
    by_row: dict[int, list[Group]] = {}
    for group in {original(group).name: original(group) for group in network.groups}.values():
        by_row.setdefault(rows[group.name], []).append(group)
    middles: dict[str, float] = {}
    left = right = 0.0
    for members in by_row.values():
        x = 0.0
        for number, group in enumerate(members):
            x += (GROUP_GAP + name_width(group)) if number else 0.0
            middles[group.name] = x + width(group) / 2
            x += width(group)
        for group in members:
            middles[group.name] -= x / 2
        left, right = max(left, x / 2 + name_width(members[0])), max(right, x / 2)
    return {name: middle + left for name, middle in middles.items()}, left + right


def _acyclic_senders(network: Network) -> SendersByGroup:
    """Return for each group the groups that send to it, without projections that would close a loop.

    Projections without delay come first. A projection with delay is left out if its sender was added after its receiver.
    """
    order = {original(group).name: number for number, group in enumerate(network.groups)}
    senders: SendersByGroup = {name: [] for name in order}
    projections = [projection for projection in network.projections if projection.sender.role != "bias"]
    for projection in sorted(projections, key=lambda projection: tick_difference(projection) > 0):
        sender, receiver = original(projection.sender).name, original(projection.receiver).name
        if tick_difference(projection) and order[sender] > order[receiver]:
            continue
        if sender not in senders[receiver] and not _has_path(senders, receiver, sender):
            senders[receiver].append(sender)
    return senders


def _has_path(senders: SendersByGroup, start: str, end: str) -> bool:
    """Return whether a path leads from one group to another; every group has a path to itself."""
    seen, waiting = {end}, [end]
    while waiting and start not in seen:
        new = [sender for sender in senders[waiting.pop()] if sender not in seen]
        seen.update(new)
        waiting += new
    return start in seen
