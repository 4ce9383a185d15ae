"""How a network is to be drawn, unit by unit: where each unit stands, which way each line goes, how far it all reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plots.figure import LARGEST, width_of
from connectionist.plots.network._edges import Point, stroke
from connectionist.plots.network._layout import original, place

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit

WIDEST, THINNEST = 3.0, 0.8  # points, the line of the largest weight, where there are few connections and where there are many
FEW = 60
LEAST = 1.8  # inches, a side: a single unit is not to fill the page
ABREAST = 9.0  # inches, that the units of a group share unless they are few, or too many for it
LINE = 0.18  # inches, the height of a line of names
NARROW = 3  # units
LEGEND = 1.7  # inches beside the drawing
NAME_POINTS, LABEL_POINTS = 8.0, 6.5


class Sketch:
    """Places in inches of a page of its own, which is shrunk where it is too wide.

    Attributes
    ----------
    points : dict of Unit to (x, y)
    strokes : dict of Connection to Path
        All but those from the unit that is always 1.
    gap, radius, row_height : float
        From unit to unit, of a unit, and from row to row.
    biggest, most : float
        The largest |w| that is not lesioned, and the largest |activation| or 1.
    widest : float
        Points, the line of the largest weight.
    left, bottom, right, top : float
        How far it all reaches.
    scale : float
        By how much it is shrunk.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.gap = float(np.clip(ABREAST / max(len(group) for group in network.groups), 0.26, 0.6))
        self.radius = 0.3 * self.gap
        self.places, self.wide = place(network, lambda group: self.gap * len(group), _room_for_name)
        self.row_height = float(np.clip(0.16 * self.wide, 1.1, 2.4))
        self.rows = 1 + max(each.row for each in self.places.values())
        self.points = {unit: self._point(unit) for group in network.groups for unit in group}
        self.most = max([1.0, *(abs(unit.activation) for unit in self.points)])
        self.biggest = max((abs(connection.weight.value) for connection in network.connections), default=0.0)
        projections = [projection for projection in network.projections if projection.sender.role != "bias"]
        self.strokes = {connection: self._stroke(connection) for projection in projections for connection in projection}
        self.widest = float(np.clip(WIDEST * (FEW / max(FEW, len(self.strokes))) ** 0.5, THINNEST, WIDEST))
        self.left, self.bottom, self.right, self.top = self._bounds()
        self.scale = min(1.0, (LARGEST - LEGEND) / (self.right - self.left))

    @property
    def inches(self) -> tuple[float, float]:
        """A page with room for the legend and the title."""
        return (self.right - self.left) * self.scale + LEGEND, (self.top - self.bottom) * self.scale + 0.5

    def has_names_outside(self, group: Group) -> bool:
        """Whether its units' labels are too long to stand within the units."""
        return width_of(group.labels, LABEL_POINTS) > 1.8 * self.radius

    def has_names_upright(self, group: Group) -> bool:
        """Whether its units' labels are too long to stand side by side."""
        return width_of(group.labels, LABEL_POINTS) > 0.95 * self.gap

    def _point(self, unit: Unit) -> Point:
        where = self.places[unit.group.name]
        return where.x + self.gap * (unit.index - (len(unit.group) - 1) / 2), self.row_height * where.row

    def _stroke(self, connection: Connection) -> Any:
        start, end = self.points[connection.sender], self.points[connection.receiver]
        up = self.places[connection.receiver.group.name].row - self.places[connection.sender.group.name].row
        between_ticks = connection.sender.group.tick != connection.receiver.group.tick
        return stroke(start, end, up, self.radius, self.row_height, between_ticks, self._skipped(connection))

    def _skipped(self, connection: Connection) -> list[Point]:
        """Return where the units of narrow groups stand in the rows between; past wide ones no line can be bent."""
        rows = sorted(self.places[end.group.name].row for end in (connection.sender, connection.receiver))
        between = [group for group in self.network.groups if rows[0] < self.places[group.name].row < rows[1] and len(group) <= NARROW]
        return [self.points[unit] for group in between if group.tick == connection.receiver.group.tick for unit in group]

    def _bounds(self) -> tuple[float, float, float, float]:
        for_ticks = 0.3 if self.network.ticks else 0.0
        under = 0.35 + self._names_of_row(0) + for_ticks
        over = 0.25 + (self._names_of_row(self.rows - 1) if self.rows > 1 else 0.0)
        boxes = [path.get_extents() for path in self.strokes.values()]
        return (
            min([-0.2, *(box.x0 - 0.1 for box in boxes)]),
            min([-under, *(box.y0 - 0.1 - for_ticks for box in boxes)]),
            max([self.wide + 0.2, LEAST, *(box.x1 + 0.1 for box in boxes)]),
            max([self.row_height * (self.rows - 1) + over, LEAST - under, *(box.y1 + 0.1 for box in boxes)]),
        )

    def _names_of_row(self, row: int) -> float:
        """Return the inches that names of units standing upright under or over a row take."""
        groups = [group for group in self.network.groups if self.places[group.name].row == row and self.has_names_outside(group)]
        heights = [width_of(group.labels) + 0.1 if self.has_names_upright(group) else LINE for group in groups]
        return max(heights, default=0.0)


def _room_for_name(group: Group) -> float:
    return width_of([original(group).name], NAME_POINTS) + 0.1
