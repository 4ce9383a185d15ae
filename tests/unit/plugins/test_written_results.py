"""Formulas that return their results instead of writing them into their arguments: an error in both engines, and in checks of plugins."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import ParameterError, PluginError
from connectionist.testing import check_activation_function, check_error_function, check_input_function


@dataclass(frozen=True)
class Half(cn.JointActivationFunction):
    name = "half"

    def activations(self, net_inputs: Any, activations: Any) -> Any:
        for index in range(len(net_inputs)):
            activations[index] = 0.5 * net_inputs[index]

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> Any:
        for index in range(len(activations)):
            net_derivatives[index] = 0.5 * activation_derivatives[index]


@dataclass(frozen=True)
class ReturnedActivations(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        return [0.5 * net_input for net_input in net_inputs]


class WrittenAndReturned(Half):
    """A formula that numba compiles."""

    def activations(self, net_inputs: Any, activations: Any) -> Any:
        for index in range(len(net_inputs)):
            activations[index] = 0.5 * net_inputs[index] ** 1.0
        return activations


class SometimesReturned(Half):
    """A formula that returns a number for some net inputs."""

    def activations(self, net_inputs: Any, activations: Any) -> Any:
        if net_inputs[0] > 100.0:
            return 0.5
        for index in range(len(net_inputs)):
            activations[index] = 0.5 * net_inputs[index]
        return None


@dataclass(frozen=True)
class ReturnedDerivatives(Half):
    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> Any:
        return tuple(0.5 * derivative for derivative in activation_derivatives)


class Yielded(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        for net_input in net_inputs:
            yield 0.5 * net_input


@dataclass(frozen=True)
class Returned(cn.JointErrorFunction):
    name = "returned"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> Any:
        differences = [activation - target for activation, target in zip(activations, targets, strict=True)]
        return [0.5 * difference**2 for difference in differences], differences


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
    ) -> Any:
        return 0.5


@dataclass(frozen=True)
class Sum(cn.InputFunction):
    name = "sum"

    def net_input(self, weights: Any, activations: Any) -> float:
        total = 0.0
        for index in range(len(weights)):
            total += weights[index] * activations[index]
        return total

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> Any:
        return activations, weights


def network(hidden: Any = "tanh", output: Any = "logistic", error: Any = "squared", **of_hidden: Any) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=hidden, **of_hidden)
    net.add_group("output", 2, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


EXAMPLES = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], [[1.0, 0.0], [0.0, 1.0]])
ONE = "must write its results into its argument {}, and return None (got "
BOTH = "must write its results into its arguments {} and {}, and return None (got "
FORMULAS: dict[str, tuple[Callable[[], cn.Network], str]] = {
    "activations": (lambda: network(ReturnedActivations()), "activation function 'half': activations " + ONE.format("activations")),
    "written too": (lambda: network(WrittenAndReturned()), "activation function 'half': activations " + ONE.format("activations")),
    "yielded": (lambda: network(Yielded()), "activation function 'half': activations " + ONE.format("activations")),
    "net_derivatives": (
        lambda: network(ReturnedDerivatives()),
        "activation function 'half': net_derivatives " + ONE.format("net_derivatives"),
    ),
    "compare": (lambda: network(error=Returned()), "error function 'returned': compare " + BOTH.format("errors", "derivatives")),
    "compare_net_inputs": (
        lambda: network(output="softmax", error=Paired()),
        "error function 'paired': compare_net_inputs " + BOTH.format("errors", "net_derivatives"),
    ),
    "slopes": (
        lambda: network(input_function=Sum()),
        "input function 'sum': slopes " + BOTH.format("weight_slopes", "activation_slopes"),
    ),
}


@pytest.mark.filterwarnings("ignore:.*cannot be compiled")
@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("name", FORMULAS)
def test_results_that_are_returned_are_an_error_of_training(name: str, update_after: Any, engine: str) -> None:
    make, message = FORMULAS[name]
    net = make()
    before = net.weight_values.copy()
    with pytest.raises(PluginError) as error:
        cn.train(net, EXAMPLES, "steepest", 2, engine=engine, update_after=update_after)
    assert str(error.value).startswith(message)
    assert error.value.run.epochs == 0  # type: ignore[attr-defined]
    assert net.weight_values.tolist() == before.tolist()


@pytest.mark.filterwarnings("ignore:.*cannot be compiled", "ignore:train_many")
@pytest.mark.parametrize("name", ["activations", "written too", "yielded"])
def test_results_that_are_returned_are_an_error_of_other_passes(name: str, engine: str) -> None:
    make, message = FORMULAS[name]
    for attempt in (
        lambda: make().outputs(EXAMPLES, engine=engine),
        lambda: cn.error_derivatives(make(), EXAMPLES, engine=engine),
        lambda: cn.record(make(), EXAMPLES, of="hidden", engine=engine),
        lambda: cn.train_many([make() for _ in range(5)], EXAMPLES, "steepest", 1, engine=engine),
        lambda: make().forward([1.0, 0.5]),
        lambda: list(cn.step(make(), [1.0, 0.5])),
    ):
        with pytest.raises(PluginError) as error:
            attempt()
        assert message in str(error.value)


def test_a_result_that_is_returned_for_some_numbers_is_an_error_of_these(engine: str) -> None:
    net = network(SometimesReturned())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same = network(Half())
        assert net.outputs(EXAMPLES, engine=engine) == pytest.approx(same.outputs(EXAMPLES, engine=engine))
        net.weight_values = [1000.0] * len(net.weights)
        with pytest.raises(PluginError, match=r"activations must write .* \(got 0\.5\)$"):
            net.outputs(EXAMPLES, engine=engine)


def test_a_formula_that_ends_with_return_is_compiled() -> None:
    class Ended(Half):
        def activations(self, net_inputs: Any, activations: Any) -> Any:
            for index in range(len(net_inputs)):
                activations[index] = 0.5 * net_inputs[index] ** 1.0
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network(Ended()).outputs(EXAMPLES, engine="compiled")


@pytest.mark.parametrize(
    ("check", "function", "method"),
    [
        (check_activation_function, ReturnedActivations, "activations"),
        (check_activation_function, ReturnedDerivatives, "net_derivatives"),
        (check_error_function, Returned, "compare"),
        (check_error_function, Paired, "compare_net_inputs"),
        (check_input_function, Sum, "slopes"),
    ],
)
def test_checks_of_plugins_find_results_that_are_returned(check: Any, function: Any, method: str) -> None:
    with pytest.raises(AssertionError, match=f"^{function.__name__}, result of {method}: must be None, since it writes into its arguments"):
        check(function)


@dataclass(frozen=True)
class AssignedActivations(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        activations = [0.5 * net_input for net_input in net_inputs]  # noqa: F841


@dataclass(frozen=True)
class AssignedDerivatives(Half):
    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> Any:
        net_derivatives = [0.0] * len(activations)
        for index in range(len(activations)):
            net_derivatives[index] = 0.5 * activation_derivatives[index]


@dataclass(frozen=True)
class AssignedErrors(Returned):
    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> Any:
        errors, derivatives = [0.0] * len(targets), [1.0] * len(targets)  # noqa: F841


@dataclass(frozen=True)
class AssignedPair(Paired):
    def compare_net_inputs(
        self, net_inputs: Any, activations: Any, targets: Any, errors: Any, net_derivatives: Any, activation_function: Any
    ) -> Any:
        for index in range(len(targets)):
            errors[index] = 0.0
        net_derivatives = targets  # noqa: F841


@dataclass(frozen=True)
class AssignedSlopes(Sum):
    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> Any:
        weight_slopes[0], activation_slopes = 0.0, weights  # noqa: F841


@dataclass(frozen=True)
class AssignedAfterLen(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        count = len(activations)
        activations = [0.5 * net_input for net_input in net_inputs[:count]]


@dataclass(frozen=True)
class AssignedAfterALoop(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        total = 0.0
        for net_input in net_inputs:
            total += net_input
        activations = [total for _ in range(2)]
        activations[0] = 0.0


@dataclass(frozen=True)
class AssignedInALoop(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        for index in range(len(activations)):
            activations = 0.5 * net_inputs[index]


@dataclass(frozen=True)
class AssignedInBothBranches(Half):
    def activations(self, net_inputs: Any, activations: Any) -> Any:
        activations = [0.5] if len(net_inputs) == 1 else [0.0, 0.5]  # noqa: F841


@pytest.mark.parametrize(
    ("function", "place", "argument"),
    [
        (AssignedAfterLen, "half.activations", "activations"),
        (AssignedAfterALoop, "half.activations", "activations"),
        (AssignedInALoop, "half.activations", "activations"),
        (AssignedInBothBranches, "half.activations", "activations"),
        (AssignedActivations, "half.activations", "activations"),
        (AssignedDerivatives, "half.net_derivatives", "net_derivatives"),
        (AssignedErrors, "returned.compare", "errors"),
        (AssignedPair, "paired.compare_net_inputs", "net_derivatives"),
        (AssignedSlopes, "sum.slopes", "activation_slopes"),
    ],
)
def test_an_assignment_to_an_argument_that_receives_results_is_an_error(function: Any, place: str, argument: str) -> None:
    message = f"{place}: assigns to its argument {argument}, which is then lost; must write into its items, as in {argument}[i] = …"
    with pytest.raises(ParameterError) as error:
        function()
    assert str(error.value) == message


def test_an_argument_that_has_received_results_may_be_assigned_to(engine: str) -> None:
    @dataclass(frozen=True)
    class Later(Half):
        def activations(self, net_inputs: Any, activations: Any) -> Any:
            for index in range(len(net_inputs)):
                activations[index] = 0.5 * net_inputs[index]
            activations = None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert network(Later()).outputs(EXAMPLES, engine=engine) == pytest.approx(network(Half()).outputs(EXAMPLES, engine=engine))


@pytest.mark.filterwarnings("ignore:.*cannot be compiled")
def test_an_argument_may_be_assigned_to_in_a_branch_that_does_not_write_results(engine: str) -> None:
    @dataclass(frozen=True)
    class Early(Half):
        def activations(self, net_inputs: Any, activations: Any) -> Any:
            if len(net_inputs) == 0:
                activations = []
                return
            for index in range(len(activations)):
                activations[index] = 0.5 * net_inputs[index]

    assert network(Early()).outputs(EXAMPLES, engine=engine) == pytest.approx(network(Half()).outputs(EXAMPLES, engine=engine))
