"""Trajectories of sequences along the principal components of activations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.errors import DataError
from connectionist.plots.figure import add_legend, append_to_title, axes_or_new, hide_frame, line_styles, literal_text
from connectionist.plots.space._categories import Categories
from connectionist.plots.space._plane import to_plane
from connectionist.plots.space._point_labels import PointLabels
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

SHAPES = (("case", "tick", "unit"), ("tick", "unit"), ("case", "epoch", "unit"), ("epoch", "unit"))
MAX_NUMBERED = 60  # points in all; with more points, ticks are not written
MAX_DIRECTIONS = 2000  # points in all; with more points, the steps have no arrow heads, which are slow to draw
MAX_AT_ENDS = 12  # lines; the labels of more are in a legend
MARGIN = 0.08  # of the axes, as a fraction of the extent of the points
MAX_NAMED = 5  # cases without activations that the title names


@literal_text
def trajectories(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Sequence[str] | None = None,
    axes: Axes | None = None,
    title: str = "",
    categories: Iterable[object] | None = None,
    symbols: Iterable[Any] | None = None,
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
    categories : iterable, optional
        Category of each case. Cases of one category have one colour, and the category an entry in the legend.
    symbols : sequence of str, or a sequence of sequences of str, optional
        What was presented at each tick, in the same order: for all cases, or for each case. It is written in place of the number of the
        tick. A case may have fewer symbols than ticks.

    Returns
    -------
    Axes
        Each axis has the percentage of the variance over all cases and ticks, if it is known. Ticks are written beside at most 60 points.
        The label of each case is at the end of its line; if they would overlap, they are in a legend.

    Raises
    ------
    DataError
        If the dimensions are not allowed, if there are no two ticks whose activations differ, if some but not all activations of a tick
        are NaN, or if there is not one label, category or sequence of symbols for each case.
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
    groups = Categories(categories, len(points), "trajectories.categories")
    axes = axes_or_new(axes, 6.5, 5)
    styles = line_styles(len(points)) if not groups.names else [groups.line_style(case) for case in range(len(points))]
    count = int(np.isfinite(points[..., 0]).sum())
    texts = _tick_texts(symbols, label_texts(plane.table, time), len(points)) if count <= MAX_NUMBERED else [[]] * len(points)
    lines = [_draw_trajectory(axes, *each, has_directions=count <= MAX_DIRECTIONS) for each in zip(points, styles, strict=True)]
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.margins(MARGIN)
    ends = [(case[-1], line, name) for case, line, name in zip(map(_present, points), lines, names, strict=True) if len(case)]
    paths = [_present(case) for case in points] if count <= MAX_NUMBERED else []
    point_labels = PointLabels(axes, _present(points.reshape(-1, 2)), MARGIN, paths)
    note = groups.add_legend(axes, lines=True) if groups.names else ""
    if not groups.names and not _name_lines(axes, point_labels, ends):
        note = add_legend(axes, lines, names)
    for case, style, own_texts in zip(points, styles, texts, strict=True):
        written = [(place, text) for place, text in zip(case, own_texts, strict=False) if np.isfinite(place[0])]
        point_labels.write([place for place, _ in written], [text for _, text in written], color=[style["color"]] * len(written))
    missing = [name for name, case in zip(names, points, strict=True) if not np.isfinite(case).any()]
    missing_note = f"no activations: {', '.join(missing[:MAX_NAMED])}" if missing else ""
    append_to_title(axes, f"ring: first {time}, square: last", note, missing_note)
    hide_frame(axes)
    return axes


def _present(points: Array) -> Array:
    """Return the points [..., 2] that are not NaN."""
    return np.asarray(points[np.isfinite(points[..., 0])])


def _tick_texts(symbols: Iterable[Any] | None, times: list[str], count: int) -> list[list[str]]:
    """Return the text at each tick of each case.

    Raises
    ------
    DataError
        If there is not one sequence of symbols for each case.
    """
    if symbols is None:
        return [times] * count
    what = "trajectories.symbols"
    given = finite_list(symbols, what) if isinstance(symbols, Iterable) else symbols
    if isinstance(given, list) and len(given) == len(times) and all(isinstance(symbol, str) for symbol in given):
        return [given] * count
    by_case = one_per_case(given, count, what)
    for symbol in by_case:
        if not isinstance(symbol, Iterable):
            raise DataError(f"{what}: must be texts for each tick, or such a sequence for each case (got {shown(symbol)} for a case)")
    return [[*map(str, each)] for each in by_case]


def _name_lines(axes: Axes, labels: PointLabels, ends: Sequence[tuple[Array, Any, str]]) -> bool:
    """Write the label of each case at the end of its line. Write nothing and return False if labels would overlap.

    A single case has no label.
    """
    if not 1 < len(ends) <= MAX_AT_ENDS:
        return len(ends) == 1
    colours, weights = [line.get_color() for _, line, _ in ends], ["bold"] * len(ends)
    before = len(axes.texts)
    if not labels.write([place for place, _, _ in ends], [name for *_, name in ends], color=colours, weight=weights):
        return True
    for text in axes.texts[before:]:
        text.remove()
    return False


def _draw_trajectory(axes: Axes, points: Array, style: dict[str, Any], *, has_directions: bool) -> Any:
    """Draw the trajectory of one case [tick, 2] with its marks, and return its line."""
    present = _present(points)
    (line,) = axes.plot(present[:, 0], present[:, 1], linewidth=1.1, marker=".", markersize=4, **style)
    if len(present):
        mark = {"color": style["color"], "linestyle": "none", "markersize": 7}
        axes.plot(*present[0], marker="o", markerfacecolor="white", **mark)
        axes.plot(*present[-1], marker="s", **mark)
        if has_directions:
            _draw_directions(axes, present, style["color"])
    return line


def _draw_directions(axes: Axes, points: Array, colour: Any) -> None:
    """Draw an arrow head near the middle of each step that moves."""
    steps = np.diff(points, axis=0)
    arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 0, "mutation_scale": 9}
    for head, step in zip(points[:-1] + 0.55 * steps, steps, strict=True):
        if step.any():
            axes.annotate("", head, head - 0.01 * step, arrowprops=arrow)
