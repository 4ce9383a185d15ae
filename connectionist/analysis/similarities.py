"""How far hidden vectors are apart, or how alike they are, each with each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import vectors
from connectionist.analysis._labels import names_of
from connectionist.errors import unknown

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "correlation", "cosine", "hamming", "canberra", "braycurtis")
SIMILARITIES = ("correlation", "cosine")


def check_metric(metric: str, known: tuple[str, ...] = METRICS) -> None:
    """Refuse a metric that is not offered.

    Raises
    ------
    UnknownNameError
        It lists those that are.
    """
    if metric not in known:
        raise unknown("metric", metric, known)


def distances(values: object, metric: str = "euclidean", names: Iterable[object] | None = None) -> pd.DataFrame:
    """Return how far each vector is from each.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Finite.
    metric : str
        "euclidean", "sqeuclidean", "cityblock", "chebyshev", "correlation" and "cosine" (1 − the similarity), "hamming" (the fraction of
        units that differ), "canberra" or "braycurtis", as ``scipy.spatial.distance`` has them.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    DataFrame [case, case]
        Symmetric. NaN where there is no such distance: by correlation from a vector of which all units are alike, by cosine from one
        of zeros.

    Raises
    ------
    DataError
        When the values are no finite numbers [case, unit], or the names have another number.
    UnknownNameError
        When there is no such metric.

    Examples
    --------
    >>> print(distances([[0, 0], [3, 4]], names=["here", "there"]))
           here  there
    here    0.0    5.0
    there   5.0    0.0
    """
    check_metric(metric)
    return _table(vectors(values, "distances", names), metric)


def similarity(values: object, metric: str = "correlation", names: Iterable[object] | None = None) -> pd.DataFrame:
    """Return how alike each vector is to each, from −1 to 1.

    Parameters
    ----------
    values, names
        As for `distances`.
    metric : {"correlation", "cosine"}

    Returns
    -------
    DataFrame [case, case]
        Symmetric. NaN as from `distances`.

    Raises
    ------
    DataError, UnknownNameError
        As `distances`.

    Examples
    --------
    >>> print(similarity([[0, 1, 0], [1, 0, 1]], names=["a", "b"]))
         a    b
    a  1.0 -1.0
    b -1.0  1.0
    """
    check_metric(metric, SIMILARITIES)
    return 1.0 - _table(vectors(values, "similarity", names), metric)


def apart(table: xr.DataArray, metric: str) -> Array:
    """Return the distances of vectors [case, unit] as scipy lays them out: from the first to all others, then from the second on."""
    from scipy.spatial.distance import pdist

    found: Array = pdist(table.values, metric)
    if metric in SIMILARITIES:
        found[np.abs(found) < table.shape[1] * np.finfo(float).eps] = 0.0  # of equal vectors, for which rounding leaves a little
        lost = _without_direction(table.values, metric)
        one, other = np.triu_indices(len(lost), 1)
        found[lost[one] | lost[other]] = np.nan
    return found


def _table(table: xr.DataArray, metric: str) -> pd.DataFrame:
    import pandas as pd
    from scipy.spatial.distance import squareform

    square = squareform(apart(table, metric))
    if metric in SIMILARITIES:
        np.fill_diagonal(square, np.where(_without_direction(table.values, metric), np.nan, 0.0))
    names = names_of(table)
    return pd.DataFrame(square, index=names, columns=names)


def _without_direction(values: Array, metric: str) -> npt.NDArray[np.bool_]:
    """Whether a vector has no correlation, or no cosine, with any: rounding would give it one."""
    return np.asarray(np.ptp(values, axis=1) == 0 if metric == "correlation" else ~values.any(axis=1))
