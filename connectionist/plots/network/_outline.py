"""A large network in outline: groups as boxes with their number of units, projections as arrows with the mean size of their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.model.network import Network
from connectionist.plots.figure import LARGEST, own_axes, width_of
from connectionist.plots.network._edges import middle, stroke
from connectionist.plots.network._layout import Place, original, place, reach

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.group import Group
    from connectionist.model.projection import Projection

HALF_HEIGHT = 0.32  # inches, of a box
ROW = 1.7
MARGIN = 0.5


class Outline:
    """Boxes and arrows, in inches."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.intact = set(network.connections)  # only ever asked whether something is in it
        self.lines = {group.name: self._lines(group) for group in network.groups}
        widest = width_of([line for lines in self.lines.values() for line in lines], 8.0) + 0.3
        self.half_width = max(0.6, widest / 2)
        self.places, self.wide = place(network, lambda _: 2 * self.half_width + 0.4, lambda _: 0.0)
        self.rows = 1 + max(each.row for each in self.places.values())
        drawn = [projection for projection in network.projections if projection.sender.role != "bias" and len(projection)]
        self.means = {projection: self._mean(projection) for projection in drawn}
        self.scale = min(1.0, LARGEST / (self.wide + 2 * MARGIN))

    def draw(self, axes: Axes | None, title: str) -> Axes:
        """Draw it all."""
        wide, high = self.wide + 2 * MARGIN, ROW * (self.rows - 1) + 2 * HALF_HEIGHT + 2 * MARGIN + 0.2
        count = f"{len(self.network.connections):,} connections, drawn in outline; numbers: mean |w|"
        called = f"{title}\n({count})"
        axes = own_axes(axes, max(width_of([count], 9.0), wide), high * self.scale + 0.4)
        axes.set(xlim=(-MARGIN, wide - MARGIN), ylim=(-HALF_HEIGHT - MARGIN - 0.2, high - HALF_HEIGHT - MARGIN - 0.2), aspect="equal")
        axes.axis("off")
        for projection, mean in self.means.items():
            self._arrow(axes, projection, mean)
        for group in self.network.groups:
            self._box(axes, group)
        for tick, x in self._ticks().items():
            text = f"tick {tick}" if tick > 0 else "before"
            axes.text(x, -HALF_HEIGHT - MARGIN, text, fontsize=8 * self.scale, ha="center", va="bottom")
        axes.set_anchor("W")
        axes.set_title(called, fontsize=9, loc="left")
        return axes

    def _lines(self, group: Group) -> list[str]:
        """Return what is written into a group's box."""
        lesioned = len([unit for unit in group if unit.lesioned])
        count = f"{len(group)} units" if len(group) > 1 else "1 unit"
        biases = [connection for unit in group for connection in unit.incoming if connection.sender.group.role == "bias"]
        size = 0.0
        for connection in biases:
            size += abs(connection.weight.value)
        bias = [f"bias {size / len(biases):.2g}"] if biases else []
        return [original(group).name, count + (f", {lesioned} lesioned" if lesioned else ""), *bias]

    def _box(self, axes: Axes, group: Group) -> None:
        from matplotlib.patches import FancyBboxPatch

        where = self.places[group.name]
        x, y = where.x, ROW * where.row
        style = "round,pad=0,rounding_size=0.08"
        outline: dict[str, Any] = {"linestyle": ":"} if group.role == "initial" else {}
        corner = x - self.half_width, y - HALF_HEIGHT
        how: dict[str, Any] = {"boxstyle": style, "facecolor": "0.93", "edgecolor": "black", "zorder": 2, **outline}
        axes.add_patch(FancyBboxPatch(corner, 2 * self.half_width, 2 * HALF_HEIGHT, **how))
        axes.text(x, y, "\n".join(self.lines[group.name]), fontsize=8 * self.scale, ha="center", va="center", zorder=3)

    def _arrow(self, axes: Axes, projection: Projection, mean: float) -> None:
        from matplotlib.patches import FancyArrowPatch

        largest = max(self.means.values()) or 1.0
        path = self._path(projection)
        how: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 11, "linewidth": 0.6 + 2.0 * mean / largest, "zorder": 1}
        hidden = len([connection for connection in projection if connection not in self.intact])
        colour = "0.75" if hidden == len(projection) else "0.25"
        axes.add_patch(FancyArrowPatch(path=path, linestyle="--" if reach(projection) else "-", color=colour, **how))
        if projection.receiver.tick not in (None, 1):
            return  # the weights are those of tick 1
        said = f"{mean:.2g}" + (f", {hidden:,} of {len(projection):,} lesioned" if hidden else "")
        delay = f"\ndelay {reach(projection)}" if reach(projection) else ""
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        axes.text(*middle(path), said + delay, fontsize=7 * self.scale, ha="center", va="center", zorder=4, bbox=behind)

    def _path(self, projection: Projection) -> Any:
        """Return the way from the sender's box to the receiver's."""
        sender, receiver = self.places[projection.sender.name], self.places[projection.receiver.name]
        up, sender_tick = receiver.row - sender.row, projection.sender.tick
        if projection.sender is projection.receiver:
            return self._loop(sender)
        start, end = _side(sender, up, self.half_width, receiver, True), _side(receiver, up, self.half_width, sender, False)
        return stroke(start, end, up, HALF_HEIGHT, ROW, sender_tick != projection.receiver.tick)

    def _loop(self, where: Place) -> Any:
        from matplotlib.path import Path

        x, y, out = where.x + self.half_width, ROW * where.row, 0.55
        points = [(x, y + 0.15), (x + out, y + 0.6), (x + out, y - 0.6), (x, y - 0.15)]
        return Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])

    def _mean(self, projection: Projection) -> float:
        """Return the mean |w| of what is not lesioned."""
        kept = [connection.weight.value for connection in projection if connection in self.intact]
        size = 0.0
        for value in kept:
            size += abs(value)
        return size / max(1, len(kept))

    def _ticks(self) -> dict[int, float]:
        """Return the middle of each tick's column."""
        columns: dict[int, list[float]] = {}
        for group in self.network.groups:
            if group.tick is not None:
                columns.setdefault(group.tick, []).append(self.places[group.name].x)
        return {tick: (min(xs) + max(xs)) / 2 for tick, xs in columns.items()}


def _side(where: Place, up: int, half_width: float, other: Place, is_start: bool) -> tuple[float, float]:
    """Return where an arrow leaves or reaches a box: above or below, aside within a row; a little apart for the two directions."""
    y = ROW * where.row
    if up == 0:
        return where.x + (half_width if other.x > where.x else -half_width), y
    aside = 0.4 * half_width if up < 0 else 0.0
    return where.x + aside, y + (HALF_HEIGHT if (up > 0) == is_start else -HALF_HEIGHT)
