"""Numbers of any type as Python's own: results of formulas, and what users give as parameters."""

from __future__ import annotations

import operator
from math import isfinite, ldexp
from typing import Any

NOT_REAL = frozenset("bcmMOSU")  # kinds of numpy's types: booleans, complex numbers, times, objects and texts


def real_number(value: float) -> float:
    """Return what a formula returned as a float. It may be any type of number, such as one of numpy.

    Raises
    ------
    TypeError
        If it is no number, also for a text such as "0.5", which ``float`` takes.
    OverflowError
        If it is above the largest float.
    """
    return ldexp(value, 0)  # value · 2⁰, to the last bit


def plain_number(value: Any, whole: bool = False) -> int | float | None:
    """Return a finite number of any type as Python's int or float, since arithmetic with numpy's small types wraps or rounds.

    None means that it is no such number: a boolean, text, an array with axes, or, if it must be whole, another type than those of whole
    numbers. A Decimal or Fraction is a float.

    Examples
    --------
    >>> import numpy as np
    >>> plain_number(np.uint8(3)), plain_number(np.array(0.5)), plain_number(np.True_), plain_number(3.0, whole=True)
    (3, 0.5, None, None)
    """
    if type(value) is float:  # the usual types first
        return None if whole or not isfinite(value) else value
    if type(value) is int and value.bit_length() < 1024:  # floats are below 2¹⁰²⁴
        return value
    if isinstance(value, bool) or getattr(value, "ndim", 0) != 0 or getattr(getattr(value, "dtype", None), "kind", "") in NOT_REAL:
        return None
    try:
        number = _of_any_type(value, whole)
        return number if isfinite(number) else None
    except Exception:  # the class may be a user's
        return None


def _of_any_type(value: Any, whole: bool) -> int | float:
    try:
        return operator.index(value)
    except TypeError:
        if whole:
            raise
        return real_number(value)
