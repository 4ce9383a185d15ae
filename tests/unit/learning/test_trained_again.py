"""A network that is trained again: what the first training kept is used only if it still holds."""

import copy
import gc
import sys
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, DivergenceError, ParameterError
from connectionist.plugins import registry
from connectionist_plugins.engines.compiled import session

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
OTHERS = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])
MOMENTUM = cn.rule("momentum", rate=0.3)

CHANGES: dict[str, Callable[[cn.Network], object]] = {
    "nothing": lambda net: None,
    "weights": lambda net: net.randomize(0.5, seed=8),
    "an activation function": lambda net: setattr(net["hidden"], "activation_function", "tanh"),
    "an error function": lambda net: setattr(net["output"], "error_function", "cross_entropy"),
    "a margin": lambda net: setattr(net["output"], "margin", 0.1),
    "a cost": lambda net: setattr(net["hidden"], "cost", cn.ActivationCost("quadratic", strength=0.1)),
    "noise": lambda net: setattr(net["hidden"], "net_input_noise", cn.Noise(sd=0.1)),
    "a rate": lambda net: setattr(net.projection("input → hidden"), "rate", 0.01),
    "limits": lambda net: setattr(net.projection("input → hidden"), "limits", (0.0, 0.3)),
    "freezing": lambda net: setattr(net.connection("input:0", "hidden:1").weight, "trainable", False),
    "a lesion of a unit": lambda net: net.lesion(net["hidden"][0]),
    "a lesion of a connection": lambda net: net.lesion(net.connection("input:0", "hidden:1")),
    "a tie": lambda net: net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")]),
    "a connection": lambda net: net.connect("input", "output"),
    "a group": lambda net: (net.add_group("more", 2, role="hidden"), net.connect("input", "more"), net.connect("more", "output")),
    "derivatives of ties": lambda net: setattr(net, "tie_derivative", "sum"),
}


