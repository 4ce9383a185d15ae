"""Dendrograms of hierarchical clusters, in the form of Elman (1990, Fig. 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import finite_vectors, is_data_array
from connectionist.analysis._labels import one_per_case
from connectionist.analysis.clusters import Tree, build_tree
from connectionist.errors import DataError
from connectionist.plots.figure import (
    append_to_title,
    axes_or_new,
    hide_frame,
    label_ticks,
    literal_text,
    size_in_inches,
    split_repeated_prefix,
    text_width,
)
from connectionist.plots.space._categories import Categories
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

LEAF_INCHES, MAX_HEIGHT = 0.16, 14.0  # inches, of one leaf and of all leaves
LEAF_SPACING = 10.0  # between leaves in the coordinates of scipy, where the first leaf is at 5


@literal_text
def dendrogram(
    vectors: Any,
    labels: Sequence[str] | None = None,
    method: str = "average",
    metric: str = "euclidean",
    axes: Axes | None = None,
    title: str = "",
    categories: Iterable[object] | None = None,
) -> Axes:
    """Draw the dendrogram of hierarchical clusters, with the root at the left and the leaves at the right.

    Parameters
    ----------
    vectors : DataArray, Recording, DataFrame or array_like [case, unit], or Tree
        At least two cases, for example activations of hidden units. Or a tree, as ``cn.analysis.clusters`` or
        ``scipy.cluster.hierarchy.linkage`` returns it; the latter is an array [case − 1, 4].
    labels : sequence of str, optional
        Label of each case. The default is the names of the tree, the coordinates, or numbers from 0.
    method, metric : str
        Distance of two clusters and of two cases, as for ``cn.analysis.clusters``. They are ignored if a tree is given.
    axes : Axes, optional
        Axes to draw into. The default is a new figure, whose height depends on the number of leaves.
    title : str
    categories : iterable, optional
        Category of each case. Each category has a colour and a marker, and an entry in the legend.

    Returns
    -------
    Axes
        The horizontal position of a join is the distance of the two clusters.

    Raises
    ------
    DataError
        If there are fewer than two cases, if a number is not finite, if the metric does not define the distances of a case, if there is
        not one label or category for each case, or if the tree is too deep to draw.
    UnknownNameError
        If there is no such method or metric.
    ParameterError
        If the method needs the Euclidean metric and another one is given.

    References
    ----------
    J. L. Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211.

    Examples
    --------
    >>> axes = dendrogram([[0, 0], [0, 1], [5, 5]], ["dog", "cat", "car"])
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['car', 'dog', 'cat']
    >>> from connectionist import analysis
    >>> dendrogram(analysis.clusters([[0, 0], [0, 1], [5, 5]], "ward")).get_xlabel()
    'distance of clusters (ward, euclidean)'
    """
    tree = _read_tree(vectors, labels, method, metric)
    layout = _layout(tree.linkage)
    order = layout["leaves"]
    groups = Categories(categories, len(order), "dendrogram.categories")
    prefix, names = split_repeated_prefix([str(name) for name in tree.names])
    leaves = [names[number] for number in order]
    axes = axes_or_new(axes, 5.0 + text_width(leaves), max(2.0, 0.9 + min(MAX_HEIGHT, LEAF_INCHES * len(leaves))))
    _draw_joins(axes, layout, len(leaves))
    axes.set_title(title, fontsize=9, loc="left")
    places = [LEAF_SPACING * (number + 0.5) for number in range(len(leaves))]
    note = label_ticks(axes.yaxis, leaves, size_in_inches(axes)[1] / len(leaves), "leaf", places=places)
    if groups.names:
        _mark_leaves(axes, places, [groups.style(number) for number in order])
    append_to_title(axes, note, f"names without {prefix!r}" if prefix else "", groups.add_legend(axes, at_left=True))
    axes.set_xlabel(f"distance of clusters ({tree.method}, {tree.metric})" if tree.method else "distance")
    return axes


def _mark_leaves(axes: Axes, places: Sequence[float], styles: Sequence[dict[str, Any]]) -> None:
    """Draw a marker at each leaf, and its label in the same colour."""
    axes.tick_params(axis="y", pad=7)
    for place, style in zip(places, styles, strict=True):
        axes.plot(0, place, linestyle="", markersize=4.5, clip_on=False, zorder=3, **style)
    colours = dict(zip(places, (style["color"] for style in styles), strict=True))
    for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
        label.set_color(colours[float(place)])


def _read_tree(vectors: Any, labels: Sequence[str] | None, method: str, metric: str) -> Tree:
    """Return the tree that was given, or the tree of the vectors."""
    if not isinstance(vectors, Tree) and not _is_linkage(vectors, labels):
        table = finite_vectors(vectors, "dendrogram.vectors")
        names = None if labels is None else one_per_case(labels, len(table), "dendrogram.labels")
        return build_tree(table, method, metric, names, "dendrogram")
    linkage = vectors.linkage if isinstance(vectors, Tree) else np.asarray(vectors, dtype=float)
    own_names = vectors.names if isinstance(vectors, Tree) else [*range(len(linkage) + 1)]
    names = own_names if labels is None else one_per_case(labels, len(own_names), "dendrogram.labels")
    return replace(vectors, names=names) if isinstance(vectors, Tree) else Tree(names, linkage, "", "")


def _is_linkage(given: Any, labels: Sequence[str] | None) -> bool:
    """Return whether an array is a tree in scipy's format: it joins every leaf and every cluster once, and the last cluster has all leaves.

    An array with one label for each row is vectors. scipy's own ``is_valid_linkage`` accepts most arrays of four columns.
    """
    shape = np.shape(as_numbers(given, "dendrogram.vectors") if isinstance(given, (list, tuple)) else given)
    if is_data_array(given) or len(shape) != 2 or shape[1] != 4 or (labels is not None and len(labels) == shape[0]):
        return False
    joined = np.sort(np.ravel(np.asarray(given)[:, :2]))
    return shape[0] > 0 and np.array_equal(joined, np.arange(2 * shape[0])) and np.asarray(given)[-1, 3] == shape[0] + 1


def _layout(linkage: Array) -> dict[str, Any]:
    """Return the order of the leaves and the coordinates of the joins, as scipy computes them."""
    import scipy.cluster.hierarchy

    try:
        found: dict[str, Any] = scipy.cluster.hierarchy.dendrogram(linkage, no_plot=True)
    except RecursionError:
        raise DataError(f"dendrogram: a tree of {len(linkage) + 1} leaves is too deep to draw; draw fewer cases, or their means") from None
    return found


def _draw_joins(axes: Axes, layout: dict[str, Any], leaves: int) -> None:
    """Draw a bracket for each join; the distance runs to the left."""
    from matplotlib.collections import LineCollection

    distances, positions = np.array(layout["dcoord"]), np.array(layout["icoord"])
    axes.add_collection(LineCollection(list(np.stack([distances, positions], axis=2)), colors="black", linewidths=1.0))
    largest = float(distances.max()) or 1.0
    axes.set(xlim=(1.03 * largest, 0), ylim=(0, LEAF_SPACING * leaves))
    axes.yaxis.tick_right()
    axes.spines["left"].set_visible(False)
    hide_frame(axes)
