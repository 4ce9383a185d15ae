"""A figure that notebooks show without pyplot, and whose texts have no control characters.

A notebook shows a plain matplotlib figure as an image only after pyplot was imported, which this package avoids. Importing this module
imports matplotlib, so `plots.figure` imports it when the first figure is made.
"""

from __future__ import annotations

import io

from matplotlib.artist import allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text

from connectionist.utils.visible_text import visible_text

PIXELS_PER_INCH = 100
PIXEL_RATIO = 1.5  # image pixels per page pixel, for screens of high resolution


class NotebookFigure(Figure):
    """A matplotlib figure with its own image for notebooks.

    Examples
    --------
    >>> image, size = NotebookFigure(figsize=(2, 1))._repr_png_()
    >>> image[1:4], size
    (b'PNG', {'width': 200, 'height': 100})
    """

    @allow_rasterization  # type: ignore[untyped-decorator,unused-ignore]
    def draw(self, renderer: RendererBase) -> None:
        """Draw the figure."""
        make_texts_visible(self)
        super().draw(renderer)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the image as PNG, and its width and height in page pixels."""
        written = io.BytesIO()
        self.savefig(written, format="png", dpi=PIXELS_PER_INCH * PIXEL_RATIO)
        width, height = self.get_size_inches()
        return written.getvalue(), {"width": round(width * PIXELS_PER_INCH), "height": round(height * PIXELS_PER_INCH)}


def make_texts_visible(figure: Figure) -> None:
    """Write the control characters in the texts of a figure as `visible_text` does. No font has them, and an SVG file cannot contain them.

    Tick labels are made when they are drawn, so `plots.figure.label_ticks` does this for them.
    """
    for text in figure.findobj(Text):
        shown = text.get_text()  # type: ignore[attr-defined,unused-ignore]
        if shown != visible_text(shown):
            text.set_text(visible_text(shown))  # type: ignore[attr-defined,unused-ignore]
