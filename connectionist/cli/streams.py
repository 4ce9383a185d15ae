"""Standard output, standard error and interrupts of the command line."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from connectionist.utils.visible_text import print_text

PROGRAM = "connectionist"
LONGEST_LINE = 4000  # characters of a message; a name from a file may have millions
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


def enable_interrupts() -> None:
    """Make SIGINT interrupt also a background job. A shell starts those with SIGINT ignored, but it can still be sent on purpose."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def discard_stdout() -> None:
    """Redirect standard output to the null device, because the interpreter flushes it at exit and would print a further error."""
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
    """Print a line on standard error, without control characters and cut after 4,000 characters."""
    print_text(line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…", sys.stderr)
