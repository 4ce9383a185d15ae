"""A local rule that learns from targets alone warns of hidden units, whose weights it does not change."""

from __future__ import annotations

import warnings

import pytest

import connectionist as cn

EXAMPLES = cn.ExampleSet([cn.Example([0, 1], [1]), cn.Example([1, 1], [0])])


def network() -> cn.Network:
    net = cn.Network()
    net.add_group("input", 2, role="input")
    net.add_group("middle", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "middle")
    net.connect("middle", "output")
    net.randomize(0.5, seed=1)
    return net


def test_the_delta_rule_names_the_groups_that_it_does_not_train() -> None:
    net = network()
    before = net.projection("input", "middle").weights.tolist()
    with pytest.warns(UserWarning, match=r"rule 'delta': learns from targets, .* so the weights to 'middle' do not change; choose a rule"):
        cn.train(net, EXAMPLES, "delta", 2)
    assert net.projection("input", "middle").weights.tolist() == before


def test_rules_that_train_hidden_units_and_frozen_weights_give_no_warning() -> None:
    frozen = network()
    for connection in frozen.connections:
        if connection.receiver.group.name == "middle":
            connection.weight.trainable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cn.train(frozen, EXAMPLES, "delta", 1)
        cn.train(network(), EXAMPLES, "hebb", 1)
        cn.train(network(), EXAMPLES, "steepest", 1)
