"""What a training needs, beside its run and examples, to go on where it stopped."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.engines.engine import Engine, Memory
from connectionist.errors import ParameterError, WiringError, check_number
from connectionist.learning.run import LOG_COLUMNS, Run
from connectionist.learning.training_checks import check_criterion, check_training
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.time.unrolling import longest_delay
from connectionist.plugins import registry
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectionist.data.example_set import Examples, ExampleSet
    from connectionist.engines.phase import Criterion, Phase


@dataclass(eq=False, kw_only=True)
class Continuation:
    """The position of a training.

    Attributes
    ----------
    engine : Engine
    tolerance : float
    examples : int
        Number of examples.
    test_examples : ExampleSet or None
    phase : int
        Number of the phase in progress, from 1; 0 before the first.
    order : tuple
        Position in the orders of presentation; see `PresentationOrder.state`.
    end_state : list
        State in which the last example ended, in the form of the engine; see `TrainingJob`.
    state_size : (int, int)
        Number of units and longest delay of the network whose state `end_state` is.
    search_memory : dict
        What a search rule keeps between epochs, or a learning procedure between cases.
    initial_memory : dict of str to array
        Initial states of rules in phases that have not begun.
    reason : str
        Word for ``run.stopped`` if the criterion or the function of `until` has ended the training; "" otherwise.
    """

    engine: Engine
    tolerance: float
    examples: int
    test_examples: ExampleSet | None = None
    phase: int = 0
    order: tuple[Mapping[str, Any] | None, Sequence[int]] = (None, ())
    end_state: list[Any] = field(default_factory=list)
    state_size: tuple[int, int] = (0, 0)
    search_memory: dict[str, Any] = field(default_factory=dict)
    initial_memory: Memory = field(default_factory=dict)
    reason: str = ""

    def copy(self) -> Continuation:
        """Return a copy that another training can change."""
        changing = ("end_state", "search_memory", "initial_memory")
        return replace(self, reason="", **{name: deepcopy(getattr(self, name)) for name in changing})


@dataclass(eq=False, kw_only=True)
class Start:
    """The beginning of a training: its arguments, after they were checked.

    Parameters
    ----------
    before : Run or None
        The run to continue from.
    network : Network
    examples : ExampleSet
    phases : tuple of Phase
        What is to be trained now.
    engine : Engine or None
        None for the default, or the engine of the run before.
    seed : int
    tolerance : float or None
        None for 0.5, or that of the run before.
    memory : dict of str to array

    Attributes
    ----------
    checked : object or None
        See `TrainingJob.checked`; None before `begin`.

    Raises
    ------
    ParameterError
        If the seed or the tolerance is out of range.
    """

    before: Run | None
    network: Network
    examples: ExampleSet
    phases: tuple[Phase, ...]
    engine: Engine | None
    seed: int
    tolerance: float | None
    memory: Memory
    checked: object = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.tolerance is not None:
            self.tolerance = check_number("train", "tolerance", self.tolerance, above=0)
        self.seed = check_number("train", "seed", self.seed, at_least=0, whole=True)

    def begin(self, criterion: Criterion | None, test_examples: ExampleSet | None, test_every: int) -> tuple[Continuation, Run]:
        """Check the procedures and the criterion, and return the position in which training begins, and the run with its log so far.

        Raises
        ------
        ParameterError, WiringError, DataError
            If the engine or the network does not fit the run before, if a procedure cannot train the network on the examples, or if the
            criterion needs targets.
        """
        position = self._first() if self.before is None else self._next(self.before)
        check_criterion(criterion, self.network, self.examples, position.tolerance)
        self.checked = check_training(self.network, self.examples, self.phases)
        position.test_examples = test_examples
        engine, phases, log = position.engine, self.phases, dict[str, Any]()
        if self.before is not None:
            phases, log = continued_phases(self.before, phases), self._log(self.before, test_every)
        seed = self.seed if self.before is None else self.before.seed
        run = Run(self.network, phases, engine.name, seed, test_every=test_every, engine_settings=engine.settings, **log)
        return position, run

    def _first(self) -> Continuation:
        engine = self.engine or registry.resolve("engines", DEFAULT_ENGINE, Engine, what="train.engine")  # type: ignore[type-abstract,unused-ignore]
        tolerance = DEFAULT_TOLERANCE if self.tolerance is None else self.tolerance
        return Continuation(engine=engine, tolerance=tolerance, examples=len(self.examples), initial_memory=self.memory)

    def _next(self, before: Run) -> Continuation:
        assert before._continuation is not None
        old = before._continuation
        position = old.copy()
        self._check_state(old)
        if self.engine is not None and not _is_same(self.engine, old.engine):
            position.engine, position.end_state = self.engine, []
        if len(self.examples) != old.examples:
            position.examples, position.order = len(self.examples), (old.order[0], ())
        position.tolerance = old.tolerance if self.tolerance is None else self.tolerance
        return position

    def _check_state(self, old: Continuation) -> None:
        """Raise an error if examples continue one another, and the engine or network cannot take over the state."""
        if all(each is None for each in old.end_state):
            return
        if self.engine is not None and not _is_same(self.engine, old.engine):
            raise ParameterError(
                f"train.engine: must be {old.engine!r}, as before, since examples continue one another (got {self.engine!r})"
            )
        size = state_size_of(self.network)
        if size != old.state_size:
            raise WiringError(
                f"train.continue_from: {self.network.name} must have {old.state_size[0]} units and delays up to {old.state_size[1]}, as "
                f"before, since examples continue one another (got {size[0]} and {size[1]})"
            )

    def _log(self, before: Run, test_every: int) -> dict[str, Any]:
        """Return the log and the memory of the run before, for the next one."""
        count = len(self.network.weights)
        for name, values in before.memory.items():
            if len(values) != count:
                raise WiringError(
                    f"train.continue_from: {self.network.name} has {count} weights, and the memory {name!r} of the run {len(values)}"
                )
        tests = {name: tests_due(getattr(before, name), before.epochs, test_every) for name in ("test_errors", "test_corrects")}
        columns = {name: list(getattr(before, name)) for name in LOG_COLUMNS}
        memory = {name: values.copy() for name, values in before.memory.items()}
        return {**columns, **tests, "memory": memory, "seconds": before.seconds, "ran_by": list(before.ran_by)}


def state_size_of(network: Network) -> tuple[int, int]:
    """Return the number of units, and of past ticks on which the network depends."""
    return len(network.units), longest_delay(network)


def _is_same(engine: Engine, other: Engine) -> bool:
    return (engine.name, engine.settings) == (other.name, other.settings)


def last_phase(before: Run | None) -> Phase | None:
    """Return the phase in which a run ended; None without a run."""
    return None if before is None or before._continuation is None else before.phases[max(before._continuation.phase, 1) - 1]


def tested_before(before: Run | None, test: Examples | None, test_every: int) -> tuple[Examples | None, int]:
    """Return the testing examples and their interval: those given or, of a run that is continued, those of before."""
    old = None if before is None else before._continuation
    if before is None or old is None or test is not None or old.test_examples is None:
        return test, test_every
    return old.test_examples, before.test_every if test_every == 1 else test_every


def check_run(given: object, seed: int | None, memory: object) -> Run:
    """Return the run of the argument `continue_from`.

    Raises
    ------
    ParameterError
        If it is no run of training in this process, as one that was read from a folder, or if another seed or a memory is given.
    """
    if not isinstance(given, Run) or given._continuation is None:
        raise ParameterError(f"train.continue_from: must be a Run that cn.train, cn.train_many or cn.resume returned (got {shown(given)})")
    if seed not in (None, given.seed):
        raise ParameterError(f"train.seed: must be that of the run to continue from, {given.seed} (got {shown(seed)})")
    if memory is not None:
        raise ParameterError("train.memory: must not be given with continue_from, which continues the memory of the run")
    return given


def continued_phases(before: Run, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Return the phases of a run as far as it came, and those that follow. A phase that goes on is one phase, as in one longer run."""
    assert before._continuation is not None
    begun = [replace(each, epochs=before.phase_numbers.count(number)) for number, each in enumerate(before.phases, 1)]
    begun = begun[: before._continuation.phase]
    if not begun or replace(phases[0], epochs=begun[-1].epochs) != begun[-1]:
        return (*begun, *phases)
    return (*begun[:-1], replace(phases[0], epochs=begun[-1].epochs + phases[0].epochs), *phases[1:])


def tests_due(values: list[float], epochs: int, test_every: int) -> list[float]:
    """Return the results of tests so far. That after the last epoch is left out if it would not be due in one longer run."""
    if not test_every:
        return []
    kept = list(values) if values else [float("nan")] * epochs
    if epochs % test_every:
        kept[-1] = float("nan")
    return kept
