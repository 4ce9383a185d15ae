"""Delays Ctrl-C until a block of epochs has ended, so that the log agrees with the weights."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class DeferredInterrupts:
    """Context manager that delays the first Ctrl-C until `check` is called or the context ends. A second Ctrl-C takes effect at once.

    It does nothing outside the main thread, or if the handler of SIGINT is not Python's default handler.
    """

    def __init__(self) -> None:
        self._is_pending = False
        self._previous_handler: Any = None

    def __enter__(self) -> DeferredInterrupts:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._previous_handler = signal.signal(signal.SIGINT, self._defer)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._previous_handler is not None:
            signal.signal(signal.SIGINT, self._previous_handler)
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
