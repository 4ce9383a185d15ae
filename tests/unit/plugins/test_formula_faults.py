"""Formulas that return something other than numbers: the error names the function, what it returned, and what was allowed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.errors import PluginError

pytestmark = pytest.mark.filterwarnings("ignore")  # formulas that are not compiled, and functions without kernels
WRONG: dict[str, Any] = {"place": "", "value": None}
VALUES: dict[str, Any] = {"None": None, "an array": np.zeros(2), "an array of one": np.zeros(1), "text": "0.5", "complex": 1j}


def given(place: str, right: Any) -> Any:
    """Return what is right, or what is wrong in the place that is tested."""
    return WRONG["value"] if WRONG["place"] == place else right


@dataclass(frozen=True)
class Activation(cn.ActivationFunction):
    name = "wrong"

    def activation(self, net_input: float) -> float:
        return float(math.tanh(net_input)) if WRONG["place"] != "activation" else WRONG["value"]

    def slope(self, net_input: float, activation: float) -> Any:
        return given("slope", 1.0 - activation * activation)


@dataclass(frozen=True)
class Joint(cn.JointActivationFunction):
    name = "wrong"

    def activations(self, net_inputs: Any, activations: Any) -> None:
        for index, net_input in enumerate(net_inputs):
            activations[index] = given("activations", net_input)

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        for index, derivative in enumerate(activation_derivatives):
            net_derivatives[index] = given("net_derivatives", derivative)


@dataclass(frozen=True)
class Dynamic(cn.DynamicActivationFunction):
    name = "wrong"

    def activation(self, net_input: float, previous: float) -> Any:
        return given("dynamic activation", 0.5 * net_input)

    def slope(self, net_input: float, previous: float, activation: float) -> Any:
        return given("dynamic slope", 0.5)

    def previous_slope(self, net_input: float, previous: float, activation: float) -> Any:
        return given("previous_slope", 0.0)


@dataclass(frozen=True)
class Error(cn.ErrorFunction):
    name = "wrong"
    pairs_with = ("linear", "softmax")

    def error(self, activation: float, target: float) -> Any:
        return given("error", 0.5 * (activation - target) ** 2)

    def derivative(self, activation: float, target: float) -> Any:
        return given("derivative", activation - target)

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> Any:
        return given("compare_net_input", (0.5 * (activation - target) ** 2, activation - target))

    def compare_net_inputs(self, net_inputs: Any, activations: Any, targets: Any, errors: Any, net_derivatives: Any, _: Any) -> None:
        for index in range(len(net_inputs)):
            errors[index], net_derivatives[index] = 0.0, given("compare_net_inputs", 0.0)


@dataclass(frozen=True)
class JointError(cn.JointErrorFunction):
    name = "wrong"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> None:
        for index in range(len(activations)):
            errors[index], derivatives[index] = given("compare", 0.0), 0.0


@dataclass(frozen=True)
class Input(cn.InputFunction):
    name = "wrong"

    def net_input(self, weights: Any, activations: Any) -> Any:
        return given("net_input", sum(weights))

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        for index in range(len(weights)):
            weight_slopes[index], activation_slopes[index] = 1.0, given("slopes", 0.0)


@dataclass(frozen=True)
class Change(cn.UpdateRule):
    rate: float = 0.1
    name = "wrong"
    memory = ("last",)

    def change(self, value: float, derivative: float, last: float) -> Any:
        return given("change", (given("Δw", -self.rate * derivative), given("last", last)))


@dataclass(frozen=True)
class Whole(cn.WholeNetRule):
    rate: float = 0.1
    name = "wrong"

    def summarize(self, derivatives: Any) -> Any:
        return given("summarize", sum(derivatives))

    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        return (-self.rate * derivative * summary,)


@dataclass(frozen=True)
class Local(cn.LocalRule):
    rate: float = 0.1
    name = "wrong"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> Any:
        return given("signal", sender * receiver)

    def change(self, value: float, signal: float) -> tuple[float]:
        return (self.rate * signal,)


@dataclass(frozen=True)
class Signals(cn.SignalProcedure):
    name = "wrong"
    phases = (cn.CasePhase("minus"), cn.CasePhase("plus", targets="clamped"))

    def signal(self, value: float, minus: float, plus: float, minus_receiver: float, plus_receiver: float, target: float) -> Any:
        return given("phased signal", plus * plus_receiver)


@dataclass(frozen=True)
class JointSignals(cn.JointRule):
    rate: float = 0.1
    name = "wrong"

    def signals(self, values: Any, senders: Any, net_inputs: Any, activations: Any, positions: Any, memory: Any) -> Any:
        return given("signals", np.outer(activations, senders))


@dataclass(frozen=True)
class Objects(cn.ObjectProcedure):
    name = "wrong"

    def differentiate(self, network: cn.Network, inputs: Any, targets: Any) -> Any:
        return given("differentiate", (given("E", 0.0), given("outputs", targets)))


@dataclass(frozen=True)
class Search(cn.SearchRule):
    name = "wrong"

    def search(self, values: Any, evaluate: Any, memory: Any) -> Any:
        return given("search", values)


def network(hidden: Any = "tanh", output: Any = "tanh", error: Any = "squared", **of_hidden: Any) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=hidden, **of_hidden)
    net.add_group("output", 2, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


ACTIVATION, ERROR, RULE, PROCEDURE = "activation function 'wrong'", "error function 'wrong'", "rule 'wrong'", "procedure 'wrong'"
NUMBER, WRITTEN = (
    "must return a number (got {})",
    "must write one number for each item into the list that it is given (wrote [{0}, {0}]",
)
CHANGE, SHAPE = "change must return a tuple of 2 numbers, Δw, last (got ", "signals must return an array of numbers of shape (2, 3), "
PLACES: dict[str, tuple[Callable[[], cn.Network], Any, str]] = {
    "activation": (lambda: network(Activation()), "steepest", f"{ACTIVATION}: activation {NUMBER}"),
    "slope": (lambda: network(Activation()), "steepest", f"{ACTIVATION}: slope {NUMBER}"),
    "activations": (lambda: network(Joint()), "steepest", f"{ACTIVATION}: activations {WRITTEN}"),
    "net_derivatives": (lambda: network(Joint()), "steepest", f"{ACTIVATION}: net_derivatives {WRITTEN}"),
    "dynamic activation": (lambda: network(Dynamic()), "steepest", f"{ACTIVATION}: activation {NUMBER}"),
    "dynamic slope": (lambda: network(Dynamic()), "steepest", f"{ACTIVATION}: slope {NUMBER}"),
    "previous_slope": (lambda: network(Dynamic()), "steepest", f"{ACTIVATION}: previous_slope {NUMBER}"),
    "error": (lambda: network(error=Error()), "steepest", f"{ERROR}: error {NUMBER}"),
    "derivative": (lambda: network(error=Error()), "steepest", f"{ERROR}: derivative {NUMBER}"),
    "compare_net_input": (
        lambda: network(output="linear", error=Error()),
        "steepest",
        f"{ERROR}: compare_net_input must return a tuple of E and ∂E/∂x (got {{}})",
    ),
    "compare_net_inputs": (lambda: network(output="softmax", error=Error()), "steepest", f"{ERROR}: compare_net_inputs {WRITTEN}"),
    "compare": (lambda: network(error=JointError()), "steepest", f"{ERROR}: compare {WRITTEN}"),
    "net_input": (lambda: network(input_function=Input()), "steepest", f"input function 'wrong': net_input {NUMBER}"),
    "slopes": (lambda: network(input_function=Input()), "steepest", f"input function 'wrong': slopes {WRITTEN}"),
    "change": (network, Change(), f"{RULE}: {CHANGE}{{}})"),
    "Δw": (network, Change(), f"{RULE}: {CHANGE}({{}}, 0.5))"),
    "last": (network, Change(), f"{RULE}: {CHANGE}(-0.05, {{}}))"),
    "summarize": (network, Whole(), f"{RULE}: summarize {NUMBER}"),
    "signal": (network, Local(), f"{RULE}: signal {NUMBER}"),
    "phased signal": (network, Signals(), f"{PROCEDURE}: signal {NUMBER}"),
    "signals": (network, JointSignals(), f"{RULE}: {SHAPE}[receiver, sender] (got "),
    "differentiate": (
        network,
        Objects(),
        f"{PROCEDURE}: differentiate must return a tuple of E and the outputs, an array of shape (2,) (got",
    ),
    "E": (network, Objects(), f"{PROCEDURE}: differentiate must return a tuple of E and the outputs, an array of shape (2,) (got"),
    "outputs": (network, Objects(), f"{PROCEDURE}: differentiate must return a tuple of E and the outputs, an array of shape (2,) (got"),
    "search": (network, Search(), f"{RULE}: search must return 12 weights (got "),
}
ACCEPTED = {("compare_net_input", "an array"), ("outputs", "an array")}  # of the right length


def message_of(place: str, value: str) -> str:
    """Return the expected message, or its beginning if the rest depends on the shape."""
    return PLACES[place][2].replace("{}", repr(VALUES[value])).replace("{0}", repr(VALUES[value]))


def train(place: str, engine: str) -> None:
    make, how, _ = PLACES[place]
    targets = [[math.nan, math.nan]] * 2 if place == "signals" else [[1.0, 0.0], [0.0, 1.0]]
    examples = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], targets)
    net, rest = make(), {"procedure": how} if place == "phased signal" or isinstance(how, Objects) else {}
    if "dynamic" in place or place == "previous_slope":
        examples = cn.ExampleSet([cn.Example.sequence(examples.inputs[0:1].repeat(2, 0), [[1.0, 0.0], [0.0, 1.0]])])
    cn.train(net, examples, "steepest" if rest else how, 2, engine=engine, **rest)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_result_is_named_in_training(place: str, value: str, engine: str) -> None:
    WRONG.update(place="", value=VALUES[value])
    train(place, engine)
    if (place, value) in ACCEPTED:
        return
    WRONG.update(place=place)
    with pytest.raises(PluginError) as error:
        train(place, engine)
    assert str(error.value).startswith(message_of(place, value)[:140].removesuffix("…"))
    assert place == "signal" or error.value.run.epochs == 0  # type: ignore[attr-defined]


PASSES: dict[str, Callable[[cn.Network, cn.ExampleSet, str], object]] = {
    "forward": lambda net, examples, _: net.forward([1.0, 0.5]),
    "step": lambda net, examples, _: list(cn.step(net, [1.0, 0.5])),
    "outputs": lambda net, examples, engine: net.outputs(examples, engine=engine),
    "record": lambda net, examples, engine: cn.record(net, examples, of="hidden", engine=engine),
    "derivatives": lambda net, examples, engine: cn.error_derivatives(net, examples, engine=engine),
}


@pytest.mark.parametrize("name", PASSES)
def test_a_wrong_result_is_named_in_other_passes(name: str, engine: str) -> None:
    examples = cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.0]])
    WRONG.update(place="activation", value=None)
    with pytest.raises(PluginError, match=r"^activation function 'wrong': activation must return a number \(got None\)$"):
        PASSES[name](network(Activation()), examples, engine)


def test_a_wrong_result_is_named_in_a_backward_pass_and_in_settling(engine: str) -> None:
    WRONG.update(place="slope", value=None)
    net = network(Activation())
    net.forward([1.0, 0.5])
    with pytest.raises(PluginError, match=r"slope must return a number \(got None\)$"):
        net.backward([1.0, 0.0])
    net = network(Activation())
    net.connect("hidden", "hidden", delay=1)
    WRONG.update(place="activation")
    with pytest.raises(PluginError, match=r"activation must return a number \(got None\)$"):
        cn.settle(net, [1.0, 0.5], engine=engine)
    with pytest.raises(PluginError, match=r"activation must return a number \(got None\)$"):
        net.step_forward([1.0, 0.5])


@pytest.mark.parametrize(("place", "value"), [("activation", "0.5"), ("dynamic activation", "0.5"), ("net_input", "0.5")])
def test_a_text_is_no_number_in_settling(place: str, value: str, engine: str) -> None:
    net = PLACES[place][0]()
    net.connect("output", "output", delay=1)
    WRONG.update(place=place, value=value)
    with pytest.raises(PluginError, match=rf"{place.rsplit(maxsplit=1)[-1]} must return a number \(got '0\.5'\)$"):
        cn.settle(net, [1.0, 0.5], engine=engine)


@dataclass(frozen=True)
class Half(cn.ActivationFunction):
    """A function whose author forgot the numbers below 0."""

    name = "half"

    def activation(self, net_input: float) -> Any:
        if net_input >= 0.0:
            return net_input
        return None

    def slope(self, net_input: float, activation: float) -> float:
        return 1.0


def test_a_result_that_is_wrong_for_some_numbers_is_named(engine: str) -> None:
    examples = cn.ExampleSet.from_arrays([[-9.0, 0.5], [9.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    with pytest.raises(PluginError, match=r"^activation function 'half': activation must return a number \(got None\)$"):
        cn.train(network(Half()), examples, "steepest", 2, engine=engine)


def test_the_error_of_a_function_of_the_user_is_not_that_of_a_formula(engine: str) -> None:
    WRONG.update(place="")
    examples = cn.ExampleSet.from_arrays([[9.0, 0.5]], [[1.0, 0.0]])
    net = network(output=Half())
    net.weight_values = np.ones(len(net.weights))

    def until(run: cn.Run) -> bool:
        return run.epochs + "1"  # type: ignore[operator,return-value]

    with pytest.raises(TypeError, match="unsupported operand"):
        cn.train(net, examples, "steepest", 2, engine=engine, until=until)


@pytest.mark.parametrize("place", ["signals", "outputs"])
def test_a_table_and_lists_of_different_lengths_are_named(place: str, engine: str) -> None:
    WRONG.update(place=place, value=pd.DataFrame(np.zeros((2, 3))) if place == "signals" else [[1.0], [1.0, 2.0]])
    with pytest.raises(PluginError) as error:
        train(place, engine)
    assert str(error.value).startswith(PLACES[place][2])


@dataclass(frozen=True)
class Logarithm(cn.ActivationFunction):
    """A function that raises ValueError for negative numbers."""

    name = "logarithm"

    def activation(self, net_input: float) -> float:
        return math.log(net_input)

    def slope(self, net_input: float, activation: float) -> float:
        return 1.0 / net_input


@dataclass(frozen=True)
class Roots(cn.ErrorFunction):
    """A function for positive activations, whose formulas give complex numbers for others."""

    name = "roots"

    def error(self, activation: float, target: float) -> Any:
        return (activation**0.5 - target**0.5) ** 2

    def derivative(self, activation: float, target: float) -> Any:
        return 1.0 - (target / activation) ** 0.5


def test_the_error_that_a_formula_raises_is_not_that_of_another_one(engine: str) -> None:
    net = network(Logarithm(), output="logistic", error=Roots())
    net.weight_values = -np.ones(len(net.weights))
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input"):
        cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.5]]), engine=engine)


class Scaled(cn.ErrorFunction):
    """The base class of an error function, with a formula that calls one of the activation function."""

    pairs_with = (Activation,)

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        return 0.0, (activation - target) * activation_function.slope(net_input, activation)


@dataclass(frozen=True)
class Inherited(Scaled):
    name = "inherited"

    def error(self, activation: float, target: float) -> float:
        return 0.0

    def derivative(self, activation: float, target: float) -> float:
        return activation - target


def test_a_wrong_result_is_named_where_an_inherited_formula_gets_it(engine: str) -> None:
    WRONG.update(place="slope", value=None)
    net, examples = network("tanh", Activation(), Inherited()), cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.0]])
    with pytest.raises(PluginError, match=r"^activation function 'wrong': slope must return a number \(got None\)$"):
        cn.error_derivatives(net, examples, engine=engine)


class Unpaired(Inherited):
    """An error function whose formula of the net input is only for an activation function of another network."""

    name = "unpaired"

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> Any:
        return (0.0, 0.0) if isinstance(activation_function, Activation) else None


def test_formulas_that_the_network_does_not_use_are_not_named(engine: str) -> None:
    WRONG.update(place="net_input", value=None)
    net = network("tanh", "linear", Unpaired())
    net.add_group("last", 2, role="output", input_function=Input())
    net.connect("hidden", "last")
    with pytest.raises(PluginError, match=r"^input function 'wrong': net_input must return a number"):
        cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.0, 1.0, 0.0]]), engine=engine)


@dataclass(frozen=True)
class Root(cn.ActivationFunction):
    """A function of NumPy, which warns of negative numbers."""

    name = "root"

    def activation(self, net_input: float) -> float:
        CALLS.append(net_input)
        return float(np.sqrt(net_input))

    def slope(self, net_input: float, activation: float) -> float:
        return 0.5 / activation


CALLS: list[float] = []


def test_the_search_for_a_wrong_formula_gives_no_warnings_and_tries_each_function_once() -> None:
    WRONG.update(place="activation", value=None)
    root = Root()
    net = network(root, Activation())
    net.add_group("other", 2, activation=root)
    net.connect("input", "other")
    net.weight_values = np.ones(len(net.weights))
    CALLS.clear()
    with (
        warnings.catch_warnings(record=True, action="always") as caught,
        pytest.raises(PluginError, match="activation function 'wrong'"),
    ):
        net.forward([1.0, 0.5])
    assert caught == []
    assert CALLS.count(-100.0) == 1


class Forgotten(Whole):
    """A rule whose author forgot to return the summary. Numba compiles it."""

    def summarize(self, derivatives: Any) -> Any:
        total = 0.0
        for derivative in derivatives:
            total += derivative**2.0


class Unused(Forgotten):
    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        return (-self.rate * derivative,)


class Truth(Forgotten):
    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        return (-self.rate * derivative if summary else 0.0,)


class Identity(Forgotten):
    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        return (-self.rate * derivative if summary is None else 0.0,)


class Several(Whole):
    def summarize(self, derivatives: Any) -> Any:
        return derivatives[0] * 1.0, derivatives[1] ** 2.0

    def change(self, value: float, derivative: float, summary: Any) -> tuple[float]:
        return (-self.rate * derivative * summary[1],)


@pytest.mark.parametrize("rule", [Forgotten, Unused, Truth, Identity, Several])
def test_a_summary_that_is_no_number_is_an_error_whatever_change_does_with_it(rule: type[Whole], engine: str) -> None:
    net = network()
    before = net.weight_values.copy()
    with pytest.raises(PluginError, match=r"^rule 'wrong': summarize must return a number \(got (None|\()"):
        cn.train(net, cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0, 0.0]]), rule(), 2, engine=engine)
    assert net.weight_values.tolist() == before.tolist()
