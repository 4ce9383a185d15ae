"""What every figure needs: a page of some size, names that do not run into each other, and lines that can be told apart.

Nothing here or elsewhere in `plots` asks pyplot for anything, so matplotlib's global state is left alone: nothing pops up and nothing has
to be closed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from connectionist.errors import ParameterError, check_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

LARGEST = 24.0  # inches, a side of the largest figure: 3,600 pixels at 150 to the inch
LETTER = 0.062  # inches, the width of a letter of 7 points
POINTS, SMALLEST = 7.0, 5.0  # size of names, and the size below which nobody reads them
# Okabe & Ito (2008), in an order in which neighbours differ in lightness too: told apart by the colour-blind, and mostly in print.
COLOURS = ("#000000", "#D55E00", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")
STYLES = ("-", "--", ":")
POSITIVE, NEGATIVE = "#1a1a1a", "#e06000"
IN_LEGEND = 24  # at most so many lines are named one by one


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """Return a figure of so many inches, at most `LARGEST` a side, that can be drawn and saved, unknown to pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from connectionist.plots.notebook_figure import ShownFigure

    figure = ShownFigure(figsize=(min(width, LARGEST), min(height, LARGEST)), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def new_axes(width: float = 6.0, height: float = 4.0) -> Axes:
    """Return empty axes on a page of their own, for figures of yours: unknown to pyplot like the others, and shown in notebooks.

    Parameters
    ----------
    width, height : float
        Inches, above 0; at most 24 are taken.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> axes = new_axes(5, 3)
    >>> lines = axes.plot([1, 2, 3], [2, 1, 4])
    >>> axes.figure.get_size_inches().tolist()
    [5.0, 3.0]
    """
    check_number("new_axes", "width", width, above=0)
    check_number("new_axes", "height", height, above=0)
    return new_figure(width, height).add_subplot()


def own_axes(axes: Axes | None, width: float, height: float) -> Axes:
    """Return the axes given, or new ones on a page of so many inches."""
    return new_figure(width, height).add_subplot() if axes is None else checked(axes)


def checked(axes: Axes) -> Axes:
    """Return axes that were given, if that is what they are.

    Raises
    ------
    ParameterError
        For a figure, an array of axes, or anything else.
    """
    if not hasattr(axes, "add_collection"):
        raise ParameterError(f"axes: must be one matplotlib Axes, as figure.add_subplot() returns (got {axes!r:.80})")
    return axes


def width_of(names: Sequence[str], points: float = POINTS) -> float:
    """Return the inches that the longest of some names takes."""
    return LETTER * points / POINTS * max((len(name) for name in names), default=0)


def size_in_inches(axes: Axes) -> tuple[float, float]:
    """Return width and height of axes as they stand, before any layout."""
    figure: Any = axes.get_figure(root=True)
    box = axes.get_position()
    width, height = figure.get_size_inches().tolist()
    return box.width * width, box.height * height


def name_ticks(axis: Axis, names: Sequence[str], room: float, what: str, places: Sequence[float] | None = None, **how: Any) -> str:
    """Write names along an axis, smaller where they are close, and only some of them where they would be too small.

    Parameters
    ----------
    axis : Axis
    names : sequence of str
        One for each of `places`.
    room : float
        Inches from one place to the next.
    what : str
        What is named, as "unit".
    places : sequence of float, optional
        Where on the axis; 0, 1, 2 … unless given.
    **how
        For the labels, as ``rotation=90``.

    Returns
    -------
    str
        What was left out, as ``"every 3rd unit named"``; empty when nothing was.
    """
    points, step = size_and_step(room)
    step = min(step, max(1, len(names) - 1))
    every = range(len(names)) if places is None else places
    axis.set_ticks(list(every)[::step], list(names)[::step], fontsize=points, **how)
    axis.set_tick_params(length=0)
    return "" if step == 1 else f"every {ordinal(step)} {what} named"


def size_and_step(room: float) -> tuple[float, int]:
    """Return in which size names stand that have so many inches each, and that every how-manyeth of them fits."""
    points = min(POINTS, 72 * room * 0.85)
    return (points, 1) if points >= SMALLEST else (SMALLEST, math.ceil(SMALLEST / max(points, 0.01)))


def ordinal(number: int) -> str:
    """Return a number as in "every 3rd".

    Examples
    --------
    >>> [ordinal(number) for number in (2, 3, 4, 11, 21)]
    ['2nd', '3rd', '4th', '11th', '21st']
    """
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def add_to_title(axes: Axes, *notes: str, loc: Literal["left", "center", "right"] = "left", points: float = 9.0) -> None:
    """Write notes behind the title, in parentheses, or under it where there is no room; empty ones are left out."""
    said = ", ".join(dict.fromkeys(note for note in notes if note))
    title = axes.get_title(loc=loc)
    has_room = width_of([f"{title}   ({said})"], points) < size_in_inches(axes)[0]
    between = "   " if has_room or not title else "\n"
    axes.set_title(f"{title}{between}({said})".strip() if said else title, loc=loc, fontsize=points)


def line_styles(count: int) -> list[dict[str, Any]]:
    """Return colour and line style for each of so many lines: all different up to 24, along a scale of colours beyond that."""
    if count <= IN_LEGEND:
        return [{"color": COLOURS[number % len(COLOURS)], "linestyle": STYLES[number // len(COLOURS)]} for number in range(count)]
    from matplotlib import colormaps

    scale = colormaps["viridis"]
    return [{"color": scale(0.9 * number / (count - 1)), "linestyle": "-"} for number in range(count)]


def name_lines(axes: Axes, lines: Sequence[Any], names: Sequence[str], marks: Mapping[str, Any] | None = None) -> str:
    """Make a legend: within the axes for a few lines, beside them for more, and of some of the lines for very many.

    Parameters
    ----------
    axes : Axes
    lines, names : sequence
    marks : dict of name to artist, optional
        What is named in any case, after the lines.

    Returns
    -------
    str
        What was left out; empty when nothing was.
    """
    marks = marks or {}
    if not lines and not marks:
        return ""
    step = max(1, math.ceil(len(lines) / IN_LEGEND))
    beside: dict[str, Any] = (
        {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0} if len(lines) + len(marks) > 4 else {}
    )
    axes.legend([*lines[::step], *marks.values()], [*names[::step], *marks], frameon=False, fontsize=8, **beside)
    return "" if step == 1 else f"every {ordinal(step)} of {len(lines)} named"


def tidy(axes: Axes) -> None:
    """Take away the lines of the frame that bear no scale."""
    axes.spines[["top", "right"]].set_visible(False)
