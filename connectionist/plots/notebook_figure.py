"""A figure that notebooks show without pyplot.

A notebook shows a plain matplotlib figure as an image only after pyplot was imported, which this package avoids. Importing this module
imports matplotlib, so `plots.figure` imports it when the first figure is made.
"""

from __future__ import annotations

import io

from matplotlib.figure import Figure

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

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the image as PNG, and its width and height in page pixels."""
        written = io.BytesIO()
        self.savefig(written, format="png", dpi=PIXELS_PER_INCH * PIXEL_RATIO)
        width, height = self.get_size_inches()
        return written.getvalue(), {"width": round(width * PIXELS_PER_INCH), "height": round(height * PIXELS_PER_INCH)}
