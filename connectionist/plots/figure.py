"""Figures and axes for all plots: creation, tick labels, line styles, legends and titles.

No module of `plots` uses pyplot, so matplotlib's global state does not change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from os.path import commonprefix
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from connectionist.errors import ParameterError, check_number
from connectionist.utils.visible_text import shown, visible_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Arguments = ParamSpec("Arguments")
Drawn = TypeVar("Drawn")

MAX_INCHES = 24.0  # longest side of a figure: 3,600 pixels at 150 per inch
LETTER_WIDTH = 0.062  # inches, at FONT_SIZE
FONT_SIZE, MIN_FONT_SIZE = 7.0, 5.0  # points, of tick labels
# Okabe & Ito (2008), reordered so that neighbours also differ in lightness: distinct for colour-blind readers, and mostly in grey print.
COLOURS = ("#000000", "#D55E00", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")
LINE_STYLES = ("-", "--", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "p")
POSITIVE_COLOUR, NEGATIVE_COLOUR = "#1a1a1a", "#e06000"
MAX_LEGEND_ENTRIES, MAX_LEGEND_LETTERS = 24, 60
LEGEND_POINTS = 8  # size of the letters of a legend
LEGEND_SPACING = 1.6  # height of an entry of a legend, as a multiple of the size of its letters
LABEL_ROOM = 0.3  # inches below the axes that a legend beside them may use


def literal_text(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
    """Decorate a function that draws, so that its texts are shown as they are: "$" begins no formula, and LaTeX sets no text."""

    @wraps(draw)
    def draw_literally(*arguments: Arguments.args, **options: Arguments.kwargs) -> Drawn:
        from matplotlib import rc_context

        with rc_context({"text.parse_math": False, "text.usetex": False}):
            return draw(*arguments, **options)

    return draw_literally


def by_label(values: Any, what: str, kind: str) -> dict[str, Any]:
    """Return what a plot shows of each condition, by its label as text.

    Raises
    ------
    ParameterError
        If it is no dict, nor like one. `kind` says what the dict must have for each label.
    """
    if not hasattr(values, "keys"):
        raise ParameterError(f"{what}: must be a dict of label to {kind} (got {shown(values)})")
    return {str(label): some for label, some in dict(values).items()}


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """Return a figure with a canvas that pyplot does not know.

    Parameters
    ----------
    width, height : float
        Inches; reduced to `MAX_INCHES`.
    layout : {"constrained", None}
        Layout engine of matplotlib.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from connectionist.plots.notebook_figure import NotebookFigure

    figure = NotebookFigure(figsize=(min(width, MAX_INCHES), min(height, MAX_INCHES)), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def new_axes(width: float = 6.0, height: float = 4.0) -> Axes:
    """Return empty axes in a new figure, which does not use pyplot and which notebooks can show.

    Parameters
    ----------
    width, height : float
        Size of the figure in inches, above 0; values above 24 are reduced to 24.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the width or the height is not a finite number above 0.

    Examples
    --------
    >>> axes = new_axes(5, 3)
    >>> lines = axes.plot([1, 2, 3], [2, 1, 4])
    >>> axes.figure.get_size_inches().tolist()
    [5.0, 3.0]
    """
    width = check_number("new_axes", "width", width, above=0)
    height = check_number("new_axes", "height", height, above=0)
    return new_figure(width, height).add_subplot()


def axes_or_new(axes: Axes | None, width: float, height: float) -> Axes:
    """Return the given axes, or axes in a new figure of the given size in inches."""
    return new_figure(width, height).add_subplot() if axes is None else check_axes(axes)


def check_axes(axes: Axes) -> Axes:
    """Return axes given by a user.

    Raises
    ------
    ParameterError
        If `axes` is not matplotlib Axes, for example a figure or an array of axes.
    """
    if not hasattr(axes, "add_collection"):
        raise ParameterError(f"axes: must be one matplotlib Axes, as figure.add_subplot() returns (got {shown(axes)})")
    return axes


def text_width(texts: Sequence[str], points: float = FONT_SIZE) -> float:
    """Return the approximate width in inches of the longest text in a font of `points` points."""
    return LETTER_WIDTH * points / FONT_SIZE * max((len(visible_text(text)) for text in texts), default=0)


def size_in_inches(axes: Axes) -> tuple[float, float]:
    """Return the present width and height of axes, before the layout engine changes them."""
    figure: Any = axes.get_figure(root=True)
    box = axes.get_position()
    width, height = figure.get_size_inches().tolist()
    return box.width * width, box.height * height


def label_ticks(
    axis: Axis, labels: Sequence[str], spacing: float, noun: str, *, rotation: float = 0, places: Sequence[float] | None = None
) -> str:
    """Label the ticks of an axis, in a smaller font if they are close, and only every n-th tick if the font would be too small.

    Parameters
    ----------
    axis : Axis
    labels : sequence of str
    spacing : float
        Inches between neighbouring ticks.
    noun : str
        What the labels name, such as "unit".
    rotation : float
        Rotation of the labels in degrees.
    places : sequence of float, optional
        Coordinates of the ticks. The default is 0, 1, 2 …

    Returns
    -------
    str
        A note for the title if labels were left out, such as ``"every 3rd unit labelled"``; otherwise empty.
    """
    points, step = font_size_and_step(spacing)
    step = min(step, max(1, len(labels) - 1))
    every_place = range(len(labels)) if places is None else places
    axis.set_ticks(list(every_place)[::step], [visible_text(label) for label in labels][::step], fontsize=points, rotation=rotation)
    axis.set_tick_params(length=0)
    return "" if step == 1 else f"every {ordinal(step)} {noun} labelled"


def font_size_and_step(spacing: float) -> tuple[float, int]:
    """Return the font size in points for labels `spacing` inches apart, and the step n with which every n-th label fits."""
    points = min(FONT_SIZE, 72 * spacing * 0.85)
    return (points, 1) if points >= MIN_FONT_SIZE else (MIN_FONT_SIZE, math.ceil(MIN_FONT_SIZE / max(points, 0.01)))


def ordinal(number: int) -> str:
    """Return a number as an ordinal, as in "every 3rd".

    Examples
    --------
    >>> [ordinal(number) for number in (2, 3, 4, 11, 21)]
    ['2nd', '3rd', '4th', '11th', '21st']
    """
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def split_repeated_prefix(names: Sequence[str]) -> tuple[str, list[str]]:
    """Return a prefix that all of at least two names have, up to a colon or before numbers, and the names without it.

    Examples
    --------
    >>> split_repeated_prefix(["hidden:0", "hidden:1"]), split_repeated_prefix(["word 9", "word 10"])
    (('hidden:', ['0', '1']), ('word ', ['9', '10']))
    >>> split_repeated_prefix(["boy runs", "boy sings"])
    ('', ['boy runs', 'boy sings'])
    """
    common = commonprefix(list(names)) if len(names) > 1 else ""  # noqa: RUF071  (texts, not paths)
    group = common[: common.rfind(":") + 1]
    word = common.rstrip("0123456789")
    for prefix in (group, word):
        rest = [name.removeprefix(prefix) for name in names]
        if prefix and all(rest) and (prefix == group or (prefix[-1] in " _-" and all(part.isdecimal() for part in rest))):
            return prefix, rest
    return "", list(names)


def shorten_end(text: str, letters: int) -> str:
    """Return a text of at most `letters` letters, with "…" in place of its end if it is longer."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def append_to_title(axes: Axes, *notes: str, loc: Literal["left", "center", "right"] = "left", points: float = 9.0) -> None:
    """Append notes in parentheses to the title, on a new line if the axes are too narrow. Empty notes are ignored."""
    text = ", ".join(dict.fromkeys(note for note in notes if note))
    title = axes.get_title(loc=loc)
    has_room = text_width([f"{title}   ({text})"], points) < size_in_inches(axes)[0]
    between = "   " if has_room or not title else "\n"
    axes.set_title(f"{title}{between}({text})".strip() if text else title, loc=loc, fontsize=points)


def line_styles(count: int) -> list[dict[str, Any]]:
    """Return the colour and line style of each of `count` lines: all distinct up to 24, colours of a continuous scale above that."""
    if count <= MAX_LEGEND_ENTRIES:
        return [{"color": COLOURS[number % len(COLOURS)], "linestyle": LINE_STYLES[number // len(COLOURS)]} for number in range(count)]
    from matplotlib import colormaps

    scale = colormaps["viridis"]
    return [{"color": scale(0.9 * number / (count - 1)), "linestyle": "-"} for number in range(count)]


def add_legend(
    axes: Axes, lines: Sequence[Any], names: Sequence[str], marks: Mapping[str, Any] | None = None, *, at_left: bool = False
) -> str:
    """Add a legend: inside the axes for up to four entries, to their right for more, and with every n-th line above 24 lines.

    If the legend would be higher than the axes, it has smaller letters, and above 24 lines fewer entries.

    Parameters
    ----------
    axes : Axes
    lines, names : sequence
        Lines, and a name for each.
    marks : dict of name to artist, optional
        Further entries, which are never left out; they come after the lines.
    at_left : bool
        Whether the legend is to the left of the axes, for any number of entries.

    Returns
    -------
    str
        A note for the title if lines were left out; otherwise empty.
    """
    marks = marks or {}
    if not lines and not marks:
        return ""
    room = max(1, int(72 * (size_in_inches(axes)[1] + LABEL_ROOM) / (LEGEND_SPACING * LEGEND_POINTS)))
    step = math.ceil(len(lines) / min(room, MAX_LEGEND_ENTRIES)) if len(lines) > MAX_LEGEND_ENTRIES else 1
    points = LEGEND_POINTS * max(0.6, min(1.0, room / (len(lines[::step]) + len(marks) + 1)))
    corner, place_beside = ("upper right", (-0.01, 1.0)) if at_left else ("upper left", (1.01, 1.0))
    beside: dict[str, Any] = {"loc": corner, "bbox_to_anchor": place_beside, "borderaxespad": 0.0}
    prefix, short = split_repeated_prefix([shorten_end(name, MAX_LEGEND_LETTERS) for name in names])
    place = beside if at_left or len(lines) + len(marks) > 4 else {}
    legend = axes.legend([*lines[::step], *marks.values()], [*short[::step], *marks], frameon=False, fontsize=points, **place)
    legend.set_title(prefix.rstrip(": _-"))
    legend.get_title().set_fontsize(points)
    for text in [*legend.get_texts(), legend.get_title()]:
        text.set(parse_math=False, usetex=False)
    return "" if step == 1 else f"every {ordinal(step)} of {len(lines)} in the legend"


def hide_frame(axes: Axes) -> None:
    """Hide the upper and right sides of the frame, which have no scale."""
    axes.spines[["top", "right"]].set_visible(False)
