"""Arrays of numbers, and how values given by a user become one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError

Array = npt.NDArray[np.float64]


def as_numbers(values: npt.ArrayLike, what: str) -> Array:
    """Return a new float64 array of what was given.

    Raises
    ------
    DataError
        For anything but real numbers in rows of one length; None is no number.
    """
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "biuf":
            raise TypeError(f"got {given.dtype} {str(values)[:60]}")
        return given.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{what}: must be numbers ({error})") from None
