"""Shows how far training has come. A reporter is entered for a run and gives a function that is told of each block of epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from connectionist.runs import Run

Reporter = AbstractContextManager[Callable[[Run], None]]


@contextmanager
def no_progress() -> Iterator[Callable[[Run], None]]:
    """Show nothing."""
    yield lambda _: None


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[Run], None]]:
    """Show a bar on standard error, or in the notebook: epochs done, error, fraction right, time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs · error {task.fields[error]:.4g} · right {task.fields[correct]:.0%} ·"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        line = bar.add_task(title, total=None, error=float("nan"), correct=0.0)

        def report(run: Run) -> None:
            total = 0
            for phase in run.phases:
                total += phase.epochs
            bar.update(line, completed=run.epochs, total=total, error=run.error, correct=run.correct)

        yield report
