"""The error function cosine, which compares a whole group."""

import math
from typing import Any

import numpy as np
import pytest

import connectionist as cn


def network(activation: str = "logistic", **options: Any) -> cn.Network:
    net = cn.Network("angle")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 4, role="output", activation=activation, error="cosine", **options)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=4)
    return net


def examples() -> cn.ExampleSet:
    random = cn.random_stream(1, "cases")
    targets = random.random((3, 4))
    targets[1, 2] = math.nan
    return cn.ExampleSet.from_arrays(random.random((3, 3)), targets, error_weights=[1.0, 0.5, 2.0])


@pytest.mark.parametrize("activation", ["logistic", "tanh", "softmax"])
@pytest.mark.parametrize("margin", [0.0, 0.1])
def test_derivatives_are_central_differences(activation: str, margin: float) -> None:
    net, cases = network(activation, margin=margin), examples()
    _, derivatives = cn.error_derivatives(net, cases, "local")
    for weight, derivative in zip(net.weights, derivatives, strict=True):
        value, errors = weight.value, []
        for step in (1e-5, -1e-5):
            weight.value = value + step
            errors.append(cn.error_derivatives(net, cases, "local")[0])
        weight.value = value
        assert derivative == pytest.approx((errors[0] - errors[1]) / 2e-5, abs=1e-8)


def test_the_error_is_one_minus_the_cosine() -> None:
    net = network()
    y, d = net.forward([1.0, 0.5, 0.0]), np.array([0.2, 0.9, 0.4, 0.0])
    wanted = 1.0 - float(y @ d) / float(np.linalg.norm(y) * np.linalg.norm(d))
    assert net.backward(d) == pytest.approx(wanted, rel=1e-12)
    explained = [unit.explain() for unit in net["output"]]
    assert sum(each.comparison.error for each in explained if each.comparison) == pytest.approx(wanted, rel=1e-12)
    for unit, each in zip(net["output"], explained, strict=True):
        assert each.comparison is not None
        assert each.comparison.derivative == unit.activation_derivative


def test_the_formula_is_that_of_lens() -> None:
    y, d = np.array([0.3, 0.8]), np.array([0.9, 0.5])
    net = cn.Network("lens")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation="linear", biased=False, error="cosine")
    net.connect("input", "output", weights=np.eye(2))
    net.forward(y)
    net.backward(d)
    cosine = y @ d / np.sqrt(y @ y * (d @ d))
    wanted = cosine * (y / (y @ y) - d / (y @ d))
    np.testing.assert_allclose([unit.activation_derivative for unit in net["output"]], wanted, rtol=0, atol=1e-15)


def test_targets_or_activations_of_0_have_no_derivatives() -> None:
    net = cn.Network("zero")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation="linear", biased=False, error="cosine")
    net.connect("input", "output", weights=np.eye(2))
    for inputs, targets in (([0.0, 0.0], [1.0, 0.0]), ([1.0, 0.5], [0.0, 0.0])):
        net.forward(inputs)
        assert net.backward(targets) == 1.0
        assert [weight.derivative for weight in net.weights] == [0.0] * 4


def test_training_lowers_the_error() -> None:
    run = cn.train(network(), examples(), "momentum", 30)
    assert run.errors[-1] < run.errors[0]


def test_what_compares_each_unit_does_not_take_it() -> None:
    with pytest.raises(cn.errors.ParameterError, match="cannot show the error function 'cosine' of group 'output'"):
        cn.step(network(), [0.0, 1.0, 0.5], [1.0, 0.0, 0.0, 0.0])
    with pytest.raises(cn.errors.WiringError, match="procedure 'predictive_coding': compares each output unit with its target"):
        cn.train(network(), examples(), "steepest", 1, procedure="predictive_coding")
