"""Formulas that write into arguments that they may only read: an error that names the formula and the argument, in both engines."""

from __future__ import annotations

import copy
import operator
import pickle
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist.plugins.read_only import ReadOnlyNumbers, WrittenArgumentError
from connectionist.testing import check_activation_function, check_error_function, check_input_function, check_update_rule

EXAMPLES = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], [[1.0, 0.0], [0.0, 1.0]])
WITHOUT_TARGETS = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], np.full((2, 2), np.nan))


def change_first(numbers: Any) -> None:
    numbers[0] = 7.0


@dataclass(frozen=True)
class Half(cn.JointActivationFunction):
    name = "half"

    def activations(self, net_inputs: Any, activations: Any) -> None:
        for index in range(len(net_inputs)):
            activations[index] = 0.5 * net_inputs[index]

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        for index in range(len(activations)):
            net_derivatives[index] = 0.5 * activation_derivatives[index]


@dataclass(frozen=True)
class WritesNetInputs(Half):
    def activations(self, net_inputs: Any, activations: Any) -> None:
        for index in range(len(net_inputs)):
            net_inputs[index] = 0.5 * net_inputs[index]
            activations[index] = net_inputs[index]


@dataclass(frozen=True)
class AddsToNetInputs(Half):
    def activations(self, net_inputs: Any, activations: Any) -> None:
        for index in range(len(net_inputs)):
            net_inputs[index] += 1.0
            activations[index] = net_inputs[index]


@dataclass(frozen=True)
class WritesByOtherName(Half):
    def activations(self, net_inputs: Any, activations: Any) -> None:
        other = net_inputs
        other[0] = 7.0
        activations[0] = 0.5


@dataclass(frozen=True)
class WritesInAFunction(Half):
    def activations(self, net_inputs: Any, activations: Any) -> None:
        change_first(activations)
        change_first(net_inputs)


@dataclass(frozen=True)
class Sorts(Half):
    def activations(self, net_inputs: Any, activations: Any) -> None:
        net_inputs.sort()


@dataclass(frozen=True)
class WritesDerivatives(Half):
    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        net_derivatives[0] = activation_derivatives[0]
        activation_derivatives[0] = 0.0


@dataclass(frozen=True)
class WritesTargets(cn.JointErrorFunction):
    name = "joint"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> None:
        for index in range(len(targets)):
            targets[index] = activations[index] - targets[index]
            errors[index], derivatives[index] = 0.5 * targets[index] * targets[index], targets[index]


@dataclass(frozen=True)
class Paired(cn.ErrorFunction):
    name = "paired"
    pairs_with = ("softmax",)

    def error(self, activation: float, target: float) -> float:
        return 0.5 * (activation - target) ** 2

    def derivative(self, activation: float, target: float) -> float:
        return activation - target

    def compare_net_inputs(
        self, net_inputs: Any, activations: Any, targets: Any, errors: Any, net_derivatives: Any, activation_function: Any
    ) -> None:
        for index in range(len(targets)):
            errors[index], net_derivatives[index] = 0.0, activations[index] - targets[index]
        activations[0] = 0.0


@dataclass(frozen=True)
class Sum(cn.InputFunction):
    name = "sum"

    def net_input(self, weights: Any, activations: Any) -> float:
        total = 0.0
        for index in range(len(weights)):
            total += weights[index] * activations[index]
        return total

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        for index in range(len(weights)):
            weight_slopes[index], activation_slopes[index] = activations[index], weights[index]


@dataclass(frozen=True)
class WritesWeights(Sum):
    def net_input(self, weights: Any, activations: Any) -> float:
        weights[0] = 0.0
        return 0.5


@dataclass(frozen=True)
class WritesActivations(Sum):
    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        for index in range(len(weights)):
            weight_slopes[index], activation_slopes[index] = activations[index], weights[index]
            activations[index] = 0.0


@dataclass(frozen=True)
class Whole(cn.WholeNetRule):
    name = "whole"
    rate: float = cn.parameter(0.1)
    memory = ()

    def summarize(self, derivatives: Any) -> float:
        derivatives[0] = 0.0
        return 1.0

    def change(self, value: float, derivative: float, summary: float) -> tuple[float, ...]:
        return (-self.rate * derivative * summary,)


