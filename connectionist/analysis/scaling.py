"""Multidimensional scaling: points in few dimensions whose distances approximate those of the vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import finite_vectors, squeeze_except, with_labels
from connectionist.analysis._labels import as_patterns, describe_position, labels_along, unstack_patterns
from connectionist.analysis.similarities import check_metric, defined_distances
from connectionist.errors import DataError, check_number
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import xarray as xr

    from connectionist.utils.arrays import Array

STARTS = 8  # random initial positions; the result with the lowest stress is kept
SQUARES = 8  # arrays [case, case] in use at a time; a test measures it
PRECOMPUTED = "precomputed"


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class Scaling:
    """Cases as points.

    Attributes
    ----------
    points : DataArray [case, dimension], or [case, tick, dimension] and so on
        Centred at the origin and rotated so that the variance is largest along dimension 1, then 2, …; dimensions are numbered from 1.
        NaN at ticks that a case does not have.
    stress : float
        Kruskal's stress-1, the root of Σ (d − δ)² / Σ d² over all pairs, where δ is the given distance and d that of the points. 0 is
        a perfect fit; by Kruskal's rule of thumb .05 is good, .1 fair and .2 poor.
    """

    points: xr.DataArray
    stress: float

    def __repr__(self) -> str:
        *shape, dimensions = self.points.shape
        cases = describe_count(int(np.prod(shape)), "case")
        return f"<Scaling of {cases} in {describe_count(dimensions, 'dimension')}, stress {self.stress:.3g}>"


def scaling(values: object, count: int = 2, metric: str = "euclidean", seed: int = 0, names: Iterable[object] | None = None) -> Scaling:
    r"""Return points whose distances approximate the distances of vectors (metric multidimensional scaling by SMACOF).

    SMACOF minimizes the raw stress :math:`\sum_{i<j} (d_{ij} - \delta_{ij})^2`, where :math:`\delta_{ij}` is the distance of the vectors
    of two cases and :math:`d_{ij}` the Euclidean distance of their points.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit], [case, tick, unit] or [epoch, case, unit]
        At least two vectors, finite. Those of all ticks and epochs are scaled together. A tick at which all units are NaN is left out.
        With ``metric="precomputed"``: distances [case, case], such as `distances` returns.
    count : int
        Number of dimensions, at least 1.
    metric : str
        Metric of `distances`, or "precomputed".
    seed : int
        Seed of the eight random initial positions, from 0 to 2³² − 1. The result with the lowest stress is kept.
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    Scaling

    Raises
    ------
    DataError
        If the values are not finite numbers, if there are fewer than two cases, if the metric does not define the distances of a case,
        or if precomputed distances are negative, not symmetric, or not 0 from each case to itself.
    ParameterError
        If `count` or `seed` is out of range.
    UnknownNameError
        If there is no such metric.

    References
    ----------
    J. B. Kruskal (1964), Multidimensional scaling by optimizing goodness of fit to a nonmetric hypothesis, *Psychometrika* 29, 1–27.
    J. de Leeuw (1977), Applications of convex analysis to multidimensional scaling, in J. R. Barra et al. (eds), *Recent Developments in
    Statistics*, North-Holland, 133–145.

    Examples
    --------
    >>> found = scaling([[0, 0, 1], [3, 0, 1], [0, 4, 1]], names=["a", "b", "c"])
    >>> round(float(((found.points.sel(case="b") - found.points.sel(case="c")) ** 2).sum() ** 0.5), 3)
    5.0
    """
    from scipy.spatial.distance import pdist

    count = check_number("scaling", "count", count, at_least=1, whole=True)
    seed = check_number("scaling", "seed", seed, at_least=0, at_most=2**32 - 1, whole=True)
    table = with_labels(values, "scaling")
    if table.ndim > 2:
        table = squeeze_except(table, {"case", table.dims[-1]})
    table = with_labels(table, "scaling", names)
    vectors, is_present = _stack(table)
    if len(vectors) < 2:
        raise DataError(f"scaling: needs at least two cases (got {len(vectors)})")
    wanted = _precomputed(vectors) if metric == PRECOMPUTED else _distances(vectors, metric)
    with allocating(SQUARES * NUMBER_BYTES * len(vectors) ** 2, f"scaling: squares of distances of {len(vectors)} cases"):
        points = _find_points(wanted, len(vectors), count, seed)
    reached = pdist(points)
    total = float((reached * reached).sum())
    stress = float(np.sqrt(((reached - wanted) ** 2).sum() / total)) if total else 0.0
    places = np.full((len(is_present), count), np.nan)
    places[is_present] = points
    return Scaling(unstack_patterns(places, table, "dimension", "place"), stress)


def _stack(table: xr.DataArray) -> tuple[xr.DataArray, npt.NDArray[np.bool_]]:
    """Return all vectors of a table as [case, unit], and which of its patterns they are: not the ticks that a case does not have."""
    import xarray as xr

    if table.ndim == 2:
        return finite_vectors(table, "scaling"), np.ones(len(table), dtype=bool)
    patterns = as_patterns(table)
    is_present = np.asarray(~np.isnan(patterns).all(axis=1))
    names = [describe_position(table, [*np.unravel_index(row, table.shape[:-1])]) for row in np.flatnonzero(is_present)]
    stacked = xr.DataArray(patterns[is_present], {"case": names, "unit": labels_along(table, -1)}, ("case", "unit"))
    return finite_vectors(stacked, "scaling"), is_present


def _find_points(wanted: Array, cases: int, count: int, seed: int) -> Array:
    """Return points [case, dimension] whose distances are near the wanted ones."""
    from scipy.spatial.distance import squareform
    from sklearn.manifold import smacof

    if not wanted.any():  # smacof would divide by 0
        return np.zeros((cases, count))
    square = squareform(wanted)
    found = smacof(square, n_components=count, n_init=STARTS, max_iter=1000, eps=1e-9, random_state=seed, normalized_stress=False)
    return _rotate(found[0])


def _distances(table: xr.DataArray, metric: str) -> Array:
    check_metric(metric)
    return defined_distances(table, metric, "scaling")


def _precomputed(table: xr.DataArray) -> Array:
    """Return precomputed distances in scipy's order of pairs.

    Raises
    ------
    DataError
        If they are not [case, case], symmetric, at least 0, and 0 from each case to itself.
    """
    from scipy.spatial.distance import squareform

    square = table.values
    if square.shape[0] != square.shape[1]:
        raise DataError(f"scaling: precomputed distances must be [case, case] (got shape {square.shape})")
    if not np.allclose(square, square.T, rtol=1e-9, atol=1e-12) or square.diagonal().any() or (square < 0).any():
        raise DataError("scaling: precomputed distances must be symmetric, at least 0, and 0 from each case to itself")
    found: Array = squareform(square, checks=False)
    return found


def _rotate(points: Array) -> Array:
    """Centre points and rotate them to their principal axes; the point farthest along each axis gets a positive coordinate."""
    centred = points - points.mean(axis=0)
    rotated = centred @ np.linalg.svd(centred, full_matrices=True)[2].T
    farthest = np.abs(rotated).argmax(axis=0)
    signs = np.where(rotated[farthest, np.arange(rotated.shape[1])] < 0, -1.0, 1.0)
    return np.asarray(rotated * signs)
