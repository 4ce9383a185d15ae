"""Whether an update rule does what every engine counts on."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError
from connectionist.learning.run import Run
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins.rules import LocalRule, Rule, SearchRule, UpdateRule, WholeNetRule
from connectionist.testing.claims import check_frozen, check_name, check_refusal, claim, make
from connectionist.utils.arrays import Array

CONTRACTS = (UpdateRule, WholeNetRule, LocalRule, SearchRule)
NUMBERS = (0.0, 0.75, -0.5, 2.0)
REFUSED_RATES = (0.0, -0.1, math.nan, math.inf)
REFUSED_DECAYS = (-0.1, 1.0, math.nan)


def check_update_rule(rule: type[Rule] | Rule, engine: str = DEFAULT_ENGINE) -> None:
    """Check a rule for changing weights, of any of the four kinds.

    It is a frozen dataclass with a name; rates of 0 and less and decays outside 0 to below 1 are refused; its formulas are pure
    and return as many finite numbers as it declares; the first change goes against the derivative; and a small training run
    leaves frozen weights alone, applies decay after the change, w ← (1 − decay)(w + Δw), and is repeatable bit for bit.

    Parameters
    ----------
    rule : Rule or class of Rule
        A class must have default parameters.
    engine : str
        Which engine trains.

    Raises
    ------
    AssertionError
        It names the rule, the property, what was allowed and what came.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_update_rule(registry.find("update_rules", "hebb"))
    """
    made = make(rule, *CONTRACTS)
    check_name(made)
    check_frozen(made)
    _check_memory_names(made)
    _check_refusals(made)
    _check_rate(made)
    _check_formulas(made)
    _check_training(made, engine)


def _check_memory_names(rule: Rule) -> None:
    distinct = isinstance(rule.memory, tuple) and len(set(rule.memory)) == len(rule.memory)
    named = distinct and all(isinstance(name, str) and name.isidentifier() for name in rule.memory)
    claim(named, type(rule).__name__, "memory", "a tuple of different names", rule.memory)


def _check_refusals(rule: Rule) -> None:
    for parameter, values, allowed in (("rate", REFUSED_RATES, "above 0"), ("decay", REFUSED_DECAYS, "from 0 to below 1")):
        for value in values if _has(rule, parameter) else ():
            attempt: Any = {parameter: value}
            check_refusal(type(rule).__name__, parameter, allowed, ParameterError, lambda given=attempt: _with(rule, **given))  # type: ignore[misc]


def _check_rate(rule: Rule) -> None:
    if _has(rule, "rate"):
        got, wanted = rule.with_rate(0.0625), _with(rule, rate=0.0625)
        claim(got == wanted, type(rule).__name__, "with_rate(0.0625)", f"{wanted!r}, the same but for the rate", got)


def _check_formulas(rule: Rule) -> None:
    if isinstance(rule, SearchRule):
        _check_search(rule)
    elif isinstance(rule, LocalRule):
        _check_signal(rule)
        _check_change(rule)
    elif isinstance(rule, WholeNetRule):
        _check_summary(rule)
        _check_change(rule, rule.summarize([0.75, -0.5]))
        _check_direction(rule, rule.summarize([0.75]))
    elif isinstance(rule, UpdateRule):
        _check_change(rule)
        _check_direction(rule)


def _check_change(rule: UpdateRule | WholeNetRule | LocalRule, *summary: float) -> None:
    """Make a first change, which finds zeros in its memory, and the two after it, each twice."""
    count = 1 + len(rule.memory)
    for value in NUMBERS:
        for derivative in NUMBERS:
            memory: Sequence[float] = [0.0] * len(rule.memory)
            for number in range(3):
                arguments = (value, derivative, *summary, *memory)
                quality = f"change{arguments}, the {number + 1}. change"
                got, again = rule.change(*arguments), rule.change(*arguments)
                holds = isinstance(got, tuple) and len(got) == count and _are_finite(got)
                allowed = f"a tuple of {count} finite numbers, Δw and one for each name in memory {rule.memory}"
                claim(holds, type(rule).__name__, quality, allowed, got)
                claim(got == again, type(rule).__name__, f"{quality}, asked twice", f"the same, {got}", again)
                memory = got[1:]


def _check_direction(rule: UpdateRule | WholeNetRule, *summary: float) -> None:
    for derivative in (0.75, -0.75):
        change = rule.change(0.0, derivative, *summary, *[0.0] * len(rule.memory))[0]
        quality = f"first change of a weight of 0 with derivative {derivative}"
        claim(change * derivative < 0.0, type(rule).__name__, quality, "against its derivative", change)


def _check_summary(rule: WholeNetRule) -> None:
    for derivatives in ([], [0.0], [0.75, -0.5], [30.0, -40.0, 0.0]):
        got, again = rule.summarize(derivatives), rule.summarize(derivatives)
        quality = f"summarize({derivatives})"
        claim(_are_finite([got]), type(rule).__name__, quality, "a finite number", got)
        claim(got == again, type(rule).__name__, f"{quality}, asked twice", f"the same, {got}", again)


def _check_signal(rule: LocalRule) -> None:
    for value in NUMBERS:
        for target in (0.0, 1.0, math.nan):
            arguments = (value, 0.75, 0.25, target)
            got, again = rule.signal(*arguments), rule.signal(*arguments)
            claim(_are_finite([got]), type(rule).__name__, f"signal{arguments}", "a finite number", got)
            claim(got == again, type(rule).__name__, f"signal{arguments}, asked twice", f"the same, {got}", again)


def _check_search(rule: SearchRule) -> None:
    """Search a bowl, ½ Σ a (w − m)²: any search must come down in it."""
    steepness, middle = np.array([1.0, 3.0, 0.5]), np.array([0.5, -1.0, 2.0])

    def evaluate(values: Array) -> tuple[float, Array]:
        away = values - middle
        return float(0.5 * (steepness * away * away).sum()), steepness * away

    paths = []
    for _ in range(2):
        memory: dict[str, Any] = {}
        values = np.zeros(3)
        for _ in range(5):
            values = np.asarray(rule.search(values.copy(), evaluate, memory), dtype=float)
            holds = values.shape == (3,) and np.isfinite(values).all()
            claim(holds, type(rule).__name__, "search", "an array of as many finite weights as it was given, 3", values)
        paths.append(values)
    claim(np.array_equal(paths[0], paths[1]), type(rule).__name__, "search, made twice", f"the same, {paths[0]}", paths[1])
    error, least = evaluate(paths[0])[0], evaluate(np.zeros(3))[0]
    claim(error < least, type(rule).__name__, "error after 5 searches of a bowl", f"below that at the start, {least}", error)


def _check_training(rule: Rule, engine: str) -> None:
    thing = type(rule).__name__
    net, run = _trained(rule, engine, epochs=3)
    again, other_run = _trained(rule, engine, epochs=3)
    claim(run.errors == other_run.errors, thing, "errors of the same training again", f"the same bits, {run.errors}", other_run.errors)
    claim(np.array_equal(net.weight_values, again.weight_values), thing, "the same training again", "the same bits", again.weight_values)
    claim(set(run.memory) == set(rule.memory), thing, "memory after training", str(set(rule.memory)), set(run.memory))
    frozen = net.connection("input:0", "output:0").weight
    claim(frozen.value == 0.625, thing, "a frozen weight after training", "0.625 as before", frozen.value)
    claim(frozen.change == 0.0, thing, "change of a frozen weight", "0", frozen.change)
    if _has(rule, "decay"):
        _check_decay(rule, engine)


def _check_decay(rule: Rule, engine: str) -> None:
    decaying = _with(rule, decay=0.25)
    before, _ = _trained(decaying, engine, epochs=0)
    after, _ = _trained(decaying, engine, epochs=1)
    for old, new in zip(before.weights, after.weights, strict=True):
        wanted = (old.value + new.change) * 0.75 if new.trainable else old.value
        quality = "weight after a change with decay 0.25"
        claim(math.isclose(new.value, wanted, rel_tol=1e-9), type(rule).__name__, quality, f"(1 − decay)(w + Δw), {wanted!r}", new.value)


def _trained(rule: Rule, engine: str, epochs: int) -> tuple[Network, Run]:
    net = Network(f"check of {rule.name}")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    for sender, receiver in (("input", "hidden"), ("hidden", "output"), ("input", "output")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=1)
    frozen = net.connection("input:0", "output:0").weight
    frozen.value, frozen.trainable = 0.625, False
    examples = ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    return net, train(net, examples, rule, epochs, engine=engine)


def _has(rule: Rule, parameter: str) -> bool:
    return parameter in {field.name for field in fields(rule) if field.init}  # type: ignore[arg-type]


def _with(rule: Rule, **parameters: float) -> Rule:
    return replace(copy.copy(rule), **parameters)  # type: ignore[type-var]


def _are_finite(numbers: Sequence[Any]) -> bool:
    return all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers)
