"""Numbers of things in messages."""

from __future__ import annotations


def describe_count(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or the plural.

    Parameters
    ----------
    number : int
    noun : str
        Noun in the singular, with a plural in "s".

    Examples
    --------
    >>> describe_count(1, "epoch"), describe_count(2, "epoch"), describe_count(1234, "byte")
    ('1 epoch', '2 epochs', '1234 bytes')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
