"""One tick at a time, and a state that the next cases start from."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, WiringError
from connectionist.testing.networks import random_network


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("letters")
    made.add_group("input", 2, role="input")
    made.add_group("hidden", 3, initial=0.5)
    made.add_group("output", 2, role="output")
    made.connect("input", "hidden")
    made.connect("hidden", "hidden", delay=1)
    made.connect("hidden", "output")
    made.randomize(1.0, seed=1)
    return made


def test_ticks_one_by_one_give_the_outputs_of_the_sequence(net: cn.Network) -> None:
    sequence = np.random.default_rng(0).uniform(size=(5, 2))
    whole = net.forward(sequence)
    one_by_one = [net.step_forward(pattern) for pattern in sequence]
    assert (np.array(one_by_one) == whole).all()
    assert (net["output"].activations == whole[-1]).all()


@pytest.mark.parametrize("seed", range(6))
def test_longer_delays_and_integrated_quantities_continue_too(seed: int) -> None:
    net, examples = random_network(seed, cases=1, delays=True, integrators=True, initial=True, ticks=5)
    sequence = examples[0].inputs
    whole = net.forward(sequence)
    assert np.allclose([net.step_forward(pattern) for pattern in sequence], whole, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("between", ["restart", "forward", "engine", "wiring"])
def test_the_initial_state_comes_back(net: cn.Network, between: str) -> None:
    first, second = net.step_forward([1, 0]), net.step_forward([1, 0])
    assert (first != second).all()
    if between == "forward":
        net.forward([[0, 1]])
    elif between == "engine":
        net.outputs(cn.ExampleSet([cn.Example.sequence([[0, 1]], [[0, 1]])]))
    elif between == "wiring":
        net.lesion("hidden:0")
        net.restore("hidden:0")
    assert (net.step_forward([1, 0], restart=between == "restart") == first).all()


def test_units_may_be_clamped_for_a_tick(net: cn.Network) -> None:
    net.step_forward({"input": [1, 0], "hidden": [0.0, 1.0, np.nan]})
    assert net["hidden"].activations[:2].tolist() == [0.0, 1.0]


def test_what_cannot_be_is_an_error(net: cn.Network) -> None:
    with pytest.raises(DataError, match="input: must have 2 values"):
        net.step_forward([1])
    without = cn.Network("without")
    without.add_group("input", 1, role="input")
    for method in (lambda: without.step_forward([1]), without.carry_state):
        with pytest.raises(WiringError, match="neither delays nor integrating units"):
            method()


def test_testing_continues_from_the_state_of_training(net: cn.Network, engine: str) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1, 0], [0, 1]], [[1, 0], [0, 1]], continues=True)])
    cn.train(net, examples, cn.rule("steepest", rate=1e-9), 1, engine=engine)
    state = net["hidden"].activations.copy()
    net.carry_state()
    assert (net["hidden"].initial == state).all()
    both = cn.ExampleSet([*examples, *examples])
    net["hidden"].initial = 0.5
    expected = net.outputs(both, engine)[1]
    net["hidden"].initial = state
    assert np.allclose(net.outputs(examples, engine)[0], expected, rtol=1e-6)