@dataclass(frozen=True)
class Search(cn.SearchRule):
    name = "search"

    def search(self, values: Any, evaluate: Any, memory: dict[str, Any]) -> Any:
        values -= 0.1 * evaluate(values)[1]
        return values


@dataclass(frozen=True)
class Signals(cn.JointSignalProcedure):
    name = "signals"
    written: str = "values"
    unit_memory = ("wins",)

    def signals(self, values: Any, senders: Any, net_inputs: Any, activations: Any, positions: Any, memory: Any) -> Any:
        memory["wins"][0] += 1.0
        given = {"values": values, "senders": senders, "net_inputs": net_inputs, "activations": activations, "positions": positions}
        given[self.written][...] = 3.0
        return np.outer(activations, senders)


@dataclass(frozen=True)
class OwnConstant(Signals):
    """A procedure whose own array is read-only."""

    def signals(self, values: Any, senders: Any, net_inputs: Any, activations: Any, positions: Any, memory: Any) -> Any:
        own = np.zeros(2)
        own.flags.writeable = False
        own[0] = 1.0
        return values


@dataclass(frozen=True)
class OnObjects(cn.ObjectProcedure):
    name = "objects"
    written: str = "inputs"

    def differentiate(self, network: Any, inputs: Any, targets: Any) -> Any:
        {"inputs": inputs, "targets": targets}[self.written][...] = 0.0
        return 0.0, np.zeros(2)


@dataclass(frozen=True)
class Stochastic(cn.StochasticProcedure):
    name = "random"

    def differentiate(self, network: Any, inputs: Any, targets: Any, stream: Any) -> Any:
        targets += stream.random()
        return 0.0, np.zeros(2)


