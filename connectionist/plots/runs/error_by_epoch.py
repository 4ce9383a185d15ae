"""Learning curves of many runs by condition: the median error over epochs, and its quartiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from connectionist.errors import ParameterError
from connectionist.plots.figure import COLOURS, axes_or_new, by_label, hide_frame, line_styles, literal_text, new_figure, shorten_end
from connectionist.plots.runs.learned_by_epoch import add_names
from connectionist.plots.runs.learning_curve import set_error_scale

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curves: TypeAlias = "Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]]"
MOST_BANDS = 6  # conditions that have a band of their quartiles
PANEL_INCHES, LETTERS_OF_PANEL = 2.0, 30


@literal_text
def error_by_epoch(curves: Curves, axes: Axes | None = None) -> Axes:
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
    drawn = _quartiles(curves)
    axes = axes_or_new(axes, 6, 3.5)
    for curve, style in zip(drawn.values(), line_styles(len(drawn)), strict=True):
        _draw_condition(axes, curve, style, has_band=len(drawn) <= MOST_BANDS)
    set_error_scale(axes, [quartiles for _, quartiles in drawn.values()])
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)")
    hide_frame(axes)
    add_names(axes, list(drawn))
    return axes


@literal_text
def error_panels(curves: Curves) -> Figure:
    """Draw the median error over epochs and its quartiles, in axes for each condition, with the other medians in grey.

    Parameters and errors are those of `error_by_epoch`.
    """
    drawn = _quartiles(curves)
    columns = min(4 if len(drawn) > 9 else 3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure = new_figure(PANEL_INCHES * columns, PANEL_INCHES * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for number, ((label, curve), axes) in enumerate(zip(drawn.items(), grid.flat, strict=False)):
        for epochs, (_, median, _) in drawn.values():
            axes.plot(epochs, median, color="0.8", linewidth=0.7)
        _draw_condition(axes, curve, {"color": COLOURS[2]}, has_band=True)
        axes.tick_params(labelbottom=number + columns >= len(drawn), labelsize=8)
        axes.set_title(shorten_end(label, LETTERS_OF_PANEL), fontsize=8)
        hide_frame(axes)
    for axes in grid.flat[len(drawn) :]:
        axes.set_axis_off()
    set_error_scale(grid[0, 0], [quartiles for _, quartiles in drawn.values()])
    figure.supxlabel("epoch", fontsize=9)
    figure.supylabel("error (summed over the examples)", fontsize=9)
    return figure


def _quartiles(curves: Curves) -> dict[str, tuple[Any, Any]]:
    """Return for each condition with runs the epochs, and the quartiles of the error [quartile, epoch]."""
    curves = by_label(curves, "error_by_epoch.curves", "epochs and the errors of each run")
    given = {label: (np.asarray(epochs), np.asarray(errors, dtype=float)) for label, (epochs, errors) in curves.items()}
    drawn = {label: (epochs, np.percentile(errors, [25, 50, 75], axis=0)) for label, (epochs, errors) in given.items() if errors.size}
    if not drawn:
        raise ParameterError("error_by_epoch.curves: must have a run (got none)")
    return drawn


def _draw_condition(axes: Axes, curve: tuple[Any, Any], style: Mapping[str, Any], *, has_band: bool) -> None:
    epochs, (q1, median, q3) = curve
    axes.plot(epochs, median, marker="o" if len(epochs) == 1 else "", **style)
    if has_band:
        axes.fill_between(epochs, q1, q3, color=style["color"], alpha=0.15, linewidth=0)
