"""Reading of text word by word, for grammars whose words are separated by white space."""

from __future__ import annotations

import itertools
import math
import re
from functools import lru_cache
from operator import attrgetter

import numpy as np

from connectionist.formats.numbers import parse_numbers
from connectionist.formats.text_buffer import LONGEST_WORD, TextBuffer
from connectionist.utils.arrays import Array
from connectionist.utils.visible_text import shown

MOST_WHOLE = 2**53
MOST_MATCHES = 1024
WITH_PLUS = re.compile(rb"(?<!\S)\+")


class Scanner(TextBuffer):
    """Words, numbers and lines of a text, one after another, in bounded memory.

    A byte order mark of UTF-8 is skipped; so are white space, and comments up to the end of the line. Words are text in UTF-8.

    Parameters
    ----------
    file : InputFile
        For errors and issues.
    stream : binary file
    marks : str
        Characters that are words alone, also without white space around them.
    comment : str
        Character that begins a comment where a word may begin; "" for none.
    missing : str
        The word that is NaN in `numbers`, such as "-" or "*"; "" for none.
    comment_at_line_start : bool
        Whether only the first character of a line begins a comment.
    plus : bool
        Whether numbers may begin with a plus sign.
    """

    def peek(self) -> str:
        """Return the next word without taking it; "" at the end of the file."""
        end = self._find_word()
        return self._decode(self._at, end)

    def take(self, expected: str) -> str:
        """Return the next word.

        Parameters
        ----------
        expected : str
            The words that may be here, for the error at the end of the file.
        """
        end = self._find_word()
        if end == self._at:
            self.fail(expected)
        word = self._decode(self._at, end)
        self._start, self._at = self._at, end
        return word

    def accept(self, *words: str) -> str:
        """Take the next word and return it, if it is one of these; else return ""."""
        end = self._find_word()
        word = self._decode(self._at, end)
        if word not in words or not word:
            return ""
        self._start, self._at = self._at, end
        return word

    def match(self, pattern: re.Pattern[bytes], *, skip_blanks: bool = True) -> re.Match[bytes] | None:
        """Take the text that a pattern matches at the next word, and return the match; None if it does not match there.

        Parameters
        ----------
        pattern : re.Pattern
            Of bytes. A match has at most 65,536 bytes.
        skip_blanks : bool
            Whether to skip white space and comments first.
        """
        if skip_blanks:
            self._skip_blanks()
        while True:
            match = pattern.match(self._text, self._at)
            end = match.end() if match else self._at
            if self._is_whole or (match and end < len(self._text)) or (not match and len(self._text) - self._at > LONGEST_WORD):
                break
            if end - self._at > LONGEST_WORD:
                raise self._too_long()
            self._read_block()
        if match:
            self._start, self._at = self._at, end
        return match

    def expect(self, *words: str) -> str:
        """Take the next word, which must be one of these."""
        return self.accept(*words) or self.fail(" or ".join(map(repr, words)))

    def numbers(self, count: int | None = None, expected: str = "a number") -> Array:
        """Take numbers.

        Parameters
        ----------
        count : int, optional
            As many as there must be. By default, all that follow without another word.
        expected : str
            The words that may be here, for errors.

        Returns
        -------
        array [number]
            The word `missing` is NaN.
        """
        parts, left = [], count
        while left is None or left > 0:
            part = self._some_numbers(left, expected)
            if part is None:
                break
            parts.append(part)
            left = None if left is None else left - len(part)
        if left:
            self.fail(expected)
        return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])

    def take_matches(self, pattern: re.Pattern[bytes]) -> list[re.Match[bytes]]:
        """Take what is in memory and matches a pattern, again and again; for files that repeat a form, or a few.

        Parameters
        ----------
        pattern : re.Pattern
            Of bytes, such as ``rb"(form)|(other form)|"``, with possessive quantifiers. Each form is a group, and matches white space
            before its first word too. Where no form matches, the empty text does.

        Returns
        -------
        list of re.Match
            The last one does not end at the end of the text in memory.
        """
        matches = itertools.islice(pattern.finditer(self._text, self._at), MOST_MATCHES)
        found = list(itertools.takewhile(attrgetter("lastindex"), matches))
        if found and found[-1].end() == len(self._text) and not self._is_whole:
            found.pop()
        if found:
            self._start = self._at = found[-1].end()
        return found

    def go_back(self, match: re.Match[bytes]) -> None:
        """Go back to the beginning of one of the matches that `take_matches` returned last."""
        self._start = self._at = match.start()

    def ahead(self, most: int) -> bytes:
        """Return the text from the present place on, at most some bytes of it, without taking it."""
        while len(self._text) - self._at < most and not self._is_whole:
            self._start = self._at
            self._read_block()
        return self._text[self._at : self._at + most]

    def skip(self, size: int) -> None:
        """Take some bytes of the text that `ahead` returned last."""
        self._at += size
        self._start = self._at

    def place_of(self, match: re.Match[bytes], group: int) -> tuple[int, int]:
        """Return line and column of a group of one of the matches that `take_matches` returned last."""
        return self._place_of(match.start(group))

    def number(self, expected: str = "a number") -> float:
        """Take one number."""
        end = self._find_word()
        word = self._text[self._at : end]
        if not word or b"_" in word or not self._is_number(word):
            self.fail(expected)
        self._start, self._at = self._at, end
        return math.nan if word == self._missing else float(word)

    def whole_number(self, expected: str = "a whole number", at_least: int = 0, at_most: int = MOST_WHOLE) -> int:
        """Take one whole number within bounds, which the error names, written without a decimal point."""
        expected += f", {at_least} or more," if at_most == MOST_WHOLE else f", from {at_least} to {at_most},"
        word = self.peek()
        if not re.fullmatch(r"[+-]?\d{1,18}", word, re.ASCII) or not at_least <= int(word) <= at_most:
            self.fail(expected)
        self.take(expected)
        return int(word)

    def line(self) -> str:
        """Take the rest of the line, without its end and without spaces around it. Comments are not skipped."""
        match = self._match(self._patterns.line)
        line = self._decode(*match.span()).strip()
        self._at = match.end()
        return line

    def _some_numbers(self, most: int | None, expected: str) -> Array | None:
        """Take the numbers in memory, at least one; None if none follows."""
        self._skip_blanks()
        pattern = self._patterns.numbers if most is None else _some(self._patterns.number_word, most)
        while True:
            match = pattern.match(self._text, self._at)
            end = match.end() if match else self._at
            if end < len(self._text) or self._is_whole:
                break
            cut = max(self._text.rfind(mark, self._at, end) for mark in (b" ", b"\n", b"\t", b"\r"))
            if cut > self._at:  # the last word may go on in the next block
                end = cut
                break
            if end - self._at > LONGEST_WORD:
                raise self._too_long()
            self._start = self._at
            self._read_block()
        if end < len(self._text) and not self._text[end : end + 1].isspace() and self._text[end : end + 1] not in self._patterns.ends:
            end = self._before_last_word(end)
        if end == self._at:
            return None
        values = self._parse(self._at, end, expected)
        self._start = self._at
        self._at = end
        return values

    def _before_last_word(self, end: int) -> int:
        """Return the place after the last white space before a word that is not a number to its end."""
        last = max(self._text.rfind(mark, self._at, end) for mark in (b" ", b"\n", b"\t", b"\r"))
        return max(last, self._at)

    def _parse(self, start: int, end: int, expected: str) -> Array:
        text = self._text[start:end]
        if self._patterns.has_comments and self._patterns.comment in text:
            text = self._patterns.in_comment.sub(lambda found: b" " * len(found[0]), text)
        try:
            return self._parse_words(text)
        except ValueError:
            wrong = next(word for word in re.finditer(rb"\S+", text) if not self._is_number(word[0]))
            self._at = start + wrong.start()
            is_plus = wrong[0].startswith(b"+") and not self._has_plus
            raise self.error(expected, f"{shown(wrong[0].decode(errors='replace'), 60)} with a plus sign" if is_plus else None) from None

    def _parse_words(self, text: bytes) -> Array:
        if not self._has_plus and WITH_PLUS.search(text):
            raise ValueError("a number begins with a plus sign")
        return parse_numbers(text, self._missing)

    def _is_number(self, word: bytes) -> bool:
        if word.startswith(b"+") and not self._has_plus:
            return False
        try:
            return math.isfinite(float(word))
        except ValueError:
            return bool(self._missing) and word == self._missing


@lru_cache
def _some(characters: bytes, most: int) -> re.Pattern[bytes]:
    """Return the pattern of at most some numbers."""
    return re.compile(rb"(?:[%s]+[ \t\r\n\f\v]*){1,%d}" % (characters, most))
