r"""How sparsely units respond to cases, and cases activate units.

With activations r of n cases (or units),

.. math:: a = \frac{\left(\sum_i r_i / n\right)^2}{\sum_i r_i^2 / n}, \qquad S = \frac{1 - a}{1 - 1/n}.

a is the sparseness of Treves & Rolls: the fraction of cases responded to when responses are all or none, *small* where coding is sparse.
S is what Vinje & Gallant made of it: 0 where all are alike, 1 where there is one alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._arrays import vectors
from connectionist.analysis._labels import place
from connectionist.errors import DataError, unknown

if TYPE_CHECKING:
    import xarray as xr

MEASURES = ("vinje-gallant", "treves-rolls")


def lifetime_sparsity(values: object, measure: str = "vinje-gallant", names: Iterable[object] | None = None) -> xr.DataArray:
    """Return how selective each unit is: over how few of the cases it is active.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Activations, at least 0.
    measure : {"vinje-gallant", "treves-rolls"}
        S, from 0 to 1, large where sparse; or a, from 1/n to 1, small where sparse. See the equations of this module.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    DataArray [unit]
        NaN for a unit that is never active; for S, also where there is only one case.

    Raises
    ------
    DataError
        When the values are no finite numbers [case, unit], or one is negative.
    UnknownNameError
        When there is no such measure.

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
    return _sparsity(vectors(values, "lifetime_sparsity", names), 0, measure, "lifetime_sparsity")


def population_sparsity(values: object, measure: str = "vinje-gallant", names: Iterable[object] | None = None) -> xr.DataArray:
    """Return how sparsely each case is coded: by how few of the units.

    Parameters
    ----------
    values, measure, names
        As for `lifetime_sparsity`.

    Returns
    -------
    DataArray [case]
        NaN for a case in which no unit is active; for S, also where there is only one unit.

    Raises
    ------
    DataError, UnknownNameError
        As `lifetime_sparsity`.

    Examples
    --------
    >>> population_sparsity([[1, 0, 0], [1, 1, 1]]).values
    array([1., 0.])
    """
    return _sparsity(vectors(values, "population_sparsity", names), 1, measure, "population_sparsity")


def _sparsity(table: xr.DataArray, over: int, measure: str, what: str) -> xr.DataArray:
    if measure not in MEASURES:
        raise unknown("measure of sparsity", measure, MEASURES)
    negative = np.argwhere(table.values < 0)
    if len(negative):
        least = table.values[tuple(negative[0])]
        raise DataError(f"{what}: is defined for activations of at least 0 (got {least:g} at {place(table, negative[0])})")
    dim, count = str(table.dims[over]), table.shape[over]
    squares = (table * table).mean(dim)
    fraction = (table.mean(dim) ** 2 / squares.where(squares > 0)).clip(max=1.0).rename("sparsity")
    if measure == "treves-rolls":
        return fraction
    return (1.0 - fraction) / (1.0 - 1.0 / count) if count > 1 else fraction * np.nan
