"""Heat maps: grey levels for numbers of at least 0, red and blue if there are negative numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plots.figure import size_in_inches

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

BAR_INCHES = 0.14  # width of the colour scale, which is as high as the heat map
CELL_INCHES, MAX_INCHES = 0.22, 14.0  # side of a cell, and of all cells together; cells shrink if there are many


def draw_heatmap(axes: Axes, table: Array, full_scale: float = 0.0) -> Any:
    """Draw a heat map of numbers [row, column] and return the image. NaN is hatched.

    Parameters
    ----------
    axes : Axes
    table : array [row, column]
    full_scale : float
        Number drawn in the darkest colour; the largest absolute value if that is larger.
    """
    finite = table[np.isfinite(table)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    limit = max(full_scale, high, -low) or 1.0
    style: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit} if low < 0 else {"cmap": "gray_r", "vmin": 0.0, "vmax": limit}
    axes.patch.set(facecolor="white", edgecolor="0.7", hatch="////", linewidth=0)
    return axes.imshow(np.ma.masked_invalid(table), aspect="auto", interpolation="nearest", **style)


def add_colour_bar(axes: Axes, image: Any, label: str) -> None:
    """Draw the colour scale beside a heat map, as high as the map."""
    figure: Any = axes.get_figure()
    fraction = BAR_INCHES / max(1.0, size_in_inches(axes)[0])
    if figure.get_layout_engine() is None:  # nothing makes room beside the axes
        bar = figure.colorbar(image, ax=axes, label=label, fraction=fraction, pad=fraction)
        bar.ax.set_box_aspect(None)
    else:
        bar = figure.colorbar(image, cax=axes.inset_axes((1 + 0.7 * fraction, 0.0, fraction, 1.0)), label=label)
    bar.ax.tick_params(labelsize=8)
