"""Numbers of a text, parsed in bulk, and numbers in single precision."""

from __future__ import annotations

import re
import warnings

import numpy as np
import numpy.typing as npt

from connectionist.errors import FormatError
from connectionist.utils.arrays import Array

SPACE, ZERO = 32, 48
SHORT = 32  # bytes of a word that numpy parses; in its arrays, all words are as long as the longest


def parse_numbers(text: bytes, missing: bytes = b"") -> Array:
    """Return the numbers of a text, separated by white space.

    Parameters
    ----------
    text : bytes
        Only white space, the characters of numbers, and those of `missing`.
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
    is_word = characters > SPACE
    count = _count(is_word)
    if count == np.count_nonzero(is_word):  # all words have one character
        numbers = _digits(characters[is_word], missing)
        if numbers is not None:
            return numbers
    if missing and missing in text:
        text = re.sub(rb"(?<!\S)%s(?!\S)" % re.escape(missing), b"nan", text)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # for text that is no number
        try:
            numbers = np.fromstring(text, sep=" ") if count else np.empty(0)
        except (DeprecationWarning, ValueError):
            raise ValueError("a word is not a number") from None
    if len(numbers) != count or np.isinf(numbers).any():
        raise ValueError("a word is not a finite number")
    return numbers


def _digits(characters: npt.NDArray[np.uint8], missing: bytes) -> Array | None:
    """Return the numbers of words of one character; None if one is not a digit."""
    numbers = (characters - np.uint8(ZERO)).astype(float)
    if len(missing) == 1:
        numbers[characters == missing[0]] = np.nan
    return None if (numbers > 9).any() else numbers


def pack_singles(values: npt.ArrayLike, file: str) -> bytes:
    """Return numbers in single precision, the first byte of each being its highest.

    Parameters
    ----------
    values : array-like
    file : str
        Name of the file, for the error.

    Raises
    ------
    FormatError
        If a number is too large for single precision.

    Examples
    --------
    >>> pack_singles([1.0, -2.0], "x.wt").hex()
    '3f800000c0000000'
    """
    numbers = np.asarray(values, dtype=float)
    with np.errstate(over="ignore"):
        packed = numbers.astype(">f4")
    if (wrong := np.isinf(packed)).any():
        raise FormatError(f"{file}: {numbers[wrong][0]:g} is too large for the single precision of the format")
    return packed.tobytes()


def _count(is_word: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(is_word[1:] & ~is_word[:-1])) + int(is_word[:1].sum())
