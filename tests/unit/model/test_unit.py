"""A unit does the arithmetic of 1986, from what it can see locally."""

import math

import pytest

import connectionist as cn


@pytest.fixture
def chain() -> cn.Network:
    """input → middle → output with a direct connection; weights chosen so that every number can be worked by hand."""
    net = cn.Network("chain")
    net.add_group("input", ["a"], role="input")
    net.add_group("middle", ["b"], activation="linear", biased=False)
    net.add_group("output", ["c", "d"], role="output", activation="linear", biased=False)
    net.connect("input", "middle", weights=2.0)
    net.connect("middle", "output", weights=[[3.0, -1.0]])
    net.connect("input", "output", weights=[[0.5, 0.0]])
    return net


def test_forward_equations_1_and_2(chain: cn.Network) -> None:
    assert chain.forward([1.5]).tolist() == [3.0 * 3.0 + 0.5 * 1.5, -3.0]
    assert chain.unit("middle:b").net_input == 3.0


def test_backward_equations_4_to_7(chain: cn.Network) -> None:
    chain.forward([1.5])
    error = chain.backward([8.75, -5.0])
    assert error == 0.5 * (1.0 + 4.0)
    c, d, b = chain.unit("output:c"), chain.unit("output:d"), chain.unit("middle:b")
    assert (c.activation_derivative, d.activation_derivative) == (1.0, 2.0)
    assert b.activation_derivative == 1.0 * 3.0 + 2.0 * -1.0
    assert chain.connection("input:a", "middle:b").weight.derivative == b.net_derivative * 1.5
    assert chain.connection("middle:b", "output:d").weight.derivative == 2.0 * 3.0
    assert chain.connection("input:a", "output:c").weight.derivative == 1.5


def test_the_slope_stands_between_activation_derivative_and_net_derivative(net: cn.Network) -> None:
    net.forward([1, 1])
    net.backward([1])
    for unit in (*net["hidden"], *net["output"]):
        slope = unit.activation * (1 - unit.activation)
        assert unit.net_derivative == pytest.approx(unit.activation_derivative * slope, rel=1e-15)
        assert unit.net_derivative != 0.0


def test_without_a_target_there_is_no_error_and_no_derivative(chain: cn.Network) -> None:
    chain.forward([1.5])
    assert chain.backward([math.nan, -3.5]) == 0.125
    assert math.isnan(chain.unit("output:c").target)
    assert chain.unit("output:c").activation_derivative == 0.0
    assert chain.connection("middle:b", "output:c").weight.derivative == 0.0


@pytest.mark.parametrize(("activation", "error"), [(0.81, 0.0), (0.79, 0.5 * 0.21 * 0.21)])
def test_outside_the_margin_the_full_error_counts(activation: float, error: float) -> None:
    net = cn.Network("margin")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", margin=0.2, biased=False)
    net.connect("input", "output", weights=1.0)
    net.forward([activation])
    assert net.backward([1]) == pytest.approx(error, rel=1e-12)
    assert net.unit("output:0").net_derivative == pytest.approx(0.0 if error == 0.0 else -0.21, rel=1e-12)


def test_an_output_unit_that_sends_on_adds_its_own_error_to_what_it_is_handed() -> None:
    net = cn.Network("two outputs")
    net.add_group("input", 1, role="input")
    net.add_group("first", 1, role="output", activation="linear", biased=False)
    net.add_group("second", 1, role="output", activation="linear", biased=False)
    net.connect("input", "first", weights=1.0)
    net.connect("first", "second", weights=2.0)
    net.forward([1.0])
    net.backward([0.5, 5.0])
    assert net.unit("first:0").activation_derivative == (1.0 - 0.5) + 2.0 * (2.0 - 5.0)


def test_no_error_goes_back_through_a_one_way_connection_but_its_weight_has_its_derivative() -> None:
    net = cn.Network("one way")
    net.add_group("input", 1, role="input")
    net.add_group("middle", 1, activation="linear", biased=False)
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "middle", weights=1.0)
    net.connect("middle", "output", weights=2.0, backpropagate=False)
    net.forward([3.0])
    net.backward([5.0])
    assert net.connection("middle:0", "output:0").weight.derivative == (6.0 - 5.0) * 3.0
    assert net.unit("middle:0").activation_derivative == 0.0
    assert net.connection("input:0", "middle:0").weight.derivative == 0.0


def test_a_unit_with_nothing_incoming_answers_to_0() -> None:
    net = cn.Network("lonely")
    net.add_group("output", 1, role="output", biased=False)
    assert net.forward([]).tolist() == [0.5]


def test_names_and_labels(chain: cn.Network, net: cn.Network) -> None:
    assert (chain.unit("middle:b").name, chain.unit("middle:b").label) == ("middle:b", "b")
    assert (net["hidden"][1].name, net.unit("bias").name) == ("hidden:1", "bias")
    assert repr(net.unit("bias")) == "<Unit bias, activation 1>"
