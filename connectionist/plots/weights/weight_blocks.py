"""Weights as blocks: each receiving unit a block of squares, as Nature 323 (1986) drew its Figs 1 and 4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import DataError, check_number, unknown
from connectionist.model.projection import Projection
from connectionist.plots.figure import (
    LARGEST,
    POINTS,
    SMALLEST,
    add_to_title,
    checked,
    new_figure,
    ordinal,
    size_and_step,
    size_in_inches,
    width_of,
)
from connectionist.plots.weights._block_layout import ACROSS, BlockPlaces
from connectionist.plots.weights._squares import CELL, GREY, LEGEND, draw_crosses, draw_weights, lesions_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

NAMED_ROWS = 3  # so many senders at most are named under one column
FLAT = 2  # letters that lie side by side under a cell; longer names stand upright


def weight_blocks(
    projection: Projection,
    rows: int = 1,
    receivers: Sequence[str | int | Unit] | None = None,
    axes: Axes | None = None,
    largest: float | None = None,
) -> Axes:
    """Draw the incoming weights of each receiving unit as a block of squares, white positive, black negative, area by size.

    As Rumelhart, Hinton & Williams (1986, Nature 323, Fig. 4) drew what the units of the family trees that see a person have learned: the
    24 weights from the persons in two rows, the English above and the Italians who stand in their places below. Lesioned connections are
    crossed out and do not count for the scale.

    Parameters
    ----------
    projection : Projection
    rows : int
        In how many rows the senders, in their order, are laid out in each block; at least 1.
    receivers : sequence of str, int or Unit, optional
        Which receiving units, by label, index, full name or as objects; all of them unless given.
    axes : Axes, optional
        Where to draw; a figure of its own unless given.
    largest : float, optional
        The weight that fills its cell, above 0; the largest of those drawn unless given.

    Returns
    -------
    Axes
        Each block has its unit's name and bias above it, each column the names of its senders below; senders in more than three rows
        are not named.

    Raises
    ------
    DataError
        When it is no projection, or no receivers are named.
    ParameterError
        When `rows` or `largest` is out of range.
    UnknownNameError
        When a receiver does not exist.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("family-trees").network(seed=1)
    >>> axes = weight_blocks(net.projection("person", "person_code"), rows=2)
    >>> [text.get_text() for text in axes.texts if "code" in text.get_text()][0]
    'person_code:0   bias -1.95'
    """
    if not isinstance(projection, Projection):
        raise DataError(f"weight_blocks, projection: must be a Projection, as net.projection('input', 'hidden') (got {projection!r:.80})")
    senders = list(projection.sender)
    check_number("weight_blocks", "rows", rows, at_least=1, at_most=len(senders), whole=True)
    if largest is not None:
        check_number("weight_blocks", "largest", largest, above=0)
    blocks = _Blocks(projection, _chosen(projection, receivers), rows)
    axes = blocks.page() if axes is None else checked(axes)
    blocks.draw(axes, largest)
    return axes


class _Blocks:
    """The weights of each block, and how they are put on the page."""

    def __init__(self, projection: Projection, receivers: list[Unit], rows: int) -> None:
        self.projection = projection
        self.receivers = receivers
        self.senders = [unit.label for unit in projection.sender]
        self.at = BlockPlaces(len(receivers), len(self.senders), rows)
        table, lesioned = projection.weights, np.zeros((len(self.senders), len(projection.receiver)), dtype=bool)
        for connection in projection.lesioned:
            lesioned[connection.sender.index, connection.receiver.index] = True
        chosen = [unit.index for unit in receivers]
        self.lesioned = lesioned[:, chosen].T
        self.count = int((~np.isnan(table[:, chosen])).sum())
        self.weights: Array = np.where(self.lesioned, np.nan, table[:, chosen].T)
        self.biggest = float(np.nanmax(np.abs(self.weights))) if np.isfinite(self.weights).any() else 0.0

    @property
    def title(self) -> str:
        """The projection's name, the scale, what is lesioned, and how senders stand that are not named."""
        how = "" if self.columns else f"senders in rows of {self.at.wide}, from {self.senders[0]} at the top left"
        said = [f"largest |w| {self.biggest:.3g}", lesions_text(int(self.lesioned.sum()), self.count), how]
        return f"{self.projection.name}   ({'; '.join(each for each in said if each)})"

    @property
    def columns(self) -> list[str]:
        """The names of the senders in each column; none where there are too many."""
        if self.at.high > NAMED_ROWS:
            return []
        return [" · ".join(self.senders[column :: self.at.wide]) for column in range(self.at.wide)]

    def page(self) -> Axes:
        """Return axes on a page with room for the names."""
        wide, high = self.at.cells
        under, above, beside = width_of(self.columns) + 0.45, 0.35, 0.15
        cell = min(CELL, (LARGEST - 2 * beside) / wide, (LARGEST - under - above) / high)
        size = max(cell * wide, 3.4, width_of([self.title], 9.0)) + 2 * beside, cell * high + under + above
        figure = new_figure(*size, layout=None)
        place = beside / size[0], under / size[1], cell * wide / size[0], cell * high / size[1]
        figure.text(beside / size[0], 0.1 / size[1], LEGEND, fontsize=7)
        return figure.add_axes(place)

    def draw(self, axes: Axes, largest: float | None) -> None:
        """Draw the blocks, their squares and the names."""
        wide, high = self.at.cells
        axes.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5), aspect="equal")
        room = min(inches / cells for inches, cells in zip(size_in_inches(axes), (wide, high), strict=True))
        for number, unit in enumerate(self.receivers):
            self._draw_block(axes, number)
            left, top = self.at.corner(number)
            name, points = self._name_that_fits(unit, room)
            axes.text(left - 0.4, top - 0.65, name, fontsize=points, va="bottom")
        present = ~np.isnan(self.weights)
        draw_weights(axes, *self.at.places(*np.nonzero(present)), self.weights[present], largest or self.biggest or 1.0)
        draw_crosses(axes, *self.at.places(*np.nonzero(self.lesioned)))
        left_out = self._name_columns(axes, room)
        axes.set_title(self.title, fontsize=9, loc="left")
        add_to_title(axes, left_out)
        axes.spines[:].set_visible(False)
        axes.set_yticks([])

    def _draw_block(self, axes: Axes, number: int) -> None:
        from matplotlib.patches import Rectangle

        left, top = self.at.corner(number)
        for row, length in enumerate(self.at.lengths):
            axes.add_patch(Rectangle((left - 0.5, top + row - 0.5), length, 1, facecolor=GREY, linewidth=0))

    def _name_columns(self, axes: Axes, room: float) -> str:
        """Name the columns under the lowest blocks."""
        points, step = size_and_step(room)
        places, names = [], []
        for block in range(self.at.across):
            places += [block * (self.at.wide + ACROSS) + column for column in range(len(self.columns))[::step]]
            names += self.columns[::step]
        axes.set_xticks(places, names, rotation=90, fontsize=points)
        axes.tick_params(length=0)
        return "" if step == 1 or not self.columns else f"every {ordinal(step)} column named"

    def _name_that_fits(self, unit: Unit, room: float) -> tuple[str, float]:
        """Return a block's name, without what makes it longer than the block, and its size."""
        points = min(POINTS, max(SMALLEST, 72 * room * 0.8))
        names = [f"{unit.name}{_bias(unit)}", unit.name, unit.label]
        fitting = [name for name in names if width_of([name], points) < room * (self.at.wide + 0.6 * ACROSS)]
        return (fitting or [unit.label])[0], points


def _chosen(projection: Projection, receivers: Sequence[str | int | Unit] | None) -> list[Unit]:
    units = list(projection.receiver)
    if receivers is None:
        return units
    by_name = {str(unit.index): unit for unit in units} | {unit.label: unit for unit in units} | {unit.name: unit for unit in units}
    chosen = []
    for given in receivers if isinstance(receivers, Iterable) and not isinstance(receivers, str) else [receivers]:
        name = str(getattr(given, "name", given))
        if name not in by_name:
            raise unknown(f"receiver of {projection.name}", name, [unit.name for unit in units])
        chosen.append(by_name[name])
    if not chosen:
        raise DataError(f"weight_blocks, receivers: needs at least one unit of {projection.receiver.name} (got none)")
    return chosen


def _bias(unit: Unit) -> str:
    for connection in unit.incoming:
        if connection.sender.group.role == "bias":
            return f"   bias {connection.weight.value:.3g}"
    return ""
