"""Stochastic binary units: their probability, their seeds, and the engines."""

import math

import numpy as np
import pytest

import connectionist as cn


def one_layer(temperature: float = 1.0, units: int = 3) -> cn.Network:
    net = cn.Network("chance", seed=3)
    net.add_group("input", 1, role="input")
    function = cn.activation_function("binary_stochastic", temperature=temperature)
    net.add_group("output", units, role="output", activation=function, biased=False)
    net.connect("input", "output", weights=np.ones((1, units)))
    return net


def repeated(inputs: list[float], count: int, units: int = 3) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(np.tile(np.reshape(inputs, (-1, 1)), (count, 1)), np.full((len(inputs) * count, units), np.nan))


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_probability_is_the_logistic_function(temperature: float) -> None:
    inputs = [-2.0, 0.0, 0.5]
    outputs = np.array(one_layer(temperature).outputs(repeated(inputs, 6000))).reshape(-1, 3, 3)
    assert set(np.unique(outputs)) == {0.0, 1.0}
    wanted = [1 / (1 + math.exp(-x / temperature)) for x in inputs]
    np.testing.assert_allclose(outputs.mean(axis=(0, 2)), wanted, rtol=0, atol=4 * 0.5 / math.sqrt(18000))
    assert abs(np.corrcoef(outputs[:, 1].T) - np.eye(3)).max() < 0.06  # units draw independently


def test_engines_draw_the_same() -> None:
    examples = repeated([-1.0, 0.0, 1.0], 40)
    local, compiled = (one_layer().outputs(examples, engine) for engine in ("local", "compiled"))
    np.testing.assert_array_equal(local, compiled)
    assert 0 < np.mean(local) < 1


def test_a_seed_repeats_the_draws_and_another_pass_has_others() -> None:
    first, again = one_layer(units=40), one_layer(units=40)
    outputs = [net.forward([0.0]).tolist() for net in (first, again, first)]
    assert outputs[0] == outputs[1] != outputs[2]
    unit = first.unit("output:0")
    assert unit.net_input == unit.net_input_noise != 0.0


@pytest.mark.filterwarnings("ignore:group 'hidden'")  # only the weights after the hidden units learn
@pytest.mark.parametrize("in_time", [False, True])
def test_training_draws_the_same_in_both_engines(in_time: bool) -> None:
    weights = []
    for engine in ("local", "compiled"):
        net = cn.Network("hidden chance")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 4, activation="binary_stochastic").net_input_noise = 0.1
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        if in_time:
            net.connect("hidden", "hidden", delay=1)
        net.randomize(1.0, seed=2)
        table = np.random.default_rng(1).random((5, 2))
        examples = cn.ExampleSet.from_arrays(table, table[:, :1])
        if in_time:
            examples = cn.ExampleSet([cn.Example.sequence(np.tile(row, (3, 1)), np.tile(row[:1], (3, 1))) for row in table])
        cn.train(net, examples, "momentum", 4, engine=engine, seed=5, update_after=2)
        weights.append(net.weight_values)
    np.testing.assert_allclose(weights[0], weights[1], rtol=0, atol=1e-13)


def test_a_copy_draws_the_same_and_a_lesioned_unit_is_0() -> None:
    net = one_layer(units=40)
    net.lesion("output:1")
    copy = net.copy()
    outputs = net.forward([3.0])
    np.testing.assert_array_equal(outputs, copy.forward([3.0]))
    assert outputs[1] == 0.0


def test_a_group_added_after_another_was_removed_draws() -> None:
    net = one_layer()
    net.add_group("extra", 2)
    net.remove_group("extra")
    net.add_group("more", 3, role="output", activation="binary_stochastic")
    net.connect("input", "more")
    assert len({tuple(net.forward([0.0]).tolist()) for _ in range(20)}) > 1
