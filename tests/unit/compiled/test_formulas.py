"""Formulas of plugins in the compiled engine: compiled, compiled again after a change, run in Python, or rejected."""

from __future__ import annotations

import math
import sys
import types
import warnings
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

import numba
import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist.plugins.functions import ActivationFunction, JointActivationFunction
from connectionist.plugins.rules import Rule, UpdateRule, WholeNetRule
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled.formulas import compile as compile_module
from connectionist_plugins.engines.compiled.formulas import elementary, numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, _compiled, _warned
from connectionist_plugins.engines.compiled.formulas.fingerprint import NotCompilable, fingerprint

logistic = cn.logistic
helpers = types.ModuleType("helpers")
helpers.decay = lambda x: math.exp(-abs(x))  # type: ignore[attr-defined]
quietly = pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")


@pytest.fixture(autouse=True)
def clear_caches() -> None:
    _compiled.clear()
    _warned.clear()


def small(activation: Any = None, rate: float | None = None) -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("small")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation=activation)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output", rate=rate)
    net.randomize(1.0, seed=3)
    generator = np.random.default_rng(0)
    return net, cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (7, 3)), generator.integers(0, 2, (7, 2)))


def outputs(activation: Any, engine: str = "compiled") -> Any:
    net, examples = small(activation)
    return net.outputs(examples, engine=engine)


def derivatives(activation: Any, engine: str) -> Any:
    net, examples = small(activation)
    return cn.error_derivatives(net, examples, engine)[1]


def trained(rule: Any, engine: str, rate: float | None = None) -> Any:
    net, examples = small(rate=rate)
    cn.train(net, examples, rule=rule, epochs=3, engine=engine)
    return net.weight_values


SOURCE = """
from dataclasses import dataclass
from connectionist.plugins.functions import ActivationFunction
import math
import helpers
FACTOR = 2.0
PAIR = (1.0, 3.0)
LIST = [2.0]
from math import sinh as squash

def scale(x, by=2.0):
    return inner(x) * by

def inner(x):
    return x * FACTOR

def closed(gain):
    def formula(self, net_input):
        return gain * net_input
    return formula

@dataclass(frozen=True)
class Plugin(ActivationFunction):
    name = "plugin"
    def activation(self, net_input):
        return BODY
    def slope(self, net_input, activation):
        return 1.0
"""


def plugin(body: str) -> dict[str, Any]:
    helpers = types.ModuleType("helpers")
    exec("GAIN = 2.0\ndef twice(x):\n    return 2.0 * x", vars(helpers))
    names: dict[str, Any] = {"__name__": __name__}
    sys.modules["helpers"] = helpers
    try:
        exec(SOURCE.replace("BODY", body), names)
    finally:
        del sys.modules["helpers"]
    return names


def assign(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda names: names.update({name: value})


def change_default(names: dict[str, Any]) -> None:
    names["scale"].__defaults__ = (5.0,)


def replace_method(names: dict[str, Any]) -> None:
    names["Plugin"].activation = names["closed"](4.0)


def rewrite_method(names: dict[str, Any]) -> None:
    names["Plugin"].activation = lambda self, net_input: -net_input


def change_module(names: dict[str, Any]) -> None:
    names["helpers"].GAIN = 7.0


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("net_input * FACTOR", assign("FACTOR", 3.0)),
        pytest.param("net_input * FACTOR", assign("FACTOR", 2.5), marks=pytest.mark.slow),
        ("net_input * PAIR[1]", assign("PAIR", (1.0, 4.0))),
        ("squash(net_input)", assign("squash", math.sin)),
        pytest.param("scale(net_input)", assign("FACTOR", 3.0), marks=pytest.mark.slow),
        ("scale(net_input)", assign("inner", lambda x: x + 1.0)),
        ("scale(net_input)", change_default),
        ("net_input", replace_method),
        pytest.param("net_input", rewrite_method, marks=pytest.mark.slow),
        ("net_input * helpers.GAIN", change_module),
    ],
)
def test_a_formula_is_compiled_again_if_a_reference_changes(body: str, change: Callable[[dict[str, Any]], None]) -> None:
    names = plugin(body)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        before = outputs(names["Plugin"]())
        change(names)
        after = outputs(names["Plugin"]())
    assert np.abs(after - before).max() > 1e-3
    np.testing.assert_allclose(after, outputs(names["Plugin"](), "local"), rtol=1e-12)


