"""The networkx graph is the one truth about wiring, and the units' lists agree with it."""

import networkx as nx
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
