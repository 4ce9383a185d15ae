"""A copy computes the same and shares nothing."""

from __future__ import annotations

import copy
import pickle
from typing import Any

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


def test_the_copy_module_makes_the_same_copy(net: cn.Network) -> None:
    for copied in (copy.copy(net), copy.deepcopy(net)):
        copied["hidden"][0].incoming[0].weight.value = 5.0
        assert net["hidden"][0].incoming[0].weight.value != 5.0


def test_a_deep_copy_of_a_part_is_the_same_part_of_a_copy_of_the_network(net: cn.Network) -> None:
    net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
    parts: list[Any] = [net["hidden"], net.unit("hidden:1"), net.unit("bias"), *net.projections, *net.connections, *net.weights]
    together: list[Any] = copy.deepcopy([net, *parts])
    copied, *copies = together
    for part, part_copy in zip(parts, copies, strict=True):
        assert type(part_copy) is type(part)
        assert part_copy is not part
        assert repr(part_copy) == repr(part)
        assert part_copy._network() is copied is not net
    assert copied.connection("input:1", "hidden:1").weight is copies[-len(net.weights) :][net.weights.index(net.connections[3].weight)]
    alone = copy.deepcopy(net["hidden"])
    alone[0].incoming[0].weight.value = 5.0
    assert net["hidden"][0].incoming[0].weight.value != 5.0
    for part in parts:
        with pytest.raises(TypeError, match="a part of a network cannot be copied without it"):
            copy.copy(part)


def test_pickled_parts_keep_their_identity_with_the_network(net: cn.Network) -> None:
    net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
    parts: list[Any] = [net["hidden"], net.unit("hidden:1"), net.unit("bias"), *net.projections, *net.connections, *net.weights]
    unpickled, *others = pickle.loads(pickle.dumps([net, *parts]))
    assert [repr(part) for part in others] == [repr(part) for part in parts]
    assert {part._network() for part in others} == {unpickled}
    assert unpickled.weights == tuple(others[-len(net.weights) :])


def test_a_copy_has_the_rates_of_tied_connections_as_they_are() -> None:
    net = cn.Network("tied")
    for name, role in (("i", "input"), ("h", "hidden"), ("o", "output")):
        net.add_group(name, 1, role)
    first, second = net.connect("i", "h"), net.connect("h", "o")
    net.tie([*first, *second])
    first.rate = 0.01
    assert [projection.rate for projection in net.copy().projections] == [projection.rate for projection in net.projections]
    assert len(net.copy().weights) == len(net.weights)
