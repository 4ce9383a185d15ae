"""Artists of a drawing: connections, biases, units, names and the legend of a sketch."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.model.group_rows import original, tick_difference
from connectionist.plots.figure import NEGATIVE_COLOUR, POSITIVE_COLOUR
from connectionist.plots.network._edges import Point
from connectionist.plots.network._sketch import LABEL_POINTS, NAME_POINTS, Sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.unit import Unit

LESIONED_COLOUR = "0.75"
BACKGROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}  # background of text that may cover lines


def draw_connections(axes: Axes, sketch: Sketch, intact: Container[Connection]) -> list[str]:
    """Draw the connections, the largest weights on top.

    Returns
    -------
    list of str
        Line styles that occur: "-", "--" for connections with delay, ":" for lesioned ones.
    """
    from matplotlib.collections import PathCollection

    lines: dict[str, list[tuple[float, Any]]] = {"-": [], "--": [], ":": []}
    for connection, path in sketch.paths.items():
        style = ":" if connection not in intact else "--" if tick_difference(connection.projection) else "-"
        lines[style].append((connection.weight.value, path))
    for style, weights_and_paths in lines.items():
        ordered = sorted(weights_and_paths, key=lambda line: abs(line[0]))
        looks = [_colour_and_width(sketch, weight) if style != ":" else (LESIONED_COLOUR, 0.8) for weight, _ in ordered]
        colours, widths = [colour for colour, _ in looks], [width for _, width in looks]
        options: dict[str, Any] = {"facecolors": "none", "edgecolors": colours, "linewidths": widths, "linestyles": style, "zorder": 1}
        if ordered:
            axes.add_collection(PathCollection([path for _, path in ordered], **options))
    return [style for style, weights_and_paths in lines.items() if weights_and_paths]


def _colour_and_width(sketch: Sketch, weight: float) -> tuple[str, float]:
    """Return the colour of a line by the sign of the weight, and its width in points by the size."""
    width = sketch.line_width * abs(weight) / (sketch.largest_weight or 1.0)
    return (POSITIVE_COLOUR if weight > 0 else NEGATIVE_COLOUR if weight < 0 else "0.7"), 0.15 + width


def draw_biases(axes: Axes, sketch: Sketch, intact: Container[Connection]) -> list[str]:
    """Draw a square at the lower right of each unit that has a bias, and return the entry of the legend if there is one."""
    from matplotlib.patches import Rectangle

    projections = [projection for projection in sketch.network.projections if projection.sender.role == "bias"]
    biases = [connection for projection in projections for connection in projection if connection in intact]
    for connection in biases:
        x, y = sketch.positions[connection.receiver]
        value = connection.weight.value
        side = 1.1 * sketch.radius * (abs(value) / (sketch.largest_weight or 1.0)) ** 0.5
        corner = x + 1.05 * sketch.radius - side / 2, y - 1.05 * sketch.radius - side / 2
        colour = POSITIVE_COLOUR if value > 0 else NEGATIVE_COLOUR
        axes.add_patch(Rectangle(corner, side, side, facecolor=colour, edgecolor="white", linewidth=0.4, zorder=3))
    return ["bias"] if biases else []


def draw_units(axes: Axes, sketch: Sketch) -> list[str]:
    """Draw the units as circles, and return the entries of the legend that they need."""
    from matplotlib import colormaps
    from matplotlib.patches import Circle

    relative = np.array([unit.activation for unit in sketch.positions]) / sketch.largest_activation
    has_negative = bool((relative < 0).any())
    colours = colormaps["RdBu_r"](0.5 + relative / 2) if has_negative else colormaps["gray_r"](0.75 * relative)
    for (unit, position), colour in zip(sketch.positions.items(), colours, strict=True):
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": "black", "linewidth": 0.8, "zorder": 2}
        if unit.group.role == "initial":
            style |= {"linestyle": ":"}
        if unit.lesioned:
            style |= {"facecolor": "white", "edgecolor": LESIONED_COLOUR}
            _cross_out(axes, position, 0.9 * sketch.radius)
        axes.add_patch(Circle(position, sketch.radius, **style))
    kinds = [("signed" if has_negative else "active")] if relative.any() else []
    return [*kinds, "lesioned"] if any(unit.lesioned for unit in sketch.positions) else kinds


def _cross_out(axes: Axes, centre: Point, arm: float) -> None:
    x, y = centre
    for slope in (-1, 1):
        axes.plot([x - arm, x + arm], [y - slope * arm, y + slope * arm], color="0.4", linewidth=1.2, zorder=4)


def draw_names(axes: Axes, sketch: Sketch) -> None:
    """Write the names of groups to their left, the labels of units inside or beside them, and the ticks at the bottom."""
    for group in sketch.network.groups:
        _write_group_name(axes, sketch, group)
        if all(label.isdecimal() for label in group.labels) and sketch.has_labels_outside(group):
            continue  # numbers that do not fit inside the units are left out: they only count the units
        for unit in group:
            _write_unit_label(axes, sketch, unit)
    for tick in dict.fromkeys(group.tick for group in sketch.network.groups if group.tick is not None):
        xs = [sketch.positions[unit][0] for group in sketch.network.groups if group.tick == tick for unit in group]
        text = f"tick {tick}" if tick > 0 else "initial"
        axes.text((min(xs) + max(xs)) / 2, sketch.bottom + 0.08, text, fontsize=NAME_POINTS * sketch.scale, ha="center", va="bottom")


def _write_group_name(axes: Axes, sketch: Sketch, group: Group) -> None:
    position = sketch.groups[group.name]
    if position.is_named:
        style: dict[str, Any] = {"fontsize": NAME_POINTS * sketch.scale, "ha": "right", "va": "center", "zorder": 5, "bbox": BACKGROUND}
        axes.text(position.x - sketch.gap * len(group) / 2, sketch.row_height * position.row, original(group).name, **style)


def _write_unit_label(axes: Axes, sketch: Sketch, unit: Unit) -> None:
    """Write the label of a unit inside it, or above it in the top row and below it in other rows if it is too long."""
    (x, y), row = sketch.positions[unit], sketch.groups[unit.group.name].row
    style: dict[str, Any] = {"fontsize": LABEL_POINTS * sketch.scale, "ha": "center", "zorder": 5}
    if not sketch.has_labels_outside(unit.group):
        is_dark = abs(unit.activation) > 0.6 * sketch.largest_activation and not unit.lesioned
        axes.text(x, y, unit.label, va="center_baseline", color="white" if is_dark else "black", **style)
        return
    style["rotation"] = 90 if sketch.has_vertical_labels(unit.group) else 0
    if row == sketch.rows - 1 and row > 0:
        axes.text(x, y + 1.3 * sketch.radius, unit.label, va="bottom", **style)
    else:
        background = {} if row == 0 else {"bbox": BACKGROUND}
        axes.text(x, y - 1.5 * sketch.radius, unit.label, va="top", **style, **background)


def draw_legend(axes: Axes, sketch: Sketch, kinds: list[str]) -> None:
    """Add a legend of the colours, lines and marks that occur, to the right of the drawing.

    Parameters
    ----------
    axes : Axes
    sketch : Sketch
    kinds : list of str
        What `draw_connections`, `draw_biases` and `draw_units` returned.
    """
    from matplotlib.lines import Line2D

    square: dict[str, Any] = {"linestyle": "none", "marker": "s", "color": POSITIVE_COLOUR, "markersize": 4}
    circle: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 7, "markeredgecolor": "black"}
    entries: dict[str, tuple[str, dict[str, Any]]] = {
        "--": ("from an earlier tick" if sketch.network.ticks else "with delay", {"color": POSITIVE_COLOUR, "linestyle": "--"}),
        ":": ("lesioned", {"color": LESIONED_COLOUR, "linestyle": ":"}),
        "bias": ("bias", square),
        "active": ("active unit", {**circle, "color": "0.45"}),
        "signed": ("active unit: red +, blue −", {**circle, "color": "#f4a582"}),
        "lesioned": ("lesioned unit", {**circle, "color": "white", "marker": "X", "markeredgecolor": "0.4"}),
    }
    signs = [("positive", {"color": POSITIVE_COLOUR}), ("negative", {"color": NEGATIVE_COLOUR})] if sketch.largest_weight else []
    chosen = signs + [entries[kind] for kind in kinds if kind in entries]
    handles = [Line2D([], [], label=label, **style) for label, style in chosen]
    if handles:
        axes.legend(handles=handles, frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0)
