"""Lines from unit to unit: straight to the next row, bent where a straight one would run through other units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.path import Path

Point = tuple[float, float]
BENDS = (1.0, -1.0, 2.0, -2.0, 3.0, -3.0)  # of a line that skips rows, in the order in which they are tried
CLEAR = 1.2  # radii from the middle of a unit that is skipped


def stroke(
    start: Point, end: Point, rows: int, radius: float, row_height: float, between_ticks: bool, skipped: Sequence[Point] = ()
) -> Path:
    """Return the line of a connection.

    Parameters
    ----------
    start, end : (x, y)
        Middles of sender and receiver.
    rows : int
        How many rows it goes up; down when negative.
    radius : float
        Of a unit.
    row_height : float
        From one row to the next.
    between_ticks : bool
        Whether it goes from one column of an unrolled network to another; it is then bent only within a row.
    skipped : sequence of (x, y)
        Units in the rows between, past which the line is bent where it can be.
    """
    from matplotlib.path import Path

    if start == end:
        return _loop(start, radius)
    if rows == 1 or (between_ticks and rows):
        return Path([start, end], [Path.MOVETO, Path.LINETO])
    ways = [[start, _control(start, end, rows, row_height, bend), end] for bend in (BENDS if skipped else BENDS[:1])]
    clear = (way for way in ways if not any(_is_near(way, point, CLEAR * radius) for point in skipped))
    return Path(next(clear, ways[0]), [Path.MOVETO, Path.CURVE3, Path.CURVE3])


def _is_near(way: Sequence[Point], point: Point, distance: float) -> bool:
    """Whether a curve of three points comes as near to a point as that."""
    (x0, y0), (x1, y1), (x2, y2) = way
    for step in range(1, 20):
        t = step / 20
        before, between, after = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
        if math.hypot(before * x0 + between * x1 + after * x2 - point[0], before * y0 + between * y1 + after * y2 - point[1]) < distance:
            return True
    return False


def middle(path: Any) -> Point:
    """Return a point half way along a stroke, for what is written on it."""
    points = path.vertices.tolist()
    if len(points) == 2:
        return (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
    if len(points) == 4:
        return points[1][0], (points[1][1] + points[2][1]) / 2
    return tuple(0.25 * points[0][axis] + 0.5 * points[1][axis] + 0.25 * points[2][axis] for axis in (0, 1))


def _control(start: Point, end: Point, rows: int, row_height: float, bend: float) -> Point:
    """Return the point towards which a line is bent.

    Within a row, lines to the right bend up and those to the left down; over several rows they bend away from what they skip, and
    downwards to the other side than upwards, so many times as far as `bend` says.
    """
    across, up = end[0] - start[0], end[1] - start[1]
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if rows == 0:
        return x, y + math.copysign(min(0.9 * row_height, 0.25 * row_height + 0.3 * abs(across)), across)
    length = math.hypot(across, up)
    aside = bend * (0.18 * length if rows > 0 else 0.3 * length)
    side = 1.0 if across >= 0 else -1.0
    return x + side * aside * abs(up) / length, y - side * aside * across / length * math.copysign(1.0, up)


def _loop(middle: Point, radius: float) -> Path:
    from matplotlib.path import Path

    x, y = middle
    points = [(x + 0.5 * radius, y + 0.87 * radius), (x + 1.6 * radius, y + 3.4 * radius), (x + 3.4 * radius, y + 1.6 * radius)]
    return Path([*points, (x + 0.87 * radius, y + 0.5 * radius)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
