"""Weights in tables, a row per receiver and a column per sender, laid out in a figure that is not too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.plots.figure import LARGEST, POINTS, add_to_title, name_ticks, new_figure, size_and_step, width_of
from connectionist.plots.weights._squares import (
    CELL,
    LEGEND,
    LEVELS_LEGEND,
    MOST_SQUARES,
    draw_cells,
    draw_crosses,
    draw_levels,
    draw_weights,
    lesions_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

FOOTING = 0.3  # inches under the tables, for the legend
LARGE = 40  # units, from which a group's table takes room that others need
SHRINK = 0.95  # of the size of cells, until they fit
TITLE_POINTS = 9.0


class WeightTable:
    """Weights [receiver, sender], NaN where there is no connection or a lesioned one, with the units and the room they need."""

    def __init__(self, title: str, senders: list[Unit], receivers: list[Unit], projections: list[Projection], note: str = "") -> None:
        self.senders = [unit.name for unit in senders]
        self.receivers = [unit.name for unit in receivers]
        self.weights: Array = np.full((len(receivers), len(senders)), np.nan)
        columns = {unit: number for number, unit in enumerate(senders)}
        rows = {unit: number for number, unit in enumerate(receivers)}
        for connection in (connection for projection in projections for connection in projection):
            self.weights[rows[connection.receiver], columns[connection.sender]] = connection.weight.value
        self.lesioned = np.zeros(self.weights.shape, dtype=bool)
        for connection in (connection for projection in projections for connection in projection.lesioned):
            self.lesioned[rows[connection.receiver], columns[connection.sender]] = True
        count = int((~np.isnan(self.weights)).sum())
        self.weights[self.lesioned] = np.nan
        self.present = ~np.isnan(self.weights)
        self.biggest = float(np.abs(self.weights[self.present]).max()) if self.present.any() else 0.0
        largest = f"largest |w| {self.biggest:.3g}" if self.present.any() else "" if count else "no connections"
        how = "not drawn" if self.in_levels else "crossed out"
        notes = [each for each in (largest, lesions_text(int(self.lesioned.sum()), count, how), note) if each]
        self.title = f"{title}   ({'; '.join(notes)})"
        self.cell = CELL

    @classmethod
    def of_projections(cls, title: str, projections: list[Projection]) -> WeightTable:
        """Of one projection, perhaps with others into the same group."""
        senders = [unit for projection in projections for unit in projection.sender]
        return cls(title, senders, list(projections[0].receiver), projections)

    @classmethod
    def of_network(cls, network: Network) -> WeightTable:
        """Of all projections with delay 0; the bias comes last."""
        projections = [projection for projection in network.projections if projection.delay == 0]
        left_out = len(network.projections) - len(projections)
        units = [*network.units[1:], network.units[0]]
        sending = {projection.sender.name for projection in projections}
        receiving = {projection.receiver.name for projection in projections}
        return cls(
            network.name,
            [unit for unit in units if unit.group.name in sending],
            [unit for unit in units if unit.group.name in receiving],
            projections,
            f"{left_out} projection{'s' * (left_out > 1)} with delay not drawn" if left_out else "",
        )

    @property
    def in_levels(self) -> bool:
        """Whether there are too many weights for squares."""
        return int(self.present.sum()) > MOST_SQUARES

    @property
    def margins(self) -> tuple[float, float, float]:
        """Inches left of the cells, for the receivers' names; under them, for the senders'; and above, for the title."""
        points, _ = size_and_step(self.cell)
        return width_of(self.receivers, points) + 0.2, width_of(self.senders, points) + 0.2, 0.4

    @property
    def cells(self) -> tuple[float, float]:
        """Width and height of the cells together, in inches."""
        return self.cell * len(self.senders), self.cell * len(self.receivers)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height with margins."""
        left, under, above = self.margins
        title = width_of([self.title + self._left_out], TITLE_POINTS)
        return left + max(self.cells[0], title) + 0.15, under + self.cells[1] + above

    @property
    def _left_out(self) -> str:
        return "" if size_and_step(self.cell)[0] == POINTS else "   (every 99th unit named)"

    def draw(self, axes: Axes, largest: float | None) -> None:
        """Draw the cells, the squares and the names."""
        full = largest or self.biggest or 1.0
        if self.in_levels:
            draw_levels(axes, self.weights, full)
        else:
            rows, columns = (places.astype(float) for places in np.nonzero(self.present | self.lesioned))
            draw_cells(axes, rows, columns)
            rows, columns = (places.astype(float) for places in np.nonzero(self.present))
            draw_weights(axes, rows, columns, self.weights[self.present], full)
            rows, columns = (places.astype(float) for places in np.nonzero(self.lesioned))
            draw_crosses(axes, rows, columns)
        width, height = max(1, len(self.senders)), max(1, len(self.receivers))
        axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
        axes.set_title(self.title, fontsize=TITLE_POINTS, loc="left")
        axes.spines[:].set_visible(False)
        across = name_ticks(axes.xaxis, self.senders, self.cell, "unit", rotation=90)
        add_to_title(axes, across, name_ticks(axes.yaxis, self.receivers, self.cell, "unit"))


