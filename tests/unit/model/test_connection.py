"""A connection is fixed but for its weight; a weight is a number with a derivative."""

import math

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError


@pytest.mark.parametrize("attribute", ["sender", "receiver", "delay", "backpropagate", "projection", "weight"])
def test_what_was_fixed_when_it_was_made_cannot_be_assigned(net: cn.Network, attribute: str) -> None:
    connection = net.connection("input:0", "hidden:1")
    with pytest.raises(AttributeError, match=rf"input:0 → hidden:1, {attribute}: cannot be assigned"):
        setattr(connection, attribute, getattr(connection, attribute))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_not_finite_is_rejected_by_value_and_leaves_the_old_one(net: cn.Network, value: float) -> None:
    weight = net.weights[0]
    before = weight.value
    with pytest.raises(DataError, match=rf"Weight.value: must be a finite number \(got {value!r}\)"):
        weight.value = value
    assert weight.value == before


def test_a_weight_tells_whether_it_is_frozen(net: cn.Network) -> None:
    weight = net.weights[0]
    assert "frozen" not in repr(weight)
    weight.trainable = False
    assert not weight.trainable
    assert repr(weight) == f"<Weight {weight.value:.6g} frozen>"


def test_its_own_derivative_is_net_derivative_of_the_receiver_times_activation_of_the_sender(net: cn.Network) -> None:
    net.forward([1, 0.5])
    net.backward([1])
    for connection in net.connections:
        assert connection.derivative == connection.receiver.net_derivative * connection.sender.activation
        assert connection.weight.derivative == connection.derivative


def test_it_is_named_by_its_ends(net: cn.Network) -> None:
    connection = net.connection("bias", "output:0")
    assert connection.name == "bias → output:0"
    assert repr(connection) == f"<Connection bias → output:0, weight {connection.weight.value:.6g}>"


def test_with_a_delay_it_has_its_derivative_in_its_copies_only() -> None:
    net = cn.Network("echo")
    net.add_group("output", 1, role="output")
    net.connect("output", "output", delay=1, weights=0.5)
    net.forward(np.zeros((3, 0)))
    net.backward([[0.0], [0.0], [1.0]])
    assert math.isnan(net.connection("output:0", "output:0").derivative)
    assert net.unrolled is not None
    copies = [net.unrolled.connection(f"output:0@{tick - 1}", f"output:0@{tick}") for tick in (1, 2, 3)]
    assert net.connection("output:0", "output:0").weight.derivative == pytest.approx(np.mean([copy.derivative for copy in copies]))
