"""What a user changes in formulas and parameters between two trainings of the same takes effect, also after a session was kept."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction, ErrorFunction
from connectionist_plugins.engines.compiled.session import CompiledSession

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
GAIN = 1.5


@dataclass(frozen=True)
class Bent(ActivationFunction):
    """A logistic function."""

    gain: float = 1.0
    name = "bent"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        return 1.0 / (1.0 + math.exp(-abs(self.gain) * GAIN * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        return abs(self.gain) * GAIN * activation * (1.0 - activation)


@dataclass(frozen=True)
class Steep(ErrorFunction):
    """A squared error with a factor."""

    factor: float = 1.0
    name = "steep"

    def error(self, activation: float, target: float) -> float:
        return self.factor * (activation - target) * (activation - target)

    def derivative(self, activation: float, target: float) -> float:
        return 2.0 * self.factor * (activation - target)


@dataclass(frozen=True)
class Halving(cn.UpdateRule):
    """Steepest descent with a factor."""

    rate: float = 0.3
    factor: float = 0.5
    name = "halving"

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        return (-self.rate * self.factor * derivative,)


def other_activation(self: Any, net_input: float) -> float:
    return 0.5 + 0.25 * math.sin(self.gain * net_input)


def other_derivative(self: Any, activation: float, target: float) -> float:
    return 0.3 * (activation - target)


def other_change(self: Any, value: float, derivative: float) -> tuple[float, ...]:
    return (-0.01 * derivative - 0.001 * value,)


def half(number: float) -> float:
    return 0.5 * number


Change = Callable[[cn.Network, cn.UpdateRule, pytest.MonkeyPatch], object]
CHANGES: dict[str, Change] = {
    "parameter of an activation function": lambda net, *_: object.__setattr__(net["hidden"].activation_function, "gain", 0.5),
    "parameter of an error function": lambda net, *_: object.__setattr__(net["output"].error_function, "factor", 0.5),
    "parameter of a rule": lambda _, rule, __: object.__setattr__(rule, "factor", 0.1),
    "rate of a rule": lambda _, rule, __: object.__setattr__(rule, "rate", 0.1),
    "decay of a rule": lambda _, rule, patch: patch.setattr(type(rule), "decay", 0.1),
    "formula of an activation function": lambda _, __, patch: patch.setattr(Bent, "activation", other_activation),
    "code of an activation function": lambda _, __, patch: patch.setattr(Bent.activation, "__code__", other_activation.__code__),
    "formula of an error function": lambda _, __, patch: patch.setattr(Steep, "derivative", other_derivative),
    "formula of a rule": lambda _, __, patch: patch.setattr(Halving, "change", other_change),
    "code of a rule": lambda _, __, patch: patch.setattr(Halving.change, "__code__", other_change.__code__),
    "global number": lambda _, __, patch: patch.setitem(globals(), "GAIN", 0.7),
    "name of a builtin function": lambda _, __, patch: patch.setitem(globals(), "abs", half),
    "learning rate of connections": lambda net, *_: setattr(net.projection("input → hidden"), "rate", 0.01),
    "weights": lambda net, *_: net.randomize(0.9, seed=7),
}
NEUTRAL: dict[str, Change] = {
    "nothing": lambda *_: None,
    "plugins": lambda *_: registry.load(),
    "clamping": lambda net, *_: setattr(net["output"], "clamping", "weak"),
}


def network() -> cn.Network:
    net = cn.Network("xor", seed=3)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=Bent())
    net.add_group("output", 1, role="output", activation=Bent(0.9), error=Steep())
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=3)
    return net


def train(net: cn.Network, rule: cn.Rule, **settings: Any) -> list[Any]:
    """Train, and return the numbers that show it."""
    run = cn.train(net, XOR, rule, **{"epochs": 3, "seed": 1, **settings})
    units = [(unit.activation, unit.net_input, unit.net_derivative) for group in net.groups for unit in group]
    return [run.errors, net.weight_values.tolist(), [weight.derivative for weight in net.weights], units]


def trained_twice(rule: cn.Rule, **settings: Any) -> tuple[cn.Network, cn.Network]:
    """Return a network that keeps a session, and a copy that has kept nothing."""
    net = network()
    for _ in range(2):
        train(net, rule, **settings)
    assert CompiledSession in net.schedule.derived
    return net, copy.deepcopy(net)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("change", [*CHANGES, *NEUTRAL])
def test_a_change_has_the_effect_that_it_has_on_a_copy(change: str, update_after: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Halving()
    net, other = trained_twice(rule, update_after=update_after)
    unchanged = train(copy.deepcopy(net), rule, update_after=update_after)
    for each in (net, other):
        (CHANGES | NEUTRAL)[change](each, rule, monkeypatch)
    after = train(net, rule, update_after=update_after)
    assert after == train(other, rule, update_after=update_after)
    assert (after == unchanged) is (change in NEUTRAL)
    assert train(net, rule, update_after=update_after) == train(other, rule, update_after=update_after)


def test_a_change_by_a_function_in_training_is_not_kept_after_it_was_undone() -> None:
    def freeze(run: cn.Run) -> bool:
        run.network.weights[0].trainable = False
        return False

    rule = Halving()
    net, other = trained_twice(rule)
    unchanged = train(copy.deepcopy(net), rule)
    after = train(net, rule, until=freeze)
    assert after == train(other, rule, until=freeze)
    assert after != unchanged
    net.weights[0].trainable = True
    other = copy.deepcopy(net)
    assert train(net, rule) == train(other, rule)


def test_equal_rules_with_other_bits_are_not_the_same() -> None:
    net, other = trained_twice(Halving(factor=0.0))
    before = net.weight_values
    assert train(net, Halving(factor=-0.0)) == train(other, Halving(factor=-0.0))
    assert np.signbit([weight.change for weight in net.weights]).tolist() == np.signbit([each.change for each in other.weights]).tolist()
    assert np.array_equal(net.weight_values, before)


def test_phases_of_a_rule_have_its_number_of_epochs_and_its_parameters() -> None:
    net, rule = network(), Halving()
    for epochs in (1, 2, np.int64(2), 1):
        phase = cn.train(net, XOR, rule, epochs).phases[0]  # type: ignore[arg-type]
        assert phase.rule is rule
        assert phase.epochs == epochs
        assert type(phase.epochs) is int
    for number in range(300):  # more than are kept
        rule = Halving(rate=0.1 + number)
        assert cn.train(net, XOR, rule, 0).phases[0].rule is rule


def test_a_change_of_the_memory_of_a_rule_in_training_takes_effect() -> None:
    def forget(run: cn.Run) -> bool:
        run.memory["last_change"][:] = 0.0
        return False

    rule = cn.rule("momentum", rate=0.3)
    net, other = trained_twice(rule)
    unchanged = train(copy.deepcopy(net), rule)
    after = train(net, rule, until=forget)
    train(other, rule, until=forget, engine="local")
    np.testing.assert_allclose(after[1], other.weight_values, rtol=0, atol=1e-12)
    assert after[1] != unchanged[1]