@quietly  # numba reads functions from the modules numpy and math only
def test_a_change_of_a_helper_in_another_module_takes_effect() -> None:
    names = plugin("helpers.twice(net_input)")
    before = outputs(names["Plugin"]())
    names["helpers"].twice = lambda x: -x
    assert np.abs(outputs(names["Plugin"]()) - before).max() > 1e-3


def test_a_change_of_a_value_in_a_closure_takes_effect() -> None:
    names = plugin("net_input")
    answers = []
    for gain in (1.0, 3.0):
        names["Plugin"].activation = names["closed"](gain)
        answers.append(outputs(names["Plugin"]()))
    assert np.abs(answers[1] - answers[0]).max() > 1e-3


LIST: list[float] = [1.0]
ARRAY = np.ones(2)
TABLE = {"a": 1.0}
NAMESPACE = types.SimpleNamespace(gain=1.0)


@pytest.mark.parametrize(
    "function", [lambda x: LIST[0] * x, lambda x: ARRAY[0] * x, lambda x: TABLE["a"] * x, lambda x: NAMESPACE.gain * x]
)
def test_mutable_objects_are_not_compiled(function: Any) -> None:
    with pytest.raises(NotCompilable):
        fingerprint(function)


def test_a_formula_reads_a_list_at_each_call() -> None:
    names = plugin("net_input * LIST[0]")
    with pytest.warns(CompilationWarning, match="LIST is a list, which may change"):
        before = outputs(names["Plugin"]())
    names["LIST"][0] = 5.0
    assert np.abs(outputs(names["Plugin"]()) - before).max() > 1e-3


