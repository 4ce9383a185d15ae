"""Results of formulas as numbers."""

from __future__ import annotations

from math import ldexp


def real_number(value: float) -> float:
    """Return what a formula returned as a float. It may be any type of number, such as one of numpy.

    Raises
    ------
    TypeError
        If it is no number, also for a text such as "0.5", which ``float`` takes.
    """
    return ldexp(value, 0)  # value · 2⁰, to the last bit
