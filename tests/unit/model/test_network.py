"""One case at a time, and weights all at once."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import DataError, ParameterError, UnknownNameError, WiringError


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


def test_projections_drawn_one_by_one_have_different_numbers(net: cn.Network) -> None:
    drawn = []
    for projection in net.projections:
        net.randomize(0.5, seed=9, among=projection)
        drawn += [connection.weight.value for connection in projection]
    assert len(set(drawn)) == len(net.weights)


def test_randomize_rejects_weights_of_another_network(net: cn.Network) -> None:
    other = net.copy()
    before = other.weight_values
    with pytest.raises(WiringError, match=r"randomize.among: some of these weights belong to another network than"):
        net.randomize(0.5, seed=9, among=other.projection("input", "hidden"))
    assert np.array_equal(other.weight_values, before)


def test_randomize_rejects_a_range_without_finite_width(net: cn.Network) -> None:
    net.randomize(8e307, seed=2)
    with pytest.raises(ParameterError, match=r"half_range: must be a number of at least 0 and at most 8.98847e\+307 \(got 1e\+308\)"):
        net.randomize(1e308)


def test_randomize_rejects_what_is_out_of_range(net: cn.Network) -> None:
    with pytest.raises(ParameterError, match=r"randomize.half_range: must be a number of at least 0"):
        net.randomize(-0.5)
    with pytest.raises(ParameterError, match="seed: must be a whole number"):
        net.randomize(0.5, seed=-1)


def test_weight_values_are_a_copy_to_read_and_assignable_as_a_whole(net: cn.Network) -> None:
    values = net.weight_values
    values[:] = 0.0
    assert net.weight_values.any()
    net.weight_values = np.arange(len(net.weights))
    assert [weight.value for weight in net.weights] == list(range(len(net.weights)))
    with pytest.raises(DataError, match=r"xor.weight_values: must be 11 numbers \(got shape \(3,\)\)"):
        net.weight_values = [1, 2, 3]
    with pytest.raises(DataError, match=r"xor.weight_values\[2\]: must be finite \(got nan\)"):
        net.weight_values = [0, 0, np.nan, *[0] * 8]
    assert net.weight_values[2] == 2


def test_backward_comes_after_forward_and_anew_after_rewiring(net: cn.Network) -> None:
    with pytest.raises(WiringError, match=r"xor.backward: call forward first"):
        net.backward([1])
    net.forward([0, 1])
    net.backward([1])
    net.lesion("hidden:0")
    with pytest.raises(WiringError, match="there was none since the network was last changed, or since an engine ran it"):
        net.backward([1])


def test_hand_set_weights_take_effect_in_every_engine(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    first = net.outputs(xor, engine)
    net.connection("bias", "output:0").weight.value += 1.0
    second = net.outputs(xor, engine)
    assert (second > first).all()
    assert second[2] == pytest.approx(net.forward([1, 0]), rel=1e-12)


def test_engines_come_by_name_or_as_objects(net: cn.Network, xor: cn.ExampleSet) -> None:
    from connectionist.plugins import registry

    by_object = net.outputs(xor, registry.find("engines", "local")())
    assert np.array_equal(by_object, net.outputs(xor, "local"))
    with pytest.raises(UnknownNameError, match="unknown engine 'locale'; did you mean 'local'"):
        net.outputs(xor, "locale")


@pytest.mark.parametrize("tie_derivative", ["average", None, ""])
def test_ties_have_their_mean_or_their_sum(tie_derivative: str) -> None:
    with pytest.raises(ParameterError, match=r"Network.tie_derivative: must be 'mean' or 'sum'"):
        cn.Network(tie_derivative=tie_derivative)


def test_a_network_shows_its_groups(net: cn.Network) -> None:
    assert repr(net) == "<Network xor: input 2, hidden 2, output 1; 11 connections>"


@pytest.fixture
def echo() -> cn.Network:
    """A network in time whose only unit adds half of what it was to what comes in."""
    net = cn.Network("echo")
    net.add_group("left", 1, role="input")
    net.add_group("right", 1, role="input")
    net.add_group("output", ["o"], role="output", activation="linear", biased=False)
    net.connect("left", "output", weights=1.0)
    net.connect("right", "output", weights=-1.0)
    net.connect("output", "output", delay=1, weights=0.5)
    return net


def test_a_network_in_time_answers_tick_by_tick_and_shows_the_last(echo: cn.Network) -> None:
    assert echo.forward([[4, 0], [0, 0], [0, 1]]).tolist() == [[4.0], [2.0], [0.0]]
    assert echo.unit("right:0").activation == 1.0
    assert echo.backward([[0.0], [0.0], [1.0]]) == 0.5 * (16 + 4 + 1)
    assert (echo.unit("output:o").target, echo.unit("output:o").net_derivative) == (1.0, -1.0)
    assert echo.unrolled is not None
    assert [echo.unrolled.unit(f"output:o@{tick}").net_derivative for tick in (3, 2, 1)] == [-1.0, 1.5, 4.75]
    assert echo.connection("output:o", "output:o").weight.derivative == pytest.approx((-1.0 * 2 + 1.5 * 4) / 3)


def test_inputs_and_targets_of_a_network_in_time_by_group(echo: cn.Network) -> None:
    by_group = echo.forward({"right": [[0], [0], [1]], "left": [[4], [0], [0]]})
    assert by_group.tolist() == [[4.0], [2.0], [0.0]]
    assert echo.backward({"output": [[np.nan], [np.nan], [3.0]]}) == 4.5


def test_one_network_takes_sequences_of_any_length_in_turn(echo: cn.Network) -> None:
    for ticks in (3, 1, 2, 3, 1):
        assert echo.forward([[4, 0]] + [[0, 0]] * (ticks - 1)).ravel().tolist() == [4.0, 2.0, 1.0][:ticks]
        assert echo.unrolled is not None
        assert echo.unrolled.ticks == ticks


def test_there_is_nothing_unrolled_before_forward_and_for_a_network_without_time(echo: cn.Network, net: cn.Network) -> None:
    assert echo.unrolled is None
    net.forward([0, 1])
    assert net.unrolled is None
    echo.forward([[1, 1]])
    echo.connect("left", "output", delay=2)
    assert echo.unrolled is None


def test_backward_in_time_comes_after_forward_and_anew_after_rewiring_or_examples(echo: cn.Network) -> None:
    with pytest.raises(WiringError, match=r"echo.backward: call forward first"):
        echo.backward([[1]])
    echo.forward([[0, 1]])
    echo.lesion("left:0")
    with pytest.raises(WiringError, match="there was none since the network was last changed, or since an engine ran it"):
        echo.backward([[1]])
    echo.forward([[0, 1]])
    echo.outputs(cn.ExampleSet([cn.Example.sequence([[0, 1]], [[1]])]), "local")
    with pytest.raises(WiringError, match=r"echo.backward: call forward first"):
        echo.backward([[1]])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([0, 1], r"inputs must be of shape \[tick, input unit\], at least one tick \(got shape \(2,\)\)"),
        (np.zeros((0, 2)), r"at least one tick \(got shape \(0, 2\)\)"),
        (np.zeros((2, 2, 2)), r"at least one tick \(got shape \(2, 2, 2\)\)"),
        ({}, r"inputs must be of shape \[tick, input unit\], at least one tick \(got {}\)"),
        (
            {"left": [1], "right": [1]},
            r"inputs of group 'left' must be of shape \[tick, input unit\], at least one tick \(got shape \(1,\)\)",
        ),
    ],
)
def test_a_network_in_time_rejects_what_has_no_ticks_and_says_why(echo: cn.Network, inputs: object, message: str) -> None:
    with pytest.raises(DataError, match="echo: output → output has a delay of 1, so .*" + message):
        echo.forward(inputs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([[0, 1, 2]], r"input: must have 2 values, since group 'left' has 1 unit and group 'right' has 1 unit \(got 3\)"),
        ([[0, 1], [0, np.nan]], r"input, unit right:0 at tick 2: must be finite, since input units cannot be computed \(got nan\)"),
        ({"left": [[1]], "right": [[1], [2]]}, r"input: all groups must have the same ticks \(got {'left': 1, 'right': 2}\)"),
        ({"left": [[1]]}, r"input for group 'right' is missing \(got 'left'; the input groups are 'left', 'right'\)"),
        ([["a", "b"]], "input: must be numbers"),
        ([[1, 2], [3]], "input: must be numbers"),
    ],
)
def test_inputs_in_time_that_do_not_fit_are_rejected_with_their_tick(echo: cn.Network, inputs: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        echo.forward(inputs)  # type: ignore[arg-type]


def test_unknown_groups_are_named_in_time_as_well(echo: cn.Network) -> None:
    with pytest.raises(UnknownNameError, match="unknown group 'lefd'; did you mean 'left'"):
        echo.forward({"lefd": [[1]], "right": [[1]]})


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([[1]], r"echo.backward: targets must have the 2 ticks that the inputs had \(got 1\)"),
        ([[1]] * 3, r"echo.backward: targets must have the 2 ticks that the inputs had \(got 3\)"),
        ([1, 1], r"so targets must be of shape \[tick, target unit\], at least one tick \(got shape \(2,\)\)"),
        ([[1, 1]] * 2, r"target: must have 1 value, since group 'output' has 1 unit \(got 2\)"),
        ([[1], [np.inf]], r"target, unit output:o at tick 2: must be finite, or NaN for none \(got inf\)"),
    ],
)
def test_targets_in_time_that_do_not_fit_are_rejected_with_their_tick(echo: cn.Network, targets: object, message: str) -> None:
    echo.forward([[0, 1], [0, 1]])
    with pytest.raises(DataError, match=message):
        echo.backward(targets)  # type: ignore[arg-type]


def test_a_network_in_time_needs_no_input_group() -> None:
    net = cn.Network("clock")
    net.add_group("output", 2, role="output", activation="linear", biased=False, initial=[1.0, 0.0])
    net.connect("output", "output", [[False, True], [True, False]], delay=1, weights=1.0)
    assert net.forward(np.zeros((3, 0))).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("ticks_back", [0, -1, 1.5, True, "all"])
def test_ticks_back_is_a_whole_number_of_at_least_1_or_none(echo: cn.Network, ticks_back: int) -> None:
    message = rf"Network.ticks_back: must be a whole number of at least 1 and at most 1000000 \(got {ticks_back!r}\)"
    with pytest.raises(ParameterError, match=message):
        cn.Network(ticks_back=ticks_back)
    with pytest.raises(ParameterError, match=message):
        echo.ticks_back = ticks_back
    assert echo.ticks_back is None


def test_ticks_back_and_ties_are_taken_up_by_the_next_backward_pass_and_by_a_copy(echo: cn.Network) -> None:
    weight = echo.connection("output:o", "output:o").weight
    found = []
    for echo.ticks_back, echo.tie_derivative in ((None, "sum"), (1, "sum"), (2, "sum"), (2, "mean")):
        echo.forward([[4, 0], [0, 0], [0, 0]])
        echo.backward([[np.nan], [np.nan], [0.0]])
        found.append(weight.derivative)
    assert found == [1.0 * 2 + 0.5 * 4, 1.0 * 2, 1.0 * 2 + 0.5 * 4, 4.0 / 3]
    copy = echo.copy()
    assert (copy.ticks_back, copy.tie_derivative) == (2, "mean")
    copy.forward([[4, 0], [0, 0], [0, 0]])
    assert copy.backward([[0.0]] * 3) == 0.5 * (16 + 4 + 1)


def test_a_pass_of_an_engine_between_forward_and_backward_is_noticed(engine_in_time: str) -> None:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.connect("output", "output", delay=1)
    net.randomize(0.5, seed=1)
    others = cn.ExampleSet([cn.Example.sequence([[1.0], [1.0]], {2: [0.0]})])
    net.forward([[0.0], [1.0]])
    for run in (
        lambda: cn.error_derivatives(net, others, engine_in_time),
        lambda: cn.train(net, others, cn.rule("steepest", rate=0.1), 2, engine=engine_in_time),
        lambda: cn.settle(net, [1.0], engine=engine_in_time),
    ):
        net.forward([[0.0], [1.0]])
        run()
        with pytest.raises(WiringError, match="call forward first"):
            net.backward([[1.0], [1.0]])


def test_an_unrolled_network_rejects_sequences(engine: str) -> None:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", biased=False)
    net.connect("output", "output", delay=1)
    others = cn.ExampleSet([cn.Example.sequence([[1.0, 0.0], [1.0, 0.0]], {2: [0.0, 1.0]})])
    with pytest.raises(DataError, match="an unrolled network takes single patterns"):
        net.unroll(2).outputs(others, engine)


def test_the_seed_of_a_network_is_the_default_of_its_draws(make_net: Callable[[], cn.Network]) -> None:
    first, second = make_net(), make_net()
    first.seed = 5
    first.randomize(0.5)
    second.randomize(0.5, seed=5)
    assert np.array_equal(first.weight_values, second.weight_values)
    assert (first.seed, second.seed, second.copy().seed) == (5, 5, 5)
    with pytest.warns(UserWarning, match="xor.randomize: draws the same numbers as before, from seed 5; give a seed"):
        first.randomize(0.5)
    first.randomize(0.5, seed=6)
    assert not np.array_equal(first.weight_values, second.weight_values)
    with pytest.raises(ParameterError, match="seed: must be"):
        first.randomize(0.5, seed=-1)
