"""The array type, and the conversion of a user's values to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

Array = npt.NDArray[np.float64]


def as_numbers(values: npt.ArrayLike, what: str) -> Array:
    """Return a user's values as a new float64 array.

    Parameters
    ----------
    values : array_like
        Real numbers, integers or booleans, of any shape.
    what : str
        Name of the values in the error message.

    Returns
    -------
    float64 array of the same shape

    Raises
    ------
    DataError
        If a value is not a real number (None is not), or if rows differ in length.
    MemoryLimitError
        If a copy would not fit in memory.
    """
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "biuf":
            raise TypeError(f"got {given.dtype} {str(values)[:60]}")
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{what}: must be numbers ({error})") from None
    with allocating(NUMBER_BYTES * given.size, f"{what}: {given.size} numbers"):
        return given.astype(np.float64)
