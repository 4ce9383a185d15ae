"""Principal components: the few directions in which vectors differ most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._arrays import labelled
from connectionist.analysis._labels import names_of, place, rows, shape_text
from connectionist.errors import DataError, check_number

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, repr=False)
class Components:
    """Vectors as they lie along their principal components, which are numbered from 1.

    Attributes
    ----------
    scores : DataArray [case, component], or [case, tick, component]
        Where each vector lies; NaN at ticks that a case does not have.
    loadings : DataArray [component, unit]
        Each component as a direction of length 1; its largest entry is positive.
    explained : Series [component]
        The fraction of all variance that lies along each.
    mean : DataArray [unit]
        What was taken off every vector.
    """

    scores: xr.DataArray
    loadings: xr.DataArray
    explained: pd.Series[float]
    mean: xr.DataArray

    def project(self, values: object) -> xr.DataArray:
        """Return where other vectors of the same units lie, those of another epoch or of a lesioned network, say.

        Parameters
        ----------
        values : DataArray, DataFrame or array_like [..., unit]

        Raises
        ------
        DataError
            When they have other units.
        """
        table = labelled(values, "Components.project")
        if table.shape[-1] != len(self.mean):
            raise DataError(f"Components.project: must have {len(self.mean)} units (got {table.shape[-1]})")
        return _scores(table, (rows(table) - self.mean.values) @ self.loadings.values.T)

    def __repr__(self) -> str:
        shown = ", ".join(f"{fraction:.0%}" for fraction in self.explained[:3])
        return f"<Components {shape_text(self.scores)}; explained: {shown}{', …' if len(self.explained) > 3 else ''}>"


def principal_components(values: object, count: int | None = None, names: Iterable[object] | None = None) -> Components:
    """Find the directions in which vectors differ most.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        At least two vectors that differ. All ticks of all cases are taken together; a tick at which all units are NaN is left out.
    count : int, optional
        How many components, at least 1; as many as there are units, or vectors, unless given.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    Components

    Raises
    ------
    DataError
        When there are fewer than two vectors, all are alike, or some of a vector's numbers are not finite.
    ParameterError
        When `count` is not a whole number from 1 to the number of units, or of vectors.

    Examples
    --------
    >>> found = principal_components([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], names=["small", "middle", "large"])
    >>> found.explained.round(6).tolist()
    [1.0, 0.0]
    >>> found.scores.sel(component=1).round(3).values
    array([-2.236,  0.   ,  2.236])
    """
    return components_of(values, count, names, "principal_components")


def components_of(values: object, count: int | None, names: Iterable[object] | None, what: str) -> Components:
    """Find principal components for whoever is named in messages; as `principal_components`."""
    import pandas as pd
    import xarray as xr
    from sklearn.decomposition import PCA

    table = labelled(values, what, names)
    numbers = rows(table)
    there = ~np.isnan(numbers).all(axis=1)
    bad = there & ~np.isfinite(numbers).all(axis=1) | (~there if table.ndim == 2 else False)
    if bad.any():
        raise DataError(f"{what}: must be finite (not so at {place(table, np.unravel_index(int(bad.argmax()), table.shape[:-1]))})")
    fitted = numbers[there]
    if len(fitted) < 2 or not np.ptp(fitted, axis=0).any():
        raise DataError(f"{what}: needs at least two vectors that differ (got {len(fitted)}{', all alike' if len(fitted) > 1 else ''})")
    most = min(fitted.shape)
    if count is not None:
        check_number(what, "count", count, at_least=1, at_most=most, whole=True)
    found = PCA(count or most, svd_solver="full").fit(fitted)
    scores = np.full((len(numbers), len(found.components_)), np.nan)
    scores[there] = (fitted - found.mean_) @ found.components_.T
    numbered, units = np.arange(1, len(found.components_) + 1), names_of(table, -1)
    return Components(
        _scores(table, scores),
        xr.DataArray(found.components_, {"component": numbered, "unit": units}, ("component", "unit"), "loading"),
        pd.Series(found.explained_variance_ratio_, index=pd.Index(numbered, name="component"), name="explained"),
        xr.DataArray(found.mean_, {"unit": units}, ("unit",), "mean"),
    )


def _scores(table: xr.DataArray, scores: np.typing.NDArray[np.float64]) -> xr.DataArray:
    """Lay scores [pattern, component] out like the vectors they are of."""
    import xarray as xr

    coords = {dim: table.coords[dim].values for dim in table.dims[:-1]}
    shape = (*table.shape[:-1], scores.shape[1])
    return xr.DataArray(
        scores.reshape(shape), {**coords, "component": np.arange(1, shape[-1] + 1)}, (*table.dims[:-1], "component"), "score"
    )
