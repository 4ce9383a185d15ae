"""Runs of the next seeds in worker processes, while the present one is awaited, so that several seeds use all processors.

The runs of a command begin in its own process. Once more than about five seconds of work are expected, worker processes make the next
runs, a few seeds ahead, and write their folders. The command takes their outcomes in the order of the seeds, so that its output does not
change.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from connectionist.errors import DivergenceError
from connectionist.experiments.result import Result
from connectionist.experiments.run_folder import write_run
from connectionist.experiments.run_task import run
from connectionist.experiments.seed_folders import seed_folder
from connectionist.experiments.study.executors import WorkerProcesses, processors
from connectionist.experiments.study.scheduler import PARALLEL_FROM
from connectionist.experiments.study.work import PackedWork, Work, unpack
from connectionist.experiments.task_members import has_criterion
from connectionist.plugins.faults import describe_fault
from connectionist.utils.folders import make_folder
from connectionist.utils.json_values import json_value

SEEDS_PER_WORKER = 2  # one that is run, and one that waits


@dataclass(frozen=True)
class SeedOutcome:
    """What a run has left.

    Attributes
    ----------
    report : dict or None
        Its report as JSON values; None if a plugin raised an error before training.
    messages : tuple of str
        Why the run failed; empty if it did not.
    has_criterion : bool
        Whether the task has a criterion.
    """

    report: dict[str, Any] | None
    messages: tuple[str, ...]
    has_criterion: bool = False


def run_seed(packed: PackedWork, seed: int) -> SeedOutcome:
    """Run a task with one seed, and write the folder of the run, if it gets one.

    Raises
    ------
    FileError
        If the folder cannot be written.
    """
    work = unpack(packed)
    messages: list[str] = []
    try:
        result = _run(work, seed)
    except Exception as error:  # of a plugin, which may raise anything
        found = getattr(error, "result", None)
        messages.append(str(error) if isinstance(error, DivergenceError) else describe_fault(error))
        if not isinstance(found, Result):
            return SeedOutcome(None, tuple(messages))
        result = found
        messages += result.report["failures"]
    if work.keep is not None:
        folder = Path(work.keep) / seed_folder(seed)
        make_folder(folder)
        write_run(folder, result, work.command_line)
    return SeedOutcome(json_value(result.report), tuple(dict.fromkeys(messages)), has_criterion(result.task))


def _run(work: Work, seed: int) -> Result:
    """Run a task with one seed. With a folder, the training writes checkpoints."""
    options: dict[str, Any] = {"seed": seed, "parameters": work.parameters, **work.options}
    if work.keep is None:
        return run(work.subject, **options)  # type: ignore[arg-type]
    from connectionist.experiments.run_with_checkpoints import run_with_checkpoints

    folder = Path(work.keep) / seed_folder(seed)
    return run_with_checkpoints(work.subject, folder, work.command_line, work.checkpoint_every, **options)  # type: ignore[arg-type]


class SeedsAhead:
    """Worker processes for the next seeds of a command. They end with the block.

    Parameters
    ----------
    work : Work
        The task, the arguments of `connectionist.run`, and the folder for the folders of the seeds.
    seeds : range
    """

    def __init__(self, work: Work, seeds: range) -> None:
        self._work, self._seeds = work, seeds
        self._next = seeds.start  # the first seed that is neither being run nor was taken
        self._futures: dict[int, Future[SeedOutcome]] = {}
        self._executor: WorkerProcesses | None = None
        self._workers = processors()
        self._lock = threading.Lock()
        self._start_time = monotonic()
        self._timer = threading.Timer(PARALLEL_FROM, self._start)
        self._timer.daemon = True

    def __enter__(self) -> SeedsAhead:
        if self._workers > 1 and self._seeds.stop - self._seeds.start > 1:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._seeds = range(0)  # so that the timer starts nothing
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def take(self, seed: int) -> Future[SeedOutcome] | None:
        """Return the run of the next seed in a worker; None if it is to be made in this process."""
        done = seed - self._seeds.start
        if done == 1:
            self._start_time = monotonic()  # the first run takes longer, since it imports modules and loads code
        elif done > 1 and (monotonic() - self._start_time) / (done - 1) * (self._seeds.stop - seed) >= PARALLEL_FROM:
            self._start()
        with self._lock:
            self._next = max(self._next, seed + 1)
            future = self._futures.pop(seed, None)
            self._submit()
        return future

    def finished(self) -> Iterator[tuple[int, SeedOutcome]]:
        """Yield the seeds whose runs have ended and were not taken, with their outcomes."""
        for seed, future in sorted(self._futures.items()):
            if future.done() and not future.cancelled() and future.exception() is None:
                yield seed, future.result()

    def _start(self) -> None:
        """Start the workers, unless they were started or there is only one processor."""
        with self._lock:
            if self._executor is None and self._workers > 1 and self._next < self._seeds.stop:
                self._executor = WorkerProcesses(min(self._workers, self._seeds.stop - self._next))
                self._submit()

    def _submit(self) -> None:
        """Give the next seeds to the workers."""
        while self._executor is not None and len(self._futures) < SEEDS_PER_WORKER * self._workers and self._next < self._seeds.stop:
            self._futures[self._next] = self._executor.submit(run_seed, PackedWork.of(self._work), self._next)
            self._next += 1
