"""Formulas that raise StopIteration, which would end a loop of a caller: an error that names the formula and the line, in both engines."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError

EXAMPLES = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], [[1.0, 0.0], [0.0, 1.0]])
WITHOUT_TARGETS = cn.ExampleSet.from_arrays([[1.0, 0.5], [0.25, -1.0]], np.full((2, 2), np.nan))


def stop(*_: object) -> NoReturn:
    raise StopIteration("mine")


@dataclass(frozen=True)
class Rule(cn.UpdateRule):
    name = "rule"
    rate: float = cn.parameter(0.1)
    memory = ()

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        return (next(iter(())),)


@dataclass(frozen=True)
class Whole(cn.WholeNetRule):
    name = "whole"
    rate: float = cn.parameter(0.1)
    memory = ()

    def summarize(self, derivatives: Any) -> float:
        return next(iter(()))

    def change(self, value: float, derivative: float, summary: float) -> tuple[float, ...]:
        return (0.0,)


@dataclass(frozen=True)
class Search(cn.SearchRule):
    name = "search"

    def search(self, values: Any, evaluate: Any, memory: dict[str, Any]) -> Any:
        return stop()


@dataclass(frozen=True)
class Activation(cn.ActivationFunction):
    name = "activation"

    def activation(self, net_input: float) -> float:
        return next(iter(()))

    def slope(self, net_input: float, activation: float) -> float:
        return 1.0


@dataclass(frozen=True)
class Slope(Activation):
    def activation(self, net_input: float) -> float:
        return 0.5 * net_input

    def slope(self, net_input: float, activation: float) -> float:
        return next(iter(()))


@dataclass(frozen=True)
class Joint(cn.JointActivationFunction):
    name = "joint"

    def activations(self, net_inputs: Any, activations: Any) -> None:
        activations[0] = next(iter(()))

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        net_derivatives[0] = 0.0


@dataclass(frozen=True)
class Error(cn.ErrorFunction):
    name = "error"

    def error(self, activation: float, target: float) -> float:
        return 0.5 * (activation - target) ** 2

    def derivative(self, activation: float, target: float) -> float:
        return next(iter(()))


@dataclass(frozen=True)
class Input(cn.InputFunction):
    name = "input"

    def net_input(self, weights: Any, activations: Any) -> float:
        return next(iter(()))

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        weight_slopes[0] = activation_slopes[0] = 0.0


@dataclass(frozen=True)
class Signal(cn.SignalProcedure):
    name = "signal"

    def signal(self, *args: Any, **kwargs: Any) -> float:
        return next(iter(()))


@dataclass(frozen=True)
class Signals(cn.JointSignalProcedure):
    name = "signals"

    def signals(self, values: Any, senders: Any, net_inputs: Any, activations: Any, positions: Any, memory: Any) -> Any:
        return stop()


@dataclass(frozen=True)
class OnObjects(cn.ObjectProcedure):
    name = "objects"

    def differentiate(self, network: Any, inputs: Any, targets: Any) -> Any:
        return next(iter(()))


def network(hidden: Any = "tanh", error: Any = "squared", **of_hidden: Any) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=hidden, **of_hidden)
    net.add_group("output", 2, role="output", error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


CASES: dict[str, tuple[Callable[[], cn.Network], dict[str, Any]]] = {
    "rule 'rule': change": (network, {"rule": Rule()}),
    "rule 'whole': summarize": (network, {"rule": Whole()}),
    "rule 'search': search": (network, {"rule": Search()}),
    "activation function 'activation': activation": (lambda: network(Activation()), {}),
    "activation function 'activation': slope": (lambda: network(Slope()), {}),
    "activation function 'joint': activations": (lambda: network(Joint()), {}),
    "error function 'error': derivative": (lambda: network(error=Error()), {}),
    "input function 'input': net_input": (lambda: network(input_function=Input()), {}),
    "procedure 'signal': signal": (network, {"procedure": Signal()}),
    "procedure 'signals': signals": (network, {"procedure": Signals(), "examples": WITHOUT_TARGETS}),
    "procedure 'objects': differentiate": (network, {"procedure": OnObjects()}),
}
OF_TEST = pytest.mark.filterwarnings("ignore:.*cannot be compiled", "ignore:.*has no kernels for it", "ignore:train_many")


def place_of(error: BaseException | None) -> str:
    """Return the innermost line of the StopIteration from which an error came, as messages have it."""
    while not isinstance(error, StopIteration):
        assert error is not None
        error = error.__cause__
    return f"test_stop_iteration.py, line {traceback.extract_tb(error.__traceback__)[-1].lineno}"


@OF_TEST
@pytest.mark.parametrize("formula", CASES)
def test_the_error_of_training_names_the_formula_and_the_line(formula: str, engine: str) -> None:
    make, options = CASES[formula]
    with pytest.raises(PluginError) as raised:
        cn.train(
            make(), options.get("examples", EXAMPLES), options.get("rule", "steepest"), 1, procedure=options.get("procedure"), engine=engine
        )
    assert str(raised.value) == f"{formula} raised StopIteration ({place_of(raised.value)})"
    assert raised.value.run.epochs == 0  # type: ignore[attr-defined]


@OF_TEST
def test_no_loop_of_the_caller_ends(engine: str) -> None:
    net = network(Activation())
    for attempt in (
        lambda: list(map(net.outputs, [EXAMPLES])),
        lambda: net.outputs(EXAMPLES, engine=engine),
        lambda: list(map(net.forward, [[1.0, 0.5]])),
        lambda: cn.error_derivatives(net, EXAMPLES, engine=engine),
        lambda: cn.record(net, EXAMPLES, "activation", engine=engine),
        lambda: list(cn.step(net, [1.0, 0.5])),
        lambda: cn.train_many([network(Activation()) for _ in range(3)], EXAMPLES, "steepest", 1, engine=engine),
    ):
        with pytest.raises(PluginError, match=r"'activation': activation raised StopIteration \(test_stop_iteration\.py, line \d+\)"):
            attempt()


@OF_TEST
def test_runs_of_tasks_name_the_formula(engine: str) -> None:
    for attempt in (
        lambda: cn.run("xor", rule=Rule(), epochs=1, engine=engine),
        lambda: list(cn.run_seeds("xor", [1, 2], rule=Rule(), epochs=1, engine=engine)),
    ):
        with pytest.raises(PluginError, match=r"^rule 'rule': change raised StopIteration \(test_stop_iteration\.py, line \d+\)$"):
            attempt()


def test_a_function_of_a_task_is_named_by_its_line() -> None:
    @dataclass(frozen=True)
    class Own(type(cn.task("xor"))):  # type: ignore[misc]
        @property
        def criterion(self) -> Any:
            return stop

    for attempt in (lambda: cn.run(Own(), epochs=2), lambda: list(cn.run_seeds(Own(), [1, 2], epochs=2))):
        with pytest.raises(PluginError, match=r"StopIteration: mine \(test_stop_iteration\.py, line \d+\)"):
            attempt()


def test_another_runtime_error_is_raised_as_it_is() -> None:
    def until(_: object) -> NoReturn:
        raise RuntimeError("other")

    with pytest.raises(RuntimeError, match=r"^other$"):
        cn.train(network(), EXAMPLES, "steepest", 1, until=until)
    with pytest.raises(StopIteration, match=r"^mine$"):  # of no formula
        cn.train(network(), EXAMPLES, "steepest", 1, until=stop)
