"""Distances and similarities of all pairs of vectors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import finite_vectors
from connectionist.analysis._labels import labels_along
from connectionist.errors import DataError, unknown_name
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "correlation", "cosine", "hamming", "canberra", "braycurtis")
SIMILARITIES = ("correlation", "cosine")


def check_metric(metric: str, known: tuple[str, ...] = METRICS) -> None:
    """Raise UnknownNameError unless the metric is one of `known`; the message lists them."""
    if metric not in known:
        raise unknown_name("metric", metric, known)


def distances(values: object, metric: str = "euclidean", names: Iterable[object] | None = None) -> pd.DataFrame:
    r"""Return the distance of every pair of vectors.

    For vectors a and b of n units the distances are those of ``scipy.spatial.distance``:

    - "euclidean": :math:`\sqrt{\sum_i (a_i - b_i)^2}`, and "sqeuclidean", its square;
    - "cityblock": :math:`\sum_i |a_i - b_i|`; "chebyshev": :math:`\max_i |a_i - b_i|`;
    - "correlation" and "cosine": 1 − the `similarity`;
    - "hamming": the fraction of units with :math:`a_i \neq b_i`;
    - "canberra": :math:`\sum_i |a_i - b_i| / (|a_i| + |b_i|)`;
    - "braycurtis": :math:`\sum_i |a_i - b_i| \big/ \sum_i |a_i + b_i|`.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Finite numbers.
    metric : str
        One of the metrics above.
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    DataFrame [case, case]
        Symmetric, at least 0. NaN where the distance is not defined: for "correlation", if all units of a vector are equal; for "cosine",
        if all are 0; for "braycurtis", if the divisor is 0.

    Raises
    ------
    DataError
        If the values are not finite numbers [case, unit], or if there is not one name for each case.
    UnknownNameError
        If there is no such metric.

    References
    ----------
    R. W. Hamming (1950), Error detecting and error correcting codes, *Bell System Technical Journal* 29, 147–160.
    G. N. Lance & W. T. Williams (1967), Mixed-data classificatory programs I, *Australian Computer Journal* 1, 15–20 ("canberra").
    J. R. Bray & J. T. Curtis (1957), An ordination of the upland forest communities of southern Wisconsin, *Ecological Monographs* 27,
    325–349.

    Examples
    --------
    >>> print(distances([[0, 0], [3, 4]], names=["here", "there"]))
           here  there
    here    0.0    5.0
    there   5.0    0.0
    """
    check_metric(metric)
    return _square_table(finite_vectors(values, "distances", names), metric)


def similarity(values: object, metric: str = "correlation", names: Iterable[object] | None = None) -> pd.DataFrame:
    r"""Return the similarity of every pair of vectors.

    For vectors a and b the cosine is :math:`\sum_i a_i b_i \big/ \sqrt{\sum_i a_i^2 \sum_i b_i^2}`. The correlation (Pearson's r) is the
    cosine after the mean of each vector is subtracted from it.

    Parameters
    ----------
    values, names
        As for `distances`.
    metric : {"correlation", "cosine"}

    Returns
    -------
    DataFrame [case, case]
        Symmetric, from −1 to 1. NaN where it is not defined, as for `distances`.

    Raises
    ------
    DataError
        As for `distances`.
    UnknownNameError
        If the metric is neither "correlation" nor "cosine".

    References
    ----------
    K. Pearson (1895), Note on regression and inheritance in the case of two parents, *Proceedings of the Royal Society of London* 58,
    240–242.

    Examples
    --------
    >>> print(similarity([[0, 1, 0], [1, 0, 1]], names=["a", "b"]))
         a    b
    a  1.0 -1.0
    b -1.0  1.0
    """
    check_metric(metric, SIMILARITIES)
    return 1.0 - _square_table(finite_vectors(values, "similarity", names), metric)


def pair_distances(table: xr.DataArray, metric: str) -> Array:
    """Return the distances of all pairs of vectors [case, unit] in the order of scipy.

    The first vector comes with all others, then the second with those after it, and so on.

    Returns
    -------
    array [case × (case − 1) / 2]
        NaN where the distance is not defined.

    Raises
    ------
    MemoryLimitError
        If they would not fit in memory.
    """
    cases = len(table)
    arrays = 4 if metric in SIMILARITIES else 2  # arrays with a number for each pair
    with allocating(arrays * NUMBER_BYTES * (cases * (cases - 1) // 2), f"the distances of all pairs of {cases} cases"):
        return _pair_distances(table, metric)


def _pair_distances(table: xr.DataArray, metric: str) -> Array:
    from scipy.spatial.distance import pdist

    found: Array = pdist(table.values, metric)
    found[~np.isfinite(found)] = np.nan  # "braycurtis" divides by 0 if the vectors are opposite, or all 0
    if metric in SIMILARITIES:
        found[np.abs(found) < table.shape[1] * np.finfo(float).eps] = 0.0  # rounding leaves a small number for equal vectors
        undefined = _has_no_direction(table.values, metric)
        one, other = np.triu_indices(len(undefined), 1)
        found[undefined[one] | undefined[other]] = np.nan
    return found


def defined_distances(table: xr.DataArray, metric: str, what: str) -> Array:
    """Return `pair_distances`, all of which are defined.

    Raises
    ------
    DataError
        If the metric does not define a distance; the message names the case with the most undefined distances.
    """
    from scipy.spatial.distance import squareform

    found = pair_distances(table, metric)
    if np.isnan(found).any():
        case = labels_along(table)[int(np.isnan(squareform(found, checks=False)).sum(axis=1).argmax())]
        reason = {"correlation": "all its units are equal", "cosine": "all its units are 0"}.get(metric, "its divisor is 0")
        raise DataError(f"{what}: case {case!r} has no {metric} distance to another case, since {reason}")
    return found


def _square_table(table: xr.DataArray, metric: str) -> pd.DataFrame:
    import pandas as pd
    from scipy.spatial.distance import squareform

    pairs = pair_distances(table, metric)
    with allocating(2 * NUMBER_BYTES * len(table) ** 2, f"a table of the distances of {len(table)} cases"):
        square = squareform(pairs)
    if metric in SIMILARITIES:
        np.fill_diagonal(square, np.where(_has_no_direction(table.values, metric), np.nan, 0.0))
    names = labels_along(table)
    return pd.DataFrame(square, index=names, columns=names)


def _has_no_direction(values: Array, metric: str) -> npt.NDArray[np.bool_]:
    """Return for each vector whether its correlation, or its cosine, is undefined; the quotient itself hides this by rounding."""
    return np.asarray(np.ptp(values, axis=1) == 0 if metric == "correlation" else ~values.any(axis=1))
