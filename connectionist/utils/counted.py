"""A number and a noun as text."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, in the plural unless the number is 1, as in "1 unit" and "2 units".

    Parameters
    ----------
    number : int
    noun : str
        Singular of a noun whose plural ends in "s", or a phrase that ends with it.

    Examples
    --------
    >>> counted(1, "training example"), counted(0, "tick")
    ('1 training example', '0 ticks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
