"""An unrolled network: acyclic copies, one for each tick, that carry the very weights of the network they copy."""

import gc
import tracemalloc
import warnings
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import LoopError, MemoryLimitError, ParameterError, UnknownNameError, WiringError
from connectionist.model.time import unrolling
from connectionist.testing import random_network

FEW = settings(max_examples=15)
SEEDS = st.integers(0, 10**6)


def random_in_time(seed: int, **features: bool) -> cn.Network:
    return random_network(seed, cases=1, delays=True, integrators=True, initial=True, **features)[0]


@pytest.fixture
def make_srn() -> Callable[..., cn.Network]:
    """A maker of 2-2-1 networks in which hidden units feed themselves and each other with delays, of one tick unless told."""

    def make(*delays: int, **hidden: object) -> cn.Network:
        net = cn.Network("srn")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", ["a", "b"], **hidden)  # type: ignore[arg-type]
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        for delay in delays or (1,):
            net.connect("hidden", "hidden", delay=delay)
        net.connect("hidden", "output")
        net.randomize(0.9, seed=3)
        return net

    return make


@pytest.fixture
def srn(make_srn: Callable[..., cn.Network]) -> cn.Network:
    return make_srn()


def copy_names(connection: cn.Connection, tick: int) -> tuple[str, str]:
    """Return the names of both ends of a connection's copy at a tick. A sender from before tick 1 is the copy at tick 0."""
    sender, at = connection.sender.name, max(0, tick - connection.delay)
    return sender if sender == "bias" else f"{sender}@{at}", f"{connection.receiver.name}@{tick}"


