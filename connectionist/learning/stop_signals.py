"""The signals that end a command of the command line.

A handler notes the signal, and training asks for it after each block. An exception that a handler raises can be lost: Python drops it if
the handler runs in a destructor or in a callback of a weak reference. `StopSignals.send_again` then repeats the signal.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from time import monotonic, sleep
from types import FrameType, TracebackType
from typing import Any

STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
SECONDS_TOGETHER = 0.25  # a terminal that is closed, and programs that pass a signal on, send it twice
SECONDS_TO_REPEAT = 0.02


class Response(Enum):
    """Responses of `StopSignals` to the first signal."""

    NOTE = "note it"  # until the handlers of all signals are installed
    RAISE = "raise KeyboardInterrupt"
    DELAY = "announce it, and raise KeyboardInterrupt at the next check"
    NOTHING = "nothing"


class StopSignals:
    """The signals SIGINT, SIGTERM and SIGHUP, which end a command of the command line.

    After `allow`, the first signal raises KeyboardInterrupt at once. From the start of training until the next `allow`, the first signal is
    only noted: training ends at the next `check`, and the results are written. A measurement in between, which may take long, is left at
    once (`raising`). Each further signal raises KeyboardInterrupt at once, except within a quarter of a second after the one before.

    Parameters
    ----------
    announce : function
        Function that prints a line. A handler calls it, so it must not use a buffer.

    Attributes
    ----------
    number : int
        The first signal; 0 before it.
    """

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self.number = 0
        self._announce = announce
        self._response = Response.NOTE
        self._is_pending = False
        self._is_dropped = False
        self._last_time = float("-inf")

    def __enter__(self) -> StopSignals:
        self._response = Response.DELAY
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keep delaying, since the results of the training are not yet written."""

    @property
    def name(self) -> str:
        """Name of the first signal; "" before it."""
        return signal.Signals(self.number).name if self.number else ""

    @property
    def cause(self) -> str:
        """The first signal as part of a message: " by SIGTERM"; "" before it."""
        return f" by {self.name}" if self.number else ""

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal has come since the last call."""
        if self._is_pending:
            self._is_pending = False
            raise KeyboardInterrupt

    def allow(self) -> None:
        """Let the first signal raise KeyboardInterrupt at once. Raise it now if the signal has already come."""
        self._response = Response.RAISE
        if self.number:
            raise KeyboardInterrupt

    @contextmanager
    def raising(self) -> Iterator[None]:
        """In the block, raise KeyboardInterrupt at once at the first signal. Raise it now if one has come since the last check."""
        earlier = self._response
        if earlier is Response.DELAY:
            self._response = Response.RAISE
        try:
            self.check()
            yield
        finally:
            self._response = earlier

    def close(self) -> None:
        """Ignore all further signals."""
        self._response = Response.NOTHING

    def receive(self, number: int, frame: FrameType | None = None) -> None:
        """Handle a signal, as a handler of `signal.signal`."""
        del frame
        was_dropped, self._is_dropped = self._is_dropped, False
        is_repeated = monotonic() - self._last_time < SECONDS_TOGETHER and not was_dropped
        if self._response is Response.NOTHING or is_repeated:
            return
        self._last_time = monotonic()
        is_first = not self.number
        if is_first:
            self.number = number
            self._is_pending = True
        if self._response is Response.NOTE:
            return
        if self._response is Response.RAISE or not is_first:
            raise KeyboardInterrupt
        self._announce(f"{self.name} received: training ends, and results are written; a second signal ends this at once")

    def send_again(self, dropped: Any) -> bool:
        """Send the signal again, in a moment, if Python has dropped its KeyboardInterrupt. Return whether it has.

        Parameters
        ----------
        dropped : object
            Argument of `sys.unraisablehook`.
        """
        is_ours = self.number and self._response is not Response.NOTHING and isinstance(dropped.exc_value, KeyboardInterrupt)
        if not is_ours or not hasattr(signal, "pthread_kill"):
            return False
        self._is_dropped = True
        _thread.start_new_thread(_send_soon, (self.number,))  # `threading` takes locks that the interrupted code may hold
        return True


def _send_soon(number: int) -> None:
    sleep(SECONDS_TO_REPEAT)
    ident = threading.main_thread().ident
    assert ident is not None  # the main thread has started
    signal.pthread_kill(ident, number)


_inactive = StopSignals()
_active: StopSignals | None = None  # while a command runs in the main thread


@contextmanager
def handle_stop_signals(announce: Callable[[str], None]) -> Iterator[StopSignals]:
    """Install the handlers of a command, and restore the earlier ones at the end of the block.

    SIGINT is handled also if the process ignores it, since a shell starts background jobs so. SIGTERM and SIGHUP stay ignored if they are,
    as under ``nohup``. Outside the main thread, where Python has no handlers, no signal is handled.

    Parameters
    ----------
    announce : function
        As for `StopSignals`.

    Yields
    ------
    StopSignals
        It delays the first signal until `allow` is called.
    """
    global _active  # noqa: PLW0603  (signal handlers belong to the process)
    if threading.current_thread() is not threading.main_thread():
        yield StopSignals()
        return
    signals = StopSignals(announce)
    earlier, earlier_active, earlier_hook = {}, _active, sys.unraisablehook
    for number in STOP_SIGNALS:
        handler = signal.getsignal(number)
        if handler is not None and (number == signal.SIGINT or handler != signal.SIG_IGN):
            earlier[number] = handler
    try:
        _active = signals
        sys.unraisablehook = lambda dropped: None if signals.send_again(dropped) else earlier_hook(dropped)
        for number in earlier:
            signal.signal(number, signals.receive)
        yield signals
    finally:
        signals.close()
        for number, handler in earlier.items():
            signal.signal(number, handler)
        sys.unraisablehook = earlier_hook
        _active = earlier_active


def active_signals() -> StopSignals | None:
    """Return the signals of the command that runs in this thread; None outside a command."""
    return _active if threading.current_thread() is threading.main_thread() else None


def stop_signals() -> StopSignals:
    """Return the signals of the command that runs in this thread. Outside a command, nothing sends any."""
    return active_signals() or _inactive
