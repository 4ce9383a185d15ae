"""Initial activations, and units in continuous time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.model.timing import Timing


def leaky(integrates: str | None, dt: float = 0.25, activation: str = "linear", **options: Any) -> cn.Network:
    net = cn.Network("leaky")
    net.add_group("input", 1, role="input")
    options |= {"integrates": integrates, "dt": dt} if integrates else {}
    net.add_group("output", 1, role="output", activation=activation, biased=False, **options)
    net.connect("input", "output", weights=1.0)
    return net


def test_an_integrator_of_net_input_goes_part_of_the_way_each_tick() -> None:
    net = leaky("net_input", activation="logistic", initial_net_input=2.0, initial=0.5)
    outputs = net.forward([[1.0], [1.0], [0.0]]).ravel()
    x = np.array([0.25 + 0.75 * 2.0, 0.25 + 0.75 * 1.75, 0.75 * 1.5625])
    assert outputs == pytest.approx(1 / (1 + np.exp(-x)), rel=1e-15)
    assert net.unit("output:0").net_input == x[2]


def test_an_integrator_of_activation_goes_part_of_the_way_to_its_answer() -> None:
    net = leaky("activation", activation="logistic", initial=0.75)
    outputs = net.forward([[0.0], [0.0]]).ravel()
    assert outputs.tolist() == [0.25 * 0.5 + 0.75 * 0.75, 0.25 * 0.5 + 0.75 * 0.6875]
    assert net.unit("output:0").net_input == 0.0


@given(
    integrates=st.sampled_from(["net_input", "activation"]),
    inputs=st.lists(st.floats(-3, 3), min_size=1, max_size=5),
    activation=st.sampled_from(["linear", "tanh", "logistic"]),
)
def test_with_a_dt_of_1_an_integrator_is_a_usual_unit(integrates: str, inputs: list[float], activation: str) -> None:
    patterns = [[value] for value in inputs]
    usual, at_once = leaky(None, activation=activation), leaky(integrates, 1.0, activation)
    usual.connect("output", "output", delay=1, weights=0.5)
    at_once.connect("output", "output", delay=1, weights=0.5)
    assert np.array_equal(usual.forward(patterns), at_once.forward(patterns))
    targets = [[0.25]] * len(inputs)
    assert usual.backward(targets) == at_once.backward(targets)
    assert [w.derivative for w in usual.weights] == pytest.approx([w.derivative for w in at_once.weights], rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("integrates", ["net_input", "activation"])
def test_each_unit_may_have_its_own_dt_and_start(integrates: str) -> None:
    net = cn.Network("own")
    net.add_group("input", 1, role="input")
    options: dict[str, Any] = {"initial_net_input": [4.0, 8.0]} if integrates == "net_input" else {}
    net.add_group(
        "output", 2, role="output", activation="linear", biased=False, integrates=integrates, dt=[0.5, 0.25], initial=[4.0, 8.0], **options
    )
    net.connect("input", "output", weights=1.0)
    assert net.forward([[0.0], [0.0]]).tolist() == [[2.0, 6.0], [1.0, 4.5]]


def test_linear_units_of_both_kinds_are_the_same_and_come_near_the_exponential() -> None:
    """dx/dt = −x in steps of 1/n: after one unit of time about 1/e is left (Pearlmutter 1989)."""
    nets = leaky("net_input", 1 / 200, initial_net_input=1.0), leaky("activation", 1 / 200, initial=1.0)
    left = [net.forward(np.zeros((200, 1)))[-1, 0] for net in nets]
    assert left[0] == pytest.approx(left[1], rel=1e-12)
    assert left[0] == pytest.approx(np.exp(-1.0), rel=5e-3)


@pytest.mark.parametrize("integrates", ["net_input", "activation"])
def test_error_goes_back_through_an_integrator_by_itself(integrates: str) -> None:
    """A linear integrator with dt = 1/4: ∂E/∂w over ticks 1 and 2 of an error of tick 2 alone."""
    net = leaky(integrates)
    net.tie_derivative = "sum"
    net.forward([[1.0], [3.0]])
    y = 0.25 * 3 + 0.75 * 0.25
    assert net.backward([[np.nan], [0.0]]) == 0.5 * y**2
    assert net.connection("input:0", "output:0").weight.derivative == pytest.approx(y * 0.25 * (3.0 + 0.75 * 1.0), rel=1e-15)


def test_softmax_units_may_integrate_their_net_input() -> None:
    net = cn.Network("soft")
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", activation="softmax", error="divergence", biased=False, integrates="net_input", dt=0.5)
    net.connect("input", "output", weights=[[2.0, 0.0]])
    x = np.array([1.0, 1.5])
    assert net.forward([[1.0], [1.0]])[:, 0] == pytest.approx(np.exp(x) / (np.exp(x) + 1), rel=1e-15)


def test_an_integrating_network_runs_in_time_though_it_has_no_delays() -> None:
    net = leaky("net_input")
    assert net.in_time == "leaky: the units of group 'output' integrate"
    assert net.forward([[1.0]]).shape == (1, 1)
    assert net.unroll(2).in_time == ""


@pytest.mark.parametrize("value", [0.3, [0.25, 0.5]])
def test_initial_activations_are_a_number_or_one_for_each_unit(net: cn.Network, value: object) -> None:
    group = net.add_group("late", 2, initial=value)  # type: ignore[arg-type]
    assert group.initial.tolist() == np.broadcast_to(np.asarray(value), 2).tolist()
    with pytest.raises(ValueError, match="read-only"):
        group.initial[0] = 1.0
    group.initial = 0.5
    assert group.initial.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial": [1, 2, 3]}, r"group 'late', initial: must be one finite number, or one for each of 2 units \(got \[1, 2, 3\]\)"),
        ({"initial": np.inf}, r"group 'late', initial: must be one finite number, or one for each of 2 units \(got inf\)"),
        ({"initial": "high"}, r"group 'late', initial: must be numbers \(got <U4 'high'\)"),
        ({"initial": None}, r"group 'late', initial: must be numbers"),
        ({"integrates": "output"}, r"group 'late', integrates: must be None, 'net_input' or 'activation' \(got 'output'\)"),
        ({"integrates": "net_input", "dt": 0}, r"group 'late', dt: must be a number above 0 and at most 1 \(got 0.0\)"),
        ({"integrates": "net_input", "dt": [0.5, 1.5]}, r"group 'late', dt: must be a number above 0 and at most 1 \(got 1.5\)"),
        ({"integrates": "net_input", "dt": np.nan}, r"group 'late', dt: must be one finite number, or one for each of 2 units \(got nan\)"),
        ({"dt": 0.5}, r"group 'late', dt: needs integrates='net_input' or integrates='activation' .got 0.5"),
        ({"initial_net_input": 1.0}, r"group 'late', initial_net_input: needs integrates='net_input'"),
        ({"integrates": "activation", "initial_net_input": 1.0}, "needs integrates='net_input'"),
        ({"integrates": "activation", "activation": "softmax"}, r"a joint function's units can integrate their net input only"),
        ({"integrates": "net_input", "role": "input"}, r"group 'late', integrates: is for hidden and output groups only"),
    ],
)
def test_what_a_group_cannot_be_in_time_is_rejected_and_not_added(net: cn.Network, options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        net.add_group("late", 2, **options)  # type: ignore[arg-type]
    assert [group.name for group in net.groups] == ["input", "hidden", "output"]
    net.add_group("late", 2)


def test_what_is_assigned_is_checked_as_what_is_given(net: cn.Network) -> None:
    with pytest.raises(ParameterError, match=r"group 'hidden', dt: needs integrates="):
        net["hidden"].dt = 0.5
    with pytest.raises(ParameterError, match=r"group 'hidden', initial: must be one finite number"):
        net["hidden"].initial = [0.5]
    assert net["hidden"].initial.tolist() == [0.0, 0.0]


def test_a_copy_starts_and_goes_on_as_the_network_does() -> None:
    net = leaky("net_input", activation="tanh", initial=0.5, initial_net_input=-1.0)
    copy = net.copy()
    assert copy.forward([[1.0], [0.0]]).tolist() == net.forward([[1.0], [0.0]]).tolist()
    copy["output"].dt = 1.0
    assert copy.forward([[1.0], [0.0]]).tolist() != net.forward([[1.0], [0.0]]).tolist()


def test_timing_keeps_what_it_is_not_told_to_change() -> None:
    timing = Timing.of("group", 2, initial=0.5, integrates="net_input", dt=[0.25, 0.5], initial_net_input=1.0)
    changed = timing.changed(dt=0.75)
    assert (changed.initial.tolist(), changed.integrates, changed.dt.tolist()) == ([0.5, 0.5], "net_input", [0.75, 0.75])
    assert changed.initial_net_input.tolist() == [1.0, 1.0]


def test_an_activation_that_the_error_function_does_not_know_is_rejected_as_a_start() -> None:
    """A logistic unit that integrates its activation and starts from 2 is above 1 for a while, where there is no cross-entropy."""
    net, message = cn.Network("far"), r"initial: 'cross_entropy' needs activations from 0 to 1, and units that .* \(got 2\)"
    with pytest.raises(ParameterError, match="group 'output', " + message):
        net.add_group("output", 2, role="output", error="cross_entropy", integrates="activation", dt=0.5, initial=[0.5, 2.0])
    group = net.add_group("output", 2, role="output", integrates="activation", dt=0.5, initial=[0.5, 2.0])
    with pytest.raises(ParameterError, match=message):
        group.error_function = "cross_entropy"
    group.initial = 0.5
    group.error_function = "cross_entropy"
    with pytest.raises(ParameterError, match=message):
        group.initial = 2.0
    with pytest.raises(ParameterError, match=message):
        net.unroll(1)["output@1"].initial = 2.0
    net.add_group("usual", 1, role="output", error="cross_entropy", initial=2.0)