def test_units_are_named_by_tick_and_those_that_remember_have_a_tick_0(srn: cn.Network) -> None:
    dag = srn.unroll(2)
    assert [unit.name for unit in dag.units] == [
        "bias", "hidden:a@0", "hidden:b@0",
        "input:0@1", "input:1@1", "hidden:a@1", "hidden:b@1", "output:0@1",
        "input:0@2", "input:1@2", "hidden:a@2", "hidden:b@2", "output:0@2",
    ]  # fmt: skip
    assert dag.unit("hidden:b@2") is dag["hidden@2"]["b"] is dag["hidden@2"][1]
    assert dag.unit("hidden:b@2").label == "b"
    assert [group.role for group in dag.groups] == ["initial", *["input", "hidden", "output"] * 2]
    assert [group.tick for group in dag.groups] == [0, 1, 1, 1, 2, 2, 2]
    assert (dag.ticks, srn.ticks, srn["hidden"].tick) == (2, None, None)
    assert repr(dag).startswith("<Network srn@1…2: hidden@0 2, input@1 2")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hidden:a@3", r"unknown group of srn@1…2 'hidden@3'; did you mean 'hidden@"),
        ("hidden:c@1", r"group 'hidden@1' has no unit 'c'; known: a, b"),
        ("output:0@0", r"unknown group of srn@1…2 'output@0'"),
        ("hidden:a", r"unknown group of srn@1…2 'hidden'"),
    ],
)
def test_unknown_units_are_answered_with_the_known_ones(srn: cn.Network, name: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        srn.unroll(2).unit(name)


@FEW
@given(seed=SEEDS, ticks=st.integers(1, 5))
def test_it_is_acyclic_and_every_connection_has_a_copy_at_each_tick_that_carries_the_very_weight(seed: int, ticks: int) -> None:
    net = random_in_time(seed)
    dag = net.unroll(ticks)
    assert nx.is_directed_acyclic_graph(dag.graph)
    found = Counter((c.sender.name, c.receiver.name, c.weight, c.backpropagate) for c in dag.connections)
    expected = Counter((*copy_names(c, tick), c.weight, c.backpropagate) for c in net.connections for tick in range(1, ticks + 1))
    assert found == expected
    assert {c.delay for c in dag.connections} <= {0}


@FEW
@given(seed=SEEDS)
def test_weights_are_those_of_the_network_in_its_order(seed: int) -> None:
    net = random_in_time(seed)
    dag = net.unroll(3)
    assert len(dag.weights) == len(net.weights)
    assert all(mine is its for mine, its in zip(dag.weights, net.weights, strict=True))
    assert np.array_equal(dag.weight_values, net.weight_values)


def test_a_weight_set_in_one_is_set_in_the_other(srn: cn.Network) -> None:
    dag = srn.unroll(3)
    srn.connection("hidden:a", "hidden:b").weight.value = 0.25
    assert [dag.connection(f"hidden:a@{t}", f"hidden:b@{t + 1}").weight.value for t in range(3)] == [0.25] * 3
    dag.weight_values = np.arange(len(dag.weights), dtype=float)
    assert srn.weight_values.tolist() == list(range(len(srn.weights)))
    dag.randomize(0.1, seed=5)
    assert np.abs(srn.weight_values).max() <= 0.1


@pytest.mark.parametrize("delays", [(1,), (2,), (3,), (1, 2), (3, 1)])
def test_a_delay_carries_the_activation_of_so_many_ticks_before(make_srn: Callable[..., cn.Network], delays: tuple[int, ...]) -> None:
    net = make_srn(*delays, initial=[0.3, -0.6])
    inputs = np.random.default_rng(1).normal(size=(5, 2))
    w = {p.name: p.weights for p in net.projections}
    back = {delay: net.projection("hidden", "hidden", delay).weights for delay in delays}
    past, expected = [np.array([0.3, -0.6])] * 3, []
    for row in inputs:
        x = w["bias → hidden"][0] + row @ w["input → hidden"] + sum(past[-delay] @ back[delay] for delay in delays)
        past.append(1 / (1 + np.exp(-x)))
        expected.append(1 / (1 + np.exp(-(w["bias → output"][0] + past[-1] @ w["hidden → output"]))))
    assert net.forward(inputs) == pytest.approx(np.array(expected), rel=1e-12)
    assert net.unroll(5).forward(inputs) == pytest.approx(np.concatenate(expected), rel=1e-12)


def test_two_delays_between_the_same_units_are_two_connections_from_tick_0_as_well(make_srn: Callable[..., cn.Network]) -> None:
    dag = make_srn(1, 2).unroll(2)
    count = Counter((c.sender.name, c.receiver.name) for c in dag.connections)
    assert count["hidden:a@0", "hidden:b@1"] == 2
    assert count["hidden:a@0", "hidden:b@2"] == count["hidden:a@1", "hidden:b@2"] == 1
    pair = [c for c in dag.connections if (c.sender.name, c.receiver.name) == ("hidden:a@0", "hidden:b@1")]
    edge = dag.graph.edges[dag.unit("hidden:a@0"), dag.unit("hidden:b@1")]
    assert [edge["connection"], *edge["delayed"]] == pair
    before = dag.forward([1.0, 0.0] * 2).tolist()
    dag.lesion(pair[1])
    assert dag.forward([1.0, 0.0] * 2).tolist() == before, "from an initial activation of 0 nothing is carried"
    dag["hidden@0"].initial = 0.5
    without = dag.forward([1.0, 0.0] * 2).tolist()
    dag.restore()
    assert dag.forward([1.0, 0.0] * 2).tolist() != without
    assert dag.unit("hidden:b@1").incoming[-4:] == [c for c in dag.unit("hidden:b@1").incoming if c.sender.group.tick == 0]


def test_a_network_without_delays_is_as_many_copies_side_by_side(net: cn.Network) -> None:
    dag = net.unroll(2)
    assert not any(group.role == "initial" for group in dag.groups)
    assert dag.forward([0, 1, 1, 1]).tolist() == [*net.forward([0, 1]), *net.forward([1, 1])]
    assert nx.number_weakly_connected_components(dag.graph.subgraph(dag.units[1:])) == 2


def test_what_is_lesioned_before_is_lesioned_in_every_copy(srn: cn.Network) -> None:
    connection = srn.connection("hidden:b", "hidden:b")
    srn.lesion("hidden:a", connection)
    dag = srn.unroll(3)
    assert [unit.name for unit in dag.units if unit.lesioned] == [f"hidden:a@{tick}" for tick in range(4)]
    assert len(dag.connections) == 3 * len(srn.connections)
    assert connection.weight not in {c.weight for c in dag.connections}
    assert dag.weights == srn.weights
    dag.forward([1.0] * 6)
    dag.backward([1.0] * 3)
    assert all(unit.activation == unit.net_derivative == 0.0 for unit in dag.units if unit.lesioned)
    assert connection.weight.derivative == 0.0


def test_lesions_of_the_unrolled_network_are_of_one_tick_and_are_put_back_bit_for_bit(make_srn: Callable[..., cn.Network]) -> None:
    net = make_srn(1, 2, initial=0.4)
    dag, inputs = net.unroll(3), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    before = dag.forward(inputs).tolist(), [list(unit.incoming) for unit in dag.units]
    dag.lesion("hidden:a@2", dag.connection("hidden:b@0", "hidden:b@1"))
    assert dag.unit("hidden:a@2").lesioned
    assert not dag.unit("hidden:a@1").lesioned
    assert not net.unit("hidden:a").lesioned
    after = dag.forward(inputs).tolist()
    assert after[0] != before[0][0]
    assert dag.unit("hidden:a@2").activation == 0.0
    dag.restore()
    assert (dag.forward(inputs).tolist(), [list(unit.incoming) for unit in dag.units]) == before


def test_a_lesioned_unit_starts_silent_whatever_its_initial_activation(make_srn: Callable[..., cn.Network]) -> None:
    net = make_srn(initial=0.9)
    net.lesion("hidden:a")
    silent = net.forward([[0.0, 0.0]])
    assert net.unrolled is not None
    assert [unit.activation for unit in net.unrolled["hidden@0"]] == [0.0, 0.9]
    net.restore()
    for connection in net.unit("hidden:a").outgoing:
        connection.weight.value = 0.0
    assert silent == pytest.approx(net.forward([[0.0, 0.0]]), rel=1e-15)


def test_lesioning_and_restoring_the_network_is_seen_by_the_next_pass(srn: cn.Network) -> None:
    inputs = [[0.0, 1.0], [1.0, 1.0]]
    before = srn.forward(inputs).tolist()
    connection = srn.connection("hidden:a", "hidden:b")
    srn.lesion(connection)
    without = srn.forward(inputs).tolist()
    srn.restore()
    assert srn.forward(inputs).tolist() == before != without
    connection.weight.value = 0.0
    assert srn.forward(inputs) == pytest.approx(np.array(without), rel=1e-15)


def test_a_lesion_does_not_change_whether_a_network_runs_in_time(srn: cn.Network, engine_in_time: str) -> None:
    assert srn.in_time == "srn: hidden → hidden has a delay of 1"
    intact = srn.forward([[0, 1], [1, 1]])
    srn.lesion(srn.projection("hidden", "hidden", 1))
    assert srn.in_time == "srn: hidden → hidden has a delay of 1"
    lesioned = srn.forward([[0, 1], [1, 1]])
    assert (lesioned[0] != intact[0]).any() or (lesioned[1] != intact[1]).any()
    examples = cn.ExampleSet([cn.Example.sequence([[0, 1], [1, 1]], [[1], [1]])])
    np.testing.assert_allclose(srn.outputs(examples, engine_in_time)[0], lesioned, rtol=1e-12)


@pytest.mark.parametrize(("tie_derivative", "share"), [("mean", 1 / 6), ("sum", 1.0)])
def test_a_tied_weights_derivative_is_gathered_over_connections_and_ticks(srn: cn.Network, tie_derivative: str, share: float) -> None:
    srn.tie_derivative = tie_derivative
    weight = srn.tie([srn.connection("hidden:a", "hidden:b"), srn.connection("hidden:b", "hidden:a")])
    dag = srn.unroll(3)
    copies = [c for c in dag.connections if c.weight is weight]
    assert len(copies) == 6
    dag.forward([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    dag.backward([1.0, 0.0, 1.0])
    assert weight.derivative == pytest.approx(share * sum(c.derivative for c in copies), rel=1e-12)
    once = srn.connection("input:0", "hidden:a").weight
    single = sum(c.derivative for c in dag.connections if c.weight is once)
    assert once.derivative == pytest.approx(single / 3 if tie_derivative == "mean" else single, rel=1e-12)


@FEW
@given(seed=SEEDS, tie_derivative=st.sampled_from(["mean", "sum"]))
def test_the_unrolled_networks_error_and_derivatives_are_those_of_the_network(seed: int, tie_derivative: str) -> None:
    net, examples = random_network(seed, cases=3, delays=True, integrators=True, initial=True, ticks_back=True)
    net.tie_derivative = tie_derivative
    for example in examples:
        found = cn.error_derivatives(net.unroll(len(example.inputs)), flat(example), "local")
        expected = cn.error_derivatives(net, cn.ExampleSet([example]), "local")
        assert found[0] == expected[0]
        assert found[1].tolist() == expected[1].tolist()


@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
def test_an_iterative_net_is_a_layered_one_whose_corresponding_weights_are_tied(tie_derivative: str) -> None:
    """Fig. 5 of Rumelhart, Hinton & Williams (1986): three units that iterate three times, with four weights."""
    wires = [(0, 1, 0.5), (1, 2, -0.75), (2, 0, 1.25), (1, 0, 0.3)]
    net = cn.Network("iterative", tie_derivative)
    net.add_group("unit", 3, role="output", biased=False, initial=[0.2, 0.9, -0.4])
    layered = cn.Network("layered", tie_derivative)
    for layer in range(4):
        layered.add_group(f"layer{layer}", 3, **({"role": "output", "biased": False} if layer else {"role": "input"}))
    for sender, receiver, value in wires:
        mask = np.zeros((3, 3), dtype=bool)
        mask[sender, receiver] = True
        net.connect("unit", "unit", mask, delay=1, weights=value)
        layered.tie([layered.connect(f"layer{n}", f"layer{n + 1}", mask, weights=value).connections[0] for n in range(3)])
    targets = np.random.default_rng(1).random((3, 3))
    assert np.array_equal(net.forward(np.zeros((3, 0))).ravel(), layered.forward([0.2, 0.9, -0.4]))
    assert net.backward(targets) == layered.backward(targets.ravel())
    found, expected = ([weight.derivative for weight in each.weights] for each in (net, layered))
    assert found == pytest.approx(expected, rel=1e-14)
    assert len(found) == 4


def flat(example: cn.Example) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(example.inputs.reshape(1, -1), example.targets.reshape(1, -1))


def test_every_engine_starts_an_unrolled_network_from_the_initial_state(make_srn: Callable[..., cn.Network], engine: str) -> None:
    net = make_srn(1, 3, initial=[0.4, -0.7])
    net.connect("input", "output", delay=2)
    net["input"].initial = 2.0
    net.lesion("hidden:b")
    dag, example = net.unroll(3), cn.Example.sequence([[0, 1], [1, 1], [1, 0]], [[1], [0], [1]])
    error, derivatives = cn.error_derivatives(dag, flat(example), engine)
    assert [unit.activation for unit in dag.schedule.initial] == [2.0, 2.0, 0.4, 0.0]
    expected, expected_derivatives = cn.error_derivatives(net, cn.ExampleSet([example]), "local")
    assert error == pytest.approx(expected, rel=1e-12)
    assert derivatives == pytest.approx(expected_derivatives, rel=1e-12)
    copy = net.copy()
    cn.train(dag, flat(example), "momentum", 3, engine=engine)
    cn.train(copy, cn.ExampleSet([example]), "momentum", 3, engine="local")
    assert net.weight_values == pytest.approx(copy.weight_values, rel=1e-12)


UNROLLED_IN_LOCAL = {
    "truncated": ({}, 2, "errors that go back through 2 ticks only"),
    "integrating": ({"integrates": "net_input"}, None, "units that integrate"),
    "integrating with outputs": ({"integrates": "activation", "output_function": "rectified"}, None, "units that integrate"),
}


@pytest.mark.parametrize(("options", "ticks_back", "message"), UNROLLED_IN_LOCAL.values(), ids=list(UNROLLED_IN_LOCAL))
def test_copies_that_look_at_each_other_are_given_to_local_rather_than_run_wrong(
    make_srn: Callable[..., cn.Network], options: dict[str, object], ticks_back: int | None, message: str
) -> None:
    net = make_srn(**options)
    net.ticks_back = ticks_back
    numbers = np.random.default_rng(1).random((2, 9))
    examples = cn.ExampleSet.from_arrays(numbers[:, :6], numbers[:, 6:])
    acts: tuple[Callable[[cn.Network, str], Any], ...] = (
        lambda dag, engine: cn.error_derivatives(dag, examples, engine=engine)[1],
        lambda dag, engine: cn.train(dag, examples, "steepest", 2, engine=engine) and dag.weight_values,
    )
    for act in acts:
        before = net.weight_values
        with pytest.warns(UserWarning, match=f"unrolled network 'srn@1…3' with {message}: the engine 'compiled' has no kernels"):
            found = act(net.unroll(3), "compiled")
        net.weight_values = before
        np.testing.assert_array_equal(found, act(net.unroll(3), "local"))
        net.weight_values = before
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = net.unroll(3).outputs(examples)
    np.testing.assert_allclose(found, net.unroll(3).outputs(examples, "local"), rtol=1e-12)


def test_training_changes_no_frozen_weight_and_follows_each_projections_rate(srn: cn.Network, engine_in_time: str) -> None:
    srn.projection("input", "hidden").trainable = False
    srn.connect("output", "hidden", delay=1, rate=2.0)
    before = srn.weight_values
    examples = cn.ExampleSet([cn.Example.sequence([[0, 1], [1, 1]], [[1], [0]])])
    _, derivatives = cn.error_derivatives(srn, examples, engine_in_time)
    rates = np.full(len(before), 0.5)
    rates[[srn.weights.index(c.weight) for c in srn.projection("input", "hidden")]] = 0.0
    rates[[srn.weights.index(c.weight) for c in srn.projection("output", "hidden", 1)]] = 2.0
    cn.train(srn, examples, cn.rule("steepest", rate=0.5), 1, engine=engine_in_time)
    assert np.abs(derivatives).min() > 0
    assert srn.weight_values == pytest.approx(before - rates * derivatives, rel=1e-12)
    assert [p.rate for p in srn.unroll(2).projections if p.sender.name == "output@1"] == [2.0]


def test_joint_groups_are_one_step_at_each_tick(make_srn: Callable[..., cn.Network]) -> None:
    net = make_srn(1, 2, activation="softmax", initial=[0.2, 0.8])
    dag = net.unroll(3)
    joint = [step for step in dag.schedule.steps if isinstance(step, type(dag["hidden@1"]))]
    assert [step.name for step in joint] == ["hidden@1", "hidden@2", "hidden@3"]
    assert not dag["hidden@0"].joint
    dag.forward([1.0, 0.0] * 3)
    assert dag["hidden@0"].activations.tolist() == [0.2, 0.8]
    for tick in (1, 2, 3):
        assert sum(dag[f"hidden@{tick}"].activations) == pytest.approx(1.0)


def test_groups_that_feed_each_other_within_a_tick_do_so_at_each_tick() -> None:
    net = cn.Network("knot")
    net.add_group("input", 1, role="input")
    for name in ("a", "b"):
        net.add_group(name, 2, activation="linear", biased=False, integrates="net_input", dt=0.5)
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "a", [[True, False]], weights=1.0)
    net.connect("a", "b", [[True, False], [False, True]], weights=2.0)
    net.connect("b", "a", [[False, True], [False, False]], weights=3.0)
    net.connect("b", "a", [[False, False], [True, False]], delay=1, weights=1.0)
    net.connect("b", "output", [[False], [True]], weights=1.0)
    a0 = b0 = a1 = b1 = 0.0
    expected = []
    for x in (1.0, 0.0, 2.0, 0.0):
        a0 = 0.5 * (x + b1) + 0.5 * a0
        b0 = 0.5 * (2 * a0) + 0.5 * b0
        a1 = 0.5 * (3 * b0) + 0.5 * a1
        b1 = 0.5 * (2 * a1) + 0.5 * b1
        expected.append([b1])
    assert net.forward([[1], [0], [2], [0]]).tolist() == expected
    with pytest.raises(LoopError, match="is a loop without delay"):
        net.connect("b", "a", [[False, False], [True, False]])


def test_the_initial_state_is_read_at_each_pass_and_may_be_given_through_a_copy(make_srn: Callable[..., cn.Network]) -> None:
    net = make_srn(initial=0.25, integrates="net_input", dt=0.5, initial_net_input=[1.0, -1.0])
    dag = net.unroll(2)
    dag.forward([0.0] * 4)
    assert [(u.activation, u.net_input) for u in dag["hidden@0"]] == [(0.25, 1.0), (0.25, -1.0)]
    net["hidden"].initial = [0.5, 0.75]
    dag.forward([0.0] * 4)
    assert [u.activation for u in dag["hidden@0"]] == [0.5, 0.75]
    dag["hidden@0"].initial = 0.125
    dag["hidden@2"].dt = [0.5, 1.0]
    assert net["hidden"].initial.tolist() == dag["hidden@1"].initial.tolist() == [0.125, 0.125]
    assert net["hidden"].dt.tolist() == dag["hidden@1"].dt.tolist() == [0.5, 1.0]
    dag.forward([0.0] * 4)
    assert [u.activation for u in dag["hidden@0"]] == [0.125, 0.125]


def test_functions_and_margins_are_those_of_the_group_it_copies(srn: cn.Network) -> None:
    dag = srn.unroll(2)
    srn["hidden"].activation_function = "tanh"
    assert dag["hidden@2"].activation_function is srn["hidden"].activation_function
    dag["output@1"].error_function, dag["output@2"].margin = "cross_entropy", 0.2
    assert (srn["output"].error_function.name, srn["output"].margin) == ("cross_entropy", 0.2)
    dag["hidden@1"].activation_function = "linear"
    assert srn["hidden"].activation_function.name == "linear"
    with pytest.raises(ParameterError, match=r"group 'hidden', margin: is for output groups only"):
        dag["hidden@1"].margin = 0.1


def test_delayed_inputs_come_from_the_input_of_so_many_ticks_before_and_first_from_its_initial_activation() -> None:
    net = cn.Network("line")
    net.add_group("input", 1, role="input", initial=7.0)
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", delay=2, weights=1.0)
    assert net.forward([[1], [2], [3], [4]]).ravel().tolist() == [7.0, 7.0, 1.0, 2.0]
    assert [unit.name for unit in net.unroll(1).schedule.initial] == ["input:0@0"]


def test_what_is_connected_later_needs_another_call(srn: cn.Network) -> None:
    dag = srn.unroll(2)
    before = dag.forward([1.0] * 4).tolist()
    srn.connect("output", "hidden", delay=1, weights=3.0)
    with pytest.raises(WiringError, match=r"srn@1…2: its original, srn, has been rewired since; unroll it again"):
        dag.forward([1.0] * 4)
    assert srn.unroll(2).forward([1.0] * 4).tolist() != before


def test_who_lesions_the_copy_that_is_kept_gets_it_for_himself(srn: cn.Network) -> None:
    inputs = [[1.0, 0.0], [0.0, 1.0]]
    before = srn.forward(inputs).tolist()
    kept = srn.unrolled
    assert kept is not None
    kept.lesion("hidden:0@1")
    with pytest.raises(WiringError, match="call forward first"):
        srn.backward([[1.0], [1.0]])
    assert srn.forward(inputs).tolist() == before
    assert srn.unrolled is not kept


def test_a_connection_and_its_end_may_both_be_lesioned(srn: cn.Network, engine_in_time: str) -> None:
    srn.lesion(srn.connection("input:0", "hidden:0"))
    srn.lesion("hidden:0")
    examples = cn.ExampleSet([cn.Example.sequence([[1.0, 0.0], [0.0, 1.0]], [[1.0], [1.0]])])
    lesioned = srn.outputs(examples, engine_in_time)
    assert (srn.copy().outputs(examples, engine_in_time) == lesioned).all()
    copy = srn.copy()
    copy.restore("hidden:0")
    assert len(copy.lesioned_connections) == 1
    assert (copy.outputs(examples, engine_in_time) != lesioned).any()


@pytest.mark.parametrize("ticks_back", [1, 2, 3])
def test_units_have_the_sums_over_all_ways_back(srn: cn.Network, ticks_back: int) -> None:
    srn.ticks_back, srn.tie_derivative = ticks_back, "sum"
    srn.forward([[1.0, 0.0]] * 3)
    srn.backward([[1.0]] * 3)
    copies = srn.unrolled
    assert copies is not None
    for connection in srn.connections:
        total = 0.0
        for copy in copies.connections:
            total += copy.derivative if copy.weight is connection.weight else 0.0
        assert connection.weight.derivative == pytest.approx(total, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("ticks", [0, -1, 1.5, True, "three", None])
def test_only_a_whole_number_of_ticks_will_do(srn: cn.Network, ticks: int) -> None:
    with pytest.raises(ParameterError, match=rf"srn.unroll.ticks: must be a whole number of at least 1 \(got {ticks!r}\)"):
        srn.unroll(ticks)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda dag: dag.unroll(2), r"srn@1…2.unroll: it is an unrolled network; unroll its original, srn"),
        (lambda dag: dag.copy(), r"srn@1…2.copy: copy the network it was unrolled from, srn, and unroll that"),
        (lambda dag: dag.connect("input@1", "output@2"), r"srn@1…2.connect: an unrolled network has the wiring of its original"),
        (lambda dag: dag.add_group("more", 1), r"srn@1…2.add_group: an unrolled network has the wiring of its original; change"),
        (lambda dag: dag.tie(dag.connections[:2]), r"srn@1…2.tie: an unrolled network has the wiring of its original"),
        (lambda dag: cn.add_context(dag, "hidden@1"), r"add_context: srn@1…2 is an unrolled network; add the context to its original"),
    ],
)
def test_an_unrolled_network_is_not_rewired_or_copied(srn: cn.Network, attempt: Callable[[cn.Network], object], message: str) -> None:
    dag = srn.unroll(2)
    with pytest.raises(WiringError, match=message):
        attempt(dag)
    assert len(dag.connections) == 2 * len(srn.connections)


