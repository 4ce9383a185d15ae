"""The progress of a fit on standard error: trials done, and the smallest distance so far."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from connectionist.experiments.fit.evaluation import Trial
from connectionist.experiments.fit.search import Report
from connectionist.learning.progress import SECONDS_BETWEEN_LINES, progress_state
from connectionist.utils.visible_text import print_text


@contextmanager
def progress_of_fit(title: str, total: int) -> Iterator[Report]:
    """Show a bar on a terminal, or else a line every ten seconds.

    Parameters
    ----------
    title : str
    total : int
        Number of trials.

    Yields
    ------
    function
        Function of the trials so far.
    """
    if sys.stderr.isatty():
        with progress_state(title, total, "trials") as update:
            update(0, "")
            yield lambda made: update(len(made), _smallest(made))
        return
    last_time = monotonic()

    def report(made: Sequence[Trial]) -> None:
        nonlocal last_time
        if monotonic() - last_time >= SECONDS_BETWEEN_LINES:
            last_time = monotonic()
            print_text(f"{title}: {len(made)} of {total} trials, {_smallest(made)}", sys.stderr)

    yield report


def _smallest(made: Sequence[Trial]) -> str:
    """Return the smallest distance, and the number of trials without one."""
    distances = [trial.distance for trial in made if trial.is_finished]
    smallest = f"smallest distance {min(distances):.4g}" if distances else "no distance yet"
    failed = len(made) - len(distances)
    return f"{smallest}, {failed} failed" if failed else smallest
