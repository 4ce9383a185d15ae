"""What the compiled engine keeps between calls of one network is made again after every change that it depends on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.errors import DataError, PluginError
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction
from connectionist_plugins.engines.compiled.layout.ready_network import ReadyNetwork
from connectionist_plugins.engines.compiled.session import CompiledSession

GENERATOR = np.random.default_rng(4)
EXAMPLES = cn.ExampleSet(
    [cn.Example.sequence(GENERATOR.uniform(0, 1, (ticks, 3)), GENERATOR.integers(0, 2, (ticks, 2)).astype(float)) for ticks in (2, 3, 2)]
)
GAIN = 1.5


@dataclass(frozen=True)
class Scaled(ActivationFunction):
    """A logistic function."""

    gain: float = 1.0
    name = "scaled"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        return 1.0 / (1.0 + math.exp(-self.gain * GAIN * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        return self.gain * GAIN * activation * (1.0 - activation)


def other_activation(self: Any, net_input: float) -> float:
    return 0.5 + 0.25 * math.sin(self.gain * net_input)


def make_net() -> cn.Network:
    net = cn.Network("net")
    net.add_group("in", 3, role="input")
    net.add_group("a", 4, activation=Scaled(), initial=0.3)
    net.add_group("b", 3)
    net.add_group("out", 2, role="output")
    for ends in (("in", "a"), ("a", "b"), ("in", "b"), ("b", "out")):
        net.connect(*ends)
    net.connect("a", "a", delay=1)
    net.randomize(1.0, seed=2)
    return net


def use(net: cn.Network, engine: str = "compiled") -> list[Any]:
    """Run the network in every way, and return the numbers."""
    first, rest = cn.rule("momentum", rate=0.1), cn.rule("steepest", rate=0.05)
    trained = cn.train(net, EXAMPLES, phases=[cn.Phase(first, 2, 1), cn.Phase(rest, 2)], engine=engine)
    error, derivatives = cn.error_derivatives(net, EXAMPLES, engine=engine)
    return [
        trained.errors,
        net.weight_values,
        net.outputs(EXAMPLES, engine=engine),
        error,
        derivatives,
        cn.record(net, EXAMPLES, ["net_input", "activation_derivative"], engine=engine)["net_input"].values,
    ]


def assign(path: str, value: Any) -> Callable[[cn.Network, pytest.MonkeyPatch], None]:
    """Return a function that assigns an attribute of a group or projection."""
    part, attribute = path.split(".")

    def change(net: cn.Network, _: pytest.MonkeyPatch) -> None:
        setattr(net.projection(part) if "→" in part else net[part], attribute, value)

    return change


def freeze_some(net: cn.Network, _: pytest.MonkeyPatch) -> None:
    for weight in net.weights[3:7]:
        weight.trainable = False


def change_parameter(net: cn.Network, _: pytest.MonkeyPatch) -> None:
    object.__setattr__(net["a"].activation_function, "gain", 0.5)


def replace_formula(_: cn.Network, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scaled, "activation", other_activation)


def replace_code(_: cn.Network, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scaled.activation, "__code__", other_activation.__code__)


def change_global(_: cn.Network, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(globals(), "GAIN", 0.7)


def change_weights(net: cn.Network, _: pytest.MonkeyPatch) -> None:
    net.weight_values = net.weight_values[::-1]


CHANGES: dict[str, Callable[[cn.Network, pytest.MonkeyPatch], object]] = {
    "activation function": assign("b.activation_function", "tanh"),
    "equal activation function": assign("a.activation_function", Scaled()),
    "error function": assign("out.error_function", "cross_entropy"),
    "margin": assign("out.margin", 0.2),
    "initial activation": assign("a.initial", 0.9),
    "rate": assign("a → b.rate", 0.5),
    "limits": assign("a → b.limits", (-0.1, 0.1)),
    "noise on net inputs": assign("b.net_input_noise", 0.1),
    "noise on activations": assign("a.activation_noise", 0.1),
    "noise on inputs": assign("in.activation_noise", 0.1),
    "noise on weights": assign("in → b.weight_noise", 0.1),
    "frozen weights": freeze_some,
    "parameter": change_parameter,
    "formula": replace_formula,
    "code": replace_code,
    "global number": change_global,
    "weights": change_weights,
    "lesion of units": lambda net, _: net.lesion("a:1", "out:0"),
    "lesion of a connection": lambda net, _: net.lesion("a:1 → b:2"),
    "tie": lambda net, _: net.tie(["a:0 → b:0", "a:1 → b:1"]),
    "sum over ties": lambda net, _: setattr(net, "tie_derivative", "sum"),
    "ticks back": lambda net, _: setattr(net, "ticks_back", 1),
    "connections": lambda net, _: net.connect("in", "out", weights=0.3),
    "group removed": lambda net, _: net.remove_group("b") or net.connect("a", "out", weights=0.2),  # type: ignore[func-returns-value]
    "plugins found again": lambda *_: registry.load(),
}


@pytest.mark.filterwarnings("ignore:.*cannot be compiled")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_after_calls_has_the_effect_that_it_has_before_them(
    change: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = make_net()
    use(warm)
    change(warm, monkeypatch)
    cold, local = warm.copy(), warm.copy()
    for net in (warm, cold, local):
        net.seed = 5  # so that noise begins again
    numbers, expected, specified = use(warm), use(cold), use(local, "local")
    for one, other, third in zip(numbers, expected, specified, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_allclose(one, third, rtol=1e-9, atol=1e-12)


def test_restored_units_are_used_again() -> None:
    net, control = make_net(), make_net()
    net.lesion("a:1")
    use(net)
    net.restore()
    net.weight_values = control.weight_values
    for one, other in zip(use(net), use(control), strict=True):
        np.testing.assert_array_equal(one, other)


def test_any_order_of_changes_and_calls_gives_the_numbers_of_a_fresh_network() -> None:
    generator = np.random.default_rng(11)
    repeatable = {name: each for name, each in CHANGES.items() if not name.startswith(("formula", "code", "global", "plugins", "group"))}
    net = make_net()
    for _ in range(60):
        name = str(generator.choice(list(repeatable)))
        if name.startswith(("lesion", "tie", "connections", "noise on activations", "error")):
            net = make_net()
            use(net)
        repeatable[name](net, pytest.MonkeyPatch())
        cold = net.copy()
        net.seed = cold.seed = int(generator.integers(100))
        for one, other in zip(use(net), use(cold), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)


def test_a_function_called_after_an_example_may_run_the_network_and_change_its_functions() -> None:
    net = cn.task("xor").network(seed=1)
    examples, found = cn.task("xor").training_examples, []

    def run_it(presentation: cn.Presentation) -> None:
        found.append(net.outputs(examples))

    cn.train(net, examples, "momentum", 2, after_example=run_it)
    control = cn.task("xor").network(seed=1)
    cn.train(control, examples, "momentum", 2, after_example=lambda _: None)
    np.testing.assert_array_equal(net.weight_values, control.weight_values)
    np.testing.assert_array_equal(found[-1], control.outputs(examples))


def test_a_set_is_checked_again_after_a_change_of_the_range_of_targets() -> None:
    net = cn.Network("net")
    net.add_group("in", 1, role="input")
    net.add_group("out", 1, role="output")
    net.connect("in", "out", weights=0.5)
    examples = cn.ExampleSet.from_arrays([[1.0]], [[1.5]])
    net.outputs(examples)
    net["out"].error_function = "cross_entropy"
    with pytest.raises(DataError, match="target of example '0', unit out:0: must be from 0 to 1"):
        net.outputs(examples)
    net["out"].error_function = "squared"
    net.add_group("more", 2, role="input")
    with pytest.raises(DataError, match="must have 3 values"):
        net.outputs(examples)


@dataclass(frozen=True)
class Halving(cn.UpdateRule):
    """Steepest descent with a factor."""

    rate: float = cn.parameter(0.1, above=0)
    factor: float = cn.parameter(0.5, above=0)
    name = "halving"

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        return (-self.rate * self.factor * GAIN * derivative,)


def other_change(self: Any, value: float, derivative: float) -> tuple[float, ...]:
    return (-0.01 * derivative - 0.001 * value,)


def change_with_memory(self: Any, value: float, derivative: float) -> tuple[float, ...]:
    return (-0.01 * derivative, 0.0)


RULES: dict[str, Callable[[Halving, pytest.MonkeyPatch], object]] = {
    "formula": lambda _, patch: patch.setattr(Halving, "change", other_change),
    "code": lambda _, patch: patch.setattr(Halving.change, "__code__", other_change.__code__),
    "global number": lambda _, patch: patch.setitem(globals(), "GAIN", 0.7),
    "parameter": lambda rule, _: object.__setattr__(rule, "factor", 2.0),
    "rate": lambda rule, _: object.__setattr__(rule, "rate", 0.03),
}


@pytest.mark.parametrize("change", RULES.values(), ids=RULES)
@pytest.mark.parametrize("update_after", [1, "epoch"])
def test_a_change_of_a_rule_takes_effect(change: Callable[..., object], update_after: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, net = Halving(), make_net()
    cn.train(net, EXAMPLES, rule, 2, update_after=update_after)
    cold, local = net.copy(), net.copy()
    change(rule, monkeypatch)
    for each, engine in ((net, "compiled"), (cold, "compiled"), (local, "local")):
        cn.train(each, EXAMPLES, rule, 3, update_after=update_after, engine=engine)
    np.testing.assert_array_equal(net.weight_values, cold.weight_values)
    np.testing.assert_allclose(net.weight_values, local.weight_values, rtol=1e-9, atol=1e-12)


def test_rules_and_rates_may_alternate() -> None:
    net, control = make_net(), make_net()
    rules = [
        cn.rule("steepest", rate=0.1),
        cn.rule("steepest", rate=0.2),
        cn.rule("momentum", rate=0.1),
        Halving(0.1),
        cn.rule("steepest", rate=0.1),
    ]
    for number, rule in enumerate([*rules, *reversed(rules)]):
        net.projection("a → b").rate = control.projection("a → b").rate = 0.5 if number % 3 == 2 else None
        cn.train(net, EXAMPLES, rule, 2, update_after=1)
        control = control.copy()
        cn.train(control, EXAMPLES, rule, 2, update_after=1)
        np.testing.assert_array_equal(net.weight_values, control.weight_values)


def test_a_rule_that_returns_too_many_numbers_is_named_after_calls_too(monkeypatch: pytest.MonkeyPatch) -> None:
    net, rule = make_net(), Halving()
    cn.train(net, EXAMPLES, rule, 1)
    monkeypatch.setattr(Halving, "change", change_with_memory)
    with pytest.raises(PluginError, match="change must return a tuple of 1 number"):
        cn.train(net, EXAMPLES, rule, 1)


def small_net() -> cn.Network:
    net = cn.Network("small")
    for name, units, role in (("in", 3, "input"), ("a", 4, "hidden"), ("out", 2, "output")):
        net.add_group(name, units, role)
    for ends in (("in", "a"), ("a", "out")):
        net.connect(*ends)
    net.randomize(1.0, seed=2)
    return net


def state_of(net: cn.Network) -> list[Any]:
    quantities = ("net_input", "activation", "target", "net_derivative", "activation_derivative")
    return [
        net.weight_values.tolist(),
        [repr(getattr(unit, quantity)) for unit in net.units for quantity in quantities],
        [repr((each.derivative, each.change)) for each in net.weights],
    ]


def sets() -> list[cn.ExampleSet]:
    inputs, targets = GENERATOR.uniform(0, 1, (150, 3)), GENERATOR.integers(0, 2, (150, 2)).astype(float)
    missing = targets.copy()
    missing[:, 0] = np.nan
    plain = cn.ExampleSet.from_arrays(inputs, targets)
    return [plain, cn.ExampleSet.from_arrays(-inputs, missing), plain.weighted(np.linspace(0.5, 2.0, 150)), plain[0:5]]


CALLS: list[Callable[[cn.Network, cn.ExampleSet], Any]] = [
    lambda net, examples: cn.train(net, examples, "momentum", 2),
    lambda net, examples: cn.train(net, examples, "hebb", 1, update_after=1),
    lambda net, examples: cn.train(net, examples, "hebb", 1),
    lambda net, examples: cn.train(net, examples, "steepest", 1, update_after=1),
    lambda net, examples: net.outputs(examples),
    cn.record,
    cn.error_derivatives,
]


def test_calls_one_after_another_show_what_each_shows_on_a_copy() -> None:
    net, tables = small_net(), sets()
    for number in range(60):
        call, examples = CALLS[GENERATOR.integers(len(CALLS))], tables[GENERATOR.integers(len(tables))]
        copy = net.copy()
        call(net, examples), call(copy, examples)
        assert state_of(net) == state_of(copy), number


def test_a_call_never_uses_the_buffers_that_another_one_has_taken() -> None:
    net, examples = small_net(), sets()[0]
    phase = cn.Phase(cn.rule("momentum"), 2)
    memory = {name: np.zeros(len(net.weights)) for name in phase.rule.memory}
    session = CompiledSession(TrainingJob(network=net, examples=examples, phase=phase, tolerance=0.5, memory=memory), "float64", 1)
    order = np.arange(len(examples))[None]
    session.run(order, None)
    kept = list(session.known.kept_networks.values())
    taken = ReadyNetwork.of(session.program, session.known, net, examples, session.per_change, "float64")  # as by another thread
    assert kept == [taken]
    session.run(order, None)
    assert len(session.known.kept_networks) == 1
    assert taken not in session.known.kept_networks.values()
