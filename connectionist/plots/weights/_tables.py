"""Tables of weights, one row per receiver and one column per sender, and their layout in a figure of limited size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from connectionist.plots.figure import FONT_SIZE, MAX_INCHES, append_to_title, font_size_and_step, label_ticks, new_figure, text_width
from connectionist.plots.weights._squares import (
    CELL_INCHES,
    GREY_LEVELS_LEGEND,
    MAX_SQUARES,
    SQUARES_LEGEND,
    describe_lesions,
    draw_cells,
    draw_crosses,
    draw_grey_levels,
    draw_weights,
)
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

Size = tuple[float, float]

FOOTER = 0.3  # inches below the tables, for the legend
MAX_SIDE = 3600  # units; the largest figure has as many pixels at 150 per inch
MAX_NAMED = 4  # projections that the note names if they are not drawn
MIN_LARGE = 10  # units; tables of larger groups are left out if they show nothing
SHRINK = 0.95  # factor by which cells shrink until the figure fits
TITLE_POINTS, LEGEND_POINTS = 9.0, 7.0
LINE_HEIGHT = 0.1  # inches, of labels side by side
GROUP_NAME = 0.15  # inches, for the name of a group beside or below the labels of its units
MAX_ASPECT = 2.5  # of a figure, unless no arrangement is less elongated


class WeightTable:
    """Weights [receiver, sender] of some projections, drawn as a Hinton diagram.

    Attributes
    ----------
    weights : array [receiver, sender]
        NaN where there is no connection, or a lesioned one.
    senders, receivers : list of str
        Labels of the units of one group, or names of the units of several. The bias unit has no group.
    sender_group, receiver_group : str
        Name of the one group; empty for several.
    is_intact, is_lesioned : bool array [receiver, sender]
        Whether there is a connection, and whether it is lesioned.
    largest : float
        Largest ``|w|`` of the intact connections; 0 if there are none.
    title : str
    cell : float
        Side of a cell in inches.
    """

    def __init__(self, title: str, senders: list[Unit], receivers: list[Unit], projections: list[Projection], note: str = "") -> None:
        self.senders, self.sender_group = _labels_and_group(senders)
        self.receivers, self.receiver_group = _labels_and_group(receivers)
        shape = len(receivers), len(senders)
        with allocating((NUMBER_BYTES + 2) * shape[0] * shape[1], f"{title}: weights of {shape[0]} × {shape[1]} pairs of units"):
            self.weights: Array = np.full(shape, np.nan)
            self.is_lesioned = np.zeros(shape, dtype=bool)
        columns = {unit: number for number, unit in enumerate(senders)}
        rows = {unit: number for number, unit in enumerate(receivers)}
        for connection in _connections(projections):
            self.weights[rows[connection.receiver], columns[connection.sender]] = connection.weight.value
        for connection in (connection for projection in projections for connection in projection.lesioned):
            self.is_lesioned[rows[connection.receiver], columns[connection.sender]] = True
        count = int((~np.isnan(self.weights)).sum())
        self.weights[self.is_lesioned] = np.nan
        self.is_intact = ~np.isnan(self.weights)
        self.largest = float(np.abs(self.weights[self.is_intact]).max()) if self.is_intact.any() else 0.0
        self.title = self._make_title(title, count, note)
        self.cell = CELL_INCHES

    @classmethod
    def of_projections(cls, title: str, projections: list[Projection]) -> WeightTable:
        """Return the table of projections into one group."""
        senders = [unit for projection in projections for unit in projection.sender]
        return cls(title, senders, list(projections[0].receiver), projections)

    @classmethod
    def of_network(cls, network: Network) -> WeightTable:
        """Return the table of all projections with delay 0; the bias is the last sender."""
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
    def uses_grey_levels(self) -> bool:
        """Whether there are too many weights for squares."""
        return int(self.is_intact.sum()) > MAX_SQUARES

    @property
    def margins(self) -> tuple[float, float, float]:
        """Inches to the left of the cells for the receivers' names, below them for the senders' names, and above for the title."""
        points, _ = font_size_and_step(self.cell)
        beside, below = (GROUP_NAME * bool(group) for group in (self.receiver_group, self.sender_group))
        label_height = text_width(self.senders, points) if self.has_vertical_labels else LINE_HEIGHT
        return text_width(self.receivers, points) + 0.2 + beside, label_height + 0.2 + below, 0.4

    @property
    def has_vertical_labels(self) -> bool:
        """Whether the labels of the senders do not fit side by side."""
        return text_width(self.senders, font_size_and_step(self.cell)[0]) > 0.96 * self.cell

    @property
    def size(self) -> Size:
        """Width and height of all cells in inches."""
        return self.cell * len(self.senders), self.cell * len(self.receivers)

    @property
    def size_with_margins(self) -> Size:
        """Width and height in inches with names and title."""
        left, below, above = self.margins
        note = "" if font_size_and_step(self.cell)[0] == FONT_SIZE else "   (every 99th unit labelled)"
        return left + max(self.size[0], text_width([self.title + note], TITLE_POINTS)) + 0.15, below + self.size[1] + above

    def draw(self, axes: Axes, full_scale: float | None) -> None:
        """Draw the cells, the weights and the names. `full_scale` is the weight that fills its cell; the default is the largest."""
        full = full_scale or self.largest or 1.0
        if self.uses_grey_levels:
            draw_grey_levels(axes, self.weights, full)
        else:
            draw_cells(axes, *_positions(self.is_intact | self.is_lesioned))
            draw_weights(axes, *_positions(self.is_intact), self.weights[self.is_intact], full)
            draw_crosses(axes, *_positions(self.is_lesioned))
        width, height = max(1, len(self.senders)), max(1, len(self.receivers))
        axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
        axes.set_title(self.title, fontsize=TITLE_POINTS, loc="left")
        axes.set_xlabel(self.sender_group, fontsize=LEGEND_POINTS, labelpad=2)
        axes.set_ylabel(self.receiver_group, fontsize=LEGEND_POINTS, labelpad=2)
        axes.spines[:].set_visible(False)
        note = label_ticks(axes.xaxis, self.senders, self.cell, "unit", rotation=90 if self.has_vertical_labels else 0)
        append_to_title(axes, note, label_ticks(axes.yaxis, self.receivers, self.cell, "unit"))

    def _make_title(self, name: str, count: int, note: str) -> str:
        """Return the title with the largest ``|w|``, the number of lesioned of `count` connections, and a note."""
        largest = f"largest |w| {self.largest:.3g}" if self.is_intact.any() else "" if count else "no connections"
        how = "not drawn" if self.uses_grey_levels else "crossed out"
        notes = [each for each in (largest, describe_lesions(int(self.is_lesioned.sum()), count, how), note) if each]
        return f"{name}   ({'; '.join(notes)})"


def is_constant_copy(projection: Projection) -> bool:
    """Return whether a projection is large, fixed, and has equal weights, as those to context units: a table would show nothing."""
    if max(len(projection.sender), len(projection.receiver)) < MIN_LARGE or projection.trainable:
        return False
    values = [connection.weight.value for connection in projection]
    return min(values, default=0.0) == max(values, default=0.0)


def is_too_large(projection: Projection) -> bool:
    """Return whether a projection has more senders or receivers than the largest figure has pixels."""
    return max(len(projection.sender), len(projection.receiver)) > MAX_SIDE


def projection_columns(network: Network) -> list[list[Projection]]:
    """Return the projections of each table of a network; the bias is a column of the first projection into its group.

    Constant copies and projections that are too large have no table.
    """
    drawn = [projection for projection in network.projections if not is_too_large(projection)]
    biases = {projection.receiver: projection for projection in drawn if projection.sender.role == "bias"}
    columns = []
    for projection in drawn:
        if projection.sender.role != "bias" and not is_constant_copy(projection):
            bias = biases.pop(projection.receiver, None)
            columns.append([projection, bias] if bias else [projection])
    return columns + [[projection] for projection in biases.values()]


def table_of(projections: list[Projection]) -> WeightTable:
    """Return the table of projections into one group, with the name of the first as its title."""
    first = projections[0]
    return WeightTable.of_projections(first.name + (f" with delay {first.delay}" if first.delay else ""), projections)


def describe_undrawn(network: Network, left_over: list[list[Projection]]) -> str:
    """Return a note on the projections that are not drawn: constant copies, those that are too large, and those left over."""
    connected = [projection for projection in network.projections if len(projection)]
    copies = [projection for projection in connected if is_constant_copy(projection)]
    notes = [f"{projection.name}, fixed at {projection.connections[0].weight.value:g}" for projection in copies]
    large = [projection for projection in connected if is_too_large(projection) and projection not in copies]
    notes += [f"{projection.name}, {len(projection.sender):,} × {len(projection.receiver):,} units" for projection in large]
    notes += [projections[0].name for projections in left_over]
    shown = notes if len(notes) <= MAX_NAMED else [*notes[:MAX_NAMED], f"and {len(notes) - MAX_NAMED:,} more"]
    return "".join(f"   not drawn: {note}" for note in shown)


def lay_out_tables(tables: list[WeightTable], note: str = "") -> list[Axes]:
    """Return axes for each table in a new figure, with cells of one size.

    The tables are arranged in columns or in rows, whichever leaves less space empty. The legend and the note are below them.
    """
    positions, (width, height) = _fit_to_figure(tables)
    total_height = height + FOOTER
    if note:
        width = max(width, min(MAX_INCHES, text_width([_legend(tables) + note], LEGEND_POINTS) + 0.2))
    figure = new_figure(width, total_height, layout=None)
    figure.text(0.1 / width, 0.1 / total_height, _legend(tables) + note, fontsize=LEGEND_POINTS)
    every_axes = []
    for table, (x, y) in zip(tables, positions, strict=True):
        left, _, above = table.margins
        cells_width, cells_height = table.size
        bottom = FOOTER + height - y - above - cells_height
        box = (x + left) / width, bottom / total_height, cells_width / width, cells_height / total_height
        every_axes.append(figure.add_axes(box))
    return every_axes


def _labels_and_group(units: list[Unit]) -> tuple[list[str], str]:
    """Return the labels of units and the name of their group, or their names and "" if they have several; the bias unit is not counted."""
    groups = list(dict.fromkeys(unit.group.name for unit in units if unit.group.role != "bias"))
    if len(groups) != 1:
        return [unit.name for unit in units], ""
    return [unit.name if unit.group.role == "bias" else unit.label for unit in units], groups[0]


def _connections(projections: Iterable[Projection]) -> Iterable[Connection]:
    return (connection for projection in projections for connection in projection)


def _positions(mask: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return the rows and the columns where a mask is True."""
    rows, columns = np.nonzero(mask)
    return rows.astype(float), columns.astype(float)


