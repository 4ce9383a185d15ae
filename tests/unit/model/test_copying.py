"""A copy computes the same and shares nothing."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing import random_network


@pytest.mark.parametrize("seed", range(12))
def test_a_copy_computes_the_same_and_shares_nothing(seed: int, engine: str) -> None:
    net, examples = random_network(seed)
    copied = net.copy()
    assert [unit.name for unit in copied.units] == [unit.name for unit in net.units]
    assert [c.name for c in copied.connections] == [c.name for c in net.connections]
    assert [weight.trainable for weight in copied.weights] == [weight.trainable for weight in net.weights]
    for quantity in net.state.quantities:
        np.testing.assert_array_equal(copied.state.array(quantity), net.state.array(quantity))
    for ours, theirs in zip(cn.error_derivatives(net, examples, engine), cn.error_derivatives(copied, examples, engine), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    before = net.weight_values
    cn.train(copied, examples, cn.rule("momentum", rate=0.01), 3, engine=engine)
    np.testing.assert_array_equal(net.weight_values, before)
    copied.restore()
    net.restore()
    assert [c.name for c in copied.connections] == [c.name for c in net.connections]


def test_the_copy_module_makes_the_same_copy_and_pickle_says_what_to_do_instead(net: cn.Network) -> None:
    for copied in (copy.copy(net), copy.deepcopy(net)):
        copied["hidden"][0].incoming[0].weight.value = 5.0
        assert net["hidden"][0].incoming[0].weight.value != 5.0
    with pytest.raises(TypeError, match=r"connectionist.save_weights, or copy it with .copy\(\)"):
        pickle.dumps(net)
