"""Ctrl-C between two blocks of epochs, never within one, so that the log says exactly what the weights have been through."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class DeferredInterrupts:
    """Holds the first Ctrl-C back until `check` is called, or the end; a second one is not held.

    Outside the main thread, or where Ctrl-C does not raise KeyboardInterrupt anyway, it changes nothing.
    """

    def __init__(self) -> None:
        self._is_held = False
        self._before: Any = None

    def __enter__(self) -> DeferredInterrupts:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._hold)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if one was held back."""
        if self._is_held:
            self._is_held = False
            raise KeyboardInterrupt

    def _hold(self, number: int, frame: FrameType | None) -> None:
        self._is_held = not self._is_held
        if not self._is_held:
            signal.default_int_handler(number, frame)
