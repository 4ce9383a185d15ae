"""The way that sequences take through the space of some units' activations, seen along its principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.plots.figure import add_to_title, line_styles, name_lines, own_axes, tidy
from connectionist.plots.space._plane import plane_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

SHAPES = (("case", "tick", "unit"), ("tick", "unit"), ("case", "epoch", "unit"), ("epoch", "unit"))
NUMBERED = 60  # at most so many points have their tick beside them


def trajectories(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Sequence[str] | None = None,
    axes: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw how activations move from tick to tick, or from epoch to epoch, along two principal components of them all.

    As Elman (1991, *Machine Learning* 7, 195–225) showed what a network keeps of a sentence. A ring is the first tick of a case, a
    square its last.

    Parameters
    ----------
    values : Components, DataArray, Recording or array_like [case, tick, unit] or [tick, unit]
        Of a DataArray or Recording the ticks may also be epochs. NaN at ticks that a case does not have; those are not drawn. What
        ``cn.analysis.principal_components`` returned, or its ``scores`` or what ``project`` returned, is drawn as it lies.
    components : pair of int
        Which principal components, from 1; two different ones.
    labels : sequence of str, optional
        A name for each case; the coordinates, or numbers, unless given.
    axes : Axes, optional
        Where to draw; a figure of its own of 6.5 by 5 inches unless given.
    title : str

    Returns
    -------
    Axes
        How much of the variance over all cases and ticks a component has is written on its axis.

    Raises
    ------
    DataError
        When the dimensions are others, there are no two ticks whose activations differ, some of a tick's activations are missing, or
        labels are too many or too few.
    ParameterError
        When there is no such component.

    Examples
    --------
    >>> axes = trajectories([[[0.0, 0.0], [1.0, 0.0], [1.0, 0.2]], [[0.0, 0.0], [-1.0, 0.0], [-1.0, 0.2]]], labels=["up", "down"])
    >>> axes.get_xlabel()
    'principal component 1 (99 % of the variance)'
    """
    plane = plane_of(values, components, "trajectories", SHAPES)
    points, step = plane.points, str(plane.table.dims[-2])
    names = label_texts(plane.table, "case") if labels is None else [*map(str, one_per_case(labels, len(points), "trajectories, labels"))]
    ticks = label_texts(plane.table, step)
    axes = own_axes(axes, 6.5, 5)
    is_numbered = int(np.isfinite(points[..., 0]).sum()) <= NUMBERED
    lines = []
    for way, style in zip(points, line_styles(len(points)), strict=True):
        lines += _draw_one(axes, way, style, ticks if is_numbered else [])
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.margins(0.08)
    left_out = name_lines(axes, lines, names)
    missing = [name for name, way in zip(names, points, strict=True) if not np.isfinite(way).any()]
    add_to_title(axes, f"ring: first {step}, square: last", left_out, f"no activations: {', '.join(missing[:5])}" if missing else "")
    tidy(axes)
    return axes


def _draw_one(axes: Axes, way: Array, style: dict[str, Any], ticks: list[str]) -> list[Any]:
    there = np.isfinite(way[:, 0])
    found = way[there]
    lines = axes.plot(found[:, 0], found[:, 1], linewidth=1.1, marker=".", markersize=4, **style)
    if not len(found):
        return lines
    plain = {"color": style["color"], "linestyle": "none", "markersize": 7}
    axes.plot(*found[0], marker="o", markerfacecolor="white", **plain)
    axes.plot(*found[-1], marker="s", **plain)
    moves = np.diff(found, axis=0)
    middles = found[:-1] + 0.55 * moves
    for middle, move in zip(middles, moves, strict=True):
        if move.any():
            axes.annotate(
                "",
                middle,
                middle - 0.01 * move,
                arrowprops={"arrowstyle": "-|>", "color": style["color"], "linewidth": 0, "mutation_scale": 9},
            )
    for tick, place in zip(np.asarray(ticks)[there] if ticks else [], found, strict=False):
        axes.annotate(str(tick), place, (4, 4), textcoords="offset points", fontsize=6, color=style["color"])
    return lines
