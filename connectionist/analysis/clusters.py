"""Hierarchical clusters of vectors, averaged for each label first where that is wanted."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import labelled, vectors
from connectionist.analysis._labels import as_names, names_of, one_of_each, place
from connectionist.analysis.similarities import apart, check_metric
from connectionist.errors import DataError, ParameterError, check_number, unknown

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

METHODS = ("average", "single", "complete", "ward", "centroid", "median", "weighted")
EUCLIDEAN_ONLY = ("ward", "centroid", "median")


@dataclass(frozen=True, repr=False)
class Tree:
    """Vectors joined into clusters, the nearest first, until there is one.

    Attributes
    ----------
    names : list
        Of the leaves.
    linkage : array [join, 4]
        As ``scipy.cluster.hierarchy`` has it, for its ``dendrogram`` and the like: the two clusters joined (leaves first, then clusters
        in the order of joining), how far apart they were, and how many leaves they have together.
    method, metric : str
    """

    names: list[Any]
    linkage: Array
    method: str
    metric: str

    @property
    def branches(self) -> list[frozenset[Any]]:
        """The leaves of each branch by name: every leaf by itself, then the clusters in the order in which they were joined."""
        grown = [frozenset([name]) for name in self.names]
        for one, other in self.linkage[:, :2].astype(int).tolist():
            grown.append(grown[one] | grown[other])
        return grown

    @property
    def order(self) -> list[Any]:
        """The names of the leaves from one side of the drawn tree to the other."""
        from scipy.cluster.hierarchy import leaves_list

        return [self.names[leaf] for leaf in leaves_list(self.linkage)]

    def cut(self, count: int) -> pd.Series[int]:
        """Return which of at most `count` clusters each leaf is in, from 1.

        Raises
        ------
        ParameterError
            When `count` is not a whole number from 1 to the number of leaves.
        """
        import pandas as pd
        from scipy.cluster.hierarchy import fcluster

        check_number("Tree.cut", "count", count, at_least=1, at_most=len(self.names), whole=True)
        return pd.Series(fcluster(self.linkage, count, "maxclust"), index=self.names, name="cluster")

    def __repr__(self) -> str:
        return f"<Tree of {len(self.names)} leaves, joined by {self.method} linkage of {self.metric} distances>"


def average_by(values: object, labels: Iterable[object]) -> xr.DataArray:
    """Return the mean vector of the cases with each label, over their ticks too, as Elman (1990) averaged words over their contexts.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        A tick at which all units are NaN is left out.
    labels : iterable [case] or [case, tick]
        What each case is, or is at each tick: text, numbers, anything that can be a name. What is labelled None, or NaN as tables have it
        where something is missing, is left out.

    Returns
    -------
    DataArray [case, unit]
        The labels as cases, in the order in which they first come.

    Raises
    ------
    DataError
        When there is not one label for each case, one cannot be a name, a number is missing, or nothing is left.

    Examples
    --------
    >>> means = average_by([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]], ["boy", "boy", "girl"])
    >>> means.sel(case="boy").values
    array([2., 0.])
    """
    import xarray as xr

    what = "average_by, values"
    table = labelled(values, what)
    given = _label_each(labels, table)
    numbers = table.values.reshape(-1, table.shape[-1])
    kept = [at for at, label in enumerate(given) if not _is_missing(label) and not (table.ndim == 3 and np.isnan(numbers[at]).all())]
    for at in kept:
        if not np.isfinite(numbers[at]).all():
            raise DataError(f"{what}: must be finite (not so at {place(table, np.unravel_index(at, table.shape[:-1]))})")
    if not kept:
        raise DataError("average_by: needs at least one case with a label and numbers (got none)")
    members: dict[Any, list[int]] = {}
    for at in kept:
        members.setdefault(given[at], []).append(at)
    means = [numbers[of_label].mean(axis=0) for of_label in members.values()]
    return xr.DataArray(means, {"case": as_names(members), "unit": as_names(names_of(table, -1))}, ("case", "unit"))


def clusters(values: object, method: str = "average", metric: str = "euclidean", names: Iterable[object] | None = None) -> Tree:
    """Join vectors into clusters, the nearest first, until there is one.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        At least two cases. `average_by` gives one vector for each label.
    method : {"average", "single", "complete", "ward", "centroid", "median", "weighted"}
        What counts as the distance of two clusters, as ``scipy.cluster.hierarchy.linkage`` has it.
    metric : str
        Of two vectors, as for `distances`; "ward", "centroid" and "median" are for Euclidean ones only.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    Tree

    Raises
    ------
    DataError
        When the values are no finite numbers [case, unit], there are fewer than two, or one has no distance to the others.
    UnknownNameError
        When there is no such method or metric.
    ParameterError
        When they do not go together.

    Examples
    --------
    >>> tree = clusters([[0.0], [1.0], [10.0], [12.0]], names=["man", "boy", "cat", "dog"])
    >>> sorted(tree.branches[4]), sorted(tree.branches[5])
    (['boy', 'man'], ['cat', 'dog'])
    >>> tree.cut(2).tolist()
    [1, 1, 2, 2]
    """
    return grow(values, method, metric, names, "clusters")


def grow(values: object, method: str, metric: str, names: Iterable[object] | None, what: str) -> Tree:
    """Join vectors into clusters for whoever is named in messages; as `clusters`."""
    from scipy.cluster.hierarchy import linkage

    if method not in METHODS:
        raise unknown("method of linkage", method, METHODS)
    check_metric(metric)
    if method in EUCLIDEAN_ONLY and metric != "euclidean":
        raise ParameterError(f"{what}.metric: must be 'euclidean' for method {method!r} (got {metric!r})")
    table = vectors(values, what, names)
    if len(table) < 2:
        raise DataError(f"{what}: needs at least two cases (got 1)")
    found = apart(table, metric)
    if np.isnan(found).any():
        raise DataError(f"{what}: case {_lost(table, found)!r} has no {metric} distance to others, since it has no direction")
    return Tree(names_of(table), linkage(found, method), method, metric)


def _lost(table: xr.DataArray, found: Array) -> Any:
    from scipy.spatial.distance import squareform

    return names_of(table)[int(np.isnan(squareform(found, checks=False)).sum(axis=1).argmax())]


def _is_missing(label: object) -> bool:
    """Whether a label says that there is none: None, NaN, and what else pandas takes for missing.

    Raises
    ------
    DataError
        When it is something that cannot be a name.
    """
    import pandas as pd

    if not isinstance(label, Hashable):
        raise DataError(f"average_by, labels: each must be text, a number or None (got {label!r:.80})")
    return pd.api.types.is_scalar(label) and bool(pd.isna(label))  # type: ignore[call-overload]


def _label_each(labels: Iterable[object], table: xr.DataArray) -> list[Any]:
    """Return a label for each case, or for each tick of each."""
    given: list[Any] = one_of_each(labels, len(table), "average_by, labels")
    if table.ndim == 2:
        return given
    if table.ndim != 3:
        raise DataError(f"average_by, values: must be [case, unit] or [case, tick, unit] (got {table.ndim} dimensions)")
    ticks = table.shape[1]
    of_each = [[label] * ticks if isinstance(label, str) or not hasattr(label, "__len__") else [*label] for label in given]
    for case, of_case in enumerate(of_each):
        if len(of_case) != ticks:
            raise DataError(f"average_by, labels: must be one for each of the {ticks} ticks (got {len(of_case)} for case {case})")
    return [label for of_case in of_each for label in of_case]
