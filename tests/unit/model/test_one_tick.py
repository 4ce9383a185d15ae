"""One tick at a time, and a state that the next cases start from."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, UnknownNameError, WiringError
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


def test_a_group_is_removed_with_its_connections_lesions_and_ties() -> None:
    net, examples = random_network(3)
    removed = next(group for group in net.groups if group.role == "hidden")
    connections = [each for each in net.connections if removed not in (each.sender.group, each.receiver.group)]
    net.remove_group(removed.name)
    assert removed.name not in [group.name for group in net.groups]
    assert list(net.connections) == connections
    assert all(removed not in (each.sender, each.receiver) for each in net.projections)
    assert not any(unit in net.graph for unit in removed)
    local, compiled = (net.outputs(examples, engine) for engine in ("local", "compiled"))
    assert np.allclose(local, compiled, rtol=1e-12)
    assert (net.copy().outputs(examples) == compiled).all()
    net.add_group(removed.name, 2)
    with pytest.raises(UnknownNameError, match="nobody"):
        net.remove_group("nobody")
    with pytest.raises(WiringError, match="'bias' has the unit that is always 1"):
        net.remove_group("bias")


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_weights_stay_within_their_limits(net: cn.Network, engine: str, update_after: str | int) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1, 0], [0, 1]], [[1, 0], [0, 1]])])
    recurrent, output = net.projection("hidden", "hidden"), net.projection("hidden", "output")
    recurrent.limits, output.limits = (0.0, np.inf), (-0.2, 0.2)
    run = cn.train(net, examples, cn.rule("momentum", rate=2.0), 40, engine=engine, update_after=update_after)
    assert run.epochs == 40
    assert recurrent.weights.min() == 0.0
    assert np.abs(output.weights).max() == 0.2
    assert np.abs(net.projection("input", "hidden").weights).max() > 0.2


def test_impossible_limits_are_errors(net: cn.Network) -> None:
    projection = net.projection("hidden", "hidden")
    with pytest.raises(cn.errors.ParameterError, match=r"limits: the lowest must not be above the highest \(got 1 and 0\)"):
        projection.limits = (1, 0)
    with pytest.raises(cn.errors.ParameterError, match=r"limits: must be \(lowest, highest\) or None \(got 3\)"):
        projection.limits = 3  # type: ignore[assignment]


def test_initial_weights_may_be_normal_and_belong_to_projections() -> None:
    net = cn.Network("wide")
    net.add_group("input", 100, role="input")
    net.add_group("output", 100, role="output")
    net.connect("input", "output")
    net.randomize(sd=0.2, mean=1.0, seed=1, among=net.projection("input", "output"))
    weights = net.projection("input", "output").weights
    assert weights.mean() == pytest.approx(1.0, abs=0.01)
    assert weights.std() == pytest.approx(0.2, abs=0.01)
    assert not net.projection("bias", "output").weights.any()
    with pytest.raises(cn.errors.ParameterError, match="give either half_range or sd"):
        net.randomize(0.1, sd=0.1)
    with pytest.raises(cn.errors.ParameterError, match=r"randomize\.sd: must be a number of at least 0"):
        net.randomize(sd=-1.0)


@pytest.mark.parametrize(("order", "expected"), [("fixed", [0, 1, 2, 3, 0, 1, 2, 3, 0])])
def test_epochs_of_another_size_go_on_over_the_end_of_the_set(engine: str, order: str, expected: list[int]) -> None:
    net = cn.Network("batches")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    examples = cn.ExampleSet.from_arrays([[0], [1], [2], [3]], [[0], [1], [0], [1]])
    seen: list[int] = []
    run = cn.train(
        net, examples, "momentum", 3, engine=engine, order=order, presentations=3, after_example=lambda each: seen.append(each.case)
    )
    assert seen == expected
    assert run.epochs == 3


def test_rules_have_the_conventions_of_lens() -> None:
    rule: Any = cn.rule("momentum", rate=0.5, momentum=0.9, weight_decay=0.1)
    assert rule.change(2.0, 1.0, 0.25) == pytest.approx((-0.5 + 0.225 - 0.2,) * 2)
    dougs: Any = cn.rule("dougs_momentum", rate=0.2, momentum=0.0, limit=0.5)
    assert dougs.summarize([0.3, 0.4]) == 1.0
    assert dougs.summarize([0.6, 0.8]) == 0.5
    assert dougs.change(0.0, 0.6, 0.5, 0.0)[0] == pytest.approx(-0.1 * 2 * 0.6 / 2)  # LENS at rate 0.1: the gradient 1.2 of length 2


@pytest.mark.parametrize("name", ["squared", "cross_entropy"])
def test_error_functions_have_the_radii_of_lens(name: str) -> None:
    function, plain = cn.error_function(name, target_radius=0.1), cn.error_function(name)
    assert function.derivative(0.5, 1.0) == pytest.approx(plain.derivative(0.5, 0.9))
    assert function.error(0.95, 1.0) == pytest.approx(0.0, abs=1e-15)
    assert function.derivative(0.95, 1.0) == 0.0
    zero = cn.error_function(name, zero_error_radius=0.3)
    assert zero.derivative(0.8, 1.0) == 0.0
    assert zero.derivative(0.6, 1.0) == plain.derivative(0.6, 1.0)