def network() -> cn.Network:
    net = cn.Network("xor", seed=3)
    for name, units, role in (("input", 2, "input"), ("hidden", 2, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role=role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=3)
    return net


def train(net: cn.Network, examples: cn.ExampleSet = XOR, rule: Any = MOMENTUM, **settings: Any) -> cn.Run:
    return cn.train(net, examples, rule, **{"epochs": 3, "seed": 1, **settings})


def shown(net: cn.Network) -> list[Any]:
    return [
        net.weight_values.tolist(),
        [connection.weight.derivative for connection in net.connections],
        [(unit.activation, unit.net_input, unit.net_derivative) for group in net.groups for unit in group],
    ]


def assert_same(one: cn.Network, other: cn.Network, **settings: Any) -> None:
    """Compare a network with one that has kept nothing."""
    run, expected = train(one, **settings), train(other, **settings)
    assert run.errors == expected.errors
    assert {name: array.tolist() for name, array in run.memory.items()} == {name: array.tolist() for name, array in expected.memory.items()}
    assert repr(shown(one)) == repr(shown(other))
    for connection, of_other in zip(one.connections, other.connections, strict=True):
        assert str(connection.explain()) == str(of_other.explain())


@pytest.mark.filterwarnings("ignore:.*has no kernels")
@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_between_two_trainings_takes_effect(change: str, update_after: str | int) -> None:
    net = network()
    train(net, update_after=update_after)
    train(net, update_after=update_after)
    other = copy.deepcopy(net)
    for each in (net, other):
        CHANGES[change](each)
    assert_same(net, other, update_after=update_after)


@pytest.mark.parametrize(
    "settings",
    [
        {"examples": OTHERS},
        {"rule": cn.rule("momentum", rate=0.3, momentum=0.1)},
        {"rule": cn.rule("steepest", rate=0.3)},
        {"rule": cn.rule("delta_bar_delta")},
        {"rule": cn.rule("irprop_minus")},
        {"update_after": 2},
        {"order": "permuted"},
        {"clip": ("length", 0.1)},
        {"tolerance": 0.1},
        {"until": cn.Criterion(error=0.7)},
        {"procedure": "feedback_alignment"},
        {"engine": cn.engine("compiled", precision="float32")},
        {"engine": cn.engine("compiled", threads=2)},
        {"epochs": 1},
    ],
    ids=str,
)
def test_other_arguments_take_effect(settings: dict[str, Any]) -> None:
    net = network()
    train(net)
    train(net)
    other = copy.deepcopy(net)
    assert_same(net, other, **settings)
    assert_same(net, other)


@pytest.mark.parametrize("by_name", [False, True])
def test_a_training_of_the_same_keeps_its_session(by_name: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[session.CompiledSession] = []
    original = session.CompiledSession.__init__

    def counted(self: session.CompiledSession, *arguments: Any) -> None:
        made.append(self)
        original(self, *arguments)

    monkeypatch.setattr(session.CompiledSession, "__init__", counted)
    net = network()
    rule: Any = "delta_bar_delta" if by_name else cn.rule("delta_bar_delta")
    explained = []
    for _ in range(3):
        train(net, rule=rule)
        explained.append(net.connections[0].explain())
    assert len(made) == 1
    assert len({str(each) for each in explained}) == 3


def test_the_last_change_is_not_overwritten_by_the_next_training() -> None:
    net, rule = network(), cn.rule("delta_bar_delta")
    train(net, rule=rule)
    update = net.weight_state.last_update
    assert update is not None
    before = [update.values.tolist(), update.derivatives.tolist(), {name: array.tolist() for name, array in update.memory.items()}]
    train(net, rule=rule)
    assert before == [update.values.tolist(), update.derivatives.tolist(), {name: array.tolist() for name, array in update.memory.items()}]


GAIN = 1.0


@dataclass(frozen=True)
class Scaled(cn.UpdateRule):
    """Steepest descent with a number from outside the class."""

    rate: float = 0.3
    name = "scaled"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return the change."""
        return (-GAIN * self.rate * derivative,)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("is_recurrent", [False, True])
def test_the_derivative_of_ties_takes_effect(is_recurrent: bool, update_after: str | int) -> None:
    net = network()
    if is_recurrent:
        net.connect("hidden", "hidden", delay=1)
        examples = cn.ExampleSet([cn.Example.sequence([[0, 1], [1, 0], [1, 1]], [[1], [0], [1]])])
    else:
        net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
        examples = XOR
    train(net, examples, update_after=update_after)
    other = copy.deepcopy(net)
    for each in (net, other):
        each.tie_derivative = "sum"
    assert_same(net, other, examples=examples, update_after=update_after)


def test_a_training_after_a_divergence_uses_none_of_its_numbers() -> None:
    net = network()
    net.connect("hidden", "hidden", delay=1)
    examples = cn.ExampleSet([cn.Example.sequence([[0, 1], [1, 0], [1, 1]], [[1], [0], [1]])])
    for group in ("hidden", "output"):
        net[group].activation_function = "linear"
    steep = cn.rule("steepest", rate=30.0)
    train(net, examples, steep, epochs=1)
    with pytest.raises(DivergenceError):
        train(net, examples, steep, epochs=10_000)
    net.randomize(0.5, seed=4)
    other = copy.deepcopy(net)
    for each in (net, other):
        each.ticks_back = 1
    assert_same(net, other, examples=examples, rule=steep, epochs=1)


@dataclass(frozen=True, eq=True)
class WithArray(cn.UpdateRule):
    """A rule with an array, which cannot be compared."""

    factors: Any = None
    rate: float = 0.3
    name = "with_array"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return the change."""
        return (-self.rate * derivative,)


@pytest.mark.filterwarnings("ignore:with_array. cannot be compiled")
@pytest.mark.parametrize("name", ["compiled", "local"])
def test_rules_that_cannot_be_compared(name: str) -> None:
    net = network()
    errors = [train(net, rule=WithArray(np.ones(2)), engine=name).errors for _ in range(2)]
    again = network()
    assert [train(again, rule=cn.rule("steepest", rate=0.3), engine=name).errors for _ in range(2)] == errors


def test_a_phase_of_the_engine_local_before_one_of_the_compiled_engine() -> None:
    phases = [cn.Phase("momentum", 2, procedure="predictive_coding"), cn.Phase("momentum", 2)]  # type: ignore[arg-type]
    with pytest.warns(UserWarning, match="no kernels"):
        run = cn.train(network(), XOR, phases=phases, seed=1)
    assert run.ran_by == ["local", "compiled"]
    assert run.epochs == 4


def test_a_formula_that_reads_another_number_takes_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network()
    train(net, rule=Scaled())
    other = copy.deepcopy(net)
    rule = Scaled()
    train(net, rule=rule)
    train(other, rule=rule)
    monkeypatch.setattr(sys.modules[__name__], "GAIN", 2.0)
    train(net, rule=rule)
    train(other, rule=rule, engine="local")
    assert net.weight_values.tolist() == pytest.approx(other.weight_values.tolist())


def test_a_training_within_another_does_not_change_it() -> None:
    def until(run: cn.Run) -> bool:
        before = net.weight_values
        train(net, epochs=2)
        net.weight_values = before
        return False

    net, alone = network(), network()
    train(net)
    train(alone)
    nested = train(net, until=until, epochs=4)
    assert nested.errors == train(alone, epochs=4).errors
    assert np.array_equal(net.weight_values, alone.weight_values)


def test_warnings_are_given_at_each_training() -> None:
    net = network()
    for weight in net.weights:
        weight.value = 0.0
    for _ in range(2):
        with pytest.warns(UserWarning, match="every trainable weight is 0"):
            train(net, epochs=0)
    frozen = network()
    train(frozen)
    train(frozen)
    for weight in frozen.weights:
        weight.trainable = False
    for _ in range(2):
        with pytest.warns(UserWarning, match="all weights are frozen"):
            train(frozen)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for weight in frozen.weights:
            weight.trainable = True
        train(frozen)


def test_an_error_is_raised_after_an_accepted_training() -> None:
    net = network()
    train(net)
    net.connect("hidden", "hidden", delay=1)
    with pytest.raises(DataError, match="examples must have ticks"):
        train(net)


@pytest.mark.parametrize("rule", ["momentum", MOMENTUM], ids=["name", "object"])
def test_the_phase_of_a_rule_is_made_once(rule: Any) -> None:
    net = network()
    phases = [train(net, rule=rule, epochs=epochs).phases[0] for epochs in (1, 1, 2)]
    assert phases[0] is phases[1]
    assert [phase.epochs for phase in phases] == [1, 1, 2]
    for wrong in (True, 1.0, -1):
        with pytest.raises(ParameterError, match="epochs"):
            train(net, rule=rule, epochs=wrong)


@pytest.mark.parametrize("settings", [{"order": "permuted"}, {"update_after": 1}, {"rule": cn.rule("momentum", rate=0.3)}], ids=str)
def test_a_phase_has_the_settings_of_its_training(settings: dict[str, Any]) -> None:
    net = network()
    train(net, **settings)
    assert train(net).phases == (cn.Phase(MOMENTUM, 3),)
    assert train(net, **settings).phases == train(network(), **settings).phases


def test_a_rule_lives_no_longer_than_its_networks() -> None:
    net, rule = network(), cn.rule("momentum", rate=0.25)
    train(net, rule=rule)
    known = weakref.ref(rule)
    del net, rule
    gc.collect()
    assert known() is None


def test_a_rule_that_may_have_a_state_is_made_for_each_training(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(type(cn.rule("steepest"))):  # type: ignore[misc]  # no dataclass
        pass

    monkeypatch.setattr(registry, "find", lambda kind, name, find=registry.find: Counted if name == "counted" else find(kind, name))
    rules = [train(network(), rule="counted", engine="local").phases[0].rule for _ in range(2)]
    assert rules[0] is not rules[1]
