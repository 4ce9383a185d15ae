"""Numbers of a text, parsed in bulk."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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


def parse_lists(lists: Sequence[Sequence[bytes]], widths: Sequence[int], missing: bytes = b"") -> tuple[list[Array], int]:
    """Return the numbers of texts that repeat the same lists, as far as they do.

    Parameters
    ----------
    lists : sequence of sequence of bytes
        The texts of each list, as many for each; at least one list.
    widths : sequence of int
        How many numbers each text of a list has.
    missing : bytes
        As for `parse_numbers`.

    Returns
    -------
    list of array [text, number]
        One array for each list.
    int
        The number of texts of each list that were parsed: up to the first with more or fewer numbers; and fewer, if a word is no number.

    Examples
    --------
    >>> parse_lists([[b"1 0", b"0 1", b"1"], [b"3", b"4", b"5"]], [2, 1])
    ([array([[1., 0.],
           [0., 1.]]), array([[3.],
           [4.]])], 2)
    """
    count = len(lists[0])
    counts = count_words([text for texts in lists for text in texts]).reshape(-1, count)
    wrong = (counts != np.array(widths)[:, np.newaxis]).any(axis=0)
    count = int(wrong.argmax()) if wrong.any() else count
    while True:
        try:
            numbers = parse_numbers(b" ".join([text for texts in lists for text in texts[:count]]), missing)
        except ValueError:
            count //= 2  # a reader word by word finds the word
            continue
        parts = np.split(numbers, np.cumsum(count * np.array(widths))[:-1])
        return [part.reshape(count, width) for part, width in zip(parts, widths, strict=True)], count


def _digits(characters: npt.NDArray[np.uint8], missing: bytes) -> Array | None:
    """Return the numbers of words of one character; None if one is not a digit."""
    numbers = (characters - np.uint8(ZERO)).astype(float)
    if len(missing) == 1:
        numbers[characters == missing[0]] = np.nan
    return None if (numbers > 9).any() else numbers


def _count(is_word: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(is_word[1:] & ~is_word[:-1])) + int(is_word[:1].sum())


def count_words(texts: Sequence[bytes]) -> npt.NDArray[np.intp]:
    """Return the number of words in each of some texts.

    Examples
    --------
    >>> count_words([b"1 0", b" ", b"2.5 "])
    array([2, 0, 1])
    """
    if not texts:
        return np.zeros(0, dtype=np.intp)
    is_word = np.frombuffer(b" ".join([b"", *texts]), dtype=np.uint8) > SPACE
    begins = np.cumsum(is_word[1:] & ~is_word[:-1], dtype=np.int32 if len(is_word) < 2**31 else np.int64)
    ends = (
        np.cumsum(np.fromiter(map(len, texts), dtype=np.intp, count=len(texts)) + 1) - 2
    )  # the last character of each text; of an empty one, that before
    counts = np.concatenate([[0], np.where(ends >= 0, begins[np.maximum(ends, 0)] if len(begins) else 0, 0)])
    return np.diff(counts).astype(np.intp)
