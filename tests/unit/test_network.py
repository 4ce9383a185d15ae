"""One case at a time, and weights all at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ParameterError, PatternError, UnknownNameError, WiringError


def test_the_docstrings_two_weights() -> None:
    net = cn.Network("hand")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", activation="linear")
    net.connect("input", "output", weights=[[2.0], [-1.0]])
    assert net.forward([3, 4]).tolist() == [2.0]


@given(st.integers(0, 10**9), st.floats(0, 10))
def test_randomize_draws_every_trainable_weight_within_its_range(seed: int, half_range: float) -> None:
    net = cn.Network("drawn")
    net.add_group("input", 3, role="input")
    net.add_group("output", 3, role="output")
    net.connect("input", "output", weights=7.0, trainable=False)
    net.randomize(half_range, seed)
    assert net.projection("input", "output").weights.tolist() == [[7.0] * 3] * 3
    biases = net.projection("bias", "output").weights
    assert (np.abs(biases) <= half_range).all()
    assert len(set(biases[0])) == 3 or half_range < 1e-300


def test_randomize_can_be_told_which_and_is_repeatable(net: cn.Network) -> None:
    before = net.weight_values
    only = [connection.weight for connection in net.projection("input", "hidden")]
    net.randomize(0.5, seed=9, among=only)
    changed = net.weight_values != before
    assert changed.sum() == 4
    values = net.weight_values
    net.randomize(0.5, seed=9, among=only)
    assert np.array_equal(net.weight_values, values)


def test_randomize_refuses_what_is_out_of_range(net: cn.Network) -> None:
    with pytest.raises(ParameterError, match=r"randomize.half_range: must be a number at least 0"):
        net.randomize(-0.5)
    with pytest.raises(ParameterError, match="seed: must be a whole number"):
        net.randomize(0.5, seed=-1)


def test_weight_values_are_a_copy_to_read_and_assignable_as_a_whole(net: cn.Network) -> None:
    values = net.weight_values
    values[:] = 0.0
    assert net.weight_values.any()
    net.weight_values = np.arange(len(net.weights))
    assert [weight.value for weight in net.weights] == list(range(len(net.weights)))
    with pytest.raises(PatternError, match=r"xor.weight_values: must be 11 numbers \(got shape \(3,\)\)"):
        net.weight_values = [1, 2, 3]
    with pytest.raises(PatternError, match=r"xor.weight_values\[2\]: must be finite \(got nan\)"):
        net.weight_values = [0, 0, np.nan, *[0] * 8]
    assert net.weight_values[2] == 2


def test_backward_comes_after_forward_and_anew_after_rewiring(net: cn.Network) -> None:
    with pytest.raises(WiringError, match=r"xor.backward: call forward first"):
        net.backward([1])
    net.forward([0, 1])
    net.backward([1])
    net.lesion("hidden:0")
    with pytest.raises(WiringError, match="the network was built or rewired since"):
        net.backward([1])


def test_hand_set_weights_take_effect_in_every_engine(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    first = net.outputs(xor, engine)
    net.connection("bias", "output:0").weight.value += 1.0
    second = net.outputs(xor, engine)
    assert (second > first).all()
    assert second[2] == pytest.approx(net.forward([1, 0]), rel=1e-12)


def test_engines_come_by_name_or_as_objects(net: cn.Network, xor: cn.ExampleSet) -> None:
    from connectionist.plugins import registry

    by_object = net.outputs(xor, registry().find("engines", "local")())
    assert np.array_equal(by_object, net.outputs(xor, "local"))
    with pytest.raises(UnknownNameError, match="unknown engine 'locale'; did you mean 'local'"):
        net.outputs(xor, "locale")


@pytest.mark.parametrize("tie_derivative", ["average", None, ""])
def test_ties_have_their_mean_or_their_sum(tie_derivative: str) -> None:
    with pytest.raises(ParameterError, match=r"Network.tie_derivative: must be 'mean' or 'sum'"):
        cn.Network(tie_derivative=tie_derivative)


def test_a_network_shows_its_groups(net: cn.Network) -> None:
    assert repr(net) == "<Network xor: input 2, hidden 2, output 1; 11 connections>"
