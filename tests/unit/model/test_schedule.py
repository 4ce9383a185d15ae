"""The order of computation: after its senders, and the same however often it is derived."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.model.group import Group
from connectionist.model.schedule import intact_units
from connectionist.testing import random_network

SEED = st.integers(0, 500)


@given(SEED)
def test_every_step_comes_after_all_that_send_to_it(seed: int) -> None:
    net, _ = random_network(seed)
    done = {unit for unit in net.units if unit.group.role in ("input", "bias")}
    for step in net.schedule.steps:
        for unit in intact_units(step):
            assert {c.sender for c in unit.incoming if c.delay == 0} <= done
        done.update(intact_units(step))
    assert {unit for unit in net.units if not unit.lesioned} <= done


@given(SEED)
def test_each_intact_unit_that_is_not_clamped_has_one_step(seed: int) -> None:
    net, _ = random_network(seed)
    expected = [unit for group in net.groups if group.role != "input" for unit in group if not unit.lesioned]
    assert sorted(map(id, net.schedule.units)) == sorted(map(id, expected))
    for step in net.schedule.steps:
        assert isinstance(step, Group) == (step.joint if isinstance(step, Group) else step.group.joint)


@given(SEED)
def test_the_same_building_gives_the_same_order(seed: int) -> None:
    orders = [[unit.name for unit in random_network(seed)[0].schedule.units] for _ in range(2)]
    assert orders[0] == orders[1]


@given(SEED)
def test_unit_by_unit_order_is_one_of_the_graphs_topological_orders(seed: int) -> None:
    net, _ = random_network(seed, activations=("logistic", "tanh"), errors=("squared",))
    place = {unit: number for number, unit in enumerate(net.schedule.units)}
    graph = nx.DiGraph((u, v) for u, v in net.graph.edges if u in place)
    assert all(place[u] < place[v] for u, v in graph.edges)


def test_a_groups_units_stay_together_where_groups_do_not_feed_each_other() -> None:
    net = cn.Network("order")
    net.add_group("output", 2, role="output")
    net.add_group("input", 1, role="input")
    net.add_group("b", 2)
    net.add_group("a", 2)
    net.connect("a", "output")
    net.connect("b", "output")
    assert [unit.name for unit in net.schedule.units] == ["b:0", "b:1", "a:0", "a:1", "output:0", "output:1"]


def test_units_of_groups_that_feed_each_other_stand_by_generation_and_then_in_the_order_of_making() -> None:
    net = cn.Network("zigzag")
    net.add_group("a", 2, biased=False)
    net.add_group("b", 2, biased=False)
    net.connect("b", "a", pattern=[[0, 1], [0, 0]])
    net.connect("a", "b", pattern=[[0, 1], [0, 0]])
    assert [unit.name for unit in net.schedule.units] == ["a:0", "b:0", "a:1", "b:1"]


def test_inputs_and_outputs_stand_group_by_group_in_the_order_in_which_they_were_made() -> None:
    net = cn.Network("groups")
    net.add_group("out2", 1, role="output")
    net.add_group("in2", 2, role="input")
    net.add_group("out1", 1, role="output")
    net.add_group("in1", 1, role="input")
    assert [unit.name for unit in net.schedule.inputs] == ["in2:0", "in2:1", "in1:0"]
    assert [unit.name for unit in net.schedule.outputs] == ["out2:0", "out1:0"]


def test_copies_count_intact_connections(net: cn.Network) -> None:
    first, second = net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")
    weight = net.tie([first, second])
    assert net.schedule.tied == {weight: 2}
    net.lesion(second)
    assert net.schedule.tied == {}
    assert net.schedule.connection_counts[weight.row] == 1


def test_the_schedule_is_kept_until_the_graph_changes(net: cn.Network) -> None:
    kept = net.schedule
    assert net.schedule is kept
    for change in (
        lambda: net.lesion("hidden:0"),
        net.restore,
        lambda: net.add_group("more", 1),
        lambda: net.connect("hidden", "more"),
        lambda: net.tie(net.projection("hidden", "more").connections),
    ):
        change()
        assert net.schedule is not kept
        kept = net.schedule
