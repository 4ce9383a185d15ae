"""A formula that raises, or that returns NaN or infinity, has the same consequences in both engines, whatever it is a formula of.

The unit `end` has no receivers, and its weight is frozen. What its formulas return reaches neither E nor a weight.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import DivergenceError

EPOCHS, CASES = 9, 4
PLACES = ("activation", "slope", "activations", "net_derivatives", "error", "derivative", "change", "signal")
FAILURES: dict[str, Callable[[], float]] = {
    "division": lambda: 1 / 0,
    "overflow": lambda: math.exp(1e4),
    "lookup": lambda: dict[str, float]()["missing"],
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
}
COUNT = {"errors": 0, "epoch": 0}  # calls of `Error.error` so far, and the epoch that fails
FAILURE: list[Callable[[], float]] = []


def number(value: float, *, before_error: bool = False) -> float:
    """Return a number, or fail in the given epoch. `before_error` is whether the formula of a case is called before its error."""
    epoch = COUNT["errors"] // CASES + 1 if before_error else -(-COUNT["errors"] // CASES)
    return FAILURE[0]() if epoch == COUNT["epoch"] else value


@dataclass(frozen=True)
class Activation(cn.ActivationFunction):
    place: str
    name = "odd"

    def activation(self, net_input: float) -> float:
        return number(net_input, before_error=True) if self.place == "activation" else net_input

    def slope(self, net_input: float, activation: float) -> float:
        return number(1.0) if self.place == "slope" else 1.0


@dataclass(frozen=True)
class Joint(cn.JointActivationFunction):
    place: str
    name = "odd"

    def activations(self, net_inputs: Any, activations: Any) -> None:
        for index, net_input in enumerate(net_inputs):
            activations[index] = number(net_input, before_error=True) if self.place == "activations" else net_input

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        for index, derivative in enumerate(activation_derivatives):
            net_derivatives[index] = number(derivative) if self.place == "net_derivatives" else derivative


@dataclass(frozen=True)
class Error(cn.ErrorFunction):
    place: str
    name = "odd"

    def error(self, activation: float, target: float) -> float:
        COUNT["errors"] += 1
        return number(0.5 * (activation - target) ** 2) if self.place == "error" else 0.5 * (activation - target) ** 2

    def derivative(self, activation: float, target: float) -> float:
        return number(activation - target) if self.place == "derivative" else activation - target


@dataclass(frozen=True)
class Change(cn.UpdateRule):
    place: str
    rate: float = field(default=0.125)
    name = "odd"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (number(-self.rate * derivative) if self.place == "change" else -self.rate * derivative,)


@dataclass(frozen=True)
class Signal(cn.LocalRule):
    rate: float = field(default=0.125)
    name = "odd"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        return number(sender * receiver)

    def change(self, value: float, signal: float) -> tuple[float]:
        return (self.rate * signal,)


def network(place: str) -> cn.Network:
    net = cn.Network("ends")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", error=Error(place), biased=False)
    net.add_group("end", 1, activation=(Joint if place in ("activations", "net_derivatives") else Activation)(place), biased=False)
    net.connect("input", "output", weights=0.5)
    net.connect("input", "end", weights=0.5, trainable=False)
    return net


def outcome(engine: str, place: str, failure: str, epoch: int, update_after: int | str, until: Any) -> tuple[str, cn.Run]:
    """Train until a formula fails in one epoch, and return the message and the run."""
    examples = cn.ExampleSet.from_arrays([[1.0], [0.5], [0.25], [0.75]], [[1.0], [0.0], [1.0], [0.0]])
    COUNT.update(errors=0, epoch=epoch)
    FAILURE[:] = [FAILURES[failure]]
    rule = Signal() if place == "signal" else Change(place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the formulas are not compiled
            return "", cn.train(network(place), examples, rule, EPOCHS, update_after=update_after, until=until, engine=engine)
    except (DivergenceError, KeyError) as error:
        run: cn.Run = error.run  # type: ignore[union-attr]
        return str(error), run


TRAININGS = list(product((1, 5, EPOCHS), ("epoch", 1), (None, lambda run: run.epochs >= EPOCHS)))
PAIRS = [TRAININGS[index] for index in (0, 3, 5, 6, 8, 11)]  # each value of one argument with each of another


def test_some_trainings_have_each_pair_of_arguments() -> None:
    for one, other in combinations(range(3), 2):
        assert {(each[one], each[other]) for each in PAIRS} == {(each[one], each[other]) for each in TRAININGS}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("place", PLACES)
def test_a_formula_that_fails_has_the_same_consequences_in_both_engines(place: str, failure: str) -> None:
    is_raised = failure in ("division", "overflow", "lookup")
    for epoch, update_after, until in PAIRS:
        message, run = outcome("local", place, failure, epoch, update_after, until)
        other_message, other = outcome("compiled", place, failure, epoch, update_after, until)
        assert bool(other_message) == bool(message)
        assert (other.stopped, other.epochs, other.corrects) == (run.stopped, run.epochs, run.corrects)
        assert other.errors == pytest.approx(run.errors, rel=1e-12)
        assert other.network.weight_values == pytest.approx(run.network.weight_values, rel=1e-12)
        if is_raised:
            assert other_message == message
            assert (run.stopped, run.epochs) == ("error" if failure == "lookup" else "diverged", epoch - 1)


@dataclass(frozen=True)
class Search(cn.SearchRule):
    name = "odd"

    def search(self, values: Any, evaluate: Any, memory: dict[str, Any]) -> Any:
        _, derivatives = evaluate(values)
        return values - 0.125 * derivatives


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
@pytest.mark.parametrize("failure", ["division", "lookup"])
def test_a_formula_that_raises_in_a_search(engine: str, failure: str) -> None:
    COUNT.update(errors=0, epoch=1)
    FAILURE[:] = [FAILURES[failure]]
    net = network("activation")
    examples = cn.ExampleSet.from_arrays([[1.0]] * CASES, [[1.0]] * CASES)
    with pytest.raises(KeyError if failure == "lookup" else DivergenceError) as raised:
        cn.train(net, examples, Search(), EPOCHS, engine=engine)
    assert raised.value.run.epochs == 0  # type: ignore[attr-defined]
    assert net.weight_values.tolist() == [0.5, 0.5]
