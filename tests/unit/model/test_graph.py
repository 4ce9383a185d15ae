"""The networkx graph is the one truth about wiring, and the units' lists agree with it."""

import cProfile
import random
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import LoopError, WiringError
from connectionist.testing import random_network


def assert_graph_and_lists_agree(net: cn.Network) -> None:
    edges = [c for _, _, data in net.graph.edges(data=True) for c in (data["connection"], *data.get("delayed", ()))]
    assert set(edges) == set(net.connections)
    assert len(edges) == len(net.connections)
    for unit in net.units:
        assert unit.incoming == [c for c in net.connections if c.receiver is unit]
        assert sorted(map(id, unit.outgoing)) == sorted(id(c) for c in net.connections if c.sender is unit)


@given(st.integers(0, 300))
def test_graph_and_lists_agree_whatever_was_lesioned_and_restored(seed: int) -> None:
    net, _ = random_network(seed)
    assert_graph_and_lists_agree(net)
    net.restore()
    assert_graph_and_lists_agree(net)


def test_nodes_are_the_units_and_edges_hold_the_connection(net: cn.Network) -> None:
    assert list(net.graph.nodes) == list(net.units)
    c = net.connection("input:0", "hidden:1")
    assert net.graph.edges[c.sender, c.receiver]["connection"] is c
    assert nx.is_directed_acyclic_graph(net.graph)


def test_the_graph_shows_later_changes_and_rejects_to_be_changed_itself(net: cn.Network) -> None:
    graph = net.graph
    net.add_group("extra", 1, biased=False)
    assert net.unit("extra:0") in graph
    with pytest.raises(nx.NetworkXError, match=r"[Ff]rozen"):
        graph.remove_node(net.unit("extra:0"))


def test_connecting_what_is_connected_is_rejected_by_name_and_changes_nothing(net: cn.Network) -> None:
    count = len(net.connections)
    with pytest.raises(WiringError, match=r"input:0 → hidden:0: already connected with delay 0, by the projection input → hidden"):
        net.connect("input", "hidden")
    assert len(net.connections) == count
    assert_graph_and_lists_agree(net)


def test_two_units_may_be_connected_again_with_another_delay(net: cn.Network) -> None:
    net.connect("input", "hidden", delay=2)
    net.connect("input", "hidden", delay=1)
    assert_graph_and_lists_agree(net)
    data = net.graph.edges[net.unit("input:0"), net.unit("hidden:0")]
    assert [c.delay for c in (data["connection"], *data["delayed"])] == [0, 1, 2]
    net.lesion(net.connection("input:0", "hidden:0", delay=0))
    assert net.connection("input:0", "hidden:0").delay == 1
    assert_graph_and_lists_agree(net)


def test_a_loop_without_delay_is_rejected_with_the_loop_printed_and_the_network_left_as_it_was(net: cn.Network) -> None:
    before = (len(net.connections), len(net.projections), net.forward([1, 0]).tolist())
    with pytest.raises(LoopError) as rejection:
        net.connect("output", "hidden", pattern=[[True, False]])
    message = str(rejection.value)
    assert "hidden:0 → output:0 → hidden:0" in message or "output:0 → hidden:0 → output:0" in message
    assert "is a loop without delay: remove one of its connections, or give one a delay of at least 1 tick" in message
    assert (len(net.connections), len(net.projections), net.forward([1, 0]).tolist()) == before
    assert_graph_and_lists_agree(net)


def test_a_unit_that_sends_to_itself_is_a_loop(net: cn.Network) -> None:
    with pytest.raises(LoopError, match="hidden:0 → hidden:0 is a loop"):
        net.connect("hidden", "hidden", pattern="one_to_one")
    net.connect("hidden", "hidden", pattern="one_to_one", delay=1)


def test_a_softmax_group_waits_for_itself_so_connections_within_it_are_a_loop() -> None:
    net = cn.Network("joint")
    net.add_group("output", 2, role="output", activation="softmax")
    with pytest.raises(LoopError, match="output → output is a loop"):
        net.connect("output", "output", pattern=[[0, 1], [0, 0]])


def test_groups_may_feed_each_other_as_long_as_their_units_do_not() -> None:
    net = cn.Network("zigzag")
    net.add_group("a", 2, activation="linear", biased=False)
    net.add_group("b", 2, role="output", activation="linear", biased=False)
    net.connect("a", "b", pattern=[[1, 0], [0, 1]], weights=1.0)
    net.connect("b", "a", pattern=[[0, 1], [0, 0]], weights=1.0)
    with pytest.raises(LoopError, match=r"b:1 → a:0|a:0 → b:0|b:0 → a:1|a:1 → b:1"):
        net.connect("b", "a", pattern=[[0, 0], [1, 0]], weights=1.0)
    order = [unit.name for unit in net.schedule.units]
    assert order.index("a:0") < order.index("b:0") < order.index("a:1") < order.index("b:1")


Order = Callable[[list[int]], list[int]]
ORDERS: dict[str, Order] = {
    "forward": lambda layers: layers,
    "backward": lambda layers: layers[::-1],
    "every second first": lambda layers: layers[::2] + layers[1::2],
    "shuffled": lambda layers: random.Random(1).sample(layers, len(layers)),
}


def function_calls_to_build(layers: int, order: Order) -> int:
    """Return the number of function calls that a chain of layers takes, with its projections made in some order."""
    net = cn.Network("deep")
    with cProfile.Profile() as profile:
        for layer in range(layers):
            net.add_group(f"layer {layer}", 2, role="hidden" if layer else "input")
        for layer in order(list(range(1, layers))):
            net.connect(f"layer {layer - 1}", f"layer {layer}")
        assert len(net.schedule.steps) == 2 * (layers - 1)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_network_of_many_layers_takes_time_in_proportion_to_them(order: Order) -> None:
    function_calls_to_build(10, order)  # loads the plugins
    assert function_calls_to_build(400, order) < 6 * function_calls_to_build(100, order)  # 4 in proportion, 16 if each sees all layers


@given(st.integers(0, 10_000))
def test_a_projection_is_rejected_if_and_only_if_it_closes_a_loop_without_delay(seed: int) -> None:
    generator = np.random.default_rng(seed)
    net = cn.Network("random")
    units: Any = nx.DiGraph()
    for number in range(5):
        joint = bool(generator.random() < 0.3)
        net.add_group(f"group {number}", 2, activation="softmax" if joint else "logistic", biased=False)
    for _ in range(20):
        sender, receiver = (net[f"group {number}"] for number in generator.integers(5, size=2))
        delay, mask = int(generator.random() < 0.2), generator.random((2, 2)) < 0.4
        pairs = [(sender[i], receiver[j]) for i, j in np.argwhere(mask)]
        if any(net.graph.has_edge(*pair) for pair in pairs):
            continue
        ends = [tuple(unit.group if unit.group.joint else unit for unit in pair) for pair in pairs if not delay]
        units.add_edges_from(ends)
        count = len(net.connections)
        if nx.is_directed_acyclic_graph(units):
            net.connect(sender, receiver, pattern=mask, delay=delay)
        else:
            with pytest.raises(LoopError, match="is a loop without delay"):
                net.connect(sender, receiver, pattern=mask, delay=delay)
            assert len(net.connections) == count
            units = nx.DiGraph()
            pairs = [(c.sender, c.receiver) for c in net.connections if not c.delay]
            units.add_edges_from([tuple(unit.group if unit.group.joint else unit for unit in pair) for pair in pairs])
        assert_graph_and_lists_agree(net)
