"""Cases as labelled points in a plane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.analysis._labels import label_texts, one_per_case
from connectionist.analysis.scaling import Scaling
from connectionist.plots.figure import append_to_title, axes_or_new, hide_frame, literal_text, split_repeated_prefix
from connectionist.plots.space._categories import Categories
from connectionist.plots.space._plane import to_plane
from connectionist.plots.space._point_labels import PointLabels
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

MAX_LABELLED = 60
MARGIN = 0.12  # of the axes, as a fraction of the extent of the points


@literal_text
def points(
    values: Any,
    components: Sequence[int] = (1, 2),
    labels: Iterable[object] | None = None,
    axes: Axes | None = None,
    title: str = "",
    categories: Iterable[object] | None = None,
) -> Axes:
    """Draw cases as labelled points, along two principal components or two dimensions of a scaling.

    Parameters
    ----------
    values : Components, Scaling, DataArray, Recording or array_like [case, unit]
        A result of ``cn.analysis.principal_components`` or ``cn.analysis.scaling``, its ``scores`` or its ``points``; or vectors, whose
        principal components are computed.
    components : pair of int
        Two different components, or dimensions of a scaling, numbered from 1.
    labels : iterable, optional
        Label of each case. The default is the coordinates, or numbers from 0.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 6 by 5.5 inches.
    title : str
    categories : iterable, optional
        Category of each case. Each category has a colour and a marker, and an entry in the legend.

    Returns
    -------
    Axes
        More than 60 cases are not labelled, nor are cases whose labels would overlap with others; the title has their number. A prefix
        that all labels have, such as "hidden:", is written once in the title. For a scaling the title has the stress, and both axes have
        the same scale.

    Raises
    ------
    DataError
        If the dimensions are not allowed, if there are no two vectors that differ, or if there is not one label or category for each case.
    ParameterError
        If there is no such component or dimension.

    Examples
    --------
    >>> axes = points([[0, 0, 1], [3, 0, 1], [0, 4, 1]], labels=["a", "b", "c"])
    >>> axes.get_xlabel(), [text.get_text() for text in axes.texts]
    ('principal component 1 (78 % of the variance)', ['a', 'b', 'c'])
    """
    plane = to_plane(values, components, "points", (("case", "unit"),))
    places = plane.points
    names = label_texts(plane.table, "case") if labels is None else [*map(str, one_per_case(labels, len(places), "points.labels"))]
    groups = Categories(categories, len(places), "points.categories")
    axes = axes_or_new(axes, 6, 5.5)
    styles = [groups.style(number) for number in range(len(places))]
    kinds = groups.of_cases or [""] * len(places)
    for kind in dict.fromkeys(kinds):
        chosen = [number for number, other in enumerate(kinds) if other == kind]
        axes.scatter(places[chosen, 0], places[chosen, 1], s=20 if groups.names else 14, zorder=3, **styles[chosen[0]])
    axes.set(xlabel=plane.axis_names[0], ylabel=plane.axis_names[1])
    axes.set_title(title, fontsize=9, loc="left")
    axes.margins(MARGIN)
    if isinstance(values, Scaling):
        axes.set_aspect("equal", adjustable="datalim")
    legend_note = groups.add_legend(axes)
    stress = f"stress {values.stress:.3g}" if isinstance(values, Scaling) else ""
    append_to_title(axes, stress, *_label(axes, places, names, [style["color"] for style in styles]), legend_note)
    hide_frame(axes)
    return axes


def _label(axes: Axes, places: Array, names: Sequence[str], colours: Sequence[Any]) -> list[str]:
    """Write the labels, and return notes on what was left out."""
    if len(places) > MAX_LABELLED:
        return [f"{len(places)} cases, not labelled"]
    prefix, short = split_repeated_prefix(names)
    left_out = PointLabels(axes, places, MARGIN).write(places, short, color=colours)
    overlapping = f"{describe_count(len(left_out), 'label')} left out that would overlap" if left_out else ""
    return [f"names without {prefix!r}" if prefix else "", overlapping]
