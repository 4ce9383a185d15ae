"""Trees of what is alike: hierarchical clusters, drawn as Elman (1990, *Cognitive Science* 14, Fig. 7) drew those of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis.clusters import Tree
from connectionist.errors import ParameterError, PatternError
from connectionist.plots.labelled import as_labelled, is_labelled, labels_for, names_along
from connectionist.plots.pages import add_to_title, name_ticks, own_axes, size_in_inches, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.state import Array

METHODS = ("average", "ward", "complete", "single", "weighted", "centroid", "median")
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
    vectors : DataArray, Recording or array_like [case, unit]
        At least two cases, as hidden units' activations; or a tree, as ``cn.analysis.clusters`` or
        ``scipy.cluster.hierarchy.linkage`` returned it, an array [case − 1, 4].
    labels : sequence of str, optional
        One for each case; the tree's own, the coordinates, or numbers, unless given.
    method : {"average", "ward", "complete", "single", "weighted", "centroid", "median"}
        How near two clusters are, as scipy has it.
    metric : str
        How near two cases are: "euclidean", "cosine", "correlation" or another that ``scipy.spatial.distance.pdist`` knows. The methods
        ward, centroid and median need "euclidean".
    axes : Axes, optional
        Where to draw; a figure of its own, higher for more leaves, unless given.
    title : str

    Returns
    -------
    Axes
        Where two branches meet, the scale at the bottom tells how far apart their clusters are.

    Raises
    ------
    PatternError
        When there are fewer than two cases, one has a number that is not finite, or labels are too many or too few.
    ParameterError
        When scipy knows no such method or metric.

    Examples
    --------
    >>> axes = dendrogram([[0, 0], [0, 1], [5, 5]], ["dog", "cat", "car"])
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['car', 'dog', 'cat']
    >>> from connectionist import analysis
    >>> dendrogram(analysis.clusters([[0, 0], [0, 1], [5, 5]], "ward")).get_xlabel()
    'distance of clusters (ward, euclidean)'
    """
    if method not in METHODS:
        raise ParameterError(f"dendrogram.method: must be one of {', '.join(METHODS)} (got {method!r})")
    scale = _scale(vectors, method, metric)
    if isinstance(vectors, Tree):
        vectors, labels = vectors.linkage, vectors.names if labels is None else labels
    tree, names = _tree(vectors, labels, method, metric)
    shape = _shape(tree)
    leaves = [names[number] for number in shape["leaves"]]
    axes = own_axes(axes, 5.0 + width_of(leaves), max(2.0, 0.9 + min(TALLEST, LEAF * len(leaves))))
    _draw(axes, shape, len(leaves))
    axes.set_title(title, fontsize=9, loc="left")
    room = size_in_inches(axes)[1] / len(leaves)
    add_to_title(axes, name_ticks(axes.yaxis, leaves, room, "leaf", [5.0 + 10.0 * number for number in range(len(leaves))]))
    axes.set_xlabel(scale)
    return axes


def _tree(vectors: Any, labels: Sequence[str] | None, method: str, metric: str) -> tuple[Array, list[str]]:
    """Return scipy's table of which clusters are joined, and the leaves' names."""
    from scipy.cluster.hierarchy import linkage

    if _is_linkage(vectors, labels):
        tree = np.asarray(vectors, dtype=float)
        return tree, labels_for(labels, len(tree) + 1, "dendrogram", [str(number) for number in range(len(tree) + 1)])
    table = as_labelled(vectors, "dendrogram, vectors", ("case", "unit"))
    names = labels_for(labels, len(table), "dendrogram", names_along(table, "case"))
    if len(table) < 2:
        raise PatternError(f"dendrogram, vectors: needs at least two cases (got {len(table)})")
    wrong = ~np.isfinite(table.values).all(axis=1)
    if wrong.any():
        raise PatternError(f"dendrogram, vectors: must be finite (case {names[int(wrong.argmax())]!r} is not)")
    try:
        return linkage(table.values, method, metric), names
    except (TypeError, ValueError) as error:
        raise ParameterError(f"dendrogram: method {method!r} with metric {metric!r} cannot join these vectors ({error})") from None


def _is_linkage(given: Any, labels: Sequence[str] | None) -> bool:
    """Whether this is a tree already: every leaf and every cluster but the last is joined once, the last one holds all.

    An array with as many rows as labels is one of vectors. scipy's own test takes most tables of four columns for a tree.
    """
    shape = np.shape(given)
    if is_labelled(given) or len(shape) != 2 or shape[1] != 4 or (labels is not None and len(labels) == shape[0]):
        return False
    joined = np.sort(np.ravel(np.asarray(given)[:, :2]))
    return shape[0] > 0 and np.array_equal(joined, np.arange(2 * shape[0])) and np.asarray(given)[-1, 3] == shape[0] + 1


def _shape(tree: Array) -> dict[str, Any]:
    """Return where the leaves and the branches stand."""
    import scipy.cluster.hierarchy

    try:
        found: dict[str, Any] = scipy.cluster.hierarchy.dendrogram(tree, no_plot=True)
    except RecursionError:
        raise PatternError(f"dendrogram: a tree of {len(tree) + 1} leaves is too deep to draw; draw fewer cases, or their means") from None
    return found


def _draw(axes: Axes, shape: dict[str, Any], leaves: int) -> None:
    from matplotlib.collections import LineCollection

    across, along = np.array(shape["dcoord"]), np.array(shape["icoord"])
    axes.add_collection(LineCollection(list(np.stack([across, along], axis=2)), colors="black", linewidths=1.0))
    deepest = float(across.max()) or 1.0
    axes.set(xlim=(1.03 * deepest, 0), ylim=(0, 10 * leaves))
    axes.yaxis.tick_right()
    axes.spines[["top", "left", "right"]].set_visible(False)


def _scale(vectors: Any, method: str, metric: str) -> str:
    """Return what the scale shows; of a tree that was given nobody knows by which method it grew."""
    if isinstance(vectors, Tree):
        return f"distance of clusters ({vectors.method}, {vectors.metric})"
    if _is_linkage(vectors, None):
        return "distance"
    return f"distance of clusters ({method}, {metric})"
