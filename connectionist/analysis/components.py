"""Principal components: the directions of largest variance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import with_labels
from connectionist.analysis._labels import as_patterns, describe_not_finite, describe_shape, labels_along, unstack_patterns
from connectionist.errors import DataError, check_number
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

FACTORS = 7  # arrays of the size of the table in use at a time; a test measures it


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class Components:
    """Principal components of vectors; components are numbered from 1.

    Attributes
    ----------
    scores : DataArray [case, component], or [case, tick, component]
        Coordinates of the vectors. NaN at ticks that a case does not have.
    loadings : DataArray [component, unit]
        Direction of each component, of length 1; its largest entry in absolute value is positive.
    explained : Series [component]
        Fraction of the variance along each component.
    mean : DataArray [unit]
        Mean of the vectors, which is subtracted before the projection.
    """

    scores: xr.DataArray
    loadings: xr.DataArray
    explained: pd.Series[float]
    mean: xr.DataArray

    def project(self, values: object) -> xr.DataArray:
        """Return the coordinates of other vectors of the same units, for example from another epoch or a lesioned network.

        Parameters
        ----------
        values : DataArray, DataFrame or array_like [..., unit]

        Returns
        -------
        DataArray [..., component]
            Scores, (values − mean) × loadingsᵀ.

        Raises
        ------
        DataError
            If the number of units differs.
        """
        table = with_labels(values, "Components.project")
        if table.shape[-1] != len(self.mean):
            raise DataError(f"Components.project: must have {describe_count(len(self.mean), 'unit')} (got {table.shape[-1]})")
        return unstack_patterns((as_patterns(table) - self.mean.values) @ self.loadings.values.T, table, "component", "score")

    def __repr__(self) -> str:
        shares = ", ".join(f"{fraction:.0%}" for fraction in self.explained[:3])
        return f"<Components {describe_shape(self.scores)}; explained: {shares}{', …' if len(self.explained) > 3 else ''}>"


def principal_components(values: object, count: int | None = None, names: Iterable[object] | None = None) -> Components:
    r"""Return the principal components of vectors.

    Component k is the eigenvector :math:`l_k` of the covariance matrix of the vectors v with the k-th largest eigenvalue
    :math:`\lambda_k`. The score of a vector is :math:`l_k \cdot (v - \bar v)`, and the fraction of the variance explained is
    :math:`\lambda_k / \sum_j \lambda_j`.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        At least two vectors that differ. All ticks of all cases are analysed together. A tick at which all units are NaN is left out.
    count : int, optional
        Number of components, at least 1. The default is the number of units or of vectors, whichever is smaller.
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    Components

    Raises
    ------
    DataError
        If there are fewer than two vectors, if all vectors are equal, or if a number is not finite.
    ParameterError
        If `count` is not a whole number from 1 to the number of units and of vectors.

    References
    ----------
    K. Pearson (1901), On lines and planes of closest fit to systems of points in space, *Philosophical Magazine* 2, 559–572.
    H. Hotelling (1933), Analysis of a complex of statistical variables into principal components, *Journal of Educational Psychology*
    24, 417–441 and 498–520.

    Examples
    --------
    >>> found = principal_components([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], names=["small", "middle", "large"])
    >>> found.explained.round(6).tolist()
    [1.0, 0.0]
    >>> found.scores.sel(component=1).round(3).values
    array([-2.236,  0.   ,  2.236])
    """
    return fit_components(values, count, names, "principal_components")


def fit_components(values: object, count: int | None, names: Iterable[object] | None, what: str) -> Components:
    """Return the result of `principal_components`; `what` names the caller in error messages."""
    import pandas as pd
    import xarray as xr
    from sklearn.decomposition import PCA

    table = with_labels(values, what, names)
    patterns = as_patterns(table)
    is_present = _present_patterns(table, patterns, what)
    vectors = patterns[is_present]
    largest_count = min(vectors.shape)
    if count is not None:
        count = check_number(what, "count", count, at_least=1, at_most=largest_count, whole=True)
    needed = NUMBER_BYTES * (FACTORS * vectors.size + largest_count**2)
    with allocating(needed, f"{what}: factors of a table of {vectors.shape[0]} × {vectors.shape[1]} numbers"):
        found = PCA(count or largest_count, svd_solver="full").fit(vectors)
    scores = np.full((len(patterns), len(found.components_)), np.nan)
    scores[is_present] = (vectors - found.mean_) @ found.components_.T
    numbers, units = np.arange(1, len(found.components_) + 1), labels_along(table, -1)
    return Components(
        unstack_patterns(scores, table, "component", "score"),
        xr.DataArray(found.components_, {"component": numbers, "unit": units}, ("component", "unit"), "loading"),
        pd.Series(found.explained_variance_ratio_, index=pd.Index(numbers, name="component"), name="explained"),
        xr.DataArray(found.mean_, {"unit": units}, ("unit",), "mean"),
    )


def _present_patterns(table: xr.DataArray, patterns: Array, what: str) -> npt.NDArray[np.bool_]:
    """Return for each pattern whether it has activations; a case without ticks must have them.

    Raises
    ------
    DataError
        If a pattern is only partly finite, or if there are not two patterns that differ.
    """
    is_present = np.asarray(~np.isnan(patterns).all(axis=1))
    is_partial = is_present & ~np.isfinite(patterns).all(axis=1)
    is_bad = is_partial | ~is_present if table.ndim == 2 else is_partial
    if is_bad.any():
        raise DataError(f"{what}: must be finite (got {describe_not_finite(table, int(is_bad.argmax()))})")
    vectors = patterns[is_present]
    if len(vectors) < 2 or not np.ptp(vectors, axis=0).any():
        found = f"{len(vectors)}{', all equal' if len(vectors) > 1 else ''}"
        raise DataError(f"{what}: needs at least two vectors that differ (got {found})")
    return is_present
