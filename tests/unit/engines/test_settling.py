"""Settling: networks that run until their activations stop changing."""

import re
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, DivergenceError, ParameterError, WiringError


def memory_net(weight: float = 0.5) -> cn.Network:
    net = cn.Network("decay")
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=1.0)
    net.connect("output", "output", pattern="one_to_one", delay=1, weights=weight)
    return net


def test_it_stops_at_the_first_tick_with_changes_below_the_criterion(engine: str) -> None:
    net = memory_net()
    settled = cn.settle(net, [1.0], criterion=0.01, engine=engine)
    # y(t) = 2 − 2 · 0.5^t changes by 0.5^(t − 1), which is below 0.01 first at t = 8
    assert (settled.is_settled, settled.ticks) == (True, 8)
    assert settled.change == pytest.approx(0.5**7)
    np.testing.assert_allclose(settled.activations[:, 0], 2 - 2 * 0.5 ** np.arange(1, 9))
    assert net["output"][1].activation == pytest.approx(2 - 2 * 0.5**8)
    assert repr(settled) == "<Settling: settled at tick 8, change 0.00781, 2 units>"


def test_it_runs_more_ticks_until_the_network_has_settled() -> None:
    settled = cn.settle(memory_net(0.95), [1.0], criterion=1e-6)
    assert settled.is_settled
    assert 100 < settled.ticks < 400
    np.testing.assert_allclose(settled.activations[-1], 20.0, atol=1e-4)


def test_a_network_that_does_not_settle_warns() -> None:
    with pytest.warns(UserWarning, match=r"decay: not settled after 20 ticks \(an activation still changes by 1\)"):
        settled = cn.settle(memory_net(-1.0), [1.0], ticks=20)
    assert (settled.is_settled, settled.ticks, settled.activations.shape) == (False, 20, (20, 2))


def test_a_network_that_does_not_run_in_time_raises() -> None:
    net = cn.Network("plain")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    with pytest.raises(WiringError, match="plain: has neither delays nor integrating units"):
        cn.settle(net, [1.0])


def test_parameters_are_those_of_each_call_after_others_that_were_right(engine: str) -> None:
    net = memory_net()
    for ticks in (5, 5, 7, 7, 5):
        assert cn.settle(net, [1.0], None, ticks, engine).ticks == ticks
    assert cn.settle(net, [1.0], 0.01, 20, engine).ticks == 8
    assert cn.settle(net, [1.0], 0.1, 20, engine).ticks == 5
    for name, wrong in (("criterion", 0.0), ("ticks", True), ("ticks", 1), ("seed", -1)):
        arguments: dict[str, Any] = {"criterion": 0.1, "ticks": 20, "engine": engine, name: wrong}
        with pytest.raises(ParameterError, match=rf"settle\.{name}: must be"):
            cn.settle(net, [1.0], **arguments)
    net.connect("output", "output", pattern="one_to_one", delay=2, weights=0.25)
    again, alone = (cn.settle(each, [1.0], 0.1, 20, engine) for each in (net, net.copy()))
    np.testing.assert_array_equal(again.activations, alone.activations)
    net.add_group("more", 3, activation="linear", biased=False)
    net.connect("input", "more", weights=1.0)
    assert cn.settle(net, [1.0], 0.1, 20, engine).activations.shape[1] == 5


def test_an_array_as_a_number_may_change_between_calls(engine: str) -> None:
    net, ticks = memory_net(), np.array(5)
    assert cn.settle(net, [1.0], None, ticks, engine).ticks == 5  # type: ignore[arg-type]
    ticks[...] = 6
    assert cn.settle(net, [1.0], None, ticks, engine).ticks == 6  # type: ignore[arg-type]


def test_invalid_arguments_raise() -> None:
    with pytest.raises(ParameterError, match=r"settle\.criterion: must be a number above 0"):
        cn.settle(memory_net(), [1.0], criterion=0.0)
    with pytest.raises(ParameterError, match=r"settle\.ticks"):
        cn.settle(memory_net(), [1.0], ticks=1)
    with pytest.raises(ParameterError, match=r"settle\.engine: must be the name of an engine or an object of class Engine"):
        cn.settle(memory_net(), [1.0], engine=3)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="input: must have 1 value"):
        cn.settle(memory_net(), [1.0, 2.0])


def delayed(delay: int, weight: float, **options: object) -> cn.Network:
    net = cn.Network("delayed")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False, **options)  # type: ignore[arg-type]
    net.connect("input", "output", delay=delay, weights=weight)
    return net


def test_changes_must_stay_small_for_as_many_ticks_as_the_longest_delay() -> None:
    settled = cn.settle(delayed(3, 1.0), [1.0])
    assert (settled.is_settled, settled.ticks, settled.activations[-1].item()) == (True, 7, 1.0)
    swinging = delayed(1, 0.0, initial=1.0)
    swinging.connect("output", "output", delay=2, weights=-1.0)
    with pytest.warns(UserWarning, match="not settled after 40 ticks"):
        assert not cn.settle(swinging, [1.0], ticks=40).is_settled


def test_integrated_net_inputs_must_settle_too() -> None:
    net = cn.Network("far")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", integrates="net_input", dt=0.1, initial_net_input=-60.0, biased=False)
    net.connect("input", "output", weights=5.0)
    settled = cn.settle(net, [1.0], criterion=1e-3)
    assert settled.is_settled
    assert net["output"][0].net_input == pytest.approx(5.0, abs=0.01)


