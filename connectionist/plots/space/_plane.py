"""The plane that is drawn: two principal components of vectors, or two dimensions of a scaling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import Shape, is_data_array, with_dimensions
from connectionist.analysis.components import Components, fit_components
from connectionist.analysis.scaling import Scaling
from connectionist.errors import DataError, check_number
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from xarray import DataArray

    from connectionist.utils.arrays import Array

AXIS_NAMES = {"component": "principal component", "dimension": "dimension"}


@dataclass(frozen=True)
class Plane:
    """Vectors in two of their components or dimensions.

    Attributes
    ----------
    table : DataArray [case, ..., component]
        All components, with the labels along the other dimensions.
    points : array [case, ..., 2]
        Coordinates in the plane; NaN where there is no vector.
    axis_names : list of str
        Names of the two axes.
    """

    table: DataArray
    points: Array
    axis_names: list[str]


def to_plane(values: Any, numbers: Sequence[int], what: str, shapes: Sequence[Shape]) -> Plane:
    """Return the coordinates of vectors along two components or dimensions.

    Parameters
    ----------
    values : Components, Scaling, DataArray, Recording or array_like
        Coordinates from ``cn.analysis`` (a result, its ``scores`` or its ``points``), or vectors, whose principal components are computed.
    numbers : pair of int
        The two components or dimensions, numbered from 1.
    what : str
        Name of the plot in error messages.
    shapes : sequence of tuple of str
        Allowed dimensions of vectors, units last.

    Raises
    ------
    DataError
        If the dimensions are not allowed, or if there are no two vectors that differ.
    ParameterError
        If there is no such component or dimension.
    """
    along = "dimension" if isinstance(values, Scaling) or "dimension" in getattr(values, "dims", ()) else "component"
    table, explained = _coordinates(values, what, shapes, along)
    count = table.sizes[along]
    pair = _check_pair(numbers, max(2, count), what, f"{along}s")  # a single unit has one component; the second is 0
    found = [table.values[..., number - 1] if number <= count else 0.0 * table.values[..., 0] for number in pair]
    return Plane(table, np.stack(found, axis=-1), [_axis_name(AXIS_NAMES[along], number, explained) for number in pair])


def _coordinates(values: Any, what: str, shapes: Sequence[Shape], along: str) -> tuple[DataArray, list[float] | None]:
    """Return coordinates [case, ..., component], and the fraction of the variance along each component if it is known."""
    coordinate_shapes = tuple((*shape[:-1], along) for shape in shapes)
    if isinstance(values, Scaling):
        values = values.points
    if is_data_array(values) and along in values.dims:
        return _with_cases(with_dimensions(values, f"{what}.values", *coordinate_shapes)), None
    if not isinstance(values, Components):
        values = fit_components(_with_cases(with_dimensions(values, f"{what}.values", *shapes)), None, None, f"{what}.values")
    return _with_cases(with_dimensions(values.scores, f"{what}.values", *coordinate_shapes)), values.explained.tolist()


def _with_cases(table: DataArray) -> DataArray:
    """Return an array with the dimension case; an array without it is one case."""
    return table if "case" in table.dims else table.expand_dims("case")


def _check_pair(numbers: Sequence[int], largest: int, what: str, name: str) -> list[int]:
    """Return two numbers of components or dimensions.

    Raises
    ------
    DataError
        If there are not two different numbers.
    ParameterError
        If a number is not whole, or not from 1 to `largest`.
    """
    if isinstance(numbers, str) or not hasattr(numbers, "__len__") or len(numbers) != 2 or numbers[0] == numbers[1]:
        raise DataError(f"{what}.{name}: must be two different numbers, as (1, 2) (got {shown(numbers)})")
    for number in numbers:
        check_number(what, name, number, at_least=1, at_most=largest, whole=True)
    return [int(number) for number in numbers]


def _axis_name(name: str, number: int, explained: list[float] | None) -> str:
    if explained is None:
        return f"{name} {number}"
    fraction = explained[number - 1] if number <= len(explained) else 0.0
    return f"{name} {number} ({100 * fraction:.0f} % of the variance)"
