"""Tables of numbers with names on both sides, as cells: distances, similarities, confusions, correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, squeeze_except, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.plots.activity._heatmap import CELL, MOST, add_scale, draw_cells
from connectionist.plots.figure import POINTS, add_to_title, name_ticks, own_axes, size_in_inches, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

FEW = 24  # rows or columns; counts stand in the cells of tables with no more


def matrix(table: Any, axes: Axes | None = None, title: str = "", label: str = "") -> Axes:
    """Draw a table as cells, the darker the higher; with negative numbers, red for positive and blue for negative.

    Parameters
    ----------
    table : DataFrame, DataArray or array_like [row, column]
        As ``cn.analysis`` returns distances, similarities, confusions and correlations of units with properties.
    axes : Axes, optional
        Where to draw; a figure of its own unless given.
    title : str
    label : str
        What the numbers are, beside the colours.

    Returns
    -------
    Axes
        Rows from top to bottom. Whole numbers, as counts, are written into the cells of a table of at most 24 rows and columns; NaN is
        hatched.

    Raises
    ------
    DataError
        When it is no table of numbers, or an empty one.

    Examples
    --------
    >>> from connectionist import analysis
    >>> axes = matrix(analysis.distances([[0, 0], [3, 4]], names=["here", "there"]), label="distance")
    >>> [name.get_text() for name in axes.get_yticklabels()]
    ['here', 'there']
    """
    found, kinds = _table(table)
    down, across = (label_texts(found, str(dim)) for dim in found.dims)
    height, width = (length * min(1.4 * CELL, MOST / length) for length in found.shape)
    axes = own_axes(axes, max(3.0, width + width_of(down) + 1.5), max(2.2, height + width_of(across) + 0.6))
    image = draw_cells(axes, found.values)
    axes.set(xlabel=kinds[1], ylabel=kinds[0])
    axes.set_title(title, fontsize=9, loc="left")
    room = [inches / length for inches, length in zip(size_in_inches(axes), found.shape[::-1], strict=True)]
    left_out = name_ticks(axes.xaxis, across, room[0], kinds[1] or "column", rotation=90 if width_of(across) > 0.75 * room[0] else 0)
    add_to_title(axes, left_out, name_ticks(axes.yaxis, down, room[1], kinds[0] or "row"))
    _count(axes, found.values)
    add_scale(axes, image, label)
    return axes


def _table(given: Any) -> tuple[DataArray, list[str]]:
    """Return a table with its names, and what its rows and columns are."""
    dims: tuple[str, ...] = ("row", "column")
    kinds = ["", ""]
    if is_data_array(given):
        table = squeeze_except(given, ()) if given.ndim > 2 else given
        dims = tuple(map(str, table.dims)) if table.ndim == 2 else dims
        kinds = [*dims] if table.ndim == 2 else kinds
        given = table
    elif hasattr(given, "columns"):
        kinds = [str(axis.name or "") for axis in (given.index, given.columns)]
    return with_dimensions(given, "matrix, table", dims), kinds


def _count(axes: Axes, table: Array) -> None:
    """Write counts into their cells, in white where those are dark; no zeros."""
    if max(table.shape) > FEW or not np.isfinite(table).all() or (table != np.round(table)).any():
        return
    most = float(np.abs(table).max()) or 1.0
    for row, column in np.argwhere(table != 0).tolist():
        value = float(table[row, column])
        colour = "white" if abs(value) > 0.55 * most else "black"
        axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=POINTS, color=colour)
