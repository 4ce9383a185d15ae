"""Training: drives an engine's session some epochs at a time, and keeps the log.

Between two blocks of epochs it shows progress, asks a stopping function, and can be interrupted; within a block the engine is
left alone. Blocks grow until one takes about a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, EpochResults, Memory, Session, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.weight_updates import check_memory
from connectionist.errors import DivergenceError, TrainingInterrupted, WiringError, check_number
from connectionist.learning.interrupts import DeferredInterrupts
from connectionist.learning.progress import Reporter, no_progress, progress_bar
from connectionist.learning.run import Run
from connectionist.learning.search import SearchSession
from connectionist.learning.train_arguments import Until, make_plan, stopping, warn_of_shuffled_streams, warn_of_zeros
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins import registry
from connectionist.plugins.rules import Rule, SearchRule
from connectionist.recording.in_training import Collector
from connectionist.recording.recorder import Recorder
from connectionist.utils.arrays import Array

BLOCK_SECONDS = 0.1


def error_derivatives(network: Network, examples: ExampleSet, engine: str | Engine = DEFAULT_ENGINE) -> tuple[float, Array]:
    """Return the error and its derivatives for a set of examples.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    engine : str or Engine

    Returns
    -------
    error : float
        E, summed over the examples.
    derivatives : array [weight]
        ∂E/∂w, summed over the examples and averaged over ties, in the order of ``net.weights``; frozen ones included.

    Raises
    ------
    DataError
        When the examples do not fit the network.
    """
    network.check(examples)
    found = _engine(engine).error_derivatives(network, examples)
    network._copies.engine_ran()
    return found


def train(
    network: Network,
    examples: ExampleSet,
    rule: Rule | str | None = None,
    epochs: int | None = None,
    *,
    engine: str | Engine = DEFAULT_ENGINE,
    update_after: str | int = "epoch",
    order: str = "fixed",
    phases: Sequence[Phase] | None = None,
    seed: int = 0,
    until: Until = None,
    tolerance: float = 0.5,
    memory: Mapping[str, npt.ArrayLike] | None = None,
    record: Recorder | Sequence[Recorder] = (),
    progress: bool | Reporter = False,
) -> Run:
    """Train a network on examples.

    Parameters
    ----------
    network : Network
        Its weights are changed.
    examples : ExampleSet
    rule : Rule or str, optional
        One phase's rule, with `epochs`; a name stands for the rule with its default parameters.
    epochs : int, optional
        At most so many.
    engine : str or Engine
    update_after, order
        As in `Phase`.
    phases : sequence of Phase, optional
        Instead of `rule`, `epochs`, `update_after` and `order`. What a rule remembers goes on into the next phase where
        that phase's rule remembers something of the same name.
    seed : int
        Root seed; the order of examples comes from its stream "order".
    until : float, Criterion or function, optional
        Stop after the epoch whose error is at most this number, that meets the criterion, or for which the function,
        called with the `Run` after each epoch, returns true.
    tolerance : float
        An example is right when every output unit with a target is less than this from it; above 0.
    memory : dict of str to array [weight], optional
        ``run.memory`` of an earlier run, to go on with what its rule remembers. An order that is drawn starts anew, from `seed`.
    record : Recorder or sequence of Recorder, optional
        What to record; it is in ``run.recording``, or ``run.recordings`` when there are several.
    progress : bool or Reporter
        Whether to show a progress bar.

    Returns
    -------
    Run
        The log and what stopped it.

    Raises
    ------
    ParameterError
        When a parameter is out of range.
    DataError
        When the examples do not fit the network.
    DivergenceError
        When training leaves the finite numbers; its ``run`` has what was learned before.
    TrainingInterrupted
        On Ctrl-C; its ``run`` has what was learned until then.

    Warns
    -----
    UserWarning
        When there are hidden units and every weight is 0, where symmetry is never broken; and when examples that continue one another
        are presented in another order than their own.
    """
    plan = make_plan(rule, epochs, update_after, order, phases)
    check_number("train", "tolerance", tolerance, above=0)
    check_number("train", "seed", seed, at_least=0, whole=True)
    network.check(examples)
    warn_of_zeros(network)
    warn_of_shuffled_streams(examples, plan)
    criterion, stop = stopping(until)
    found = _engine(engine)
    run = Run(network, plan, found.name, seed, engine_settings=found.settings)
    reporter = progress_bar(network.name) if progress is True else (progress or no_progress())
    collector = Collector(run, examples, found, record)
    trainer = _Trainer(
        run,
        examples,
        found,
        criterion,
        stop,
        tolerance,
        check_memory(memory, network, [phase.rule for phase in plan], "train.memory"),
        collector,
    )
    with reporter as report:
        trainer.report = report
        trainer.train()
    return run


class _Trainer:
    """One call of `train` under way."""

    def __init__(
        self,
        run: Run,
        examples: ExampleSet,
        engine: Engine,
        criterion: Criterion | None,
        stop: Callable[[Run], bool] | None,
        tolerance: float,
        check_memory: Memory,
        collector: Collector,
    ) -> None:
        self.run = run
        self.check_memory = check_memory
        self.collector = collector
        self.examples = examples
        self.engine = engine
        self.criterion = criterion
        self.stop = stop
        self.tolerance = tolerance
        self.presentation = PresentationOrder(examples, run.seed)
        self.search_memory: dict[str, Any] = {}
        self.carried: list[Any] = []
        self.report: Callable[[Run], None] = lambda _: None

    def train(self) -> None:
        """Go through the phases."""
        started = perf_counter()
        self.collector.start()
        try:
            with DeferredInterrupts() as interrupts:
                for number, phase in enumerate(self.run.phases, 1):
                    if not self.run.stopped:
                        self._train_phase(number, phase, interrupts)
            self.run.stopped = self.run.stopped or "epochs"
            self.collector.end()
        except KeyboardInterrupt:
            self.run.stopped = "interrupted"
            interrupted = TrainingInterrupted(f"interrupted after {self.run.epochs} epochs; the network keeps what it has learned")
            interrupted.run = self.run
            raise interrupted from None
        finally:
            self.run.network._copies.engine_ran()
            self.run.seconds = perf_counter() - started

    def _train_phase(self, number: int, phase: Phase, interrupts: DeferredInterrupts) -> None:
        self.search_memory = {}
        session = self._open(phase)
        for count in self._block_sizes(phase.epochs):
            block = session.run(self.presentation.orders(phase.order, count), self.criterion, self.collector.wanted(count))
            self._note(number, block)
            self.collector.store(block)
            self.report(self.run)
            if block.diverged:
                self._diverge(block.diverged)
            is_done = self._is_done()
            interrupts.check()
            if is_done:
                self.run.stopped = "criterion"
                return
            if self.stop is not None:
                session = self._open(phase)

    def _open(self, phase: Phase) -> Session:
        """Open a session; again after a stopping function was called, since it may have changed anything."""
        self.run.memory = {name: self._remembered(name) for name in phase.rule.memory}
        job = TrainingJob(self.run.network, self.examples, phase, self.tolerance, self.run.memory, self.carried, self.collector.probes)
        if isinstance(phase.rule, SearchRule):
            return SearchSession(self.engine, job, self.search_memory)
        return self.engine.session(job)

    def _remembered(self, name: str) -> Array:
        """Return what the last rule remembers by a name, else what was given to go on from, else zeros."""
        network = self.run.network
        given = self.run.memory.get(name, self.check_memory.pop(name, np.zeros(len(network.weights))))
        if len(given) != len(network.weights):
            raise WiringError(
                f"{network.name}: the number of its weights changed while it was training; end the training, tie or connect, and train anew"
            )
        return given

    def _block_sizes(self, epochs: int) -> Iterator[int]:
        size = 1
        while epochs > 0:
            started = perf_counter()
            count = self.collector.epochs_that_fit(min(size, epochs))
            yield count
            epochs -= count
            if self.stop is None and perf_counter() - started < BLOCK_SECONDS / 2:
                size *= 2

    def _note(self, number: int, block: EpochResults) -> None:
        self.run.errors += block.errors.tolist()
        self.run.corrects += block.correct.tolist()
        self.run.phase_numbers += [number] * len(block.errors)

    def _is_done(self) -> bool:
        if self.criterion and self.run.epochs and self.criterion.is_met(self.run.error, self.run.correct):
            return True
        return self.stop is not None and bool(self.stop(self.run))

    def _diverge(self, where: str) -> None:
        self.run.stopped = "diverged"
        self.run.memory = {}
        error = DivergenceError(
            f"{self.run.network.name}: training diverged in epoch {self.run.epochs + 1}, at {where}; the weights from before that "
            f"epoch are kept. A smaller rate may help"
        )
        error.run = self.run
        raise error


def _engine(engine: str | Engine) -> Engine:
    return registry.resolve("engines", engine, Engine)  # type: ignore[type-abstract,unused-ignore]
