"""A group is removed with its connections, ties and lesions; the rest is the network that never had it."""

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import connectionist as cn
from connectionist.model.graph import LONG
from connectionist.model.state import UnitState
from connectionist.model.unit import Unit
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
    with pytest.raises(cn.errors.WiringError, match="remove_group: group 'extra' was removed from its network"):
        net.remove_group(group)


def grow(net: cn.Network, groups: int, removed: range = range(0)) -> cn.Network:
    """Grow a chain of groups in which groups are made and removed in turn."""
    for number in range(groups):
        net.add_group(f"g{number}", 2)
        net.connect(f"g{number - 1}" if number else "input", f"g{number}")
        if number in removed:
            net.add_group("short-lived", 1)
            net.connect("input", "short-lived")
            net.connect("short-lived", f"g{number}")
            net.connect("short-lived", "short-lived", delay=1)
            net.lesion("input:0 → short-lived:0")
            net.remove_group("short-lived")
    net.connect(f"g{groups - 1}", "output")
    return net


def test_growing_and_pruning_in_turn_gives_the_network_that_grew_alone(engine: str) -> None:
    nets = [grow(build(with_extra=False), 6, removed) for removed in (range(0), range(6))]
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]])
    for net in nets:
        net["g2"].net_input_noise = 0.1
        net.randomize(1.0, seed=1)
        net.lesion("g1:0")
        net.restore()
    runs = [cn.train(net, examples, "momentum", 5, engine=engine) for net in nets]
    assert runs[0].errors == runs[1].errors
    assert nets[0].weight_values.tolist() == nets[1].weight_values.tolist()
    assert [each.name for each in nets[0].connections] == [each.name for each in nets[1].connections]
    assert nets[0].state.size == nets[1].state.size
    assert nets[0].weight_state.size == nets[1].weight_state.size


def test_removing_does_not_visit_the_whole_network_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[Unit] = []
    move = Unit._move

    def count(unit: Unit, state: UnitState, row: int) -> None:
        moved.append(unit)
        move(unit, state, row)

    monkeypatch.setattr(Unit, "_move", count)
    net = grow(build(with_extra=False), 20, range(20))
    assert not moved
    assert net.state.size == len(net.units)
    assert len(moved) == len(net.units)


def test_lesions_of_a_long_list_of_connections_keep_its_order() -> None:
    net = grow(build(with_extra=False), 60)
    bias = net.units[0]
    names = [each.name for each in bias.outgoing]
    assert len(names) > LONG
    net.lesion("g7", "g30:1")
    assert [each.name for each in bias.outgoing] == [name for name in names if name.split("→ ")[1] not in ("g7:0", "g7:1", "g30:1")]
    net.connect("g59", "g59", delay=1)  # puts lesioned connections back for a moment
    assert len(bias.outgoing) == len(names) - 3
    net.restore()
    assert [each.name for each in bias.outgoing] == names


def test_removed_parts_cannot_be_changed_or_used() -> None:
    net = build(with_extra=True)
    group, projection = net["extra"], net.projection("extra → output")
    net.remove_group("extra")
    assert (group.removed, projection.removed, net["hidden"].removed) == (True, True, False)
    for attribute, value in {"activation_noise": 0.1, "initial": 0.2, "activation_function": "tanh"}.items():
        with pytest.raises(cn.errors.AssignmentError, match=rf"extra.*{attribute}: cannot be assigned, since the group was removed"):
            setattr(group, attribute, value)
    for attribute, value in {"rate": 0.1, "limits": (0, 1), "weight_noise": 0.1, "trainable": False, "weights": 1.0}.items():
        with pytest.raises(cn.errors.AssignmentError, match=rf"{attribute}: cannot be assigned, since the projection was removed"):
            setattr(projection, attribute, value)
    assert ("extra" in net, group in net, "hidden" in net, net["hidden"] in net, net.copy()["hidden"] in net, 3 in net) == (
        *(False, False, True, True, False, False),
    )
    connection = projection.connections[0]
    uses: list[Callable[[], object]] = [
        group[0].explain,
        connection.explain,
        lambda: net.lesion(group),
        lambda: net.lesion(connection),
        lambda: net.connect(group, "output"),
        lambda: net.tie([connection, "hidden:0 → output:0"]),
        lambda: copy.deepcopy(projection),
        lambda: copy.deepcopy(group),
        lambda: copy.deepcopy(group[0]),
        lambda: pickle.dumps(group),
    ]
    for use in uses:
        with pytest.raises(cn.errors.WiringError, match="was removed from its network"):
            use()
