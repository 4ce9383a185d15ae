"""Sparsity of the activations of a unit over cases, and of a case over units. `lifetime_sparsity` has the equations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._arrays import finite_vectors
from connectionist.analysis._labels import describe_position
from connectionist.errors import DataError, unknown_name

if TYPE_CHECKING:
    import xarray as xr

MEASURES = ("vinje-gallant", "treves-rolls")


def lifetime_sparsity(values: object, measure: str = "vinje-gallant", names: Iterable[object] | None = None) -> xr.DataArray:
    r"""Return the sparsity of each unit over cases: high if the unit is active in few cases.

    For the activations r of a unit in n cases,

    .. math:: a = \frac{\left(\sum_i r_i / n\right)^2}{\sum_i r_i^2 / n}, \qquad S = \frac{1 - a}{1 - 1/n}.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Activations, at least 0.
    measure : {"vinje-gallant", "treves-rolls"}
        "vinje-gallant": S, from 0 (equal in all cases) to 1 (active in one case). "treves-rolls": a, from 1/n (active in one case) to 1
        (equal in all cases).
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    DataArray [unit]
        NaN for a unit whose activations are all 0. S is NaN if there is only one case.

    Raises
    ------
    DataError
        If the values are not finite numbers [case, unit], or if one is negative.
    UnknownNameError
        If there is no such measure.

    References
    ----------
    A. Treves & E. T. Rolls (1991), What determines the capacity of autoassociative memories in the brain?, *Network* 2, 371–397.
    W. E. Vinje & J. L. Gallant (2000), Sparse coding and decorrelation in primary visual cortex during natural vision, *Science* 287,
    1273–1276.

    Examples
    --------
    >>> lifetime_sparsity([[1, 1], [0, 1], [0, 1], [0, 1]]).values
    array([1., 0.])
    >>> lifetime_sparsity([[1, 1], [0, 1], [0, 1], [0, 1]], "treves-rolls").values
    array([0.25, 1.  ])
    """
    return _sparsity(finite_vectors(values, "lifetime_sparsity", names), 0, measure, "lifetime_sparsity")


def population_sparsity(values: object, measure: str = "vinje-gallant", names: Iterable[object] | None = None) -> xr.DataArray:
    """Return the sparsity of each case over units: high if few units are active.

    The equations and their sources are those of `lifetime_sparsity`, with r the activations of n units in one case.

    Parameters
    ----------
    values, measure, names
        As for `lifetime_sparsity`.

    Returns
    -------
    DataArray [case]
        NaN for a case in which all activations are 0. S is NaN if there is only one unit.

    Raises
    ------
    DataError, UnknownNameError
        As for `lifetime_sparsity`.

    Examples
    --------
    >>> population_sparsity([[1, 0, 0], [1, 1, 1]]).values
    array([1., 0.])
    """
    return _sparsity(finite_vectors(values, "population_sparsity", names), 1, measure, "population_sparsity")


def _sparsity(table: xr.DataArray, axis: int, measure: str, what: str) -> xr.DataArray:
    """Return the sparsity of activations [case, unit] over an axis."""
    if not isinstance(measure, str) or measure not in MEASURES:
        raise unknown_name("measure of sparsity", measure, MEASURES)
    negative = np.argwhere(table.values < 0)
    if len(negative):
        value, position = table.values[tuple(negative[0])], describe_position(table, negative[0])
        raise DataError(f"{what}: activations must be at least 0 (got {value:g} at {position})")
    dim, count = str(table.dims[axis]), table.shape[axis]
    squares = (table * table).mean(dim)
    sparseness = (table.mean(dim) ** 2 / squares.where(squares > 0)).clip(max=1.0).rename("sparsity")
    if measure == "treves-rolls":
        return sparseness
    return (1.0 - sparseness) / (1.0 - 1.0 / count) if count > 1 else sparseness * np.nan
