"""Reporters, which show the progress of training.

A reporter is a context manager for one run. It yields a function that training calls with the run after each block of epochs.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import TYPE_CHECKING

from connectionist.learning.progress_notebook import ProgressLine, in_notebook
from connectionist.learning.run import Run
from connectionist.utils.visible_text import print_text, visible_text

if TYPE_CHECKING:
    from rich.progress import Progress

Report = Callable[[Run], None]
Reporter = AbstractContextManager[Report]
SECONDS_BETWEEN_LINES = 10.0


class ReportAtEpochs(ABC):
    """A report that is due after certain epochs: a block of epochs ends there. It freezes no weight, and frees none."""

    @abstractmethod
    def __call__(self, run: Run) -> None:
        """Show a run after a block."""

    @abstractmethod
    def epochs_that_fit(self, run: Run, count: int) -> int:
        """Return the number of epochs to train in the next block, from 1 to `count`."""


def ignore_run(_: Run) -> None:
    """Show nothing of a run."""


def no_progress() -> Reporter:
    """Return a reporter that shows nothing."""
    return nullcontext(ignore_run)


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """Show a bar on standard error or in the notebook, with the number of epochs, error, fraction correct and time left.

    Parameters
    ----------
    title : str

    Yields
    ------
    function
        Function that shows the state of a `Run`.
    """
    if in_notebook():
        with _notebook_bar(title) as report:
            yield report
        return
    with _bars() as bars, _bar(bars, title) as report:
        yield report


@contextmanager
def progress_lines(title: str) -> Iterator[Report]:
    """Print a line on standard error every ten seconds, if standard error is not a terminal and cannot show a bar.

    Parameters
    ----------
    title : str

    Yields
    ------
    function
        Function that shows the state of a `Run`.
    """
    last_time = monotonic()

    def report(run: Run) -> None:
        nonlocal last_time
        if monotonic() - last_time >= SECONDS_BETWEEN_LINES:
            last_time = monotonic()
            print_text(f"{title}: epoch {run.epochs} of {_planned(run)}, {_state(run)}", sys.stderr)

    yield report


@contextmanager
def progress_over_seeds(title: str, seeds: int) -> Iterator[Callable[[int], Reporter]]:
    """Show the progress of runs with several seeds on standard error.

    On a terminal, a bar for the seeds is above the bar of the present run. Otherwise a line is printed every ten seconds.

    Parameters
    ----------
    title : str
    seeds : int
        Number of runs, at least 1.

    Yields
    ------
    function
        Function of a seed that returns the reporter of its run.
    """
    if not sys.stderr.isatty():
        yield lambda seed: progress_lines(f"{title}, seed {seed}")
        return
    with _bars() as bars:
        over_seeds = bars.add_task(visible_text(title), total=seeds, unit="seeds", state="") if seeds > 1 else None

        @contextmanager
        def reporter(seed: int) -> Iterator[Report]:
            with _bar(bars, f"seed {seed}" if seeds > 1 else title, keep=seeds == 1) as report:
                yield report
            if over_seeds is not None:
                bars.advance(over_seeds)

        yield reporter


@contextmanager
def progress_over(title: str, total: int, unit: str, shown: bool = True) -> Iterator[Callable[[], None]]:
    """Show on standard error or in the notebook how many of `total` things are done.

    Parameters
    ----------
    title : str
    total : int
        Number of things.
    unit : str
        Plural noun for the things.
    shown : bool
        False to show nothing.

    Yields
    ------
    function
        Function without arguments. Call it after each thing.
    """
    if not shown:
        yield lambda: None
        return
    with _bars() as bars:
        task = bars.add_task(visible_text(title), total=total, unit=unit, state="")
        yield lambda: bars.advance(task)


@contextmanager
def progress_state(title: str, total: int, unit: str) -> Iterator[Callable[[int, str], None]]:
    """Show on standard error how many of `total` things are done, and a text on their state.

    Parameters
    ----------
    title, total, unit
        As for `progress_over`.

    Yields
    ------
    function
        Function of the number of things that are done, and the text.
    """
    with _bars() as bars:
        task = bars.add_task(visible_text(title), total=total, unit=unit, state="")
        yield lambda done, state: bars.update(task, completed=done, state=state)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


@contextmanager
def _bar(bars: Progress, title: str, keep: bool = True) -> Iterator[Report]:
    task = bars.add_task(visible_text(title), total=None, unit="epochs", state="")
    done = 0

    def report(run: Run) -> None:
        nonlocal done
        done = run.epochs
        bars.update(task, completed=done, total=_planned(run), state=_state(run))

    try:
        yield report
        bars.update(task, total=done)
    finally:
        bars.update(task, visible=keep)
        bars.stop_task(task)


@contextmanager
def _notebook_bar(title: str) -> Iterator[Report]:
    line = ProgressLine(title, "epochs")
    try:
        yield lambda run: line.update(run.epochs, _planned(run), _state(run))
    finally:
        line.finish()


def _planned(run: Run) -> int:
    """Return the largest number of epochs that a run can have."""
    return sum(phase.epochs for phase in run.phases)


def _state(run: Run) -> str:
    return f"error {run.error:.4g} · correct {run.correct:.0%}"
