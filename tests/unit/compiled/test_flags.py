"""Parameters that are True or False are so in compiled formulas too."""

from __future__ import annotations

import warnings
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.plugins.rules import LocalRule, UpdateRule

Formula = Callable[[Any, float], float]

# each formula doubles the net input if the flag is set, and else adds 10 to it
FORMULAS: dict[str, Formula] = {
    "is True": lambda self, x: 2.0 * x if self.flag is True else x + 10.0,
    "is not True": lambda self, x: x + 10.0 if self.flag is not True else 2.0 * x,
    "is False": lambda self, x: x + 10.0 if self.flag is False else 2.0 * x,
    "truth": lambda self, x: 2.0 * x if self.flag else x + 10.0,
    "not": lambda self, x: x + 10.0 if not self.flag else 2.0 * x,
    "== True": lambda self, x: 2.0 * x if self.flag == True else x + 10.0,  # noqa: E712
    "== 1": lambda self, x: 2.0 * x if self.flag == 1 else x + 10.0,
    "and": lambda self, x: 2.0 * x if self.flag and self.gain == 1.0 else x + 10.0,
    "&": lambda self, x: 2.0 * x if self.flag & (self.gain == 1.0) else x + 10.0,
    "^": lambda self, x: x + 10.0 if self.flag ^ True else 2.0 * x,
    "product": lambda self, x: self.flag * x + x + (1 - self.flag) * 10.0,
    "sum": lambda self, x: (self.flag + self.flag) * x if self.flag + self.flag == 2 else x + 10.0,
    "negative": lambda self, x: -self.flag * -2.0 * x + (self.flag - 1) * -(x + 10.0),
    "invert": lambda self, x: 2.0 * x if ~self.flag == -2 else x + 10.0,
    "shift": lambda self, x: x + 10.0 if self.flag << 3 == 0 else 2.0 * x,
    "quotient": lambda self, x: (x / self.flag) * 2.0 if self.flag else x + 10.0,
    "power": lambda self, x: (1.0 + self.flag) ** self.flag * x + 10.0 * (not self.flag),
    "index": lambda self, x: (x + 10.0, 2.0 * x)[self.flag],
}

QUICK = ("is True", "is not True", "is False", "not", "== 1", "&", "sum", "index")  # one of each kind; each takes a compilation


def with_formula(formula: Formula) -> type[ActivationFunction]:
    @dataclass(frozen=True)
    class Flagged(ActivationFunction):
        gain: float = 1.0
        flag: bool = True
        name = "flagged"
        range = (-1e6, 1e6)
        activation = formula  # type: ignore[assignment]

        def slope(self, net_input: float, activation: float) -> float:
            return 2.0 if self.flag is True else 1.0

    return Flagged


def make_net(activation: Any = "linear", error: Any = "squared") -> cn.Network:
    net = cn.Network("flags")
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", activation=activation, error=error, biased=False)
    net.connect("input", "output", weights=[[1.0, 0.5]])
    return net


EXAMPLES = cn.ExampleSet.from_arrays([[3.0], [4.0]], [[0.0, 1.0], [1.0, 0.0]])
NET_INPUTS = np.array([[3.0, 1.5], [4.0, 2.0]])


@pytest.mark.filterwarnings("ignore:Bitwise inversion:DeprecationWarning")  # of Python 3.12 and newer, for ~ of a bool
@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize(
    "formula",
    [pytest.param(formula, id=name, marks=[] if name in QUICK else pytest.mark.slow) for name, formula in FORMULAS.items()],
)
def test_an_activation_function_sees_its_flag(formula: Formula, flag: bool, engine: str) -> None:
    function: Any = with_formula(formula)
    expected = 2.0 * NET_INPUTS if flag else NET_INPUTS + 10.0
    np.testing.assert_allclose(make_net(function(flag=flag)).outputs(EXAMPLES, engine=engine), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["is True", "is False", "truth", "product", "sum"])
def test_a_formula_with_a_flag_is_compiled(name: str) -> None:
    function: Any = with_formula(FORMULAS[name])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_net(function(flag=False)).outputs(EXAMPLES)


