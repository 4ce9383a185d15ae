"""Figures on a page: as a drawing where that is small, as a picture where it has very many parts, or the reason why there is none."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from connectionist.reporting.html.elements import Html, element, phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PARTS = 1500  # a drawing of more would be larger than a picture of it
MOST_DOTS = 3600  # on the longer side of a picture
DOTS_PER_INCH = 150
POINTS_PER_INCH = 72
DOTS_PER_POINT = 1.7  # a little larger than on paper, so that small letters can be read
WIDE = 480  # points; figures wider than this are scrolled where the page is narrow, or their letters could not be read
LEAST, MOST_SCROLLED = 0.6, 1600  # to which part of their width these may shrink, and how many pixels wide they need not be
NATURAL = 4 / 3  # pixels to a point, as browsers have it


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption, or why it could not be drawn.

    Parameters
    ----------
    caption : str
        Marked up as docstrings are.
    figure : Figure or None
    failure : str
        Why there is no figure.
    """

    caption: str
    figure: Figure | None
    failure: str = ""

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG, drawn once for whoever wants it; nothing when there is no figure."""
        return b"" if self.figure is None else as_png(self.figure)


def draw(caption: str, make: Callable[[], Any]) -> Drawing:
    """Draw a figure; one that fails is warned of and told on the page, and loses nothing else.

    Parameters
    ----------
    caption : str
    make : function
        Returns the axes, or the figure.
    """
    try:
        return Drawing(caption, figure_of(make()))
    except Exception as error:  # whatever a stranger's figure raises, the run's numbers matter more
        return failed(caption, error)


def draw_all(what: str, make: Callable[[], Mapping[str, Any]]) -> list[Drawing]:
    """Draw figures that are made together, by caption.

    Parameters
    ----------
    what : str
        What they are, should none be made.
    make : function
        Returns the axes or figure for each caption.
    """
    try:
        made = dict(make())
    except Exception as error:  # as above
        return [failed(what, error)]
    return [draw(caption, partial(_same, drawn)) for caption, drawn in made.items()]


def _same(thing: Any) -> Any:
    return thing


def failed(caption: str, error: Exception) -> Drawing:
    """Warn that a figure could not be drawn, and say so in its place."""
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    warnings.warn(f"a figure could not be drawn, and the report says so in its place: {caption}: {reason}", stacklevel=3)
    return Drawing(caption, None, reason)


def figure_of(drawn: Any) -> Figure:
    """Return the figure of axes, or the figure itself.

    Raises
    ------
    TypeError
        When it is neither.
    """
    figure = drawn.get_figure(root=True) if hasattr(drawn, "get_figure") else None
    if figure is None or not hasattr(figure, "savefig"):
        raise TypeError(f"must be Axes in a Figure, or a Figure (got {drawn!r})")
    return figure  # type: ignore[no-any-return]


def figure(drawing: Drawing) -> Html:
    """Return a drawing as part of a page, its caption under it."""
    caption = element("figcaption", phrase(drawing.caption))
    if drawing.figure is None:
        return element("figure", element("p", f"This figure could not be drawn. {drawing.failure}", class_="wrong"), caption)
    try:
        return element("figure", element("div", image(drawing.figure, drawing.caption, png=lambda: drawing.png), tabindex=0), caption)
    except Exception as error:  # some mistakes show only when the drawing is written
        return figure(failed(drawing.caption, error))


def image(drawn: Figure, words: str, scale: float = DOTS_PER_POINT, least: float = LEAST, png: Callable[[], bytes] | None = None) -> Html:
    """Return a figure as an image that has its data in itself.

    An image of SVG keeps the names in it to itself, so that several can stand on one page.

    Parameters
    ----------
    drawn : Figure
    words : str
        What it shows, for those who do not see it.
    scale : float
        Pixels of the page to a point of the figure.
    least : float
        To which part of that a wide figure may shrink where the page is narrow, before it is scrolled.
    png : function, optional
        Returns it as PNG, should that be wanted and drawn already.
    """
    width = drawn.get_size_inches()[0] * POINTS_PER_INCH
    is_small = _parts(drawn) <= MOST_PARTS
    kind, data = ("svg+xml", as_svg(drawn)) if is_small else ("png", png() if png else as_png(drawn))
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    dots = round(width * scale)
    narrowest = f"--least:{min(round(least * dots), MOST_SCROLLED)}px;" if width > WIDE and least else ""
    return element("img", src=source, alt=words, width=dots, style=f"{narrowest}max-width:100%;height:auto")


def as_svg(drawn: Figure) -> bytes:
    """Return a figure as SVG, the same bytes each time."""
    import matplotlib as mpl

    written = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "connectionist", "svg.fonttype": "path"}):
        drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(rb"<\?xml.*?\?>\s*<!DOCTYPE.*?>\s*", b"", written.getvalue(), count=1, flags=re.DOTALL)


def as_png(drawn: Figure) -> bytes:
    """Return a figure as PNG, of a size that a page can hold."""
    written = io.BytesIO()
    dots = min(DOTS_PER_INCH, MOST_DOTS / max(drawn.get_size_inches()))
    drawn.savefig(written, format="png", dpi=dots, metadata={"Software": None})
    return written.getvalue()


def _parts(drawn: Figure) -> int:
    """Return about how many things an SVG would list."""
    import numpy as np

    count = 0
    for axes in drawn.axes:
        for collection in axes.collections:
            count += max(len(collection.get_paths()), len(np.atleast_2d(np.asarray(collection.get_offsets()))))
        count += len(axes.patches) + len(axes.texts) + len(axes.lines)
    return count
