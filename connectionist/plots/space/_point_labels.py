"""Labels beside points in a plane, where they overlap with nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plots.figure import FONT_SIZE, LETTER_WIDTH, size_in_inches

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

MARKER_HALF_WIDTH = 3  # in 1/72 inch, like all measures of the layout of labels
LABEL_OFFSETS = ((5, -2), (-5, -2), (0, 5), (0, -9), (5, 5), (-5, 5), (5, -9), (-5, -9))  # positions that are tried for a label
LABEL_HEIGHT = 8.0
TEXT_ROOM = 100.0  # to the right of the axes, unless they have a legend, which may be there
LINE_STEP = 2.0  # distance between the places of a line that labels avoid
MAX_OVERLAP = 0.03  # fraction of its area; a label that overlaps more is left out
POINTS_PER_INCH = 72

Box = tuple[float, float, float, float]


class PointLabels:
    """Labels of points in axes, each where it overlaps least with points, earlier labels and the sides of the axes.

    Parameters
    ----------
    axes : Axes
    points : array [point, 2]
        Coordinates of all points that are drawn, which also determine the limits of the axes.
    margin : float
        Margin of the axes, as a fraction of the extent of the points.
    paths : sequence of array [point, 2]
        Lines from point to point, which labels avoid where they can.
    """

    def __init__(self, axes: Axes, points: Array, margin: float, paths: Sequence[Array] = ()) -> None:
        self._axes = axes
        self._scale = _points_per_unit(axes, points, margin)
        on_figure, half = points * self._scale, MARKER_HALF_WIDTH
        self._inside = _box_of_axes(on_figure, margin)
        self._occupied: list[Box] = [(x - half, y - half, x + half, y + half) for x, y in on_figure.tolist()]
        self._lines = [(x - 1, y - 1, x + 1, y + 1) for path in paths for x, y in _points_along(path * self._scale)]

    def write(self, places: Sequence[Array] | Array, names: Sequence[str], **styles: Sequence[Any]) -> list[str]:
        """Write a label beside each place, unless it would overlap.

        Parameters
        ----------
        places : array [label, 2]
        names : sequence of str
        **styles : sequence
            Properties of the texts, one value for each label.

        Returns
        -------
        list of str
            The names that are left out.
        """
        from matplotlib.patheffects import withStroke

        left, bottom, right, top = self._inside
        inside = (left, bottom, right + (TEXT_ROOM if self._axes.get_legend() is None else 0.0), top)
        common: dict[str, Any] = {"fontsize": FONT_SIZE, "zorder": 4, "path_effects": [withStroke(linewidth=1.5, foreground="white")]}
        left_out = []
        for number, (place, name) in enumerate(zip(places, names, strict=True)):
            offset, box, overlap = self._best_position(place, name, inside)
            if overlap > MAX_OVERLAP * _area(box):
                left_out.append(name)
                continue
            self._occupied.append(box)
            side = "left" if offset[0] > 0 else "right" if offset[0] < 0 else "center"
            style = {key: values[number] for key, values in styles.items()}
            self._axes.annotate(name, place, offset, textcoords="offset points", ha=side, **common, **style)
        return left_out

    def _best_position(self, place: Array, name: str, inside: Box) -> tuple[tuple[int, int], Box, float]:
        """Return the offset of a label with its box, and the area that overlaps or is outside a box.

        Of the positions without such an area, it is the one that hides least of the lines.
        """
        x, y = (place * self._scale).tolist()
        positions = []
        for offset in LABEL_OFFSETS:
            box = _label_box(x, y, offset, name)
            positions.append((offset, box, _overlap(box, self._occupied) + _area(box) - _overlap(box, [inside])))
        allowed = [each for each in positions if each[2] <= MAX_OVERLAP * _area(each[1])] if self._lines else []
        if allowed:
            return min(allowed, key=lambda position: (_overlap(position[1], self._lines), position[2]))
        return min(positions, key=lambda position: position[2])


def _points_along(path: Array) -> Iterator[tuple[float, float]]:
    """Yield places along the lines from point to point."""
    for start, step in zip(path[:-1], np.diff(path, axis=0), strict=True):
        count = int(np.hypot(*step) / LINE_STEP) + 1
        yield from (start + np.outer(np.arange(count) / count, step)).tolist()


def _label_box(x: float, y: float, offset: tuple[int, int], name: str) -> Box:
    """Return the box (left, bottom, right, top) of a label at an offset from its point."""
    (right, up), width = offset, POINTS_PER_INCH * LETTER_WIDTH * len(name)
    left = x + right - (0 if right > 0 else width if right < 0 else width / 2)
    return left, y + up, left + width, y + up + LABEL_HEIGHT


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _overlap(box: Box, others: Sequence[Box]) -> float:
    """Return the sum of the areas in which a box overlaps with others."""
    area = 0.0
    for other in others:
        width, height = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
        area += max(0.0, width) * max(0.0, height)
    return area


def _points_per_unit(axes: Axes, points: Array, margin: float) -> Array:
    """Return the approximate number of 1/72 inches on the figure for one unit of each coordinate."""
    inches = np.array(size_in_inches(axes))
    extents = np.maximum(np.ptp(points, axis=0), 1e-300)
    scale = POINTS_PER_INCH * inches / ((1 + 2 * margin) * extents)
    return scale if axes.get_aspect() == "auto" else np.full(2, scale.min())


def _box_of_axes(on_figure: Array, margin: float) -> Box:
    """Return the box of the axes, open where matplotlib widens limits that are equal."""
    low, high = on_figure.min(axis=0), on_figure.max(axis=0)
    room = np.where(high > low, 0.8 * margin * (high - low), np.inf)  # the layout engine makes the axes smaller than `size_in_inches`
    return float(low[0] - room[0]), float(low[1] - room[1]), float(high[0] + room[0]), float(high[1] + room[1])
