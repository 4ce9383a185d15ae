"""Cases as labelled points in a plane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.analysis.scaling import Scaling
from connectionist.plots.figure import FONT_SIZE, LETTER_WIDTH, append_to_title, axes_or_new, hide_frame, literal_text, size_in_inches
from connectionist.plots.space._plane import to_plane
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

MAX_LABELLED = 60
MARKER_HALF_WIDTH = 3  # in 1/72 inch, like all measures of the layout of labels
LABEL_OFFSETS = ((5, -2), (-5, -2), (0, 5), (0, -9), (5, 5), (-5, 5), (5, -9), (-5, -9))  # positions that are tried for a label
LABEL_HEIGHT = 8.0
POINTS_PER_INCH = 72

Box = tuple[float, float, float, float]


@literal_text
def points(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Iterable[object] | None = None,
    axes: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw cases as labelled points, along two principal components or two dimensions of a scaling.

    Parameters
    ----------
    values : Components, Scaling, DataArray, Recording or array_like [case, unit]
        A result of ``cn.analysis.principal_components`` or ``cn.analysis.scaling``, its ``scores`` or its ``points``; or vectors, whose
        principal components are computed.
    components : pair of int
        Two different components, or dimensions of a scaling, numbered from 1.
    labels : iterable, optional
        Label of each case. The default is the coordinates, or numbers from 0.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 6 by 5.5 inches.
    title : str

    Returns
    -------
    Axes
        More than 60 cases are not labelled. For a scaling the title has the stress, and both axes have the same scale.

    Raises
    ------
    DataError
        If the dimensions are not allowed, if there are no two vectors that differ, or if there is not one label for each case.
    ParameterError
        If there is no such component or dimension.

    Examples
    --------
    >>> axes = points([[0, 0, 1], [3, 0, 1], [0, 4, 1]], labels=["a", "b", "c"])
    >>> axes.get_xlabel(), [text.get_text() for text in axes.texts]
    ('principal component 1 (78 % of the variance)', ['a', 'b', 'c'])
    """
    plane = to_plane(values, components, "points", (("case", "unit"),))
    places = plane.points
    names = label_texts(plane.table, "case") if labels is None else [*map(str, one_per_case(labels, len(places), "points.labels"))]
    axes = axes_or_new(axes, 6, 5.5)
    axes.scatter(places[:, 0], places[:, 1], s=14, color="black", zorder=3)
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.set_title(title, fontsize=9, loc="left")
    axes.margins(0.12)
    if isinstance(values, Scaling):
        axes.set_aspect("equal", adjustable="datalim")
    is_labelled = len(places) <= MAX_LABELLED
    if is_labelled:
        _label_points(axes, places, names)
    stress = f"stress {values.stress:.3g}" if isinstance(values, Scaling) else ""
    append_to_title(axes, stress, "" if is_labelled else f"{describe_count(len(places), 'case')}, not labelled")
    hide_frame(axes)
    return axes


def _label_points(axes: Axes, places: Array, names: Sequence[str]) -> None:
    """Write each label at the offset where it overlaps least with points and with earlier labels."""
    on_figure = _figure_positions(axes, places).tolist()
    half = MARKER_HALF_WIDTH
    occupied: list[Box] = [(x - half, y - half, x + half, y + half) for x, y in on_figure]
    for (x, y), place, name in zip(on_figure, places.tolist(), names, strict=True):
        boxes = {offset: _label_box(x, y, offset, name) for offset in LABEL_OFFSETS}
        right, up = min(boxes, key=lambda offset: _overlap(boxes[offset], occupied))
        occupied.append(boxes[right, up])
        side = "left" if right > 0 else "right" if right < 0 else "center"
        axes.annotate(name, place, (right, up), textcoords="offset points", ha=side, fontsize=FONT_SIZE)


def _label_box(x: float, y: float, offset: tuple[int, int], name: str) -> Box:
    """Return the box (left, bottom, right, top) of a label at an offset from its point."""
    (right, up), width = offset, POINTS_PER_INCH * LETTER_WIDTH * len(name)
    left = x + right - (0 if right > 0 else width if right < 0 else width / 2)
    return left, y + up, left + width, y + up + LABEL_HEIGHT


def _overlap(box: Box, others: Sequence[Box]) -> float:
    """Return the sum of the areas in which a box overlaps with others."""
    area = 0.0
    for other in others:
        width, height = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
        area += max(0.0, width) * max(0.0, height)
    return area


def _figure_positions(axes: Axes, places: Array) -> Array:
    """Return the approximate positions of points on the figure in 1/72 inch, up to a constant."""
    inches = np.array(size_in_inches(axes))
    extents = np.maximum(np.ptp(places, axis=0), 1e-300)
    scale = POINTS_PER_INCH * inches / (1.24 * extents)  # 1.24: the margins of 0.12 on both sides
    if axes.get_aspect() != "auto":
        scale = np.full(2, scale.min())
    return np.asarray(places * scale)