def is_plain_copy(projection: Projection) -> bool:
    """Whether it is a large one of fixed weights that are all the same, as from hidden to context units: nothing to see."""
    if max(len(projection.sender), len(projection.receiver)) < LARGE or projection.trainable:
        return False
    values = [connection.weight.value for connection in projection]
    return min(values, default=0.0) == max(values, default=0.0)


def tables_of(network: Network) -> list[WeightTable]:
    """Return a table of each projection that is no plain copy, the biases with the first projection into their group."""
    biases = {projection.receiver: projection for projection in network.projections if projection.sender.role == "bias"}
    tables = []
    for projection in network.projections:
        if projection.sender.role != "bias" and not is_plain_copy(projection):
            bias = biases.pop(projection.receiver, None)
            title = projection.name + (f" with delay {projection.delay}" if projection.delay else "")
            tables.append(WeightTable.of_projections(title, [projection, bias] if bias else [projection]))
    return tables + [WeightTable.of_projections(projection.name, [projection]) for projection in biases.values()]


def expand_events(tables: list[WeightTable], note: str = "") -> list[Axes]:
    """Return axes for each table, all in one figure, with cells of one size: down a column, and on into the next; a note under them."""
    places, (width, height) = _shrunk(tables)
    whole = height + FOOTING
    figure = new_figure(width, whole, layout=None)
    figure.text(0.1 / width, 0.1 / whole, _legend(tables) + note, fontsize=7)
    every_axes = []
    for table, (x, y) in zip(tables, places, strict=True):
        left, _, above = table.margins
        wide, high = table.cells
        bottom = FOOTING + height - y - above - high
        every_axes.append(figure.add_axes(((x + left) / width, bottom / whole, wide / width, high / whole)))
    return every_axes


def _shrunk(tables: list[WeightTable]) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Make the cells as small as they must be for the page not to be too large, and return where each table goes, and its size."""
    places, size = _places([table.inches for table in tables])
    while (size[0] > LARGEST or size[1] + FOOTING > LARGEST) and tables[0].cell > 1e-4:
        for table in tables:
            table.cell *= SHRINK
        places, size = _places([table.inches for table in tables])
    return places, size


def _places(sizes: list[tuple[float, float]]) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Return where each box of some width and height goes, from the top left, and the size of them all: about a square."""
    area = 0.0
    for width, height in sizes:
        area += width * height
    longest = max(area**0.5, *(height for _, height in sizes), 0.0)
    places, x, y, widest, deepest = [], 0.0, 0.0, 0.0, 0.0
    for width, height in sizes:
        if y and y + height > longest:
            x, y, widest = x + widest, 0.0, 0.0
        places.append((x, y))
        y, widest = y + height, max(widest, width)
        deepest = max(deepest, y)
    return places, (x + widest, deepest)


def _legend(tables: list[WeightTable]) -> str:
    said = [legend for legend, is_said in ((LEGEND, False), (LEVELS_LEGEND, True)) if any(table.in_levels is is_said for table in tables)]
    return "   in other tables   ".join(said)
