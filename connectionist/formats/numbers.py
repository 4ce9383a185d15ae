"""Numbers of a text, parsed in bulk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connectionist.utils.arrays import Array

SPACE, ZERO = 32, 48
SHORT = 32  # bytes of a word that numpy parses; in its arrays, all words are as long as the longest


def parse_numbers(text: bytes, missing: bytes = b"") -> Array:
    """Return the numbers of a text, separated by white space.

    Parameters
    ----------
    text : bytes
        Only digits, white space and the characters of `missing` and of numbers.
    missing : bytes
        The word for NaN; empty if there is none.

    Returns
    -------
    array [number]

    Raises
    ------
    ValueError
        If a word is not a finite number.

    Examples
    --------
    >>> parse_numbers(b"1 0 2.5 -", b"-")
    array([1. , 0. , 2.5, nan])
    """
    characters = np.frombuffer(text, dtype=np.uint8)
    is_space = characters <= SPACE
    if not (~is_space[1:] & ~is_space[:-1]).any():  # all words have one character
        digits = characters[~is_space] - np.uint8(ZERO)
        if not len(digits) or digits.max() <= 9:
            return digits.astype(float)
    words: Sequence[bytes] = text.split()
    if missing:
        words = [b"nan" if word == missing else word for word in words]
    is_short = max(map(len, words), default=0) <= SHORT
    numbers: Array = np.array(words, dtype="S").astype(float) if words and is_short else np.array([float(word) for word in words])
    if np.isinf(numbers).any():
        raise ValueError("a number is infinite")
    return numbers
