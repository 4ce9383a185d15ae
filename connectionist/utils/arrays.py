"""The array type, and the conversion of a user's values to it."""

from __future__ import annotations

import sys
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import ConnectionistError, DataError
from connectionist.utils.counts import describe_count
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.visible_text import shown

Array = npt.NDArray[np.float64]


def as_numbers(values: npt.ArrayLike, what: str) -> Array:
    """Return a user's values as a new float64 array.

    Parameters
    ----------
    values : array_like, DataFrame or Series
        Real numbers, integers or booleans, of any shape. A missing value of a table (None, ``pandas.NA``) or of a masked array is NaN.
    what : str
        Name of the values in the error message.

    Returns
    -------
    float64 array of the same shape

    Raises
    ------
    DataError
        If a value is not a real number (outside tables, None is not), if rows differ in length, or if the values have no order.
    MemoryLimitError
        If a copy would not fit in memory.
    """
    check_no_set(values, what)
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "biufO":
            raise TypeError(f"got {given.dtype} {shown(values)}")
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{what}: must be numbers ({error})") from None
    with allocating(NUMBER_BYTES * given.size, f"{what}: {given.size} numbers"):
        numbers = _read_objects(given, values, what) if given.dtype.kind == "O" else given.astype(np.float64)
    if isinstance(values, np.ma.MaskedArray):
        numbers[np.ma.getmaskarray(values)] = np.nan
    return numbers


def as_table(values: npt.ArrayLike, what: str, *shapes: str) -> Array:
    """Return a user's values as a new array with the number of dimensions of one of the shapes.

    Parameters
    ----------
    values : array_like
    what : str
        Name of the values in the error message.
    *shapes : str
        Allowed shapes, with the names of the axes: ``"[unit]"``, ``"[tick, unit]"``.

    Returns
    -------
    float64 array

    Raises
    ------
    DataError
        If the values are not numbers or have another number of dimensions.
    """
    array = as_numbers(values, what)
    if array.ndim not in [shape.count(",") + 1 for shape in shapes]:
        raise DataError(
            f"{what}: must be of shape {' or '.join(shapes)} (got {describe_count(array.ndim, 'dimension')}, shape {array.shape})"
        )
    return array


def check_no_set(values: object, what: str, error: type[ConnectionistError] = DataError) -> None:
    """Raise an error if values are a set, whose order can differ from run to run."""
    if isinstance(values, (set, frozenset)):
        raise error(f"{what}: must be in an order, such as a list (got a {type(values).__name__}, whose order is arbitrary)")


def _as_float(value: Any, what: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise DataError(f"{what}: must be at most {sys.float_info.max:.3g} (got a larger number)") from None


def _read_objects(given: npt.NDArray[Any], values: Any, what: str) -> Array:
    """Return numbers that numpy has as Python objects, as it has those of tables with missing values."""
    is_table = hasattr(values, "to_numpy")
    missing = (None, getattr(sys.modules.get("pandas"), "NA", None)) if is_table else ()
    numbers = np.empty(given.shape)
    for place, value in enumerate(given.flat):
        if any(value is each for each in missing):
            numbers.flat[place] = np.nan
        elif isinstance(value, (Real, Decimal, np.bool_)):
            numbers.flat[place] = _as_float(value, what)
        else:
            column = f" in column {values.columns[place % given.shape[1]]!r}" if hasattr(values, "columns") and given.ndim == 2 else ""
            raise DataError(f"{what}: must be numbers (got {shown(value)}{column})")
    return numbers
