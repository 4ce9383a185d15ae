"""Incoming weights of each unit as a block of squares, as in Figs 1 and 4 of Rumelhart, Hinton & Williams (1986, Nature)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import DataError, check_number, unknown_name
from connectionist.model.projection import Projection
from connectionist.plots.figure import (
    FONT_SIZE,
    MAX_INCHES,
    MIN_FONT_SIZE,
    append_to_title,
    check_axes,
    font_size_and_step,
    literal_text,
    new_figure,
    ordinal,
    size_in_inches,
    text_width,
)
from connectionist.plots.weights._block_layout import GAP_ACROSS, BlockLayout
from connectionist.plots.weights._squares import (
    CELL_COLOUR,
    CELL_INCHES,
    SQUARES_LEGEND,
    describe_lesions,
    draw_cells,
    draw_crosses,
    draw_weights,
)
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

MAX_LABELLED_ROWS = 3  # senders in more rows are not labelled
MAX_NAMED_BLOCKS = 1000  # limit: more names are unreadable and slow


@literal_text
def weight_blocks(
    projection: Projection,
    rows: int = 1,
    receivers: Sequence[str | int | Unit] | None = None,
    axes: Axes | None = None,
    largest: float | None = None,
) -> Axes:
    """Draw the incoming weights of each receiving unit as a block of squares: white positive, black negative, area proportional to ``|w|``.

    Fig. 4 of Rumelhart, Hinton & Williams (1986) shows the units of the family-trees network that receive the persons: the 24 weights of
    a unit in two rows, the English persons above the corresponding Italian persons. Lesioned connections are crossed out and do not count
    for the scale.

    Parameters
    ----------
    projection : Projection
    rows : int
        Number of rows in which the senders of a block are arranged, in their order; from 1 to the number of senders.
    receivers : sequence of str, int or Unit, optional
        Receiving units, by label, index, full name or as objects. The default is all of them.
    axes : Axes, optional
        Axes to draw into. The default is a new figure, at most 24 inches wide and high.
    largest : float, optional
        ``|w|`` that fills its cell, above 0. The default is the largest ``|w|`` drawn.

    Returns
    -------
    Axes
        The name and the bias of the unit are above its block, the labels of the senders below each column. Senders in more than three rows
        are not labelled, nor are more than 1,000 receivers.

    Raises
    ------
    DataError
        If `projection` is not a Projection, or if `receivers` is empty.
    ParameterError
        If `rows` or `largest` is out of range, or if `axes` is not matplotlib Axes.
    UnknownNameError
        If a receiver does not exist.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton & R. J. Williams (1986), Learning representations by back-propagating errors, *Nature* 323, 533–536.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("family-trees").network(seed=1)
    >>> axes = weight_blocks(net.projection("person", "person_code"), rows=2)
    >>> [text.get_text() for text in axes.texts if "code" in text.get_text()][0]
    'person_code:0   bias −1.95'
    """
    if not isinstance(projection, Projection):
        raise DataError(f"weight_blocks.projection: must be a Projection, as net.projection('input', 'hidden') (got {shown(projection)})")
    rows = check_number("weight_blocks", "rows", rows, at_least=1, at_most=len(projection.sender), whole=True)
    if largest is not None:
        largest = check_number("weight_blocks", "largest", largest, above=0)
    blocks = _Blocks(projection, _resolve_receivers(projection, receivers), rows)
    axes = blocks.new_axes() if axes is None else check_axes(axes)
    blocks.draw(axes, largest)
    return axes


class _Blocks:
    """The weights [receiver, sender] of all blocks, and their layout."""

    def __init__(self, projection: Projection, receivers: list[Unit], rows: int) -> None:
        self.projection = projection
        self.receivers = receivers
        self.senders = [unit.label for unit in projection.sender]
        self.layout = BlockLayout(len(receivers), len(self.senders), rows)
        table, is_lesioned = projection.weights, np.zeros((len(self.senders), len(projection.receiver)), dtype=bool)
        for connection in projection.lesioned:
            is_lesioned[connection.sender.index, connection.receiver.index] = True
        chosen = [unit.index for unit in receivers]
        self.is_lesioned = is_lesioned[:, chosen].T
        self.count = int((~np.isnan(table[:, chosen])).sum())
        self.weights: Array = np.where(self.is_lesioned, np.nan, table[:, chosen].T)
        self.largest = float(np.nanmax(np.abs(self.weights))) if np.isfinite(self.weights).any() else 0.0

    @property
    def title(self) -> str:
        """The projection's name, the largest ``|w|``, the number of lesioned connections, and the order of senders without labels."""
        names = "" if self.has_names else f"{len(self.receivers):,} receivers without names, down the first column, then the next"
        order = "" if self.column_labels else f"senders in rows of {self.layout.wide}, from {self.senders[0]} at the top left"
        notes = [f"largest |w| {self.largest:.3g}", describe_lesions(int(self.is_lesioned.sum()), self.count), order, names]
        return f"{self.projection.name}   ({'; '.join(note for note in notes if note)})"

    @property
    def has_names(self) -> bool:
        """Whether the blocks are few enough to be named."""
        return len(self.receivers) <= MAX_NAMED_BLOCKS

    @property
    def column_labels(self) -> list[str]:
        """The labels of the senders in each column; empty if there are too many rows."""
        if self.layout.high > MAX_LABELLED_ROWS:
            return []
        return [" · ".join(self.senders[column :: self.layout.wide]) for column in range(self.layout.wide)]

    def new_axes(self) -> Axes:
        """Return axes in a new figure with room for the names."""
        wide, high = self.layout.size
        below, above, beside = text_width(self.column_labels) + 0.45, 0.35, 0.15
        cell = min(CELL_INCHES, (MAX_INCHES - 2 * beside) / wide, (MAX_INCHES - below - above) / high)
        width = max(cell * wide, 3.4, text_width([self.title], 9.0)) + 2 * beside
        height = cell * high + below + above
        figure = new_figure(width, height, layout=None)
        figure.text(beside / width, 0.1 / height, SQUARES_LEGEND, fontsize=7)
        return figure.add_axes((beside / width, below / height, cell * wide / width, cell * high / height))

    def draw(self, axes: Axes, full_scale: float | None) -> None:
        """Draw the cells, the weights and the names. `full_scale` is the weight that fills its cell; the default is the largest."""
        wide, high = self.layout.size
        axes.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5), aspect="equal")
        cell = min(inches / cells for inches, cells in zip(size_in_inches(axes), (wide, high), strict=True))
        for number in range(len(self.receivers) if self.has_names else 0):
            self._draw_block(axes, number, cell)
        if not self.has_names:
            draw_cells(axes, *self.layout.positions(*np.nonzero(np.ones_like(self.is_lesioned))), side=1.0)
        is_intact = ~np.isnan(self.weights)
        draw_weights(axes, *self.layout.positions(*np.nonzero(is_intact)), self.weights[is_intact], full_scale or self.largest or 1.0)
        draw_crosses(axes, *self.layout.positions(*np.nonzero(self.is_lesioned)))
        note = self._label_columns(axes, cell)
        axes.set_title(self.title, fontsize=9, loc="left")
        append_to_title(axes, note)
        axes.spines[:].set_visible(False)
        axes.set_yticks([])

    def _draw_block(self, axes: Axes, number: int, cell: float) -> None:
        """Draw the grey rows of a block and the name above it; `cell` is the side of a cell in inches."""
        from matplotlib.patches import Rectangle

        left, top = self.layout.corner(number)
        for row, length in enumerate(self.layout.row_lengths):
            axes.add_patch(Rectangle((left - 0.5, top + row - 0.5), length, 1, facecolor=CELL_COLOUR, linewidth=0))
        name, points = self._name_that_fits(self.receivers[number], cell)
        axes.text(left - 0.4, top - 0.65, name, fontsize=points, va="bottom")

    def _label_columns(self, axes: Axes, cell: float) -> str:
        """Label the columns below the lowest blocks, and return a note on labels left out."""
        points, step = font_size_and_step(cell)
        places, labels = [], []
        for block in range(self.layout.across):
            places += [block * (self.layout.wide + GAP_ACROSS) + column for column in range(len(self.column_labels))[::step]]
            labels += self.column_labels[::step]
        axes.set_xticks(places, labels, rotation=90, fontsize=points)
        axes.tick_params(length=0)
        return "" if step == 1 or not self.column_labels else f"every {ordinal(step)} column labelled"

    def _name_that_fits(self, unit: Unit, cell: float) -> tuple[str, float]:
        """Return the longest of name with bias, name and label that is not wider than the block, and its font size."""
        points = min(FONT_SIZE, max(MIN_FONT_SIZE, 72 * cell * 0.8))
        names = [f"{unit.name}{_bias_text(unit)}", unit.name, unit.label]
        fitting = [name for name in names if text_width([name], points) < cell * (self.layout.wide + 0.6 * GAP_ACROSS)]
        return (fitting or [unit.label])[0], points


def _resolve_receivers(projection: Projection, receivers: Sequence[str | int | Unit] | None) -> list[Unit]:
    """Return the receiving units that a user named.

    Raises
    ------
    UnknownNameError
        If one is not a receiver of the projection.
    DataError
        If there are none.
    """
    units = list(projection.receiver)
    if receivers is None:
        return units
    by_name = {str(unit.index): unit for unit in units} | {unit.label: unit for unit in units} | {unit.name: unit for unit in units}
    chosen = []
    for given in receivers if isinstance(receivers, Iterable) and not isinstance(receivers, str) else [receivers]:
        name = str(getattr(given, "name", given))
        if name not in by_name:
            raise unknown_name(f"receiver of {projection.name}", name, [unit.name for unit in units])
        chosen.append(by_name[name])
    if not chosen:
        raise DataError(f"weight_blocks.receivers: needs at least one unit of {projection.receiver.name} (got none)")
    return chosen


def _bias_text(unit: Unit) -> str:
    for connection in unit.incoming:
        if connection.sender.group.role == "bias":
            return f"   bias {connection.weight.value:.3g}".replace("-", "−")
    return ""
