"""Weights as squares in a table, and tables laid out in a figure: what the Hinton diagrams in `plots` are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.network import Network
    from connectionist.projection import Projection
    from connectionist.state import Array
    from connectionist.unit import Unit

CELL = 0.26  # inches, the side of a cell
LONGEST = 40.0  # inches; a table of more cells than fit has smaller ones
LETTER = 0.062  # inches, the width of a letter of 7 points
GREY = "0.62"
LEGEND = "white: positive   black: negative   area: size"


class Table:
    """Weights [receiver, sender], NaN where there is no connection, with the units and the room they need."""

    def __init__(self, title: str, senders: list[Unit], receivers: list[Unit], projections: list[Projection]) -> None:
        import numpy as np

        self.senders, self.receivers = senders, receivers
        self.weights: Array = np.full((len(receivers), len(senders)), np.nan)
        columns = {unit: number for number, unit in enumerate(senders)}
        rows = {unit: number for number, unit in enumerate(receivers)}
        for connection in (connection for projection in projections for connection in projection):
            self.weights[rows[connection.receiver], columns[connection.sender]] = connection.weight.value
        self.present = ~np.isnan(self.weights)
        self.biggest = float(np.abs(self.weights[self.present]).max()) if self.present.any() else 0.0
        self.title = f"{title}   (largest |w| {self.biggest:.3g})"
        self.cell = min(CELL, LONGEST / max(len(receivers), len(senders)))

    @classmethod
    def of_projections(cls, title: str, projections: list[Projection]) -> Table:
        """Of one projection, perhaps with others into the same group."""
        senders = [unit for projection in projections for unit in projection.sender]
        return cls(title, senders, list(projections[0].receiver), projections)

    @classmethod
    def of_network(cls, network: Network) -> Table:
        """Of all projections with delay 0; the bias comes last."""
        projections = [projection for projection in network.projections if projection.delay == 0]
        units = [*network.units[1:], network.units[0]]
        sending = {projection.sender.name for projection in projections}
        receiving = {projection.receiver.name for projection in projections}
        return cls(
            network.name,
            [unit for unit in units if unit.group.name in sending],
            [unit for unit in units if unit.group.name in receiving],
            projections,
        )

    @property
    def margins(self) -> tuple[float, float, float]:
        """Inches left of the cells, for the receivers' names; under them, for the senders'; and above, for the title."""
        longest = [max(len(unit.name) for unit in units) for units in (self.receivers, self.senders)]
        return LETTER * longest[0] + 0.2, LETTER * longest[1] + 0.2, 0.4

    @property
    def cells(self) -> tuple[float, float]:
        """Width and height of the cells together, in inches."""
        return self.cell * len(self.senders), self.cell * len(self.receivers)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height with margins."""
        left, under, above = self.margins
        return left + max(self.cells[0], 1.3 * LETTER * len(self.title)) + 0.15, under + self.cells[1] + above

    def draw(self, axes: Axes, largest: float | None) -> None:
        """Draw the cells, the squares and the names."""
        import numpy as np

        full = largest or self.biggest or 1.0
        rows, columns = (places.astype(float) for places in np.nonzero(self.present))
        values = self.weights[self.present]
        _squares(axes, rows, columns, np.full(len(rows), 0.96), [GREY] * len(rows))
        sides = 0.88 * np.sqrt(np.minimum(np.abs(values) / full, 1.0))
        _squares(axes, rows, columns, sides, ["white" if value > 0 else "black" for value in values])
        axes.set(xlim=(-0.5, len(self.senders) - 0.5), ylim=(len(self.receivers) - 0.5, -0.5), aspect="equal")
        axes.set_title(self.title, fontsize=9, loc="left")
        self._name(axes)

    def _name(self, axes: Axes) -> None:
        points = min(7.0, 72 * self.cell * 0.8)
        axes.set_xticks(range(len(self.senders)), [unit.name for unit in self.senders], rotation=90, fontsize=points)
        axes.set_yticks(range(len(self.receivers)), [unit.name for unit in self.receivers], fontsize=points)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)


def tables_of(network: Network) -> list[Table]:
    """Return a table of each projection, the biases with the first projection into their group."""
    biases = {projection.receiver: projection for projection in network.projections if projection.sender.role == "bias"}
    tables = []
    for projection in network.projections:
        if projection.sender.role != "bias":
            bias = biases.pop(projection.receiver, None)
            title = projection.name + (f" with delay {projection.delay}" if projection.delay else "")
            tables.append(Table.of_projections(title, [projection, bias] if bias else [projection]))
    return tables + [Table.of_projections(projection.name, [projection]) for projection in biases.values()]


def lay_out(tables: list[Table]) -> list[Axes]:
    """Return axes for each table, all in one figure, with cells of one size: down a column, and on into the next."""
    places, (width, height) = _places([table.inches for table in tables])
    footing = 0.3
    figure = new_figure(width, height + footing, layout=None)
    figure.text(0.1 / width, 0.1 / (height + footing), LEGEND, fontsize=7)
    every_axes = []
    for table, (x, y) in zip(tables, places, strict=True):
        left, _, above = table.margins
        wide, high = table.cells
        bottom = footing + height - y - above - high
        every_axes.append(figure.add_axes(((x + left) / width, bottom / (height + footing), wide / width, high / (height + footing))))
    return every_axes


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


def _squares(axes: Axes, rows: Array, columns: Array, sides: Array, colours: list[str]) -> None:
    """Draw squares, all in one collection: a network may have very many."""
    import numpy as np
    from matplotlib.collections import PolyCollection

    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    centres = np.stack([columns, rows], axis=1)[:, np.newaxis, :]
    shapes = centres + corners * sides[:, np.newaxis, np.newaxis]
    axes.add_collection(PolyCollection(list(shapes), facecolors=colours, linewidths=0))


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """Return a figure of so many inches that can be drawn and saved, unknown to pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure
