"""Reading of text word by word, for grammars whose words are separated by white space."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import numpy as np

from connectionist.errors import FormatError
from connectionist.formats.numbers import parse_numbers
from connectionist.utils.arrays import Array
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.formats.input_file import InputFile

BLOCK_BYTES = 2**20
LONGEST_WORD = 2**16  # bytes
NUMBER_CHARACTERS = rb"0-9.eE+\-"
END = "the end of the file"
MOST_WHOLE = 2**53


class Scanner:
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
    """

    def __init__(
        self,
        file: InputFile,
        stream: BinaryIO,
        *,
        marks: str = "",
        comment: str = "#",
        missing: str = "",
        comment_at_line_start: bool = False,
    ) -> None:
        self.file = file
        self._stream = stream
        self._missing = missing.encode()
        self._patterns = _patterns(marks, comment, missing, comment_at_line_start)
        self._text = b"\n"  # so that the first line begins after a line end like all others
        self._at = 1
        self._is_whole = False
        self._line, self._counted = 0, 0  # lines before `_counted`, a place in `_text`
        self._start = self._at  # of the last word
        self._skip_mark()

    def peek(self) -> str:
        """Return the next word without taking it; "" at the end of the file."""
        end = self._find_word()
        return self._decode(self._at, end)

    def take(self, expected: str) -> str:
        """Return the next word.

        Parameters
        ----------
        expected : str
            What may be here, for the error at the end of the file.
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
            Of bytes. What it matches has at most 65,536 bytes.
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
            What may be here, for errors.

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

    def take_all(self, patterns: Sequence[re.Pattern[bytes]]) -> list[tuple[int, list[re.Match[bytes]]]]:
        """Take all that is in memory and matches one of some patterns, again and again; for files that repeat a form.

        Parameters
        ----------
        patterns : sequence of re.Pattern
            Of bytes. They match white space before the first word too.

        Returns
        -------
        list of (int, list of re.Match)
            Runs of matches of the same pattern, with its number. The last match does not end at the end of the text in memory.
        """
        runs: list[tuple[int, list[re.Match[bytes]]]] = []
        at, last, size = self._at, 0, len(self._text)
        order = list(range(len(patterns)))
        while patterns:
            match = patterns[last].match(self._text, at)
            if match is None:
                found = ((number, patterns[number].match(self._text, at)) for number in order if number != last)
                last, match = next(((number, each) for number, each in found if each), (last, None))
            if match is None or match.end() == at or (match.end() == size and not self._is_whole):
                break
            if not runs or runs[-1][0] != last:
                runs.append((last, []))
            runs[-1][1].append(match)
            at = match.end()
        self._start = self._at = at
        return runs

    def return_to(self, match: re.Match[bytes]) -> None:
        """Go back to the beginning of a match of the last call of `take_all`."""
        self._start = self._at = match.start()

    def number(self, expected: str = "a number") -> float:
        """Take one number."""
        return float(self.numbers(1, expected)[0])

    def whole_number(self, expected: str = "a whole number", at_least: int = 0, at_most: int = MOST_WHOLE) -> int:
        """Take one whole number within bounds, written without a decimal point."""
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

    @property
    def is_at_end(self) -> bool:
        """Whether no word follows."""
        return self._find_word() == self._at

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of the next word, from 1."""
        self._find_word()
        return self._place_of(self._at)

    @property
    def last_place(self) -> tuple[int, int]:
        """Line and column of the word that `take`, `accept` or `expect` took last."""
        return self._place_of(self._start)

    def error(self, expected: str, found: str | None = None) -> FormatError:
        """Return the error for the next word, which is not what may be here; raise it."""
        if found is None:
            word = self.peek()
            found = shown(word, 60) if word else END
        line, column = self._place_of(self._at)
        return self.file.error(found, expected, line=line, column=column)

    def fail(self, expected: str) -> NoReturn:
        """Raise the error for the next word."""
        raise self.error(expected)

    def cannot(self, what: str) -> None:
        """List what the simulator cannot do, at the last word; see `InputFile.cannot`."""
        line, column = self.last_place
        self.file.cannot(what, line, column)

    # --- The text in memory ---

    def _skip_mark(self) -> None:
        self._read_block()
        if self._text.startswith(codecs.BOM_UTF8, 1):
            self._text = b"\n" + self._text[1 + len(codecs.BOM_UTF8) :]
        elif self._text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), 1):
            raise self.file.error(message="is text in UTF-16; save it in UTF-8", line=1, column=1)

    def _read_block(self) -> None:
        """Read more text, and drop what was taken except the character before, which may be a line end."""
        block = self._stream.read(BLOCK_BYTES)
        self._is_whole = not block
        dropped = min(self._at, self._start) - 1
        if dropped > 0:
            self._count_to(dropped)
            self._at, self._start, self._counted = self._at - dropped, self._start - dropped, 0
            self._text = self._text[dropped:] + block
        else:
            self._text += block

    def _match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        """Return a match at the present place that does not end only because the text in memory ends."""
        while True:
            match = pattern.match(self._text, self._at)
            assert match is not None  # every pattern matches the empty text
            if self._is_whole or match.end() < len(self._text):
                return match
            if match.end() - self._at > LONGEST_WORD:
                raise self._too_long()
            self._read_block()

    def _too_long(self) -> FormatError:
        line, column = self._place_of(self._at)
        return self.file.error(f"a word or line of more than {LONGEST_WORD} bytes", "a shorter one", line=line, column=column)

    def _skip_blanks(self) -> None:
        """Go to the next word."""
        while True:
            self._at = self._patterns.blanks.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                if self._text[self._at : self._at + 1] == b"\0":
                    line, column = self._place_of(self._at)
                    raise self.file.error(message="has a null byte; it is not text, or is damaged", line=line, column=column)
                if not self._is_comment():
                    return
                self._skip_comment()
            elif self._is_whole:
                return
            else:
                self._start = self._at
                self._read_block()

    def _is_comment(self) -> bool:
        mark = self._patterns.comment
        if not mark or self._text[self._at : self._at + 1] != mark:
            return False
        return not self._patterns.is_at_line_start or self._text[self._at - 1 : self._at] == b"\n"

    def _skip_comment(self) -> None:
        while (end := self._text.find(b"\n", self._at)) < 0 and not self._is_whole:
            self._at = self._start = len(self._text)
            self._read_block()
        self._at = len(self._text) if end < 0 else end

    def _find_word(self) -> int:
        """Go to the next word and return its end; it is the present place at the end of the file."""
        self._skip_blanks()
        return self._match(self._patterns.word).end()

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
        try:
            return parse_numbers(text, self._missing)
        except ValueError:
            wrong = next(word for word in re.finditer(rb"\S+", text) if not _is_number(word[0], self._missing))
            self._at = start + wrong.start()
            self.fail(expected)

    def decode(self, word: bytes) -> str:
        """Return bytes that were taken last, as text."""
        return self._decoded(word, self._start)

    def _decode(self, start: int, end: int) -> str:
        return self._decoded(self._text[start:end], start)

    def _decoded(self, word: bytes, start: int) -> str:
        try:
            return word.decode()
        except UnicodeDecodeError as error:
            line, column = self._place_of(start)
            self.file.cannot(f"byte 0x{word[error.start]:02x} is not text in UTF-8; it is read as Latin-1", line, column)
            return word.decode("latin-1")

    def _place_of(self, at: int) -> tuple[int, int]:
        if at < self._counted:
            self._line -= self._text.count(b"\n", at, self._counted)
            self._counted = at
        self._count_to(at)
        return self._line, at - self._text.rfind(b"\n", 0, at)

    def _count_to(self, at: int) -> None:
        self._line += self._text.count(b"\n", self._counted, at)
        self._counted = at


