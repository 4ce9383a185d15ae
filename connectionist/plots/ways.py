"""The way that sequences take through the space of some units' activations, seen along its principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import PatternError, check_number
from connectionist.plots.labelled import as_labelled, labels_for, names_along
from connectionist.plots.pages import add_to_title, line_styles, name_lines, own_axes, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.state import Array

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
    values : DataArray, Recording or array_like [case, tick, unit] or [tick, unit]
        Of a DataArray or Recording the ticks may also be epochs. NaN at ticks that a case does not have; those are not drawn.
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
    PatternError
        When the dimensions are others, there are fewer than two ticks with activations, or labels are too many or too few.
    ParameterError
        When there is no such component.

    Examples
    --------
    >>> axes = trajectories([[[0.0, 0.0], [1.0, 0.0], [1.0, 0.2]], [[0.0, 0.0], [-1.0, 0.0], [-1.0, 0.2]]], labels=["up", "down"])
    >>> axes.get_xlabel()
    'principal component 1 (99 % of the variance)'
    """
    table = as_labelled(values, "trajectories, values", *SHAPES)
    if "case" not in table.dims:
        table = table.expand_dims("case")
    step = str(table.dims[1])
    names = labels_for(labels, len(table), "trajectories", names_along(table, "case"))
    ticks = names_along(table, step)
    points, shares, first_two = _projected(table.values, components)
    axes = own_axes(axes, 6.5, 5)
    is_numbered = int(np.isfinite(points[..., 0]).sum()) <= NUMBERED
    lines = []
    for way, style in zip(points, line_styles(len(table)), strict=True):
        lines += _draw_one(axes, way, style, ticks if is_numbered else [])
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=_axis_name(first_two[0], shares[0]), ylabel=_axis_name(first_two[1], shares[1]))
    axes.margins(0.08)
    left_out = name_lines(axes, lines, names)
    missing = [name for name, way in zip(names, points, strict=True) if not np.isfinite(way).any()]
    add_to_title(axes, f"ring: first {step}, square: last", left_out, f"no activations: {', '.join(missing[:5])}" if missing else "")
    tidy(axes)
    return axes


def _projected(table: Array, components: Sequence[int]) -> tuple[Array, list[float], list[int]]:
    """Return each point's places on two components, NaN where there is none; and the components' shares and numbers."""
    from sklearn.decomposition import PCA

    there = np.isfinite(table).all(axis=2)
    rows = table[there]
    if len(rows) < 2:
        raise PatternError(f"trajectories, values: needs at least two ticks at which every unit has an activation (got {len(rows)})")
    chosen = _chosen(components, min(rows.shape))
    points = np.full((*there.shape, 2), np.nan)
    if not (rows - rows.mean(axis=0)).any():
        points[there] = 0.0
        return points, [0.0, 0.0], chosen
    components_of_all = PCA(svd_solver="full").fit(rows)
    found = components_of_all.transform(rows)
    shares = components_of_all.explained_variance_ratio_.tolist()
    if rows.shape[1] == 1:  # one unit has one component, which then is drawn over nothing
        found, shares = np.column_stack([found, np.zeros(len(found))]), [*shares, 0.0]
    at = [number - 1 for number in chosen]
    points[there] = found[:, at]
    return points, [shares[number] for number in at], chosen


def _chosen(components: Sequence[int], most: int) -> list[int]:
    if isinstance(components, (str, int)) or len(components) != 2 or components[0] == components[1]:
        raise PatternError(f"trajectories, components: must be two different numbers, as (1, 2) (got {components!r})")
    for number in components:
        check_number("trajectories", "components", number, at_least=1, at_most=max(2, most), whole=True)
    return [int(number) for number in components]


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


def _axis_name(number: int, share: float) -> str:
    return f"principal component {number} ({100 * share:.0f} % of the variance)"
