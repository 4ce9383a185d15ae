"""Checks of the arguments of `train`: phases, stopping conditions, progress and testing examples."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from connectionist.data.example_set import Examples, ExampleSet
from connectionist.engines.phase import SETTINGS, Criterion, Phase, procedure_for
from connectionist.errors import DataError, ParameterError, check_number
from connectionist.learning.progress import Reporter, no_progress, progress_bar
from connectionist.learning.run import Run
from connectionist.learning.training_checks import warnings_of_targets
from connectionist.model.network import Network
from connectionist.plugins import registry
from connectionist.plugins.rules import Rule
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.declared_attributes import is_frozen_dataclass
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.real_number import plain_number
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
    known: Phase | None = None,
) -> tuple[Phase, ...]:
    """Return the given phases, or one phase made from the other arguments. What is None is as in the phase before, if there is one.

    `settings` has the arguments of `SETTINGS`. `call` is the function that was called, for messages. `known` is an earlier phase, which is
    returned if it would be made again, since its checks take as long as a short training.

    Raises
    ------
    ParameterError
        If both are given, or neither.
    """
    given_settings = {name: value for name, value in settings.items() if value is not None}
    if phases is not None:
        beside = {name: value for name, value in {"rule": rule, "epochs": epochs, **given_settings}.items() if value is not None}
        if beside:
            got = ", ".join(f"{name}={shown(value)}" for name, value in beside.items())
            raise ParameterError(f"{call}: phases replace rule, epochs, {', '.join(SETTINGS)}; give either phases or these (got {got} too)")
        given = tuple(finite_list(phases, f"{call}.phases", in_order=True)) if isinstance(phases, Iterable) else ()
        if not given or not all(isinstance(phase, Phase) for phase in given):
            raise ParameterError(f"{call}.phases: must be a list of one or more Phase (got {phases!r})")
        return given
    if (rule is None and before is None) or epochs is None:
        raise ParameterError(_missing_text(call, before.rule if rule is None and before is not None else rule, epochs))
    chosen: Any = before.rule if rule is None and before is not None else rule
    is_plain = before is None and not given_settings
    if is_plain and isinstance(chosen, str) and is_frozen_dataclass(kind := registry.find("update_rules", chosen)):
        return (_plain_phase(kind, epochs) if type(epochs) is int else Phase(kind(), epochs),)  # others need not be hashable
    if is_plain and known is not None and _is_made_from(known, chosen, epochs):
        return (known,)
    resolved = registry.resolve("update_rules", chosen, Rule, what=f"{call}.rule")
    defaults = dict(SETTINGS) if before is None else before.settings
    if rule is not None:
        defaults["schedule"] = None  # its parameters and epochs are those of the rule before
    chosen_settings = {**defaults, **given_settings}
    if chosen_settings["procedure"] is not None:
        chosen_settings["procedure"] = procedure_for(resolved, chosen_settings["procedure"], f"{call}.procedure")
    return (Phase(resolved, epochs, **chosen_settings),)


def _is_made_from(phase: Phase, rule: object, epochs: object) -> bool:
    """Return whether a phase has a rule, a number of epochs of the same type, and the default settings."""
    same = phase.rule is rule and type(phase.epochs) is type(epochs)
    return same and vars(phase) == {"rule": rule, "epochs": epochs, **SETTINGS}


@lru_cache
def _plain_phase(kind: type[Rule], epochs: int) -> Phase:
    """Return a phase with a rule of default parameters; the same each time, since its checks take as long as a short training."""
    return Phase(kind(), epochs)


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
    adjusted: list[Phase] = []
    left = check_number(what, "epochs", epochs, at_least=at_least, whole=True)
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
    if progress is False:
        return no_progress()
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
    if isinstance(until, type):
        raise ParameterError(f"{call}.until: must be a Criterion, a number (the error) or a function of the run (got {shown(until)})")
    if every != 1 and not callable(until):
        raise ParameterError(f"{call}.every: is for a function of until, and a criterion is tested after each epoch (got {every})")
    if until is None or isinstance(until, Criterion):
        return until, None
    if callable(until):
        if not takes(until, 1):
            raise ParameterError(f"{call}.until: a function must take one argument, the run (got {shown(until)})")
        return None, until
    if isinstance(until, bool) or (not isinstance(until, numbers.Real) and plain_number(until) is None):
        raise ParameterError(f"{call}.until: must be a Criterion, a number (the error) or a function of the run (got {shown(until)})")
    number = check_number(call, "until", until, at_least=0)
    return Criterion(error=float(number)), None


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
    interval = check_number("train", "test_every", test_every, at_least=1, whole=True)
    if test is None:
        if interval != 1:
            raise ParameterError(f"train.test_every: is the interval of the test of examples, and test has none (got {test_every})")
        return None, 0
    try:
        examples = network._examples(test, "train.test", ParameterError)
    except DataError as error:
        raise DataError(f"train.test: {error}") from None
    for message in warnings_of_targets(network, examples):
        warn_caller(message)
    return examples, interval
