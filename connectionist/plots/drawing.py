"""A network's own drawing: groups as rows, units as circles, connections as lines by sign and size; large networks in outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import PatternError
from connectionist.network import Network
from connectionist.plots.outlines import Outline
from connectionist.plots.pages import LARGEST, NEGATIVE, POSITIVE, own_axes, width_of
from connectionist.plots.places import lag, original, place
from connectionist.plots.strokes import stroke

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.connection import Connection
    from connectionist.group import Group
    from connectionist.unit import Unit

MOST_LINES = 1500  # connections; more are a grey mass
MOST_UNITS = 60  # in a row and tick
WIDEST, THINNEST = 3.0, 0.8  # points, the line of the largest weight, where there are few connections and where there are many
FEW = 60
LEAST = 1.8  # inches, a side: a single unit is not to fill the page
LESIONED = "0.75"


def network_drawing(network: Network, axes: Axes | None = None, title: str | None = None) -> Axes:
    """Draw a network: groups as rows from input, at the bottom, to output; connections black where positive, orange where negative.

    A line is the wider the larger the weight. Those that take time are dashed; within a row they bend up to the right and down to the
    left, and a unit's connection to itself is a loop. An unrolled network has a column for each tick. A small square at the lower right
    of a unit is its bias, by the same colours. The darker a unit, the higher its present activation; with negative activations anywhere,
    red is positive and blue negative. Lesioned units are crossed out, lesioned connections grey and dotted.

    A network with more than 1,500 connections, or 60 units abreast, is drawn in outline: groups as boxes with their number of units,
    projections as arrows with the mean size of their weights.

    Parameters
    ----------
    network : Network
        Unrolled or not; it is only looked at.
    axes : Axes, optional
        Where to draw; a figure of its own, at most 24 inches wide, unless given.
    title : str, optional
        The network's name unless given.

    Returns
    -------
    Axes
        Its scale is in inches of the figure that it would have of its own.

    Raises
    ------
    PatternError
        When it is no network, or one without groups.

    Examples
    --------
    >>> import connectionist as cn
    >>> axes = network_drawing(cn.task("xor").network(seed=1))
    >>> sorted(text.get_text() for text in axes.texts)
    ['0', '0', '0', '1', '1', 'hidden', 'input', 'output']
    """
    if not isinstance(network, Network):
        raise PatternError(f"network_drawing, network: must be a Network (got {network!r:.80})")
    if not network.groups:
        raise PatternError(f"network_drawing: {network.name} has no groups yet; add_group adds one")
    called = network.name if title is None else title
    if _is_large(network):
        return Outline(network).draw(axes, called)
    return _Drawing(network).draw(axes, called)


def _is_large(network: Network) -> bool:
    per_tick: dict[int | None, int] = {}
    for group in network.groups:
        per_tick[group.tick] = max(per_tick.get(group.tick, 0), len(group))
    count = 0
    for projection in network.projections:
        count += len(projection) if projection.sender.role != "bias" else 0
    return count > MOST_LINES or max(per_tick.values()) > MOST_UNITS


class _Drawing:
    """Units, lines and names, in inches."""

    def __init__(self, network: Network) -> None:
        self.network = network
        longest = max(len(group) for group in network.groups)
        self.gap = float(np.clip(9.0 / longest, 0.26, 0.6))
        self.radius = 0.3 * self.gap
        self.places, self.wide = place(network, lambda group: self.gap * len(group), _room_for_name)
        self.row_height = float(np.clip(0.16 * self.wide, 1.1, 2.4))
        self.rows = 1 + max(each.row for each in self.places.values())
        self.points = {unit: self._point(unit) for group in network.groups for unit in group}
        self.most = max([1.0, *(abs(unit.activation) for unit in self.points)])
        sizes = [abs(connection.weight.value) for projection in network.projections for connection in projection]
        self.biggest = max(sizes, default=0.0)
        self.intact = set(network.connections)  # only ever asked whether something is in it
        projections = [projection for projection in network.projections if projection.sender.role != "bias"]
        self.strokes = {connection: self._stroke(connection) for projection in projections for connection in projection}
        self.widest = float(np.clip(WIDEST * (FEW / max(FEW, len(self.strokes))) ** 0.5, THINNEST, WIDEST))
        self.left, self.bottom, self.right, self.top = self._bounds()

    def _bounds(self) -> tuple[float, float, float, float]:
        """Return how far units, names and lines reach."""
        rows_top = self.row_height * (self.rows - 1)
        under = 0.35 + self._names_of_row(0) + (0.3 if self.network.ticks else 0.0)
        over = 0.25 + (self._names_of_row(self.rows - 1) if self.rows > 1 else 0.0)
        boxes = [path.get_extents() for path in self.strokes.values()]
        return (
            min([-0.2, *(box.x0 - 0.1 for box in boxes)]),
            min([-under, *(box.y0 - 0.1 - (0.3 if self.network.ticks else 0.0) for box in boxes)]),
            max([self.wide + 0.2, LEAST, *(box.x1 + 0.1 for box in boxes)]),
            max([rows_top + over, LEAST - under, *(box.y1 + 0.1 for box in boxes)]),
        )

    def draw(self, axes: Axes | None, title: str) -> Axes:
        """Draw it all."""
        wide, high = self.right - self.left, self.top - self.bottom
        scale = min(1.0, (LARGEST - 2.2) / wide)
        axes = own_axes(axes, max(3.6, wide * scale + 1.7), max(2.2, high * scale + 0.5))
        axes.set(xlim=(self.left, self.right), ylim=(self.bottom, self.top), aspect="equal")
        axes.axis("off")
        kinds = self._draw_connections(axes)
        kinds += self._draw_biases(axes)
        kinds += self._draw_units(axes)
        for group in self.network.groups:
            self._name(axes, group)
        if self.network.ticks:
            self._name_ticks(axes)
        axes.set_title(f"{title}   (largest |w| {self.biggest:.3g})" if self.biggest else title, fontsize=9, loc="left")
        self._explain(axes, kinds)
        return axes

    def _point(self, unit: Unit) -> tuple[float, float]:
        where = self.places[unit.group.name]
        return where.x + self.gap * (unit.index - (len(unit.group) - 1) / 2), self.row_height * where.row

    def _draw_connections(self, axes: Axes) -> list[str]:
        from matplotlib.collections import PathCollection

        lines: dict[str, list[tuple[float, Any, str]]] = {"-": [], "--": [], ":": []}
        for connection, path in self.strokes.items():
            style = ":" if connection not in self.intact else "--" if lag(connection.projection) else "-"
            lines[style].append((connection.weight.value, path, style))
        for style, drawn in lines.items():
            ordered = sorted(drawn, key=lambda line: abs(line[0]))
            looks = [self._look(value) if style != ":" else (LESIONED, 0.8) for value, _, _ in ordered]
            colours, widths = [colour for colour, _ in looks], [width for _, width in looks]
            how: dict[str, Any] = {"facecolors": "none", "edgecolors": colours, "linewidths": widths, "linestyles": style, "zorder": 1}
            if drawn:
                axes.add_collection(PathCollection([path for _, path, _ in ordered], **how))
        return [style for style, drawn in lines.items() if drawn]

    def _stroke(self, connection: Connection) -> Any:
        start, end = self.points[connection.sender], self.points[connection.receiver]
        up = self.places[connection.receiver.group.name].row - self.places[connection.sender.group.name].row
        between_ticks = connection.sender.group.tick != connection.receiver.group.tick
        return stroke(start, end, up, self.radius, self.row_height, between_ticks)

    def _look(self, weight: float) -> tuple[str, float]:
        """Return a line's colour and width."""
        width = self.widest * abs(weight) / (self.biggest or 1.0)
        return (POSITIVE if weight > 0 else NEGATIVE if weight < 0 else "0.7"), 0.15 + width

    def _draw_biases(self, axes: Axes) -> list[str]:
        from matplotlib.patches import Rectangle

        biases = [connection for projection in self.network.projections if projection.sender.role == "bias" for connection in projection]
        for connection in biases:
            if connection in self.intact:
                x, y = self.points[connection.receiver]
                side = 1.1 * self.radius * (abs(connection.weight.value) / (self.biggest or 1.0)) ** 0.5
                x, y = x + 1.05 * self.radius - side / 2, y - 1.05 * self.radius - side / 2
                colour = POSITIVE if connection.weight.value > 0 else NEGATIVE
                axes.add_patch(Rectangle((x, y), side, side, facecolor=colour, edgecolor="white", linewidth=0.4, zorder=3))
        return ["bias"] if biases else []

    def _draw_units(self, axes: Axes) -> list[str]:
        from matplotlib import colormaps
        from matplotlib.patches import Circle

        shares = np.array([unit.activation for unit in self.points]) / self.most
        has_negative = bool((shares < 0).any())
        shades = colormaps["RdBu_r"](0.5 + shares / 2) if has_negative else colormaps["gray_r"](0.75 * shares)
        for (unit, point), shade in zip(self.points.items(), shades, strict=True):
            how: dict[str, Any] = {"facecolor": shade, "edgecolor": "black", "linewidth": 0.8, "zorder": 2}
            if unit.group.role == "initial":
                how |= {"linestyle": ":"}
            if unit.lesioned:
                how |= {"facecolor": "white", "edgecolor": LESIONED}
                self._cross_out(axes, point)
            axes.add_patch(Circle(point, self.radius, **how))
        kinds = [("signed" if has_negative else "active")] if shares.any() else []
        return [*kinds, "lesioned"] if any(unit.lesioned for unit in self.points) else kinds

    def _cross_out(self, axes: Axes, point: tuple[float, float]) -> None:
        x, y, arm = *point, 0.9 * self.radius
        for slant in (-1, 1):
            axes.plot([x - arm, x + arm], [y - slant * arm, y + slant * arm], color="0.4", linewidth=1.2, zorder=4)

    def _names_of_row(self, row: int) -> float:
        """Return the inches that names of units standing upright under or over a row take."""
        groups = [group for group in self.network.groups if self.places[group.name].row == row and self._has_names_outside(group)]
        return max((width_of(group.labels) + 0.1 for group in groups), default=0.0)

    def _has_names_outside(self, group: Group) -> bool:
        return width_of(group.labels, 6.5) > 1.8 * self.radius

    def _name(self, axes: Axes, group: Group) -> None:
        where = self.places[group.name]
        left = where.x - self.gap * len(group) / 2
        if where.is_named:
            name = original(group).name
            axes.text(left, self.row_height * where.row, name, fontsize=8, ha="right", va="center", zorder=5, bbox=_BEHIND)
        if all(label.isdecimal() for label in group.labels) and self._has_names_outside(group):
            return  # numbers that have no room say nothing that counting does not
        for unit in group:
            self._label(axes, unit, where.row)

    def _label(self, axes: Axes, unit: Unit, row: int) -> None:
        x, y = self.points[unit]
        how: dict[str, Any] = {"fontsize": 6.5, "ha": "center", "zorder": 5, "clip_on": False}
        if not self._has_names_outside(unit.group):
            colour = "white" if abs(unit.activation) > 0.6 * self.most and not unit.lesioned else "black"
            axes.text(x, y, unit.label, va="center_baseline", color=colour, **how)
        elif row == self.rows - 1 and row > 0:
            axes.text(x, y + 1.3 * self.radius, unit.label, va="bottom", rotation=90, **how)
        else:
            behind = {} if row == 0 else {"bbox": _BEHIND}
            axes.text(x, y - 1.5 * self.radius, unit.label, va="top", rotation=90, **how, **behind)

    def _name_ticks(self, axes: Axes) -> None:
        ticks = list(dict.fromkeys(group.tick for group in self.network.groups))
        for tick in ticks:
            xs = [self.points[unit][0] for group in self.network.groups if group.tick == tick for unit in group]
            text = f"tick {tick}" if tick else "before"
            axes.text((min(xs) + max(xs)) / 2, self.bottom + 0.08, text, fontsize=8, ha="center", va="bottom")

    def _explain(self, axes: Axes, kinds: list[str]) -> None:
        from matplotlib.lines import Line2D

        square: dict[str, Any] = {"linestyle": "none", "marker": "s", "color": POSITIVE, "markersize": 4}
        ring: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 7, "markeredgecolor": "black"}
        known: dict[str, tuple[str, dict[str, Any]]] = {
            "--": ("from an earlier tick" if self.network.ticks else "with delay", {"color": POSITIVE, "linestyle": "--"}),
            ":": ("lesioned", {"color": LESIONED, "linestyle": ":"}),
            "bias": ("bias", square),
            "active": ("active unit", {**ring, "color": "0.45"}),
            "signed": ("active unit: red +, blue −", {**ring, "color": "#f4a582"}),
            "lesioned": ("lesioned unit", {**ring, "color": "white", "marker": "X", "markeredgecolor": "0.4"}),
        }
        signs = [("positive", {"color": POSITIVE}), ("negative", {"color": NEGATIVE})] if self.biggest else []
        shown = signs + [known[kind] for kind in kinds if kind in known]
        handles = [Line2D([], [], label=label, **how) for label, how in shown]
        if handles:
            axes.legend(handles=handles, frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0)


def _room_for_name(group: Group) -> float:
    return width_of([original(group).name], 8.0) + 0.1


_BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
