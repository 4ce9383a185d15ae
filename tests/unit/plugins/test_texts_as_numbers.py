"""A text such as "0.5" that a formula returns is no number, also in the learning procedures and other code that call the formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError

pytestmark = pytest.mark.filterwarnings("ignore")  # formulas that are not compiled, functions without kernels, and units not at rest
TEXT: dict[str, Any] = {"place": "", "after": 0}
TARGETS = cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.0]])
Make = Callable[[], cn.Network]


def given(place: str, right: Any) -> Any:
    """Return what is right, or a text in the place that is tested, after a number of right results."""
    if TEXT["place"] != place:
        return right
    TEXT["after"] -= 1
    return "0.5" if TEXT["after"] < 0 else right


@dataclass(frozen=True)
class Activation(cn.ActivationFunction):
    name = "wrong"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> Any:
        return given("activation", 1.0 / (1.0 + math.exp(-net_input)))

    def slope(self, net_input: float, activation: float) -> Any:
        return given("slope", activation * (1.0 - activation))

    def inverse(self, activation: float) -> Any:
        return given("inverse", math.log(activation / (1.0 - activation)))


@dataclass(frozen=True)
class Error(cn.ErrorFunction):
    name = "wrong"
    pairs_with = ("logistic",)

    def error(self, activation: float, target: float) -> Any:
        return 0.5 * (activation - target) ** 2

    def derivative(self, activation: float, target: float) -> Any:
        return given("derivative", activation - target)

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> Any:
        return 0.1, given("compare_net_input", activation - target)


def layered(hidden: Any = "logistic", output: Any = "logistic", error: Any = "squared", **of_hidden: Any) -> cn.Network:
    net = cn.Network("net", seed=1)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=hidden, **of_hidden)
    net.add_group("output", 2, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5)
    return net


def in_time() -> cn.Network:
    net = layered(Activation())
    net.connect("hidden", "hidden", delay=1)
    return net


def symmetric() -> cn.Network:
    net = cn.Network("net", seed=1)
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation=Activation())
    net.connect("input", "output")
    net.connect("output", "output", [[False, True], [True, False]], delay=1)
    net.make_symmetric("output", "output")
    return net


def restricted() -> cn.Network:
    net = cn.Network("net", seed=1)
    net.add_group("hidden", 2, activation=Activation())
    net.add_group("output", 2, role="output", activation=Activation())
    net.connect("output", "hidden", delay=1)
    net.make_symmetric("output", "hidden")
    return net


EXAMPLES: dict[Make, cn.ExampleSet] = {
    make: cn.ExampleSet([cn.Example.sequence([inputs] * 2, [[1.0, 0.0]] * 2)])
    for make, inputs in ((in_time, [1.0, 0.5]), (symmetric, [1.0, 0.5]), (restricted, []))
}


@pytest.mark.parametrize(
    ("procedure", "make", "place"),
    [
        ("almeida_pineda", lambda: layered(Activation()), "activation"),
        ("almeida_pineda", lambda: layered(Activation()), "slope"),
        ("boltzmann", symmetric, "activation"),
        ("equilibrium_propagation", symmetric, "activation"),
        ("equilibrium_propagation", symmetric, "slope"),
        ("predictive_coding", lambda: layered(Activation()), "activation"),
        ("predictive_coding", lambda: layered(Activation()), "slope"),
        ("real_time_recurrent", in_time, "activation"),
        ("real_time_recurrent", in_time, "slope"),
        ("recirculation", lambda: layered(Activation()), "activation"),
        ("restricted_boltzmann", restricted, "activation"),
    ],
)
def test_an_activation_function_in_a_procedure(procedure: str, make: Make, place: str) -> None:
    examples = EXAMPLES.get(make, TARGETS)
    TEXT.update(place="")
    cn.train(make(), examples, "steepest", 1, procedure=procedure, engine="local")
    TEXT.update(place=place, after=2 if procedure in ("predictive_coding", "recirculation") else 0)  # they call `unit.activate` first
    with pytest.raises(PluginError, match=rf"^activation function 'wrong': {place} must return a number \(got '0\.5'\)$"):
        cn.train(make(), examples, "steepest", 1, procedure=procedure, engine="local")


PAIR = r"compare_net_input must return a tuple of E and ∂E/∂x \(got \(0\.1, '0\.5'\)\)"
DERIVATIVE = r"derivative must return a number \(got '0\.5'\)"


@pytest.mark.parametrize(
    ("procedure", "output", "place", "fault"),
    [
        ("almeida_pineda", "tanh", "derivative", DERIVATIVE),
        ("predictive_coding", "tanh", "derivative", DERIVATIVE),
        ("predictive_coding", "logistic", "compare_net_input", PAIR),
    ],
)
def test_an_error_function_in_a_procedure(procedure: str, output: str, place: str, fault: str) -> None:
    net = layered(output=output, error=Error())
    TEXT.update(place=place, after=0)
    with pytest.raises(PluginError, match=f"^error function 'wrong': {fault}$"):
        cn.train(net, TARGETS, "steepest", 1, procedure=procedure, engine="local")


@pytest.mark.parametrize("place", ["activation", "inverse"])
def test_an_activation_function_of_soft_clamps(place: str, engine: str) -> None:
    net = layered(Activation())
    net["hidden"].clamping = cn.Clamping("soft")
    examples = cn.ExampleSet([cn.Example([1.0, 0.5], [1.0, 0.0], clamps={"hidden": [0.75, 0.5]})])
    TEXT.update(place="")
    net.outputs(examples, engine=engine)
    TEXT.update(place=place, after=0)
    with pytest.raises(PluginError, match=rf"^activation function 'wrong': {place} must return a number \(got '0\.5'\)$"):
        net.outputs(examples, engine=engine)


def test_an_output_function(engine: str) -> None:
    net = layered(output_function=Activation())
    net.connect("hidden", "hidden", delay=1)
    calls: list[Callable[[], object]] = [lambda: cn.settle(net, [1.0, 0.5], engine=engine), lambda: net.step_forward([1.0, 0.5])]
    TEXT.update(place="")
    for call in calls:
        call()
    TEXT.update(place="activation", after=0)
    for call in calls:
        with pytest.raises(PluginError, match=r"^activation function 'wrong': activation must return a number \(got '0\.5'\)$"):
            call()


def test_the_slope_of_an_output_function() -> None:
    net = layered(output_function=Activation())
    TEXT.update(place="slope", after=0)
    with pytest.raises(PluginError, match=r"^activation function 'wrong': slope must return a number \(got '0\.5'\)$"):
        cn.train(net, TARGETS, "steepest", 1, engine="local")


@dataclass(frozen=True)
class AtHalf(cn.ActivationFunction):
    """A function that returns a text for the activation before the first tick alone."""

    name = "at half"

    def activation(self, net_input: float) -> Any:
        return "0.5" if net_input == 0.5 else net_input

    def slope(self, net_input: float, activation: float) -> float:
        return 1.0


def test_an_output_function_before_the_first_tick(engine: str) -> None:
    net = layered(output_function=AtHalf(), initial=0.5)
    net.connect("hidden", "hidden", delay=1)
    with pytest.raises(PluginError, match=r"^activation function 'at half': activation must return a number \(got '0\.5'\)$"):
        cn.settle(net, [1.0, 0.75], engine=engine)


def test_the_activation_at_rest_of_soft_clamps() -> None:
    TEXT.update(place="activation", after=0)
    with pytest.raises(TypeError, match="must be real number, not str"):
        cn.Clamping("soft").values(np.array([0.75]), Activation())
