"""Derivatives against central differences of the error, to 1e-9 relative.

A central difference in float64 cannot reach that: its truncation, h²E‴/6, asks for a small step h, and its rounding, about
10⁻¹⁶E/h, for a large one; the best of both is near 1e-10 for one derivative in isolation and worse where E is large beside it.
Richardson's extrapolation takes the differences at h, h/2, h/4, h/8 and cancels the terms in h², h⁴ and h⁶, so that h may be large
and rounding small: the error is then of the order h⁸. The function must be smooth for as far as h reaches; where a rectified
unit or a margin has its corner within reach, h is halved until it has not.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.plugins.functions import within_margin
from connectionist.testing import random_network

LARGEST_STEP, SMALLEST_STEP = 0.08, 0.002
STEP_IN_TIME = 0.02  # a change of a weight acts at each tick, so higher derivatives are larger
SIDES = tuple[bool, ...]


def error_at(net: cn.Network, examples: cn.ExampleSet, engine: str, weight: cn.Weight, value: float) -> float:
    before, weight.value = weight.value, value
    error, _ = cn.error_derivatives(net, examples, engine)
    weight.value = before
    return error


def sides(net: cn.Network, examples: cn.ExampleSet, weight: cn.Weight, value: float) -> SIDES:
    """On which side of every corner the network is, case by case."""
    before, weight.value = weight.value, value
    found = []
    for example in examples:
        net.forward(example.inputs)
        found += [unit.net_input > 0 for unit in net.schedule.units if unit.group.activation_function.name == "rectified"]
        for unit, target in zip(net.schedule.outputs, example.targets.tolist(), strict=True):
            found.append(within_margin(unit.activation, target, unit.group.margin))
    weight.value = before
    return tuple(found)


def has_corners(net: cn.Network) -> bool:
    groups = {unit.group for unit in net.schedule.units}
    return any(group.activation_function.name == "rectified" or group.margin > 0 for group in groups)


def smooth_step(net: cn.Network, examples: cn.ExampleSet, weight: cn.Weight) -> float | None:
    if not has_corners(net):
        return LARGEST_STEP
    step, here = LARGEST_STEP, sides(net, examples, weight, weight.value)
    while step >= SMALLEST_STEP:
        reach = [weight.value + step * share for share in (-1, -0.5, 0.5, 1)]
        if all(sides(net, examples, weight, value) == here for value in reach):
            return step
        step /= 2
    return None


def extrapolated(net: cn.Network, examples: cn.ExampleSet, engine: str, weight: cn.Weight, step: float) -> float:
    row = []
    for halving in range(4):
        h = step / 2**halving
        up, down = (error_at(net, examples, engine, weight, weight.value + sign * h) for sign in (1, -1))
        row.append((up - down) / (2 * h))
    for power in (4.0, 16.0, 64.0):
        row = [(power * fine - coarse) / (power - 1) for coarse, fine in pairwise(row)]
    return float(row[0])


def assert_derivatives_are_the_slopes_of_the_error(net: cn.Network, examples: cn.ExampleSet, engine: str) -> int:
    _, derivatives = cn.error_derivatives(net, examples, engine)
    tied = net.schedule.tied if net.tie_derivative == "mean" else {}
    scale = max(float(np.abs(derivatives).max(initial=0.0)), 1e-6)
    compared = 0
    for weight, derivative in zip(net.weights, derivatives, strict=True):
        step = smooth_step(net, examples, weight)
        if step is not None:
            slope = extrapolated(net, examples, engine, weight, step)
            assert abs(derivative * tied.get(weight, 1) - slope) <= 1e-9 * scale, (weight, derivative, slope)
            compared += 1
    return compared


SLOW = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@SLOW
@given(seed=st.integers(0, 10**6))
def test_smooth_networks_with_ties_missing_targets_and_every_error_function(engine: str, seed: int) -> None:
    names = ("logistic", "tanh", "linear", "softmax", "ternary", "gaussian", "softplus")
    net, examples = random_network(seed, cases=3, activations=names, margins=False, one_way=False)
    assert assert_derivatives_are_the_slopes_of_the_error(net, examples, engine) == len(net.weights)


@SLOW
@given(seed=st.integers(0, 10**6))
def test_networks_with_corners(engine: str, seed: int) -> None:
    net, examples = random_network(seed, cases=2, activations=("rectified", "tanh", "logistic"), one_way=False)
    compared = assert_derivatives_are_the_slopes_of_the_error(net, examples, engine)
    assert compared >= 0.5 * len(net.weights)


@pytest.mark.parametrize(("tie_derivative", "share"), [("mean", 1 / 8), ("sum", 1.0)])
def test_a_weight_tied_eight_times_over_two_groups(engine: str, tie_derivative: str, share: float) -> None:
    net = cn.Network("tied", tie_derivative=tie_derivative)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation="tanh")
    net.add_group("output", 2, role="output", error="cross_entropy")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.7, seed=3)
    weight = net.tie([*net.projection("input", "hidden"), *net.projection("hidden", "output")])
    examples = cn.ExampleSet.from_arrays([[1, 0.5], [-1, 0.25]], [[1.0, 0.0], [0.25, float("nan")]])
    derivative = cn.error_derivatives(net, examples, engine)[1][net.weights.index(weight)]
    assert derivative == pytest.approx(share * extrapolated(net, examples, engine, weight, 0.05), rel=1e-9)


def assert_derivatives_are_slopes_in_time(net: cn.Network, example: cn.Example, engine: str) -> None:
    """With the mean convention a derivative is the slope of E, divided by how many ticks there are and how many connections are tied."""
    examples = cn.ExampleSet([example])
    _, derivatives = cn.error_derivatives(net, examples, engine)
    slopes = [extrapolated(net, examples, engine, weight, STEP_IN_TIME) for weight in net.weights]
    copies = [sum(c.weight is weight for c in net.connections) * (example.ticks or 1) for weight in net.weights]
    shares = np.maximum(copies, 1) if net.tie_derivative == "mean" else np.ones(len(copies))
    scale = max(float(np.abs(slopes).max(initial=0.0)), 1e-6)
    assert np.abs(derivatives * shares - slopes).max() <= 1e-9 * scale, list(zip(net.weights, derivatives * shares, slopes, strict=True))


@settings(SLOW, max_examples=5)
@given(seed=st.integers(0, 10**6), tie_derivative=st.sampled_from(["mean", "sum"]))
def test_networks_in_time_with_delays_integrators_and_ties(engine_in_time: str, seed: int, tie_derivative: str) -> None:
    names = ("logistic", "tanh", "linear", "softmax")
    in_time = {"delays": True, "integrators": True, "initial": True, "ticks": 4}
    net, examples = random_network(seed, cases=2, activations=names, margins=False, one_way=False, **in_time)
    net.weight_values *= 0.6  # linear units in a loop would grow without bound
    net.tie_derivative = tie_derivative
    for example in examples:
        assert_derivatives_are_slopes_in_time(net, example, engine_in_time)


@pytest.mark.parametrize(("tie_derivative", "share"), [("mean", 1 / (4 * 3)), ("sum", 1.0)])
def test_a_weight_tied_in_space_and_time(engine_in_time: str, tie_derivative: str, share: float) -> None:
    net = cn.Network("tied in time", tie_derivative=tie_derivative)
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", activation="tanh", initial=[0.5, -0.5])
    net.connect("input", "output")
    net.connect("output", "output", delay=1)
    net.connect("output", "output", delay=2, pattern="one_to_one")
    net.randomize(0.7, seed=3)
    there, back = net.connection("output:0", "output:1", 1), net.connection("output:1", "output:0", 1)
    weight = net.tie([there, back, net.connection("output:0", "output:0", 2)])
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [-1.0], [0.5], [0.25]], {2: [0.5, float("nan")], 4: [1.0, -1.0]})])
    derivative = cn.error_derivatives(net, examples, engine_in_time)[1][net.weights.index(weight)]
    assert derivative == pytest.approx(share * extrapolated(net, examples, engine_in_time, weight, 0.05), rel=1e-9)
    assert abs(derivative) > 1e-3
