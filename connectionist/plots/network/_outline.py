"""Outline of a large network: groups as boxes with their number of units, projections as arrows with the mean ``|w|``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from connectionist.model.group_rows import original, tick_difference
from connectionist.model.network import Network
from connectionist.plots.figure import MAX_INCHES, axes_or_new, text_width
from connectionist.plots.network._edges import edge_path, path_middle
from connectionist.plots.network._layout import GroupPosition, place_groups
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.projection import Projection

HALF_HEIGHT = 0.32  # inches, of a box
ROW_HEIGHT = 1.7  # inches, from row to row
MARGIN = 0.8  # beside the boxes, for arrows around other boxes
REACH = 1.1  # of the control point of such an arrow, beyond the box; the arrow reaches half as far
TICK_ROOM = 0.2  # inches below the drawing for the tick numbers
BOX_POINTS, ARROW_POINTS = 8.0, 7.0


class Outline:
    """Boxes and arrows, in inches.

    Attributes
    ----------
    lines : dict of str to list of str
        Text of each group's box.
    half_width : float
        Half the width of a box.
    positions : dict of str to GroupPosition
    mean_weights : dict of Projection to float
        Mean ``|w|`` of the connections that are not lesioned.
    scale : float
        Factor by which the drawing is scaled down to the largest figure, at most 1.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.intact = set(network.connections)  # used for membership only, so its order does not matter
        self.lines = {group.name: _box_lines(group) for group in network.groups}
        widest = text_width([line for lines in self.lines.values() for line in lines], BOX_POINTS) + 0.3
        self.half_width = max(0.6, widest / 2)
        self.positions, self.width = place_groups(network, lambda _: 2 * self.half_width + 0.4, lambda _: 0.0)
        self.rows = 1 + max(position.row for position in self.positions.values())
        drawn = [projection for projection in network.projections if projection.sender.role != "bias" and len(projection)]
        self.mean_weights = {
            projection: _mean_weight(connection for connection in projection if connection in self.intact) for projection in drawn
        }
        self.scale = min(1.0, MAX_INCHES / (self.width + 2 * MARGIN))

    def draw(self, axes: Axes | None, title: str) -> Axes:
        """Draw the outline into axes, or into a new figure, and return the axes."""
        width, height = self.width + 2 * MARGIN, ROW_HEIGHT * (self.rows - 1) + 2 * HALF_HEIGHT + 2 * MARGIN + TICK_ROOM
        note = f"{len(self.network.connections):,} connections, drawn in outline; numbers: mean |w|"
        axes = axes_or_new(axes, max(text_width([note], 9.0), width), height * self.scale + 0.4)
        bottom = -HALF_HEIGHT - MARGIN - TICK_ROOM
        axes.set(xlim=(-MARGIN, width - MARGIN), ylim=(bottom, height + bottom), aspect="equal")
        axes.axis("off")
        for projection, mean in self.mean_weights.items():
            self._draw_arrow(axes, projection, mean)
        for group in self.network.groups:
            self._draw_box(axes, group)
        for tick, x in self._tick_positions().items():
            text = f"tick {tick}" if tick > 0 else "initial"
            axes.text(x, -HALF_HEIGHT - MARGIN, text, fontsize=BOX_POINTS * self.scale, ha="center", va="bottom")
        axes.set_anchor("W")
        axes.set_title(f"{title}\n({note})", fontsize=9, loc="left")
        return axes

    def _draw_box(self, axes: Axes, group: Group) -> None:
        from matplotlib.patches import FancyBboxPatch

        position = self.positions[group.name]
        x, y = position.x, ROW_HEIGHT * position.row
        style: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.08", "facecolor": "0.93", "edgecolor": "black", "zorder": 2}
        if group.role == "initial":
            style["linestyle"] = ":"
        axes.add_patch(FancyBboxPatch((x - self.half_width, y - HALF_HEIGHT), 2 * self.half_width, 2 * HALF_HEIGHT, **style))
        axes.text(x, y, "\n".join(self.lines[group.name]), fontsize=BOX_POINTS * self.scale, ha="center", va="center", zorder=3)

    def _draw_arrow(self, axes: Axes, projection: Projection, mean: float) -> None:
        from matplotlib.patches import FancyArrowPatch

        largest = max(self.mean_weights.values()) or 1.0
        path, delay = self._path(projection), tick_difference(projection)
        lesioned = len([connection for connection in projection if connection not in self.intact])
        colour = "0.75" if lesioned == len(projection) else "0.25"
        style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 11, "linewidth": 0.6 + 2.0 * mean / largest, "zorder": 1}
        axes.add_patch(FancyArrowPatch(path=path, linestyle="--" if delay else "-", color=colour, **style))
        if projection.receiver.tick not in (None, 1):
            return  # all ticks have the weights of tick 1
        text = f"{mean:.2g}" + (f", {lesioned:,} of {len(projection):,} lesioned" if lesioned else "")
        text += f"\ndelay {delay}" if delay else ""
        background = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        points = ARROW_POINTS * self.scale
        axes.text(*path_middle(path), text, fontsize=points, ha="center", va="center", zorder=4, bbox=background)

    def _path(self, projection: Projection) -> Any:
        """Return the path from the sender's box to the receiver's."""
        sender, receiver = self.positions[projection.sender.name], self.positions[projection.receiver.name]
        if projection.sender is projection.receiver:
            return self._loop(sender)
        rows = receiver.row - sender.row
        if self._is_blocked(sender, receiver):
            return self._way_around(sender, receiver)
        return edge_path(
            _attachment(sender, rows, self.half_width, receiver, is_start=True),
            _attachment(receiver, rows, self.half_width, sender, is_start=False),
            rows,
            radius=HALF_HEIGHT,
            row_height=ROW_HEIGHT,
            between_ticks=projection.sender.tick != projection.receiver.tick,
        )

    def _is_blocked(self, sender: GroupPosition, receiver: GroupPosition) -> bool:
        """Return whether a straight line between two boxes crosses another box."""
        low, high = sorted((sender, receiver), key=lambda position: position.row)
        between = [box for box in self.positions.values() if low.row < box.row < high.row]
        return any(
            abs(low.x + (high.x - low.x) * (box.row - low.row) / (high.row - low.row) - box.x) < self.half_width + 0.1 for box in between
        )

    def _way_around(self, sender: GroupPosition, receiver: GroupPosition) -> Any:
        """Return a curve from the side of one box to the side of another: on the right if it goes up, on the left if it goes down."""
        from matplotlib.path import Path

        side = 1 if receiver.row > sender.row else -1
        ends = [(position.x + side * self.half_width, ROW_HEIGHT * position.row) for position in (sender, receiver)]
        outermost = max(side * x for x, _ in ends)
        control = side * (outermost + REACH), (ends[0][1] + ends[1][1]) / 2
        return Path([ends[0], control, ends[1]], [Path.MOVETO, Path.CURVE3, Path.CURVE3])

    def _loop(self, position: GroupPosition) -> Any:
        """Return a loop at the right of a box."""
        from matplotlib.path import Path

        x, y, reach = position.x + self.half_width, ROW_HEIGHT * position.row, 0.55
        points = [(x, y + 0.15), (x + reach, y + 0.6), (x + reach, y - 0.6), (x, y - 0.15)]
        return Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])

    def _tick_positions(self) -> dict[int, float]:
        """Return the middle of each tick's column."""
        columns: dict[int, list[float]] = {}
        for group in self.network.groups:
            if group.tick is not None:
                columns.setdefault(group.tick, []).append(self.positions[group.name].x)
        return {tick: (min(xs) + max(xs)) / 2 for tick, xs in columns.items()}


