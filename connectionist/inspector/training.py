"""Training in the background, which ends where somebody acts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.engines.phase import SETTINGS, Criterion, Phase, are_equal
from connectionist.inspector.history import History, Kept
from connectionist.inspector.python_code import engine_code, rule_code, setting_code
from connectionist.inspector.script import Act, Training
from connectionist.inspector.time_share import TimeShare
from connectionist.learning.progress import ReportAtEpochs
from connectionist.learning.run import Run
from connectionist.learning.training import train

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

KEEP_SHARE, KEEP_SECONDS = 0.005, 0.002  # of the time of training, to copy the weights of earlier epochs; and in advance
EARLY_SHARE, EARLY_SECONDS = 0.005, 0.006  # of the time of training, that blocks which end early may take more; and in advance
EARLY_GROWTH = 0.25  # epochs of a block that ends early, to the epochs so far
MOST_EPOCHS = 1_000_000_000  # of a training without a number of epochs, which ends when it is paused


class Paused(Exception):  # noqa: N818  (it is no error)
    """Raised between two blocks of epochs, because somebody acts. `train` gives it the run so far."""

    run: Run


@dataclass(frozen=True)
class WeightsBefore:
    """All numbers that training changes, to take it back."""

    arrays: dict[str, Array]
    last_update: Any
    run: Run | None
    number: int
    base: int
    earlier: tuple[tuple[float, float], ...]
    moments: list[Kept]
    growth: float
    phases: tuple[Phase, ...]

    @property
    def size(self) -> int:
        """Bytes of the arrays."""
        return sum(array.nbytes for array in self.arrays.values())


class BlocksEndedEarly:
    """The time of the thread that blocks of epochs take more, since they end early: their time beyond that of their epochs in other blocks.

    Before there is another block, it is all their time.

    Attributes
    ----------
    is_present : bool
        Whether the present block ends early.
    """

    def __init__(self) -> None:
        self.is_present = False
        self._seconds = self._early_seconds = 0.0  # of all blocks, and of those that ended early
        self._early_epochs = 0
        self._least_seconds = 0.0  # of an epoch in a block that did not end early

    def note(self, epochs: int, seconds: float) -> None:
        """Note the epochs and the time of a block."""
        self._seconds += seconds
        if self.is_present:
            self._early_seconds += seconds
            self._early_epochs += epochs
        elif epochs > 1:  # the first block, of one epoch, includes the start of training
            self._least_seconds = min(self._least_seconds or math.inf, seconds / epochs)

    def is_due(self) -> bool:
        """Return whether another block may end early."""
        more = self._early_seconds - self._early_epochs * self._least_seconds
        return more <= EARLY_SECONDS + EARLY_SHARE * self._seconds


class BackgroundTraining(ReportAtEpochs):
    """The training of a session: what was trained, and what is to be trained.

    Parameters
    ----------
    network : Network
    phases : sequence of Phase
        Phases of the training, by the epoch of the session. The last one has no end.
    seed : int
    tolerance : float
    engine : Engine
    between : function
        Called between two blocks of epochs. It may raise `Paused`.

    Attributes
    ----------
    run : Run or None
        Training so far, from which the next one goes on; None at the beginning of a run.
    number, base : int
        Number of the present run in the session, and the epoch at which it began.
    earlier : tuple of (float, float)
        E and the fraction of correct examples of each epoch before it.
    live : Run or None
        Training that is in progress.
    remaining : int or None
        Epochs still to train; None until paused.
    criterion : Criterion or None
        Condition that ends it.
    stopped : str
        Why the last training ended; "" while it is in progress.
    is_watched : bool
        Whether somebody may want to see the weights of early epochs. Then blocks end there, so that they are kept.
    keeping : TimeShare
        The time that copies of the weights take.
    """

    def __init__(
        self,
        network: Network,
        phases: Sequence[Phase],
        *,
        seed: int,
        tolerance: float,
        engine: Engine,
        between: Callable[[], None],
    ) -> None:
        self.network, self.phases, self.seed, self.tolerance, self.engine = network, tuple(phases), seed, tolerance, engine
        self.between = between
        self.rule_in_script: object = None
        self.run: Run | None = None
        self.number = self.base = self.runs = 0
        self.earlier: tuple[tuple[float, float], ...] = ()
        self.live: Run | None = None
        self.remaining: int | None = 0
        self.criterion: Criterion | None = None
        self.stopped = "epochs"
        self.history = History()
        self.curves: dict[int, tuple[int, Run | None]] = {}  # epoch before the first of each run, and the run
        self.seconds_per_epoch = math.nan
        self.is_watched = False
        self.keeping = TimeShare(KEEP_SHARE, in_advance=KEEP_SECONDS)
        self._early = BlocksEndedEarly()
        self.keep(self.run)

    @property
    def is_wanted(self) -> bool:
        """Whether epochs are still to be trained."""
        return self.remaining is None or self.remaining > 0

    @property
    def epoch(self) -> int:
        """Number of epochs of the session so far, that of a training in progress included."""
        run = self.live or self.run
        return self.base + (run.epochs if run else 0)

    @property
    def phase(self) -> tuple[Phase, int]:
        """The phase of the next epoch, and the number of its epochs that are left."""
        end = 0
        for phase in self.phases[:-1]:
            end += phase.epochs
            if self.epoch < end:
                return phase, end - self.epoch
        return self.phases[-1], MOST_EPOCHS

    def start(self, epochs: int | None, criterion: Criterion | None) -> None:
        """Say what is to be trained. `advance` trains."""
        self.remaining, self.criterion, self.stopped = epochs, criterion, ""
        self._early = BlocksEndedEarly()

    def pause(self, why: str = "paused") -> None:
        """End training."""
        if self.is_wanted:
            self.remaining, self.stopped = 0, why

    def advance(self, examples: ExampleSet) -> Act | None:
        """Train until the epochs are over, or until `between` raises `Paused`. Return the act; None if no epoch ran.

        Raises
        ------
        Exception
            What training raises. What was trained until then is kept, and the next training begins a new run.
        """
        phase, left = self.phase
        before, script_rule, started = self.before(), self.rule_in_script, self.run is not None
        settings = self._settings(phase)
        first, epochs = self.epoch, min(left, MOST_EPOCHS if self.remaining is None else self.remaining)
        run, failure = self._run(examples, phase, epochs, settings)
        ran = self.epoch - first
        act = self._act(before, script_rule, phase, settings, (first, ran), continues=started) if ran else None
        self._note_end(run, failure)
        if failure is not None:
            if ran:
                self.begin_run(self.epoch)
            failure.act = act  # type: ignore[attr-defined]
            raise failure
        return act

    def _run(self, examples: ExampleSet, phase: Phase, epochs: int, settings: dict[str, Any]) -> tuple[Run | None, BaseException | None]:
        """Train for some epochs, unless somebody acts. Return the run, and the exception that was raised."""
        failure: BaseException | None = None
        run: Run | None
        before = self.run.epochs if self.run else 0
        try:
            run = self._train(examples, phase, epochs, settings)
        except Paused as paused:
            run = paused.run
        except BaseException as error:  # a formula may raise SystemExit, which must not end the thread
            failure, run = error, getattr(error, "run", self.run)
        self.live = None
        ran = 0 if run is None else run.epochs - before
        if run is not None and ran:
            self.run = run
            self.curves[self.number] = self.base, run
            self.keep(run)
        if self.remaining is not None:
            self.remaining = max(0, self.remaining - ran)
        return run, failure

    def _note_end(self, run: Run | None, failure: BaseException | None) -> None:
        if failure is not None:
            self.pause("diverged" if run is not None and run.stopped == "diverged" else "error")
        elif run is not None and run.stopped == "criterion":
            self.pause("criterion")
        elif not self.is_wanted and not self.stopped:
            self.stopped = "epochs"

    def _train(self, examples: ExampleSet, phase: Phase, epochs: int, settings: dict[str, Any]) -> Run:
        first: dict[str, Any] = {"seed": self.seed, "engine": self.engine} if self.run is None else {}
        self._last_epochs = self.run.epochs if self.run else 0
        self._last_time, self._last_thread_time = perf_counter(), thread_time()
        return train(
            self.network,
            examples,
            None if self._goes_on(phase) else phase.rule,
            epochs,
            until=self.criterion,
            continue_from=self.run,
            progress=nullcontext(self),
            **first,
            **settings,
        )

    def __call__(self, run: Run) -> None:
        """Note what a block of epochs has trained, and let others act."""
        self.live = run
        if epochs := run.epochs - self._last_epochs:
            self.seconds_per_epoch = (perf_counter() - self._last_time) / epochs
            self._early.note(epochs, thread_time() - self._last_thread_time)
        self.curves[self.number] = self.base, run
        if self.history.is_due(self.epoch) and self.keeping.is_due():
            with self.keeping.measured():
                self.keep(run)
        self.between()
        self._last_time, self._last_thread_time, self._last_epochs = perf_counter(), thread_time(), run.epochs

    def epochs_that_fit(self, run: Run, count: int) -> int:
        """Return the number of epochs of the next block. It ends early where weights are to be kept, if somebody watches."""
        wanted = max(1, int(EARLY_GROWTH * (self.base + run.epochs - self.history.moments[0].epoch)))
        ends_early = self.is_watched and wanted < count and self._early.is_due() and self.keeping.is_due()
        self._early.is_present = ends_early
        return wanted if ends_early else count

    def _settings(self, phase: Phase) -> dict[str, Any]:
        """Return the arguments of `train` that are not those of the training before, or not the defaults."""
        if self.run is None:
            given = {name: value for name, value in phase.settings.items() if value != SETTINGS[name]}
            return given if self.tolerance == DEFAULT_TOLERANCE else {**given, "tolerance": self.tolerance}
        if self._goes_on(phase):
            return {}
        last = {**self.run.phases[-1].settings, "schedule": None}  # another phase does not take it over
        return {name: value for name, value in phase.settings.items() if value != last[name]}

    def _goes_on(self, phase: Phase) -> bool:
        """Return whether the next epochs belong to the last phase of the run, whose schedule then goes on."""
        last = self.run.phases[-1] if self.run is not None and self.run.phases else None
        return last is not None and phase.schedule is not None and are_equal((phase.rule, phase.settings), (last.rule, last.settings))

    def _act(
        self,
        before: WeightsBefore,
        script_rule: object,
        phase: Phase,
        settings: dict[str, Any],
        epochs: tuple[int, int],
        *,
        continues: bool,
    ) -> Act:
        """Return the act of a training; `epochs` are the epoch before it, and how many ran."""
        lines = () if phase.rule == self.rule_in_script else (f"rule = {rule_code(phase.rule)}",)
        self.rule_in_script = phase.rule
        first = {} if continues else {"seed": str(self.seed), **engine_code(self.engine)}
        texts = first | {name: setting_code(name, value) for name, value in settings.items()}

        def undo() -> None:
            self.pause()
            self.restore(before)
            self.rule_in_script = script_rule

        return Act(
            lines=lines, training=Training(self.number, *epochs, texts, continues, phase.schedule is not None), undo=undo, size=before.size
        )

    def keep(self, run: Run | None) -> None:
        """Keep the present weights."""
        error = run.error if run is not None and run.epochs else math.nan
        self.history.keep(Kept(self.number, self.base + (run.epochs if run else 0), self.network.weight_values, error))

    def begin_run(self, epoch: int, *, drop: bool = False) -> None:
        """Begin a new run with the present weights. Kept weights of later epochs are dropped; with `drop` those of all epochs."""
        rows = [*self.earlier, *(zip(self.run.errors, self.run.corrects, strict=True) if self.run else ())]
        self.runs += 1
        self.run, self.number, self.base, self.earlier = None, self.runs, epoch, tuple(rows[:epoch])
        self.history.moments = [] if drop else [moment for moment in self.history.moments if moment.epoch <= epoch]
        if drop:
            self.keep(None)

    def before(self) -> WeightsBefore:
        """Return all that training changes."""
        state = self.network.weight_state
        arrays = {name: state.array(name).copy() for name in ("value", "derivative", "change")}
        return WeightsBefore(
            arrays,
            state.last_update,
            self.run,
            self.number,
            self.base,
            self.earlier,
            list(self.history.moments),
            self.history.growth,
            self.phases,
        )

    def restore(self, before: WeightsBefore) -> None:
        """Put back what `before` returned."""
        state = self.network.weight_state
        for name, array in before.arrays.items():
            state.array(name)[: len(array)] = array
        state.last_update = before.last_update
        self.run, self.number, self.base, self.phases = before.run, before.number, before.base, before.phases
        self.earlier = before.earlier
        self.history.moments, self.history.growth = list(before.moments), before.growth
        self.curves[self.number] = self.base, self.run

    def change_phase(self, **settings: Any) -> None:
        """Use other settings for all next epochs."""
        phase, _ = self.phase
        self.phases = (replace(phase, epochs=MOST_EPOCHS, **settings),)
