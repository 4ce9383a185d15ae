"""The part of a text that is in memory while it is read word by word, and the place in it."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from connectionist.errors import FormatError
from connectionist.formats.input_file import NULL_BYTE
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.formats.input_file import InputFile

BLOCK_BYTES = 2**20
LONGEST_WORD = 2**16  # bytes
NUMBER_CHARACTERS = rb"0-9.eE+\-"
END = "the end of the file"


class TextBuffer:
    """Base class of `Scanner`: it finds the next word, and knows lines and columns. The parameters are those of `Scanner`."""

    def __init__(
        self,
        file: InputFile,
        stream: BinaryIO,
        *,
        marks: str = "",
        comment: str = "#",
        missing: str = "",
        comment_at_line_start: bool = False,
        plus: bool = True,
    ) -> None:
        self.file = file
        self._has_plus = plus
        self._stream = stream
        self._missing = missing.encode()
        self._patterns = _patterns(marks, comment, missing, comment_at_line_start)
        self._text = b"\n"  # so that the first line begins after a line end like all others
        self._at = 1
        self._is_whole = False
        self._first = self._counted = (0, 0, 0)  # a place in `_text`, the lines before it, and the place where its line begins
        self._start = self._at  # of the last word
        self._word = -1, -1  # the place and the end of the next word, if they are known
        self._skip_mark()

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
        """Return the error for the next word, which may not be here; raise it."""
        if found is None:
            end = self._find_word()
            word = self._decode(self._at, end)
            if self._text[end : end + 1] == b"\0" or "\0" in word:
                line, column = self._place_of(self._at + len(word.partition("\0")[0].encode()))
                return self.file.error(message=NULL_BYTE, line=line, column=column)
            found = shown(word, 60) if word else END
        line, column = self._place_of(self._at)
        return self.file.error(found, expected, line=line, column=column)

    def fail(self, expected: str) -> NoReturn:
        """Raise the error for the next word."""
        raise self.error(expected)

    def cannot(self, what: str) -> None:
        """List a part that the simulator does not support, at the last word; see `InputFile.cannot`."""
        line, column = self.last_place
        self.file.cannot(what, line, column)

    def _skip_mark(self) -> None:
        self._read_block()
        if self._text.startswith(codecs.BOM_UTF8, 1):
            self._text = b"\n" + self._text[1 + len(codecs.BOM_UTF8) :]
        else:
            self.file.check_text(self._text[1:9])

    def _read_block(self) -> None:
        """Read more text, and drop what was taken except the character before, which may be a line end."""
        block = self._stream.read(BLOCK_BYTES)
        self._word = -1, -1
        self._is_whole = not block
        dropped = min(self._at, self._start) - 1
        if dropped > 0:
            _, lines, begin = self._count_to(dropped)
            self._first = self._counted = (0, lines, begin - dropped)
            self._at, self._start = self._at - dropped, self._start - dropped
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
                    raise self.file.error(message=NULL_BYTE, line=line, column=column)
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
        if self._word[0] != self._at:
            start, end = self._patterns.next_word.match(self._text, self._at).span(1)  # type: ignore[union-attr]
            if start == end or end == len(self._text) or self._text[start : start + 1] == self._patterns.comment:
                self._skip_blanks()
                end = self._match(self._patterns.word).end()  # which may move the present place
                start = self._at
            self._at = start
            self._word = start, end
        return self._word[1]

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
        _, lines, begin = self._count_to(at)
        return lines, at - begin + 1

    def _count_to(self, at: int) -> tuple[int, int, int]:
        """Return a place, the lines before it, and where its line begins. It is counted from the last such place, if that is before it."""
        place, lines, begin = self._counted if self._counted[0] <= at else self._first
        last = self._text.rfind(b"\n", place, at)
        self._counted = (at, lines + self._text.count(b"\n", place, at), begin if last < 0 else last + 1)
        return self._counted


class _Patterns:
    """The patterns of a grammar. Each matches the empty text too."""

    def __init__(self, marks: str, comment: str, missing: str, is_at_line_start: bool) -> None:
        quoted = re.escape(marks).encode()
        self.blanks = re.compile(rb"[ \t\r\n\f\v]*")
        self.word = re.compile(rb"(?:[%s]|[^ \t\r\n\f\v\0%s]+)?" % (quoted, quoted) if quoted else rb"[^ \t\r\n\f\v\0]*")
        self.next_word = re.compile(self.blanks.pattern + rb"(" + self.word.pattern + rb")")
        self.line = re.compile(rb"[^\n]*")
        characters = NUMBER_CHARACTERS + re.escape(missing).encode()
        self.number_word = characters
        runs = rb"[%s \t\r\n\f\v]++" % characters
        self.in_comment = re.compile(rb"(?<=[ \t\r\n\f\v])%s[^\n]*+" % re.escape(comment).encode())
        self.has_comments = bool(comment) and not is_at_line_start
        self.numbers = re.compile(rb"(?:%s|%s\n)+" % (runs, self.in_comment.pattern) if self.has_comments else runs)
        self.ends = [bytes([mark]) for mark in marks.encode()]
        self.comment = comment.encode()
        self.is_at_line_start = is_at_line_start


@lru_cache
def _patterns(marks: str, comment: str, missing: str, is_at_line_start: bool) -> _Patterns:
    return _Patterns(marks, comment, missing, is_at_line_start)
