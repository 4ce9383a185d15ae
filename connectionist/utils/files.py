"""Writing of files. Every file of the simulator is written here, so that no reader finds half a file.

`atomic_write` writes a temporary file in the folder of the target, synchronizes it to the disk, renames it over the target, and
synchronizes the folder. After an error, an interruption, a kill or a power failure, the target has either its old content or all of its
new content. An error removes the temporary file. A process that is killed leaves it; its name contains the process, and the next process
that writes into the folder removes it.

A recording grows while the network trains, so it is written in place with `create_file` and `write_at`. These do not synchronize.
"""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from connectionist.errors import FileError, ParameterError
from connectionist.utils.folders import synchronize, synchronize_folder
from connectionist.utils.temporary_files import remove_leftovers_once, temporary_name
from connectionist.utils.visible_text import shown, spreadsheet_cell, visible_text

if TYPE_CHECKING:
    from typing_extensions import Buffer

BUFFER_BYTES = 2**18


@contextmanager
def atomic_write(path: str | Path, what: str = "file") -> Iterator[BinaryIO]:
    """Write a file whole or not at all: within the block to a temporary file, which replaces the target at the end of the block.

    Parameters
    ----------
    path : str or path
        An existing file is replaced and keeps its permissions. If it is a symbolic link, the file to which the link points is replaced.
    what : str
        Kind of file in error messages.

    Yields
    ------
    file object
        Binary, seekable, without a file descriptor.

    Raises
    ------
    FileError
        If the file cannot be written. An existing file is then unchanged, unless only the folder could not be synchronized.
    """
    with replacement(path, what) as temporary, write_aside(path, temporary, what) as file:
        yield file


@contextmanager
def replacement(path: str | Path, what: str = "file") -> Iterator[Path]:
    """Yield the name of a temporary file, which replaces the target at the end of the block. Other parameters as of `atomic_write`."""
    with write_errors(path, what):
        target = _target(path)
        remove_leftovers_once(target.parent)
        temporary = target.with_name(temporary_name())
        try:
            yield temporary
            os.replace(temporary, target)  # noqa: PTH105  (system calls are called through `os`, so that tests can make each of them fail)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
            raise
        synchronize_folder(target.parent)


@contextmanager
def write_aside(path: str | Path, temporary: Path, what: str = "file") -> Iterator[BinaryIO]:
    """Write the temporary file of a target, which is synchronized and closed at the end of the block."""
    with write_errors(path, what):
        raw = _RawFile(temporary)
        try:
            buffer = io.BufferedWriter(raw, BUFFER_BYTES)
            yield cast("BinaryIO", buffer)
            buffer.flush()
            _copy_mode(path, temporary)
            synchronize(raw.descriptor)
        except BaseException:
            with suppress(OSError):
                raw.close()  # the buffer is not flushed any more, since its file is closed first
            raise
        raw.close()


def write_bytes(path: str | Path, content: Buffer, what: str = "file") -> None:
    """Write bytes to a file, as `atomic_write` does."""
    with atomic_write(path, what) as file:
        file.write(content)


def write_text(path: str | Path, text: str, what: str = "file") -> None:
    r"""Write text to a file in UTF-8, as `atomic_write` does. Surrogates, which UTF-8 does not have, are written as ``\udcff``."""
    write_bytes(path, text.encode("utf-8", errors="backslashreplace"), what)


def write_rows(path: str | Path, rows: Iterable[Iterable[object]], what: str = "file") -> None:
    """Write rows to a CSV file, as `atomic_write` does. The first row is the header. Control characters are written as escapes.

    Text that a spreadsheet would compute as a formula gets an apostrophe in front.
    """
    with atomic_write(path, what) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        csv.writer(text).writerows(map(_cell, row) for row in rows)
        text.detach()


def _cell(value: object) -> object:
    return spreadsheet_cell(visible_text(value) if isinstance(value, str) else value)


def create_file(path: str | Path, content: bytes, what: str = "file") -> None:
    """Write bytes to a new file, in place and without synchronization.

    Raises
    ------
    FileError
        If the file exists or cannot be written.
    """
    with write_errors(path, what), _RawFile(path) as file:
        write_all(file.descriptor, content)


def write_at(path: str | Path, content: bytes, offset: int, what: str = "file", *, synchronized: bool = False) -> None:
    """Write bytes into an existing file from an offset in bytes, in place, and without synchronization unless it is asked for.

    Raises
    ------
    FileError
        If the file does not exist or cannot be written. It may have a part of the bytes then.
    """
    with write_errors(path, what), _RawFile(path, os.O_WRONLY) as file:
        file.seek(offset)
        write_all(file.descriptor, content)
        if synchronized:
            synchronize(file.descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all bytes to an open file; the operating system may accept them in parts."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def as_path(given: object, what: str) -> Path:
    """Return a path that a user gave.

    Parameters
    ----------
    given : object
    what : str
        Name of the argument in the message.

    Raises
    ------
    ParameterError
        If it is neither text nor a path, or no text. An empty text, as of a variable that a shell does not know, is not the working folder.
    """
    if not isinstance(given, (str, Path)) or given == "":
        raise ParameterError(f"{what}: must be the name of a file or folder, as text or a Path (got {shown(given)})")
    return Path(given)


def check_path(path: str | Path, what: str) -> Path:
    """Return a path, if the operating system can have a file of this name. The file need not exist.

    Parameters
    ----------
    path : str or path
    what : str
        Beginning of the error message.

    Raises
    ------
    FileError
        If the path or a part of it is too long, or has a character that no name can have, or if there is none.
    """
    if path == "":
        raise FileError(f"{what} must be the name of a file or folder (got '')")
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise FileError(f"{what} {str(path)!r}: the name is too long for a file") from None
    except ValueError:
        raise FileError(f"{what} {str(path)!r}: the name has a character that no file can have in its name") from None
    return Path(path)


@contextmanager
def write_errors(path: str | Path, what: str = "file") -> Iterator[None]:
    """Convert an OSError into a FileError that names the file and the reason, and has the number of the error."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        reason = "it is a folder, not a file" if error.errno == errno.EISDIR else error.strerror or error
        raised = FileError(f"{what} {str(path)!r} cannot be written ({reason})")
        raised.errno = error.errno
        raise raised from None


class _RawFile(io.RawIOBase):
    """A file that is written with `os.write` alone. It has no ``fileno``, so that numpy cannot write past it.

    Parameters
    ----------
    path : str or path
    flags : int
        Flags of ``open(2)``; by default the file must not exist.
    """

    descriptor = -1  # until the file is open

    def __init__(self, path: str | Path, flags: int = os.O_WRONLY | os.O_CREAT | os.O_EXCL) -> None:
        self.descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, content: Buffer, /) -> int:
        return os.write(self.descriptor, content)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return os.lseek(self.descriptor, offset, whence)

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self.descriptor >= 0:
                os.close(self.descriptor)


def _target(path: str | Path) -> Path:
    """Return the file to replace.

    Raises
    ------
    OSError
        If it is a folder or a device, or if it exists and must not be written.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def _copy_mode(target: str | Path, temporary: Path) -> None:
    """Give the temporary file the permissions of the file that it replaces."""
    with suppress(OSError):
        os.chmod(temporary, os.stat(target).st_mode & 0o777)  # noqa: PTH101, PTH116
