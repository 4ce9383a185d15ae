"""Where the runs of a study are made: in this process, in worker processes, or by an executor."""

from __future__ import annotations

from concurrent.futures import Executor
from types import FunctionType, NoneType

from connectionist.experiments.importable import is_importable, name_of
from connectionist.experiments.study.automatic import run_automatically
from connectionist.experiments.study.executors import ThisProcess, WorkerProcesses, processors
from connectionist.experiments.study.scheduler import Place, Scheduler
from connectionist.experiments.study.work import PackedWork, Work
from connectionist.plugins.error_text import error_text
from connectionist.utils.caller_warnings import warning_once

CHUNKS_PER_WORKER = 2  # one that is executed, and one that waits
CHUNKS_OF_EXECUTOR = 64  # at a time, if the number of its workers is not known


@warning_once()
def make_runs(scheduler: Scheduler, work: Work, runs: int, workers: int | None, executor: Executor | None) -> None:
    """Make some runs with the workers or the executor of `Study.run`."""
    if executor is not None:
        known = workers or getattr(executor, "_max_workers", None)
        chunks = CHUNKS_PER_WORKER * known if isinstance(known, int) else CHUNKS_OF_EXECUTOR
        scheduler.places = [Place(executor, PackedWork.of(work), chunks)]
        scheduler.run()
    elif workers == 1:
        scheduler.places = [Place(ThisProcess(), work, 1)]
        scheduler.run()
    else:
        with _Processes(work) as processes:
            if workers is None:
                run_automatically(scheduler, work, processes.start_if_possible if processors() > 1 else None)
            else:
                scheduler.places = processes.start(runs, workers)
                scheduler.run()


def obstacle_of(work: Work) -> str:
    """Return why other processes cannot make the runs; "" if they can."""
    options = work.options
    given = (work.subject, options.get("rule"), options.get("procedure"), options.get("engine"))
    objects = [value for value in given if not isinstance(value, (str, NoneType))]
    objects += [function for function in (work.measure, *(recorder.when for recorder in options.get("record", ()))) if function is not None]
    for each in objects:
        if not can_be_sent(each):
            return f"others cannot import {name_of(each)}, which is a lambda or in a notebook or script; define it in a module"
    try:
        PackedWork.of(work)
    except Exception as error:  # of the class of an argument
        return f"its arguments cannot be sent to others ({error_text(error)})"
    return ""


def can_be_sent(used: object) -> bool:
    """Return whether other processes can import a function, or the class of an object."""
    return is_importable(used if isinstance(used, FunctionType) else type(used))


class _Processes:
    """Worker processes, which are started on demand and end with the block.

    Parameters
    ----------
    work : Work
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._executor: WorkerProcesses | None = None

    def __enter__(self) -> _Processes:
        return self

    def start(self, runs: int, workers: int | None = None) -> list[Place]:
        """Return processes for a number of runs: one per processor by default, and at most one per run."""
        count = max(1, min(workers or processors(), runs))
        self._executor = WorkerProcesses(count)
        return [Place(self._executor, PackedWork.of(self._work), CHUNKS_PER_WORKER * count)]

    def start_if_possible(self, runs: int) -> list[Place] | None:
        """Return processes for a number of runs; None if they cannot make them."""
        return None if obstacle_of(self._work) else self.start(runs)

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
