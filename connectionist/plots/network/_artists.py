"""A sketch of a network put on the page: lines, biases, units, names, and what they mean."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plots.figure import NEGATIVE, POSITIVE
from connectionist.plots.network._edges import Point
from connectionist.plots.network._layout import original, reach
from connectionist.plots.network._sketch import LABEL_POINTS, NAME_POINTS, Sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.unit import Unit

LESIONED = "0.75"
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}


def draw_connections(axes: Axes, sketch: Sketch, intact: Container[Connection]) -> list[str]:
    """Draw the lines, the largest weights on top, and return their line styles: "-", "--" with delay, ":" lesioned."""
    from matplotlib.collections import PathCollection

    lines: dict[str, list[tuple[float, Any]]] = {"-": [], "--": [], ":": []}
    for connection, path in sketch.strokes.items():
        style = ":" if connection not in intact else "--" if reach(connection.projection) else "-"
        lines[style].append((connection.weight.value, path))
    for style, drawn in lines.items():
        ordered = sorted(drawn, key=lambda line: abs(line[0]))
        looks = [_look(sketch, value) if style != ":" else (LESIONED, 0.8) for value, _ in ordered]
        colours, widths = [colour for colour, _ in looks], [width for _, width in looks]
        how: dict[str, Any] = {"facecolors": "none", "edgecolors": colours, "linewidths": widths, "linestyles": style, "zorder": 1}
        if drawn:
            axes.add_collection(PathCollection([path for _, path in ordered], **how))
    return [style for style, drawn in lines.items() if drawn]


def _look(sketch: Sketch, weight: float) -> tuple[str, float]:
    """Return a line's colour and width."""
    width = sketch.widest * abs(weight) / (sketch.biggest or 1.0)
    return (POSITIVE if weight > 0 else NEGATIVE if weight < 0 else "0.7"), 0.15 + width


def draw_biases(axes: Axes, sketch: Sketch, intact: Container[Connection]) -> list[str]:
    """Draw a square at the lower right of each unit that has a bias."""
    from matplotlib.patches import Rectangle

    projections = [projection for projection in sketch.network.projections if projection.sender.role == "bias"]
    biases = [connection for projection in projections for connection in projection if connection in intact]
    for connection in biases:
        x, y = sketch.points[connection.receiver]
        value = connection.weight.value
        side = 1.1 * sketch.radius * (abs(value) / (sketch.biggest or 1.0)) ** 0.5
        corner = x + 1.05 * sketch.radius - side / 2, y - 1.05 * sketch.radius - side / 2
        how: dict[str, Any] = {"facecolor": POSITIVE if value > 0 else NEGATIVE, "edgecolor": "white", "linewidth": 0.4, "zorder": 3}
        axes.add_patch(Rectangle(corner, side, side, **how))
    return ["bias"] if biases else []


def draw_units(axes: Axes, sketch: Sketch) -> list[str]:
    """Draw the circles, and return what is to be explained of them."""
    from matplotlib import colormaps
    from matplotlib.patches import Circle

    shares = np.array([unit.activation for unit in sketch.points]) / sketch.most
    has_negative = bool((shares < 0).any())
    shades = colormaps["RdBu_r"](0.5 + shares / 2) if has_negative else colormaps["gray_r"](0.75 * shares)
    for (unit, point), shade in zip(sketch.points.items(), shades, strict=True):
        how: dict[str, Any] = {"facecolor": shade, "edgecolor": "black", "linewidth": 0.8, "zorder": 2}
        if unit.group.role == "initial":
            how |= {"linestyle": ":"}
        if unit.lesioned:
            how |= {"facecolor": "white", "edgecolor": LESIONED}
            _cross_out(axes, point, 0.9 * sketch.radius)
        axes.add_patch(Circle(point, sketch.radius, **how))
    kinds = [("signed" if has_negative else "active")] if shares.any() else []
    return [*kinds, "lesioned"] if any(unit.lesioned for unit in sketch.points) else kinds


