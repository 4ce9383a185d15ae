"""Trajectories of sequences along the principal components of activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.plots.figure import add_legend, append_to_title, axes_or_new, hide_frame, line_styles, literal_text
from connectionist.plots.space._plane import to_plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

SHAPES = (("case", "tick", "unit"), ("tick", "unit"), ("case", "epoch", "unit"), ("epoch", "unit"))
MAX_NUMBERED = 60  # points in all; with more points, ticks are not written
MAX_DIRECTIONS = 2000  # points in all; with more points, the steps have no arrow heads, which are slow to draw
MAX_NAMED = 5  # cases without activations that the title names


@literal_text
def trajectories(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Sequence[str] | None = None,
    axes: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw activations from tick to tick, or from epoch to epoch, along two principal components.

    Elman (1991) drew the hidden activations of a network at each word of a sentence in this way. A ring is the first tick of a case, a
    square its last.

    Parameters
    ----------
    values : Components, DataArray, Recording or array_like [case, tick, unit] or [tick, unit]
        Vectors, whose principal components are computed over all cases and ticks; or coordinates: a result of
        ``cn.analysis.principal_components``, its ``scores``, or what its ``project`` returns. A DataArray or a recording may have epochs
        instead of ticks. A tick at which all units are NaN is not drawn.
    components : pair of int
        Two different components, numbered from 1.
    labels : sequence of str, optional
        Label of each case. The default is the coordinates, or numbers from 0.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 6.5 by 5 inches.
    title : str

    Returns
    -------
    Axes
        Each axis has the percentage of the variance over all cases and ticks, if it is known. Ticks are written beside at most 60 points.

    Raises
    ------
    DataError
        If the dimensions are not allowed, if there are no two ticks whose activations differ, if some but not all activations of a tick
        are NaN, or if there is not one label for each case.
    ParameterError
        If there is no such component.

    References
    ----------
    J. L. Elman (1991), Distributed representations, simple recurrent networks, and grammatical structure, *Machine Learning* 7, 195–225.

    Examples
    --------
    >>> axes = trajectories([[[0.0, 0.0], [1.0, 0.0], [1.0, 0.2]], [[0.0, 0.0], [-1.0, 0.0], [-1.0, 0.2]]], labels=["up", "down"])
    >>> axes.get_xlabel()
    'principal component 1 (99 % of the variance)'
    """
    plane = to_plane(values, components, "trajectories", SHAPES)
    points, time = plane.points, str(plane.table.dims[-2])
    names = label_texts(plane.table, "case") if labels is None else [*map(str, one_per_case(labels, len(points), "trajectories.labels"))]
    axes = axes_or_new(axes, 6.5, 5)
    count = int(np.isfinite(points[..., 0]).sum())
    times = label_texts(plane.table, time) if count <= MAX_NUMBERED else []
    has_directions = count <= MAX_DIRECTIONS
    lines = []
    for case, style in zip(points, line_styles(len(points)), strict=True):
        lines += _draw_trajectory(axes, case, style, times, has_directions=has_directions)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.margins(0.08)
    note = add_legend(axes, lines, names)
    missing = [name for name, case in zip(names, points, strict=True) if not np.isfinite(case).any()]
    missing_note = f"no activations: {', '.join(missing[:MAX_NAMED])}" if missing else ""
    append_to_title(axes, f"ring: first {time}, square: last", note, missing_note)
    hide_frame(axes)
    return axes


def _draw_trajectory(axes: Axes, points: Array, style: dict[str, Any], times: list[str], *, has_directions: bool) -> list[Any]:
    """Draw the trajectory of one case [tick, 2] with its marks, and return its line. `times` is empty if none are to be written."""
    is_present = np.isfinite(points[:, 0])
    present = points[is_present]
    lines = axes.plot(present[:, 0], present[:, 1], linewidth=1.1, marker=".", markersize=4, **style)
    if not len(present):
        return lines
    mark = {"color": style["color"], "linestyle": "none", "markersize": 7}
    axes.plot(*present[0], marker="o", markerfacecolor="white", **mark)
    axes.plot(*present[-1], marker="s", **mark)
    if has_directions:
        _draw_directions(axes, present, style["color"])
    for time, point in zip(np.asarray(times)[is_present] if times else [], present, strict=False):
        axes.annotate(str(time), point, (4, 4), textcoords="offset points", fontsize=6, color=style["color"])
    return lines


def _draw_directions(axes: Axes, points: Array, colour: Any) -> None:
    """Draw an arrow head near the middle of each step that moves."""
    steps = np.diff(points, axis=0)
    arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 0, "mutation_scale": 9}
    for head, step in zip(points[:-1] + 0.55 * steps, steps, strict=True):
        if step.any():
            axes.annotate("", head, head - 0.01 * step, arrowprops=arrow)