def far(criterion_tick: int, **options: object) -> tuple[cn.Network, float]:
    """Return a network whose activation is 1 at every tick, and a criterion that its net input meets first at a tick."""
    net = cn.Network("far")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", integrates="net_input", dt=0.1, initial_net_input=100.0, biased=False, **options)  # type: ignore[arg-type]
    net.connect("input", "output", weights=50.0)
    # x(t) = 50 + 50 · 0.9^t, so (x(t − 1) − x(t)) / dt = 50 · 0.9^(t − 1)
    return net, 50 * 0.9 ** (criterion_tick - 1) * 1.01


@pytest.mark.parametrize("tick", [2, 3, 15, 16, 17, 18, 31, 32, 33, 39, 64, 65, 100])
def test_it_names_the_first_tick_at_which_integrated_net_inputs_have_settled(tick: int, engine: str) -> None:
    net, criterion = far(tick)
    settled = cn.settle(net, [1.0], criterion=criterion, engine=engine)
    assert (settled.is_settled, settled.ticks, settled.change) == (True, tick, 0.0)
    np.testing.assert_allclose(settled.activations, np.ones((tick, 1)), rtol=1e-15)
    assert net["output"][0].net_input == pytest.approx(50 + 50 * 0.9**tick)


@pytest.mark.parametrize(("most", "tick"), [(19, 19), (20, 19), (33, 18), (40, 39), (2, 2)])
def test_it_finds_rest_at_any_tick_up_to_the_last(most: int, tick: int, engine: str) -> None:
    net, criterion = far(tick)
    assert cn.settle(net, [1.0], criterion=criterion, ticks=most, engine=engine).ticks == tick


@pytest.mark.parametrize("most", [2, 5, 16, 20, 33])
def test_a_network_that_does_not_settle_shows_the_last_tick(most: int, engine: str) -> None:
    net, criterion = far(most + 1)
    change = 50 * 0.9 ** (most - 1)
    with pytest.warns(UserWarning, match=rf"far: not settled after {most} ticks \(a net input still changes by {change:.3g}\)"):
        settled = cn.settle(net, [1.0], criterion=criterion, ticks=most, engine=engine)
    assert (settled.is_settled, settled.ticks, settled.activations.shape) == (False, most, (most, 1))
    assert net["output"][0].net_input == pytest.approx(50 + 50 * 0.9**most)


@pytest.mark.parametrize(("calm", "tick"), [(4, 13), (20, 20)])
def test_net_inputs_must_be_calm_at_the_last_of_the_ticks_at_which_activations_are(calm: int, tick: int, engine: str) -> None:
    net, criterion = far(calm)
    net.add_group("clock", 1, role="output", activation="linear", biased=False)
    net.connect("input", "clock", delay=6, weights=criterion)  # it changes at tick 7 for the last time, and 6 ticks must be calm
    assert cn.settle(net, [1.0], criterion=criterion, engine=engine).ticks == tick


def test_a_net_input_that_diverges_behind_a_saturated_activation_raises(engine: str) -> None:
    net, _ = far(3)
    net.connect("output", "output", delay=1, weights=0.0)
    net["output"].initial_net_input = 1e308
    net.connection("input:0", "output:0").weight.value = 1.7e308
    net.add_group("more", 1, role="input")
    net.connect("more", "output", weights=1.7e308)
    with pytest.raises(DivergenceError, match=r"far: net input of unit output:0 became inf at tick 1, so the network cannot settle"):
        cn.settle(net, [1.0, 1.0], engine=engine)


def test_a_network_that_diverges_raises_and_names_the_unit(engine: str) -> None:
    net = delayed(1, 1.0)
    net.connect("output", "output", delay=1, weights=1e200)
    with pytest.raises(DivergenceError, match=r"delayed: unit output:0 became inf at tick \d+, so the network cannot settle"):
        cn.settle(net, [1.0], engine=engine)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"cue": [1, 0]}, "input for group 'other' is missing (got 'cue'; the input groups are 'cue', 'other')"),
        ({"cue": [1, 0], "pool": [1.0]}, "input for group 'other' is missing (got 'cue'; the input groups are 'cue', 'other')"),
        ({"cue": [1, 0], "oter": [1]}, "unknown group 'oter'; did you mean 'other'? Known: cue, other, pool"),
        ({"cue": [1, 0, 1], "other": [1]}, "input: must have 2 values, since group 'cue' has 2 units (got 3)"),
        ({"cue": [1, 0], "other": [1], "pool": [1, 1]}, "input: must have 1 value, since group 'pool' has 1 unit (got 2)"),
        ({"cue": [1, 0], "other": ["a"]}, "input of group 'other': must be numbers"),
    ],
)
def test_wrong_inputs_of_settle_name_the_group_what_came_and_what_is_allowed(inputs: Any, message: str, engine_in_time: str) -> None:
    net = cn.Network("pool")
    net.add_group("cue", 2, role="input")
    net.add_group("other", 1, role="input")
    net.add_group("pool", 1, role="output", integrates="activation", dt=0.5)
    net.connect("cue", "pool")
    net.connect("other", "pool")
    with pytest.raises(cn.ConnectionistError, match=re.escape(message)):
        cn.settle(net, inputs, engine=engine_in_time)


def test_inputs_are_0_beside_clamps_alone() -> None:
    net = cn.Network("pool")
    net.add_group("cue", 1, role="input")
    net.add_group("pool", 1, role="output", integrates="activation", dt=0.5)
    net.connect("cue", "pool")
    cn.settle(net, {"cue": [0.75]})
    cn.settle(net, {"pool": [1.0]})
    assert net["cue"].activations.tolist() == [0.0]
