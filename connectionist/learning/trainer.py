"""The loop over blocks of epochs of one call of `train`.

Between two blocks the trainer writes the log, shows progress, calls the stopping function, and can be interrupted. A block runs in the
engine without interruption. The first block is one epoch. The number of epochs per block grows until the engine takes about a tenth of a
second for it, whatever else is done between two blocks. A block ends where the stopping function or a report is due. The session of the
engine is opened again only if something that it has read was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, EpochResults, Session, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.procedure_runner import backward_by_row
from connectionist.engines.schedule import epochs_to_change
from connectionist.errors import DivergenceError, PluginError, TrainingInterrupted, WiringError
from connectionist.learning.active_test import ActiveTest
from connectionist.learning.continuation import Continuation, state_size_of
from connectionist.learning.example_functions import ExampleFunctionError, ExampleFunctions
from connectionist.learning.interrupts import Interrupts, training_interrupts
from connectionist.learning.network_changes import NetworkSettings
from connectionist.learning.progress import ReportAtEpochs, Reporter, ignore_run
from connectionist.learning.run import Run, attach
from connectionist.learning.search import SearchSession
from connectionist.learning.train_arguments import check_answer
from connectionist.model.noise import NoiseSource
from connectionist.model.perturbation import has_noise
from connectionist.plugins.formula_faults import named_fault, owners_of
from connectionist.plugins.procedures import LearningProcedure, StochasticProcedure
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import SearchRule
from connectionist.recording.in_training import ActiveRecorders
from connectionist.utils.arrays import Array
from connectionist.utils.caller_warnings import REST, warning_once
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.learning.checkpoints import Checkpoints

BLOCK_SECONDS = 0.1
MOST_GROWTH = 256  # largest ratio of the epochs of a block to those of the block before
COLUMNS = ("errors", "corrects", "phase_numbers", "test_errors", "test_corrects")  # of the log, lists of the run


@dataclass(eq=False, kw_only=True)
class Trainer:
    """Trains a network in the phases of a run.

    Parameters
    ----------
    run : Run
        It is updated after each block of epochs.
    examples : ExampleSet
    position : Continuation
        The engine, the tolerance, the testing examples, and where the training starts or goes on.
    criterion : Criterion or None
        Training stops after the first epoch that meets it.
    stop : function or None
        Function of the run, called after every `every` epochs and after the last. Training stops when it returns true. What it changes
        in the network takes effect in the next epoch.
    every : int
        Number of epochs between two calls of `stop`, at least 1.
    recorders : ActiveRecorders
    report : function
        Function of the run, called after each block. What it changes in the network takes effect in the next block.
    example_functions : ExampleFunctions or None
        Functions that are called after each presentation. They may assign weights.
    checkpoints : Checkpoints or None
        What writes checkpoints of the training.
    checked : object or None
        See `TrainingJob.checked`; None as soon as a function has changed the network.
    """

    run: Run
    examples: ExampleSet
    position: Continuation
    criterion: Criterion | None
    stop: Callable[[Run], bool | str] | None
    every: int
    recorders: ActiveRecorders
    report: Callable[[Run], None] = ignore_run
    example_functions: ExampleFunctions | None = None
    checkpoints: Checkpoints | None = None
    checked: object = None
    presentation_order: PresentationOrder = field(init=False)
    last_epoch: int = field(init=False)
    is_exact: bool = field(init=False, default=True)
    test: ActiveTest | None = field(init=False, default=None)
    unchanged: NetworkSettings | None = field(init=False, default=None)
    block_seconds: float = field(init=False, default=0.0)
    backward: Array | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.presentation_order = PresentationOrder(self.examples, self.run.seed)
        self.presentation_order.restore(self.position.order)
        self.last_epoch = sum(phase.epochs for phase in self.run.phases)
        if self.position.test_examples is not None:
            engine, tolerance = self.position.engine, self.position.tolerance
            self.test = ActiveTest(self.run, self.position.test_examples, engine, tolerance, self.last_epoch)

    def train_with(self, reporter: Reporter) -> Run:
        """Train, show progress, and return the run. If an exception is raised in training, it has the run.

        Raises
        ------
        ParameterError
            If there are checkpoints, and the training has something that cannot be stored.
        """
        if self.checkpoints:
            self.checkpoints.check(self)
        try:
            with warning_once(REST), reporter as self.report:
                self.train()
        except BaseException as error:
            self.run.stopped = self.run.stopped or "error"
            attach(error, "run", self.run)
            if (named := named_fault(error, partial(owners_of, self.run.network, self.run.phases))) is error:
                raise
            raise named from error
        return self.run

    def train(self) -> None:
        """Train in all phases.

        Raises
        ------
        DivergenceError
            If the error or a weight becomes infinite or NaN.
        TrainingInterrupted
            On Ctrl-C, or on another signal that ends the command line.
        """
        start_time = perf_counter() - self.run.seconds
        self.run.stopped = self.position.reason
        interrupts = training_interrupts()
        self.recorders.start()
        try:
            with interrupts:
                for number, phase in enumerate(self.run.phases, 1):
                    if not self.run.stopped and number >= self.position.phase:
                        self._train_phase(number, phase, interrupts)
                if self.test:
                    self.test.measure()
            self.run.stopped = self.run.stopped or "epochs"
            self.recorders.end()
            self._write_last_checkpoint()
        except KeyboardInterrupt:
            self.run.stopped = "interrupted"
            self._write_last_checkpoint()
            interrupted = TrainingInterrupted(
                f"interrupted{interrupts.cause} after {describe_count(self.run.epochs, 'epoch')}; "
                f"the network keeps the weights it has learned"
            )
            interrupted.run = self.run
            raise interrupted from None
        finally:
            self.run.network._engine_ran()
            self.run.seconds = perf_counter() - start_time
            self.run._continuation = self.present_position()

    def present_position(self) -> Continuation:
        """Return the position between two blocks, from which training can go on."""
        position = self.position
        position.order = self.presentation_order.state()
        if position.end_state:
            position.state_size = state_size_of(self.run.network)
        return position

    def _write_last_checkpoint(self) -> None:
        if self.checkpoints and self.is_exact:
            self.checkpoints.write_last(self)

    def _train_phase(self, number: int, phase: Phase, interrupts: Interrupts) -> None:
        if number != self.position.phase:
            self.position.phase, self.position.search_memory = number, {}
        if not phase.epochs:  # no session, since an engine may warn of what it cannot train
            self.run.memory = {name: self._memory(name) for name in phase.rule.memory}
            return
        done = self.run.phase_numbers.count(number) if self.run.epochs else 0
        present = self._at(phase, done)
        session = self._open_session(present)
        opened = self._opened()
        for count in self._block_sizes(phase, done):
            self.is_exact = False
            results = self._run_block(session, phase, count, number)
            if opened and not results.exception and not results.divergence:
                opened.check_settings("after_example or after_event", self.run.epochs)
            if self.test:
                self.test.measure_if_due()
            self.recorders.store(results)
            if opened:
                opened.check_settings("Recorder.when", self.run.epochs)
            self.position.reason, is_changed = self._call_functions(results)
            self.is_exact = True
            interrupts.check()
            if self.position.reason:
                self.run.stopped = self.position.reason
                return
            done += count
            before, present = present, self._at(phase, done) if done < phase.epochs else present
            if is_changed or (present is not before and present.rule != before.rule):
                session = self._open_session(present)
                opened = self._opened()
            if self.checkpoints and self.run.epochs < self.last_epoch and self.checkpoints.is_due(self.run):
                self.checkpoints.write(self)

    def _opened(self) -> NetworkSettings | None:
        """Return the settings for which a session was opened, if functions are called that may assign weights only; else None."""
        return NetworkSettings.of(self.run.network) if self.example_functions or self.recorders.call_functions else None

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
        is_same = before is None or before.is_same()
        self.unchanged = before if is_same else None
        if not is_same:
            self.checked = None
        return reason, not is_same or memory != self._memory_bytes()

    def _before(self) -> NetworkSettings | None:
        """Return the settings before functions are called, to find out what they change; None if none is called between two blocks."""
        if self.report is ignore_run and self.stop is None:
            return None
        if self.unchanged:  # a copy after each block takes long in a large network
            return self.unchanged
        return NetworkSettings.of(self.run.network, may_freeze=self.stop is not None or not isinstance(self.report, ReportAtEpochs))

    def _run_block(self, session: Session, phase: Phase, count: int, number: int) -> EpochResults:
        """Train for a block of epochs of a phase, and log it. After an exception, weights and log are those from before the block."""
        state, position = self.run.network.weight_state, self.presentation_order.state()
        before, epochs = state.array("value").copy(), self.run.epochs
        try:
            orders = self.presentation_order.orders(phase.order, count, phase.presentations)
            start_time = perf_counter()
            results = session.run(orders, self.criterion, self.recorders.due_mask(count))
            self.block_seconds = perf_counter() - start_time
            if state.last_update is not None and self.backward is not None:
                state.last_update = replace(state.last_update, backward=self.backward)
            self._log(number, results)
        except BaseException:
            state.array("value")[: len(before)] = before
            self._cut_log(epochs)
            state.last_update = None
            self.run.memory = {}
            self.presentation_order.restore(position)
            raise
        if (done := len(results.errors)) < count:  # the next training goes on with the order after the last epoch
            self.presentation_order.restore(position)
            self.presentation_order.orders(phase.order, done, phase.presentations)
        return results

    def _open_session(self, phase: Phase) -> Session:
        procedure = phase.learning_procedure
        self.backward = backward_by_row(procedure, self.run.network)
        self.run.memory = {name: self._memory(name) for name in phase.rule.memory}
        job = TrainingJob(
            network=self.run.network,
            examples=self.examples if phase.weighting == "equal" else self._weighted_examples,
            phase=phase,
            tolerance=self.position.tolerance,
            memory=self.run.memory,
            end_state=self.position.end_state,
            procedure_memory=self.position.search_memory,
            probes=self.recorders.probes,
            noise=self._noise(procedure),
            after_example=partial(self.example_functions.call, self.run, self.examples) if self.example_functions else None,
            checked=self.checked,
        )
        engine: object = self.position.engine.engine_of(job)
        if engine is not self.position.engine and not isinstance(engine, Engine):
            owner = f"{describe_origin(type(self.position.engine))}engine {self.position.engine.name!r}"
            raise PluginError(f"{owner}: engine_of(job) must return an Engine (got {shown(engine)})")
        if engine.name not in self.run.ran_by:
            self.run.ran_by.append(engine.name)
        if isinstance(phase.rule, SearchRule):
            return SearchSession(engine, job, self.position.search_memory)
        session: object = engine.session(job)
        if not isinstance(session, Session):
            owner = f"{describe_origin(type(engine))}engine {engine.name!r}"
            raise PluginError(f"{owner}: session(job) must return a Session (got {shown(session)})")
        return session

    def _noise(self, procedure: LearningProcedure) -> NoiseSource | None:
        """Return the source of the noise of the next epochs, or None if neither the network nor the procedure of the phase needs it."""
        is_needed = has_noise(self.run.network, "training") or isinstance(procedure, StochasticProcedure)
        return NoiseSource(self.run.seed, "training", self.run.epochs) if is_needed else None

    @cached_property
    def _weighted_examples(self) -> ExampleSet:
        return self.examples.weighted(self.examples.frequencies * self.examples.error_weights)

    def _memory(self, name: str) -> Array:
        """Return the state that the last rule kept under a name, or else the initial state, or else zeros."""
        network = self.run.network
        memory = self.run.memory.get(name, self.position.initial_memory.pop(name, np.zeros(len(network.weights))))
        if len(memory) != len(network.weights):
            raise WiringError(
                f"{network.name}: the number of weights changed from {len(memory)} to {len(network.weights)} during training; "
                f"tie or connect before training"
            )
        return memory

    def _at(self, phase: Phase, done: int) -> Phase:
        """Return a phase, of which some epochs are done, with the parameters of its rule for the next one."""
        return phase if phase.schedule is None else phase.at(done, self.run.error if self.run.epochs else float("inf"))

    def _block_sizes(self, phase: Phase, done: int) -> Iterator[int]:
        """Yield the number of epochs of each block of a phase, of which some epochs are done."""
        size, epochs = 1, phase.epochs - done
        while epochs > 0:
            until_call = epochs if self.stop is None else self.every - self.run.epochs % self.every
            count = self.recorders.epochs_that_fit(min(size, epochs, until_call))
            count = self.test.epochs_that_fit(count) if self.test else count
            count = self.checkpoints.epochs_that_fit(self.run, count) if self.checkpoints else count
            count = self.report.epochs_that_fit(self.run, count) if isinstance(self.report, ReportAtEpochs) else count
            count = min(count, epochs_to_change(phase.schedule, phase.epochs - epochs) or count)
            yield count
            epochs -= count
            if count == size and self.block_seconds < BLOCK_SECONDS / 2:
                size *= int(min(MOST_GROWTH, max(2.0, BLOCK_SECONDS / 2 / max(self.block_seconds, 1e-9))))

    def _log(self, number: int, results: EpochResults) -> None:
        if len(results.errors):
            self.run._add(results.errors, results.correct, number)

    def _cut_log(self, epochs: int) -> None:
        """Cut the log to a number of epochs. A second Ctrl-C may come while a block is added."""
        for name in COLUMNS:
            del getattr(self.run, name)[epochs:]

    def _reason_to_stop(self, before: NetworkSettings | None) -> str:
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
