"""The row of each group in drawings: from input at the bottom to output at the top."""

from __future__ import annotations

from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.time.group_copy import GroupAtTick

SendersByGroup = dict[str, list[str]]


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
