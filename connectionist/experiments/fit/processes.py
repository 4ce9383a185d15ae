"""Where the runs of a fit are made: in this process, in processes that live as long as the fit, or in an executor that the user gave."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from time import monotonic

from connectionist.errors import ParameterError
from connectionist.experiments.study.executors import WorkerProcesses, processors
from connectionist.experiments.study.scheduler import PARALLEL_FROM
from connectionist.experiments.study.study import Study


class FitProcesses:
    """Makes the runs of one study after another.

    By default they are made in this process, until more than about five seconds of work are left. Then one process per processor is
    started, which also makes the runs of all later studies.

    Parameters
    ----------
    workers : int or None
        Number of processes; None for one per processor, if there is enough work.
    executor : Executor or None
        Executor that the user gave.
    """

    def __init__(self, workers: int | None = None, executor: Executor | None = None) -> None:
        self._workers, self._executor = workers, executor
        self._processes: WorkerProcesses | None = None
        self._may_start = workers is None and executor is None and processors() > 1

    def __enter__(self) -> FitProcesses:
        if self._executor is None and self._workers is not None and self._workers > 1:
            self._start(self._workers)
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)
            self._processes = None

    def run(self, study: Study, folder: Path | None, later: float) -> Study:
        """Make the runs of a study.

        Parameters
        ----------
        study : Study
        folder : Path or None
        later : float
            Number of later studies of the same size.
        """
        executor = self._executor or self._processes
        if executor is not None:
            try:
                return study.run(folder, executor=executor, workers=self._workers)
            except ParameterError as error:
                if not self._may_start:
                    raise self._reworded(error) from None
                self.__exit__()  # no other process can import the function, so all runs are made here
                self._may_start, self._workers = False, 1
        start = monotonic()
        study.run(folder, workers=self._workers)
        if self._may_start and (monotonic() - start) * later > PARALLEL_FROM:
            self._start(processors())
        return study

    def _reworded(self, error: ParameterError) -> ParameterError:
        """Return an error on the executor in words for the argument that the user gave."""
        if self._executor is not None:
            return ParameterError(str(error).replace("Study.run.", "fit.", 1))
        reason = str(error).removeprefix("Study.run.executor: ").rpartition(" (got ")[0]
        return ParameterError(f"fit.workers: {reason} (got {self._workers})")

    def _start(self, workers: int) -> None:
        self._workers, self._processes = workers, WorkerProcesses(workers)