def _is_number(word: bytes, missing: bytes) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return bool(missing) and word == missing


class _Patterns:
    """The patterns of a grammar. Each matches the empty text too."""

    def __init__(self, marks: str, comment: str, missing: str, is_at_line_start: bool) -> None:
        quoted = re.escape(marks).encode()
        self.blanks = re.compile(rb"[ \t\r\n\f\v]*")
        self.word = re.compile(rb"(?:[%s]|[^ \t\r\n\f\v\0%s]+)?" % (quoted, quoted) if quoted else rb"[^ \t\r\n\f\v\0]*")
        self.line = re.compile(rb"[^\n]*")
        characters = NUMBER_CHARACTERS + re.escape(missing).encode()
        self.number_word = characters
        self.numbers = re.compile(rb"[%s \t\r\n\f\v]+" % characters)
        self.ends = [bytes([mark]) for mark in marks.encode()]
        self.comment = comment.encode()
        self.is_at_line_start = is_at_line_start


@lru_cache
def _patterns(marks: str, comment: str, missing: str, is_at_line_start: bool) -> _Patterns:
    return _Patterns(marks, comment, missing, is_at_line_start)


@lru_cache
def _some(characters: bytes, most: int) -> re.Pattern[bytes]:
    """Return the pattern of at most some numbers."""
    return re.compile(rb"(?:[%s]+[ \t\r\n\f\v]*){1,%d}" % (characters, most))
