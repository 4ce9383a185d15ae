"""Multidimensional scaling: points that lie as far from each other as vectors do, in two dimensions or a few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._arrays import vectors
from connectionist.analysis._labels import names_of
from connectionist.analysis.similarities import apart, check_metric
from connectionist.errors import DataError, check_number

if TYPE_CHECKING:
    import xarray as xr

    from connectionist.utils.arrays import Array

STARTS = 8
GIVEN = "precomputed"


@dataclass(frozen=True, repr=False)
class Scaling:
    """Cases as points.

    Attributes
    ----------
    points : DataArray [case, dimension]
        About the origin, turned so that they spread most along dimension 1, then 2, …; numbered from 1.
    stress : float
        Kruskal's stress-1: the root of Σ (d − δ)² / Σ d² over all pairs, with δ the distance wanted and d that of the points. 0 is perfect;
        by Kruskal's rule of thumb .05 is good, .1 fair and .2 poor.
    """

    points: xr.DataArray
    stress: float

    def __repr__(self) -> str:
        cases, dimensions = self.points.shape
        return f"<Scaling of {cases} cases in {dimensions} dimensions, stress {self.stress:.3g}>"


def scaling(values: object, count: int = 2, metric: str = "euclidean", seed: int = 0, names: Iterable[object] | None = None) -> Scaling:
    """Place cases as points so that distances of points are like distances of vectors (metric scaling, by SMACOF).

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        At least two cases. With ``metric="precomputed"``, distances [case, case], such as `distances` gives.
    count : int
        How many dimensions, at least 1.
    metric : str
        As for `distances`, or "precomputed".
    seed : int
        Of the eight random placings from which it starts; the best outcome is kept.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    Scaling

    Raises
    ------
    DataError
        When the values are no finite numbers, there are fewer than two cases, one has no distance to the others, or distances given are not
        symmetric, negative, or not 0 from a case to itself.
    ParameterError, UnknownNameError
        When a parameter is out of range, or there is no such metric.

    References
    ----------
    J. B. Kruskal (1964), Multidimensional scaling by optimizing goodness of fit to a nonmetric hypothesis, *Psychometrika* 29, 1–27.

    Examples
    --------
    >>> found = scaling([[0, 0, 1], [3, 0, 1], [0, 4, 1]], names=["a", "b", "c"])
    >>> round(float(((found.points.sel(case="b") - found.points.sel(case="c")) ** 2).sum() ** 0.5), 3)
    5.0
    """
    import xarray as xr
    from scipy.spatial.distance import pdist, squareform
    from sklearn.manifold import smacof

    check_number("scaling", "count", count, at_least=1, whole=True)
    check_number("scaling", "seed", seed, at_least=0, at_most=2**32 - 1, whole=True)
    table = vectors(values, "scaling", names)
    if len(table) < 2:
        raise DataError("scaling: needs at least two cases (got 1)")
    wanted = _checked(table) if metric == GIVEN else _apart(table, metric)
    points = np.zeros((len(table), count))
    if wanted.any():  # else they all lie in one place, and smacof would divide by 0
        found = smacof(
            squareform(wanted), n_components=count, n_init=STARTS, max_iter=1000, eps=1e-9, random_state=seed, normalized_stress=False
        )
        points = _turned(found[0])
    reached = pdist(points)
    total = float((reached * reached).sum())
    stress = float(np.sqrt(((reached - wanted) ** 2).sum() / total)) if total else 0.0
    dims = (str(table.dims[0]), "dimension")
    return Scaling(xr.DataArray(points, {dims[0]: names_of(table), "dimension": np.arange(1, count + 1)}, dims, "place"), stress)


def _apart(table: xr.DataArray, metric: str) -> Array:
    check_metric(metric)
    found = apart(table, metric)
    if np.isnan(found).any():
        raise DataError(f"scaling: a case has no {metric} distance to others, since it has no direction")
    return found


def _checked(table: xr.DataArray) -> Array:
    """Return given distances as scipy lays them out, if that is what they are."""
    from scipy.spatial.distance import squareform

    given = table.values
    if given.shape[0] != given.shape[1]:
        raise DataError(f"scaling: precomputed distances must be [case, case] (got shape {given.shape})")
    if not np.allclose(given, given.T, rtol=1e-9, atol=1e-12) or given.diagonal().any() or (given < 0).any():
        raise DataError("scaling: precomputed distances must be symmetric, at least 0, and 0 from each case to itself")
    found: Array = squareform(given, checks=False)
    return found


def _turned(points: Array) -> Array:
    """Turn points about their middle so that they spread most along the first dimension; each direction's farthest point is positive."""
    centred = points - points.mean(axis=0)
    turned = centred @ np.linalg.svd(centred, full_matrices=True)[2].T
    farthest = np.abs(turned).argmax(axis=0)
    signs = np.where(turned[farthest, np.arange(turned.shape[1])] < 0, -1.0, 1.0)
    return np.asarray(turned * signs)
