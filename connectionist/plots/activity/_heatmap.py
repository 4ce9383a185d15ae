"""Numbers as cells, the darker the higher; with negative ones, red for positive and blue for negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

CELL, MOST = 0.22, 14.0  # inches: the side of a cell, and of all cells together, which are smaller where there are many


def draw_cells(axes: Axes, table: Array, full: float = 0.0) -> Any:
    """Draw a cell for each number [row, column], NaN hatched, and return the image.

    Parameters
    ----------
    axes : Axes
    table : array
    full : float
        What is to be black at least; the largest number, where that is larger.
    """
    finite = table[np.isfinite(table)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    most = max(full, high, -low) or 1.0
    how: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -most, "vmax": most} if low < 0 else {"cmap": "gray_r", "vmin": 0.0, "vmax": most}
    axes.patch.set(facecolor="white", edgecolor="0.7", hatch="////", linewidth=0)
    return axes.imshow(np.ma.masked_invalid(table), aspect="auto", interpolation="nearest", **how)


def add_scale(axes: Axes, image: Any, label: str) -> None:
    """Draw what the colours mean beside the cells."""
    figure: Any = axes.get_figure()
    bar = figure.colorbar(image, ax=axes, label=label, fraction=0.05, pad=0.02, aspect=25)
    bar.ax.tick_params(labelsize=8)
