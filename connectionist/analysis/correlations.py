"""Correlations of units with properties of the cases, such as the nationality of a person or the class of a word."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import finite_vectors
from connectionist.analysis._labels import labels_along, one_per_case
from connectionist.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array


def correlations_with(
    values: object, properties: Mapping[str, Iterable[object]] | pd.DataFrame, names: Iterable[object] | None = None
) -> pd.DataFrame:
    r"""Return the correlation of each unit's activation with each property of the cases.

    The values of the property determine the measure:

    - numbers, or True and False: Pearson's r, from −1 to 1,

      .. math:: r = \sum_i (y_i - \bar y)(p_i - \bar p) \Big/ \sqrt{\sum_i (y_i - \bar y)^2 \sum_i (p_i - \bar p)^2} ,

      which for two values is the point-biserial correlation;
    - two categories: the same, with 0 for the category of the first case and 1 for the other;
    - more than two categories k of :math:`n_k` cases: the correlation ratio η, from 0 to 1. Its square is the fraction of the variance
      between categories,

      .. math:: \eta^2 = \sum_k n_k (\bar y_k - \bar y)^2 \Big/ \sum_i (y_i - \bar y)^2 .

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Activations y, finite.
    properties : dict of name to sequence [case], or DataFrame [case, property]
        Values p of each property. A case whose value is None or NaN is left out for that property. Columns of a DataFrame whose row
        names are the names of the cases are put into the order of the cases.
    names : iterable, optional
        Names of the cases. They replace the labels in `values`.

    Returns
    -------
    DataFrame [unit, property]
        NaN where the activation or the property does not vary. ``table.attrs["measures"]`` names the measure of each property.

    Raises
    ------
    DataError
        If the values are not finite numbers [case, unit], if `properties` is neither a mapping nor a DataFrame, if a property does not
        have one value for each case, or if the row names of a DataFrame are not those of the cases.

    References
    ----------
    K. Pearson (1895), Note on regression and inheritance in the case of two parents, *Proceedings of the Royal Society of London* 58,
    240–242.
    K. Pearson (1905), *On the General Theory of Skew Correlation and Non-linear Regression*, Drapers' Company Research Memoirs,
    Biometric Series II (the correlation ratio).

    Examples
    --------
    >>> codes = [[0.9, 0.2], [0.8, 0.9], [0.1, 0.1], [0.2, 0.8]]
    >>> people = {"nationality": ["English", "English", "Italian", "Italian"], "generation": [1, 2, 1, 2]}
    >>> table = correlations_with(codes, people)
    >>> table.round(2).values.tolist()
    [[-0.99, 0.0], [-0.14, 0.99]]
    >>> table.attrs["measures"]["nationality"]
    'point-biserial r: English 0, Italian 1'
    """
    import pandas as pd

    table = finite_vectors(values, "correlations_with", names)
    found, measures = {}, {}
    for name, property_values in _columns(properties).items():
        of_cases = _in_case_order(property_values, table, f"correlations_with, property {name!r}")
        found[name], measures[name] = _correlate(table.values, of_cases)
    result = pd.DataFrame(found, index=pd.Index(labels_along(table, -1), name=str(table.dims[-1])))
    result.attrs["measures"] = measures
    return result


def _columns(properties: Any) -> dict[Any, Any]:
    """Return the values of each property by name.

    Raises
    ------
    DataError
        If `properties` is neither a mapping nor a DataFrame.
    """
    import pandas as pd

    if not isinstance(properties, (Mapping, pd.DataFrame)):
        raise DataError(f"correlations_with.properties: must be a dict of property name to values, or a DataFrame (got {properties!r})")
    return {name: properties[name] for name in properties}


def _correlate(values: Array, property_values: list[Any]) -> tuple[Array, str]:
    """Return the correlation of each unit with a property, and the name of the measure."""
    kept = [at for at, value in enumerate(property_values) if value is not None and value == value]  # noqa: PLR0124  (NaN)
    values, of_cases = values[kept], [property_values[at] for at in kept]
    if not all(isinstance(value, Hashable) for value in of_cases):
        raise DataError(f"correlations_with: a property must have one number or category for each case (got {of_cases[0]!r})")
    distinct = list(dict.fromkeys(of_cases))
    if len(distinct) < 2:
        return np.full(values.shape[1], np.nan), "none: every case has the same value"
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in distinct):
        return _pearson(values, np.array(of_cases, dtype=float)), "Pearson's r"
    if len(distinct) == 2:
        coded = np.array([float(value == distinct[1]) for value in of_cases])
        return _pearson(values, coded), f"point-biserial r: {distinct[0]} 0, {distinct[1]} 1"
    return _correlation_ratio(values, of_cases), f"correlation ratio η of {len(distinct)} categories"


def _pearson(values: Array, numbers: Array) -> Array:
    """Return Pearson's r of each column of values [case, unit] with numbers [case]."""
    deviations, number_deviations = values - values.mean(axis=0), numbers - numbers.mean()
    lengths = np.sqrt((deviations * deviations).sum(axis=0) * (number_deviations * number_deviations).sum())
    return np.clip(_divide(number_deviations @ deviations, lengths, _varies(values)), -1.0, 1.0)


def _correlation_ratio(values: Array, categories: list[Any]) -> Array:
    """Return η of each column of values [case, unit] with categories [case]; NaN for a column that does not vary."""
    mean = values.mean(axis=0)
    between = np.zeros(values.shape[1])
    for category in dict.fromkeys(categories):
        members = values[[one == category for one in categories]]
        between += len(members) * (members.mean(axis=0) - mean) ** 2
    return np.sqrt(np.minimum(_divide(between, ((values - mean) ** 2).sum(axis=0), _varies(values)), 1.0))


def _divide(part: Array, whole: Array, where: npt.NDArray[np.bool_]) -> Array:
    """Return the quotient, or NaN where `where` is False or the divisor is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=where & (whole > 0)))


def _varies(values: Array) -> npt.NDArray[np.bool_]:
    """Return for each column whether it varies; deviations from a rounded mean would not be 0 in a constant column."""
    return np.asarray(np.ptp(values, axis=0) > 0)


def _in_case_order(given: Iterable[object], table: xr.DataArray, what: str) -> list[Any]:
    """Return the values of a property by case; a column whose row names are the names of the cases is put into their order.

    Raises
    ------
    DataError
        If there is not one value for each case, or if the row names are not the names of the cases.
    """
    import pandas as pd

    if not isinstance(given, pd.Series):
        return one_per_case(given, len(table), what)
    names = labels_along(table)
    if len(set(names)) == len(names) and set(names) == set(given.index):
        return [value.item() if hasattr(value, "item") else value for value in given.reindex(names)]
    if names in (list(range(len(names))), given.index.tolist()) or given.index.tolist() == list(range(len(given))):
        return one_per_case(given.tolist(), len(table), what)
    raise DataError(f"{what}: its row names must be the names of the cases (got {given.index[0]!r} …, where the cases are {names[0]!r} …)")