def _fit_to_figure(tables: list[WeightTable]) -> tuple[list[Size], Size]:
    """Shrink the cells until the figure is not too large, and return the position of each table and the size of them all."""
    positions, size = _arrange([table.size_with_margins for table in tables])
    while (size[0] > MAX_INCHES or size[1] + FOOTER > MAX_INCHES) and tables[0].cell > 1e-4:
        for table in tables:
            table.cell *= SHRINK
        positions, size = _arrange([table.size_with_margins for table in tables])
    return positions, size


def _arrange(sizes: list[Size]) -> tuple[list[Size], Size]:
    """Return the upper left corner of each box of some width and height, and the size of them all.

    Of arrangements in columns and in rows, the function takes the smallest one that is not much longer than wide, or wider than long.
    """
    turned = [(height, width) for width, height in sizes]
    found = [_in_columns(sizes, limit) for limit in _limits(sizes)]
    for limit in _limits(turned):
        corners, (height, width) = _in_columns(turned, limit)
        found.append(([(x, y) for y, x in corners], (width, height)))
    return min(found, key=lambda arrangement: _cost(*arrangement[1]))


def _cost(width: float, height: float) -> float:
    """Return the area of a figure, times its aspect ratio above `MAX_ASPECT`, squared."""
    aspect = max(width, height) / min(width, height)
    return width * height * max(1.0, aspect / MAX_ASPECT) ** 2


def _limits(sizes: list[Size]) -> list[float]:
    """Return the heights of columns to try: those of the first boxes together."""
    tallest = max(height for _, height in sizes)
    heights = np.cumsum([height for _, height in sizes])
    return sorted({tallest, *heights[heights > tallest].tolist()})


def _in_columns(sizes: list[Size], max_height: float) -> tuple[list[Size], Size]:
    """Return the upper left corner of each box, down the first column, then down the next, and the size of them all."""
    corners, x, y, column_width, lowest = [], 0.0, 0.0, 0.0, 0.0
    for width, height in sizes:
        if y and y + height > max_height * (1 + 1e-9):
            x, y, column_width = x + column_width, 0.0, 0.0
        corners.append((x, y))
        y, column_width = y + height, max(column_width, width)
        lowest = max(lowest, y)
    return corners, (x + column_width, lowest)


def _legend(tables: list[WeightTable]) -> str:
    """Return the legend for tables of squares, of grey levels, or of both."""
    legends = [SQUARES_LEGEND] if any(not table.uses_grey_levels for table in tables) else []
    legends += [GREY_LEVELS_LEGEND] if any(table.uses_grey_levels for table in tables) else []
    return "   in other tables   ".join(legends)
