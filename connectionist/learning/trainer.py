"""The loop over blocks of epochs of one call of `train`.

Between two blocks the trainer writes the log, shows progress, calls the stopping function, and can be interrupted. A block runs in the
engine without interruption. The first block is one epoch. The number of epochs per block grows until a block takes about a tenth of a
second, but a block ends where the stopping function is due. The session of the engine is opened again only if something that it has read
was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, EpochResults, Memory, Session, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.errors import DivergenceError, PluginError, TrainingInterrupted, WiringError
from connectionist.learning.active_test import ActiveTest
from connectionist.learning.example_functions import ExampleFunctionError, ExampleFunctions
from connectionist.learning.interrupts import Interrupts, training_interrupts
from connectionist.learning.network_changes import NetworkBefore
from connectionist.learning.progress import ignore_run
from connectionist.learning.run import Run
from connectionist.learning.search import SearchSession
from connectionist.learning.train_arguments import check_answer
from connectionist.model.noise import NoiseSource
from connectionist.model.perturbation import has_noise
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import SearchRule
from connectionist.recording.in_training import ActiveRecorders
from connectionist.utils.arrays import Array
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders

BLOCK_SECONDS = 0.1
COLUMNS = ("errors", "corrects", "phase_numbers", "test_errors", "test_corrects")  # of the log, lists of the run


@dataclass(eq=False, kw_only=True)
class Trainer:
    """Trains a network in the phases of a run.

    Parameters
    ----------
    run : Run
        It is updated after each block of epochs.
    examples : ExampleSet
    engine : Engine
    criterion : Criterion or None
        Training stops after the first epoch that meets it.
    stop : function or None
        Function of the run, called after every `every` epochs and after the last. Training stops when it returns true. What it changes
        in the network takes effect in the next epoch.
    every : int
        Number of epochs between two calls of `stop`, at least 1.
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    initial_memory : dict of str to array [weight]
        Initial state of the rules by name. An entry is removed when a phase uses it.
    recorders : ActiveRecorders
    test_examples : ExampleSet or None
        Examples to test after each ``run.test_every`` epochs.
    report : function
        Function of the run, called after each block. What it changes in the network takes effect in the next block.
    example_functions : ExampleFunctions or None
        Functions that are called after each presentation. They may assign weights.
    """

    run: Run
    examples: ExampleSet
    engine: Engine
    criterion: Criterion | None
    stop: Callable[[Run], bool | str] | None
    every: int
    tolerance: float
    initial_memory: Memory
    recorders: ActiveRecorders
    test_examples: ExampleSet | None
    report: Callable[[Run], None]
    example_functions: ExampleFunctions | None = None
    presentation_order: PresentationOrder = field(init=False)
    search_memory: dict[str, Any] = field(init=False, default_factory=dict)
    end_state: list[Any] = field(init=False, default_factory=list)
    last_epoch: int = field(init=False)
    test: ActiveTest | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.presentation_order = PresentationOrder(self.examples, self.run.seed)
        self.last_epoch = sum(phase.epochs for phase in self.run.phases)
        if self.test_examples is not None:
            self.test = ActiveTest(self.run, self.test_examples, self.engine, self.tolerance, self.last_epoch)

    def train(self) -> None:
        """Train in all phases.

        Raises
        ------
        DivergenceError
            If the error or a weight becomes infinite or NaN.
        TrainingInterrupted
            On Ctrl-C, or on another signal that ends the command line.
        """
        start_time = perf_counter()
        interrupts = training_interrupts()
        self.recorders.start()
        try:
            with interrupts:
                for number, phase in enumerate(self.run.phases, 1):
                    if not self.run.stopped:
                        self._train_phase(number, phase, interrupts)
                if self.test:
                    self.test.measure()
            self.run.stopped = self.run.stopped or "epochs"
            self.recorders.end()
        except KeyboardInterrupt:
            self.run.stopped = "interrupted"
            interrupted = TrainingInterrupted(
                f"interrupted{interrupts.cause} after {describe_count(self.run.epochs, 'epoch')}; "
                f"the network keeps the weights it has learned"
            )
            interrupted.run = self.run
            raise interrupted from None
        finally:
            self.run.network._engine_ran()
            self.run.seconds = perf_counter() - start_time

    def _train_phase(self, number: int, phase: Phase, interrupts: Interrupts) -> None:
        self.search_memory = {}
        session = self._open_session(phase)
        opened = self._opened()
        for count in self._block_sizes(phase.epochs):
            orders = self.presentation_order.orders(phase.order, count, phase.presentations)
            results = self._run_block(session, orders, count, number)
            if opened and not results.exception and not results.divergence:
                opened.check_settings("after_example or after_event", self.run.epochs)
            if self.test:
                self.test.measure_if_due()
            self.recorders.store(results)
            if opened:
                opened.check_settings("Recorder.when", self.run.epochs)
            reason, is_changed = self._call_functions(results)
            interrupts.check()
            if reason:
                self.run.stopped = reason
                return
            if is_changed:
                session = self._open_session(phase)
                opened = self._opened()

    def _opened(self) -> NetworkBefore | None:
        """Return the network for which a session was opened, if functions are called that may assign weights only; else None."""
        return NetworkBefore.of(self.run.network) if self.example_functions or self.recorders.call_functions else None

    def _call_functions(self, results: EpochResults) -> tuple[str, bool]:
        """Show the progress and ask whether to stop. Return the reason to stop or "", and whether a session must be opened again."""
        before, memory = self._before(), self._memory_bytes()
        self.report(self.run)
        if before:
            before.check_wiring("progress", self.run.epochs)
        if results.divergence:
            self._raise_diverged(results.divergence)
        if results.exception:
            self.run.memory = {}
            raise results.exception.original if isinstance(results.exception, ExampleFunctionError) else results.exception
        reason = self._reason_to_stop(before)
        return reason, before is not None and (not before.is_same() or memory != self._memory_bytes())

    def _before(self) -> NetworkBefore | None:
        """Return the present network, to find out what functions change; None if none is called between two blocks."""
        return None if self.report is ignore_run and self.stop is None else NetworkBefore.of(self.run.network)

    def _run_block(self, session: Session, orders: Orders, count: int, number: int) -> EpochResults:
        """Train for a block of epochs of a phase, and log it. After an exception, weights and log are those from before the block."""
        state = self.run.network.weight_state
        before, epochs = state.array("value").copy(), self.run.epochs
        try:
            results = session.run(orders, self.criterion, self.recorders.due_mask(count))
            self._log(number, results)
            return results
        except BaseException:
            state.array("value")[: len(before)] = before
            self._cut_log(epochs)
            state.last_update = None
            self.run.memory = {}
            raise

    def _open_session(self, phase: Phase) -> Session:
        self.run.memory = {name: self._memory(name) for name in phase.rule.memory}
        job = TrainingJob(
            network=self.run.network,
            examples=self.examples if phase.weighting == "equal" else self._weighted_examples,
            phase=phase,
            tolerance=self.tolerance,
            memory=self.run.memory,
            end_state=self.end_state,
            probes=self.recorders.probes,
            noise=self._noise(),
            after_example=partial(self.example_functions.call, self.run, self.examples) if self.example_functions else None,
        )
        if isinstance(phase.rule, SearchRule):
            return SearchSession(self.engine, job, self.search_memory)
        session: object = self.engine.session(job)
        if not isinstance(session, Session):
            owner = f"{describe_origin(type(self.engine))}engine {self.engine.name!r}"
            raise PluginError(f"{owner}: session(job) must return a Session (got {shown(session)})")
        return session

    def _noise(self) -> NoiseSource | None:
        """Return the source of the noise of the next epochs, or None if the network has no noise in training."""
        return NoiseSource(self.run.seed, "training", self.run.epochs) if has_noise(self.run.network, "training") else None

    @cached_property
    def _weighted_examples(self) -> ExampleSet:
        return self.examples.weighted(self.examples.frequencies * self.examples.error_weights)

    def _memory(self, name: str) -> Array:
        """Return the state that the last rule kept under a name, or else the initial state, or else zeros."""
        network = self.run.network
        memory = self.run.memory.get(name, self.initial_memory.pop(name, np.zeros(len(network.weights))))
        if len(memory) != len(network.weights):
            raise WiringError(
                f"{network.name}: the number of weights changed from {len(memory)} to {len(network.weights)} during training; "
                f"tie or connect before training"
            )
        return memory

    def _block_sizes(self, epochs: int) -> Iterator[int]:
        """Yield the number of epochs of each block."""
        size = 1
        while epochs > 0:
            start_time = perf_counter()
            until_call = epochs if self.stop is None else self.every - self.run.epochs % self.every
            count = self.recorders.epochs_that_fit(min(size, epochs, until_call))
            count = self.test.epochs_that_fit(count) if self.test else count
            yield count
            epochs -= count
            seconds = perf_counter() - start_time
            if count == size and seconds < BLOCK_SECONDS / 2:
                size *= 8 if seconds < BLOCK_SECONDS / 16 else 2

    def _log(self, number: int, results: EpochResults) -> None:
        self.run.errors += results.errors.tolist()
        self.run.corrects += results.correct.tolist()
        self.run.phase_numbers += [number] * len(results.errors)
        if self.test:
            self.run.test_errors += [float("nan")] * len(results.errors)
            self.run.test_corrects += [float("nan")] * len(results.errors)

    def _cut_log(self, epochs: int) -> None:
        """Cut the log to a number of epochs. A second Ctrl-C may come while a block is added."""
        for name in COLUMNS:
            del getattr(self.run, name)[epochs:]

    def _reason_to_stop(self, before: NetworkBefore | None) -> str:
        """Return "criterion" if the criterion is met, the word of the function of `until` or "until" if it ends training, or ""."""
        if self.criterion and self.run.epochs and self.criterion.is_met(self.run.error, self.run.correct):
            return "criterion"
        if self.stop is None or not (self.run.epochs % self.every == 0 or self.run.epochs == self.last_epoch):
            return ""
        answer = check_answer(self.stop(self.run))
        if not answer:
            assert before is not None  # since there is a function
            before.check_wiring("until", self.run.epochs)
            return ""
        return answer if isinstance(answer, str) else "until"

    def _memory_bytes(self) -> list[bytes]:
        """Return the state of the rule, which the stopping function may change; nothing without such a function."""
        return [] if self.stop is None else [array.tobytes() for array in self.run.memory.values()]

    def _raise_diverged(self, description: str) -> None:
        self.run.stopped = "diverged"
        self.run.memory = {}
        error = DivergenceError(
            f"{self.run.network.name}: training diverged in epoch {self.run.epochs + 1}, at {description}; the weights from before that "
            f"epoch are kept. A smaller rate may help"
        )
        error.run = self.run
        raise error
