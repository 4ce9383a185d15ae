"""Cases as named points in a plane: which lie near each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.analysis.scaling import Scaling
from connectionist.plots.figure import LETTER, POINTS, add_to_title, own_axes, size_in_inches, tidy
from connectionist.plots.space._plane import plane_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

NAMED = 60  # at most so many points have their names beside them
AROUND = ((5, -2), (-5, -2), (0, 5), (0, -9), (5, 5), (-5, 5), (5, -9), (-5, -9))  # dots from a point where its name may stand
LINE = 8.0  # dots, the height of a name

Box = tuple[float, float, float, float]


def points(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Iterable[object] | None = None,
    axes: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw cases as points with their names, along two principal components or as scaling placed them.

    Parameters
    ----------
    values : Components, Scaling, DataArray, Recording or array_like [case, unit]
        What ``cn.analysis.principal_components`` or ``cn.analysis.scaling`` returned, its ``scores`` or ``points``; or vectors, whose
        principal components are taken.
    components : pair of int
        Which components, or dimensions of a scaling, from 1; two different ones.
    labels : iterable, optional
        A name for each case; its own unless given.
    axes : Axes, optional
        Where to draw; a figure of its own of 6 by 5.5 inches unless given.
    title : str

    Returns
    -------
    Axes
        Of more than 60 cases none is named. The title has the stress of a scaling, whose two scales are alike.

    Raises
    ------
    DataError
        When the dimensions are others, no two vectors differ, or labels are too many or too few.
    ParameterError
        When there is no such component or dimension.

    Examples
    --------
    >>> axes = points([[0, 0, 1], [3, 0, 1], [0, 4, 1]], labels=["a", "b", "c"])
    >>> axes.get_xlabel(), [text.get_text() for text in axes.texts]
    ('principal component 1 (78 % of the variance)', ['a', 'b', 'c'])
    """
    plane = plane_of(values, components, "points", (("case", "unit"),))
    found = plane.points
    names = label_texts(plane.table, "case") if labels is None else [*map(str, one_per_case(labels, len(found), "points, labels"))]
    axes = own_axes(axes, 6, 5.5)
    axes.scatter(found[:, 0], found[:, 1], s=14, color="black", zorder=3)
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.set_title(title, fontsize=9, loc="left")
    axes.margins(0.12)
    if isinstance(values, Scaling):
        axes.set_aspect("equal", adjustable="datalim")
    if len(found) <= NAMED:
        _name(axes, found, names)
    stress = f"stress {values.stress:.3g}" if isinstance(values, Scaling) else ""
    add_to_title(axes, stress, "" if len(found) <= NAMED else f"{len(found)} cases, not named")
    tidy(axes)
    return axes


def _name(axes: Axes, found: Array, names: Sequence[str]) -> None:
    """Write each name where it covers least of the points and of the names written before."""
    dots = _in_dots(axes, found)
    taken: list[Box] = [(x - 3, y - 3, x + 3, y + 3) for x, y in dots.tolist()]
    for (x, y), place, name in zip(dots.tolist(), found.tolist(), names, strict=True):
        right, up, box = min((_room(x, y, where, name) for where in AROUND), key=lambda room: _covered(room[2], taken))
        taken.append(box)
        side = "left" if right > 0 else "right" if right < 0 else "center"
        axes.annotate(name, place, (right, up), textcoords="offset points", ha=side, fontsize=POINTS)


def _room(x: float, y: float, where: tuple[int, int], name: str) -> tuple[int, int, Box]:
    """Return a place for a name beside a point, and what it covers."""
    (right, up), wide = where, 72 * LETTER * len(name)
    left = x + right - (0 if right > 0 else wide if right < 0 else wide / 2)
    return right, up, (left, y + up, left + wide, y + up + LINE)


def _covered(box: Box, taken: Sequence[Box]) -> float:
    area = 0.0
    for other in taken:
        wide, high = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
        area += max(0.0, wide) * max(0.0, high)
    return area


def _in_dots(axes: Axes, found: Array) -> Array:
    """Return about where points will stand on the page, in 72nds of an inch."""
    sizes = np.array(size_in_inches(axes))
    ranges = np.maximum(np.ptp(found, axis=0), 1e-300)
    scale = 72 * sizes / (1.24 * ranges)
    if axes.get_aspect() != "auto":
        scale = np.full(2, scale.min())
    return np.asarray(found * scale)
