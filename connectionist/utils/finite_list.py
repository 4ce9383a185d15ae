"""Values that a user gave as any iterable, which may have no end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from connectionist.errors import ParameterError, check_number
from connectionist.utils.arrays import check_no_set
from connectionist.utils.memory_limit import check_fits_in_memory
from connectionist.utils.visible_text import shown

T = TypeVar("T")

MOST = 1_000_000  # values of an iterable whose length is not known
MOST_NETWORKS = 10_000  # of an iterator without a length, since they take more memory than numbers
LISTED_BYTES = 40  # of memory for a whole number in a list


def finite_list(
    values: Iterable[T],
    what: str,
    most: int | None = None,
    *,
    in_order: bool = False,
    number_bytes: int = LISTED_BYTES,
    numbers: str = "numbers",
) -> list[T]:
    """Return the values of an iterable.

    Parameters
    ----------
    values : iterable
    what : str
        The argument, for messages, as in "train_many.seeds".
    most : int
        Largest number of values of an iterable without a length, such as a generator; `MOST` by default.
    in_order : bool
        Whether the order of the values counts, so that a set or a dict is an error.
    number_bytes : int
        Memory that each number of a range takes.
    numbers : str
        What the numbers of a range are, for messages.

    Raises
    ------
    ParameterError
        If it has no length and more values, is an array without a dimension, or has no order where it counts.
    MemoryLimitError
        If it is a range with more numbers than fit in the memory.

    Examples
    --------
    >>> finite_list((2 * number for number in range(3)), "train_many.seeds")
    [0, 2, 4]
    """
    if in_order:
        check_no_set_or_dict(values, what)
    if isinstance(values, range) and values:
        count = (values[-1] - values[0]) // values.step + 1  # len raises OverflowError from 2⁶³ on
        check_fits_in_memory(number_bytes * count, f"{what}: {count} {numbers}")
    if isinstance(values, np.ndarray) and not values.ndim:  # it has the methods of an iterable
        raise ParameterError(f"{what}: must be a list (got {shown(values)})")
    if isinstance(values, Sized):
        return list(values)
    limit = MOST if most is None else most
    found = list(islice(values, limit + 1))
    if len(found) > limit:
        raise ParameterError(f"{what}: an iterator must end after {limit:,} values at most (got one with more); give a list")
    return found


def check_no_set_or_dict(values: object, what: str) -> None:
    """Raise ParameterError for a set, whose order is arbitrary, and for a dict, whose keys would be taken."""
    check_no_set(values, what, ParameterError)
    if isinstance(values, Mapping):
        raise ParameterError(f"{what}: must be a list, not a dict, of which only the keys would be taken (got {shown(values)})")


def check_each(owner: str, name: str, values: Iterable[object], **bounds: Any) -> list[Any]:
    """Return numbers within bounds as `check_number` does, or raise ParameterError with the position of a wrong one.

    Examples
    --------
    >>> check_each("train_many", "rates", [0.1, -0.1], above=0)
    Traceback (most recent call last):
    connectionist.errors.ParameterError: train_many.rates[1]: must be a number above 0 (got -0.1)
    """
    numbers: list[Any] = []
    for position, value in enumerate(values):
        try:
            numbers.append(check_number(owner, name, value, **bounds))
        except ParameterError:
            check_number(owner, f"{name}[{position}]", value, **bounds)
    return numbers
