"""Values that a user gave as any iterable, which may have no end."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from itertools import islice
from typing import TypeVar

import numpy as np

from connectionist.errors import ParameterError
from connectionist.utils.memory_limit import check_fits_in_memory
from connectionist.utils.visible_text import shown

T = TypeVar("T")

MOST = 1_000_000  # values of an iterable whose length is not known
LISTED_BYTES = 40  # of memory for a whole number in a list


def finite_list(values: Iterable[T], what: str, most: int = MOST, *, number_bytes: int = LISTED_BYTES, numbers: str = "numbers") -> list[T]:
    """Return the values of an iterable.

    Parameters
    ----------
    values : iterable
    what : str
        The argument, for messages, as in "train_many.seeds".
    most : int
        Largest number of values of an iterable without a length, such as a generator.
    number_bytes : int
        Memory that each number of a range takes.
    numbers : str
        What the numbers of a range are, for messages.

    Raises
    ------
    ParameterError
        If it has no length and more values, or is an array without a dimension.
    MemoryLimitError
        If it is a range with more numbers than fit in the memory.

    Examples
    --------
    >>> finite_list((2 * number for number in range(3)), "train_many.seeds")
    [0, 2, 4]
    """
    if isinstance(values, range) and values:
        count = (values[-1] - values[0]) // values.step + 1  # len raises OverflowError from 2⁶³ on
        check_fits_in_memory(number_bytes * count, f"{what}: {count} {numbers}")
    if isinstance(values, np.ndarray) and not values.ndim:  # it has the methods of an iterable
        raise ParameterError(f"{what}: must be a list (got {shown(values)})")
    if isinstance(values, Sized):
        return list(values)
    found = list(islice(values, most + 1))
    if len(found) > most:
        raise ParameterError(f"{what}: an iterator must end after {most:,} values at most (got one with more); give a list")
    return found
