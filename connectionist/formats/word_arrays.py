"""The words of a text as arrays: where they are, and the numbers among them.

A grammar on arrays reads thousands of short examples at once, without a step of Python for each. A word of at most eight bytes is a whole
number, its key, whose lowest byte is the first character. The digits of all keys are added up together. A decimal number is its digits, a
whole number, divided by a power of ten. Both are exact, so that the quotient is the nearest double.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.utils.arrays import Array

TEXT, NATURAL, NUMBER, SPAN = range(4)  # kinds of words
SPACES = b" \t\n\r"
SPACE, MARK, LAST, INNER, OTHER = range(5)  # classes of bytes; a word ends after LAST, and goes on after INNER
KEY = 8  # bytes of a word that are compared at once
MASKS = np.array([(1 << 8 * size) - 1 for size in range(KEY)] + [(1 << 64) - 1], dtype=np.uint64)
NUMBER_WORD = re.compile(rb"(\d{1,9})|(\d{1,9})-(\d{1,9})|-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
ZERO = ord("0")
POWERS = 10.0 ** np.arange(KEY + 1)


def _each(byte: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([byte]) * KEY, "little"))


ONES, HIGHS, ZEROS, NOT_DIGIT = _each(1), _each(0x80), _each(ZERO), _each(0x80 - 10)
PAIRS, FOURS, EIGHTS = _each(0x0F), np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
BY_PAIRS, BY_FOURS, BY_EIGHTS = np.uint64(10 * 2**8 + 1), np.uint64(100 * 2**16 + 1), np.uint64(10000 * 2**32 + 1)


class WordArrays:
    """The words of a text, up to a character that is in none of them.

    Parameters
    ----------
    text : bytes
    marks : bytes
        Characters that are words alone.
    last : bytes
        Characters that end a word.
    missing : sequence of bytes
        Words that are NaN, such as ``-``.

    Attributes
    ----------
    TEXT, NATURAL, NUMBER, SPAN : int
        Kinds of words, from 0: digits, at most nine, are ``NATURAL``; two such numbers with a hyphen ``SPAN``; other finite numbers
        ``NUMBER``; and other words ``TEXT``.
    text : bytes
    starts, ends : int array [word]
        Where words begin and end.
    sizes : int array [word]
        Numbers of bytes.
    firsts : int array [word]
        Their first bytes.
    kinds : int array [word]
        Their kinds.
    values, lasts : array [word]
        The number of each word, 0 for text. Of a span, the first and the last number.

    Examples
    --------
    >>> words = WordArrays(b"I: 1 -0.5 3-12;", marks=b";", last=b":")
    >>> words.kinds
    array([0, 1, 2, 3, 0], dtype=uint8)
    >>> words.values
    array([ 0. ,  1. , -0.5,  3. ,  0. ])
    """

    TEXT, NATURAL, NUMBER, SPAN = TEXT, NATURAL, NUMBER, SPAN

    def __init__(self, text: bytes, *, marks: bytes = b"", last: bytes = b"", missing: tuple[bytes, ...] = ()) -> None:
        classes = text.translate(_classes(marks, last))
        cut = classes.find(OTHER)
        self.text = text if cut < 0 else text[:cut]
        self.starts, self.ends = _find_words(classes if cut < 0 else classes[:cut])
        padded = self.text + b"\0" * KEY
        self.characters = np.frombuffer(padded, dtype=np.uint8)
        self._keys: Any = np.ndarray((len(self.text) + 1,), dtype="<u8", buffer=padded, strides=(1,))  # of the word at each byte
        self.sizes = self.ends - self.starts
        self.firsts = self.characters[self.starts]
        self._set_numbers(missing)

    def __len__(self) -> int:
        return len(self.starts)

    def keys_of(self, words: Any) -> npt.NDArray[np.uint64]:
        """Return the first bytes of some words as numbers, which are equal if these bytes are."""
        keys: npt.NDArray[np.uint64] = self._keys[self.starts[words]] & MASKS[np.minimum(self.sizes[words], KEY)]
        return keys

    def are(self, word: bytes, words: Any, keys: Any) -> npt.NDArray[np.bool_]:
        """Return which of some words, with their keys, are equal to one word."""
        found: npt.NDArray[np.bool_] = (self.sizes[words] == len(word)) & (keys == np.uint64(int.from_bytes(word[:KEY], "little")))
        for number in np.flatnonzero(found).tolist() if len(word) > KEY else ():
            start = self.starts[words[number]]
            found[number] = self.text[start : start + len(word)] == word
        return found

    def texts_of(self, words: Any) -> list[str]:
        """Return some words as text; of one that is no text in UTF-8, an empty text."""
        return self.texts_between(self.starts[words], self.ends[words])

    def texts_between(self, starts: Any, ends: Any) -> list[str]:
        """Return parts of the text; of one that is no text in UTF-8, an empty text."""
        places = zip(starts.tolist(), ends.tolist(), strict=True)
        if self.text.isascii():
            text = self.text.decode("ascii")
            return [text[start:end] for start, end in places]
        return [_decoded(self.text[start:end]) for start, end in places]

    def _set_numbers(self, missing: tuple[bytes, ...]) -> None:
        """Find the numbers. Those of one digit come first, since many files have no others."""
        digits = self.firsts - np.uint8(ZERO)
        is_digit = (digits < 10) & (self.sizes == 1)
        self.kinds = is_digit.astype(np.uint8)
        self.values = np.where(is_digit, digits, 0.0)
        self.lasts = self.values
        for word in (word for word in missing if len(word) == 1):
            is_missing = (self.firsts == word[0]) & (self.sizes == 1)
            self.kinds[is_missing], self.values[is_missing] = NUMBER, np.nan
        others = np.flatnonzero((self.sizes > 1) & ((digits < 10) | (self.firsts == ord("-")) | (self.firsts == ord("."))))
        for word in (word for word in missing if len(word) > 1):
            candidates = np.flatnonzero(self.firsts == word[0])
            candidates = candidates[self.are(word, candidates, self.keys_of(candidates))]
            self.kinds[candidates], self.values[candidates] = NUMBER, np.nan
        if len(others):
            rest = self._set_short(others)
            self._set_long(others[rest])

    def _set_short(self, words: Any) -> npt.NDArray[np.bool_]:
        """Find numbers and spans of at most 8 bytes without exponent. Return which other words may be numbers."""
        keys, sizes = self.keys_of(words), self.sizes[words].astype(np.uint64)
        is_short = self.sizes[words] <= KEY
        values, is_right = _natural(keys, sizes)
        is_right &= is_short
        self.kinds[words[is_right]], self.values[words[is_right]] = NATURAL, values[is_right]
        left = np.flatnonzero(is_short & ~is_right)
        keys, sizes, words_left = keys[left], sizes[left], words[left]
        is_negative = self.firsts[words_left] == ord("-")
        keys = np.where(is_negative, keys >> np.uint64(8), keys)
        sizes = sizes - is_negative
        before, after, places = _split(keys, ord("."))
        has_point = places < sizes
        digits = sizes - has_point
        values, is_number = _natural(before | after, digits)
        is_number &= digits > 0
        decimals = values / POWERS[(digits - np.minimum(places, digits)).astype(np.intp)]  # correctly rounded, since both are exact
        chosen = words_left[is_number]
        self.kinds[chosen], self.values[chosen] = NUMBER, np.where(is_negative, -decimals, decimals)[is_number]
        self._set_spans(words_left, keys, sizes, is_right=~is_number & ~is_negative)
        rest: npt.NDArray[np.bool_] = ~is_short
        rest[left] = (self.kinds[words_left] == TEXT) & (_split(keys | _each(ord("E") ^ ord("e")), ord("e"))[2] < sizes)
        return rest

    def _set_spans(self, words: Any, keys: Any, sizes: Any, *, is_right: npt.NDArray[np.bool_]) -> None:
        before, after, places = _split(keys, ord("-"))
        is_right = is_right & (places < sizes - np.minimum(sizes, np.uint64(1))) & (places > 0)
        if is_right.any():
            firsts, are_first = _natural(before[is_right], places[is_right])
            lasts, are_last = _natural((after >> (np.uint64(8) * places))[is_right], (sizes - places)[is_right] - np.uint64(1))
            chosen = words[is_right][are_first & are_last]
            self.lasts = self.values.copy() if self.lasts is self.values else self.lasts
            self.kinds[chosen], self.values[chosen], self.lasts[chosen] = SPAN, firsts[are_first & are_last], lasts[are_first & are_last]

    def _set_long(self, words: Any) -> None:
        """Find the other numbers, one after another."""
        kinds, values, lasts = [], [], []
        for start, end in zip(self.starts[words].tolist(), self.ends[words].tolist(), strict=True):
            found = NUMBER_WORD.fullmatch(self.text[start:end])
            value = 0.0 if found is None else float(found[2] or found[0])
            is_number = found is not None and not math.isinf(value)
            kinds.append(TEXT if found is None or not is_number else NATURAL if found[1] else SPAN if found[2] else NUMBER)
            values.append(value if is_number else 0.0)
            lasts.append(float(found[3]) if found is not None and found[3] else values[-1])
        if SPAN in kinds and self.lasts is self.values:
            self.lasts = self.values.copy()
        self.kinds[words], self.values[words] = kinds, values
        if self.lasts is not self.values:
            self.lasts[words] = lasts


def _natural(keys: npt.NDArray[np.uint64], sizes: npt.NDArray[np.uint64]) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the numbers that the first bytes of some keys are, at most 8, and whether they are digits. All bytes are computed at once."""
    digits = (keys ^ ZEROS) << (np.uint64(8) * (np.uint64(KEY) - sizes))
    is_right = (((digits + NOT_DIGIT) | digits) & HIGHS) == 0
    digits = ((digits & PAIRS) * BY_PAIRS) >> np.uint64(8)
    digits = ((digits & FOURS) * BY_FOURS) >> np.uint64(16)
    return (((digits & EIGHTS) * BY_EIGHTS) >> np.uint64(32)).astype(float), is_right


