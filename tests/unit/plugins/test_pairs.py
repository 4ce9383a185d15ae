"""Error functions with a formula of the net input: E and ∂E/∂x are right however near the activation is to 0 or 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction, ErrorFunction
from connectionist.testing import check_error_function

PAIRS = [(activation, error) for activation in ("logistic", "softmax") for error in ("cross_entropy", "divergence")]
SINGLE = cn.engine("compiled", precision="float32")
DIGITS = 300  # more than e^-600 needs


def exact(activation: str, error: str, net_inputs: list[float], targets: list[float], gain: float = 1.0) -> tuple[float, list[float]]:
    """Return E and ∂E/∂x in decimal arithmetic. A target NaN is none."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = DIGITS, -(10**6), 10**6
        x, g = [Decimal(value) for value in net_inputs], Decimal(gain)
        if activation == "logistic":
            y = [1 / (1 + (-g * each).exp()) for each in x]
        else:
            total = sum(each.exp() for each in x)
            y = [each.exp() / total for each in x]
        e, by_y = Decimal(0), []
        for y_i, target in zip(y, targets, strict=True):
            slope = Decimal(0)
            if not math.isnan(target):
                d = Decimal(target)
                e += d * (d / y_i).ln() if d else 0
                slope = -d / y_i
                if error == "cross_entropy":
                    e += (1 - d) * ((1 - d) / (1 - y_i)).ln() if d != 1 else 0
                    slope = (y_i - d) / (y_i * (1 - y_i))
            by_y.append(slope)
        if activation == "logistic":
            return float(e), [float(g * y_i * (1 - y_i) * each) for y_i, each in zip(y, by_y, strict=True)]
        mean = sum(y_i * each for y_i, each in zip(y, by_y, strict=True))
        return float(e), [float(y_i * (each - mean)) for y_i, each in zip(y, by_y, strict=True)]


def network(activation: Any, error: Any, net_inputs: list[float], **settings: Any) -> cn.Network:
    net = cn.Network("pair")
    net.add_group("input", 1, role="input")
    net.add_group("output", len(net_inputs), role="output", activation=activation, error=error, biased=False, **settings)
    net.connect("input", "output", weights=np.array([net_inputs]))
    return net


def found(net: cn.Network, targets: list[float], engine: Any) -> tuple[float, np.ndarray]:
    """Return E and ∂E/∂w, which is ∂E/∂x, since the input is 1."""
    error, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0]], [targets]), engine)
    assert np.array_equal(derivatives, [unit.net_derivative for unit in net["output"]])
    return error, derivatives


def cases(seed: int) -> tuple[list[float], list[float]]:
    draw = np.random.default_rng(seed)
    size, reach = int(draw.integers(2, 5)), float(draw.choice([1.0, 40.0, 300.0]))
    targets = draw.choice([0.0, 1.0, 0.25, 1e-9, np.nan], size) if seed % 2 else np.eye(size)[draw.integers(size)]
    return draw.uniform(-reach, reach, size).astype(np.float32).tolist(), targets.tolist()


@pytest.mark.parametrize(("activation", "error"), PAIRS)
def test_both_engines_agree_with_decimal_arithmetic(activation: str, error: str) -> None:
    for seed in range(16):
        net_inputs, targets = cases(seed)
        wanted, derivatives = exact(activation, error, net_inputs, targets)
        size, reach = max(map(abs, derivatives)), max(map(abs, net_inputs))
        for engine, tolerance in (("local", 1e-15), ("compiled", 1e-15), (SINGLE, 1e-6)):
            got = found(network(activation, error, net_inputs), targets, engine)
            assert got[0] == pytest.approx(wanted, rel=0, abs=tolerance * (1 + sum(map(abs, net_inputs)))), (seed, engine)
            np.testing.assert_allclose(
                got[1], derivatives, rtol=0, atol=tolerance * (1 + reach) * max(size, 1.0), err_msg=f"{seed} {engine}"
            )