def network(hidden: Any = "tanh", output: Any = "logistic", error: Any = "squared", **of_hidden: Any) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=hidden, **of_hidden)
    net.add_group("output", 2, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


Case = tuple[Callable[[], cn.Network], dict[str, Any], str]
OF_LISTS: dict[str, Case] = {
    "net inputs": (lambda: network(WritesNetInputs()), {}, "activation function 'half': activations|net_inputs"),
    "added": (lambda: network(AddsToNetInputs()), {}, "activation function 'half': activations|net_inputs"),
    "other name": (lambda: network(WritesByOtherName()), {}, "activation function 'half': activations|net_inputs"),
    "function": (lambda: network(WritesInAFunction()), {}, "activation function 'half': activations|net_inputs"),
    "sorted": (lambda: network(Sorts()), {}, "activation function 'half': activations|net_inputs"),
    "derivatives": (lambda: network(WritesDerivatives()), {}, "activation function 'half': net_derivatives|activation_derivatives"),
    "targets": (lambda: network(error=WritesTargets()), {}, "error function 'joint': compare|targets"),
    "paired": (lambda: network(output="softmax", error=Paired()), {}, "error function 'paired': compare_net_inputs|activations"),
    "weights": (lambda: network(input_function=WritesWeights()), {}, "input function 'sum': net_input|weights"),
    "slopes": (lambda: network(input_function=WritesActivations()), {}, "input function 'sum': slopes|activations"),
    "summary": (network, {"rule": Whole()}, "rule 'whole': summarize|derivatives"),
}
OF_ARRAYS: dict[str, Case] = {
    "search": (network, {"rule": Search()}, "rule 'search': search|values"),
    "inputs": (network, {"procedure": OnObjects()}, "procedure 'objects': differentiate|inputs"),
    "given targets": (network, {"procedure": OnObjects("targets")}, "procedure 'objects': differentiate|targets"),
    "stochastic": (network, {"procedure": Stochastic()}, "procedure 'random': differentiate|targets"),
    **{
        written: (network, {"procedure": Signals(written), "examples": WITHOUT_TARGETS}, f"procedure 'signals': signals|{written}")
        for written in ("values", "senders", "net_inputs", "activations", "positions")
    },
}
CASES = OF_LISTS | OF_ARRAYS


@pytest.mark.filterwarnings("ignore:.*cannot be compiled", "ignore:.*has no kernels for it")
@pytest.mark.parametrize("name", CASES)
def test_writing_into_an_argument_that_is_read_is_an_error_of_training(name: str, engine: str) -> None:
    make, options, expected = CASES[name]
    net = make()
    before = net.weight_values.copy()
    formula, argument = expected.split("|")
    with pytest.raises(PluginError) as error:
        cn.train(
            net, options.get("examples", EXAMPLES), options.get("rule", "steepest"), 2, procedure=options.get("procedure"), engine=engine
        )
    assert str(error.value) == f"{formula} must not write into its argument {argument}, which it may only read"
    assert error.value.__cause__ is not None  # whose traceback has the line of the formula
    assert net.weight_values.tolist() == before.tolist()


@pytest.mark.filterwarnings("ignore:.*cannot be compiled", "ignore:train_many")
@pytest.mark.parametrize("name", ["net inputs", "function", "weights"])
def test_writing_into_an_argument_that_is_read_is_an_error_of_other_passes(name: str, engine: str) -> None:
    make, _, expected = OF_LISTS[name]
    for attempt in (
        lambda: make().outputs(EXAMPLES, engine=engine),
        lambda: cn.error_derivatives(make(), EXAMPLES, engine=engine),
        lambda: cn.train_many([make() for _ in range(5)], EXAMPLES, "steepest", 1, engine=engine),
        lambda: make().forward([1.0, 0.5]),
    ):
        with pytest.raises(PluginError, match=f"must not write into its argument {expected.partition('|')[2]}"):
            attempt()


@pytest.mark.parametrize("kind", [WritesNetInputs, AddsToNetInputs, WritesByOtherName, WritesInAFunction])
def test_the_warning_that_it_runs_in_python_says_why(kind: type[Half]) -> None:
    new = type(kind.__name__, (kind,), {"activations": kind.activations})  # a warning is given once for a class
    with pytest.warns(UserWarning, match="it writes into an argument that it may only read"), pytest.raises(PluginError):
        network(new()).outputs(EXAMPLES, engine="compiled")


def test_a_function_that_writes_results_is_compiled() -> None:
    class Helped(Half):
        def activations(self, net_inputs: Any, activations: Any) -> None:
            change_first(activations)
            activations[1] = 0.5 * net_inputs[1] ** 1.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network(Helped()).outputs(EXAMPLES, engine="compiled")


def test_an_own_array_that_is_read_only_is_an_error_of_the_procedure() -> None:
    with pytest.raises(ValueError, match="read-only"):
        cn.train(network(), WITHOUT_TARGETS, "steepest", 1, procedure=OwnConstant(), engine="local")


@pytest.mark.parametrize(
    ("check", "plugin", "method"),
    [
        (check_activation_function, WritesNetInputs, "activations"),
        (check_activation_function, WritesDerivatives, "net_derivatives"),
        (check_error_function, WritesTargets, "compare"),
        (check_input_function, WritesWeights, "net_input"),
        (check_input_function, WritesActivations, "slopes"),
        (check_update_rule, Whole, "summarize"),
        (check_update_rule, Search, "search"),
    ],
)
def test_checks_of_plugins_find_it(check: Any, plugin: Any, method: str) -> None:
    with pytest.raises(AssertionError, match=f"^{plugin.__name__}: .*{method} must not write into its argument"):
        check(plugin)


def test_read_only_numbers_are_a_list_that_does_not_change() -> None:
    numbers = ReadOnlyNumbers([3.0, 1.0])
    assert numbers == [3.0, 1.0]
    assert type(numbers[:]) is type(numbers.copy()) is list
    assert type(copy.deepcopy(numbers)) is type(pickle.loads(pickle.dumps(numbers))) is list
    changes: list[Callable[[], object]] = [
        lambda: numbers.append(1.0),
        lambda: numbers.extend([1.0]),
        lambda: numbers.insert(0, 1.0),
        numbers.pop,
        lambda: numbers.remove(3.0),
        numbers.clear,
        numbers.reverse,
        numbers.sort,
        lambda: operator.delitem(numbers, 0),
        lambda: numbers.__iadd__([1.0]),
        lambda: numbers.__imul__(2),
    ]
    for change in changes:
        with pytest.raises(WrittenArgumentError):
            change()
    assert numbers == [3.0, 1.0]
