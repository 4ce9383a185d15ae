"""Lines on standard error for what a user may have to wait for: compiling, and waiting for another process that compiles.

If it takes noticeable time, one line comes while it happens, and one at its end, before the kernel runs, says how long it took.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

from connectionist.utils.visible_text import print_text

NOTICEABLE_SECONDS = 0.5

_lock = threading.Lock()


class Activity:
    """What a user may have to wait for. It may happen several times before it is reported, and in several threads.

    Parameters
    ----------
    beginning : str
        Line that is printed as soon as it has taken `NOTICEABLE_SECONDS` since the last report.
    """

    def __init__(self, beginning: str) -> None:
        self.beginning = beginning
        self.running = 0
        self.seconds = 0.0  # since the last report
        self.is_announced = False

    @contextlib.contextmanager
    def happening(self) -> Iterator[None]:
        """Measure the time of the block, and print the line for the beginning if it is due meanwhile."""
        timer = threading.Timer(max(NOTICEABLE_SECONDS - self.seconds, 0.0), self._announce)
        timer.daemon = True
        before = time.perf_counter()
        with _lock:
            self.running += 1
        try:
            with contextlib.suppress(RuntimeError):  # no further thread can be started
                timer.start()
            yield
        finally:
            timer.cancel()
            with _lock:
                self.running -= 1
                self.seconds += time.perf_counter() - before

    def _announce(self) -> None:
        with _lock:
            if self.running and not self.is_announced:
                self.is_announced = True
                _print_line(self.beginning)

    def take_seconds(self) -> float:
        """Return the time to report, 0 if there is none, and begin again. What still happens in another thread is reported later."""
        with _lock:
            if self.running:
                return 0.0
            seconds = self.seconds if self.is_announced or self.seconds >= NOTICEABLE_SECONDS else 0.0
            self.seconds, self.is_announced = 0.0, False
            return seconds


compiling = Activity("compiling code for this processor")
waiting = Activity("waiting while another process or thread compiles code for this processor")
_not_kept: list[str] = []  # reasons since the last report


def note_not_kept(reason: str) -> None:
    """Remember for the next report that compiled code could not be kept on disk, and why."""
    _not_kept.append(reason)


def report() -> None:
    """Print for how long code was compiled and waited for since the last report, if that was noticeable."""
    if not (compiling.seconds or waiting.seconds):  # since each call of a kernel comes here
        return
    if seconds := waiting.take_seconds():
        _print_line(f"waited {seconds:.1f} s for another process or thread")
    reasons = _not_kept[:]
    if seconds := compiling.take_seconds():
        often = f"; every process must compile it, since {reasons[0]}" if reasons else ", once"
        _print_line(f"compiled code for this processor in {seconds:.1f} s{often}")
    if not compiling.running:
        del _not_kept[: len(reasons)]


def _print_line(text: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it, or it is closed
            print_text(f"connectionist: {text}", sys.stderr)