def test_what_would_not_fit_into_memory_is_rejected_before_it_is_made(srn: cn.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectionist.utils.memory_limit.free_bytes", lambda: 10**6)
    message = r"srn: copies of 6 units and 13 connections for 1001 ticks need about \d+\.\d MB of memory \(1.0 MB are free\)"
    with pytest.raises(MemoryLimitError, match=message):
        srn.unroll(1000)
    with pytest.raises(MemoryLimitError, match=r"connections for 100[0-9] ticks"):
        srn.forward(np.zeros((1000, 2)))
    with pytest.raises(MemoryLimitError, match=r"connections for 100[0-9] ticks"):
        srn.outputs(cn.ExampleSet.from_arrays(np.zeros((1, 1000, 2)), np.zeros((1, 1000, 1))), "local")
    with pytest.raises(MemoryLimitError, match="connections for 1000000000 ticks"):
        srn.forward(np.broadcast_to(np.zeros(2), (10**9, 2)))
    assert srn.unroll(10).ticks == 10
    monkeypatch.setattr("connectionist.utils.memory_limit.free_bytes", lambda: None)
    assert srn.unroll(50).ticks == 50


@pytest.mark.parametrize(("units", "ticks"), [(60, 10), (5, 100), (1, 200)])
def test_copies_need_about_as_much_memory_as_is_said(units: int, ticks: int) -> None:
    net = cn.Network("large")
    net.add_group("hidden", units)
    net.add_group("output", 5, role="output")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    expected = ticks * unrolling.copy_bytes(net)
    tracemalloc.start()
    try:
        copy = net.unroll(ticks)
        assert copy.schedule.steps
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.7 * expected < peak < 1.3 * expected


def test_copies_are_released_when_the_wiring_changes() -> None:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.connect("output", "output", delay=1)
    changes: list[Callable[[], None]] = [
        lambda: net.lesion("output:0"),
        net.restore,
        lambda: unrolled_of(net).lesion("output:0@1"),
    ]
    for change in changes:
        net.forward([[1.0], [0.0]])
        released = weakref.ref(unrolled_of(net))
        change()
        assert net.unrolled is None
        gc.collect()
        assert released() is None


def unrolled_of(net: cn.Network) -> cn.Network:
    assert net.unrolled is not None
    return net.unrolled
