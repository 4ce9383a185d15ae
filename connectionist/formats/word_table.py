"""Parts of a text that have the same words, but for some numbers and names, read as a table.

A match of a regular expression takes about a microsecond, also of a short part. Here, the words of many parts are found with operations on
arrays of bytes. A part is a row of the table, and each word of the first part is a column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.formats.numbers import SPACE as BLANK
from connectionist.formats.numbers import parse_numbers
from connectionist.utils.arrays import Array

SPACES, MARKS, COLON = b" \t\n\r\f\v", b'()[]{};"', b":"
SPACE, MARK, END, INNER, OTHER = range(5)  # classes of bytes; a word ends after END, and goes on after INNER


def _class_of(byte: int) -> int:
    if byte in SPACES:
        return SPACE
    if byte in MARKS:
        return MARK
    if byte in COLON:
        return END
    return INNER if BLANK < byte < 127 and byte != ord("#") else OTHER


CLASSES = bytes(map(_class_of, range(256)))
CHARACTERS: dict[str, bytes] = {"number": b"0123456789.eE- ", "natural": b"0123456789 "}
MOST_DIGITS = 9  # of a natural number
MISSING = b"-"


@dataclass
class Words:
    """Rows of a ``WordTable``.

    Attributes
    ----------
    count : int
        Number of rows.
    size : int
        Bytes of the text up to the end of the last row.
    is_whole : bool
        Whether the text has nothing after the last row that does not fit.
    numbers : dict of int to array [row, word]
        Of each group of numbers; ``-`` is NaN.
    texts : dict of int to list of str
        Of each group of texts.
    """

    count: int
    size: int
    is_whole: bool
    numbers: dict[int, Array]
    texts: dict[int, list[str]]


class WordTable:
    """The words of a part of a text, and the groups of words that differ in other parts.

    Parameters
    ----------
    words : list of bytes
        In their order. Each of ``()[]{};"`` is a word, and a word ends after a colon. The last one is ``;``.
    columns : dict of int to list of int
        The numbers of the words of each group.
    kinds : dict of int to str
        What a group has: "number" (any finite numbers, or ``-``), "natural" (numbers of at most nine digits) or "text" (one word).
    """

    def __init__(self, words: list[bytes], columns: Mapping[int, list[int]], kinds: Mapping[int, str]) -> None:
        self._width = len(words)
        self._columns, self._kinds = columns, kinds
        different = {*chain.from_iterable(columns.values())}
        self._same = [(column, word) for column, word in enumerate(words) if column not in different]
        self._padding = b" " * max(map(len, words))

    @classmethod
    def of(cls, match: re.Match[bytes], part: int, kinds: Mapping[int, str]) -> WordTable | None:
        """Return the table whose first row is a part that a regular expression matched; None if its groups are not whole words.

        Parameters
        ----------
        match : re.Match
        part : int
            The group of the part. The groups of `kinds` are counted from it.
        kinds : dict of int to str
        """
        text, begin = match[part], match.start(part)
        starts, ends = (places.tolist() for places in _find_words(text.translate(CLASSES)))
        words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        columns = {}
        for group, kind in kinds.items():
            low, high = (place - begin for place in match.span(part + group))
            inside = [column for column in range(len(words)) if starts[column] < high and ends[column] > low]
            if inside and (starts[inside[0]] < low or ends[inside[-1]] > high):
                return None
            columns[group] = [column for column in inside if kind != "text" or words[column] not in MARKS]
            if kind == "text" and len(columns[group]) != 1:
                return None
        return cls(words, columns, kinds) if words[-1:] == [b";"] else None

    def read(self, text: bytes) -> Words:
        """Return the rows at the beginning of a text, up to a part that has other words or characters."""
        classes = text.translate(CLASSES)
        cut = classes.find(OTHER)
        classes = classes if cut < 0 else classes[:cut]
        starts, ends = _find_words(classes)
        whole = len(starts) // self._width
        starts, ends = (places[: whole * self._width].reshape(whole, self._width) for places in (starts, ends))
        characters = np.frombuffer(text[: len(classes)] + self._padding, dtype=np.uint8)
        fits = np.ones(whole, dtype=bool)
        for column, word in self._same:
            fits &= ends[:, column] - starts[:, column] == len(word)
            for place, character in enumerate(word):
                fits &= characters[starts[:, column] + place] == character
        for column in self._columns_of("text"):  # neither a mark nor a word that a colon ends
            fits &= np.frombuffer(classes, dtype=np.uint8)[ends[:, column] - 1] == INNER
        for column in self._columns_of("natural"):
            fits &= ends[:, column] - starts[:, column] <= MOST_DIGITS
        count = whole if fits.all() else int(fits.argmin())
        numbers: dict[int, Array] = {}
        for kind in ("number", "natural"):
            count = self._add_numbers(kind, characters, starts[:count], ends[:count], numbers)
        texts = {
            group: _only(characters, starts[:count, columns], ends[:count, columns]).decode("ascii").split()
            for group, columns in self._columns.items()
            if self._kinds[group] == "text"
        }
        numbers = {group: values[:count] for group, values in numbers.items()}
        return Words(count, int(ends[count - 1, -1]) if count else 0, cut < 0 and count == whole, numbers, texts)

    def _columns_of(self, kind: str) -> list[int]:
        return sorted(column for group, columns in self._columns.items() if self._kinds[group] == kind for column in columns)

    def _add_numbers(self, kind: str, characters: npt.NDArray[np.uint8], starts: Any, ends: Any, numbers: dict[int, Array]) -> int:
        """Add the numbers of all groups of a kind, and return how many rows have them; none if a word is not a finite number."""
        columns, count = self._columns_of(kind), len(starts)
        text = _only(characters, starts[:, columns], ends[:, columns])
        if text.translate(None, CHARACTERS[kind]):
            allowed = np.frombuffer(bytes(byte in CHARACTERS[kind] for byte in range(256)), dtype=bool)
            wrong = int(allowed[np.frombuffer(text, dtype=np.uint8)].argmin())
            count = int(np.searchsorted(ends[:, -1], wrong, side="right"))
            text = text[: int(ends[count - 1, -1])] if count else b""
        try:
            values = parse_numbers(text, MISSING).reshape(count, len(columns))
        except ValueError:
            count, values = 0, np.empty((0, len(columns)))
        for group, each in self._columns.items():
            if self._kinds[group] == kind:
                numbers[group] = values[:, np.searchsorted(columns, each)]
        return count


def _find_words(classes: bytes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where words begin, and where they end, in a text of classes of bytes."""
    of_byte = np.frombuffer(classes, dtype=np.uint8)
    goes_on = np.zeros(len(of_byte) + 1, dtype=bool)  # whether the byte before a place and that after it are of one word
    goes_on[1:-1] = (of_byte[:-1] == INNER) & (of_byte[1:] >= END)
    is_word = of_byte > SPACE
    return np.flatnonzero(is_word & ~goes_on[:-1]), np.flatnonzero(is_word & ~goes_on[1:]) + 1


def _only(characters: npt.NDArray[np.uint8], starts: Any, ends: Any) -> bytes:
    """Return a text with blanks in place of all but some words."""
    change = np.zeros(len(characters) + 1, dtype=np.int8)
    change[starts] += 1
    change[ends] -= 1
    is_kept = np.cumsum(change[:-1], dtype=np.int8).astype(bool)
    return np.where(is_kept, characters, np.uint8(BLANK)).tobytes()
