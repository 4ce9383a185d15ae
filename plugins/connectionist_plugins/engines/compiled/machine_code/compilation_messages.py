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
from connectionist.utils.worker_process import is_worker

NOTICEABLE_SECONDS = 0.5

_lock = threading.Lock()


class OtherCompilerError(Exception):
    """A compiler leaves code to another one, so that it is still compiled."""


class Activity:
    """What a user may have to wait for. It may happen several times before it is reported, and in several threads.

    Parameters
    ----------
    beginning : str
        Line that is printed as soon as it has taken `NOTICEABLE_SECONDS` since the last report.
    is_said_by_workers : bool
        Whether workers of another process print lines, too.
    """

    def __init__(self, beginning: str, *, is_said_by_workers: bool) -> None:
        self.beginning = beginning
        self.is_said_by_workers = is_said_by_workers
        self.running = 0
        self._start = 0.0  # since when it has been running in at least one thread
        # since the last report:
        self.seconds = 0.0
        self.is_announced = False
        self.has_failed = False

    @contextlib.contextmanager
    def happening(self) -> Iterator[None]:
        """Measure the time of the block, and print the line for the beginning if it is due meanwhile."""
        with _lock:
            now = time.perf_counter()
            if not self.running:
                self._start = now
            timer = threading.Timer(max(NOTICEABLE_SECONDS - self.seconds - (now - self._start), 0.0), self._announce)
            timer.daemon = True
            self.running += 1
        try:
            with contextlib.suppress(RuntimeError):  # no further thread can be started
                timer.start()
            yield
        except BaseException as error:
            self.has_failed |= not isinstance(error, OtherCompilerError)
            raise
        finally:
            timer.cancel()
            with _lock:
                self.running -= 1
                if not self.running:  # threads that compile at the same time are waited for once
                    self.seconds += time.perf_counter() - self._start

    def _announce(self) -> None:
        with _lock:
            if self.running and not self.is_announced:
                self.is_announced = True
                self.say(self.beginning)

    def take(self) -> tuple[float, bool]:
        """Return the time to report, 0 if there is none, and whether a block raised, and begin again.

        What still happens in another thread is reported later.
        """
        with _lock:
            if self.running:
                return 0.0, False
            seconds = self.seconds if self.is_announced or self.seconds >= NOTICEABLE_SECONDS else 0.0
            has_failed = self.has_failed
            self.seconds, self.is_announced, self.has_failed = 0.0, False, False
            return seconds, has_failed

    def say(self, text: str) -> None:
        """Print a line on standard error, if this process says what it does."""
        if self.is_said_by_workers or not is_worker():
            _print_line(text)


compiling = Activity("compiling code for this processor", is_said_by_workers=True)
waiting = Activity(  # of several workers, the one that compiles says so
    "waiting while another process or thread compiles code for this processor", is_said_by_workers=False
)


def say_other_folder(given: str, reason: str, used: str | None) -> None:
    """Print that code is kept in another folder than the user gave, or in none. Workers do not, since the process of the study does."""
    if not is_worker():
        instead = "is not kept" if used is None else f"is kept in {used!r}"
        _print_line(f"compiled code {instead}, since CONNECTIONIST_CACHE={given!r} cannot be used ({reason})")


def _print_line(text: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it, or it is closed
            print_text(f"connectionist: {text}", sys.stderr)


_not_kept: list[str] = []  # reasons since the last report


def note_not_kept(reason: str) -> None:
    """Remember for the next report that compiled code could not be kept on disk. The reason is a predicate of the code."""
    _not_kept.append(reason)


def report() -> None:
    """Print for how long code was compiled and waited for since the last report, if that was noticeable."""
    if not (compiling.seconds or waiting.seconds):  # since each call of a kernel comes here
        return
    seconds, _ = waiting.take()
    if seconds:
        waiting.say(f"waited {seconds:.1f} s for another process or thread")
    reasons = _not_kept[:]
    seconds, has_failed = compiling.take()
    if seconds and has_failed:
        compiling.say(f"compiling code for this processor took {seconds:.1f} s; not all of it was compiled")
    elif seconds:
        often = f"; every process must compile at least a part of it, which {reasons[0]}" if reasons else ", once"
        compiling.say(f"compiled code for this processor in {seconds:.1f} s{often}")
    if not compiling.running:
        del _not_kept[: len(reasons)]
