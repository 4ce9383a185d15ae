"""What the measures are given, brought into one form: a labelled array with a name for everything, and the units last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import PatternError
from connectionist.state import as_numbers

if TYPE_CHECKING:
    import xarray as xr

PLAIN = {2: ("case", "unit"), 3: ("case", "tick", "unit")}


def labelled(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return numbers with names along every dimension, units last.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like
        A DataArray with a dimension "unit", else its last dimension is taken for the units; a table of cases by units; or plain numbers
        [case, unit] or [case, tick, unit].
    what : str
        What a message calls them.
    names : iterable, optional
        Names of the cases, in the place of those they have.

    Returns
    -------
    DataArray [..., unit]

    Raises
    ------
    PatternError
        When they are no numbers, have another shape, or are none at all; or when there is not one name for each case.
    """
    table = _as_array(values, what)
    if "unit" in table.dims:
        table = table.transpose(..., "unit")
    if table.ndim < 2 or 0 in table.shape:
        raise PatternError(f"{what}: must be numbers [case, unit], at least one of each (got {shape_text(table)})")
    given = {dim: np.arange(size) + (dim == "tick") for dim, size in table.sizes.items() if dim not in table.coords}
    table = table.assign_coords(given)
    return table if names is None else _rename(table, listed(names, f"{what}, names"), what)


def vectors(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return finite numbers [case, unit] with names.

    Parameters
    ----------
    values, what, names
        As for `labelled`.

    Raises
    ------
    PatternError
        As `labelled`, and when there are more dimensions than two, or one number is not finite.
    """
    table = labelled(values, what, names)
    if table.ndim != 2:
        raise PatternError(f"{what}: must be [case, unit] (got {shape_text(table)}); choose one of the rest, as in values.isel(tick=-1)")
    refuse_gaps(table, what)
    return table


def refuse_gaps(table: xr.DataArray, what: str) -> None:
    """Refuse numbers that are NaN or infinite.

    Raises
    ------
    PatternError
        It names the first one.
    """
    bad = np.argwhere(~np.isfinite(table.values))
    if len(bad):
        raise PatternError(f"{what}: must be finite (got {table.values[tuple(bad[0])]} at {place(table, bad[0])})")


def place(table: xr.DataArray, index: Iterable[Any]) -> str:
    """Say by name where a number stands.

    Examples
    --------
    >>> place(labelled([[0.0, 1.0]], "outputs", names=["Colin"]), (0, 1))
    "case 'Colin', unit 1"
    """
    return ", ".join(f"{dim} {table.coords[dim].values[at].item()!r}" for dim, at in zip(table.dims, index, strict=False))


def shape_text(table: xr.DataArray) -> str:
    """Say how large an array is in each dimension.

    Examples
    --------
    >>> shape_text(labelled([[[0.0, 1.0]]], "outputs"))
    '1 case × 1 tick × 2 unit'
    """
    return " × ".join(f"{size} {dim}" for dim, size in table.sizes.items()) or "a single number"


def one_of_each(values: Iterable[Any], table: xr.DataArray, what: str) -> list[Any]:
    """Return values as a list, if there is one for each case.

    Raises
    ------
    PatternError
        When there is not.
    """
    given = listed(values, what)
    if len(given) != table.shape[0]:
        raise PatternError(f"{what}: must be one for each of the {table.shape[0]} cases (got {len(given)})")
    return given


def listed(values: object, what: str) -> list[Any]:
    """Return what was given as a list.

    Raises
    ------
    PatternError
        When it is a single thing.
    """
    if not isinstance(values, Iterable):
        raise PatternError(f"{what}: must be one for each case (got {values!r})")
    return [*values]


def names_of(table: xr.DataArray, dim: str | int = 0) -> list[Any]:
    """Return the names along a dimension, as plain Python things."""
    found: list[Any] = table.coords[table.dims[dim] if isinstance(dim, int) else dim].values.tolist()
    return found


def rows(table: xr.DataArray) -> Any:
    """Return all numbers as one array [pattern, unit], whatever dimensions stand before the units."""
    return table.values.reshape(-1, table.shape[-1])


def _as_array(values: object, what: str) -> xr.DataArray:
    import pandas as pd
    import xarray as xr

    if isinstance(values, xr.DataArray):
        return values.copy(data=as_numbers(values.values, what))
    if isinstance(values, pd.DataFrame):
        index, columns = (_plain_names(names) for names in (values.index, values.columns))
        return xr.DataArray(as_numbers(values.to_numpy(), what), dims=PLAIN[2], coords={"case": index, "unit": columns})
    given = as_numbers(values, what)  # type: ignore[arg-type]
    if given.ndim not in PLAIN:
        raise PatternError(f"{what}: must be [case, unit] or [case, tick, unit] (got shape {given.shape})")
    return xr.DataArray(given, dims=PLAIN[given.ndim])


def _plain_names(names: Iterable[Any]) -> list[Any]:
    return [" ".join(map(str, name)) if isinstance(name, tuple) else name for name in names]


def _rename(table: xr.DataArray, names: Sequence[object], what: str) -> xr.DataArray:
    dim = "case" if "case" in table.dims else table.dims[0]
    if len(names) != table.sizes[dim]:
        raise PatternError(f"{what}: must have a name for each of the {table.sizes[dim]} cases (got {len(names)})")
    return table.assign_coords({dim: [*names]})
