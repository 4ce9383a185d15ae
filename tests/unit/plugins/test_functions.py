"""The margin of an output group, and values of the built-in functions."""

import math

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
    ],
)
def test_hand_worked_activations(name: str, net_input: float, activation: float, slope: float) -> None:
    function = activation_of(name)
    assert function.activation(net_input) == pytest.approx(activation, rel=1e-15)
    assert function.slope(net_input, activation) == pytest.approx(slope, rel=1e-15)


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
