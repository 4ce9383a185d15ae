"""What plots are given: numbers whose dimensions have names, or bare arrays that are taken for such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import PatternError
from connectionist.state import as_numbers

if TYPE_CHECKING:
    from xarray import DataArray

Shape = tuple[str, ...]


def as_labelled(values: Any, owner: str, *shapes: Shape) -> DataArray:
    """Return numbers with the dimensions of one of some shapes, in that order.

    Parameters
    ----------
    values : DataArray, DataFrame or array_like
        A bare array is taken for the first shape with as many dimensions, and so is a pandas table, with its names. Of a DataArray,
        dimensions of length 1 that no shape has are dropped. Of a Dataset or a recording, "activation" is taken, or the only variable.
    owner : str
        Whom a message names.
    *shapes : tuple of str
        Allowed dimensions, as ``("case", "unit")``.

    Raises
    ------
    PatternError
        When the dimensions are others, or there is nothing along one of them.
    """
    values = _one_variable(values, owner)
    found = values if is_labelled(values) else _from_bare(values, owner, shapes)
    found = _squeezed(found, shapes)
    shape = next((shape for shape in shapes if sorted(shape) == sorted(map(str, found.dims))), None)
    if shape is None:
        raise PatternError(f"{owner}: must have the dimensions {_texts(shapes)} (got {_text(found)}){_advice(found, shapes)}")
    refuse_empty(found, owner)
    return found.transpose(*shape).astype(float)


def is_labelled(values: Any) -> bool:
    """Whether these are numbers with named dimensions, an xarray.DataArray."""
    return hasattr(values, "dims") and hasattr(values, "coords") and not hasattr(values, "data_vars")


def how_to_choose(values: DataArray, dimension: str) -> str:
    """Say how to choose one along a dimension: the last, by name where there are names."""
    last = f"sel({dimension}={values.coords[dimension].values.tolist()[-1]!r})" if dimension in values.coords else f"isel({dimension}=-1)"
    return f"choose one {dimension}, as with values.{last}"


def refuse_empty(values: DataArray, owner: str) -> None:
    """Refuse numbers that are none.

    Raises
    ------
    PatternError
        It names the dimension that is empty.
    """
    for dimension, length in values.sizes.items():
        if length == 0:
            raise PatternError(f"{owner}: needs at least one {dimension} (got none)")


def names_along(values: DataArray, dimension: str) -> list[str]:
    """Return the names along a dimension: its coordinates, or numbers, from 0, ticks and epochs from 1."""
    if dimension in values.coords:
        return [str(name) for name in values.coords[dimension].values.tolist()]
    first = 1 if dimension in ("tick", "epoch") else 0
    return [str(number + first) for number in range(values.sizes[dimension])]


def numbers_along(values: Any, dimension: str) -> list[float]:
    """Return the numbers along a dimension such as "tick": its coordinates where they are numbers, else those from 1."""
    if dimension in values.coords and np.asarray(values.coords[dimension]).dtype.kind in "iuf":
        return [float(number) for number in values.coords[dimension].values.tolist()]
    return [float(number) for number in range(1, values.sizes[dimension] + 1)]


def labels_for(labels: Sequence[str] | None, count: int, owner: str, otherwise: Sequence[str]) -> list[str]:
    """Return labels that were given, one for each of so many, or others.

    Raises
    ------
    PatternError
        When their number is wrong.
    """
    if labels is None:
        return list(otherwise)
    if isinstance(labels, str) or not hasattr(labels, "__len__") or len(labels) != count:
        raise PatternError(f"{owner}, labels: must be {count} names, one for each (got {labels!r:.80})")
    return [str(label) for label in labels]


def _one_variable(values: Any, owner: str) -> Any:
    """Return the one variable meant of a Dataset or a recording, and anything else as it is."""
    dataset = getattr(values, "dataset", values)
    if not hasattr(dataset, "data_vars"):
        return values
    names = [str(name) for name in dataset.data_vars]
    if "activation" not in names and len(names) != 1:
        raise PatternError(f"{owner}: must be one variable; choose one of {', '.join(names) or 'none'}")
    return dataset["activation" if "activation" in names else names[0]]


def _from_bare(values: Any, owner: str, shapes: Sequence[Shape]) -> DataArray:
    from xarray import DataArray

    table = as_numbers(values, owner)
    shape = next((shape for shape in shapes if len(shape) == table.ndim), None)
    if shape is None:
        raise PatternError(f"{owner}: must be of shape {_texts(shapes)} (got {table.ndim} dimensions, shape {table.shape})")
    names = (values.index, values.columns) if hasattr(values, "columns") else ()
    return DataArray(table, dims=shape, coords=dict(zip(shape, names, strict=False)))


def _squeezed(values: DataArray, shapes: Sequence[Shape]) -> DataArray:
    known = {dimension for shape in shapes for dimension in shape}
    alone = [dimension for dimension, length in values.sizes.items() if length == 1 and dimension not in known]
    return values.squeeze(alone, drop=True)


def _texts(shapes: Sequence[Shape]) -> str:
    return " or ".join(f"[{', '.join(shape)}]" for shape in shapes)


def _text(values: DataArray) -> str:
    return f"[{', '.join(f'{dimension} {length}' for dimension, length in values.sizes.items())}]"


def _advice(values: DataArray, shapes: Sequence[Shape]) -> str:
    """Say how to choose one where there is a dimension too many."""
    known = {dimension for shape in shapes for dimension in shape}
    extra = [str(dimension) for dimension in values.dims if dimension not in known]
    if not extra:
        return ""
    return f"; {how_to_choose(values, extra[0])}"
