"""Shows how far training has come. A reporter is entered for a run and gives a function that is told of each block of epochs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from time import monotonic
from typing import TYPE_CHECKING, Any

from connectionist.learning.run import Run

if TYPE_CHECKING:
    from rich.progress import Progress

Reporter = AbstractContextManager[Callable[[Run], None]]
SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_UPDATES = 0.1  # of a line in a notebook: each update is a message to the browser


@contextmanager
def no_progress() -> Iterator[Callable[[Run], None]]:
    """Show nothing."""
    yield lambda _: None


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[Run], None]]:
    """Show a bar on standard error, or in the notebook: epochs done, error, fraction right, time left."""
    if in_notebook():
        with _line(title) as report:
            yield report
        return
    with _bars() as bars, _bar(bars, title) as report:
        yield report


@contextmanager
def progress_lines(title: str) -> Iterator[Callable[[Run], None]]:
    """Print a line on standard error every ten seconds, for where a bar cannot be drawn."""
    last = monotonic()

    def report(run: Run) -> None:
        nonlocal last
        if monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = monotonic()
            print(f"{title}: epoch {run.epochs} of {_planned(run)}, {_state(run)}", file=sys.stderr, flush=True)  # noqa: T201

    yield report


@contextmanager
def progress_over_seeds(title: str, seeds: int) -> Iterator[Callable[[int], Reporter]]:
    """Show how far the runs with several seeds have come, on standard error.

    Parameters
    ----------
    title : str
    seeds : int
        How many runs there will be.

    Yields
    ------
    function
        From a seed to the reporter of its run. On a terminal there is a bar for the seeds above that of the present run;
        elsewhere a line now and then.
    """
    if not sys.stderr.isatty():
        yield lambda seed: progress_lines(f"{title}, seed {seed}")
        return
    with _bars() as bars:
        over_seeds = bars.add_task(title, total=seeds, unit="seeds", state="") if seeds > 1 else None

        @contextmanager
        def reporter(seed: int) -> Iterator[Callable[[Run], None]]:
            with _bar(bars, f"seed {seed}" if seeds > 1 else title, keep=seeds == 1) as report:
                yield report
            if over_seeds is not None:
                bars.advance(over_seeds)

        yield reporter


@contextmanager
def progress_over(title: str, total: int, unit: str, shown: bool = True) -> Iterator[Callable[[], None]]:
    """Show how many of `total` things are done, on standard error or in the notebook.

    Yields
    ------
    function
        To be called after each.
    """
    if not shown:
        yield lambda: None
        return
    with _bars() as bars:
        line = bars.add_task(title, total=total, unit=unit, state="")
        yield lambda: bars.advance(line)


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
def _bar(bars: Progress, title: str, keep: bool = True) -> Iterator[Callable[[Run], None]]:
    line = bars.add_task(title, total=None, unit="epochs", state="")
    done = 0

    def report(run: Run) -> None:
        nonlocal done
        done = run.epochs
        bars.update(line, completed=done, total=_planned(run), state=_state(run))

    try:
        yield report
        bars.update(line, total=done)
    finally:
        bars.update(line, visible=keep)
        bars.stop_task(line)


@contextmanager
def _line(title: str) -> Iterator[Callable[[Run], None]]:
    line = ProgressLine(title, "epochs")
    try:
        yield lambda run: line.update(run.epochs, _planned(run), _state(run))
    finally:
        line.finish()


def _planned(run: Run) -> int:
    return sum(phase.epochs for phase in run.phases)


def _state(run: Run) -> str:
    return f"error {run.error:.4g} · right {run.correct:.0%}"


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook, whose outputs can be updated."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class ProgressLine:
    """A bar with words beside it in a notebook: HTML, and plain text for front ends without HTML.

    The bars of rich need ipywidgets in a notebook and warn where it is not installed; the notebook's own updating display does not.

    Parameters
    ----------
    title : str
    unit : str
        What is counted.
    """

    def __init__(self, title: str, unit: str) -> None:
        self._title, self._unit = title, unit
        self._started = monotonic()
        self._shown = 0.0
        self._done = 0
        self._state = ""
        display: Any = importlib.import_module("IPython.display")
        self._handle = display.display(_bundle(title, 0, 1, "…"), raw=True, display_id=True)

    def update(self, done: int, total: int, state: str) -> None:
        """Show how far it has come, unless it was shown just now."""
        self._done, self._state = done, state
        if monotonic() - self._shown >= SECONDS_BETWEEN_UPDATES:
            self._show(total, f"{done}/{total} {self._unit} · {state} · {self._left(total)} left")

    def finish(self) -> None:
        """Show where it ended, with a full bar."""
        self._show(self._done, f"{self._done} {self._unit} · {self._state} · {_clock(monotonic() - self._started)}")

    def _show(self, total: int, words: str) -> None:
        self._shown = monotonic()
        self._handle.update(_bundle(self._title, self._done, total, words), raw=True)

    def _left(self, total: int) -> str:
        return _clock((monotonic() - self._started) * (total - self._done) / max(self._done, 1))


def _clock(seconds: float) -> str:
    """Return a time as minutes and seconds.

    Examples
    --------
    >>> _clock(83.4)
    '1:23'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _bundle(title: str, done: int, total: int, words: str) -> dict[str, str]:
    bar = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
    return {"text/html": f"<div>{escape(title)} {bar} {escape(words)}</div>", "text/plain": f"{title}: {words}"}
