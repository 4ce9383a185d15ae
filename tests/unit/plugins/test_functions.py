"""The margin of an output group, and values of the built-in functions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction, within_margin

UNIT = st.floats(0, 1)


@given(UNIT)
def test_a_unit_that_should_be_on_has_no_error_above_0_8(activation: float) -> None:
    assert within_margin(activation, 1.0, 0.2) == (activation > 0.8)
    assert within_margin(activation, 0.0, 0.2) == (activation < 0.2)


@given(UNIT, UNIT)
def test_without_margin_nothing_is_within(activation: float, target: float) -> None:
    assert not within_margin(activation, target, 0.0)


def test_beyond_the_target_is_within_too() -> None:
    assert within_margin(1.5, 1.0, 0.2)
    assert within_margin(-0.5, 0.0, 0.2)


def activation_of(name: str, **parameters: float) -> ActivationFunction:
    function = cn.activation_function(name, **parameters)
    assert isinstance(function, ActivationFunction)
    return function


@pytest.mark.parametrize(
    ("name", "net_input", "activation", "slope"),
    [
        ("logistic", math.log(3.0), 0.75, 0.1875),
        ("tanh", math.atanh(0.5), 0.5, 0.75),
        ("linear", -3.5, -3.5, 1.0),
        ("rectified", -3.5, 0.0, 0.0),
        ("rectified", 3.5, 3.5, 1.0),
        ("threshold", 0.0, 0.0, 0.0),
        ("threshold", 0.001, 1.0, 0.0),
        ("ternary", 5.0, 0.5 - 1 / (1 + math.exp(10)), 0.25 + math.exp(10) / (1 + math.exp(10)) ** 2),
        ("gaussian", 0.5, math.exp(-0.25), -math.exp(-0.25)),
        ("softplus", math.log(3.0), math.log(4.0), 0.75),
        ("clipped_linear", 0.25, 0.25, 1.0),
        ("clipped_linear", -0.25, 0.0, 0.0),
        ("clipped_linear", 1.25, 1.0, 0.0),
        ("piecewise_logistic", 0.5 * math.log(3.0), 0.625, 0.25 / math.log(3.0)),
        ("piecewise_logistic", -math.log(3.0), 0.25, 0.25 / math.log(3.0)),
        ("piecewise_logistic", 0.5 * math.log(57.0), 0.85, 0.2 / math.log(19.0 / 3.0)),
        ("piecewise_logistic", math.log(19.0), 0.95, 0.2 / math.log(19.0 / 3.0)),
        ("piecewise_logistic", -0.5 * math.log(19.0 * 199.0), 0.0275, 0.045 / math.log(199.0 / 19.0)),
        ("piecewise_logistic", -5.3, 0.0, 0.0),
        ("piecewise_logistic", 5.3, 1.0, 0.0),
    ],
)
def test_hand_worked_activations(name: str, net_input: float, activation: float, slope: float) -> None:
    function = activation_of(name)
    assert function.activation(net_input) == pytest.approx(activation, rel=1e-15)
    assert function.slope(net_input, activation) == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "parameters", "net_input", "activation"),
    [
        ("threshold", {"threshold": 0.5}, 0.5, 0.0),
        ("ternary", {"gain": 50.0, "shift": 1.0}, -2.0, -1.0),
        ("gaussian", {"gain": 2.0}, 0.5, math.exp(-1.0)),
        ("gaussian", {}, 1e200, 1e-300),
        ("softplus", {"gain": 2.0}, 500.0, 500.0),
        ("clipped_linear", {"lowest": -1.0, "highest": 2.0}, 1.5, 1.5),
        ("piecewise_logistic", {"lowest": -1.0, "gain": 2.0}, -0.5 * math.log(19.0), -0.9),
    ],
)
def test_parameters_of_activation_functions(name: str, parameters: dict[str, float], net_input: float, activation: float) -> None:
    assert activation_of(name, **parameters).activation(net_input) == pytest.approx(activation, rel=1e-12)


def test_bounds_of_a_clipped_linear_function() -> None:
    assert activation_of("clipped_linear", lowest=-1.0).range == (-1.0, 1.0)
    with pytest.raises(cn.errors.ParameterError, match=r"ClippedLinear.lowest: must be less than highest, 1 \(got 2\)"):
        cn.activation_function("clipped_linear", lowest=2.0)


@pytest.mark.parametrize(
    ("name", "parameters", "winners"),
    [("winner_take_all", {}, [1]), ("k_winners", {}, [1, 3]), ("k_winners", {"k": 3}, [1, 3, 2]), ("k_winners", {"k": 4}, [0, 1, 2, 3])],
)
def test_winners(engine: str, name: str, parameters: dict[str, int], winners: list[int]) -> None:
    net = cn.Network("winners")
    net.add_group("input", 4, role="input")
    net.add_group("output", 4, role="output", activation=cn.activation_function(name, **parameters), biased=False)
    net.connect("input", "output", weights=np.eye(4))
    outputs = net.outputs(cn.ExampleSet.from_arrays([[0.5, 2.0, 1.0, 2.0]], [[0.0] * 4]), engine=engine)
    assert np.flatnonzero(np.asarray(outputs)).tolist() == sorted(winners)


@pytest.mark.parametrize(
    "name", ["threshold", "ternary", "gaussian", "softplus", "clipped_linear", "piecewise_logistic", "winner_take_all", "k_winners"]
)
def test_engines_agree_on_functions(name: str) -> None:
    net = cn.Network(name)
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 5, activation=name)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=2)
    random = cn.random_stream(1, "cases")
    examples = cn.ExampleSet.from_arrays(random.random((7, 3)), random.random((7, 2)))
    wanted, wanted_derivatives = cn.error_derivatives(net, examples, "local")
    for precision, tolerance in (("float64", 1e-14), ("float32", 1e-5)):
        error, derivatives = cn.error_derivatives(net, examples, cn.engine("compiled", precision=precision))
        assert error == pytest.approx(wanted, abs=tolerance)
        np.testing.assert_allclose(derivatives, wanted_derivatives, rtol=0, atol=tolerance)


@given(st.floats(-700, 700))
def test_gain_scales_the_net_input(net_input: float) -> None:
    assert activation_of("logistic", gain=2.0).activation(net_input / 2) == activation_of("logistic").activation(net_input)


@given(st.floats(-30, 30))
def test_the_logistic_function_is_symmetric_about_a_half(net_input: float) -> None:
    logistic = activation_of("logistic")
    assert logistic.activation(net_input) + logistic.activation(-net_input) == pytest.approx(1.0, rel=1e-15)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=6), st.floats(-100, 100))
def test_softmax_adds_up_to_1_whatever_is_added_to_all(net_inputs: list[float], extra: float) -> None:
    softmax = cn.activation_function("softmax")
    assert isinstance(softmax, JointActivationFunction)
    plain, moved = [0.0] * len(net_inputs), [0.0] * len(net_inputs)
    softmax.activations(net_inputs, plain)
    softmax.activations([x + extra for x in net_inputs], moved)
    assert math.fsum(plain) == pytest.approx(1.0, rel=1e-12)
    assert moved == pytest.approx(plain, rel=1e-9, abs=1e-12)


def error_of(name: str) -> ErrorFunction:
    return cn.error_function(name)


@pytest.mark.parametrize(
    ("name", "error", "derivative"),
    [
        ("squared", 0.5 * 0.25 * 0.25, -0.25),
        ("cross_entropy", 0.75 * math.log(1.5) + 0.25 * math.log(0.5), -1.0),
        ("divergence", 0.75 * math.log(1.5), -1.5),
    ],
)
def test_hand_worked_errors_of_activation_a_half_for_target_three_quarters(name: str, error: float, derivative: float) -> None:
    assert error_of(name).error(0.5, 0.75) == pytest.approx(error, rel=1e-14)
    assert error_of(name).derivative(0.5, 0.75) == pytest.approx(derivative, rel=1e-14)


@given(UNIT, UNIT)
def test_cross_entropy_is_never_below_0_and_its_derivative_through_a_logistic_unit_is_y_minus_d(activation: float, target: float) -> None:
    function = error_of("cross_entropy")
    assert function.error(activation, target) >= -1e-15
    if 1e-6 < activation < 1 - 1e-6:
        slope = activation_of("logistic").slope(0.0, activation)
        assert function.derivative(activation, target) * slope == pytest.approx(activation - target, rel=1e-9, abs=1e-12)


def test_the_classic_pairing_of_softmax_and_divergence_gives_y_minus_d() -> None:
    softmax = cn.activation_function("softmax")
    assert isinstance(softmax, JointActivationFunction)
    activations, targets, got = [0.0] * 3, [0.2, 0.5, 0.3], [0.0] * 3
    softmax.activations([0.3, -1.0, 2.0], activations)
    derivatives = [error_of("divergence").derivative(y, d) for y, d in zip(activations, targets, strict=True)]
    softmax.net_derivatives(activations, derivatives, got)
    assert got == pytest.approx([y - d for y, d in zip(activations, targets, strict=True)], rel=1e-12)
