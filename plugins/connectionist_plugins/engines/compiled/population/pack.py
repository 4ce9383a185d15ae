"""The networks that one thread trains at a time, one in each lane of the processor's vectors."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.engines.population import PopulationJob
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist_plugins.engines.compiled.formulas.compile import change_address
from connectionist_plugins.engines.compiled.formulas.module_text import summarizes
from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments, RuleArguments, WeightArrays
from connectionist_plugins.engines.compiled.kernels.entries import train_population
from connectionist_plugins.engines.compiled.kernels.population.arguments import Lanes, PopulationArguments, PopulationSettings
from connectionist_plugins.engines.compiled.kernels.population.training_loop import TAKEN_OUT
from connectionist_plugins.engines.compiled.kernels.threads import pause_address
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_copy, aligned_zeros
from connectionist_plugins.engines.compiled.layout.buffers import LANES, make_buffers
from connectionist_plugins.engines.compiled.population.arrays import PopulationArrays
from connectionist_plugins.engines.compiled.population.log import LogPart, empty_log
from connectionist_plugins.engines.compiled.session import stop_conditions
from connectionist_plugins.engines.compiled.simd.table import LaneLoops, lane_block_loops, lane_loops

CALL_SECONDS = 0.1  # longest time between two checks for interruption
MOST_EPOCHS = 2**62  # more never run, and kernels add them to the number of an epoch
MEMORY_EPOCHS = 2**18  # most epochs for which memory is allocated at once: a thread that returns for more waits for the interpreter's lock


class Pack:
    """The networks that one thread trains at a time, and the kernel arguments for them."""

    def __init__(self, arrays: PopulationArrays, index: int) -> None:
        job, session = arrays.job, arrays.session
        self.index = index
        self.session = session
        self.arrays = arrays
        self.is_stopped = arrays.is_stopped
        self.population = arrays.population
        self.is_by_case = session.per_change == 1
        self.lane_count = lanes = LANES[session.precision]
        buffers = make_buffers(session.program, job.network, job.examples, session.per_change, session.precision, networks=lanes)
        self.buffers = buffers
        has_one_order = not self.population.generators.size
        loops = lane_block_loops(session.precision, is_by_case=self.is_by_case, has_one_order=has_one_order)
        self.network = packed(NetworkArguments(session.program.packed_wiring, session.known.packed, loops, buffers), session.precision)
        self.rule, self.kept = self._rule_arguments(job)
        size = job.network.weight_state.size
        values = aligned_copy(np.repeat(job.network.weight_state.array("value"), lanes))
        derivatives, changes = aligned_zeros(size * lanes, float), aligned_zeros(size * lanes, float)
        self.weights = WeightArrays(values, changes, derivatives, np.zeros(0, session.precision), job.network.tie_derivative == "mean")
        self.lanes = self._lanes(len(job.examples), job.keeps_last)
        self.settings = self._settings(job)
        self.stop = stop_conditions(job.criterion, job.tolerance)
        self.memory_epochs = min(job.phase.epochs * len(job.values), MEMORY_EPOCHS)
        self.memory = self._new_memory()
        self.used = 0  # epochs of the memory
        self.log: list[LogPart] = []

    def _new_memory(self) -> npt.NDArray[np.float64]:
        """Return memory for the log of many epochs, but not of more than may run."""
        name, epochs = self.arrays.job.network.name, self.memory_epochs
        with allocating(2 * NUMBER_BYTES * epochs * self.lane_count, f"{name}: the log of {epochs} epochs of {self.lane_count} networks"):
            return empty_log(epochs, self.lane_count)

    def new_log(self, epochs: int) -> LogPart:
        """Return a part of the log for at most some epochs."""
        if self.used == len(self.memory):
            self.memory, self.used = self._new_memory(), 0
        first, self.used = self.used, min(self.used + epochs, len(self.memory))
        return LogPart(int(self.lanes.epoch_count[0]), self.memory[first : self.used])

    def train(self, epochs: int = MEMORY_EPOCHS, check: Callable[[], None] = lambda: None) -> None:
        """Train networks until the lanes are empty and no more are made. The first call of the kernel has at most some epochs."""
        with CollectedExceptions(self.buffers.has_raised):
            while True:
                start_time, part = perf_counter(), self.new_log(epochs)
                self.log.append(part)
                (active,) = train_population(self.session.precision, self._arguments(part))
                is_full = self.lanes.epoch_count[0] == part.epochs_before + len(part.numbers)
                is_done = active == 0 and not is_full  # after an epoch that filled the log, networks may have been made
                if is_done or self.is_stopped[0] or self.buffers.has_raised[0]:
                    return
                if perf_counter() - start_time < CALL_SECONDS / 2 and len(part.numbers) == epochs:
                    epochs *= 2
                check()

    def taken_out(self) -> list[int]:
        """Return the indices of the networks that were taken out of the lanes to be trained alone."""
        return [network for network in self.lanes.networks.tolist() if network >= 0 and self.population.endings[network] == TAKEN_OUT]

    def _arguments(self, part: LogPart) -> PopulationArguments:
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
            log=part.numbers.reshape(len(part.numbers), -1),
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
        arrays = Lanes(
            networks=np.full(lanes, -1, np.int64),
            last_epochs=np.full(lanes, -1, np.int64),
            orders=np.tile(order, (lanes, 1)).astype(np.int64),
            cases=np.repeat(order, lanes),
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
        names, weights, has_summary = len(self.rule.memory), self.population.memory.shape[2], summarizes(self.session.rule)
        strides = (weights, 1, names * weights) if has_summary else (weights * self.lane_count, self.lane_count, 1)
        return PopulationSettings(
            per_change=self.session.per_change,
            ticks=job.examples.ticks or 1,
            is_by_case=int(self.is_by_case),
            orders=self.arrays.order_settings,
            has_trained_connections=self._has_trained_connections(),
            epochs=min(job.phase.epochs, MOST_EPOCHS),
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
