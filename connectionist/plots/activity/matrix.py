"""Tables with labelled rows and columns as heat maps: distances, similarities, confusions, correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, squeeze_except, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.plots.activity._heatmap import CELL_INCHES, MAX_INCHES, add_colour_bar, draw_heatmap
from connectionist.plots.figure import FONT_SIZE, append_to_title, axes_or_new, label_ticks, literal_text, size_in_inches, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

MAX_WITH_COUNTS = 24  # rows or columns; counts would not be readable in the cells of larger tables


@literal_text
def matrix(table: Any, axes: Axes | None = None, title: str = "", label: str = "", *, full_scale: float = 0.0) -> Axes:
    """Draw a table as a heat map, darker for higher numbers.

    If a number is negative, positive numbers are red and negative ones blue. NaN is hatched.

    Parameters
    ----------
    table : DataFrame, DataArray or array_like [row, column]
        For example distances, similarities, confusions or correlations from ``cn.analysis``. A DataArray may have further dimensions of
        length 1.
    axes : Axes, optional
        Axes to draw into. The default is a new figure, whose size depends on the number of cells.
    title : str
    label : str
        Label of the colour bar.
    full_scale : float
        Number drawn in the darkest colour, such as 100 for percentages; the largest absolute value if that is larger.

    Returns
    -------
    Axes
        Rows run from top to bottom. If all numbers are whole, such as counts, and there are at most 24 rows and columns, the numbers
        other than 0 are written into the cells.

    Raises
    ------
    DataError
        If the table is not numbers [row, column], or if it is empty.

    Examples
    --------
    >>> from connectionist import analysis
    >>> axes = matrix(analysis.distances([[0, 0], [3, 4]], names=["here", "there"]), label="distance")
    >>> [name.get_text() for name in axes.get_yticklabels()]
    ['here', 'there']
    """
    array, (row_noun, column_noun) = _read_table(table)
    rows, columns = (label_texts(array, str(dim)) for dim in array.dims)
    height, width = (length * min(1.4 * CELL_INCHES, MAX_INCHES / length) for length in array.shape)
    axes = axes_or_new(axes, max(3.0, width + text_width(rows) + 1.5), max(2.2, height + text_width(columns) + 0.6))
    image = draw_heatmap(axes, array.values, full_scale)
    axes.set(xlabel=column_noun, ylabel=row_noun)
    axes.set_title(title, fontsize=9, loc="left")
    across, down = (inches / length for inches, length in zip(size_in_inches(axes), array.shape[::-1], strict=True))
    rotation = 90 if text_width(columns) > 0.75 * across else 0
    note = label_ticks(axes.xaxis, columns, across, column_noun or "column", rotation=rotation)
    append_to_title(axes, note, label_ticks(axes.yaxis, rows, down, row_noun or "row"))
    _write_counts(axes, array.values, full_scale)
    add_colour_bar(axes, image, label)
    return axes


def _read_table(table: Any) -> tuple[DataArray, list[str]]:
    """Return the table as a labelled array, and the nouns for its rows and columns, empty if they are unknown."""
    dims: tuple[str, ...] = ("row", "column")
    nouns = ["", ""]
    if is_data_array(table):
        squeezed = squeeze_except(table, ()) if table.ndim > 2 else table
        if squeezed.ndim == 2:
            dims = tuple(map(str, squeezed.dims))
            nouns = [*dims]
    elif hasattr(table, "columns"):
        nouns = [str(axis.name or "") for axis in (table.index, table.columns)]
    return with_dimensions(table, "matrix.table", dims), nouns


def _write_counts(axes: Axes, table: Array, full_scale: float) -> None:
    """Write whole numbers other than 0 into their cells, in white on dark cells."""
    if max(table.shape) > MAX_WITH_COUNTS or not np.isfinite(table).all() or (table != np.round(table)).any():
        return
    largest = max(float(np.abs(table).max()), full_scale) or 1.0
    for row, column in np.argwhere(table != 0).tolist():
        value = float(table[row, column])
        colour = "white" if abs(value) > 0.55 * largest else "black"
        axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=FONT_SIZE, color=colour)
