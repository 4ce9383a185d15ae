"""Learning curves of runs side by side, each run in a colour of its own, however many seeds it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectionist.plots.pages import line_styles, name_lines, own_axes, tidy

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DECADES = 50.0  # as for the curve of one run
FAINT = 0.5


def learning_curves(logs: Mapping[str, Sequence[pd.DataFrame]], axes: Axes | None = None) -> Axes:
    """Draw the error over epochs of several runs; one with several seeds is as many thin lines of one colour.

    Parameters
    ----------
    logs : dict of str to sequence of DataFrame
        By the name of the run: a log for each of its seeds, with the columns "epoch" and "error".
    axes : Axes, optional
        Where to draw; a new figure of 7 by 4 inches unless given.

    Returns
    -------
    Axes
    """
    axes = own_axes(axes, 7, 4)
    marks = []
    for style, of_seeds in zip(line_styles(len(logs)), logs.values(), strict=True):
        width, alpha = (0.8, FAINT) if len(of_seeds) > 1 else (1.3, 1.0)
        for log in of_seeds:
            axes.plot(log["epoch"], log["error"], linewidth=width, alpha=alpha, marker="o" if len(log) == 1 else "", **style)
        marks += axes.plot([], [], linewidth=1.3, **style)
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)")
    axes.set_xlim(left=0)
    _scale(axes, [log for of_seeds in logs.values() for log in of_seeds])
    name_lines(axes, marks, [f"{name}, {len(logs[name])} seeds" if len(logs[name]) > 1 else name for name in logs])
    tidy(axes)
    return axes


def _scale(axes: Axes, logs: Sequence[pd.DataFrame]) -> None:
    """Draw errors that fall by decades on a logarithmic scale."""
    errors = [float(error) for log in logs if len(log) for error in (log["error"].min(), log["error"].max())]
    if errors and 0 < min(errors) * DECADES < max(errors):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