@pytest.mark.parametrize("runs_on", ["local", "compiled", SINGLE])
def test_a_wrong_answer_keeps_its_gradient_and_its_error(runs_on: Any) -> None:
    for gap, error in ((37.0, 74.0), (800.0, 1600.0)):
        got, derivatives = found(network("softmax", "cross_entropy", [gap, 0.0]), [0.0, 1.0], runs_on)
        assert got == pytest.approx(error, rel=1e-6)
        assert derivatives.tolist() == pytest.approx([2.0, -2.0], rel=1e-6)
    assert found(network("logistic", "cross_entropy", [800.0]), [0.0], runs_on)[0] == pytest.approx(800.0, rel=1e-6)
    assert found(network("softmax", "divergence", [800.0, 0.0]), [0.0, 1.0], runs_on)[0] == pytest.approx(800.0, rel=1e-6)


@pytest.mark.parametrize("gain", [0.5, 3.0])
def test_the_gain_of_the_logistic_function_counts(engine: str, gain: float) -> None:
    for error in ("cross_entropy", "divergence"):
        net_inputs, targets = [-400.0, 1.5, 30.0, -0.25], [1.0, 0.25, 1.0, 0.0]
        wanted, derivatives = exact("logistic", error, net_inputs, targets, gain)
        got = found(network(cn.activation_function("logistic", gain=gain), error, net_inputs), targets, engine)
        assert got[0] == pytest.approx(wanted, rel=1e-13)
        np.testing.assert_allclose(got[1], derivatives, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(("activation", "error"), PAIRS)
def test_a_unit_within_the_margin_has_no_error(activation: str, error: str, engine: str) -> None:
    net_inputs, targets = [3.0, -4.0, -1.0], [1.0, 0.0, 0.5]
    wanted, derivatives = exact(activation, error, net_inputs, [math.nan, math.nan, 0.5])
    got = found(network(activation, error, net_inputs, margin=0.2), targets, engine)
    assert got[0] == pytest.approx(wanted, rel=1e-13)
    np.testing.assert_allclose(got[1], derivatives, rtol=1e-13)


@pytest.mark.parametrize(("activation", "error"), PAIRS)
def test_units_that_also_send_add_the_derivatives_of_their_receivers(activation: str, error: str) -> None:
    """Central differences, since the receivers' derivatives go through the slope and the units' own errors do not."""
    net = network(activation, error, [9.0, -7.0, 2.0])
    net.add_group("above", 2, role="output")
    net.connect("output", "above")
    net.randomize(2.0, seed=4)
    net.projection("input", "output").weights = [[9.0, -7.0, 2.0]]
    examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0, 1.0, 0.5, 1.0, 0.0]])
    _, derivatives = cn.error_derivatives(net, examples, "local")
    _, compiled = cn.error_derivatives(net, examples, "compiled")
    np.testing.assert_allclose(compiled, derivatives, rtol=1e-13, atol=1e-15)
    values, step = net.weight_values, 1e-5
    for index in range(len(values)):
        errors = []
        for sign in (1, -1):
            net.weight_values = values + sign * step * (np.arange(len(values)) == index)
            errors.append(cn.error_derivatives(net, examples, "local")[0])
        assert derivatives[index] == pytest.approx((errors[0] - errors[1]) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize(("activation", "error"), PAIRS)
def test_what_can_be_looked_at_is_the_same_in_both_engines(activation: str, error: str, update_after: str | int) -> None:
    seen = []
    for engine in ("local", "compiled"):
        net = network(activation, error, [3.0, -50.0, 2.0])
        recorder = cn.Recorder(["activation_derivative", "net_derivative"], of="output")
        examples = cn.ExampleSet.from_arrays([[1.0], [0.5]], [[0.0, 1.0, 0.0], [1.0, math.nan, 0.0]])
        run = cn.train(net, examples, cn.rule("steepest", rate=0.1), 3, update_after=update_after, engine=engine, record=recorder)
        units = [(unit.net_input, unit.activation_derivative, unit.net_derivative) for unit in net["output"]]
        records = [run.recording[quantity].values for quantity in ("activation_derivative", "net_derivative")]
        seen.append([np.array(units), *records])
        assert all(unit.explain().backward_difference is None for unit in net["output"])
    for ours, theirs in zip(*seen, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@dataclass(frozen=True)
class Copied(registry.find("activation_functions", "logistic")):  # type: ignore[misc]
    """A logistic function with a lower greatest activation, and so another function."""

    name = "copied"

    def activation(self, net_input: float) -> float:
        """Return 0.9 y."""
        return 0.9 * float(super().activation(net_input))


@dataclass(frozen=True)
class Cubic(ActivationFunction):
    """y = x³."""

    name = "cubic"
    power: str = "3"  # not a number, so that formulas with it run in Python

    def activation(self, net_input: float) -> float:
        """Return y."""
        return net_input**3

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 3.0 * net_input**2


@dataclass(frozen=True)
class Halved(ErrorFunction):
    """Squared error, with a formula of the net input of `Cubic` that is that of 2 E, so that their use can be seen."""

    name = "halved"
    pairs_with = (Cubic, "softmax", "no such function")

    def error(self, activation: float, target: float) -> float:
        """Return E."""
        return 0.5 * (activation - target) ** 2

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return activation - target

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        """Return 2 E and 2 ∂E/∂x."""
        cubed = net_input ** int(activation_function.power)
        return (cubed - target) ** 2, 6.0 * net_input**2 * (cubed - target)


def test_a_formula_that_cannot_be_compiled_runs_in_python(recwarn: pytest.WarningsRecorder) -> None:
    for engine in ("local", "compiled", SINGLE):
        error, derivatives = found(network(Cubic(), Halved(), [0.5, -1.0, 2.0]), [1.0, math.nan, 7.5], engine)
        assert error == pytest.approx((0.125 - 1.0) ** 2 + 0.25)
        assert derivatives == pytest.approx([6 * 0.25 * -0.875, 0.0, 6 * 4.0 * 0.5])
    assert any("must be a number" in str(warning.message) for warning in recwarn)


def test_only_the_functions_that_it_names_are_paired() -> None:
    assert network("logistic", "cross_entropy", [1.0])["output"].paired_error is not None
    assert network(Copied(), "cross_entropy", [1.0])["output"].paired_error is None
    assert network("linear", "squared", [1.0])["output"].paired_error is None
    assert network("logistic", Halved(), [1.0])["output"].paired_error is None
    integrates = network("logistic", "cross_entropy", [1.0], integrates="activation", dt=0.5, initial=0.5)
    assert integrates["output"].paired_error is None
    net = network("logistic", "squared", [1.0])
    net["output"].error_function = "cross_entropy"
    assert net["output"].paired_error is getattr(net["output"], "error_function")  # noqa: B009  (mypy takes it for the text)
    net["output"].activation_function = Copied()
    assert net["output"].paired_error is None


def test_a_lacking_formula_is_an_error_that_names_it() -> None:
    with pytest.raises(PluginError, match="'halved': pairs with 'softmax', but has no method compare_net_inputs"):
        network("softmax", Halved(), [1.0, 2.0])


def test_a_wrong_formula_fails_the_check() -> None:
    right: Any = cn.error_function("cross_entropy")
    base: Any = type(right)

    def single(_: object, *arguments: Any) -> tuple[float, float]:
        return right.compare_net_input(*arguments)[0], 0.0

    def joint(_: object, x: Any, y: Any, d: Any, errors: Any, __: object, function: Any) -> None:
        right.compare_net_inputs(x, y, d, errors, [0.0] * len(x), function)

    for wrong, message in (
        ({"compare_net_input": lambda *_: (1.0, 0.0)}, "error at net input -7.9863, target 0, with 'logistic': must be"),
        ({"compare_net_input": single}, "∂E/∂x at net input -7.9863, target 0, with 'logistic': must be"),
        ({"compare_net_inputs": lambda *_: None}, "error of unit 0 at net inputs .* with 'softmax': must be"),
        ({"compare_net_inputs": joint}, "∂E/∂x of unit 0 at net inputs .* with 'softmax': must be"),
        ({"pairs_with": (3,)}, "pairs_with: must be names or classes of activation functions"),
    ):
        cls: Any = dataclass(frozen=True)(type("Wrong", (base,), {"__doc__": "Wrong.", **wrong}))
        with pytest.raises(AssertionError, match=message):
            check_error_function(cls)
