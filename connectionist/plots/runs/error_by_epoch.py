"""Learning curves of many runs by condition: the median error over epochs, and its quartiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError
from connectionist.plots.figure import axes_or_new, hide_frame, line_styles, literal_text
from connectionist.plots.runs.learned_by_epoch import add_names
from connectionist.plots.runs.learning_curve import set_error_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BANDS = 6  # conditions that have a band of their quartiles


@literal_text
def error_by_epoch(curves: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]], axes: Axes | None = None) -> Axes:
    """Draw the median error over epochs, with a line for each condition, and the quartiles as a band if there are up to six conditions.

    The scale is logarithmic if the error falls by more than a factor of 50.

    Parameters
    ----------
    curves : dict of str to (array [epoch], array [run, epoch])
        For each condition by its label, epochs, and the error of each run in them.
    axes : Axes, optional
        Axes to draw into; by default those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there is no run.

    Examples
    --------
    >>> axes = error_by_epoch({"0.1": ([1, 2, 3], [[3.0, 2.0, 1.0], [3.0, 1.5, 0.5], [3.0, 2.5, 2.0]])})
    >>> axes.lines[0].get_ydata().tolist()
    [3.0, 2.0, 1.0]
    """
    given = {str(label): (np.asarray(epochs), np.asarray(errors, dtype=float)) for label, (epochs, errors) in dict(curves).items()}
    drawn = {label: (epochs, np.percentile(errors, [25, 50, 75], axis=0)) for label, (epochs, errors) in given.items() if errors.size}
    if not drawn:
        raise ParameterError("error_by_epoch.curves: must have a run (got none)")
    axes = axes_or_new(axes, 6, 3.5)
    styles: list[dict[str, Any]] = line_styles(len(drawn))
    for (label, (epochs, (q1, median, q3))), style in zip(drawn.items(), styles, strict=True):
        axes.plot(epochs, median, label=label, marker="o" if len(epochs) == 1 else "", **style)
        if len(drawn) <= MOST_BANDS:
            axes.fill_between(epochs, q1, q3, color=style["color"], alpha=0.15, linewidth=0)
    set_error_scale(axes, [quartiles for _, quartiles in drawn.values()])
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)")
    hide_frame(axes)
    add_names(axes, list(drawn))
    return axes
