"""Training of many networks of one wiring at once: each lane of the processor's vectors trains another network.

Each network has the bits that it has when it is trained alone. What the kernels cannot do in lanes, such as noise, is done by sessions of
one network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.engines.engine import TrainingJob
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.model.perturbation import has_noise
from connectionist.plugins.procedures import LearningProcedure
from connectionist_plugins.engines.compiled.kernels.population.training_loop import ENDED_BY_CRITERION, ENDED_BY_EPOCHS
from connectionist_plugins.engines.compiled.kernels.threads import processor_count
from connectionist_plugins.engines.compiled.layout.buffers import LANES
from connectionist_plugins.engines.compiled.population.arrays import PopulationArrays
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
    return LaneTraining(PopulationArrays(job, session)).run(threads)


def _fits_in_lanes(job: PopulationJob) -> bool:
    examples, rule = job.examples, job.phase.rule
    if (
        job.phase.procedure is not None
        or isinstance(rule, LearningProcedure)
        or job.phase.presentations is not None
        or job.phase.clip is not None
    ):
        return False
    if job.rates is not None and any(projection.rate is not None for projection in job.network.projections):
        return False
    has_one_length = examples.lengths is None or bool((examples.lengths == examples.lengths[0]).all())
    is_plain = not (examples.clamps or examples.continues.any() or any(group.input_function is not None for group in job.network.groups))
    return has_one_length and is_plain and not has_noise(job.network, "training")


class LaneTraining:
    """Trains the networks of a population in several threads."""

    def __init__(self, arrays: PopulationArrays) -> None:
        self.arrays = arrays
        self.job, self.population = arrays.job, arrays.population

    def run(self, threads: int) -> PopulationResults:
        """Train all networks. A free lane of any thread takes the next one that waits.

        This thread makes networks, and then trains them too.
        """
        count = len(self.job.values)
        workers = min(threads, processor_count(), count)
        lanes = min(workers, -(-count // LANES[self.arrays.session.precision]))  # threads that train networks in lanes
        remaining = RemainingNetworks(self.arrays, lanes)
        with ThreadPoolExecutor(workers) as pool:
            packs = [Pack(self.arrays, index) for index in range(1, lanes)]
            try:  # starting a thread may fail too, and the others would wait for ever
                waiting = {pool.submit(self._train, remaining, pack) for pack in packs}
                waiting |= {pool.submit(self._train, remaining, None) for _ in range(workers - lanes)}
                self.job.make_all(self.arrays.give)
                packs.insert(0, Pack(self.arrays, 0))  # not before, since the other threads train the first networks meanwhile
                with self.arrays.lock:
                    self.population.is_making[0] = 0
                self._train(remaining, packs[0], 1, self.job.check)
                while waiting:
                    done, waiting = wait(waiting, timeout=CALL_SECONDS)
                    for future in done:
                        future.result()
                    self.job.check()
            finally:
                self.arrays.is_stopped[0] = 1
            return self._results(packs)

    def _train(
        self,
        remaining: RemainingNetworks,
        pack: Pack | None,
        epochs: int = MEMORY_EPOCHS,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Train networks in the lanes of a thread, if it has lanes, and then those that threads have taken out of their lanes.

        The first call of the kernel has at most some epochs: few in the thread of the caller, so that it can be interrupted, and many in a
        further thread, which waits for the interpreter's lock after each call.
        """
        try:
            if pack is not None:
                pack.train(epochs, check)
                remaining.add(pack.taken_out())
            remaining.train(check)
        except BaseException:
            self.arrays.is_stopped[0] = 1  # the other threads would wait for this one, or train for nothing
            raise

    def _results(self, packs: Sequence[Pack]) -> PopulationResults:
        job, population, network, made = self.job, self.population, self.job.network, self.arrays.made
        job.values[:made] = population.values[:made, network.weight_rows]
        for index, name in enumerate(job.phase.rule.memory):
            job.memory[name][:made, self.arrays.session.trained] = population.memory[:made, index]
        words = {ENDED_BY_EPOCHS: "epochs", ENDED_BY_CRITERION: "criterion"}
        has_last = bool(population.last_values.size)
        logs, epochs = [pack.log for pack in packs], population.epochs[:made].tolist()
        places = population.lanes[:made].tolist(), population.first_epochs[:made].tolist(), list(epochs)
        for position, parts in self.arrays.logs_alone.items():
            epochs[position] += sum(len(errors) for errors, _ in parts)
        alone = [{position: [part[column] for part in parts] for position, parts in self.arrays.logs_alone.items()} for column in (0, 1)]
        return PopulationResults(
            errors=Logs(logs, places, alone[0], 0),
            correct=Logs(logs, places, alone[1], 1),
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
            found[name][:, self.arrays.session.trained] = self.population.last_memory[:, index]
        return found
