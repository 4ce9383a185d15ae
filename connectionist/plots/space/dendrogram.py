"""Trees of what is alike: hierarchical clusters, drawn as Elman (1990, *Cognitive Science* 14, Fig. 7) drew those of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import finite_vectors, is_data_array
from connectionist.analysis._labels import one_per_case
from connectionist.analysis.clusters import Tree, build_tree
from connectionist.errors import DataError
from connectionist.plots.figure import add_to_title, name_ticks, own_axes, size_in_inches, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

LEAF, TALLEST = 0.16, 14.0  # inches for a leaf, and for all of them


def dendrogram(
    vectors: Any,
    labels: Sequence[str] | None = None,
    method: str = "average",
    metric: str = "euclidean",
    axes: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the tree that comes of joining the two nearest clusters again and again, the root at the left and the leaves at the right.

    Parameters
    ----------
    vectors : DataArray, Recording, DataFrame or array_like [case, unit]
        At least two cases, as hidden units' activations; or a tree, as ``cn.analysis.clusters`` or
        ``scipy.cluster.hierarchy.linkage`` returned it, an array [case − 1, 4].
    labels : sequence of str, optional
        One for each case; the tree's own, the coordinates, or numbers, unless given.
    method, metric : str
        How near two clusters and two cases are, as for ``cn.analysis.clusters``, which grows the tree.
    axes : Axes, optional
        Where to draw; a figure of its own, higher for more leaves, unless given.
    title : str

    Returns
    -------
    Axes
        Where two branches meet, the scale at the bottom tells how far apart their clusters are.

    Raises
    ------
    DataError
        When there are fewer than two cases, one has a number that is not finite or no distance to the others, or labels are too many or
        too few.
    UnknownNameError, ParameterError
        When there is no such method or metric, or they do not go together.

    Examples
    --------
    >>> axes = dendrogram([[0, 0], [0, 1], [5, 5]], ["dog", "cat", "car"])
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['car', 'dog', 'cat']
    >>> from connectionist import analysis
    >>> dendrogram(analysis.clusters([[0, 0], [0, 1], [5, 5]], "ward")).get_xlabel()
    'distance of clusters (ward, euclidean)'
    """
    tree = _grown(vectors, labels, method, metric)
    shape = _shape(tree.linkage)
    leaves = [str(tree.names[number]) for number in shape["leaves"]]
    axes = own_axes(axes, 5.0 + width_of(leaves), max(2.0, 0.9 + min(TALLEST, LEAF * len(leaves))))
    _draw(axes, shape, len(leaves))
    axes.set_title(title, fontsize=9, loc="left")
    room = size_in_inches(axes)[1] / len(leaves)
    add_to_title(axes, name_ticks(axes.yaxis, leaves, room, "leaf", [5.0 + 10.0 * number for number in range(len(leaves))]))
    axes.set_xlabel(f"distance of clusters ({tree.method}, {tree.metric})" if tree.method else "distance")
    return axes


def _grown(vectors: Any, labels: Sequence[str] | None, method: str, metric: str) -> Tree:
    """Return the tree that was given, or that of the vectors."""
    if not isinstance(vectors, Tree) and not _is_linkage(vectors, labels):
        table = finite_vectors(vectors, "dendrogram, vectors")
        names = None if labels is None else one_per_case(labels, len(table), "dendrogram, labels")
        return build_tree(table, method, metric, names, "dendrogram")
    joins = vectors.linkage if isinstance(vectors, Tree) else np.asarray(vectors, dtype=float)
    known = vectors.names if isinstance(vectors, Tree) else [*range(len(joins) + 1)]
    names = known if labels is None else one_per_case(labels, len(known), "dendrogram, labels")
    return replace(vectors, names=names) if isinstance(vectors, Tree) else Tree(names, joins, "", "")


def _is_linkage(given: Any, labels: Sequence[str] | None) -> bool:
    """Whether this is a tree already: every leaf and every cluster but the last is joined once, the last one holds all.

    An array with as many rows as labels is one of vectors. scipy's own test takes most tables of four columns for a tree.
    """
    shape = np.shape(given)
    if is_data_array(given) or len(shape) != 2 or shape[1] != 4 or (labels is not None and len(labels) == shape[0]):
        return False
    joined = np.sort(np.ravel(np.asarray(given)[:, :2]))
    return shape[0] > 0 and np.array_equal(joined, np.arange(2 * shape[0])) and np.asarray(given)[-1, 3] == shape[0] + 1


def _shape(tree: Array) -> dict[str, Any]:
    """Return where the leaves and the branches stand."""
    import scipy.cluster.hierarchy

    try:
        found: dict[str, Any] = scipy.cluster.hierarchy.dendrogram(tree, no_plot=True)
    except RecursionError:
        raise DataError(f"dendrogram: a tree of {len(tree) + 1} leaves is too deep to draw; draw fewer cases, or their means") from None
    return found


def _draw(axes: Axes, shape: dict[str, Any], leaves: int) -> None:
    from matplotlib.collections import LineCollection

    across, along = np.array(shape["dcoord"]), np.array(shape["icoord"])
    axes.add_collection(LineCollection(list(np.stack([across, along], axis=2)), colors="black", linewidths=1.0))
    deepest = float(across.max()) or 1.0
    axes.set(xlim=(1.03 * deepest, 0), ylim=(0, 10 * leaves))
    axes.yaxis.tick_right()
    axes.spines[["top", "left", "right"]].set_visible(False)
