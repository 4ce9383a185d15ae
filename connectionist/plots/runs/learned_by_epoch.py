"""How many of the runs of each condition have learned, over epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.plots.figure import axes_or_new, by_label, hide_frame, line_styles, literal_text
from connectionist.utils.finite_list import finite_list

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMED = 12  # conditions with a name beside the figure


@literal_text
def learned_by_epoch(epochs: Mapping[str, Sequence[float]], axes: Axes | None = None) -> Axes:
    """Draw the percentage of runs that have learned by each epoch, with a line for each condition.

    Parameters
    ----------
    epochs : dict of str to sequence of float
        For each condition by its label, the epoch at which each run had learned; NaN for a run that has not.
    axes : Axes, optional
        Axes to draw into; by default those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If no run has learned.

    Examples
    --------
    >>> axes = learned_by_epoch({"0.1": [30, 40, float("nan"), 50]})
    >>> axes.lines[0].get_ydata().tolist()
    [0.0, 25.0, 50.0, 75.0, 75.0]
    """
    given = by_label(epochs, "learned_by_epoch.epochs", "the last epoch of each run, NaN if it did not learn")
    ends = {label: np.asarray(finite_list(some, f"learned_by_epoch.epochs[{label!r}]"), dtype=float) for label, some in given.items()}
    last = max((float(some[np.isfinite(some)].max()) for some in ends.values() if np.isfinite(some).any()), default=None)
    if last is None:
        raise ParameterError("learned_by_epoch.epochs: must have a run that has learned (got none)")
    axes = axes_or_new(axes, 6, 3.5)
    for (label, some), style in zip(ends.items(), line_styles(len(ends)), strict=True):
        reached = np.sort(some[np.isfinite(some)])
        percent = 100 * np.arange(len(reached) + 1) / max(1, len(some))
        axes.plot([0, *reached, last], [*percent, percent[-1]], drawstyle="steps-post", label=label, **style)
    axes.set(xlabel="epoch", ylabel="learned, %", ylim=(-2, 102))
    hide_frame(axes)
    add_names(axes, list(ends))
    return axes


def add_names(axes: Axes, names: Sequence[str]) -> None:
    """Add a legend of the lines beside the figure, unless they are too many."""
    if 1 < len(names) <= MOST_NAMED:
        beside: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1, 0.5), "frameon": False}
        axes.legend(axes.lines, names, fontsize=8, **beside)  # with lines, or a label that begins with "_" would be missing
