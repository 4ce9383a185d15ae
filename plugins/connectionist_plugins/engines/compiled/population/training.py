"""Training of many networks of one wiring at once: each lane of the processor's vectors trains another network.

Each network has the bits that it has when it is trained alone. What the kernels cannot do in lanes, such as noise, is done by sessions of
one network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from ctypes import POINTER, c_char_p, c_void_p, cast, py_object, pythonapi
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.engines.engine import TrainingJob
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.model.perturbation import has_noise
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import SearchRule
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles
from connectionist_plugins.engines.compiled.kernels.population.arguments import OrderSettings, Population
from connectionist_plugins.engines.compiled.kernels.population.training_loop import ENDED_BY_CRITERION, ENDED_BY_EPOCHS
from connectionist_plugins.engines.compiled.kernels.threads import processor_count
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_copy, aligned_zeros
from connectionist_plugins.engines.compiled.layout.buffers import LANES
from connectionist_plugins.engines.compiled.population.log import Logs
from connectionist_plugins.engines.compiled.population.pack import CALL_SECONDS, MEMORY_EPOCHS, Pack
from connectionist_plugins.engines.compiled.population.remaining import RemainingNetworks
from connectionist_plugins.engines.compiled.session import CompiledSession

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.precision import Precision

LEAST_NETWORKS = 4  # fewer take less time one after the other, since an unused lane takes as long as a used one


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
    return LaneTraining(job, session).run(threads)


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


class LaneTraining:
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
            is_making=aligned_copy(np.full(1, job.made < count, np.int64)),
            most_alone=aligned_zeros(1, np.int64),
        )
        self.order_settings = _order_settings(job)
        self.logs_alone: dict[int, list[tuple[Doubles, Doubles]]] = {}  # E and proportion of correct cases of networks out of the lanes
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
        count = len(self.job.values)
        workers = min(threads, processor_count(), count)
        lanes = min(workers, -(-count // LANES[self.session.precision]))  # threads that train networks in lanes
        remaining = RemainingNetworks(self, lanes)
        with ThreadPoolExecutor(workers) as pool:
            packs = [Pack(self, index) for index in range(1, lanes)]
            try:  # starting a thread may fail too, and the others would wait for ever
                waiting = {pool.submit(self._train, remaining, pack) for pack in packs}
                waiting |= {pool.submit(remaining.train) for _ in range(workers - lanes)}
                packs.insert(0, Pack(self, 0))
                self.job.make_all(self._give)
                with self.lock:
                    self.population.is_making[0] = 0
                self._train(remaining, packs[0], 1, self.job.check)
                while waiting:
                    done, waiting = wait(waiting, timeout=CALL_SECONDS)
                    for future in done:
                        future.result()
                    self.job.check()
            finally:
                self.is_stopped[0] = 1
            return self._results(packs)

    def _train(
        self, remaining: RemainingNetworks, pack: Pack, epochs: int = MEMORY_EPOCHS, check: Callable[[], None] = lambda: None
    ) -> None:
        """Train networks in the lanes of a thread, and then those that threads have taken out of their lanes.

        The first call of the kernel has at most some epochs: few in the thread of the caller, so that it can be interrupted, and many in a
        further thread, which waits for the interpreter's lock after each call.
        """
        try:
            pack.train(epochs, check)
            remaining.add(pack.taken_out())
            remaining.train(check)
        except BaseException:
            self.is_stopped[0] = 1  # another thread would wait for this one
            raise

    def _results(self, packs: Sequence[Pack]) -> PopulationResults:
        job, population, network, made = self.job, self.population, self.job.network, self.made
        job.values[:made] = population.values[:made, network.weight_rows]
        for index, name in enumerate(job.phase.rule.memory):
            job.memory[name][:made, self.session.trained] = population.memory[:made, index]
        words = {ENDED_BY_EPOCHS: "epochs", ENDED_BY_CRITERION: "criterion"}
        has_last = bool(population.last_values.size)
        logs, epochs = [pack.log for pack in packs], population.epochs[:made].tolist()
        places = population.lanes[:made].tolist(), population.first_epochs[:made].tolist(), list(epochs)
        for position, parts in self.logs_alone.items():
            epochs[position] += len(np.concatenate([errors for errors, _ in parts]))
        alone = [{position: [part[column] for part in parts] for position, parts in self.logs_alone.items()} for column in (0, 1)]
        return PopulationResults(
            errors=Logs(logs, places, alone[0], "errors"),
            correct=Logs(logs, places, alone[1], "corrects"),
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


def _order_settings(job: PopulationJob) -> OrderSettings:
    """Return how the orders of a job are drawn."""
    if job.phase.order == "fixed":
        return OrderSettings(0, 0, 0, np.ones(1))
    interface = job.orders[0].generator.bit_generator.ctypes
    next_uint32, next_double = (int(cast(each, c_void_p).value or 0) for each in (interface.next_uint32, interface.next_double))
    cumulative = job.orders[0].probabilities.cumsum()
    return OrderSettings(int(job.phase.order == "permuted"), next_uint32, next_double, cumulative / cumulative[-1])


def _state_address(generator: np.random.Generator) -> int:
    """Return the address of the state of a random generator."""
    pythonapi.PyCapsule_GetPointer.restype, pythonapi.PyCapsule_GetPointer.argtypes = c_void_p, [py_object, c_char_p]
    interface = pythonapi.PyCapsule_GetPointer(generator.bit_generator.capsule, b"BitGenerator")
    return int(cast(interface, POINTER(c_void_p))[0])
