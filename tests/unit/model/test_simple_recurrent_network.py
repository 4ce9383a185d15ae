"""Elman's network by one call is the one put together by hand."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError


def by_hand(hidden: int = 3, initial: float = 0.5) -> cn.Network:
    net = cn.Network("srn", tie_derivative="sum")
    net.add_group("input", ["a", "b"], role="input")
    net.add_group("hidden", hidden, activation="tanh", initial=initial)
    net.add_group("output", 2, role="output", activation="softmax", error="divergence")
    cn.add_context(net, "hidden", decay=0.25)
    net.connect("input", "hidden")
    net.connect("context", "hidden")
    net.connect("hidden", "output")
    return net


def test_groups_connections_and_draws_are_those_by_hand() -> None:
    ours = cn.simple_recurrent_network(
        "srn",
        ["a", "b"],
        3,
        2,
        activation="tanh",
        output_activation="softmax",
        error="divergence",
        context_decay=0.25,
        tie_derivative="sum",
    )
    theirs = by_hand()
    for net in (ours, theirs):
        net.randomize(1.0, seed=2)
    assert [(group.name, group.labels, group.role) for group in ours.groups] == [(g.name, g.labels, g.role) for g in theirs.groups]
    assert [connection.name for connection in ours.connections] == [connection.name for connection in theirs.connections]
    assert np.array_equal(ours.weight_values, theirs.weight_values)
    inputs = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    assert np.array_equal(ours.forward(inputs), theirs.forward(inputs))
    assert ours.backward([[1.0, 0.0]] * 3) == theirs.backward([[1.0, 0.0]] * 3)
    assert [weight.derivative for weight in ours.weights] == [weight.derivative for weight in theirs.weights]


def test_the_context_is_elmans_unless_given() -> None:
    """Logistic units, squared error, no decay; ½ at first, averaged derivatives."""
    net = cn.simple_recurrent_network("srn", 1, ["x", "y"], 1)
    assert (net["hidden"].initial == 0.5).all()
    assert net["context"].labels == ("x", "y")
    assert net.tie_derivative == "mean"
    assert [connection.name for connection in net["context"][0].incoming] == ["hidden:x → context:x"]


def test_values_out_of_range_are_errors() -> None:
    with pytest.raises(ParameterError, match="decay: must be a number of at least 0 and below 1"):
        cn.simple_recurrent_network("srn", 1, 2, 1, context_decay=1.0)
