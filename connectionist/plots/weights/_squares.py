"""Squares of a Hinton diagram: white is positive, black negative, the area is proportional to ``|w|``, on grey cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

CELL_INCHES = 0.26
CELL_COLOUR = "0.62"
CROSS_COLOUR = "0.35"
SQUARES_LEGEND = "white: positive   black: negative   area: |w|"
GREY_LEVELS_LEGEND = "white: positive   black: negative   grey level: w"
MAX_SQUARES = 60_000  # limit: more squares are unreadable and slow


def draw_cells(axes: Axes, rows: Array, columns: Array, side: float = 0.96) -> None:
    """Draw a grey cell for each connection; `side` is its side as a fraction of the distance of two cells."""
    _draw_squares(axes, rows, columns, np.full(len(rows), side), CELL_COLOUR)


def draw_weights(axes: Axes, rows: Array, columns: Array, values: Array, full_scale: float) -> None:
    """Draw a square for each weight; one of size `full_scale` or larger fills its cell."""
    sides = 0.82 * np.sqrt(np.minimum(np.abs(values) / full_scale, 1.0))
    _draw_squares(axes, rows, columns, sides, np.repeat((values > 0).astype(float), 3).reshape(-1, 3))


def draw_crosses(axes: Axes, rows: Array, columns: Array) -> None:
    """Cross out the cells of lesioned connections."""
    from matplotlib.collections import LineCollection

    if not len(rows):
        return
    arm = 0.3
    ends = np.array([[[-arm, -arm], [arm, arm]], [[-arm, arm], [arm, -arm]]])
    centres = np.stack([columns, rows], axis=1)[:, np.newaxis, np.newaxis, :]
    axes.add_collection(LineCollection(list((centres + ends).reshape(-1, 2, 2)), colors=CROSS_COLOUR, linewidths=0.8))


def describe_lesions(lesioned: int, count: int, how: str = "crossed out") -> str:
    """Return the number of lesioned connections as text for a title; empty if there are none."""
    return f"{lesioned:,} of {count:,} lesioned, {how}" if lesioned else ""


def draw_grey_levels(axes: Axes, weights: Array, full_scale: float) -> None:
    """Draw weights [row, column] as grey levels; NaN is left blank."""
    axes.imshow(np.ma.masked_invalid(weights), cmap="gray", vmin=-full_scale, vmax=full_scale, interpolation="nearest", aspect="equal")


def _draw_squares(axes: Axes, rows: Array, columns: Array, sides: Array, colours: Array | str) -> None:
    """Draw squares of one colour, or of a colour each, as one collection, which is fast for many squares."""
    from matplotlib.collections import PolyCollection

    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    centres = np.stack([columns, rows], axis=1)[:, np.newaxis, :]
    shapes: Any = centres + corners * sides[:, np.newaxis, np.newaxis]  # matplotlib takes an array much faster than a list
    axes.add_collection(PolyCollection(shapes, facecolors=colours, linewidths=0))
