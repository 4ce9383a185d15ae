"""Positions of groups in a drawing: rows from input at the bottom to output; in an unrolled network, a column for each tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectionist.model.group import Group
from connectionist.model.group_rows import original, row_numbers
from connectionist.model.network import Network

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
