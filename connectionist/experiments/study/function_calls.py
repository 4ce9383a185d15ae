"""Calls of a function with 0, 1, 2, …, made as the runs of a study are: by worker processes, if they take more than a few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connectionist.experiments.study.executors import WorkerStartError
from connectionist.experiments.study.make_runs import can_be_sent, make_runs
from connectionist.experiments.study.plan import PlannedCondition
from connectionist.experiments.study.scheduler import Progress, Scheduler
from connectionist.experiments.study.work import CallOutcome, ChunkResults, Work

T = TypeVar("T")


def call_for_each(function: Callable[[int], T], count: int, step: Callable[[], None], used: Iterable[object] = ()) -> list[T]:
    """Return what a function returns for each number below `count`.

    Calls whose worker process ended or could not load the function are repeated in this process.

    Parameters
    ----------
    function : function
        Its value depends on the number only.
    count : int
    step : function
        Called after each call.
    used : iterable
        Functions of the user that `function` calls, or None. Unless other processes can import them, all calls are made in this process.

    Raises
    ------
    Exception
        The first that the function raised, unchanged.
    """
    outcomes: CallOutcomes[T] = CallOutcomes(step)
    condition = PlannedCondition(0, "", {}, [range(count)])
    pending = ((condition, number) for number in range(count))
    scheduler = Scheduler(pending, None, outcomes, Progress(count), lambda _: None)
    workers = None if all(each is None or can_be_sent(each) for each in used) else 1
    with suppress(WorkerStartError):
        make_runs(scheduler, Work(OutcomeFunction(function)), count, workers, None)
    for number in range(count):
        if number not in outcomes.found:
            outcomes.found[number] = function(number)
            step()
    return [outcomes.found[number] for number in range(count)]


@dataclass(frozen=True)
class OutcomeFunction:
    """A function whose value or exception is the outcome of a run."""

    function: Callable[[int], Any]

    def __call__(self, seed: int) -> CallOutcome:
        """Call the function with the number of a run."""
        try:
            return CallOutcome(self.function(seed))
        except (Exception, SystemExit) as error:  # a user's function may raise anything
            return CallOutcome(error=error)


class CallOutcomes(Generic[T]):
    """The outcomes of runs, in memory.

    Parameters
    ----------
    step : function
        Called after each outcome.

    Attributes
    ----------
    found : dict of int to object
        Values by the number of the call.
    """

    def __init__(self, step: Callable[[], None]) -> None:
        self.found: dict[int, T] = {}
        self._step = step

    def add(self, results: ChunkResults) -> None:
        """Add the outcomes of a chunk. What a function raised is raised."""
        for number, outcome in results.outcomes:
            if outcome.error is not None:
                raise outcome.error
            self.found[number] = outcome.value
            self._step()

    def keep(self) -> None:
        """See `ResultSink`."""

    def flush(self) -> None:
        """See `ResultSink`."""
