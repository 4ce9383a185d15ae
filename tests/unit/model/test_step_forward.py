"""One tick at a time: `step_forward` continues from the state in which the last call left the network."""

import numpy as np
import pytest

import connectionist as cn


@pytest.fixture
def net() -> cn.Network:
    made = cn.simple_recurrent_network("srn", 2, 3, 2, initial=0.5)
    made.randomize(1.0, seed=1)
    return made


INPUTS = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])


def test_single_ticks_are_those_of_the_whole_sequence(net: cn.Network) -> None:
    whole = net.copy().forward(INPUTS)
    assert np.array_equal([net.step_forward(row) for row in INPUTS], whole)


@pytest.mark.parametrize(
    "between",
    [
        lambda net: net.step_forward(INPUTS[0], restart=True),
        lambda net: (net.forward(INPUTS), net.step_forward(INPUTS[0])),
        lambda net: (net.lesion("hidden:0"), net.restore(), net.step_forward(INPUTS[0])),
    ],
)
def test_other_cases_and_changes_of_the_wiring_end_the_sequence(net: cn.Network, between: object) -> None:
    whole = net.forward(INPUTS[:2])
    net.step_forward(INPUTS[2])
    assert callable(between)
    between(net)
    assert np.array_equal(net.step_forward(INPUTS[1]), whole[1])


def test_a_delay_of_three_ticks_needs_the_state_of_three_ticks() -> None:
    net = cn.Network("delayed")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=1.0, delay=3)
    assert [net.step_forward([value]).item() for value in (3.0, 4.0, 5.0, 6.0, 7.0)] == [0.0, 0.0, 0.0, 3.0, 4.0]


def test_units_can_be_clamped_for_one_tick(net: cn.Network) -> None:
    net.step_forward({"input": INPUTS[0], "hidden": [0.25, 0.5, 0.75]})
    assert net["hidden"].activations.tolist() == [0.25, 0.5, 0.75]
    net.step_forward(INPUTS[1])
    assert net["context"].activations.tolist() == [0.25, 0.5, 0.75]
    assert not net.unit("hidden:0").is_clamped


def test_misuse_is_an_error(net: cn.Network) -> None:
    with pytest.raises(cn.errors.DataError, match="must have 2 values, since group 'input' has 2 units"):
        net.step_forward(INPUTS)
    with pytest.raises(cn.errors.ParameterError, match=r"step_forward.restart.*got 'yes'"):
        net.step_forward(INPUTS[0], restart="yes")  # type: ignore[arg-type]
    layered = cn.Network("layered")
    layered.add_group("input", 1, role="input")
    with pytest.raises(cn.errors.WiringError, match=r"layered.step_forward: the network has neither delays .* use forward"):
        layered.step_forward([1.0])
