"""One copy of every number: views and arrays are the same memory."""

import numpy as np

import connectionist as cn
from connectionist.model.state import UnitState, WeightState


def test_growing_keeps_what_was_there_and_adds_zeros() -> None:
    state = WeightState()
    assert state.grow(3) == 0
    state.array("value")[:] = [1.0, 2.0, 3.0]
    assert state.grow(1000) == 3
    assert state.size == 1003
    assert state.array("value")[:3].tolist() == [1.0, 2.0, 3.0]
    assert not state.array("value")[3:].any()


def test_item_and_array_are_one_memory_after_growing_too() -> None:
    state = UnitState()
    for count in (2, 500, 1):
        state.grow(count)
        state.net_input[1] = float(count)
        assert state.array("net_input")[1] == count
        state.array("activation")[state.size - 1] = 0.25
        assert state.activation[state.size - 1] == 0.25


def test_every_quantity_has_an_array_of_its_own(net: cn.Network) -> None:
    for state in (net.state, net.weight_state):
        for number, quantity in enumerate(state.quantities):
            state.array(quantity)[:] = number
        assert [set(state.array(quantity)) for quantity in state.quantities] == [{n} for n in range(len(state.quantities))]


def test_what_is_assigned_to_the_object_is_in_the_array_and_the_other_way_round(net: cn.Network) -> None:
    weight = net.weights[3]
    weight.value = 0.3
    assert net.weight_state.array("value")[weight.row] == 0.3
    net.weight_state.array("change")[weight.row] = -0.5
    assert weight.change == -0.5
    unit = net["hidden"][1]
    net["hidden"].activations[1] = 0.875
    assert unit.activation == 0.875
    assert np.count_nonzero(net.state.array("activation") == 0.875) == 1
