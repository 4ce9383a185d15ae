"""A file that a format reads: its bytes, the errors in it, and its unsupported parts."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from connectionist.errors import FormatError
from connectionist.formats.format_file import COMPRESSED, FormatFile
from connectionist.utils.memory_limit import check_fits_in_memory
from connectionist.utils.untrusted_files import open_file
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.formats.scanner import Scanner

GZIP = b"\x1f\x8b"
BEGINNING_BYTES = 4096
FREE_BYTES = 2**26  # that arrays may need for any file
BYTES_PER_BYTE = 2**14  # that they may need for each byte of a larger file: a sparse file has few bytes for a large array
NULL_BYTE = "has a null byte; it is not text, or is damaged"
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins like that of UTF-16
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
TWO_BYTES = re.compile(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}")  # ASCII characters in UTF-16


class InputFile(FormatFile):
    """A file that a format reads. The parameters and attributes are those of ``FormatFile``."""

    @property
    def subject(self) -> str:
        """The file at the beginning of a message."""
        return f"file {shown(self.name, 300)}"

    @property
    def size(self) -> int:
        """The number of bytes of the file."""
        return os.stat(self.path).st_size  # noqa: PTH116

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open the file for reading bytes during the block; one that gzip compressed is decompressed.

        Raises
        ------
        FileError
            If it cannot be read.
        """
        with open_file(self.path, self.subject) as file:
            is_compressed = file.read(2) == GZIP
            file.seek(0)
            if not is_compressed:
                yield file
                return
            try:
                with gzip.GzipFile(fileobj=file) as decompressed:
                    yield cast("BinaryIO", decompressed)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise FormatError(f"{self.subject} cannot be decompressed ({error})") from None

    def beginning(self) -> bytes:
        """Return the first 4096 bytes."""
        with self.stream() as file:
            return file.read(BEGINNING_BYTES)

    def content(self) -> bytes:
        """Return all bytes.

        Raises
        ------
        MemoryLimitError
            If they do not fit in memory.
        """
        with self.stream() as file:
            parts, size, step = [], 0, 2**20
            while part := file.read(step):
                parts.append(part)
                size += len(part)
                self.check_memory(2 * size, "its bytes")
                step = max(step, size)
            return b"".join(parts)

    @contextmanager
    def scanner(
        self, *, marks: str = "", comment: str = "#", missing: str = "", comment_at_line_start: bool = False, plus: bool = True
    ) -> Iterator[Scanner]:
        """Read the file word by word during the block. The parameters are those of `Scanner`."""
        from connectionist.formats.scanner import Scanner

        with self.stream() as file:
            at_line_start = comment_at_line_start
            yield Scanner(self, file, marks=marks, comment=comment, missing=missing, comment_at_line_start=at_line_start, plus=plus)

    def beside(self, suffix: str) -> InputFile:
        """Return the file of the same name with another suffix, for formats of several files. It has the same list of issues.

        Beside ``x.data.gz``, it is ``x.teach.gz``, or ``x.teach`` if there is no such file.
        """
        path = self.path
        if path.suffix.lower() == COMPRESSED:
            path = path.with_suffix("")
            if (compressed := path.with_suffix(f"{suffix}{COMPRESSED}")).exists():
                return InputFile(compressed, strict=self.strict, issues=self.issues)
        return InputFile(path.with_suffix(suffix), strict=self.strict, issues=self.issues)

    def check_text(self, part: bytes, line: int = 1) -> None:
        """Raise an error if a part of a text has a null byte, or if line 1 is in UTF-16 or UTF-32.

        Parameters
        ----------
        part : bytes
            From the beginning of a line on.
        line : int
            Its number, from 1.

        Raises
        ------
        FormatError
            With the line, and the encoding or the column of the null byte.
        """
        if line == 1:
            marked = (encoding for mark, encoding in MARKS.items() if part.startswith(mark))
            encoding = next(marked, "UTF-16" if TWO_BYTES.match(part) else "")
            if encoding:
                raise self.error(message=f"is text in {encoding}; save it in UTF-8", line=1, column=1)
        if (at := part.find(b"\0")) >= 0:
            raise self.error(message=NULL_BYTE, line=line + part.count(b"\n", 0, at), column=at - part.rfind(b"\n", 0, at))

    def check_memory(self, needed: int, what: str) -> None:
        """Raise an error if the arrays of a file would be too large, before they are made.

        Parameters
        ----------
        needed : int
            Bytes of all arrays. Any file may have 64 MB, and 16 kB for each of its bytes.
        what : str
            As in "its 3 examples of 10 units".

        Raises
        ------
        FormatError
            If they are too large for the size of the file.
        MemoryLimitError
            If they do not fit in memory.
        """
        if needed > FREE_BYTES:
            size = self.size
            if needed > BYTES_PER_BYTE * size:
                raise FormatError(f"{self.subject}: {what} need {needed / 1e6:,.0f} MB, too much for a file of {size:,} bytes")
            check_fits_in_memory(needed, f"{self.subject}: {what}")

    def error(
        self,
        found: str | None = None,
        expected: str | None = None,
        *,
        line: int | None = None,
        column: int | None = None,
        offset: int | None = None,
        message: str | None = None,
    ) -> FormatError:
        """Return an error for a part that the format does not allow; raise it.

        Parameters
        ----------
        found : str, optional
            The part that is there, as the message names it: a word in quotation marks, or "the end of the file".
        expected : str, optional
            The parts that may be there: "a number or ';'".
        line, column : int, optional
            Where it is, from 1.
        offset : int, optional
            Byte of a binary file, from 0.
        message : str, optional
            A sentence instead of "found …; … may be here".
        """
        place = f", byte {offset}" if offset is not None else "".join(f":{number}" for number in (line, column) if number is not None)
        text = message or f"found {found}; {expected} may be here"
        made = FormatError(f"{self.name}{place}: {text}")
        made.path, made.line, made.column, made.offset, made.found, made.expected = self.name, line, column, offset, found, expected
        return made

    def cannot(self, what: str, line: int | None = None, column: int | None = None) -> None:
        """Raise an error for a part of the file that the simulator does not support; without `strict`, list it and go on.

        Parameters
        ----------
        what : str
            The part, and its treatment here: "'proc:' has a script, which is not run".
        line, column : int, optional
            Where, from 1.

        Raises
        ------
        FormatError
            If the file is read with ``strict=True``.
        """
        made = self.error(
            message=what if not self.strict else f"{what} (accepted with strict=False, or --lenient)", line=line, column=column
        )
        if self.strict:
            raise made
        self._list(str(made))

    def warn(self, what: str, line: int | None = None, column: int | None = None) -> None:
        """List a part that is read as its program reads it, and that may be a mistake. It is no error, also if the file is read strictly.

        Parameters
        ----------
        what : str
            The part, and its treatment here: "'name:' is given twice; the last one is read".
        line, column : int, optional
            Where, from 1.
        """
        self._list(str(self.error(message=what, line=line, column=column)))
