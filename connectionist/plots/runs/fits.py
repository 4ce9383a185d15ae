"""The figure of a fit: scores of model and people by condition, and the profile of each free parameter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plots.figure import (
    COLOURS,
    append_to_title,
    hide_frame,
    label_ticks,
    literal_text,
    new_figure,
    size_in_inches,
    text_width,
)
from connectionist.utils.visible_text import visible_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 3.6, 3.4  # inches of a profile
BY_CONDITION, WIDEST = 0.6, 9.0  # inches of the scores
COLUMNS = 3  # profiles beside one another
ROTATED_FROM = 0.5  # inches of a label above which labels are vertical
OFFSET = 0.12  # of model and people from the place of the condition


@literal_text
def fit_figure(
    scores: pd.DataFrame,
    trials: pd.DataFrame,
    profiles: Mapping[str, pd.DataFrame],
    best: Mapping[str, Any],
    bands: Mapping[str, tuple[float, float]],
    logarithmic: Collection[str],
) -> Figure:
    """Draw a fit.

    Parameters
    ----------
    scores, trials : DataFrame
        `Fit.scores` and `Fit.table`.
    profiles : dict of str to DataFrame
        `Fit.profile` of each free parameter.
    best : dict of str to object
        Best value of each.
    bands : dict of str to (float, float)
        Limits of its interval; parameters may be missing.
    logarithmic : collection of str
        Parameters with a logarithmic axis.
    """
    columns = min(COLUMNS, len(profiles))
    rows = -(-len(profiles) // columns)
    width = max(WIDTH * columns, min(WIDEST, 1.5 + BY_CONDITION * len(scores)))
    figure = new_figure(width, HEIGHT * (1 + rows))
    grid = figure.add_gridspec(1 + rows, columns)
    _draw_scores(figure.add_subplot(grid[0, :]), scores)
    for place, (name, profile) in enumerate(profiles.items()):
        axes = figure.add_subplot(grid[1 + place // columns, place % columns])
        _draw_profile(axes, name, trials, profile, best[name], bands.get(name), name in logarithmic)
    return figure


def _draw_scores(axes: Axes, scores: pd.DataFrame) -> None:
    places = np.arange(len(scores))
    for shift, name, colour, marker in ((-OFFSET, "people", COLOURS[0], "o"), (OFFSET, "model", COLOURS[1], "s")):
        values, low, high = (scores[column].to_numpy(dtype=float) for column in (name, f"{name} low", f"{name} high"))
        bars = np.nan_to_num(np.array([values - low, high - values]).clip(min=0))
        axes.errorbar(
            places + shift, values, bars if bars.any() else None, fmt=marker, color=colour, markersize=5, linewidth=1.2, label=name
        )
    hide_frame(axes)
    axes.set(ylabel="score", xlim=(-0.6, len(scores) - 0.4))
    names = [str(name) for name in scores.index]
    spacing = size_in_inches(axes)[0] / len(names)
    note = label_ticks(axes.xaxis, names, spacing, "condition", rotation=90 if text_width(names) > max(spacing, ROTATED_FROM) else 0)
    axes.legend(frameon=False, fontsize=8)
    append_to_title(axes, note)


def _draw_profile(
    axes: Axes, name: str, trials: pd.DataFrame, profile: pd.DataFrame, best: Any, band: tuple[float, float] | None, is_log: bool
) -> None:
    finished = trials[trials["distance"].notna()]
    across: Any = lambda values: values  # noqa: E731
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in trials[name]):
        labels = {repr(value): place for place, value in enumerate(dict.fromkeys([*profile[name], *trials[name]]))}
        across = lambda values: [labels[repr(value)] for value in values]  # noqa: E731
        label_ticks(axes.xaxis, [label.strip("'\"") for label in labels], size_in_inches(axes)[0] / len(labels), "choice")
    if is_log:
        _set_log_scale(axes)
    axes.plot(across(finished[name]), finished["distance"], ".", color="0.65", markersize=4, label="trials", zorder=1)
    axes.plot(across(profile[name]), profile["distance"], "-o", color=COLOURS[2], markersize=3.5, linewidth=1.4, label="smallest", zorder=3)
    axes.axvline(across([best])[0], color=COLOURS[1], linewidth=1.2, label="best", zorder=2)
    if band is not None and band[0] < band[1]:
        axes.axvspan(*band, color=COLOURS[1], alpha=0.15, linewidth=0, zorder=0, label="95 % interval")
    low, highest = finished["distance"].min(), max(profile["distance"].max(), finished["distance"].median())
    margin = 0.05 * (highest - low) or None
    if margin is not None:
        axes.set_ylim(low - margin, highest + margin)
    hide_frame(axes)
    axes.set(xlabel=visible_text(name), ylabel="distance")
    axes.legend(frameon=False, fontsize=7)


def _set_log_scale(axes: Axes) -> None:
    """Give the horizontal axis a logarithmic scale with labels at 1, 2 and 5 times the powers of 10, as plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
