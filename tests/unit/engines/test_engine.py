"""Sessions of training, epoch by epoch. Each test runs with every engine."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import Engine, Session, TrainingJob
from connectionist.plugins import registry


def open_session(engine: str, net: cn.Network, examples: cn.ExampleSet, phase: cn.Phase, tolerance: float = 0.5) -> Session:
    instance: Engine = registry.find("engines", engine)()
    memory = {name: np.zeros(len(net.weights)) for name in phase.rule.memory}
    return instance.session(TrainingJob(net, examples, phase, tolerance, memory))


def fixed(epochs: int, examples: cn.ExampleSet) -> np.ndarray:
    return np.tile(np.arange(len(examples)), (epochs, 1))


def test_results_have_a_row_per_epoch(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    session = open_session(engine, net, xor, cn.Phase(cn.rule("steepest"), 5))
    results = session.run(fixed(3, xor), None)
    assert (results.errors.shape, results.correct.shape, results.divergence) == ((3,), (3,), None)
    assert session.run(fixed(0, xor), None).errors.shape == (0,)


def test_error_and_correct_are_measured_while_presenting(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    outputs = net.outputs(xor, "local")
    misses = np.abs(outputs - xor.targets)
    results = open_session(engine, net, xor, cn.Phase(cn.rule("steepest"), 1), tolerance=float(np.median(misses))).run(fixed(1, xor), None)
    assert results.errors[0] == pytest.approx(0.5 * float((misses * misses).sum()), rel=1e-12)
    assert results.correct[0] == 0.5


def test_one_epoch_of_steepest_descent_is_rate_times_derivative(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    before = net.weight_values
    _, derivatives = cn.error_derivatives(net, xor, "local")
    open_session(engine, net, xor, cn.Phase(cn.rule("steepest", rate=0.25), 1)).run(fixed(1, xor), None)
    assert net.weight_values == pytest.approx(before - 0.25 * derivatives, rel=1e-12)
    assert [weight.change for weight in net.weights] == pytest.approx((-0.25 * derivatives).tolist(), rel=1e-11)


@pytest.mark.parametrize(
    ("update_after", "groups"), [(1, [[0], [1], [2], [3]]), (3, [[0, 1, 2], [3]]), (4, [[0, 1, 2, 3]]), (99, [[0, 1, 2, 3]])]
)
def test_weights_change_after_every_n_examples_and_at_the_end_of_the_epoch(
    net: cn.Network, xor: cn.ExampleSet, engine: str, update_after: int, groups: list[list[int]]
) -> None:
    start = net.weight_values
    open_session(engine, net, xor, cn.Phase(cn.rule("steepest", rate=0.5), 1, update_after=update_after)).run(fixed(1, xor), None)
    trained = net.weight_values
    net.weight_values = start
    for group in groups:
        part = cn.ExampleSet([xor[number] for number in group])
        net.weight_values = net.weight_values - 0.5 * cn.error_derivatives(net, part, "local")[1]
    assert trained == pytest.approx(net.weight_values, rel=1e-11)


def test_a_projections_rate_replaces_that_of_the_rule(xor: cn.ExampleSet, engine: str) -> None:
    net = cn.Network("rates")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output", rate=0.5)
    _, derivatives = cn.error_derivatives(net, xor, "local")
    open_session(engine, net, xor, cn.Phase(cn.rule("steepest", rate=0.01), 1)).run(fixed(1, xor), None)
    assert net.weight_values == pytest.approx([-0.01 * derivatives[0], *(-0.5 * derivatives[1:])], rel=1e-12)


def test_decay_comes_after_the_change_and_leaves_frozen_weights_alone(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    frozen = net.connection("input:0", "hidden:0").weight
    frozen.trainable = False
    before = net.weight_values
    _, derivatives = cn.error_derivatives(net, xor, "local")
    open_session(engine, net, xor, cn.Phase(cn.rule("steepest", rate=0.25, decay=0.1), 1)).run(fixed(1, xor), None)
    expected = 0.9 * (before - 0.25 * derivatives)
    place = net.weights.index(frozen)
    expected[place] = before[place]
    assert net.weight_values == pytest.approx(expected, rel=1e-12)
    assert frozen.value == before[place]


@pytest.mark.parametrize(("tie_derivative", "share"), [("mean", 0.5), ("sum", 1.0)])
def test_local_rules_average_their_signals_over_ties_too(engine: str, tie_derivative: str, share: float) -> None:
    net = cn.Network("tied", tie_derivative=tie_derivative)
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output")
    net.tie(net.connections)
    examples = cn.ExampleSet.from_arrays([[1.0, 2.0]], [[4.0]])
    open_session(engine, net, examples, cn.Phase(cn.rule("delta", rate=0.1), 1)).run(fixed(1, examples), None)
    assert net.weight_values == pytest.approx([0.1 * share * (4.0 * 1.0 + 4.0 * 2.0)], rel=1e-12)


def test_a_session_stops_after_the_epoch_that_meets_the_criterion(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    session = open_session(engine, net, xor, cn.Phase(cn.rule("steepest"), 9))
    results = session.run(fixed(9, xor), cn.Criterion(error=1e9))
    assert len(results.errors) == 1


def test_the_state_of_the_last_case_is_left_in_the_objects(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    last = xor.inputs[-1].tolist()
    net.outputs(xor, engine)
    assert [unit.activation for unit in net["input"]] == last
    shown = net["output"][0].activation
    assert shown == pytest.approx(net.forward(last)[0], rel=1e-12)
    order = np.array([[3, 2, 1, 0]])
    open_session(engine, net, xor, cn.Phase(cn.rule("steepest"), 1)).run(order, None)
    assert [unit.activation for unit in net["input"]] == xor.inputs[0].tolist()
    assert net["output"][0].target == 0.0


def test_a_network_without_trainable_weights_trains(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    for weight in net.weights:
        weight.trainable = False
    before = net.weight_values
    for name in ("momentum", "dougs_momentum", "delta"):
        results = open_session(engine, net, xor, cn.Phase(cn.rule(name), 2)).run(fixed(2, xor), None)
        assert results.errors[0] == results.errors[1]
    assert np.array_equal(net.weight_values, before)
