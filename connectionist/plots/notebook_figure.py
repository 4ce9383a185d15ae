"""A figure that notebooks show.

Of matplotlib's own figures notebooks show only ``<Figure size …>`` until pyplot has been imported, which has the notebook show them; and
nothing here imports pyplot. matplotlib is imported with this module, so it is itself imported where the first figure is made.
"""

from __future__ import annotations

import io

from matplotlib.figure import Figure

PIXELS = 100  # of the page, to the inch of a figure
FINER = 1.5  # dots to such a pixel, for screens that have more


class ShownFigure(Figure):
    """A figure that notebooks show as it is, whether or not anybody imported pyplot.

    Examples
    --------
    >>> picture, size = ShownFigure(figsize=(2, 1))._repr_png_()
    >>> picture[1:4], size
    (b'PNG', {'width': 200, 'height': 100})
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return a picture, and how large it is to be on the page."""
        written = io.BytesIO()
        self.savefig(written, format="png", dpi=PIXELS * FINER)
        width, height = self.get_size_inches()
        return written.getvalue(), {"width": round(width * PIXELS), "height": round(height * PIXELS)}
