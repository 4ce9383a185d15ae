"""Checks of the arguments of `train`: phases, stopping conditions, progress and warnings."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from connectionist.data.example_set import Examples, ExampleSet
from connectionist.engines.phase import SETTINGS, Criterion, Phase, procedure_for
from connectionist.engines.procedure_runner import check_procedure
from connectionist.errors import DataError, ParameterError, check_number
from connectionist.learning.jacobian import check_residuals
from connectionist.learning.progress import Reporter, no_progress, progress_bar
from connectionist.learning.run import Run
from connectionist.model.network import Network
from connectionist.plugins import registry
from connectionist.plugins.procedures import JointSignalProcedure, LearningProcedure, SignalProcedure
from connectionist.plugins.rules import Rule, SearchRule
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

OTHER_WORDS = ("epochs", "criterion", "interrupted", "diverged", "error")  # of run.stopped; reports give them a meaning
Until = float | Criterion | Callable[[Run], bool | str] | None


def make_phases(
    rule: Rule | str | None,
    epochs: int | None,
    phases: Sequence[Phase] | None,
    settings: Mapping[str, Any],
    before: Phase | None = None,
    call: str = "train",
) -> tuple[Phase, ...]:
    """Return the given phases, or one phase made from the other arguments. What is None is as in the phase before, if there is one.

    `settings` has the arguments of `SETTINGS`. `call` is the function that was called, for messages.

    Raises
    ------
    ParameterError
        If both are given, or neither.
    """
    given_settings = {name: value for name, value in settings.items() if value is not None}
    if phases is not None:
        if rule is not None or epochs is not None or {**SETTINGS, **given_settings} != SETTINGS:
            raise ParameterError(f"{call}: phases replace rule, epochs, {', '.join(SETTINGS)}; give either phases or these")
        given = tuple(phases) if isinstance(phases, Iterable) else ()
        if not given or not all(isinstance(phase, Phase) for phase in given):
            raise ParameterError(f"{call}.phases: must be a list of one or more Phase (got {phases!r})")
        return given
    if (rule is None and before is None) or epochs is None:
        raise ParameterError(_missing_text(call, before.rule if rule is None and before is not None else rule, epochs))
    defaults = dict(SETTINGS) if before is None else before.settings
    if rule is not None:
        defaults["schedule"] = None  # its parameters and epochs are those of the rule before
    chosen: Any = before.rule if rule is None and before is not None else rule
    resolved = registry.resolve("update_rules", chosen, Rule, what=f"{call}.rule")
    chosen_settings = {**defaults, **given_settings}
    chosen_settings["procedure"] = procedure_for(resolved, chosen_settings["procedure"], f"{call}.procedure")
    return (Phase(resolved, epochs, **chosen_settings),)


def _missing_text(call: str, rule: Rule | str | None, epochs: int | None) -> str:
    """Return what `make_phases` says if the rule or the number of epochs is missing, and there are no phases."""
    if rule is None and epochs is None:
        return f"{call}: must have a rule and epochs, as in rule='momentum', epochs=100, or phases (got none of them)"
    if rule is None:
        return f"{call}.rule: must be given with epochs, as in rule='momentum' (got epochs={shown(epochs)} and no rule)"
    name = getattr(rule, "name", rule)
    return f"{call}.epochs: must be given with a rule, as in epochs=100 (got the rule {shown(name)} and no epochs)"


def with_total_epochs(phases: Sequence[Phase], epochs: int, what: str, at_least: int = 0) -> list[Phase]:
    """Return the phases with this number of epochs in total: the first ones shortened, or the last one extended."""
    check_number(what, "epochs", epochs, at_least=at_least, whole=True)
    adjusted: list[Phase] = []
    left = epochs
    for number, phase in enumerate(phases, 1):
        count = left if number == len(phases) else min(left, phase.epochs)
        adjusted.append(replace(phase, epochs=count))
        left -= count
    return adjusted


def make_reporter(progress: bool | Reporter, title: str) -> Reporter:
    """Return the reporter of the argument `progress`.

    Raises
    ------
    ParameterError
        If it is neither True nor False nor a context manager.
    """
    if isinstance(progress, AbstractContextManager):
        return progress
    if not isinstance(progress, (bool, np.bool_)):
        raise ParameterError(f"train.progress: must be True, False or a context manager (got {shown(progress)})")
    return progress_bar(title) if progress else no_progress()


def split_until(until: Until, every: int, call: str = "train") -> tuple[Criterion | None, Callable[[Run], bool | str] | None]:
    """Return the criterion and the stopping function of `until`. At least one of them is None.

    Raises
    ------
    ParameterError
        If it is of another type, or a number below 0; or if `every` is out of range, or not 1 without a function.
    """
    check_number(call, "every", every, at_least=1, whole=True)
    if every != 1 and not callable(until):
        raise ParameterError(f"{call}.every: is for a function of until, and a criterion is tested after each epoch (got {every})")
    if until is None or isinstance(until, Criterion):
        return until, None
    if callable(until):
        if not takes(until, 1):
            raise ParameterError(f"{call}.until: a function must take one argument, the run (got {shown(until)})")
        return None, until
    if isinstance(until, bool) or not isinstance(until, numbers.Real):
        raise ParameterError(f"{call}.until: must be a Criterion, a number (the error) or a function of the run (got {shown(until)})")
    check_number(call, "until", until, at_least=0)
    return Criterion(error=float(until)), None


def with_checked_answers(until: Until, what: str) -> Until:
    """Return `until`; if it is a function, one that checks its answers, and names in messages where a user gave it."""
    return (lambda run: check_answer(until(run), what)) if callable(until) else until  # type: ignore[return-value]


def check_answer(answer: object, what: str = "train.until") -> bool | str | None:
    """Return what the function of `until` returned. `what` is where a user gave the function, for messages.

    Raises
    ------
    ParameterError
        If it is neither true nor false nor a word, or a word that `Run.stopped` has for another reason.
    """
    if isinstance(answer, (bool, np.bool_, str, type(None))) and answer not in OTHER_WORDS:
        return answer  # type: ignore[return-value]
    raise ParameterError(
        f"{what}: the function must return true, false, or a word for run.stopped other than {', '.join(OTHER_WORDS)} (got {shown(answer)})"
    )


def check_test(network: Network, test: Examples | None, test_every: int) -> tuple[ExampleSet | None, int]:
    """Return the testing examples, or None, and the number of epochs between two tests, 0 without testing examples.

    Raises
    ------
    ParameterError
        If `test` is no example set, or if the interval is out of range, or is not 1 without examples.
    DataError
        If the examples do not fit the network.
    """
    check_number("train", "test_every", test_every, at_least=1, whole=True)
    if test is None:
        if test_every != 1:
            raise ParameterError(f"train.test_every: is the interval of the test of examples, and test has none (got {test_every})")
        return None, 0
    try:
        examples = network._examples(test, "train.test", ParameterError)
    except DataError as error:
        raise DataError(f"train.test: {error}") from None
    _warn_if_targets_are_out_of_range(network, examples)
    return examples, int(test_every)


def check_training(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Check the learning procedures, and warn of training that cannot do what was meant, as `train` describes.

    Raises
    ------
    WiringError, DataError, ParameterError
        If a procedure or a rule cannot train the network on the examples.
    """
    check_phases(network, examples, phases)
    _warn_if_weights_are_zero(network)
    _warn_if_nothing_is_learned(network, examples, phases)
    _warn_if_stream_is_reordered(examples, phases)
    _warn_of_frequencies(examples, phases)
    _warn_if_targets_are_out_of_range(network, examples)