def test_functions_of_numpy_and_compiled_helpers_are_compiled() -> None:
    names = plugin("np.tanh(helper(net_input))") | {"np": np}
    names["Plugin"].activation.__globals__.update(np=np, helper=numba.njit(lambda x: x + 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(outputs(names["Plugin"]()), outputs(names["Plugin"](), "local"), rtol=1e-12)


def test_the_same_formula_has_the_same_fingerprint() -> None:
    assert fingerprint(plugin("scale(net_input)")["Plugin"].activation) == fingerprint(plugin("scale(net_input)")["Plugin"].activation)


def raise_error(x: float) -> float:
    if x > -100.0:
        raise LookupError("out of the table")
    return x


def fail_assertion(x: float) -> float:
    assert x < -100.0, "out of the table"
    return x


@quietly
@pytest.mark.parametrize(("helper", "error"), [(raise_error, LookupError), (fail_assertion, AssertionError)])
def test_an_exception_in_a_helper_is_raised(helper: Any, error: type[Exception]) -> None:
    names = plugin("helper(net_input)")
    names["Plugin"].activation.__globals__["helper"] = helper
    names["Plugin"].activation.__defaults__ = None
    for engine in ("local", "compiled"):
        with pytest.raises(error, match="out of the table"):
            outputs(names["Plugin"](), engine)


@quietly
def test_a_tuple_index_out_of_range_is_raised() -> None:
    for engine in ("local", "compiled"):
        with pytest.raises(IndexError):
            outputs(plugin("PAIR[int(net_input) + 50]")["Plugin"](), engine)


@dataclass(frozen=True)
class Outside(JointActivationFunction):
    """Reads and writes the fifth unit, in a group of four."""

    name = "outside"

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write each y."""
        for i in range(len(net_inputs)):
            activations[i + 1] = net_inputs[i]

    def net_derivatives(self, activations: Any, activation_derivatives: Any, net_derivatives: Any) -> None:
        """Write each ∂E/∂x."""
        for i in range(len(net_derivatives)):
            net_derivatives[i] = activation_derivatives[i]


@dataclass(frozen=True)
class Longer(Outside):
    """Appends."""

    def activations(self, net_inputs: Any, activations: Any) -> None:
        """Write one y too many."""
        activations.append(0.0)


@quietly
@pytest.mark.parametrize(("function", "error"), [(Outside(), IndexError), (Longer(), PluginError)])
def test_a_joint_function_out_of_its_bounds_runs_in_python_and_raises(function: Any, error: type[Exception]) -> None:
    for engine in ("local", "compiled"):
        with pytest.raises(error):
            outputs(function, engine)


@dataclass(frozen=True)
class Wave(ActivationFunction):
    """A wave around its net input times a factor."""

    factor: float = 1.0
    name = "wave"

    def activation(self, net_input: float) -> float:
        """Return y."""
        return math.sin(self.factor * net_input) + math.cos(net_input)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0


def test_sin_and_cos_need_no_numba_and_raise_as_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numba_formulas, "numba_address")
    np.testing.assert_allclose(outputs(Wave()), outputs(Wave(), "local"), rtol=1e-12)
    for engine in ("local", "compiled"):
        with pytest.raises(ValueError, match=r"math domain error|expected a finite input"):
            outputs(Wave(math.inf), engine)


@dataclass(frozen=True)
class Decay(ActivationFunction):
    """Exponentials of negatives: of one that is never positive, and of another."""

    name = "decay"

    def activation(self, net_input: float) -> float:
        """Return y."""
        return math.exp(-abs(net_input)) + math.exp(-(0.001 * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0


def test_an_exponential_is_that_of_python_and_overflows_as_in_python() -> None:
    net, examples = small(Decay())
    for bias in (0.0, -0.01, 1.0, 30.0, -700.0, -750.0, 1e5):
        net.projection("bias", "hidden").weights = bias
        np.testing.assert_allclose(net.outputs(examples, engine="compiled"), net.outputs(examples, engine="local"), rtol=1e-14)
    net.projection("bias", "hidden").weights = -1e7
    for engine in ("local", "compiled"):
        with pytest.raises(OverflowError):
            net.outputs(examples, engine=engine)


def test_the_logistic_function_is_that_of_decimal_arithmetic() -> None:
    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", biased=False)
    net.connect("input", "output", weights=1.0)
    draw = np.random.default_rng(7)
    net_inputs = np.concatenate([draw.uniform(-708, 40, 400), draw.normal(0, 2, 600), np.arange(-40, 40) * math.log(2.0) / 2])
    net_inputs = np.append(net_inputs, [0.0, 800.0, -800.0, 1e300, -1e300])
    y = net.outputs(cn.ExampleSet.from_arrays(net_inputs[:, None], np.zeros((len(net_inputs), 1))), engine="compiled")[:, 0]
    exact = np.array([float(1 / (1 + (-Decimal(float(x))).exp())) for x in net_inputs[:-4]])
    assert np.max(np.abs(y[:-4] - np.clip(exact, 1e-300, 1 - 2**-53)) / np.spacing(exact)) <= 3
    assert y[-4:].tolist() == [1 - 2**-53, 1e-300, 1 - 2**-53, 1e-300]


def test_the_logistic_function_loses_nothing_by_its_polynomial() -> None:
    with localcontext() as context:
        context.prec = 40
        errors = []
        for r in (Decimal(2).ln() * index / 400 for index in range(-200, 201)):
            a = 2 + sum(Decimal(each) * r ** (2 * power) for power, each in enumerate(elementary.COTH_COEFFICIENTS, 1))
            errors.append(abs((a + r) / (a - r) / r.exp() - 1))
    assert max(errors) < Decimal(2) ** -62


@dataclass(frozen=True)
class Steps(ActivationFunction):
    """Two logistic functions, named in the two ways that a plugin may use."""

    name = "steps"
    range = (0.0, 2.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return cn.logistic(net_input) + logistic(net_input - 3.0)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return helpers.decay(net_input)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class StepsOfNumba(Steps):
    """The same, with a function that only numba compiles."""

    name = "steps_of_numba"

    def activation(self, net_input: float) -> float:
        """Return y."""
        return (cn.logistic(net_input) + logistic(net_input - 3.0)) * math.cosh(0.0)


def test_the_logistic_function_has_the_same_bits_by_any_name_and_with_numba() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(outputs(Steps()), outputs(Steps(), "local"), rtol=1e-14)
        assert np.array_equal(outputs(Steps()), outputs(StepsOfNumba()))
        local, compiled = (derivatives(StepsOfNumba(), engine) for engine in ("local", "compiled"))
    np.testing.assert_allclose(compiled, local, rtol=1e-12)


@dataclass(frozen=True)
class Forgetful(UpdateRule):
    """Returns fewer numbers than its memory has names."""

    rate: float = 0.1
    name = "forgetful"
    memory = ("last_change", "count")

    def change(self, value: float, derivative: float, last: float, count: float) -> tuple[float, float]:
        """Return Δw and half of the memory."""
        return -self.rate * derivative, last


@dataclass(frozen=True)
class Bare(UpdateRule):
    """Returns a number instead of a tuple."""

    rate: float = 0.1
    name = "bare"

    def change(self, value: float, derivative: float) -> Any:
        """Return Δw."""
        return -self.rate * derivative


def test_a_rule_that_returns_too_few_numbers_raises() -> None:
    with pytest.raises(PluginError, match=r"'forgetful': change must return a tuple of 3 numbers, Δw, last_change, count \(got 2 of"):
        trained(Forgetful(), "compiled")
    with pytest.raises(PluginError, match=r"'bare': change must return a tuple of 1 number, Δw \(got -0.05\)"):
        trained(Bare(), "compiled")


@dataclass(frozen=True)
class Derived(UpdateRule):
    """Computes a number from its rate when it is created."""

    rate: float = 0.1
    factor: float = field(init=False, default=0.0)
    name = "derived"

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", self.rate * self.rate)

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        return (-self.factor * derivative,)


@dataclass(frozen=True)
class Rateless(WholeNetRule):
    """Has no rate and cannot be compiled."""

    name = "rateless"

    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return a half."""
        return 0.5

    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        """Return Δw."""
        return (-summary * derivative * LIST[0],)


@quietly
@pytest.mark.parametrize(("rule", "rate"), [(Derived(), 0.5), (Derived(), None), (Rateless(), None)])
def test_rates_reach_every_kind_of_rule(rule: Rule, rate: float | None) -> None:
    np.testing.assert_allclose(trained(rule, "compiled", rate), trained(rule, "local", rate), rtol=1e-12)


@dataclass(frozen=True)
class Overflowing(ActivationFunction):
    """Runs in Python and raises if numbers become too large."""

    name = "overflowing"

    def activation(self, net_input: float) -> float:
        """Return y."""
        return math.exp(LIST[0] * net_input * 1e6)

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return activation


@quietly
def test_training_diverges_if_a_formula_overflows_and_restores_the_weights() -> None:
    messages = []
    for engine in ("local", "compiled"):
        net, examples = small(Overflowing())
        before = net.weight_values
        with pytest.raises(cn.errors.DivergenceError) as caught:
            cn.train(net, examples, rule=cn.rule("steepest"), epochs=3, engine=engine)
        messages.append(str(caught.value))
        np.testing.assert_array_equal(net.weight_values, before)
    assert messages[0] == messages[1]


def test_a_formula_that_has_not_changed_is_found_without_a_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def counted(method: object) -> str:
        calls.append(method)
        return fingerprint(method)

    monkeypatch.setattr(compile_module, "fingerprint", counted)
    net, examples = random_network(1)
    net.outputs(examples)
    calls.clear()
    net.outputs(examples)
    assert not calls
    function = type(next(group for group in net.groups if group.role != "input").activation_function)
    method = "activations" if issubclass(function, cn.JointActivationFunction) else "activation"
    monkeypatch.setattr(getattr(function, method), "__defaults__", (1.0,))
    net.outputs(examples)
    assert calls
