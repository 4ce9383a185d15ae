"""Learning curves of several runs in one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectionist.plots.squares import new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DECADES = 50.0  # as for a single curve
FAINT = 0.35


def learning_curves(logs: Mapping[str, Sequence[pd.DataFrame]], axes: Axes | None = None) -> Axes:
    """Draw the error over epochs of several runs, each in a colour; runs with several seeds are as many thin lines of one colour.

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
    axes = axes or new_figure(7, 4).add_subplot()
    colours = ["black"] if len(logs) == 1 else [f"C{number % 10}" for number in range(len(logs))]
    for colour, (name, of_seeds) in zip(colours, logs.items(), strict=True):
        width, alpha = (0.8, FAINT) if len(of_seeds) > 1 else (1.3, 1.0)
        for number, log in enumerate(of_seeds):
            label = name if number == 0 else None
            axes.plot(log["epoch"], log["error"], color=colour, label=label, linewidth=width, alpha=alpha)
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)")
    axes.set_xlim(left=0)
    _scale(axes, [log for of_seeds in logs.values() for log in of_seeds])
    axes.spines[["top", "right"]].set_visible(False)
    if len(logs) > 1:
        legend = axes.legend(frameon=False)
        for line in legend.get_lines():
            line.set(alpha=1.0, linewidth=1.5)
    return axes


def _scale(axes: Axes, logs: Sequence[pd.DataFrame]) -> None:
    """Draw errors that fall by decades on a logarithmic scale."""
    errors = [float(error) for log in logs for error in (log["error"].min(), log["error"].max()) if error == error]  # noqa: PLR0124
    if errors and 0 < min(errors) * DECADES < max(errors):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
