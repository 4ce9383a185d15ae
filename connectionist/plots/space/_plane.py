"""A plane of the space in which vectors lie: two of their principal components, or two dimensions of a scaling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import Shape, is_data_array, with_dimensions
from connectionist.analysis.components import Components, fit_components
from connectionist.analysis.scaling import Scaling
from connectionist.errors import DataError, check_number

if TYPE_CHECKING:
    from xarray import DataArray

    from connectionist.utils.arrays import Array

ALONG = {"component": "principal component", "dimension": "dimension"}


@dataclass(frozen=True)
class Plane:
    """What is drawn over two axes.

    Attributes
    ----------
    table : DataArray [case, ..., component]
        The names along the other dimensions.
    points : array [case, ..., 2]
        NaN where there is none.
    axis_names : list of str
        Two.
    """

    table: DataArray
    points: Array
    axis_names: list[str]


def plane_of(values: Any, numbers: Sequence[int], what: str, shapes: Sequence[Shape]) -> Plane:
    """Return where vectors lie along two components or dimensions.

    Parameters
    ----------
    values : Components, Scaling, DataArray, Recording or array_like
        Places that were found already (what the analyses returned, its ``scores`` or ``points``), or vectors, whose principal components
        are taken.
    numbers : pair of int
        Which two, from 1.
    what : str
        Whom a message names.
    shapes : sequence of tuple of str
        The dimensions that vectors may have, the units last.

    Raises
    ------
    DataError
        When the dimensions are others, or there are no two vectors that differ.
    ParameterError
        When there is no such component or dimension.
    """
    along = "dimension" if isinstance(values, Scaling) or "dimension" in getattr(values, "dims", ()) else "component"
    table, shares = _places(values, what, shapes, along)
    pair = _pair(numbers, max(2, table.sizes[along]), what, f"{along}s")
    found = [table.values[..., number - 1] if number <= table.sizes[along] else 0.0 * table.values[..., 0] for number in pair]
    return Plane(table, np.stack(found, axis=-1), [_axis_name(ALONG[along], number, shares) for number in pair])


def _places(values: Any, what: str, shapes: Sequence[Shape], along: str) -> tuple[DataArray, list[float] | None]:
    """Return places [..., component], and how much of the variance each component has, where that is known."""
    placed = tuple((*shape[:-1], along) for shape in shapes)
    if isinstance(values, Scaling):
        values = values.points
    if is_data_array(values) and along in values.dims:
        return _with_cases(with_dimensions(values, f"{what}, values", *placed)), None
    if not isinstance(values, Components):
        values = fit_components(_with_cases(with_dimensions(values, f"{what}, values", *shapes)), None, None, f"{what}, values")
    return _with_cases(with_dimensions(values.scores, f"{what}, values", *placed)), values.explained.tolist()


def _with_cases(table: DataArray) -> DataArray:
    """Return an array that has cases, one where it had none."""
    return table if "case" in table.dims else table.expand_dims("case")


def _pair(numbers: Sequence[int], most: int, what: str, name: str) -> list[int]:
    if isinstance(numbers, str) or not hasattr(numbers, "__len__") or len(numbers) != 2 or numbers[0] == numbers[1]:
        raise DataError(f"{what}, {name}: must be two different numbers, as (1, 2) (got {numbers!r:.80})")
    for number in numbers:
        check_number(what, name, number, at_least=1, at_most=most, whole=True)
    return [int(number) for number in numbers]


def _axis_name(along: str, number: int, shares: list[float] | None) -> str:
    if shares is None:
        return f"{along} {number}"
    share = shares[number - 1] if number <= len(shares) else 0.0  # a single unit has one component, which is drawn over nothing
    return f"{along} {number} ({100 * share:.0f} % of the variance)"