def check_phases(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Raise WiringError, DataError or ParameterError if the procedure or the rule of a phase cannot train the network on the examples."""
    for phase in phases:
        check_procedure(phase.learning_procedure, network, examples)
        if isinstance(phase.rule, SearchRule) and phase.rule.uses_residuals:
            check_residuals(network, examples, f"rule {phase.rule.name!r}")


def _warn_if_weights_are_zero(network: Network) -> None:
    """Warn if there are hidden units and every trainable weight is 0."""
    rows, state = network.weight_rows, network.weight_state
    if not any(group.role == "hidden" for group in network.groups) or not len(rows):
        return
    last = rows[-1]
    if state.value[last] and state.trainable[last]:  # in nearly every network, and found at once
        return
    values = network.weight_values[state.array("trainable")[rows] != 0]
    if values.size and not values.any():
        warn_caller(
            f"{network.name}: every trainable weight is 0, so units of a hidden group will learn the same weights; call randomize first"
        )


def _warn_if_nothing_is_learned(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Warn if all weights are frozen, or if no example has a target and the rules learn from targets."""
    if not any(phase.epochs for phase in phases):
        return
    rows, state = network.weight_rows, network.weight_state
    if len(rows) and not state.trainable[rows[-1]] and not state.array("trainable")[rows].any():
        warn_caller(f"{network.name}: all weights are frozen, so training changes none; network.outputs runs examples without training")
    learns_from_targets = not any(_has_signals_alone(phase.learning_procedure) for phase in phases)
    if learns_from_targets and examples.targets.size and np.isnan(examples.targets.flat[-1]) and np.isnan(examples.targets).all():
        warn_caller("no example has a target, so the error is 0 and nothing is learned")


def _has_signals_alone(procedure: LearningProcedure) -> bool:
    """Return whether a procedure may learn without targets."""
    return isinstance(procedure, JointSignalProcedure) or (isinstance(procedure, SignalProcedure) and procedure.dynamics is None)


def _warn_if_stream_is_reordered(examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Warn if examples that continue one another will be presented in another order than their own."""
    orders = [phase.order for phase in phases if phase.order != "fixed"]
    if orders and examples.continues.any():
        warn_caller(
            f"examples continue one another, but are presented in {orders[0]} order: each continues from the one presented before it"
        )


def _warn_of_frequencies(examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Warn if examples have different frequencies that neither a phase nor the weights of the error use, or that a phase uses twice."""
    if not (examples.frequencies != examples.frequencies[0]).any():
        return
    for number, phase in enumerate(phases, 1):
        if phase.order == "sampled" and phase.weighting == "frequency":
            warn_caller(
                f"phase {number} uses the frequencies of the examples twice: order 'sampled' draws examples by them, and weighting "
                f"'frequency' multiplies the errors of examples by them"
            )
    are_used = any(phase.order == "sampled" or phase.weighting == "frequency" for phase in phases)
    is_weighted = np.ptp(examples.error_weights) > 0  # by the user, perhaps by a function of the frequencies
    if not are_used and not is_weighted:
        orders = ", ".join(f"phase {number} has order {phase.order!r}" for number, phase in enumerate(phases[:3], 1))
        warn_caller(
            f"the frequencies of the examples, {examples.frequencies.min():g} to {examples.frequencies.max():g}, have no effect: {orders}, "
            f"which presents each example once per epoch; order='sampled' draws examples by their frequencies, and weighting='frequency' "
            f"multiplies the errors of examples by them"
        )


def _warn_if_targets_are_out_of_range(network: Network, examples: ExampleSet) -> None:
    """Warn if a target, less its margin, is an activation that the output function of its unit cannot give."""
    start = 0
    for group in network.groups:
        if group.role != "output":
            continue
        targets = examples.targets[..., start : start + len(group)]
        start += len(group)
        low, high = group.activation_function.range
        is_out = (targets - group.margin > high) | (targets + group.margin < low)
        if count := int(is_out.sum()):
            case, *tick, unit = (int(each[0]) for each in np.nonzero(is_out))
            when = f" at tick {tick[0] + 1}" if tick else ""
            others = f" ({count} such targets in the group)" if count > 1 else ""
            limits = f"activations of {group.activation_function.name} are from {low:g} to {high:g}"
            warn_caller(
                f"example {examples.names[case]!r}, unit {group[unit].name}{when}: the target {targets[(case, *tick, unit)]:g} cannot be "
                f"reached, since {limits}{others}"
            )
            return
