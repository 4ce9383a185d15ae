"""Construction of networks, and the errors for mistakes in it."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, LoopError, ParameterError, UnknownNameError, WiringError
from connectionist.plugins.functions import ActivationFunction


def test_groups_are_biased_unless_told_otherwise_and_input_never() -> None:
    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("bare", 1, biased=False)
    assert [connection.name for connection in net.connections] == ["bias → hidden:0", "bias → hidden:1"]


def test_functions_come_by_name_or_as_objects() -> None:
    @dataclass(frozen=True)
    class Double(ActivationFunction):
        name = "double"

        def activation(self, net_input: float) -> float:
            return 2.0 * net_input

        def slope(self, net_input: float, activation: float) -> float:
            return 2.0

    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation=Double(), error=cn.error_function("squared"))
    net.connect("input", "output", weights=1.5)
    assert net.forward([2.0]).tolist() == [6.0]


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("hidden", {}, WiringError, "group 'hidden': xor already has a group of this name"),
        ("a:b", {}, WiringError, "group 'a:b': a name must be text without ':' and '@'"),
        ("a@1", {}, WiringError, "without ':' and '@'"),
        ("", {}, WiringError, "must be text"),
        (7, {}, WiringError, "group 7: a name must be text"),
        ("bias", {}, WiringError, "already has a group of this name"),
        ("new", {"role": "visible"}, ParameterError, r"role: must be one of input, hidden, output \(got 'visible'\)"),
        ("new", {"role": "bias"}, ParameterError, "role: must be one of"),
        ("new", {"activation": "logistik"}, UnknownNameError, "unknown activation function 'logistik'; did you mean 'logistic'"),
        (
            "new",
            {"activation": 3},
            ParameterError,
            "group 'new', activation: must be the name of an activation function or an object of class ActivationFunction",
        ),
        ("new", {"role": "input", "activation": "tanh"}, ParameterError, r"activation: is for hidden and output groups only"),
        ("new", {"role": "input", "biased": True}, ParameterError, "biased: is for hidden and output groups only"),
        ("new", {"error": "squared"}, ParameterError, r"error: is for output groups only \(the role of 'new' is 'hidden'\)"),
        ("new", {"margin": 0.2}, ParameterError, "margin: is for output groups only"),
        ("new", {"role": "output", "margin": 1.0}, ParameterError, "margin: must be a number of at least 0 and below 1"),
        ("new", {"role": "output", "error": "square"}, UnknownNameError, "unknown error function 'square'; did you mean 'squared'"),
        (
            "new",
            {"role": "output", "activation": "tanh", "error": "cross_entropy"},
            ParameterError,
            "'cross_entropy' needs activations from 0 to 1, 'tanh' gives -1 to 1; 'cross_entropy' fits the activation functions: "
            "binary_stochastic, clipped_linear, gaussian, k_winners, logistic, piecewise_logistic, "
            "softmax, threshold, winner_take_all; 'tanh' fits the error functions: cosine, squared",
        ),
    ],
)
def test_groups_that_cannot_be_are_rejected_and_leave_no_trace(
    net: cn.Network, name: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        net.add_group(name, 1, **options)  # type: ignore[arg-type]
    assert [group.name for group in net.groups] == ["input", "hidden", "output"]
    assert len(net.graph) == 6


@pytest.mark.parametrize(
    ("sender", "receiver", "options", "error", "message"),
    [
        ("hidden", "input", {}, WiringError, "hidden → input: input units are always clamped and receive nothing"),
        ("hidden", "bias", {}, WiringError, "bias units are always clamped"),
        ("hiden", "output", {}, UnknownNameError, "unknown group of xor 'hiden'"),
        ("output", "output", {"pattern": "ful", "delay": 1}, UnknownNameError, "unknown pattern 'ful'"),
        ("output", "output", {"delay": -1}, ParameterError, "output → output, delay: must be a whole number of at least 0"),
        ("output", "output", {"delay": 1.0}, ParameterError, "must be a whole number"),
        ("output", "output", {"delay": 1, "rate": 0}, ParameterError, r"output → output, rate: must be a number above 0 \(got 0\)"),
        (
            "output",
            "output",
            {"delay": 1, "weights": float("nan")},
            DataError,
            r"output:0 → output:0, weight: must be finite \(got nan\)",
        ),
        ("output", "output", {"delay": 1, "weights": "heavy"}, DataError, "output → output, weights: must be numbers"),
        ("output", "output", {"delay": 1, "trainable": "no"}, ParameterError, "output → output, trainable: must be True or False"),
        ("output", None, {}, WiringError, r"connect: must be a group or its name \(got None\)"),
        ("output", "output", {"delay": 1, "weights": float("inf")}, DataError, "must be finite"),
        ("output", "output", {"delay": 1, "weights": [1.0, 2.0]}, DataError, "weights must be one number or of shape"),
        ("output", "hidden", {}, LoopError, "is a loop without delay"),
    ],
)
def test_projections_that_cannot_be_are_rejected_and_leave_no_trace(
    net: cn.Network, sender: str, receiver: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    count = len(net.connections), len(net.projections), len(net.weights)
    with pytest.raises(error, match=message):
        net.connect(sender, receiver, **options)  # type: ignore[arg-type]
    assert (len(net.connections), len(net.projections), len(net.weights)) == count


def test_groups_of_another_network_are_rejected(net: cn.Network) -> None:
    other = cn.Network("other")
    group = other.add_group("hidden", 2)
    with pytest.raises(WiringError, match="group 'hidden' belongs to another network than xor"):
        net.connect("input", group)
    with pytest.raises(WiringError, match="belongs to another network than xor"):
        net.tie([other.connections[0], other.connections[1]])


def test_starting_weights_and_freezing(net: cn.Network) -> None:
    net.add_group("context", 2, biased=False)
    projection = net.connect("hidden", "context", pattern="one_to_one", delay=1, weights=1.0, trainable=False, backpropagate=False)
    assert np.array_equal(projection.weights, [[1.0, np.nan], [np.nan, 1.0]], equal_nan=True)
    assert not any(c.weight.trainable or c.backpropagate for c in projection)
    assert [c.delay for c in projection] == [1, 1]


def test_an_empty_mask_makes_a_projection_without_connections(net: cn.Network) -> None:
    projection = net.connect("hidden", "hidden", pattern=np.zeros((2, 2), dtype=bool))
    assert len(projection) == 0
    assert projection in net.projections
    assert net.forward([0, 1]).shape == (1,)


def test_tied_connections_share_the_first_ones_weight_and_bring_their_own_ties_along(net: cn.Network) -> None:
    a, b = net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:0")
    c, d = net.connection("input:0", "hidden:1"), net.connection("input:1", "hidden:1")
    net.tie([a, b])
    net.tie([c, d])
    value = d.weight.value
    shared = net.tie([d, b])
    assert a.weight is b.weight is c.weight is d.weight is shared
    assert shared.value == value
    assert net.schedule.tied == {shared: 4}


def test_ties_that_cannot_be_are_rejected(net: cn.Network) -> None:
    a = net.connection("input:0", "hidden:0")
    with pytest.raises(WiringError, match=r"tie: needs at least two connections \(got 1\)"):
        net.tie([a])
    fast = net.connect("output", "output", delay=1, rate=0.5).connections[0]
    with pytest.raises(WiringError, match=r"share a weight, but their projections have different rates \(None and 0.5\)"):
        net.tie([a, fast])
    assert len({c.weight for c in net.connections}) == len(net.connections)


def test_the_first_connection_of_a_tie_says_whether_it_is_frozen(net: cn.Network) -> None:
    frozen, free = net.connection("input:0", "hidden:1"), net.connection("input:1", "hidden:0")
    frozen.weight.trainable = False
    assert not net.tie([frozen, free]).trainable
    other = net.connection("input:0", "hidden:0")
    assert net.tie([other, free]).trainable


MEASURE = """
import time, tracemalloc
import connectionist as cn
net = cn.Network("large")
net.add_group("input", 100, role="input")
net.add_group("output", 500, role="output", biased=False)
tracemalloc.start()
started = time.process_time()
net.connect("input", "output")
print(time.process_time() - started, tracemalloc.get_traced_memory()[0] / len(net.weights))
"""


def test_building_is_not_noticed() -> None:
    """A million connections in at most 10 s and 600 bytes each; here 50,000, traced, which makes the time an upper bound."""
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    seconds, bytes_each = map(float, done.stdout.split())
    assert bytes_each <= 600
    assert seconds <= 3


SINGLE = [
    "binary_stochastic",
    "bipolar",
    "clipped_linear",
    "gaussian",
    "linear",
    "logistic",
    "piecewise_logistic",
    "rectified",
    "softplus",
    "tanh",
    "ternary",
    "threshold",
]
JOINT = ["k_winners", "softmax", "winner_take_all"]


@pytest.mark.parametrize(
    ("role", "old", "new", "fitting"),
    [
        ("hidden", "logistic", "softmax", SINGLE),
        ("hidden", "softmax", "tanh", JOINT),
        (
            "output",
            "logistic",
            "softmax",
            ["binary_stochastic", "clipped_linear", "gaussian", "logistic", "piecewise_logistic", "threshold"],
        ),
        ("output", "softmax", "linear", JOINT),
    ],
)
def test_a_function_of_the_whole_group_does_not_replace_one_of_single_units(role: str, old: str, new: str, fitting: list[str]) -> None:
    net = cn.Network("net")
    group = net.add_group("g", 2, role, activation=old, error="cross_entropy" if role == "output" else None)
    kinds = {True: "a function of the whole group", False: "a function of single units"}
    with pytest.raises(cn.errors.ParameterError) as raised:
        group.activation_function = new
    assert str(raised.value) == (
        f"group 'g', activation_function: cannot change from '{old}' ({kinds[old == 'softmax']}) to '{new}' ({kinds[new == 'softmax']}), "
        f"since the order of computation depends on it; choose it in add_group, or assign one of {', '.join(map(repr, fitting))}"
    )
    for name in fitting:
        group.activation_function = name
