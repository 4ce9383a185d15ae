"""Distributions of a measure over runs, by condition: each run as a dot, with a box of the quartiles and the median."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import ParameterError
from connectionist.plots.figure import (
    COLOURS,
    append_to_title,
    axes_or_new,
    by_label,
    hide_frame,
    label_ticks,
    literal_text,
    size_in_inches,
    text_width,
)
from connectionist.utils.finite_list import finite_list

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, MOST_DOTS = 0.32, 2000  # half the width of the strip of dots; dots of one condition
INCHES = 0.8  # of width for a condition
LEAST_RANGE = 0.1  # of the axis of values, as a part of the largest number
LETTERS = 45  # of a line of the label of values
ROTATED_FROM = 0.7  # width of a label in inches above which labels are vertical


@literal_text
def distributions(
    values: Mapping[str, Sequence[float]],
    axis: str = "",
    over: str = "",
    title: str = "",
    axes: Axes | None = None,
    *,
    published: Mapping[str, float] | None = None,
) -> Axes:
    """Draw the distribution of a measure over the runs of each condition.

    Parameters
    ----------
    values : dict of str to sequence of float
        For each condition by its label, the value of each run.
    axis, over : str
        Labels of the axis of values and of that of conditions.
    title : str
    axes : Axes, optional
        Axes to draw into; by default those of a new figure, whose width depends on the number of conditions.
    published : dict of str to float, optional
        Published value of some conditions, by their label, which is drawn as a diamond.

    Returns
    -------
    Axes
        For each condition one dot per run, at most 2,000, and a box from the first to the third quartile with a line at the median.

    Raises
    ------
    ParameterError
        If there is no value.

    Examples
    --------
    >>> axes = distributions({"0.1": [3, 4, 5], "0.5": [1, 2]}, "epochs", "rate")
    >>> axes.get_xlabel(), [tick.get_text() for tick in axes.get_xticklabels()]
    ('rate', ['0.1', '0.5'])
    """
    given = by_label(values, "distributions.values", "numbers")
    numbers = {label: np.asarray(finite_list(some, f"distributions.values[{label!r}]"), dtype=float) for label, some in given.items()}
    if not any(len(some) for some in numbers.values()):
        raise ParameterError("distributions.values: must have at least one value (got none)")
    axes = axes_or_new(axes, max(3.0, 1.5 + INCHES * len(numbers)), 4)
    left_out = 0
    for place, some in enumerate(numbers.values()):
        finite = some[np.isfinite(some)]
        left_out += max(0, len(finite) - MOST_DOTS)
        if len(finite):
            _draw_condition(axes, place, finite)
    _draw_published(axes, [*numbers], published or {})
    axes.margins(y=0.06)  # so that no dot is cut at the edge
    axes.use_sticky_edges = False
    _widen(axes)
    axes.set(xlabel=over, ylabel=textwrap.fill(axis, LETTERS), xlim=(-0.6, len(numbers) - 0.4), title=title)
    hide_frame(axes)
    spacing = size_in_inches(axes)[0] / len(numbers)
    is_wide = text_width(list(numbers)) > min(spacing, ROTATED_FROM)
    note = label_ticks(axes.xaxis, list(numbers), spacing, "condition", rotation=90 if is_wide else 0)
    append_to_title(axes, note, f"{left_out:,} runs without a dot" if left_out else "")
    return axes


def _widen(axes: Axes) -> None:
    """Let the axis of values have at least a tenth of the largest number, so that equal or nearly equal values look like it."""
    low, high = axes.get_ylim()
    lacking = LEAST_RANGE * max(abs(low), abs(high)) - (high - low)
    if lacking > 0:
        axes.set_ylim(low - lacking / 2, high + lacking / 2)


def _draw_published(axes: Axes, labels: list[str], published: Mapping[str, float]) -> None:
    places = [(place, published[label]) for place, label in enumerate(labels) if label in published and np.isfinite(published[label])]
    if places:
        axes.plot(*zip(*places, strict=True), "D", color=COLOURS[3], markersize=6, zorder=4, label="published")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def _draw_condition(axes: Axes, place: int, values: np.ndarray) -> None:
    """Draw the box and the dots of one condition. Dots are beside one another by their rank, so that no random number is needed."""
    q1, median, q3 = np.percentile(values, [25, 50, 75])
    axes.bar(place, q3 - q1, 2 * WIDTH, q1, facecolor="0.92", edgecolor="0.5", linewidth=0.8, zorder=1)
    axes.plot([place - WIDTH, place + WIDTH], [median, median], color=COLOURS[1], linewidth=1.5, zorder=3)
    shown = np.sort(values)[:: -(-len(values) // MOST_DOTS)]
    spread = (np.arange(len(shown)) * 0.618034) % 1.0  # multiples of the golden ratio are evenly spread
    axes.plot(place + WIDTH * 1.6 * (spread - 0.5), shown, ".", color=COLOURS[2], markersize=4, alpha=0.7, zorder=2)
