"""A group is removed with its connections, ties and lesions; the rest is the network that never had it."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing.networks import random_network


def build(*, with_extra: bool) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    if with_extra:
        net.add_group("extra", 2)
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    if with_extra:
        net.connect("input", "extra")
        net.connect("extra", "output")
        net.connect("extra", "extra", delay=1)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    return net


def test_the_rest_is_the_network_without_the_group(engine: str) -> None:
    net, plain = build(with_extra=True), build(with_extra=False)
    net.lesion("extra:0", "input:0 → extra:1")
    net.remove_group("extra")
    assert [unit.name for unit in net.units] == [unit.name for unit in plain.units]
    assert [each.name for each in net.connections] == [each.name for each in plain.connections]
    assert not net.in_time
    assert not net.lesioned_connections
    for each in (net, plain):
        each.randomize(1.0, seed=1)
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]])
    runs = [cn.train(each, examples, "momentum", 5, engine=engine) for each in (net, plain)]
    assert runs[0].errors == runs[1].errors
    assert np.array_equal(net.weight_values, plain.weight_values)


def test_a_group_of_a_random_network_is_removed() -> None:
    net, examples = random_network(3)
    removed = next(group for group in net.groups if group.role == "hidden")
    connections = [each for each in net.connections if removed not in (each.sender.group, each.receiver.group)]
    net.remove_group(removed.name)
    assert removed.name not in [group.name for group in net.groups]
    assert list(net.connections) == connections
    assert all(removed not in (each.sender, each.receiver) for each in net.projections)
    assert not any(unit in net.graph for unit in removed)
    local, compiled = (net.outputs(examples, engine) for engine in ("local", "compiled"))
    assert np.allclose(local, compiled, rtol=1e-12)
    assert (net.copy().outputs(examples) == compiled).all()


def test_a_name_can_be_used_again_and_ties_lose_the_removed_connections() -> None:
    net = build(with_extra=True)
    shared = net.tie(["input:0 → hidden:0", "input:1 → hidden:0", "input:0 → extra:0"])
    net.remove_group("extra")
    assert [each.name for each in net.tied_to(net.connection("input:0", "hidden:0"))] == ["input:0 → hidden:0", "input:1 → hidden:0"]
    assert net.connection("input:1", "hidden:0").weight is shared
    net.add_group("extra", 3)
    assert len(net.connect("input", "extra")) == 6


def test_misuse_is_an_error() -> None:
    net = build(with_extra=False)
    with pytest.raises(cn.errors.UnknownNameError, match="'hiden'; did you mean 'hidden'"):
        net.remove_group("hiden")
    with pytest.raises(cn.errors.WiringError, match="the group 'bias' has the unit that is always 1, and cannot be removed"):
        net.remove_group("bias")
    with pytest.raises(cn.errors.WiringError, match="unrolled"):
        build(with_extra=True).unroll(2).remove_group("hidden@1")


def test_a_group_of_another_network_is_not_removed() -> None:
    net = build(with_extra=True)
    group = net["extra"]
    for other in (net.copy(), build(with_extra=True)):
        with pytest.raises(cn.errors.WiringError, match="group 'extra' belongs to another network than net"):
            other.remove_group(group)
        assert "extra" in [each.name for each in other.groups]
    net.remove_group(group)
    with pytest.raises(cn.errors.WiringError, match="group 'extra' belongs to another network than net"):
        build(with_extra=False).remove_group(group)
