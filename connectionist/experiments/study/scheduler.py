"""The runs of a study, given out in chunks, and their results, kept as they come.

A chunk is the number of runs that take about a second, or one run; the first has one run, and each next one at most eight times as many.
A worker returns what it has when its time is over, and the rest is given out again. The runs of a chunk whose worker ended are made once
more, each alone; a run whose worker ends twice gets a row that says so.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from time import monotonic

from connectionist.errors import ConnectionistError
from connectionist.experiments.study.conditions import OfParticipant, participant_values
from connectionist.experiments.study.execute import execute_chunk
from connectionist.experiments.study.executors import WorkerStartError
from connectionist.experiments.study.plan import PlannedCondition
from connectionist.experiments.study.store import DIED, ResultSink
from connectionist.experiments.study.work import Chunk, ChunkResults, ConditionRuns, PackedWork, Work
from connectionist.plugins.error_text import error_text

SECONDS_OF_CHUNK = 1.0
GROWTH = 8  # of the number of runs of a chunk over that of the one before
MOST_RUNS = 4096  # of a chunk
SECONDS_TO_FINISH = 3.0  # after Ctrl-C, for the chunks that are being executed
SECONDS_BETWEEN = 0.25  # looks at whether results must be kept or workers started
PARALLEL_FROM = 5.0  # seconds of expected work from which workers are started

Item = tuple[PlannedCondition, int]


@dataclass(frozen=True)
class Place:
    """Where chunks are executed.

    Attributes
    ----------
    executor : Executor
    work : Work or PackedWork
        What its chunks have; packed if it is in another process.
    chunks : int
        Number of chunks that it has at a time.
    """

    executor: Executor
    work: Work | PackedWork
    chunks: int


@dataclass
class Progress:
    """How far a study is.

    Attributes
    ----------
    total, done, failed : int
        Number of runs; of those with a row; of those whose row has a message.
    made : int
        Number of runs with a row that were made by this call.
    seconds : float
        Time since the call.
    """

    total: int
    done: int = 0
    failed: int = 0
    made: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Runs per second."""
        return self.made / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Expected time that is left; None if it is not known."""
        return (self.total - self.done) / self.rate if self.rate else None


class Scheduler:
    """Gives out the runs of a study, and keeps their results.

    Parameters
    ----------
    pending : iterator of (PlannedCondition, int)
        Condition and seed of each run to make.
    of_participant : function or None
        Function of the seed that returns further parameters.
    store : ResultSink
    progress : Progress
        Updated after each chunk.
    report : function
        Called with the progress after each chunk.

    Attributes
    ----------
    places : list of Place
    more_places : function or None
        Called once the work that is left is expected to take more than 5 seconds. It returns places that take over, or None.
    """

    def __init__(
        self,
        pending: Iterator[Item],
        of_participant: OfParticipant | None,
        store: ResultSink,
        progress: Progress,
        report: Callable[[Progress], None],
    ) -> None:
        self.places: list[Place] = []
        self.more_places: Callable[[int], list[Place] | None] | None = None
        self._pending, self._of_participant = pending, of_participant
        self._store, self._progress, self._report = store, progress, report
        self._returned: deque[Item] = deque()  # runs of chunks that were not finished
        self._alone: deque[Item] = deque()  # runs whose worker ended
        self._attempts: dict[tuple[int, int], int] = {}
        self._in_flight: dict[Future[ChunkResults], tuple[Place, list[Item]]] = {}
        self._seconds_per_run: float | None = None
        self._size = 1
        self._chunks_done = 0
        self._start = monotonic()
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """Let `run` in another thread give out no more runs, and end soon."""
        self._is_stopped.set()

    def run(self) -> None:
        """Make all runs.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C, after the chunks that end within three seconds.
        FileError
            If a result cannot be kept.
        ConnectionistError
            If no worker can start, or the executor takes no more calls.
        """
        try:
            while not self._is_stopped.is_set() and self._give_out():
                self._wait(SECONDS_BETWEEN)
                self._start_more()
            if self._is_stopped.is_set():
                self._finish()
        except KeyboardInterrupt:
            self._finish()
            raise
        finally:
            for future in self._in_flight:
                future.cancel()
            self._store.flush()

    def _give_out(self) -> bool:
        """Give chunks to all places that have room. Return whether any chunk is being executed."""
        for place in self.places:
            while sum(at is place for at, _ in self._in_flight.values()) < place.chunks and (items := self._next_items()):
                chunk = Chunk(place.work, _groups(items, self._of_participant), 2 * SECONDS_OF_CHUNK)
                try:
                    self._in_flight[place.executor.submit(execute_chunk, chunk)] = place, items
                except ConnectionistError:
                    raise
                except (BrokenExecutor, RuntimeError) as error:
                    raise WorkerStartError(f"study: the executor takes no more calls ({error_text(error)})") from None
        return bool(self._in_flight)

    def _next_items(self) -> list[Item]:
        """Return the runs of the next chunk; none if there are no more."""
        if self._alone:
            return [self._alone.popleft()]
        count = self._size if self._seconds_per_run is None else int(SECONDS_OF_CHUNK / max(self._seconds_per_run, 1e-9))
        places = sum(place.chunks for place in self.places)
        left = self._progress.total - self._progress.done - sum(len(items) for _, items in self._in_flight.values())
        self._size = max(1, min(count, GROWTH * self._size if self._chunks_done else 1, MOST_RUNS, -(-left // places)))
        items = [self._returned.popleft() for _ in range(min(self._size, len(self._returned)))]
        for item in self._pending if len(items) < self._size else ():
            items.append(item)
            if len(items) == self._size:
                break
        return items

    def _wait(self, seconds: float) -> None:
        """Wait for a chunk, and keep the results of those that ended."""
        done, _ = wait(self._in_flight, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            _, items = self._in_flight.pop(future)
            self._take(future, items)
        self._store.keep()
        self._progress.seconds = monotonic() - self._start
        if done:
            self._report(self._progress)

    def _take(self, future: Future[ChunkResults], items: list[Item]) -> None:
        """Keep the results of a chunk, and give out again what it lacks."""
        try:
            results = future.result()
        except CancelledError:
            self._returned.extend(items)
            return
        except WorkerStartError:
            raise
        except Exception as error:  # of the executor or the worker; those of runs are in rows
            results = self._rows_of_the_dead(items, error)
        else:
            self._measure_time(results)
        made = {(row["condition"], row["seed"]) for row in results.rows}
        left = [item for item in items if (item[0].number, item[1]) not in made]
        is_dead = not results.seconds  # a chunk that was executed has a time
        (self._alone if is_dead else self._returned).extend(left)
        self._store.add(results)
        self._progress.done += len(made)
        self._progress.made += len(made)
        self._progress.failed += sum(bool(row.get("message")) for row in results.rows)

    def _rows_of_the_dead(self, items: list[Item], error: Exception) -> ChunkResults:
        """Return rows for the runs of a chunk without results that were tried before. The others will be tried once more."""
        results = ChunkResults()
        for condition, seed in items:
            key = condition.number, seed
            self._attempts[key] = self._attempts.get(key, 0) + 1
            if self._attempts[key] > 1:
                row = {"condition": key[0], "seed": seed, "stopped": DIED, "message": f"twice: {error_text(error)}"}
                results.rows.append(row)
        return results

    def _measure_time(self, results: ChunkResults) -> None:
        """Update the time of a run: at once if it is shorter, slowly if it is longer, since the first run of a worker takes longer."""
        if results.rows:
            now, before = results.seconds / len(results.rows), self._seconds_per_run
            self._seconds_per_run = now if before is None else min(now, 0.7 * before + 0.3 * now)
            self._chunks_done += 1

    def _start_more(self) -> None:
        """Start workers if much work is left."""
        if self.more_places is None:
            return
        left = self._progress.total - self._progress.done
        is_long = monotonic() - self._start >= PARALLEL_FROM
        if self._chunks_done >= 2 or is_long:
            expected = PARALLEL_FROM if self._seconds_per_run is None else left * self._seconds_per_run
            if expected >= PARALLEL_FROM and left > 1:
                self.places = self.more_places(left) or self.places
                self.more_places = None

    def _finish(self) -> None:
        """Keep the results of the chunks that end soon."""
        end = monotonic() + SECONDS_TO_FINISH
        while self._in_flight and (seconds := end - monotonic()) > 0:
            self._wait(seconds)


def _groups(items: list[Item], of_participant: OfParticipant | None) -> tuple[ConditionRuns, ...]:
    """Return the runs of a chunk by condition."""
    if of_participant is not None:
        return tuple(ConditionRuns(each.number, each.values, (seed,), participant_values(of_participant, seed)) for each, seed in items)
    seeds: dict[int, tuple[PlannedCondition, list[int]]] = {}
    for condition, seed in items:
        seeds.setdefault(condition.number, (condition, []))[1].append(seed)
    return tuple(ConditionRuns(condition.number, condition.values, tuple(some)) for condition, some in seeds.values())
