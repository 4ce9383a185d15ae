"""Interruption of training between two blocks of epochs, so that the log agrees with the weights.

In Python, `DeferredInterrupts` delays Ctrl-C while `train` runs. The command line installs `stop_signals.StopSignals` instead, for as long
as a command runs. Both note the signal, and training asks for it after each block, by `check`.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Protocol

from connectionist.learning.stop_signals import active_signals

try:  # the functions of `signal` look each handler up in an enumeration, which takes a tenth of a short training
    from _signal import getsignal as _handler_of  # type: ignore[import-not-found]
    from _signal import signal as _set_handler
except ImportError:  # in a Python other than CPython and PyPy
    from signal import getsignal as _handler_of
    from signal import signal as _set_handler


class Interrupts(Protocol):
    """Context manager for a training. `check` raises KeyboardInterrupt if a signal has come."""

    @property
    def cause(self) -> str:
        """The signal as part of a message: " by SIGTERM"; "" before a signal, and for Ctrl-C in Python."""

    def __enter__(self) -> Interrupts: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal is pending."""


class DeferredInterrupts:
    """Context manager that delays the first Ctrl-C until `check` is called or the context ends. A second Ctrl-C takes effect at once.

    It does nothing outside the main thread, or if the handler of SIGINT is not Python's default handler.
    """

    def __init__(self) -> None:
        self.cause = ""
        self._is_pending = False
        self._previous_handler: Any = None

    def __enter__(self) -> DeferredInterrupts:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and _handler_of(signal.SIGINT) is signal.default_int_handler:
            self._previous_handler = _set_handler(signal.SIGINT, self._defer)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._previous_handler is not None:
            _set_handler(signal.SIGINT, self._previous_handler)
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C is pending."""
        if self._is_pending:
            self._is_pending = False
            raise KeyboardInterrupt

    def _defer(self, number: int, frame: FrameType | None) -> None:
        self._is_pending = not self._is_pending
        if not self._is_pending:
            signal.default_int_handler(number, frame)


def training_interrupts() -> Interrupts:
    """Return what interrupts a training: the signals of the command that runs in this thread, or Ctrl-C in Python."""
    return active_signals() or DeferredInterrupts()
