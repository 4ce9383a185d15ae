"""What measures and plots are given, brought into one form: a labelled array, whatever held the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._labels import as_names, choose, one_of_each, place, shape_text
from connectionist.errors import DataError
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    import xarray as xr

Shape = tuple[str, ...]
PLAIN: tuple[Shape, ...] = (("case", "unit"), ("case", "tick", "unit"))


def as_labelled(values: object, what: str, *shapes: Shape) -> xr.DataArray:
    """Return numbers with the dimensions of one of some shapes, in that order.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        As `read` takes them. Dimensions of length 1 that no shape has are dropped.
    what : str
        What a message calls them.
    *shapes : tuple of str
        Allowed dimensions, as ``("case", "unit")``.

    Raises
    ------
    DataError
        When they are no numbers, the dimensions are others, or there is nothing along one of them.
    """
    table = squeezed(read(values, what, shapes), {dim for shape in shapes for dim in shape})
    shape = next((shape for shape in shapes if sorted(shape) == sorted(map(str, table.dims))), None)
    if shape is None:
        raise DataError(f"{what}: must be {_texts(shapes)} (got {shape_text(table)}){_advice(table, shapes)}")
    check_not_empty(table, what)
    return table.transpose(*shape)


def labelled(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return numbers of any dimensions with names along every one, units last.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        As `read` takes them. Of a DataArray without a dimension "unit" the last is taken for the units.
    what : str
        What a message calls them.
    names : iterable, optional
        Names of the cases, in the place of those they have.

    Returns
    -------
    DataArray [..., unit]

    Raises
    ------
    DataError
        When they are no numbers, have another shape, or are none at all; or when there is not one name for each case.
    """
    table = read(values, what, PLAIN)
    if "unit" in table.dims:
        table = table.transpose(..., "unit")
    if table.ndim < 2:
        raise DataError(f"{what}: must be {_texts(PLAIN)} (got {shape_text(table)})")
    check_not_empty(table, what)
    given = {dim: np.arange(size) + (dim in ("tick", "epoch")) for dim, size in table.sizes.items() if dim not in table.coords}
    table = table.assign_coords(given)
    if names is None:
        return table
    dim = "case" if "case" in table.dims else table.dims[0]
    return table.assign_coords({dim: as_names(one_of_each(names, table.sizes[dim], f"{what}, names"))})


def vectors(values: object, what: str, names: Iterable[object] | None = None) -> xr.DataArray:
    """Return finite numbers [case, unit] with names.

    Parameters
    ----------
    values, what, names
        As for `labelled`; dimensions of length 1 beside two others are dropped, as of a recording of one epoch.

    Raises
    ------
    DataError
        As `labelled`, and when there are more dimensions than two, or one number is not finite.
    """
    table = labelled(values, what)
    if table.ndim > 2:
        table = squeezed(table, {"case", "unit", table.dims[-1]})
    table = labelled(table, what, names)
    if table.ndim != 2:
        raise DataError(f"{what}: must be [case, unit] (got {shape_text(table)}){_advice(table, (('case', 'unit'),))}")
    bad = np.argwhere(~np.isfinite(table.values))
    if len(bad):
        raise DataError(f"{what}: must be finite (got {table.values[tuple(bad[0])]} at {place(table, bad[0])})")
    return table


def read(values: Any, what: str, shapes: Sequence[Shape]) -> xr.DataArray:
    """Return numbers as a labelled array, with as many names as they bring.

    Parameters
    ----------
    values : DataArray, Dataset, Recording, DataFrame or array_like
        Of a Dataset or a recording, "activation" is taken, or the only variable. Bare arrays, DataArrays whose dimensions have no names,
        and tables are taken for the first shape with as many dimensions.
    what : str
        What a message calls them.
    shapes : sequence of tuple of str

    Raises
    ------
    DataError
        When they are no numbers, or bare and of no such shape.
    """
    import xarray as xr

    values = one_variable(values, what)
    if is_labelled(values) and not all(str(dim).startswith("dim_") for dim in values.dims):
        return values.copy(data=as_numbers(values.values, what))  # type: ignore[no-any-return]
    table = as_numbers(values.to_numpy() if hasattr(values, "to_numpy") else values, what)
    shape = next((shape for shape in shapes if len(shape) == table.ndim), None)
    if shape is None:
        raise DataError(f"{what}: must be {_texts(shapes)} (got {table.ndim} dimensions, shape {table.shape})")
    names = [as_names(values.index), as_names(values.columns)] if hasattr(values, "columns") else []
    return xr.DataArray(table, dims=shape, coords=dict(zip(shape, names, strict=False)))


def one_variable(values: Any, what: str, usual: str = "activation") -> Any:
    """Return the one variable meant of a Dataset or a recording, the usual one or the only one, and anything else as it is.

    Raises
    ------
    DataError
        When it cannot be told which is meant.
    """
    dataset = getattr(values, "dataset", values)
    if not hasattr(dataset, "data_vars"):
        return values
    names = [str(name) for name in dataset.data_vars]
    if usual not in names and len(names) != 1:
        raise DataError(f"{what}: must be one variable; choose one of {', '.join(names) or 'none'}")
    return dataset[usual if usual in names else names[0]]


def is_labelled(values: Any) -> bool:
    """Whether these are numbers with named dimensions, an xarray.DataArray."""
    return hasattr(values, "dims") and hasattr(values, "coords") and not hasattr(values, "data_vars")


def squeezed(table: xr.DataArray, kept: Iterable[object]) -> xr.DataArray:
    """Return an array without its dimensions of length 1, but for those that are kept."""
    known = frozenset(kept)
    return table.squeeze([dim for dim, size in table.sizes.items() if size == 1 and dim not in known], drop=True)


def check_not_empty(table: xr.DataArray, what: str) -> None:
    """Refuse numbers that are none.

    Raises
    ------
    DataError
        It names the dimension that is empty.
    """
    for dim, size in table.sizes.items():
        if size == 0:
            raise DataError(f"{what}: needs at least one {dim} (got none)")


def _texts(shapes: Sequence[Shape]) -> str:
    return " or ".join(f"[{', '.join(shape)}]" for shape in shapes)


def _advice(table: xr.DataArray, shapes: Sequence[Shape]) -> str:
    """Say how to choose one where there is a dimension too many."""
    known = {dim for shape in shapes for dim in shape}
    extra = [str(dim) for dim in table.dims if dim not in known]
    return f"; {choose(table, extra[0])}" if extra else ""