def _box_lines(group: Group) -> list[str]:
    """Return the text of a group's box: name, number of units, lesioned units, and mean |bias|."""
    lesioned = len([unit for unit in group if unit.lesioned])
    count = describe_count(len(group), "unit")
    biases = [connection for unit in group for connection in unit.incoming if connection.sender.group.role == "bias"]
    bias = [f"bias {_mean_weight(biases):.2g}"] if biases else []
    return [original(group).name, count + (f", {lesioned} lesioned" if lesioned else ""), *bias]


def _mean_weight(connections: Iterable[Connection]) -> float:
    """Return the mean ``|w|`` of connections; 0 if there are none."""
    total, count = 0.0, 0
    for connection in connections:
        total += abs(connection.weight.value)
        count += 1
    return total / max(1, count)


def _attachment(box: GroupPosition, rows: int, half_width: float, other: GroupPosition, *, is_start: bool) -> tuple[float, float]:
    """Return the point where an arrow leaves or reaches a box: at a side within a row, otherwise above or below.

    Arrows that go down are moved aside, so that they do not overlap with those that go up.
    """
    y = ROW_HEIGHT * box.row
    if rows == 0:
        return box.x + (half_width if other.x > box.x else -half_width), y
    aside = 0.4 * half_width if rows < 0 else 0.0
    return box.x + aside, y + (HALF_HEIGHT if (rows > 0) == is_start else -HALF_HEIGHT)