def _cross_out(axes: Axes, point: Point, arm: float) -> None:
    x, y = point
    for slant in (-1, 1):
        axes.plot([x - arm, x + arm], [y - slant * arm, y + slant * arm], color="0.4", linewidth=1.2, zorder=4)


def draw_names(axes: Axes, sketch: Sketch) -> None:
    """Write the names of groups at their left, those of units within or beside them, and the ticks at the bottom."""
    for group in sketch.network.groups:
        _name_group(axes, sketch, group)
        if all(label.isdecimal() for label in group.labels) and sketch.has_names_outside(group):
            continue  # numbers that have no room say nothing that counting does not
        for unit in group:
            _name_unit(axes, sketch, unit)
    for tick in dict.fromkeys(group.tick for group in sketch.network.groups if group.tick is not None):
        xs = [sketch.points[unit][0] for group in sketch.network.groups if group.tick == tick for unit in group]
        text = f"tick {tick}" if tick > 0 else "before"
        axes.text((min(xs) + max(xs)) / 2, sketch.bottom + 0.08, text, fontsize=NAME_POINTS * sketch.scale, ha="center", va="bottom")


def _name_group(axes: Axes, sketch: Sketch, group: Group) -> None:
    where = sketch.places[group.name]
    if where.is_named:
        how: dict[str, Any] = {"fontsize": NAME_POINTS * sketch.scale, "ha": "right", "va": "center", "zorder": 5, "bbox": BEHIND}
        axes.text(where.x - sketch.gap * len(group) / 2, sketch.row_height * where.row, original(group).name, **how)


def _name_unit(axes: Axes, sketch: Sketch, unit: Unit) -> None:
    (x, y), row = sketch.points[unit], sketch.places[unit.group.name].row
    how: dict[str, Any] = {"fontsize": LABEL_POINTS * sketch.scale, "ha": "center", "zorder": 5}
    if not sketch.has_names_outside(unit.group):
        is_dark = abs(unit.activation) > 0.6 * sketch.most and not unit.lesioned
        axes.text(x, y, unit.label, va="center_baseline", color="white" if is_dark else "black", **how)
        return
    how["rotation"] = 90 if sketch.has_names_upright(unit.group) else 0
    if row == sketch.rows - 1 and row > 0:
        axes.text(x, y + 1.3 * sketch.radius, unit.label, va="bottom", **how)
    else:
        behind = {} if row == 0 else {"bbox": BEHIND}
        axes.text(x, y - 1.5 * sketch.radius, unit.label, va="top", **how, **behind)


def draw_legend(axes: Axes, sketch: Sketch, kinds: list[str]) -> None:
    """Say beside the drawing what its colours, lines and marks mean, of those that occur."""
    from matplotlib.lines import Line2D

    square: dict[str, Any] = {"linestyle": "none", "marker": "s", "color": POSITIVE, "markersize": 4}
    ring: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 7, "markeredgecolor": "black"}
    known: dict[str, tuple[str, dict[str, Any]]] = {
        "--": ("from an earlier tick" if sketch.network.ticks else "with delay", {"color": POSITIVE, "linestyle": "--"}),
        ":": ("lesioned", {"color": LESIONED, "linestyle": ":"}),
        "bias": ("bias", square),
        "active": ("active unit", {**ring, "color": "0.45"}),
        "signed": ("active unit: red +, blue −", {**ring, "color": "#f4a582"}),
        "lesioned": ("lesioned unit", {**ring, "color": "white", "marker": "X", "markeredgecolor": "0.4"}),
    }
    signs = [("positive", {"color": POSITIVE}), ("negative", {"color": NEGATIVE})] if sketch.biggest else []
    shown = signs + [known[kind] for kind in kinds if kind in known]
    handles = [Line2D([], [], label=label, **how) for label, how in shown]
    if handles:
        axes.legend(handles=handles, frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0)
