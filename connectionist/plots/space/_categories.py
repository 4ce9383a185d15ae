"""Categories of cases: a colour and a marker for each, and their legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from connectionist.analysis._labels import one_per_case
from connectionist.plots.figure import COLOURS, MARKERS, add_legend, line_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


class Categories:
    """The category of each case.

    Parameters
    ----------
    given : iterable or None
        Category of each case; None if there are none.
    count : int
        Number of cases.
    what : str
        Name of `given` in error messages.

    Attributes
    ----------
    names : list of str
        The categories, in the order in which they first occur; empty if there are none.
    of_cases : list of str
        Category of each case.
    styles : dict of str to dict
        Colour and marker of each category.

    Raises
    ------
    DataError
        If there is not one category for each case.
    """

    def __init__(self, given: Iterable[object] | None, count: int, what: str) -> None:
        self.of_cases = [] if given is None else [str(category) for category in one_per_case(given, count, what)]
        self.names = list(dict.fromkeys(self.of_cases))
        colours = [style["color"] for style in line_styles(len(self.names))]
        markers = [MARKERS[(number + number // len(COLOURS)) % len(MARKERS)] for number in range(len(self.names))]
        self.styles: dict[str, dict[str, Any]] = {
            name: {"color": colour, "marker": marker} for name, colour, marker in zip(self.names, colours, markers, strict=True)
        }

    def style(self, case: int) -> dict[str, Any]:
        """Return the colour and the marker of a case; a black dot if there are no categories."""
        return self.styles[self.of_cases[case]] if self.of_cases else {"color": "black", "marker": "o"}

    def add_legend(self, axes: Axes, *, lines: bool = False, inside: str = "") -> str:
        """Add the legend, if there are categories, and return a note on those left out. `inside` is as for `figure.add_legend`."""
        return add_legend(axes, [_mark(style, lines=lines) for style in self.styles.values()], self.names, inside=inside)


def _mark(style: dict[str, Any], *, lines: bool) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=style["color"], linestyle="-") if lines else Line2D([], [], linestyle="", markersize=5, **style)
