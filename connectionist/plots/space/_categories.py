"""Categories of cases: a colour and a marker for each, and their legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from connectionist.analysis._labels import one_per_case
from connectionist.plots.figure import MARKERS, add_legend, line_styles

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
    line_styles : dict of str to dict
        Colour and line style of each category.

    Raises
    ------
    DataError
        If there is not one category for each case.
    """

    def __init__(self, given: Iterable[object] | None, count: int, what: str) -> None:
        self.of_cases = [] if given is None else [str(category) for category in one_per_case(given, count, what)]
        self.names = list(dict.fromkeys(self.of_cases))
        self.line_styles = dict(zip(self.names, line_styles(len(self.names)), strict=True))
        self.styles: dict[str, dict[str, Any]] = {  # there are more markers than colours, so that the pairs differ
            name: {"color": style["color"], "marker": MARKERS[number % len(MARKERS)]}
            for number, (name, style) in enumerate(self.line_styles.items())
        }

    def style(self, case: int) -> dict[str, Any]:
        """Return the colour and the marker of a case; a black dot if there are no categories."""
        return self.styles[self.of_cases[case]] if self.of_cases else {"color": "black", "marker": "o"}

    def line_style(self, case: int) -> dict[str, Any]:
        """Return the colour and the line style of a case with a category."""
        return self.line_styles[self.of_cases[case]]

    def add_legend(self, axes: Axes, *, lines: bool = False, at_left: bool = False) -> str:
        """Add the legend, if there are categories, and return a note on those left out. `at_left` is as for `figure.add_legend`."""
        return add_legend(
            axes, [_mark(style) for style in (self.line_styles if lines else self.styles).values()], self.names, at_left=at_left
        )


def _mark(style: dict[str, Any]) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D([], [], **{"linestyle": "", "markersize": 5, **style})
