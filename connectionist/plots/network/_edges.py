"""Paths of connections from unit to unit: straight to the next row, bent where a straight line would cross other units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.path import Path

Point = tuple[float, float]
BENDS = (1.0, -1.0, 2.0, -2.0, 3.0, -3.0)  # bends tried for a line that skips rows, in this order
CLEARANCE = 1.2  # radii from the centre of a skipped unit to a line
CURVE_SAMPLES = 20


def edge_path(
    start: Point,
    end: Point,
    rows: int,
    *,
    radius: float,
    row_height: float,
    between_ticks: bool,
    skipped: Sequence[Point] = (),
) -> Path:
    """Return the path of a connection.

    Parameters
    ----------
    start, end : (x, y)
        Centres of sender and receiver.
    rows : int
        Number of rows from sender to receiver; negative if the receiver is below.
    radius : float
        Radius of a unit.
    row_height : float
        Distance of two rows.
    between_ticks : bool
        Whether the connection leads to another column of an unrolled network. It is then bent only within a row.
    skipped : sequence of (x, y)
        Centres of units in the rows between, which the path avoids if one of the bends allows it.
    """
    from matplotlib.path import Path

    if start == end:
        return _loop(start, radius)
    if rows == 1 or (between_ticks and rows):
        return Path([start, end], [Path.MOVETO, Path.LINETO])
    curves = [[start, _control_point(start, end, rows, row_height, bend), end] for bend in (BENDS if skipped else BENDS[:1])]
    clear = (curve for curve in curves if not any(_passes_near(curve, point, CLEARANCE * radius) for point in skipped))
    return Path(next(clear, curves[0]), [Path.MOVETO, Path.CURVE3, Path.CURVE3])


def _passes_near(curve: Sequence[Point], point: Point, distance: float) -> bool:
    """Return whether a quadratic Bézier curve comes nearer to a point than `distance`."""
    (x0, y0), (x1, y1), (x2, y2) = curve
    for step in range(1, CURVE_SAMPLES):
        t = step / CURVE_SAMPLES
        a, b, c = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
        if math.hypot(a * x0 + b * x1 + c * x2 - point[0], a * y0 + b * y1 + c * y2 - point[1]) < distance:
            return True
    return False


def path_middle(path: Any) -> Point:
    """Return the point halfway along a path, for its label."""
    points = path.vertices.tolist()
    if len(points) == 2:
        return (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
    if len(points) == 4:
        return points[1][0], (points[1][1] + points[2][1]) / 2
    return tuple(0.25 * points[0][axis] + 0.5 * points[1][axis] + 0.25 * points[2][axis] for axis in (0, 1))


def _control_point(start: Point, end: Point, rows: int, row_height: float, bend: float) -> Point:
    """Return the control point of a quadratic Bézier curve.

    Within a row, lines to the right bend up and lines to the left bend down. Over several rows, lines that go down bend to the other side
    than lines that go up; `bend` multiplies the distance of the control point from the straight line.
    """
    across, up = end[0] - start[0], end[1] - start[1]
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if rows == 0:
        return x, y + math.copysign(min(0.9 * row_height, 0.25 * row_height + 0.3 * abs(across)), across)
    length = math.hypot(across, up)
    offset = bend * (0.18 * length if rows > 0 else 0.3 * length)
    side = 1.0 if across >= 0 else -1.0
    return x + side * offset * abs(up) / length, y - side * offset * across / length * math.copysign(1.0, up)


def _loop(centre: Point, radius: float) -> Path:
    """Return a loop at the upper right of a unit."""
    from matplotlib.path import Path

    x, y = centre
    points = [(x + 0.5 * radius, y + 0.87 * radius), (x + 1.6 * radius, y + 3.4 * radius), (x + 3.4 * radius, y + 1.6 * radius)]
    return Path([*points, (x + 0.87 * radius, y + 0.5 * radius)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
