"""A file that a format writes."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from connectionist.errors import FormatError
from connectionist.utils.files import atomic_write, flush_to_disk, write_errors

COMPRESSED = ".gz"


class OutputFile:
    """A file that a format writes, whole or not at all: it replaces the one of the same name when the block ends without an error.

    A file whose name ends in ``.gz`` is compressed by gzip.

    Parameters
    ----------
    path : str or path
    strict : bool
        Whether `cannot` raises.

    Attributes
    ----------
    path : Path
    binary : file object
        For functions that write bytes, such as ``numpy.save``.
    issues : list of str
        The unsupported properties that `cannot` listed, without `strict`.
    """

    binary: BinaryIO

    def __init__(self, path: str | Path, *, strict: bool = True, issues: list[str] | None = None) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.strict = strict
        self.issues: list[str] = [] if issues is None else issues
        self._replacements = ExitStack()  # of this file and those beside it
        self._written: list[BinaryIO] = []

    def __enter__(self) -> Self:
        self.binary = self._opened(self.path)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._replacements as replacements:
            if error is not None:
                replacements.__exit__(kind, error, trace)
                return
            with write_errors(self.path, "file"):
                for file in self._written:
                    if isinstance(file, gzip.GzipFile):
                        file.close()  # which does not close the file that it writes to
                    else:
                        flush_to_disk(file)

    def _opened(self, path: Path) -> BinaryIO:
        file = self._replacements.enter_context(atomic_write(path))
        if path.suffix.lower() != COMPRESSED:
            self._written.append(file)
            return file
        compressed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
        self._written += [cast("BinaryIO", compressed), file]
        return cast("BinaryIO", compressed)

    def write(self, content: str | bytes) -> None:
        """Write text in UTF-8, or bytes."""
        self.binary.write(content.encode("utf-8", errors="backslashreplace") if isinstance(content, str) else content)

    def beside(self, suffix: str) -> OutputFile:
        """Return the file of the same name with another suffix, for formats of several files. It is written with this one.

        All files are whole on the disk before the first of them replaces another file.
        """
        is_compressed = self.path.suffix.lower() == COMPRESSED
        path = self.path.with_suffix("").with_suffix(f"{suffix}{COMPRESSED}") if is_compressed else self.path.with_suffix(suffix)
        other = OutputFile(path, strict=self.strict, issues=self.issues)
        other.binary = self._opened(path)
        return other

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
            raise FormatError(f"{self.name}: {what} (strict=False leaves it out)")
        self.issues.append(f"{self.name}: {what}")
