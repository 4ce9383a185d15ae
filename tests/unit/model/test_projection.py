"""A projection: connections made together, and their weights as a table."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError


@pytest.fixture
def net() -> cn.Network:
    net = cn.Network("p")
    net.add_group("input", 2, role="input")
    net.add_group("output", 3, role="output", biased=False)
    net.connect("input", "output", pattern=[[1, 0, 1], [1, 1, 0]], weights=[[1.0, 9.0, 2.0], [3.0, 4.0, 9.0]])
    return net


def test_weights_are_a_table_with_nan_where_nothing_is(net: cn.Network) -> None:
    table = net.projection("input", "output").weights
    assert np.array_equal(table, [[1.0, np.nan, 2.0], [3.0, 4.0, np.nan]], equal_nan=True)
    assert net.connection("input:1", "output:0").weight.value == 3.0


def test_assigning_writes_the_weights_and_nan_leaves_as_is(net: cn.Network) -> None:
    projection = net.projection("input", "output")
    projection.weights = [[np.nan, 7.0, -2.0], [-3.0, np.nan, 7.0]]
    assert np.array_equal(projection.weights, [[1.0, np.nan, -2.0], [-3.0, 4.0, np.nan]], equal_nan=True)
    projection.weights = 0.5
    assert net.weight_values.tolist() == [0.5] * 4


@pytest.mark.parametrize("weights", [[1.0, 2.0, 3.0], [[1.0, 2.0]], np.zeros((3, 2))])
def test_a_table_of_another_shape_is_rejected(net: cn.Network, weights: object) -> None:
    with pytest.raises(DataError, match=r"input → output: weights must be one number or of shape \(2, 3\)"):
        net.projection("input", "output").weights = weights  # type: ignore[assignment]


def test_connections_stand_receiver_by_receiver_in_the_order_of_the_senders(net: cn.Network) -> None:
    names = [connection.name for connection in net.projection("input", "output")]
    assert names == ["input:0 → output:0", "input:1 → output:0", "input:1 → output:1", "input:0 → output:2"]


def test_it_is_frozen_when_not_all_its_weights_are_free(net: cn.Network) -> None:
    projection = net.projection("input", "output")
    assert projection.trainable
    projection.connections[2].weight.trainable = False
    assert not projection.trainable
    projection.trainable = True
    assert all(weight.trainable for weight in net.weights)


def test_name_and_size(net: cn.Network) -> None:
    projection = net.projection("input", "output")
    assert (projection.name, len(projection)) == ("input → output", 4)
    assert repr(projection) == "<Projection input → output, 4 connections>"
