"""Check of an update rule: what every engine relies on."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError, WiringError
from connectionist.learning.run import Run
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins import registry
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import JointRule, LocalRule, Rule, SearchRule, UpdateRule, WholeNetRule, summary_of, uses_error
from connectionist.testing.claims import (
    assert_close,
    assert_raises,
    assert_that,
    call_to_read,
    check_declaration,
    check_signature,
    make_instance,
)
from connectionist.testing.procedures import check_joint_signals, without_targets
from connectionist.utils.arrays import Array

CONTRACTS = (UpdateRule, WholeNetRule, LocalRule, SearchRule)
TEST_VALUES = (0.0, 0.75, -0.5, 2.0)
INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
INVALID_RATES = (0.0, -0.1, math.nan, math.inf)
INVALID_DECAYS = (-0.1, 1.0, math.nan)


def check_update_rule(rule: type[Rule] | Rule, engine: str = DEFAULT_ENGINE, reference: str = "local") -> None:
    """Check an update rule of any of the five kinds.

    It must be a frozen dataclass with a name. It must raise ParameterError for a rate of 0 or less, and for a decay below 0 or not below 1.
    Its formulas must be pure functions and return the declared number of finite numbers. The first change must have the opposite sign of
    the derivative. A small training must not change frozen weights, must apply the decay after the change, w ← (1 − decay)(w + Δw), must
    give the same bits each time, and must agree with the same training by a reference engine.

    Parameters
    ----------
    rule : Rule or class of Rule
        Rule to check. A class must have default parameters.
    engine : str
        Name of the engine for the training.
    reference : str
        Name of the engine with which it must agree, within its tolerance times ten per case and epoch.

    Raises
    ------
    AssertionError
        If a check fails. The message names the rule, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_update_rule(registry.find("update_rules", "hebb"))
    """
    made = make_instance(rule, *CONTRACTS)
    check_declaration(made)
    _check_memory_names(made)
    _check_signatures(made)
    _check_invalid_parameters(made)
    _check_rate(made)
    _check_formulas(made)
    _check_training(made, engine, reference)


def _check_memory_names(rule: Rule) -> None:
    named = isinstance(rule.memory, tuple) and all(isinstance(name, str) and name.isidentifier() for name in rule.memory)
    assert_that(
        named and len(set(rule.memory)) == len(rule.memory), type(rule).__name__, "memory", "a tuple of different names", rule.memory
    )


def _check_signatures(rule: Rule) -> None:
    if isinstance(rule, SearchRule):
        check_signature(rule, "search", "values, evaluate, memory", *range(3))
        return
    names = ["value", "signal" if isinstance(rule, LocalRule) else "derivative"]
    if isinstance(rule, LocalRule):
        check_signature(rule, "signal", "value, sender, receiver, target", *range(4))
    if isinstance(rule, WholeNetRule):
        check_signature(rule, "summarize", "derivatives, or derivatives and error", *range(1 + uses_error(rule)))
        names.append("summary")
    count = len(names) + len(rule.memory)
    check_signature(rule, "change", f"{', '.join(names)} and one for each name in memory {rule.memory}", *range(count))


def _check_invalid_parameters(rule: Rule) -> None:
    for parameter, values, allowed in (("rate", INVALID_RATES, "above 0"), ("decay", INVALID_DECAYS, "at least 0 and below 1")):
        for value in values if _has_parameter(rule, parameter) else ():
            attempt: Any = {parameter: value}
            assert_raises(type(rule).__name__, parameter, allowed, ParameterError, lambda given=attempt: _replaced(rule, **given))  # type: ignore[misc]


def _check_rate(rule: Rule) -> None:
    if _has_parameter(rule, "rate"):
        got, wanted = rule.with_rate(0.0625), _replaced(rule, rate=0.0625)
        assert_that(got == wanted, type(rule).__name__, "with_rate(0.0625)", f"{wanted!r}, the same but for the rate", got)


def _check_formulas(rule: Rule) -> None:
    if isinstance(rule, SearchRule):
        _check_search(rule)
    elif isinstance(rule, LocalRule):
        _check_signal(rule)
        _check_change(rule)
    elif isinstance(rule, WholeNetRule):
        _check_summary(rule)
        _check_change(rule, *summary_of(rule, [0.75, -0.5], 0.25))
        _check_direction(rule, *summary_of(rule, [0.75], 0.25))
    elif isinstance(rule, UpdateRule):
        if isinstance(rule, JointRule):
            check_joint_signals(rule)
        _check_change(rule)
        _check_direction(rule)


def _check_change(rule: UpdateRule | WholeNetRule | LocalRule, *summary: float) -> None:
    """Call the formula twice for each of three successive changes; the memory starts at 0."""
    count = 1 + len(rule.memory)
    for value in TEST_VALUES:
        for derivative in TEST_VALUES:
            memory: Sequence[float] = [0.0] * len(rule.memory)
            for number in range(3):
                arguments = (value, derivative, *summary, *memory)
                what = f"change{arguments}, change {number + 1}"
                got, again = rule.change(*arguments), rule.change(*arguments)
                is_valid = isinstance(got, tuple) and len(got) == count and _are_finite(got)
                allowed = f"a tuple of {count} finite numbers, Δw and one for each name in memory {rule.memory}"
                assert_that(is_valid, type(rule).__name__, what, allowed, got)
                assert_that(got == again, type(rule).__name__, f"{what}, called twice", f"the same, {got}", again)
                memory = got[1:]


def _check_direction(rule: UpdateRule | WholeNetRule, *summary: float) -> None:
    for derivative in (0.75, -0.75):
        change = rule.change(0.0, derivative, *summary, *[0.0] * len(rule.memory))[0]
        what = f"first change of a weight of 0 with derivative {derivative}"
        assert_that(change * derivative < 0.0, type(rule).__name__, what, "against its derivative", change)


def _check_summary(rule: WholeNetRule) -> None:
    for derivatives in ([], [0.0], [0.75, -0.5], [30.0, -40.0, 0.0]):
        arguments = (derivatives, 0.25) if uses_error(rule) else (derivatives,)
        got, again = (call_to_read(rule, "summarize", *arguments) for _ in range(2))
        what = f"summarize({derivatives}{', 0.25' if uses_error(rule) else ''})"
        assert_that(_are_finite([got]), type(rule).__name__, what, "a finite number", got)
        assert_that(got == again, type(rule).__name__, f"{what}, called twice", f"the same, {got}", again)


def _check_signal(rule: LocalRule) -> None:
    for value in TEST_VALUES:
        for target in (0.0, 1.0, math.nan):
            arguments = (value, 0.75, 0.25, target)
            got, again = rule.signal(*arguments), rule.signal(*arguments)
            assert_that(_are_finite([got]), type(rule).__name__, f"signal{arguments}", "a finite number", got)
            assert_that(got == again, type(rule).__name__, f"signal{arguments}, called twice", f"the same, {got}", again)


def _check_search(rule: SearchRule) -> None:
    """Check that a search decreases the quadratic error ½ Σ a (w − m)²."""
    evaluate = QuadraticError()
    results = []
    for _ in range(2):
        memory: dict[str, Any] = {}
        values = np.zeros(3)
        for _ in range(5):
            values = np.asarray(call_to_read(rule, "search", values.copy(), evaluate, memory), dtype=float)
            is_valid = values.shape == (3,) and np.isfinite(values).all()
            assert_that(is_valid, type(rule).__name__, "search", "an array of 3 finite weights, the number that it received", values)
        results.append(values)
    assert_that(np.array_equal(results[0], results[1]), type(rule).__name__, "search, called twice", f"the same, {results[0]}", results[1])
    error, first_error = evaluate(results[0])[0], evaluate(np.zeros(3))[0]
    assert_that(
        error < first_error,
        type(rule).__name__,
        "error after 5 searches of a quadratic error",
        f"below the error at the start, {first_error}",
        error,
    )


class QuadraticError:
    """E = ½ Σ a (w − m)² of three weights, as a search rule evaluates it."""

    curvature, minimum = np.array([1.0, 3.0, 0.5]), np.array([0.5, -1.0, 2.0])

    def __call__(self, values: Array, /) -> tuple[float, Array]:
        """Return E and its derivatives."""
        difference = values - self.minimum
        return float(0.5 * (self.curvature * difference * difference).sum()), self.curvature * difference

    def jacobian(self, values: Array, /) -> tuple[Array, Array]:
        """Return the residuals √a (w − m) and their derivatives."""
        roots = np.sqrt(self.curvature)
        return roots * (values - self.minimum), np.diag(roots)


def _check_training(rule: Rule, engine: str, reference: str) -> None:
    owner = type(rule).__name__
    net, run = _trained(rule, engine, epochs=3)
    wanted, _ = _trained(rule, reference, epochs=3)
    tolerance = 10 * run.epochs * len(INPUTS) * registry.find("engines", engine).tolerance
    assert_close(net.weight_values, wanted.weight_values, tolerance, owner, f"weights after training by {engine!r} and {reference!r}")
    again, other_run = _trained(rule, engine, epochs=3)
    assert_that(
        run.errors == other_run.errors, owner, "errors of the same training again", f"the same bits, {run.errors}", other_run.errors
    )
    assert_that(
        np.array_equal(net.weight_values, again.weight_values), owner, "the same training again", "the same bits", again.weight_values
    )
    assert_that(set(run.memory) == set(rule.memory), owner, "memory after training", str(set(rule.memory)), set(run.memory))
    frozen = net.connection("input:0", "output:0").weight
    assert_that(frozen.value == 0.625, owner, "a frozen weight after training", "0.625 as before", frozen.value)
    assert_that(frozen.change == 0.0, owner, "change of a frozen weight", "0", frozen.change)
    if _has_parameter(rule, "decay"):
        _check_decay(rule, engine)


def _check_decay(rule: Rule, engine: str) -> None:
    decaying = _replaced(rule, decay=0.25)
    before, _ = _trained(decaying, engine, epochs=0)
    after, _ = _trained(decaying, engine, epochs=1)
    for old, new in zip(before.weights, after.weights, strict=True):
        wanted = (old.value + new.change) * 0.75 if new.trainable else old.value
        what = "weight after a change with decay 0.25"
        assert_that(math.isclose(new.value, wanted, rel_tol=1e-9), type(rule).__name__, what, f"(1 − decay)(w + Δw), {wanted!r}", new.value)


def _trained(rule: Rule, engine: str, epochs: int) -> tuple[Network, Run]:
    net = _network(rule, ("input", "hidden"), ("hidden", "output"), ("input", "output"))
    net.randomize(0.5, seed=1)
    frozen = net.connection("input:0", "output:0").weight
    frozen.value, frozen.trainable = 0.625, False
    examples = ExampleSet.from_arrays(INPUTS, [[0], [1], [1], [0]])
    if isinstance(rule, JointRule):
        examples = without_targets(examples)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an engine without kernels for the procedure
        return net, train(net, examples, rule, epochs, engine=engine)


def _network(rule: Rule, *projections: tuple[str, str]) -> Network:
    """Return a network with these projections, without hidden units or biases if the rule learns from signals and cannot train those."""
    choices = [(projections, True)]
    if isinstance(rule, LearningProcedure):
        choices += [(projections, False), ((("input", "output"),), True), ((("input", "output"),), False)]
    for wanted, biased in choices:
        net = Network(f"check of {rule.name}")
        names = {name for ends in wanted for name in ends}
        for name in ("input", "hidden", "output"):
            if name in names:
                net.add_group(name, 1 if name == "output" else 2, role=name, biased=biased and name != "input")
        for sender, receiver in wanted:
            net.connect(sender, receiver)
        if not isinstance(rule, LearningProcedure):
            break
        try:
            rule.check_network(net)
        except WiringError:
            continue
        break
    return net


def _has_parameter(rule: Rule, parameter: str) -> bool:
    return parameter in {field.name for field in fields(rule) if field.init}  # type: ignore[arg-type]


def _replaced(rule: Rule, **parameters: float) -> Rule:
    return replace(copy.copy(rule), **parameters)  # type: ignore[type-var]


def _are_finite(numbers: Sequence[Any]) -> bool:
    return all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers)
