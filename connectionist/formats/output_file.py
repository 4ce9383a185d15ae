"""A file that a format writes."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from connectionist.errors import FormatError
from connectionist.formats.format_file import COMPRESSED, FormatFile
from connectionist.utils.files import replacement, write_aside


class OutputFile(FormatFile):
    """A file that a format writes, whole or not at all: it replaces the one of the same name when the block ends without an error.

    A file whose name ends in ``.gz`` is compressed by gzip. The parameters and further attributes are those of ``FormatFile``.

    Attributes
    ----------
    binary : file object
        For functions that write bytes, such as ``numpy.save``.
    """

    binary: BinaryIO

    def __init__(self, path: str | Path, *, strict: bool = True, issues: list[str] | None = None) -> None:
        super().__init__(path, strict=strict, issues=issues)
        self._replacements, self._writes = ExitStack(), ExitStack()  # of this file, and of those beside it

    def __enter__(self) -> Self:
        temporary = self._replacements.enter_context(replacement(self.path))
        file = self._writes.enter_context(write_aside(self.path, temporary))
        if self.path.suffix.lower() == COMPRESSED:
            file = cast("BinaryIO", self._writes.enter_context(gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)))
        self.binary = file
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._replacements.push(self._writes)  # all files are whole before the first one is replaced
        self._replacements.__exit__(kind, error, trace)

    def write(self, content: str | bytes) -> None:
        """Write text in UTF-8, or bytes."""
        self.binary.write(content.encode("utf-8", errors="backslashreplace") if isinstance(content, str) else content)

    def beside_path(self, suffix: str) -> Path:
        """Return the path of the file of the same name with another suffix."""
        is_compressed = self.path.suffix.lower() == COMPRESSED
        return self.path.with_suffix("").with_suffix(f"{suffix}{COMPRESSED}") if is_compressed else self.path.with_suffix(suffix)

    def beside(self, suffix: str) -> OutputFile:
        """Return the file of the same name with another suffix, for formats of several files. It is written with this one."""
        other = OutputFile(self.beside_path(suffix), strict=self.strict, issues=self.issues)
        other._replacements, other._writes = self._replacements, self._writes
        return other.__enter__()

    def cannot(self, what: str) -> None:
        """Raise an error for a property that the format does not support; without `strict`, list it and go on.

        Parameters
        ----------
        what : str
            As in "the clamps of example 'dog' have no place in this format".

        Raises
        ------
        FormatError
            If the file is written with ``strict=True``.
        """
        if self.strict:
            raise FormatError(f"{self.name}: {what} (accepted with strict=False, or --lenient)")
        self._list(f"{self.name}: {what}")

    def warn(self, what: str) -> None:
        """List a small change of what is written, such as that of a name. It is no error, also if the file is written strictly.

        Parameters
        ----------
        what : str
            As in "the name 'a b' of an example is written as 'a_b'".
        """
        self._list(f"{self.name}: {what}")
