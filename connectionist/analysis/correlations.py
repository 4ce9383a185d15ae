"""How strongly each unit codes a property of the cases: a person's nationality or generation, a word's class."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import vectors
from connectionist.analysis._labels import names_of, one_of_each
from connectionist.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array


def correlations_with(
    values: object, properties: Mapping[str, Iterable[object]] | pd.DataFrame, names: Iterable[object] | None = None
) -> pd.DataFrame:
    r"""Return how strongly each unit's activation goes with each property of the cases.

    What is measured follows from the property's values:

    - numbers (and True or False): Pearson's r, from −1 to 1; with two values it is the point-biserial correlation;
    - two categories: the same, with 0 for the category that comes first and 1 for the other;
    - more categories: the correlation ratio η, from 0 to 1, the root of the part of the variance that lies between categories,

    .. math:: \eta^2 = \sum_k n_k (\bar y_k - \bar y)^2 \big/ \sum_i (y_i - \bar y)^2 .

    Parameters
    ----------
    values : DataArray, DataFrame or array_like [case, unit]
        Activations, finite.
    properties : dict of name to sequence [case], or DataFrame [case, property]
        A case whose value is None or NaN is left out for that property.
    names : iterable, optional
        Of the cases, in the place of those they have.

    Returns
    -------
    DataFrame [unit, property]
        NaN where the unit never varies, or the property. ``table.attrs["measures"]`` says what was measured for each property.

    Raises
    ------
    DataError
        When the values are no finite numbers [case, unit], or a property does not have one value for each case.

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

    table = vectors(values, "correlations_with", names)
    found, measures = {}, {}
    for name, given in _named(properties).items():
        of_cases = _in_order(given, table, f"correlations_with, property {name!r}")
        found[name], measures[name] = _strengths(table.values, of_cases)
    answer = pd.DataFrame(found, index=pd.Index(names_of(table, -1), name=str(table.dims[-1])))
    answer.attrs["measures"] = measures
    return answer


def _named(properties: object) -> dict[Any, Any]:
    import pandas as pd

    if not isinstance(properties, (Mapping, pd.DataFrame)):
        raise DataError(f"correlations_with, properties: must be a dict of name to values, or a table (got {properties!r})")
    return {name: properties[name] for name in properties}


def _correlation_ratio(values: Array, categories: Iterable[object]) -> Array:
    """Return η of each column of values [case, unit] with the categories of the cases; NaN for a column that never varies."""
    given = [*categories]
    mean = values.mean(axis=0)
    between = np.zeros(values.shape[1])
    for category in dict.fromkeys(given):
        members = values[[one == category for one in given]]
        between += len(members) * (members.mean(axis=0) - mean) ** 2
    return np.sqrt(np.minimum(_ratio(between, ((values - mean) ** 2).sum(axis=0), _varies(values)), 1.0))


def _strengths(values: Array, given: list[Any]) -> tuple[Array, str]:
    kept = [at for at, value in enumerate(given) if value is not None and value == value]  # noqa: PLR0124  (NaN)
    values, given = values[kept], [given[at] for at in kept]
    if not all(isinstance(value, Hashable) for value in given):
        raise DataError(f"correlations_with: a property must have one number or category for each case (got {given[0]!r})")
    kinds = list(dict.fromkeys(given))
    if len(kinds) < 2:
        return np.full(values.shape[1], np.nan), "none: every case has the same value"
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in kinds):
        return _pearson(values, np.array(given, dtype=float)), "Pearson's r"
    if len(kinds) == 2:
        coded = np.array([float(value == kinds[1]) for value in given])
        return _pearson(values, coded), f"point-biserial r: {kinds[0]} 0, {kinds[1]} 1"
    return _correlation_ratio(values, given), f"correlation ratio η of {len(kinds)} categories"


def _pearson(values: Array, given: Array) -> Array:
    deviations, given_deviations = values - values.mean(axis=0), given - given.mean()
    lengths = np.sqrt((deviations * deviations).sum(axis=0) * (given_deviations * given_deviations).sum())
    return np.clip(_ratio(given_deviations @ deviations, lengths, _varies(values)), -1.0, 1.0)


def _ratio(part: Array, whole: Array, where: npt.NDArray[np.bool_]) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=where & (whole > 0)))


def _varies(values: Array) -> npt.NDArray[np.bool_]:
    """Whether each column varies; its deviations would say so of equal numbers whose mean is rounded."""
    return np.asarray(np.ptp(values, axis=0) > 0)


def _in_order(given: Iterable[object], table: xr.DataArray, what: str) -> list[Any]:
    """Return a property's values case by case; a column with the names of the cases is put in their order."""
    import pandas as pd

    if not isinstance(given, pd.Series):
        return one_of_each(given, len(table), what)
    names = names_of(table)
    if len(set(names)) == len(names) and set(names) == set(given.index):
        return [value.item() if hasattr(value, "item") else value for value in given.reindex(names)]
    if names == list(range(len(names))) or given.index.tolist() == list(range(len(given))):
        return one_of_each(given.tolist(), len(table), what)
    raise DataError(f"{what}: its rows must be called like the cases (got {given.index[0]!r} …, and cases {names[0]!r} …)")
