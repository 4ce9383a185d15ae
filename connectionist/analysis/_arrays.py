"""Conversion of the inputs of measures and plots to labelled arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import as_coordinate, describe_position, describe_shape, join_cases, one_per_case, selection_hint
from connectionist.errors import DataError
from connectionist.utils.arrays import as_numbers
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    import xarray as xr

Shape = tuple[str, ...]
PLAIN_SHAPES: tuple[Shape, ...] = (("case", "unit"), ("case", "tick", "unit"))


def with_dimensions(values: object, what: str, *shapes: Shape) -> xr.DataArray:
    """Return values as a labelled array with the dimensions of one of the allowed shapes, in that order.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        As for `to_data_array`. A dimension of length 1 is dropped if no shape has it.
    what : str
        Name of the values in error messages.
    *shapes : tuple of str
        Allowed dimensions, such as ``("case", "unit")``.

    Raises
    ------
    DataError
        If the values are not numbers, if their dimensions are not those of a shape, or if a dimension is empty.
    """
    table = squeeze_except(to_data_array(values, what, shapes), {dim for shape in shapes for dim in shape})
    shape = next((shape for shape in shapes if sorted(shape) == sorted(map(str, table.dims))), None)
    if shape is None:
        raise DataError(f"{what}: must be {_describe_shapes(shapes)} (got {describe_shape(table)}){_hint(table, shapes)}")
    check_not_empty(table, what)
    return table.transpose(*shape)


def with_labels(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return values of any dimensions as an array with labels along every dimension, units last.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        As for `to_data_array`. In a DataArray without a dimension "unit", the last dimension holds the units.
    what : str
        Name of the values in error messages.
    names : iterable, optional
        Labels of the cases. They replace the labels in `values`.

    Returns
    -------
    DataArray [..., unit]

    Raises
    ------
    DataError
        If the values are not numbers, have fewer than two dimensions or none of the plain shapes, or are empty; or if there is not one
        name for each case.
    """
    table = to_data_array(values, what, PLAIN_SHAPES)
    if "unit" in table.dims:
        table = table.transpose(..., "unit")
    if table.ndim < 2:
        raise DataError(f"{what}: must be {_describe_shapes(PLAIN_SHAPES)} (got {describe_shape(table)})")
    check_not_empty(table, what)
    numbers = {dim: np.arange(size) + (dim in ("tick", "epoch")) for dim, size in table.sizes.items() if dim not in table.coords}
    table = table.assign_coords(numbers)
    if names is None:
        return table
    dim = "case" if "case" in table.dims else table.dims[0]
    return table.assign_coords({dim: as_coordinate(one_per_case(names, table.sizes[dim], f"{what}, names"))})


def finite_vectors(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return values as a labelled array [case, unit] of finite numbers.

    Parameters
    ----------
    values, what, names
        As for `with_labels`. Dimensions of length 1 beside two others are dropped, such as the epoch of a recording of one epoch.

    Returns
    -------
    DataArray [case, unit]

    Raises
    ------
    DataError
        As for `with_labels`; also if there are more than two dimensions, or if a number is not finite.
    """
    table = with_labels(values, what)
    if table.ndim > 2:
        table = squeeze_except(table, {"case", "unit", table.dims[-1]})
    table = with_labels(table, what, names)
    if table.ndim != 2:
        raise DataError(f"{what}: must be [case, unit] (got {describe_shape(table)}){_hint(table, (('case', 'unit'),))}")
    bad = np.argwhere(~np.isfinite(table.values))
    if len(bad):
        raise DataError(f"{what}: must be finite (got {table.values[tuple(bad[0])]} at {describe_position(table, bad[0])})")
    return table


def to_data_array(values: Any, what: str, shapes: Sequence[Shape]) -> xr.DataArray:
    """Return values as a labelled array with the labels that they have.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        From a Dataset or a recording, the variable "activation" is taken, or the only variable. Plain arrays, tables, and DataArrays with
        unnamed dimensions get the dimensions of the first shape with their number of dimensions. A dimension that stacks the cases and
        others becomes the dimension of cases.
    what : str
        Name of the values in error messages.
    shapes : sequence of tuple of str
        Dimensions for values that do not name theirs.

    Raises
    ------
    DataError
        If the values are not numbers, or if they do not name their dimensions and no shape has as many.
    """
    import xarray as xr

    values = select_variable(values, what)
    if is_data_array(values) and not all(str(dim).startswith("dim_") for dim in values.dims):
        return join_cases(values.copy(data=as_numbers(values.values, what)))
    table = as_numbers(values.to_numpy() if hasattr(values, "to_numpy") else values, what)
    shape = next((shape for shape in shapes if len(shape) == table.ndim), None)
    if shape is None:
        raise DataError(f"{what}: must be {_describe_shapes(shapes)} (got {describe_count(table.ndim, 'dimension')}, shape {table.shape})")
    labels = [as_coordinate(values.index), as_coordinate(values.columns)] if hasattr(values, "columns") else []
    return xr.DataArray(table, dims=shape, coords=dict(zip(shape, labels, strict=False)))


def select_variable(values: Any, what: str, usual: str = "activation") -> Any:
    """Return one variable of a Dataset or a recording: `usual` if there is one, otherwise the only variable.

    Anything else is returned unchanged.

    Raises
    ------
    DataError
        If there are several variables and none is called `usual`, or if there is no variable.
    """
    dataset = getattr(values, "dataset", values)
    if not hasattr(dataset, "data_vars"):
        return values
    names = [str(name) for name in dataset.data_vars]
    if usual not in names and len(names) != 1:
        raise DataError(f"{what}: must be one variable; choose one of {', '.join(names) or 'none'}")
    return dataset[usual if usual in names else names[0]]


def is_data_array(values: Any) -> bool:
    """Return whether values are an xarray.DataArray, without importing xarray."""
    return hasattr(values, "dims") and hasattr(values, "coords") and not hasattr(values, "data_vars")


def squeeze_except(table: xr.DataArray, kept: Iterable[object]) -> xr.DataArray:
    """Return an array without its dimensions of length 1, except those in `kept`."""
    known = frozenset(kept)
    return table.squeeze([dim for dim, size in table.sizes.items() if size == 1 and dim not in known], drop=True)


def check_not_empty(table: xr.DataArray, what: str) -> None:
    """Raise DataError if a dimension of the array is empty; the message names the dimension."""
    for dim, size in table.sizes.items():
        if size == 0:
            raise DataError(f"{what}: needs at least one {dim} (got none)")


def _describe_shapes(shapes: Sequence[Shape]) -> str:
    return " or ".join(f"[{', '.join(shape)}]" for shape in shapes)


def _hint(table: xr.DataArray, shapes: Sequence[Shape]) -> str:
    """Return the advice to select one entry of the first dimension that no shape has; empty if there is no such dimension."""
    known = {dim for shape in shapes for dim in shape}
    extra = [str(dim) for dim in table.dims if dim not in known]
    joined = ", or take all, as with values.stack(row=('case', 'tick')).dropna('row')" if extra == ["tick"] and "case" in table.dims else ""
    return f"; {selection_hint(table, extra[0])}{joined}" if extra else ""
