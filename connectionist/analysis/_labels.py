"""The names along the dimensions of labelled arrays: read, given anew, and said in messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import DataError

if TYPE_CHECKING:
    import xarray as xr


def names_of(table: xr.DataArray, dim: str | int = 0) -> list[Any]:
    """Return the names along a dimension, as plain Python things: its coordinates, or numbers, ticks and epochs from 1, others from 0."""
    along = str(table.dims[dim]) if isinstance(dim, int) else dim
    if along in table.coords:
        return table.coords[along].values.tolist()  # type: ignore[no-any-return]
    first = 1 if along in ("tick", "epoch") else 0
    return [first + number for number in range(table.sizes[along])]


def names_along(table: xr.DataArray, dim: str) -> list[str]:
    """Return the names along a dimension as text."""
    return [str(name) for name in names_of(table, dim)]


def numbers_along(table: xr.DataArray, dim: str) -> list[float]:
    """Return the numbers along a dimension such as "tick": its coordinates where they are numbers, else those from 1."""
    if dim in table.coords and np.asarray(table.coords[dim]).dtype.kind in "iuf":
        return [float(number) for number in table.coords[dim].values.tolist()]
    return [float(number) for number in range(1, table.sizes[dim] + 1)]


def as_names(given: Iterable[Any]) -> Any:
    """Return names as an array holds them: names of several parts as one, and each of its own kind where they are of several.

    Examples
    --------
    >>> as_names([("boy", 1), ("girl", 2)]), as_names([1, "girl"]).tolist()
    (['boy 1', 'girl 2'], [1, 'girl'])
    """
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else name for name in given]
    if len({type(name) for name in names}) < 2:
        return names
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found


def one_of_each(given: object, count: int, what: str) -> list[Any]:
    """Return as a list what was given for each case, as names.

    Raises
    ------
    DataError
        When it is a single thing, or there are more or fewer.

    Examples
    --------
    >>> one_of_each(("boy", "girl"), 2, "labels")
    ['boy', 'girl']
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise DataError(f"{what}: must be one for each of the {count} cases (got {given!r:.80})")
    found = [*given]
    if len(found) != count:
        raise DataError(f"{what}: must be one for each of the {count} cases (got {len(found)})")
    return found


def place(table: xr.DataArray, index: Iterable[Any]) -> str:
    """Say by name where a number stands.

    Examples
    --------
    >>> import xarray as xr
    >>> place(xr.DataArray([[0.0, 1.0]], dims=("case", "unit"), coords={"case": ["Colin"]}), (0, 1))
    "case 'Colin', unit 1"
    """
    return ", ".join(f"{dim} {names_of(table, str(dim))[at]!r}" for dim, at in zip(table.dims, index, strict=False))


def shape_text(table: xr.DataArray) -> str:
    """Say how large an array is in each dimension.

    Examples
    --------
    >>> import xarray as xr
    >>> shape_text(xr.DataArray([[0.0, 1.0]], dims=("case", "unit")))
    '[case 1, unit 2]'
    """
    return f"[{', '.join(f'{dim} {size}' for dim, size in table.sizes.items())}]" if table.ndim else "a single number"


def choose(table: xr.DataArray, dim: str) -> str:
    """Say how to choose one along a dimension: the last, by name where there are names."""
    last = f"sel({dim}={names_of(table, dim)[-1]!r})" if dim in table.coords and table.sizes[dim] else f"isel({dim}=-1)"
    return f"choose one {dim}, as with values.{last}"


def rows(table: xr.DataArray) -> Any:
    """Return all numbers as one array [pattern, unit], whatever dimensions stand before the units."""
    return table.values.reshape(-1, table.shape[-1])