def _split(keys: npt.NDArray[np.uint64], byte: int) -> tuple[Any, Any, Any]:
    """Return the bytes before the first of some byte (all if there is none), those after it, one place nearer, and how many are before."""
    different = keys ^ _each(byte)
    is_equal = (different - ONES) & ~different & HIGHS
    before = np.where(is_equal == 0, MASKS[KEY], ((is_equal & (~is_equal + np.uint64(1))) >> np.uint64(7)) - np.uint64(1))
    places = ((before & ONES) * ONES) >> np.uint64(56)
    return keys & before, (keys >> np.uint64(8)) & ~before, places


def _find_words(classes: bytes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where words begin, and where they end, in a text of classes of bytes."""
    of_byte = np.frombuffer(classes, dtype=np.uint8)
    goes_on = np.zeros(len(of_byte) + 1, dtype=bool)  # whether the byte before a place and that after it are of one word
    np.logical_and(of_byte[:-1] == INNER, of_byte[1:] >= LAST, out=goes_on[1:-1])
    is_word = of_byte > SPACE
    return np.flatnonzero(is_word & ~goes_on[:-1]), np.flatnonzero(is_word & ~goes_on[1:]) + 1


@lru_cache
def _classes(marks: bytes, last: bytes) -> bytes:
    """Return the class of each byte."""
    kinds = {**dict.fromkeys(SPACES, SPACE), **dict.fromkeys(marks, MARK), **dict.fromkeys(last, LAST)}
    return bytes(kinds.get(byte, INNER if byte > ord(" ") else OTHER) for byte in range(256))


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return ""
