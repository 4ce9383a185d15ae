"""Protection of standard output and of the working folder from the code of plugins."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress


@contextmanager
def plugin_code() -> Iterator[None]:
    """Print on standard error what the block prints, and restore the working folder and ``sys.argv`` afterwards.

    Standard output has only the output of the command. The paths of the command line refer to the folder in which it was started.
    """
    folder, arguments = None, list(sys.argv)
    with suppress(OSError):  # the folder may have been removed
        folder = os.getcwd()  # noqa: PTH109
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv[:] = arguments
        if folder is not None:
            with suppress(OSError):
                os.chdir(folder)
