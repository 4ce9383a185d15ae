"""The share of the time of training that other work in its thread may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time

OUTLIER = 4  # times the duration before, beyond which a duration is not expected again
MOST_WAIT = 10  # on the clock, to the wait in the time of the thread


class TimeShare:
    """Says when a kind of work is due, so that it takes at most a share of the time of its thread.

    The processor time of the work is measured. It is due again when the thread has used this time divided by the share, so that the share
    does not depend on other programs. If the thread hardly uses the processor, since an engine trains elsewhere, it is due after ten times
    as long on the clock.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    least_gap : float
        Seconds on the clock from the end of the work to the next.
    in_advance : float
        Seconds of work that may be done before their time has passed.
    clock, thread_clock : function
        Return the time in seconds, and the processor time of the thread.

    Attributes
    ----------
    seconds : float
        Processor time that the work took the last time.
    """

    def __init__(
        self,
        share: float,
        least_gap: float = 0.0,
        in_advance: float = 0.0,
        clock: Callable[[], float] = perf_counter,
        thread_clock: Callable[[], float] = thread_time,
    ) -> None:
        self.share, self.least_gap, self.in_advance = share, least_gap, in_advance
        self.clock, self.thread_clock = clock, thread_clock
        self.seconds = 0.0
        self._gap_end = self._due = self._latest = -float("inf")

    def is_due(self) -> bool:
        """Return whether the work may be done now."""
        advance, now = self.in_advance / self.share, self.clock()
        return now >= self._gap_end and (self.thread_clock() >= self._due - advance or now >= self._latest - MOST_WAIT * advance)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the work that is done in the block.

        A duration that is far above the one before does not count, as the first may include the compilation of code. The next one counts.
        """
        start = self.thread_clock()
        try:
            yield
        finally:
            end, now = self.thread_clock(), self.clock()
            seconds = end - start
            wait = (seconds if seconds < OUTLIER * self.seconds else self.seconds) / self.share
            self._due = max(self._due, end) + wait
            self._latest = max(self._latest, now) + MOST_WAIT * wait
            self._gap_end = now + self.least_gap
            self.seconds = seconds
