"""Geometry of a drawing of every unit: positions of units, paths of connections, and bounds."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.model.group_rows import original
from connectionist.plots.figure import MAX_INCHES, text_width
from connectionist.plots.network._edges import Point, edge_path
from connectionist.plots.network._layout import place_groups

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.model.unit import Unit

MAX_LINE_WIDTH, MIN_LINE_WIDTH = 3.0, 0.8  # points, of the largest weight, for few connections and for many
FEW_CONNECTIONS = 60
MIN_INCHES = 1.8  # width and height of the smallest drawing, so that a single unit does not fill it
GROUP_WIDTH = 9.0  # inches for the units of a group, unless the units then are too close or too far apart
TEXT_HEIGHT = 0.18  # inches, of a line of labels
NARROW = 3  # largest group, in units, that connections bend around
LEGEND_WIDTH = 1.7  # inches beside the drawing
NAME_POINTS, LABEL_POINTS = 8.0, 6.5


class Sketch:
    """Geometry of a drawing in inches, before it is scaled down to the largest figure.

    Attributes
    ----------
    positions : dict of Unit to (x, y)
    paths : dict of Connection to Path
        The connections that are drawn: the strongest, none from the bias unit.
    left_out : int
        Number of connections that are not drawn.
    gap, radius, row_height : float
        Distance of two units, radius of a unit, distance of two rows.
    largest_weight, largest_activation : float
        Largest ``|w|`` that is not lesioned; largest |activation|, at least 1.
    line_width : float
        Width in points of the line of the largest weight.
    left, bottom, right, top : float
        Bounds.
    scale : float
        Factor by which the drawing is scaled down, at most 1.
    """

    def __init__(self, network: Network, strongest: int) -> None:
        self.network = network
        self.gap = float(np.clip(GROUP_WIDTH / max(len(group) for group in network.groups), 0.26, 0.6))
        self.radius = 0.3 * self.gap
        self.groups, self.width = place_groups(network, lambda group: self.gap * len(group), _name_width)
        self.row_height = float(np.clip(0.16 * self.width, 1.1, 2.4))
        self.rows = 1 + max(position.row for position in self.groups.values())
        self.positions = {unit: self._position(unit) for group in network.groups for unit in group}
        self.largest_activation = max([1.0, *(abs(unit.activation) for unit in self.positions)])
        self.largest_weight = max((abs(connection.weight.value) for connection in network.connections), default=0.0)
        projections = [projection for projection in network.projections if projection.sender.role != "bias"]
        count = _count_connections(projections)
        share = min(1.0, strongest / max(1, count))
        self.paths = {connection: self._path(connection) for projection in projections for connection in _strongest(projection, share)}
        self.left_out = count - len(self.paths)
        density = (FEW_CONNECTIONS / max(FEW_CONNECTIONS, len(self.paths))) ** 0.5
        self.line_width = float(np.clip(MAX_LINE_WIDTH * density, MIN_LINE_WIDTH, MAX_LINE_WIDTH))
        self.left, self.bottom, self.right, self.top = self._bounds()
        self.scale = min(1.0, (MAX_INCHES - LEGEND_WIDTH) / (self.right - self.left))

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of a figure with room for the legend and the title."""
        return (self.right - self.left) * self.scale + LEGEND_WIDTH, (self.top - self.bottom) * self.scale + 0.5

    def has_labels_outside(self, group: Group) -> bool:
        """Return whether the labels of a group are too long to fit inside its units."""
        return text_width(group.labels, LABEL_POINTS) > 1.8 * self.radius

    def has_vertical_labels(self, group: Group) -> bool:
        """Return whether the labels of a group are too long to fit side by side."""
        return text_width(group.labels, LABEL_POINTS) > 0.95 * self.gap

    def _position(self, unit: Unit) -> Point:
        group = self.groups[unit.group.name]
        return group.x + self.gap * (unit.index - (len(unit.group) - 1) / 2), self.row_height * group.row

    def _path(self, connection: Connection) -> Any:
        sender, receiver = connection.sender, connection.receiver
        return edge_path(
            self.positions[sender],
            self.positions[receiver],
            self.groups[receiver.group.name].row - self.groups[sender.group.name].row,
            radius=self.radius,
            row_height=self.row_height,
            between_ticks=sender.group.tick != receiver.group.tick,
            skipped=self._skipped_units(connection),
        )

    def _skipped_units(self, connection: Connection) -> list[Point]:
        """Return the positions of units in the rows between, in groups narrow enough for a line to bend around them."""
        rows = sorted(self.groups[end.group.name].row for end in (connection.sender, connection.receiver))
        between = [group for group in self.network.groups if rows[0] < self.groups[group.name].row < rows[1] and len(group) <= NARROW]
        return [self.positions[unit] for group in between if group.tick == connection.receiver.group.tick for unit in group]

    def _bounds(self) -> tuple[float, float, float, float]:
        """Return the left, bottom, right and top bounds of units, lines, labels and tick numbers."""
        tick_room = 0.3 if self.network.ticks else 0.0
        below = 0.35 + self._label_height(0) + tick_room
        above = 0.25 + (self._label_height(self.rows - 1) if self.rows > 1 else 0.0)
        boxes = [path.get_extents() for path in self.paths.values()]
        return (
            min([-0.2, *(box.x0 - 0.1 for box in boxes)]),
            min([-below, *(box.y0 - 0.1 - tick_room for box in boxes)]),
            max([self.width + 0.2, MIN_INCHES, *(box.x1 + 0.1 for box in boxes)]),
            max([self.row_height * (self.rows - 1) + above, MIN_INCHES - below, *(box.y1 + 0.1 for box in boxes)]),
        )

    def _label_height(self, row: int) -> float:
        """Return the height in inches of the labels outside the units of a row; 0 if there are none."""
        groups = [group for group in self.network.groups if self.groups[group.name].row == row and self.has_labels_outside(group)]
        heights = [text_width(group.labels) + 0.1 if self.has_vertical_labels(group) else TEXT_HEIGHT for group in groups]
        return max(heights, default=0.0)


def _count_connections(projections: Iterable[Projection]) -> int:
    count = 0
    for projection in projections:
        count += len(projection)
    return count


def _strongest(projection: Projection, share: float) -> list[Connection]:
    """Return a share of the connections of a projection, rounded up: those with the largest ``|w|``, in the order of the projection."""
    ranked = sorted(range(len(projection)), key=lambda number: -abs(projection.connections[number].weight.value))
    return [projection.connections[number] for number in sorted(ranked[: ceil(share * len(projection))])]


def _name_width(group: Group) -> float:
    """Return the width in inches that the name of a group needs to its left."""
    return text_width([original(group).name], NAME_POINTS) + 0.1
