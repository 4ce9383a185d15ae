"""Standard output and standard error of the command line."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from connectionist.errors import FileError, shorten
from connectionist.utils.visible_text import print_text, visible_line

PROGRAM = "connectionist"
DEBUG = "CONNECTIONIST_DEBUG"


def prepare_streams() -> None:
    """Make standard output and standard error accept any text.

    A stream that the shell closed, which Python represents by None, is replaced by the null device. A stream with an encoding other than
    UTF-8 prints "?" for characters that it does not have, so that no report is lost.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open as long as the process runs)


class _Stream:
    """A stream that passes on to another one what it does not do itself.

    Parameters
    ----------
    stream : file object
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class OutputStream(_Stream):
    """Standard output. If it cannot be written, the first error is raised as FileError, and what follows is discarded.

    The interpreter flushes standard output at exit, and would print a further error. A BrokenPipeError is not converted.
    """

    def write(self, text: str) -> int:
        """Write text."""
        with _output_errors():
            return self._stream.write(text)

    def flush(self) -> None:
        """Flush the stream."""
        with _output_errors():
            self._stream.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        discard_stdout()
        if isinstance(error, BrokenPipeError):
            raise
        raise FileError(f"standard output cannot be written ({error.strerror or error})") from None


@contextmanager
def results_kept(describe: Callable[[], str]) -> Iterator[None]:
    """Add where the results are to the message of a FileError. The block prints them on standard output.

    Parameters
    ----------
    describe : function
        Returns a clause, such as "the summary is in 'out'".
    """
    try:
        yield
    except FileError as error:
        raise FileError(f"{error}; {describe()}") from None


class ErrorStream(_Stream):
    """A stream whose write errors are ignored. A run continues if its terminal, or the reader of its messages, is gone."""

    def write(self, text: str) -> int:
        """Write text, if that is possible."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if that is possible."""
        with suppress(OSError):
            self._stream.flush()


def announce(line: str) -> None:
    """Print a line on standard error without a buffer, as the handler of a signal must."""
    with suppress(OSError, ValueError, AttributeError):  # of a stream that is closed, or that has no file
        os.write(sys.stderr.fileno(), f"{PROGRAM}: {line}\n".encode())


def discard_stdout() -> None:
    """Redirect standard output to the null device."""
    with suppress(OSError, ValueError):  # of a stream without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
) -> None:
    """Print a warning on one line, without the code that raised it; a replacement of `warnings.showwarning`."""
    del filename, lineno, file, line
    print_message(f"{PROGRAM}: warning: {message}" if issubclass(category, UserWarning) else f"{PROGRAM}: {category.__name__}: {message}")


def print_error(name: str, text: str, error: BaseException) -> None:
    """Print an error of a command on one line, after its traceback if ``CONNECTIONIST_DEBUG`` is set."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    print_message(f"{name}: error: {text}")


def print_message(line: str) -> None:
    """Print a line on standard error, without control characters. Values of more than 300 characters are shortened."""
    print_text(visible_line(shorten(line)), sys.stderr)
