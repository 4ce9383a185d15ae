"""A walk through a case computes the same bits as the passes, and can be read and abandoned at every stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ConnectionistError, DataError, DivergenceError, ParameterError, UnknownNameError, WiringError
from connectionist.plugins.rules import SearchRule, UpdateRule, WholeNetRule
from connectionist.testing import random_network

SEEDS = st.integers(0, 2**32)
MOMENTUM = cn.rule("momentum")
BY = st.sampled_from(["unit", "group", "tick"])
KINDS: list[dict[str, Any]] = [
    {},
    {"delays": True, "ticks": 4, "initial": True},
    {"delays": True, "integrators": True, "ticks": 3, "initial": True},
    {"delays": True, "integrators": True, "ticks": 4, "ticks_back": True},
]


def everything(net: cn.Network) -> list[bytes]:
    """Return the bits of every number of a network and of its unrolled copies, without the sign of zero."""
    states = [net.state, net.weight_state, *([net.unrolled.state] if net.unrolled else [])]
    return [(state.array(quantity) + 0.0).tobytes() for state in states for quantity in state.quantities]


@settings(max_examples=30)
@given(SEEDS, BY, st.sampled_from(KINDS))
def test_a_complete_walk_computes_what_the_passes_compute(seed: int, by: str, kind: dict[str, Any]) -> None:
    (net, examples), (copy, _) = random_network(seed, cases=1, **kind), random_network(seed, cases=1, **kind)
    net.forward(examples[0].inputs)
    forward_only = everything(net)
    stops = list(cn.step(copy, examples[0].inputs, by=by))
    assert everything(copy) == forward_only
    assert {stop.phase for stop in stops} <= {"clamp", "forward"}
    net.backward(examples[0].targets)
    stops = list(cn.step(copy, examples[0], by=by))
    assert everything(copy) == everything(net)
    order = ["clamp", "forward", "compare", "backward"]
    if copy.ticks_back is None:
        assert [stop.phase for stop in stops] == sorted((stop.phase for stop in stops), key=order.index)


@pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")  # random networks have hidden groups
@pytest.mark.filterwarnings("ignore:no example has a target")  # some random sets have none
@settings(max_examples=25)
@given(SEEDS, BY, st.sampled_from(KINDS), st.sampled_from(["steepest", "momentum", "dougs_momentum", "delta", "hebb"]))
def test_a_walk_with_a_rule_computes_what_the_local_engine_computes(seed: int, by: str, kind: dict[str, Any], name: str) -> None:
    (net, examples), (copy, _) = random_network(seed, cases=1, **kind), random_network(seed, cases=1, **kind)
    rule = cn.rule(name, rate=0.01, decay=0.001)
    one = cn.ExampleSet([examples[0]])
    run = cn.train(net, one, rule=rule, epochs=2, engine="local")
    memory: dict[str, Any] = {}
    for _ in range(2):
        stops = list(cn.step(copy, one[0], rule=rule, by=by, memory=memory))
    for quantity in net.weight_state.quantities:
        assert copy.weight_state.array(quantity).tobytes() == net.weight_state.array(quantity).tobytes(), quantity
    for quantity in net.state.quantities:
        np.testing.assert_array_equal(copy.state.array(quantity), net.state.array(quantity), quantity)
    assert {key: value.tolist() for key, value in memory.items()} == {key: value.tolist() for key, value in run.memory.items()}
    changed = [weight for stop in stops if stop.phase == "change" for weight in stop.weights]
    assert changed == [weight for weight in copy.weights if weight.trainable and copy.schedule.connection_counts[weight.row]]


def test_at_each_stop_the_objects_show_what_has_been_computed(net: cn.Network) -> None:
    net.forward([1, 1])
    net.backward([1])
    activations = {unit.name: unit.activation for unit in net.units}
    seen = []
    for stop in cn.step(net, [0, 1], [1], by="unit"):
        seen.append((stop.phase, [unit.name for unit in stop.units]))
        if stop.phase == "forward":
            [unit] = stop.units
            assert unit.net_input == unit.explain().net_input.total  # type: ignore[union-attr]
            assert f"{unit.name}: net input {unit.net_input:.6g}, activation {unit.activation:.6g}" in str(stop)
            assert unit.activation != activations[unit.name]
            if unit.name == "hidden:0":
                assert net.unit("hidden:1").activation == activations["hidden:1"]
        if stop.phase == "backward" and stop.units[0].name == "output:0":
            assert net.unit("hidden:0").activation_derivative != 0.0
            assert net.unit("hidden:0").net_derivative == 0.0
            assert list(stop.weights) == [connection.weight for connection in stop.units[0].incoming]
    assert seen == [
        ("clamp", ["input:0", "input:1"]),
        ("forward", ["hidden:0"]),
        ("forward", ["hidden:1"]),
        ("forward", ["output:0"]),
        ("compare", ["output:0"]),
        ("backward", ["output:0"]),
        ("backward", ["hidden:1"]),
        ("backward", ["hidden:0"]),
    ]


def test_by_group_and_by_tick_a_stop_has_several_units(net: cn.Network) -> None:
    by_group = [(stop.phase, len(stop.units)) for stop in cn.step(net, [0, 1], [1], by="group")]
    assert by_group == [("clamp", 2), ("forward", 2), ("forward", 1), ("compare", 1), ("backward", 1), ("backward", 2)]
    stops = list(cn.step(net, [0, 1], [1], by="tick"))
    by_tick = [(stop.phase, len(stop.units)) for stop in stops]
    assert [unit.name for unit in stops[-1].units] == ["output:0", "hidden:1", "hidden:0"]
    assert by_tick == [("clamp", 2), ("forward", 3), ("compare", 1), ("backward", 3)]


@pytest.fixture
def in_time() -> cn.Network:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("second", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "second")
    net.connect("second", "output")
    net.randomize(0.5)
    return net


def test_in_time_each_tick_is_a_stop_and_the_copies_can_be_read(in_time: cn.Network) -> None:
    seen = []
    for stop in cn.step(in_time, [[1], [0], [1]], np.array([[1], [math.nan], [0]]), by="tick"):
        seen.append((stop.phase, stop.tick))
        assert in_time.unrolled is not None
        if stop.phase == "forward" and stop.tick is not None:
            assert all(unit is in_time.unrolled.unit(unit.name) for unit in stop.units)
            assert in_time.unrolled.unit(f"output:0@{stop.tick}").net_input != 0.0
            assert stop.tick == 3 or in_time.unrolled.unit("output:0@3").net_input == 0.0
    assert seen == [
        ("clamp", None),
        *[("forward", tick) for tick in (1, 2, 3)],
        *[("compare", tick) for tick in (1, 2, 3)],
        *[("backward", tick) for tick in (3, 2, 1)],
        ("backward", None),
    ]
    assert str(stop) == f"backward: derivatives of {len(in_time.weights)} shared weights are now the mean over their connections"


def test_with_ticks_back_stops_name_the_tick_of_the_error(in_time: cn.Network) -> None:
    in_time.ticks_back = 1
    texts = [str(stop) for stop in cn.step(in_time, [[1], [0]], [[1], [0]], by="group") if stop.phase == "backward"]
    assert "error of tick 1" in texts[0]
    assert "error of tick 2" in texts[-2]
    assert "sums over the errors of all ticks" in texts[-1]


def test_the_network_works_after_an_abandoned_walk(net: cn.Network, make_net: Callable[[], cn.Network]) -> None:
    count = len(list(cn.step(net, [0, 1], [1], cn.rule("momentum"), by="unit")))
    for after in range(1, count):
        net, copy = make_net(), make_net()
        walk = cn.step(net, [0, 1], [1], cn.rule("momentum"), by="unit")
        phases = [next(walk).phase for _ in range(after)]
        walk.close()  # type: ignore[attr-defined]
        if phases[-1] in ("clamp", "forward") and phases.count("forward") < 3:
            with pytest.raises(WiringError, match="call forward first"):
                net.backward([1])
        copy.weight_values = net.weight_values
        net.forward([1, 1]), copy.forward([1, 1])
        net.backward([0]), copy.backward([0])
        for quantity in net.state.quantities:
            np.testing.assert_array_equal(net.state.array(quantity), copy.state.array(quantity))
        assert net.weight_state.array("derivative").tolist() == copy.weight_state.array("derivative").tolist()


def test_a_walk_that_is_not_started_changes_nothing(net: cn.Network) -> None:
    net.forward([1, 0])
    before = everything(net)
    cn.step(net, [0, 1], [1], cn.rule("momentum"))
    assert everything(net) == before
    net.backward([1])


def test_a_change_by_units_stops_at_each_weight_and_can_be_explained(net: cn.Network) -> None:
    stops = [stop for stop in cn.step(net, [0, 1], [1], cn.rule("momentum")) if stop.phase == "change"]
    assert len(stops) == len(net.weights)
    connection = net.connection("input:1", "hidden:0")
    [stop] = [stop for stop in stops if stop.weights == (connection.weight,)]
    assert f"input:1 → hidden:0: derivative {connection.weight.derivative:.6g}" in str(stop)
    change = connection.explain().change
    assert change is not None
    assert (change.examples, change.change.agreement, change.after.agreement) == (1, "exact", "exact")
    by_group = [stop for stop in cn.step(net, [0, 1], [1], cn.rule("momentum"), by="group") if stop.phase == "change"]
    assert [len(stop.weights) for stop in by_group] == [len(projection) for projection in net.projections]


def test_invalid_arguments_raise_before_the_first_stop(net: cn.Network, in_time: cn.Network) -> None:
    class Points(SearchRule):
        name = "points"

        def search(self, values: Any, evaluate: Any, memory: Any) -> Any:
            return values

    example = cn.Example(np.array([0.0, 1.0]), np.array([1.0]))
    wrong: list[tuple[Callable[[], object], type[ConnectionistError], str]] = [
        (lambda: cn.step(net, [0, 1], [1], by="layer"), ParameterError, "by: must be 'unit', 'group' or 'tick' .got 'layer'"),
        (lambda: cn.step(net, [0, 1, 2]), DataError, "input"),
        (lambda: cn.step(net, [0, 1], [1, 2]), DataError, "output"),
        (lambda: cn.step(net, example, [1]), ParameterError, "targets: must not be given with an example"),
        (lambda: cn.step(net, [0, 1], rule=cn.rule("momentum")), DataError, "targets: are required if a rule"),
        (lambda: cn.step(net, [0, 1], [1], 3), ParameterError, "step.rule: must be the name of an update rule"),  # type: ignore[arg-type]
        (lambda: cn.step(net, [0, 1], [1], Points()), ParameterError, "rule: must not be a SearchRule, .* \\(got 'points'\\)"),
        (lambda: cn.step(net, example, rule=MOMENTUM, memory={"last_change": np.zeros(2)}), DataError, "must be 11 numbers"),
        (
            lambda: cn.step(net, example, rule=MOMENTUM, memory={"last_change": np.full(11, np.nan)}),
            DataError,
            "memory.'last_change'..0.: must be f",
        ),
        (lambda: cn.step(net, example, rule=MOMENTUM, memory={"foo": np.ones(11)}), UnknownNameError, "memory of the rule 'foo'"),
        (lambda: cn.step(net, example, memory={}), ParameterError, "give the rule as well"),
        (lambda: cn.step(in_time, [[1], [0]], [[1]]), DataError, "^step: targets must have the 2 ticks that the inputs had"),
        (lambda: cn.step(in_time, cn.ExampleSet.stream([[1.0]], [[1.0]])[0]), ParameterError, "example '0' continues the one before"),
    ]
    for call, error, message in wrong:
        with pytest.raises(error, match=message):
            call()


@dataclass(frozen=True)
class Losing(UpdateRule):
    """A formula that returns infinity, or raises, from the third weight on."""

    name = "losing"
    memory = ("number",)
    raises: bool = False

    def change(self, value: float, derivative: float, number: float) -> tuple[float, float]:
        lost = math.exp(1000.0) if self.raises and number > 1 else math.inf
        return (lost if number > 1 else 1.0), number + 1.0


class Squares(WholeNetRule):
    """A rule that overflows, since it sums squares."""

    name = "squares"

    def summarize(self, derivatives: Any) -> float:
        return math.fsum((1e200 + each) ** 2 for each in derivatives)

    def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
        return (summary,)


@pytest.mark.parametrize("by", ["unit", "group", "tick"])
def test_after_a_change_that_diverges_the_weights_are_as_before(net: cn.Network, by: str) -> None:
    list(cn.step(net, [0, 1], [0], MOMENTUM))
    before, changes, last_change = net.weight_values, net.weight_state.array("change").copy(), net.weight_state.last_update
    memory = {"number": np.arange(11.0)}
    for rule, memories, message in (
        (Losing(), memory, "step: losing cannot change bias → output:0 from weight .*: its change would be inf; all weights are as"),
        (Losing(raises=True), memory, "its formula raised OverflowError"),
        (Squares(), None, "step: squares cannot change any weight: its formula raised OverflowError"),
    ):
        with pytest.raises(DivergenceError, match=message):
            list(cn.step(net, [1, 1], [1], rule, by=by, memory=memories))
        assert net.weight_values.tolist() == before.tolist()
        assert net.weight_state.array("change").tolist() == changes.tolist()
        assert net.weight_state.last_update is last_change
    assert memory["number"].tolist() == [*range(11)]


def test_a_change_of_wiring_ends_the_walk(net: cn.Network, in_time: cn.Network) -> None:
    for each, inputs in ((net, [0, 1]), (in_time, [[1], [0]])):
        walk = cn.step(each, inputs)
        next(walk)
        each.lesion("hidden:0")
        with pytest.raises(WiringError, match="rewired"):
            next(walk)
        each.forward(inputs)
