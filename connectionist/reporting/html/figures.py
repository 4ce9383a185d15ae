"""Figures in HTML: SVG if the figure has few parts, PNG if it has many, or the error if it could not be drawn."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.reporting.html.elements import Html, element, inline_html
from connectionist.utils.caller_warnings import warn_caller

if TYPE_CHECKING:
    from logging import LogRecord

    from matplotlib.figure import Figure

MAX_SVG_PARTS = 1500  # limit: an SVG with more parts is larger than a PNG
POINTS_PER_PART = 200  # points of a line that take as many bytes as another part; a line with many points is simplified
MAX_PNG_PIXELS = 3600  # greatest length of the longer side of a PNG
PIXELS_PER_INCH = 150  # resolution of a PNG
POINTS_PER_INCH = 72
PAGE_SCALE = 1.7  # page pixels per point: a little larger than on paper, so that small text is readable
NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CSS_SCALE = 4 / 3  # page pixels per point, as CSS defines them
WIDE_POINTS = 480  # figures wider than this have a minimum width on a narrow page, so that their text stays readable
MIN_SHRINK, MAX_MIN_WIDTH = 0.6, 1600  # that minimum width: a fraction of the full width, and at most this many page pixels


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption, or the reason why there is none.

    Parameters
    ----------
    caption : str
        Text with the markup of a docstring.
    figure : Figure or None
    reason : str
        Why there is no figure; empty if there is one.
    has_failed : bool
        Whether the code that draws the figure raised.
    """

    caption: str
    figure: Figure | None
    reason: str = ""
    has_failed: bool = False

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG, rendered once; empty if there is no figure."""
        return b"" if self.figure is None else as_png(self.figure)

    @cached_property
    def html(self) -> Html:
        """The figure as an image element, rendered once, or the reason why there is none."""
        if self.figure is None:
            return element("p", f"This figure could not be drawn. {self.reason}", class_="warning")
        image = image_html(self.figure, " ".join(self.caption.split()), png=lambda: self.png)
        return element("div", image, tabindex=0)


@contextmanager
def report_style() -> Iterator[None]:
    """Set aside the settings of a user's matplotlibrc with which a figure cannot be drawn, or has another size than its element.

    A message about a font that does not exist is printed once, not for each text.
    """
    import logging

    import matplotlib as mpl

    fonts = logging.getLogger("matplotlib.font_manager")
    fonts.addFilter(_is_new_message)
    try:
        with mpl.rc_context({"text.usetex": False, "savefig.bbox": None, "savefig.dpi": "figure"}):
            yield
    finally:
        fonts.removeFilter(_is_new_message)


def _is_new_message(record: LogRecord) -> bool:
    text = record.getMessage()
    is_new = text not in _messages
    _messages.add(text)
    return is_new


_messages: set[str] = set()


def draw(caption: str, make: Callable[[], Any]) -> Drawing:
    """Return a drawing. If `make` raises, warn and return a drawing with the error.

    Parameters
    ----------
    caption : str
    make : function
        Returns Axes or a Figure.
    """
    try:
        with exits_as_errors(), report_style():
            return Drawing(caption, figure_of(make()))
    except Exception as error:  # a task's figure may raise anything, and the numbers must still be reported
        return failed_drawing(caption, error)


def draw_all(what: str, make: Callable[[], Mapping[str, Any]]) -> list[Drawing]:
    """Return drawings that are made together. If `make` raises, warn and return one drawing with the error.

    Parameters
    ----------
    what : str
        Caption if `make` raises.
    make : function
        Returns a mapping of caption to Axes or Figure.
    """
    try:
        with exits_as_errors(), report_style():
            made = dict(make())
    except Exception as error:  # as in `draw`
        return [failed_drawing(what, error)]
    return [draw(caption, partial(_identity, drawn)) for caption, drawn in made.items()]


def _identity(value: Any) -> Any:
    return value


def failed_drawing(caption: str, error: Exception) -> Drawing:
    """Warn that a figure could not be drawn, and return a drawing with the error."""
    reason = describe_fault(error)
    first_sentence = " ".join(caption.split()).partition(". ")[0].rstrip(".")
    warn_caller(f"a figure could not be drawn; the report has the error in its place: {first_sentence}: {reason}")
    return Drawing(caption, None, reason, has_failed=True)


def figure_of(drawn: Any) -> Figure:
    """Return the figure of axes, or the figure itself.

    Raises
    ------
    TypeError
        If `drawn` is neither Axes in a Figure nor a Figure.
    """
    figure = drawn.get_figure(root=True) if hasattr(drawn, "get_figure") else None
    if figure is None or not hasattr(figure, "savefig"):
        raise TypeError(f"must be Axes in a Figure, or a Figure (got {drawn!r})")
    return figure  # type: ignore[no-any-return]


def rendered(drawing: Drawing) -> Drawing:
    """Return a drawing that has been rendered, or one with the error, after a warning.

    matplotlib finds some mistakes, such as bad mathematical text, only when it renders.
    """
    try:
        with exits_as_errors():
            drawing.html  # noqa: B018
    except Exception as error:  # as in `draw`
        return failed_drawing(drawing.caption, error)
    return drawing


def figure_html(drawing: Drawing) -> Html:
    """Return a drawing with its caption below, or the error in its place."""
    return element("figure", rendered(drawing).html, element("figcaption", inline_html(drawing.caption)))


def image_html(
    drawn: Figure, description: str, *, scale: float = PAGE_SCALE, min_shrink: float = MIN_SHRINK, png: Callable[[], bytes] | None = None
) -> Html:
    """Return a figure as an image element that contains its data.

    Identifiers within an SVG image do not clash with those of other images on the page.

    Parameters
    ----------
    drawn : Figure
    description : str
        Text for readers who do not see the image.
    scale : float
        Page pixels per point of the figure.
    min_shrink : float
        Fraction of its width to which a wide figure may shrink on a narrow page before it scrolls; 0 for no minimum.
    png : function, optional
        Returns the figure as PNG, for a caller that has rendered it already.
    """
    width = drawn.get_size_inches()[0] * POINTS_PER_INCH
    is_small = _count_parts(drawn) <= MAX_SVG_PARTS
    kind, data = ("svg+xml", as_svg(drawn)) if is_small else ("png", png() if png else as_png(drawn))
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    pixels = round(width * scale)
    min_width = f"--min-width:{min(round(min_shrink * pixels), MAX_MIN_WIDTH)}px;" if width > WIDE_POINTS and min_shrink else ""
    return element("img", src=source, alt=description, width=pixels, style=f"{min_width}max-width:100%;height:auto")


def as_svg(drawn: Figure) -> bytes:
    """Return a figure as SVG. The bytes depend only on the figure."""
    import matplotlib as mpl

    from connectionist.plots.notebook_figure import make_texts_visible

    make_texts_visible(drawn)
    written = io.BytesIO()
    with report_style(), mpl.rc_context({"svg.hashsalt": "connectionist", "svg.fonttype": "path"}):
        drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    drawing = NOT_XML.sub(b"?", written.getvalue())  # matplotlib writes each text into a comment
    return re.sub(rb"<\?xml.*?\?>\s*<!DOCTYPE.*?>\s*", b"", drawing, count=1, flags=re.DOTALL)


def as_png(drawn: Figure) -> bytes:
    """Return a figure as PNG with 150 pixels per inch, at most 3,600 pixels wide and high."""
    written = io.BytesIO()
    resolution = min(PIXELS_PER_INCH, MAX_PNG_PIXELS / max(drawn.get_size_inches()))
    with report_style():
        drawn.savefig(written, format="png", dpi=resolution, metadata={"Software": None})
    return written.getvalue()


def _count_parts(drawn: Figure) -> int:
    """Return the approximate number of elements of a figure in SVG."""
    import numpy as np

    count = 0
    for axes in drawn.axes:
        for collection in axes.collections:
            count += max(len(collection.get_paths()), len(np.atleast_2d(np.asarray(collection.get_offsets()))))
        count += len(axes.patches) + len(axes.texts)
        for line in axes.lines:
            count += 1 + np.size(line.get_xdata()) // POINTS_PER_PART
    return count
