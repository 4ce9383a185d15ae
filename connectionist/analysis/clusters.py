"""Hierarchical clusters of vectors, and mean vectors of the cases with one label."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import finite_vectors, with_labels
from connectionist.analysis._labels import as_coordinate, describe_not_finite, labels_along, one_per_case
from connectionist.analysis.similarities import check_metric, defined_distances
from connectionist.errors import DataError, ParameterError, check_number, unknown_name
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

METHODS = ("average", "single", "complete", "ward", "centroid", "median", "weighted")
EUCLIDEAN_ONLY = ("ward", "centroid", "median")


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class Tree:
    """A hierarchy of clusters: each join puts the two nearest clusters together, until there is one.

    Attributes
    ----------
    names : list
        Names of the leaves.
    linkage : array [join, 4]
        The format of ``scipy.cluster.hierarchy``: the two clusters joined (leaves first, then clusters in the order of joining), the
        distance between them, and the number of leaves in the new cluster.
    method, metric : str
        Distance of two clusters, and distance of two vectors.
    """

    names: list[Any]
    linkage: Array
    method: str
    metric: str

    @property
    def branches(self) -> list[frozenset[Any]]:
        """The names of the leaves of each branch: first every single leaf, then the clusters in the order of joining.

        Leaves of the same name are one element; for distinct names see `ExampleSet.with_numbered_names`.
        """
        branches = [frozenset([name]) for name in self.names]
        for one, other in self.linkage[:, :2].astype(int).tolist():
            branches.append(branches[one] | branches[other])
        return branches

    @property
    def order(self) -> list[Any]:
        """The names of the leaves in the order in which a dendrogram draws them."""
        from scipy.cluster.hierarchy import leaves_list

        return [self.names[leaf] for leaf in leaves_list(self.linkage)]

    def cut(self, count: int) -> pd.Series[int]:
        """Return the cluster of each leaf when the tree is cut into at most `count` clusters.

        Parameters
        ----------
        count : int
            Largest number of clusters, from 1 to the number of leaves.

        Returns
        -------
        Series [leaf]
            Cluster numbers from 1.

        Raises
        ------
        ParameterError
            If `count` is not a whole number from 1 to the number of leaves.
        """
        import pandas as pd
        from scipy.cluster.hierarchy import fcluster

        count = check_number("Tree.cut", "count", count, at_least=1, at_most=len(self.names), whole=True)
        return pd.Series(fcluster(self.linkage, count, "maxclust"), index=self.names, name="cluster")

    def __repr__(self) -> str:
        return f"<Tree of {len(self.names)} leaves, joined by {self.method} linkage of {self.metric} distances>"


def average_by(values: object, labels: Iterable[object]) -> xr.DataArray:
    """Return the mean vector of the cases with each label, over cases and ticks.

    Elman (1990) averaged the hidden vectors of each word over its contexts in this way before he clustered them.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        Activations. A tick at which all units are NaN is left out.
    labels : iterable [case] or [case, tick]
        Label of each case, or of each tick: text, a number, or any other hashable value. Entries whose label is None, NaN or another
        missing value of pandas are left out.

    Returns
    -------
    DataArray [case, unit]
        Means. The cases are the labels in the order in which they first occur.

    Raises
    ------
    DataError
        If there is not one label for each case, if a label is not hashable, if a number is not finite, or if nothing is left.

    References
    ----------
    J. L. Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211.

    Examples
    --------
    >>> means = average_by([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]], ["boy", "boy", "girl"])
    >>> means.sel(case="boy").values
    array([2., 0.])
    """
    import xarray as xr

    table = with_labels(values, "average_by.values")
    label_of_pattern = _label_patterns(labels, table)
    patterns = table.values.reshape(-1, table.shape[-1])
    members: dict[Any, list[int]] = {}
    for at in _labelled_patterns(table, patterns, label_of_pattern):
        members.setdefault(label_of_pattern[at], []).append(at)
    means = [patterns[of_label].mean(axis=0) for of_label in members.values()]
    return xr.DataArray(means, {"case": as_coordinate(members), "unit": as_coordinate(labels_along(table, -1))}, ("case", "unit"))


def clusters(values: object, method: str = "average", metric: str = "euclidean", names: Iterable[object] | None = None) -> Tree:
    r"""Return the tree that results from joining the two nearest clusters until one is left (agglomerative clustering).

    With the default method the distance of two clusters A and B is the mean distance of their vectors,

    .. math:: d(A, B) = \frac{1}{|A|\,|B|} \sum_{a \in A} \sum_{b \in B} d(a, b) .

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        At least two cases, finite. `average_by` returns one vector for each label.
    method : {"average", "single", "complete", "ward", "centroid", "median", "weighted"}
        Distance of two clusters, as in ``scipy.cluster.hierarchy.linkage``.
    metric : str
        Distance of two vectors, as for `distances`. "ward", "centroid" and "median" need "euclidean".
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    Tree

    Raises
    ------
    DataError
        If the values are not finite numbers [case, unit], if there are fewer than two cases, or if the metric does not define the
        distances of a case.
    UnknownNameError
        If there is no such method or metric.
    ParameterError
        If the method needs the Euclidean metric and another one is given.

    References
    ----------
    R. R. Sokal & C. D. Michener (1958), A statistical method for evaluating systematic relationships, *University of Kansas Science
    Bulletin* 38, 1409–1438 ("average").
    J. H. Ward (1963), Hierarchical grouping to optimize an objective function, *Journal of the American Statistical Association* 58,
    236–244 ("ward").

    Examples
    --------
    >>> tree = clusters([[0.0], [1.0], [10.0], [12.0]], names=["man", "boy", "cat", "dog"])
    >>> sorted(tree.branches[4]), sorted(tree.branches[5])
    (['boy', 'man'], ['cat', 'dog'])
    >>> tree.cut(2).tolist()
    [1, 1, 2, 2]
    """
    return build_tree(values, method, metric, names, "clusters")


def build_tree(values: object, method: str, metric: str, names: Iterable[object] | None, what: str) -> Tree:
    """Return the tree of `clusters`; `what` names the caller in error messages."""
    from scipy.cluster.hierarchy import linkage

    if not isinstance(method, str) or method not in METHODS:
        raise unknown_name("method of linkage", method, METHODS)
    check_metric(metric)
    if method in EUCLIDEAN_ONLY and metric != "euclidean":
        raise ParameterError(f"{what}.metric: must be 'euclidean' for method {method!r} (got {metric!r})")
    table = finite_vectors(values, what, names)
    if len(table) < 2:
        raise DataError(f"{what}: needs at least two cases (got 1)")
    pairs = defined_distances(table, metric, what)
    with allocating(NUMBER_BYTES * len(pairs), f"{what}: a copy of the distances of all pairs of {len(table)} cases"):
        return Tree(labels_along(table), linkage(pairs, method), method, metric)


def _labelled_patterns(table: xr.DataArray, patterns: Array, label_of_pattern: list[Any]) -> list[int]:
    """Return the numbers of the patterns that have a label and activations.

    Raises
    ------
    DataError
        If a number of such a pattern is not finite, or if there is no such pattern.
    """
    kept = [
        at for at, label in enumerate(label_of_pattern) if not _is_missing(label) and not (table.ndim == 3 and np.isnan(patterns[at]).all())
    ]
    for at in kept:
        if not np.isfinite(patterns[at]).all():
            raise DataError(f"average_by.values: must be finite (got {describe_not_finite(table, at)})")
    if not kept:
        raise DataError("average_by: needs at least one case with a label and numbers (got none)")
    return kept


def _is_missing(label: object) -> bool:
    """Return whether a label is None, NaN or another missing value of pandas.

    Raises
    ------
    DataError
        If the label is not hashable.
    """
    import pandas as pd

    if not isinstance(label, Hashable):
        raise DataError(f"average_by.labels: each must be text, a number or None (got {shown(label)})")
    return pd.api.types.is_scalar(label) and bool(pd.isna(label))  # type: ignore[call-overload]


def _label_patterns(labels: Iterable[object], table: xr.DataArray) -> list[Any]:
    """Return one label for each case, or for each tick of each case."""
    of_cases: list[Any] = one_per_case(labels, len(table), "average_by.labels")
    if table.ndim == 2:
        return of_cases
    if table.ndim != 3:
        raise DataError(f"average_by.values: must be [case, unit] or [case, tick, unit] (got {describe_count(table.ndim, 'dimension')})")
    ticks = table.shape[1]
    of_ticks = [[label] * ticks if isinstance(label, str) or not hasattr(label, "__len__") else [*label] for label in of_cases]
    for case, of_case in enumerate(of_ticks):
        if len(of_case) != ticks:
            raise DataError(f"average_by.labels: must have one entry for each of the {ticks} ticks (got {len(of_case)} for case {case})")
    return [label for of_case in of_ticks for label in of_case]
