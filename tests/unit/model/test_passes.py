"""One case through the objects: what adds up, what is cleared, what is averaged."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.model.propagation import passes


def test_weight_derivatives_add_up_from_pass_to_pass_until_they_are_cleared(net: cn.Network) -> None:
    singles = []
    for inputs, targets in (([0.0, 1.0], [1.0]), ([1.0, 1.0], [0.0])):
        net.forward(inputs)
        net.backward(targets)
        singles.append(net.weight_state.array("derivative").copy())
    passes.clear_derivatives(net.weight_state)
    assert not net.weight_state.array("derivative").any()
    for inputs, targets in (([0.0, 1.0], [1.0]), ([1.0, 1.0], [0.0])):
        passes.run(net, inputs)
        passes.compare(net.schedule, net.state, targets)
        passes.backward(net.schedule.steps)
    assert net.weight_state.array("derivative").tolist() == (singles[0] + singles[1]).tolist()


def test_backward_gives_the_derivatives_of_this_case_only_and_can_be_repeated(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([1])
    once = net.weight_state.array("derivative").copy()
    net.backward([1])
    assert net.weight_state.array("derivative").tolist() == once.tolist()


@pytest.mark.parametrize(("tie_derivative", "share"), [("mean", 1 / 3), ("sum", 1.0)])
def test_the_derivative_of_a_tied_weight_is_the_mean_or_sum_of_its_connections(tie_derivative: str, share: float) -> None:
    net = cn.Network("tied", tie_derivative=tie_derivative)
    net.add_group("input", 3, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=0.5)
    weight = net.tie(net.projection("input", "output").connections)
    net.forward([1.0, 2.0, 4.0])
    net.backward([3.0])
    assert [connection.derivative for connection in net.connections] == [0.5, 1.0, 2.0]
    assert weight.derivative == pytest.approx(3.5 * share, rel=1e-15)


def test_lesioned_input_units_are_clamped_to_0(net: cn.Network) -> None:
    whole = net.forward([0, 1])
    net.lesion("input:0")
    assert net.forward([1, 1]).tolist() == whole.tolist()
    assert net.unit("input:0").activation == 0.0


def test_sums_are_made_in_the_order_of_the_incoming_connections() -> None:
    """1e16 + 1 − 1e16 is 0 in float64 from left to right; a compensated sum would make it 1."""
    net = cn.Network("order of sums")
    net.add_group("input", 3, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=1.0)
    assert net.forward([1e16, 1.0, -1e16]).tolist() == [0.0]
    assert net.forward([1e16, -1e16, 1.0]).tolist() == [1.0]
    assert np.isfinite(net.weight_values).all()
