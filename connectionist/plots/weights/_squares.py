"""Squares for weights: white is positive, black negative, the area as large as the weight, on grey cells (a Hinton diagram)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

CELL = 0.26  # inches, the side of a cell
GREY = "0.62"
CROSS = "0.35"
LEGEND = "white: positive   black: negative   area: size"
LEVELS_LEGEND = "white: positive   black: negative   grey level: size"
MOST_SQUARES = 60_000  # more cells than that are too small for squares, and many for a collection


def draw_cells(axes: Axes, rows: Array, columns: Array, side: float = 0.96) -> None:
    """Draw grey cells around some places, one for each connection."""
    _squares(axes, rows, columns, np.full(len(rows), side), GREY)


def draw_weights(axes: Axes, rows: Array, columns: Array, values: Array, full: float) -> None:
    """Draw a square for each weight; one of size `full` or more fills its cell."""
    sides = 0.88 * np.sqrt(np.minimum(np.abs(values) / full, 1.0))
    _squares(axes, rows, columns, sides, np.repeat((values > 0).astype(float), 3).reshape(-1, 3))


def draw_crosses(axes: Axes, rows: Array, columns: Array) -> None:
    """Cross out cells, those of lesioned connections."""
    from matplotlib.collections import LineCollection

    if not len(rows):
        return
    arm = 0.3
    ends = np.array([[[-arm, -arm], [arm, arm]], [[-arm, arm], [arm, -arm]]])
    centres = np.stack([columns, rows], axis=1)[:, np.newaxis, np.newaxis, :]
    axes.add_collection(LineCollection(list((centres + ends).reshape(-1, 2, 2)), colors=CROSS, linewidths=0.8))


def lesions_text(lesioned: int, count: int, how: str = "crossed out") -> str:
    """Return what a title says of lesioned connections; nothing when there are none."""
    return f"{lesioned:,} of {count:,} lesioned, {how}" if lesioned else ""


def draw_levels(axes: Axes, weights: Array, full: float) -> None:
    """Draw very many weights [row, column] as grey levels, NaN as the page."""
    axes.imshow(np.ma.masked_invalid(weights), cmap="gray", vmin=-full, vmax=full, interpolation="nearest", aspect="equal")


def _squares(axes: Axes, rows: Array, columns: Array, sides: Array, colours: Array | str) -> None:
    """Draw squares of one colour, or each of its own, all in one collection: a network may have very many."""
    from matplotlib.collections import PolyCollection

    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    centres = np.stack([columns, rows], axis=1)[:, np.newaxis, :]
    shapes = centres + corners * sides[:, np.newaxis, np.newaxis]
    every: Any = shapes  # as an array, which matplotlib takes much quicker than a list
    axes.add_collection(PolyCollection(every, facecolors=colours, linewidths=0))
