"""Training of many networks of one wiring at once: each lane of the processor's vectors trains another network.

Each network has the bits that it has when it is trained alone. What the kernels cannot do in lanes, such as noise, is done by sessions of
one network.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from ctypes import POINTER, c_char_p, c_void_p, cast, py_object, pythonapi
from operator import attrgetter
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.engines.engine import TrainingJob
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.model.perturbation import has_noise
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import SearchRule
from connectionist_plugins.engines.compiled.formulas.compile import change_address
from connectionist_plugins.engines.compiled.formulas.module_text import summarizes
from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments, RuleArguments, WeightArrays
from connectionist_plugins.engines.compiled.kernels.entries import train_population
from connectionist_plugins.engines.compiled.kernels.population.arguments import Lanes, Population, PopulationArguments, PopulationSettings
from connectionist_plugins.engines.compiled.kernels.population.training_loop import ENDED_BY_CRITERION, ENDED_BY_EPOCHS
from connectionist_plugins.engines.compiled.kernels.threads import pause_address, processor_count
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_copy, aligned_zeros
from connectionist_plugins.engines.compiled.layout.buffers import LANES, make_buffers
from connectionist_plugins.engines.compiled.session import CompiledSession, stop_conditions
from connectionist_plugins.engines.compiled.simd.table import LaneLoops, lane_block_loops, lane_loops

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.precision import Precision

CALL_SECONDS = 0.1  # longest time between two checks for interruption
THREAD_EPOCHS = 2**18  # epochs of the first call in a further thread, which waits for the interpreter's lock after each call
LEAST_NETWORKS = 4  # fewer take less time one after the other, since an unused lane takes as long as a used one
PADDING = 64


def train_in_lanes(job: PopulationJob, precision: Precision, threads: int) -> PopulationResults | None:
    """Train the networks of a job, or return None if they cannot be trained in lanes."""
    if precision != "float64" or job.made < LEAST_NETWORKS or not _fits_in_lanes(job):
        return None
    session = CompiledSession(
        TrainingJob(
            network=job.network,
            examples=job.examples,
            phase=job.phase,
            tolerance=job.tolerance,
            memory={name: np.zeros(len(job.network.weights)) for name in job.phase.rule.memory},
        ),
        precision,
        threads=1,
    )
    if session.runs_python:
        return None  # a formula in Python may count its calls, or print; unused lanes would call it too
    return _Training(job, session).run(threads)


def _fits_in_lanes(job: PopulationJob) -> bool:
    examples, rule = job.examples, job.phase.rule
    if (
        isinstance(rule, SearchRule)
        or job.phase.procedure is not None
        or isinstance(rule, LearningProcedure)
        or job.phase.presentations is not None
    ):
        return False
    if job.rates is not None and any(projection.rate is not None for projection in job.network.projections):
        return False
    has_one_length = examples.lengths is None or bool((examples.lengths == examples.lengths[0]).all())
    is_plain = not (examples.clamps or examples.continues.any() or any(group.input_function is not None for group in job.network.groups))
    return has_one_length and is_plain and not has_noise(job.network, "training")


class _Training:
    """The arrays of all networks of a job, and those that are made and can be trained."""

    def __init__(self, job: PopulationJob, session: CompiledSession) -> None:
        self.job = job
        self.session = session
        self.is_stopped = aligned_zeros(1, np.int64)
        self.made = 0
        self.lock = Lock()
        count, presentations = len(job.values), len(job.examples)
        names, rows = job.phase.rule.memory, job.network.weight_rows[session.trained]
        values, memory = np.tile(job.network.weight_state.array("value"), (count, 1)), np.zeros((count, len(names), len(rows)))
        is_random = job.phase.order != "fixed"
        keeps = job.keeps_last
        self.population = Population(
            values=values,
            memory=memory,
            rates=np.zeros(0) if job.rates is None else np.asarray(job.rates, float),
            generators=np.zeros(count if is_random else 0, np.int64),
            first_epochs=np.zeros(count, np.int64),
            lanes=np.zeros(count, np.int64),
            epochs=np.zeros(count, np.int64),
            endings=np.zeros(count, np.int64),
            last_values=np.zeros_like(values[: None if keeps else 0]),
            last_memory=np.zeros_like(memory[: None if keeps else 0]),
            last_orders=np.zeros((count if keeps and is_random else 0, presentations), np.int64),
            next_network=aligned_zeros(1, np.int64),
            made=aligned_zeros(1, np.int64),
            is_making=aligned_copy(np.ones(1, np.int64)),
        )
        self._give(job.made)

    def _give(self, count: int) -> None:
        """Give the networks that are made, `count` so far, to the kernels."""
        job, population, new = self.job, self.population, slice(self.made, count)
        with self.lock:  # a kernel that sees the number below then sees these numbers too
            population.values[new, job.network.weight_rows] = job.values[new]
            for index, name in enumerate(job.phase.rule.memory):
                population.memory[new, index] = job.memory[name][new, self.session.trained]
            if population.generators.size:
                population.generators[new] = [_state_address(order.generator) for order in job.orders[new]]
        with self.lock:
            population.made[0] = self.made = count

    def run(self, threads: int) -> PopulationResults:
        """Train all networks. A free lane of any thread takes the next one that waits.

        This thread makes networks, and then trains them too.
        """
        parts = max(1, min(threads, processor_count(), -(-len(self.job.values) // LANES[self.session.precision])))
        others = [_Pack(self, index) for index in range(1, parts)]
        with ThreadPoolExecutor(max(1, len(others))) as pool:
            waiting = {pool.submit(pack.train, pack.new_log(THREAD_EPOCHS)) for pack in others}
            try:
                self.job.make_all(self._give)
                with self.lock:
                    self.population.is_making[0] = 0
                own = _Pack(self, 0)
                own.train(own.new_log(1), self.job.check)
                while waiting:
                    done, waiting = wait(waiting, timeout=CALL_SECONDS)
                    for future in done:
                        future.result()
                    self.job.check()
            finally:
                self.is_stopped[0] = 1
            return self._results([own, *others])

    def _results(self, packs: Sequence[_Pack]) -> PopulationResults:
        job, population, network, made = self.job, self.population, self.job.network, self.made
        job.values[:made] = population.values[:made, network.weight_rows]
        for index, name in enumerate(job.phase.rule.memory):
            job.memory[name][:made, self.session.trained] = population.memory[:made, index]
        words = {ENDED_BY_EPOCHS: "epochs", ENDED_BY_CRITERION: "criterion"}
        has_last = bool(population.last_values.size)
        logs, epochs = [pack.log for pack in packs], population.epochs[:made].tolist()
        places = population.lanes[:made].tolist(), population.first_epochs[:made].tolist(), epochs
        return PopulationResults(
            errors=_Logs(logs, places, "errors"),
            correct=_Logs(logs, places, "corrects"),
            epochs=epochs,
            stopped=[words.get(ending, "") for ending in population.endings[:made].tolist()],
            last_values=population.last_values[:, network.weight_rows] if has_last else None,
            last_memory=self._last_memory() if has_last else None,
            last_orders=population.last_orders if population.last_orders.size else None,
        )

    def _last_memory(self) -> dict[str, npt.NDArray[np.float64]]:
        found = {}
        for index, name in enumerate(self.job.phase.rule.memory):
            found[name] = self.job.memory[name].copy()
            found[name][:, self.session.trained] = self.population.last_memory[:, index]
        return found


class _LogPart(NamedTuple):
    """The epochs that one call of the kernel logs: how many came before, and E and the proportion of correct cases [epoch, lane]."""

    epochs_before: int
    errors: npt.NDArray[np.float64]
    corrects: npt.NDArray[np.float64]


_epochs_before = attrgetter("epochs_before")


class _Logs(Sequence[npt.NDArray[np.float64]]):
    """A column of the log for each network, views of the log of its lane if it is in one part of it.

    Parameters
    ----------
    parts : list of list of _LogPart
        Log of each pack.
    places : tuple of list of int
        Lane, first epoch and number of epochs of each network.
    column : str
        Name in `_LogPart`.
    """

    def __init__(self, parts: list[list[_LogPart]], places: tuple[list[int], list[int], list[int]], column: str) -> None:
        self.parts, self.places, self.column = parts, places, column

    def __len__(self) -> int:
        return len(self.places[0])

    def __getitem__(self, position: Any) -> Any:
        lane, first, epochs = (each[position] for each in self.places)
        lanes = self.parts[0][0].errors.shape[1]
        log, lane = self.parts[lane // lanes], lane % lanes
        index, found = bisect_right(log, first, key=_epochs_before) - 1, []
        end = first + epochs
        while True:
            column, before = getattr(log[index], self.column)[:, lane], log[index].epochs_before
            found.append(column[max(first - before, 0) : end - before])
            if before + len(column) >= end:
                return found[0] if len(found) == 1 else np.concatenate(found)
            index += 1


class _Pack:
    """The networks that one thread trains at a time, and the kernel arguments for them."""

    def __init__(self, training: _Training, index: int) -> None:
        job, session = training.job, training.session
        self.index = index
        self.session = session
        self.training = training
        self.is_stopped = training.is_stopped
        self.population = training.population
        self.is_by_case = session.per_change == 1
        self.lane_count = lanes = LANES[session.precision]
        buffers = make_buffers(session.program, job.network, job.examples, session.per_change, session.precision, networks=lanes)
        self.buffers = buffers
        loops = lane_block_loops(session.precision, is_by_case=self.is_by_case)
        self.network = packed(NetworkArguments(session.program.packed_wiring, session.known.packed, loops, buffers), session.precision)
        self.rule, self.kept = self._rule_arguments(job)
        size = job.network.weight_state.size
        values = aligned_copy(np.repeat(job.network.weight_state.array("value"), lanes))
        derivatives, changes = aligned_zeros(size * lanes, float), aligned_zeros(size * lanes, float)
        self.weights = WeightArrays(values, changes, derivatives, np.zeros(0, session.precision), job.network.tie_derivative == "mean")
        self.lanes = self._lanes(len(job.examples), job.keeps_last)
        self.settings = self._settings(job)
        self.stop = stop_conditions(job.criterion, job.tolerance)
        self.log: list[_LogPart] = []

    def new_log(self, epochs: int) -> _LogPart:
        """Return memory for the log of a number of epochs.

        The thread of the caller calls this for the first part. Memory of another thread goes back to the system with that thread, and each
        new page then takes time while it trains.
        """
        return _LogPart(int(self.lanes.epoch_count[0]), *(np.empty((epochs, self.lane_count)) for _ in range(2)))

    def train(self, part: _LogPart, check: Callable[[], None] = lambda: None) -> None:
        """Train networks until none waits and no more are made. The first call of the kernel fills a part of the log."""
        session, epochs = self.session, len(part.errors)
        with CollectedExceptions(self.buffers.has_raised) as exceptions:
            while True:
                start_time = perf_counter()
                self.log.append(part)
                (active,) = train_population(session.precision, self._arguments(part))
                if active == 0 or self.is_stopped[0] or exceptions or self.buffers.has_raised[0]:
                    return
                if perf_counter() - start_time < CALL_SECONDS / 2:
                    epochs *= 2
                check()
                part = self.new_log(epochs)

    def _arguments(self, part: _LogPart) -> PopulationArguments:
        session = self.session
        return PopulationArguments(
            network=self.network,
            lane_loops=lane_loops(session.precision) if self.is_by_case else LaneLoops(),
            rule=self.rule,
            weights=self.weights,
            inputs=session.tables[0],
            targets=session.tables[1],
            population=self.population,
            lanes=self.lanes,
            settings=self.settings,
            stop=self.stop,
            errors=part.errors,
            corrects=part.corrects,
            epochs_before=part.epochs_before,
            is_stopped=self.is_stopped,
        )

    def _rule_arguments(self, job: PopulationJob) -> tuple[RuleArguments, list[object]]:
        """Return the rule's arguments with a weight for each network; and what must be kept alive."""
        session, lanes = self.session, self.lane_count
        kept: list[object] = []
        alone = session.rule_arguments()
        rows, own_rates = job.network.weight_rows[session.trained], self.population.rates
        has_runs = alone.runs.size > 0 and not own_rates.size and not summarizes(session.rule)
        change = change_address(session.rule, own_rates if own_rates.size else session.rates, session.precision, kept)
        rates = own_rates[:1] if own_rates.size else session.rates  # each lane then gets the rate of its network
        has_summary, used = summarizes(session.rule), slice(0 if has_runs else None)
        lane_rows = rows[:, None] * lanes + np.arange(lanes)
        arranged = alone._replace(
            change=change,
            weight_count=len(rows) * (1 if has_summary else lanes),
            runs=alone.runs[: None if has_runs else 0] * lanes,
            rate=alone.rate if has_runs else float("nan"),
            rows=_by_lane(lane_rows, has_summary)[used].astype(np.int64),
            rates=_by_lane(np.repeat(np.broadcast_to(rates, len(rows))[:, None], lanes, axis=1), has_summary)[used].copy(),
            memory=aligned_zeros((len(alone.memory), len(rows) * lanes), float),
            previous=np.zeros((0, len(rows) * lanes)),
            lowest=_by_lane(np.repeat(alone.lowest[:, None], lanes, axis=1), has_summary),
            highest=_by_lane(np.repeat(alone.highest[:, None], lanes, axis=1), has_summary),
        )
        return arranged, kept

    def _has_trained_connections(self) -> npt.NDArray[np.uint8]:
        """Return `PopulationSettings.has_trained_connections`."""
        wiring = self.session.program.wiring
        is_trained = np.zeros(self.session.network.weight_state.size, np.uint8)
        is_trained[self.session.trained_weights.rows] = 1
        found = np.zeros(len(wiring.step_starts) - 1, np.uint8)
        for step in np.flatnonzero(np.diff(wiring.block_starts) == 0):
            first, last = wiring.connection_starts[wiring.step_starts[step : step + 2]]
            found[step] = is_trained[wiring.weight_rows[first:last]].any()
        return found

    def _lanes(self, presentations: int, keeps_last: bool) -> Lanes:
        lanes, order = self.lane_count, np.arange(presentations)
        cases = np.concatenate([np.repeat(order, lanes), np.zeros(PADDING, np.int64)]).astype(np.int64)
        arrays = Lanes(
            networks=np.full(lanes, -1, np.int64),
            last_epochs=np.full(lanes, -1, np.int64),
            orders=np.tile(order, (lanes, 1)).astype(np.int64),
            cases=cases,
            errors=np.zeros(lanes),
            case_errors=np.zeros(lanes),
            tick_errors=np.zeros(lanes),
            errors_of_change=np.zeros(lanes),
            wrong=np.zeros(lanes),
            checks=np.zeros(lanes),
            previous_values=np.zeros_like(self.weights.values[: None if keeps_last else 0]),
            previous_memory=np.zeros_like(self.rule.memory.reshape(-1)[: None if keeps_last else 0]),
            epoch_count=np.zeros(1, np.int64),
            reserved=np.full(lanes, -1, np.int64),
        )
        return Lanes(*map(aligned_copy, arrays))

    def _settings(self, job: PopulationJob) -> PopulationSettings:
        is_random = bool(self.population.generators.size)
        bit_generator = np.random.PCG64(0) if not is_random else job.orders[0].generator.bit_generator
        interface = bit_generator.ctypes
        names, weights, has_summary = len(self.rule.memory), self.population.memory.shape[2], summarizes(self.session.rule)
        strides = (weights, 1, names * weights) if has_summary else (weights * self.lane_count, self.lane_count, 1)
        cumulative = job.orders[0].probabilities.cumsum() if is_random else np.ones(1)
        return PopulationSettings(
            per_change=self.session.per_change,
            ticks=job.examples.ticks or 1,
            is_by_case=int(self.is_by_case),
            is_permuted=int(job.phase.order == "permuted"),
            next_uint32=int(cast(interface.next_uint32, c_void_p).value or 0),
            next_double=int(cast(interface.next_double, c_void_p).value or 0),
            cumulative=cumulative / cumulative[-1],
            has_trained_connections=self._has_trained_connections(),
            epochs=job.phase.epochs,
            has_summary=int(has_summary),
            pause=pause_address(),
            first_lane=self.index * self.lane_count,
            name_stride=strides[0],
            weight_stride=strides[1],
            lane_stride=strides[2],
        )


def _by_lane(array: npt.NDArray[Any], has_summary: bool) -> npt.NDArray[Any]:
    """Return an array [weight, lane] as a list: lane by lane for a rule with a summary, else weight by weight."""
    return (array.T if has_summary else array).ravel()


def _state_address(generator: np.random.Generator) -> int:
    """Return the address of the state of a random generator."""
    pythonapi.PyCapsule_GetPointer.restype, pythonapi.PyCapsule_GetPointer.argtypes = c_void_p, [py_object, c_char_p]
    interface = pythonapi.PyCapsule_GetPointer(generator.bit_generator.capsule, b"BitGenerator")
    return int(cast(interface, POINTER(c_void_p))[0])