def test_a_number_in_place_of_a_flag_is_a_number(engine: str) -> None:
    """In Python ``1.0 is True`` is false."""
    function: Any = with_formula(FORMULAS["is True"])
    np.testing.assert_allclose(make_net(function(flag=1.0)).outputs(EXAMPLES, engine=engine), NET_INPUTS + 10.0)


@dataclass(frozen=True)
class FlaggedJoint(JointActivationFunction):
    flag: bool = True
    name = "flagged_joint"
    range = (-1e6, 1e6)

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        for index in range(len(net_inputs)):
            activations[index] = net_inputs[index] * (2.0 if self.flag is True else 3.0)

    def net_derivatives(
        self, activations: Sequence[float], activation_derivatives: Sequence[float], net_derivatives: MutableSequence[float]
    ) -> None:
        for index in range(len(activations)):
            net_derivatives[index] = activation_derivatives[index] * (2.0 if self.flag is True else 3.0)


@dataclass(frozen=True)
class FlaggedError(ErrorFunction):
    flag: bool = True
    name = "flagged_error"

    def error(self, activation: float, target: float) -> float:
        return (activation - target) * (1.0 if self.flag is True else 5.0)

    def derivative(self, activation: float, target: float) -> float:
        return 1.0 if self.flag is True else 5.0


@dataclass(frozen=True)
class FlaggedRule(UpdateRule):
    rate: float = 0.5
    flag: bool = True
    name = "flagged_rule"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (self.rate * (1.0 if self.flag is True else 2.0),)


@dataclass(frozen=True)
class FlaggedSignal(LocalRule):
    rate: float = 1.0
    flag: bool = True
    name = "flagged_signal"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        return 1.0 if self.flag is True else 2.0

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (self.rate * derivative,)


@pytest.mark.parametrize(("flag", "factor"), [(True, 2.0), (False, 3.0)])
def test_a_joint_function_sees_its_flag(flag: bool, factor: float, engine: str) -> None:
    np.testing.assert_allclose(make_net(FlaggedJoint(flag=flag)).outputs(EXAMPLES, engine=engine), factor * NET_INPUTS)


@pytest.mark.parametrize(("flag", "factor"), [(True, 1.0), (False, 5.0)])
def test_an_error_function_sees_its_flag(flag: bool, factor: float, engine: str) -> None:
    error, derivatives = cn.error_derivatives(make_net(error=FlaggedError(flag=flag)), EXAMPLES, engine=engine)
    assert error == pytest.approx(factor * (NET_INPUTS - EXAMPLES.targets).sum())
    np.testing.assert_allclose(derivatives, factor * EXAMPLES.inputs.sum())


@pytest.mark.parametrize("update_after", [1, "epoch"])
@pytest.mark.parametrize(("flag", "factor"), [(True, 1.0), (False, 2.0)])
@pytest.mark.parametrize("rate", [None, 0.25])
def test_a_rule_sees_its_flag(flag: bool, factor: float, rate: float | None, update_after: Any, engine: str) -> None:
    net = make_net()
    if rate is not None:  # weights with different rates
        net.add_group("second", 1, role="input")
        net.connect("second", "output", weights=0.0, rate=rate)
    examples = EXAMPLES if rate is None else cn.ExampleSet.from_arrays(np.ones((2, 2)), EXAMPLES.targets)
    cn.train(net, examples, rule=FlaggedRule(flag=flag), epochs=1, update_after=update_after, engine=engine)
    changes = 2 if update_after == 1 else 1
    expected = [1.0 + 0.5 * factor * changes, 0.5 + 0.5 * factor * changes] + ([] if rate is None else [rate * factor * changes] * 2)
    np.testing.assert_allclose(net.weight_values, expected)


@pytest.mark.parametrize(("flag", "signal"), [(True, 1.0), (False, 2.0)])
def test_a_local_rule_sees_its_flag(flag: bool, signal: float, engine: str) -> None:
    net = make_net()
    cn.train(net, EXAMPLES, rule=FlaggedSignal(flag=flag), epochs=1, engine=engine)
    np.testing.assert_allclose(net.weight_values, [1.0 + 2 * signal, 0.5 + 2 * signal])  # two cases
