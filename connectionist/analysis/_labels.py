"""Labels along the dimensions of labelled arrays: read them, make them, and quote them in messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import DataError
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import xarray as xr

    from connectionist.utils.arrays import Array


def labels_along(table: xr.DataArray, dim: str | int = 0) -> list[Any]:
    """Return the coordinates of a dimension as Python objects.

    A dimension without coordinates is numbered: ticks and epochs from 1, others from 0.
    """
    name = str(table.dims[dim]) if isinstance(dim, int) else dim
    if name in table.coords:
        return table.coords[name].values.tolist()  # type: ignore[no-any-return]
    first = 1 if name in ("tick", "epoch") else 0
    return [first + number for number in range(table.sizes[name])]


def label_texts(table: xr.DataArray, dim: str) -> list[str]:
    """Return the labels along a dimension as text."""
    return [str(label) for label in labels_along(table, dim)]


def label_numbers(table: xr.DataArray, dim: str) -> list[float]:
    """Return the coordinates of a dimension such as "tick" if they are numbers, otherwise the numbers from 1."""
    if dim in table.coords and np.asarray(table.coords[dim]).dtype.kind in "iuf":
        return [float(number) for number in table.coords[dim].values.tolist()]
    return [float(number) for number in range(1, table.sizes[dim] + 1)]


def as_coordinate(labels: Iterable[Any]) -> Any:
    """Return labels in a form that xarray keeps: a tuple as one text, and labels of several types as an array of objects.

    Examples
    --------
    >>> as_coordinate([("boy", 1), ("girl", 2)]), as_coordinate([1, "girl"]).tolist()
    (['boy 1', 'girl 2'], [1, 'girl'])
    """
    names = [_one_text(label) for label in labels]
    if len({type(name) for name in names}) < 2:
        return names
    objects = np.empty(len(names), dtype=object)
    objects[:] = names
    return objects


def _one_text(label: Any) -> Any:
    return " ".join(map(str, label)) if isinstance(label, tuple) else label


def join_cases(table: xr.DataArray) -> xr.DataArray:
    """Return an array in which a dimension that stacks the cases and others, such as ticks, is the dimension of cases."""
    for dim in table.dims:
        labels = table.indexes.get(dim)
        if labels is not None and labels.nlevels > 1 and "case" in labels.names:
            return table.drop_vars([dim, *labels.names]).rename({dim: "case"}).assign_coords(case=as_coordinate(labels))
    return table


def one_per_case(values: object, count: int, what: str) -> list[Any]:
    """Return one value for each case as a list.

    Raises
    ------
    DataError
        If `values` is a single value, or if it does not have `count` entries.

    Examples
    --------
    >>> one_per_case(("boy", "girl"), 2, "labels")
    ['boy', 'girl']
    """
    cases = "the one case" if count == 1 else f"each of the {count} cases"
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{what}: must have one entry for {cases} (got {shown(values)})")
    entries = finite_list(values, what)
    if len(entries) != count:
        raise DataError(f"{what}: must have one entry for {cases} (got {len(entries)})")
    return entries


def describe_position(table: xr.DataArray, index: Iterable[Any]) -> str:
    """Return the position of an element as text, by label.

    Examples
    --------
    >>> import xarray as xr
    >>> describe_position(xr.DataArray([[0.0, 1.0]], dims=("case", "unit"), coords={"case": ["Colin"]}), (0, 1))
    "case 'Colin', unit 1"
    """
    return ", ".join(f"{dim} {labels_along(table, str(dim))[at]!r}" for dim, at in zip(table.dims, index, strict=False))


def describe_not_finite(table: xr.DataArray, pattern: int) -> str:
    """Return the first number of a pattern that is not finite, and the position of the pattern, as text.

    Examples
    --------
    >>> import xarray as xr
    >>> describe_not_finite(xr.DataArray([[0.0, 1.0], [0.0, np.nan]], dims=("case", "unit")), 1)
    'nan at case 1'
    """
    numbers = as_patterns(table)[pattern]
    return f"{numbers[~np.isfinite(numbers)][0]} at {describe_position(table, np.unravel_index(pattern, table.shape[:-1]))}"


def describe_shape(table: xr.DataArray) -> str:
    """Return the dimensions and sizes of an array as text.

    Examples
    --------
    >>> import xarray as xr
    >>> describe_shape(xr.DataArray([[0.0, 1.0]], dims=("case", "unit")))
    '[case 1, unit 2]'
    """
    return f"[{', '.join(f'{dim} {size}' for dim, size in table.sizes.items())}]" if table.ndim else "a single number"


def selection_hint(table: xr.DataArray, dim: str) -> str:
    """Return the advice to select one entry of a dimension, with the expression that selects the last entry."""
    expression = f"sel({dim}={labels_along(table, dim)[-1]!r})" if dim in table.coords and table.sizes[dim] else f"isel({dim}=-1)"
    return f"choose one {dim}, as with values.{expression}"


def as_patterns(table: xr.DataArray) -> Any:
    """Return the numbers as a plain array [pattern, unit]; all dimensions before the last become one."""
    return table.values.reshape(-1, table.shape[-1])


def unstack_patterns(rows: Array, table: xr.DataArray, dim: str, name: str) -> xr.DataArray:
    """Return one row of numbers per pattern, [pattern, ...], with the dimensions and labels of the patterns; `dim` is numbered from 1."""
    import xarray as xr

    coords = {kept: labels_along(table, str(kept)) for kept in table.dims[:-1]}
    shape = (*table.shape[:-1], rows.shape[1])
    return xr.DataArray(rows.reshape(shape), {**coords, dim: np.arange(1, shape[-1] + 1)}, (*table.dims[:-1], dim), name)
