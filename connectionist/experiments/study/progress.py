"""The progress of a study on standard error: runs done, runs per second, failures, and the time that is left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from connectionist.experiments.study.scheduler import Progress
from connectionist.learning.progress import SECONDS_BETWEEN_LINES, progress_state
from connectionist.utils.visible_text import print_text

Report = Callable[[Progress], None]


@contextmanager
def progress_of_study(title: str, state: Progress) -> Iterator[Report]:
    """Show a bar on a terminal or in a notebook, or else a line every ten seconds.

    Parameters
    ----------
    title : str
    state : Progress
        The progress at the start.

    Yields
    ------
    function
        Function of a `Progress`.
    """
    if sys.stderr.isatty():
        with progress_state(title, state.total, "runs") as update:
            update(state.done, "")
            yield lambda now: update(now.done, _rate_and_failures(now))  # the bar has the time that is left
        return
    last_time = monotonic()

    def report(now: Progress) -> None:
        nonlocal last_time
        if monotonic() - last_time >= SECONDS_BETWEEN_LINES:
            last_time = monotonic()
            left = "" if now.seconds_left is None else f", {timedelta(seconds=round(now.seconds_left))} left"
            print_text(f"{title}: {now.done} of {now.total} runs, {_rate_and_failures(now)}{left}", sys.stderr)

    yield report


def _rate_and_failures(state: Progress) -> str:
    """Return how fast runs are made, and how many failed.

    Examples
    --------
    >>> _rate_and_failures(Progress(total=100, done=40, failed=2, made=40, seconds=20.0))
    '2/s, 2 failed'
    """
    rate = f"{state.rate:.3g}/s" if state.rate >= 1 or not state.rate else f"{1 / state.rate:.3g} s each"
    return f"{rate}, {state.failed} failed" if state.failed else rate
