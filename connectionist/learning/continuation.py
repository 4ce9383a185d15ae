"""What a training needs, beside its run and examples, to go on where it stopped."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError, WiringError
from connectionist.learning.run import Run
from connectionist.model.time.unrolling import longest_delay
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine, Memory
    from connectionist.engines.phase import Phase
    from connectionist.model.network import Network


@dataclass(eq=False, kw_only=True)
class Continuation:
    """The position of a training.

    Attributes
    ----------
    engine : Engine
    tolerance : float
    examples : int
        Number of examples.
    state_size : (int, int)
        Number of units, and of ticks that the network depends on. `end_state` is that of such a network.
    test_examples : ExampleSet or None
    phase : int
        Number of the phase in progress, from 1; 0 before the first.
    order : tuple
        Position in the orders of presentation; see `PresentationOrder.state`.
    end_state : list
        State in which the last example ended, in the form of the engine; see `TrainingJob`.
    search_memory : dict
        What a search rule keeps between epochs.
    initial_memory : dict of str to array
        Initial states of rules in phases that have not begun.
    reason : str
        Word for ``run.stopped`` if the criterion or the function of `until` has ended the training; "" otherwise.
    """

    engine: Engine
    tolerance: float
    examples: int
    state_size: tuple[int, int]
    test_examples: ExampleSet | None = None
    phase: int = 0
    order: tuple[Mapping[str, Any] | None, Sequence[int]] = (None, ())
    end_state: list[Any] = field(default_factory=list)
    search_memory: dict[str, Any] = field(default_factory=dict)
    initial_memory: Memory = field(default_factory=dict)
    reason: str = ""

    def copy(self) -> Continuation:
        """Return a copy that another training can change."""
        changing = ("end_state", "search_memory", "initial_memory")
        return replace(self, reason="", **{name: deepcopy(getattr(self, name)) for name in changing})


def first_position(
    network: Network, examples: ExampleSet, engine: Engine, tolerance: float, test_examples: ExampleSet | None, initial_memory: Memory
) -> Continuation:
    """Return the position before the first epoch."""
    return Continuation(
        engine=engine,
        tolerance=tolerance,
        examples=len(examples),
        state_size=(len(network.units), longest_delay(network)),
        test_examples=test_examples,
        initial_memory=initial_memory,
    )


def next_position(
    before: Run, network: Network, examples: ExampleSet, engine: Engine | None, tolerance: float | None, test_examples: ExampleSet | None
) -> Continuation:
    """Return the position at the end of a run, for a training that goes on with it.

    Raises
    ------
    ParameterError
        If the engine is another one, and examples continue one another.
    WiringError
        If the network has another number of units or a longer delay, and examples continue one another.
    """
    assert before._continuation is not None
    old = before._continuation
    position = old.copy()
    has_state = any(each is not None for each in old.end_state)
    if engine is not None and (engine.name, engine.settings) != (old.engine.name, old.engine.settings):
        if has_state:
            raise ParameterError(f"train.engine: must be {old.engine!r}, as before, since examples continue one another (got {engine!r})")
        position.engine, position.end_state = engine, []
    position.state_size = (len(network.units), longest_delay(network))
    if has_state and position.state_size != old.state_size:
        raise WiringError(
            f"train.continue_from: {network.name} must have {old.state_size[0]} units and delays up to {old.state_size[1]}, as before, "
            f"since examples continue one another (got {position.state_size[0]} and {position.state_size[1]})"
        )
    if len(examples) != old.examples:
        position.examples, position.order = len(examples), (old.order[0], ())
    position.test_examples = test_examples
    position.tolerance = old.tolerance if tolerance is None else tolerance
    return position


def last_phase(before: Run | None) -> Phase | None:
    """Return the phase in which a run ended; None without a run."""
    return None if before is None or before._continuation is None else before.phases[max(before._continuation.phase, 1) - 1]


def check_run(given: object) -> Run:
    """Return the run of the argument `continue_from`.

    Raises
    ------
    ParameterError
        If it is no run of `train`, as one of `train_many` or one that was read from a folder.
    """
    if not isinstance(given, Run) or given._continuation is None:
        raise ParameterError(f"train.continue_from: must be a Run that cn.train or cn.resume returned (got {shown(given)})")
    return given


def continued_run(before: Run, network: Network, phases: tuple[Phase, ...], engine: Engine, test_every: int) -> Run:
    """Return a run that goes on after another, with its log so far.

    Parameters
    ----------
    before : Run
    network : Network
    phases : tuple of Phase
        What is to be trained now.
    engine : Engine
    test_every : int
        Interval of tests from now on; 0 without a test.

    Raises
    ------
    WiringError
        If the network has another number of weights than the memory of the rule.
    """
    for name, values in before.memory.items():
        if len(values) != len(network.weights):
            raise WiringError(
                f"train.continue_from: {network.name} has {len(network.weights)} weights, and the memory {name!r} of the run {len(values)}"
            )
    return Run(
        network,
        continued_phases(before, phases),
        engine.name,
        before.seed,
        errors=list(before.errors),
        corrects=list(before.corrects),
        phase_numbers=list(before.phase_numbers),
        test_every=test_every,
        test_errors=tests_due(before.test_errors, before.epochs, test_every),
        test_corrects=tests_due(before.test_corrects, before.epochs, test_every),
        memory={name: values.copy() for name, values in before.memory.items()},
        seconds=before.seconds,
        engine_settings=engine.settings,
    )


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
