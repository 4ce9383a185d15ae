"""Protection of standard output, of the working folder and of the meaning of KeyboardInterrupt from the code of plugins."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress

from connectionist.errors import TrainingInterrupted
from connectionist.learning.interrupts import stop_signals
from connectionist.plugins.faults import as_plugin_error, raising_plugin


@contextmanager
def plugin_code() -> Iterator[None]:
    """Print on standard error what the block prints, and restore the working folder afterwards.

    Standard output has only the output of the command. The paths of the command line refer to the folder in which it was started.
    """
    folder = None
    with suppress(OSError):  # the folder may have been removed
        folder = os.getcwd()  # noqa: PTH109
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if folder is not None:
            with suppress(OSError):
                os.chdir(folder)


@contextmanager
def only_signals_interrupt() -> Iterator[None]:
    """Convert a KeyboardInterrupt that a plugin raises, and no signal, into PluginError.

    Raises
    ------
    PluginError
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raised = error.__context__ if isinstance(error, TrainingInterrupted) else error
        if stop_signals().number or raised is None or raising_plugin(raised) is None:
            raise
        vars(raised).update(vars(error))  # such as the run
        raise as_plugin_error(raised) from error
