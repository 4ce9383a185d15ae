"""Testing examples beside the training examples: `train(test=…)`, the log, and tasks with ``--test-every``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError, DataError, ParameterError, TrainingInterrupted
from connectionist.plugins.rules import Evaluate, SearchRule

MOMENTUM = cn.rule("momentum", rate=0.1, momentum=0.9)
QUANTITIES = ("activation", "net_input", "activation_derivative", "net_derivative", "target", "clamp", "activation_noise")


@pytest.fixture
def others() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0.2, 0.1], [0.4, 0.9], [1, 0.3]], [[0], [1], [1]])


@dataclass(frozen=True)
class Downhill(SearchRule):
    """Goes one step against the derivatives."""

    name = "downhill"

    def search(self, values: cn.Array, evaluate: Evaluate, memory: dict[str, Any]) -> cn.Array:
        return values - 0.1 * evaluate(values)[1]


def weighted() -> tuple[cn.Network, cn.ExampleSet, dict[str, Any]]:
    net = cn.Network("weighted")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation="softmax", error="divergence")
    net.connect("input", "output")
    net.randomize(0.5, seed=3)
    net["output"].net_input_noise = cn.Noise(0.3)
    examples = cn.ExampleSet([cn.Example([0, 1], [0, 1], frequency=3), cn.Example([1, 0], [1, 0], frequency=2)])
    return net, examples, {"weighting": "frequency", "order": "permuted"}


def noisy_in_testing() -> tuple[cn.Network, cn.ExampleSet, dict[str, Any]]:
    net, examples, options = weighted()
    net["output"].net_input_noise = cn.Noise(0.3, during="testing")
    return net, examples, options


def in_time() -> tuple[cn.Network, cn.ExampleSet, dict[str, Any]]:
    net = cn.simple_recurrent_network("srn", 2, 3, 2)
    net.randomize(0.5, seed=2)
    draw = np.random.default_rng(3)
    return net, cn.ExampleSet.stream(draw.uniform(size=(12, 2)), draw.uniform(size=(12, 2)), ticks=3), {"update_after": 1}


def searching() -> tuple[cn.Network, cn.ExampleSet, dict[str, Any]]:
    net, examples, _ = weighted()
    net["output"].net_input_noise = None
    return net, examples, {"rule": Downhill()}


def shown(net: cn.Network) -> list[Any]:
    """Return everything that a test could change."""
    units = [net.state.array(quantity).tolist() for quantity in QUANTITIES]
    weights = [net.weight_state.array(quantity).tolist() for quantity in ("value", "derivative", "change")]
    return [*units, *weights, net.state.error_weight, net.state.is_perturbed]


@pytest.mark.parametrize("make", [weighted, noisy_in_testing, in_time, searching])
@pytest.mark.parametrize("test_every", [1, 3, 100])
@pytest.mark.filterwarnings("ignore:the frequencies of the examples")
def test_a_test_changes_nothing_else(make: Callable[[], Any], engine: str, test_every: int) -> None:
    nets, runs = [], []
    for tests in ({}, {"test_every": test_every}):
        net, examples, options = make()
        tested = {"test": examples, **tests} if tests else {}
        runs.append(
            cn.train(net, examples, **{"rule": MOMENTUM, **options}, epochs=7, engine=engine, record=cn.Recorder("weight", "*"), **tested)
        )
        nets.append(net)
    assert repr(shown(nets[0])) == repr(shown(nets[1]))
    assert (runs[0].errors, runs[0].corrects) == (runs[1].errors, runs[1].corrects)
    assert runs[0].recording["weight"].equals(runs[1].recording["weight"])
    assert nets[0].outputs(examples, engine).tolist() == nets[1].outputs(examples, engine).tolist()  # the same noise


@pytest.mark.parametrize("every", [1, 2, 9])
def test_the_log_has_the_test_after_the_weight_changes(
    net: cn.Network, xor: cn.ExampleSet, others: cn.ExampleSet, engine: str, every: int
) -> None:
    expected: list[tuple[float, float]] = []

    def look(run: cn.Run) -> bool:
        if run.epochs % every == 0 or run.epochs == 7:
            correct = cn.correct_cases(net.outputs(others, engine), others, 0.45).mean()
            expected.append((cn.error_derivatives(net, others, engine)[0], float(correct)))
            assert (run.test_error, run.test_correct) == expected[-1]
        return False

    run = cn.train(net, xor, MOMENTUM, 7, until=look, test=others, test_every=every, tolerance=0.45, engine=engine)
    assert list(run.log.columns) == ["epoch", "error", "correct", "phase", "test_error", "test_correct"]
    tested = run.log.dropna()
    assert tested["epoch"].tolist() == {1: [1, 2, 3, 4, 5, 6, 7], 2: [2, 4, 6, 7], 9: [7]}[every]
    assert list(zip(tested["test_error"], tested["test_correct"], strict=True)) == expected
    assert len({error for error, _ in expected}) == len(expected)


def test_noise_in_a_test_does_not_depend_on_the_other_tests(engine: str) -> None:
    logs = []
    for every in (1, 3):
        net, examples, options = weighted()
        logs.append(cn.train(net, examples, MOMENTUM, 9, test=examples, test_every=every, engine=engine, **options).log)
    assert logs[0]["test_error"][2::3].tolist() == logs[1]["test_error"][2::3].tolist()


def test_error_and_correctness_have_the_same_noise_and_each_epoch_its_own(engine: str) -> None:
    net, examples, options = noisy_in_testing()
    net["output"].net_input_noise = cn.Noise(3.0)
    run = cn.train(net, examples, cn.rule("steepest", rate=1e-12), 40, test=examples[0:1], engine=engine, **options)
    assert run.test_corrects == [float(error < math.log(2)) for error in run.test_errors]
    assert len(set(run.test_errors)) == 40
    assert set(run.test_corrects) == {0, 1}


def test_there_is_a_test_where_training_ends(net: cn.Network, xor: cn.ExampleSet, others: cn.ExampleSet) -> None:
    run = cn.train(net, xor, MOMENTUM, 5000, until=0.3, test=others, test_every=1000)
    assert run.stopped == "criterion"
    assert run.epochs % 1000
    assert run.test_error == cn.error_derivatives(net, others)[0]
    run = cn.train(net, xor, MOMENTUM, 50, until=lambda run: run.epochs == 7, test=others, test_every=5)
    assert run.log.dropna()["epoch"].tolist() == [5, 7]


def test_training_may_end_by_the_test(net: cn.Network, xor: cn.ExampleSet, others: cn.ExampleSet) -> None:
    run = cn.train(net, xor, MOMENTUM, 5000, test=others, test_every=10, every=10, until=lambda run: run.test_error < 0.3)
    assert run.stopped == "until"
    assert run.test_error < 0.3 <= run.test_errors[run.epochs - 11]


def test_without_a_test_the_log_is_as_before(net: cn.Network, xor: cn.ExampleSet, others: cn.ExampleSet) -> None:
    run = cn.train(net, xor, MOMENTUM, 3)
    assert list(run.log.columns) == ["epoch", "error", "correct", "phase"]
    assert math.isnan(run.test_error)
    assert math.isnan(run.test_correct)
    run = cn.train(net, xor, MOMENTUM, 0, test=others)
    assert run.log.columns[-2:].tolist() == ["test_error", "test_correct"]
    assert math.isnan(run.test_error)


def test_columns_have_one_length_after_an_interrupt_or_divergence(net: cn.Network, xor: cn.ExampleSet, others: cn.ExampleSet) -> None:
    def interrupt(run: cn.Run) -> bool:
        if run.epochs == 4:
            raise KeyboardInterrupt
        return False

    with pytest.raises(TrainingInterrupted) as interrupted:
        cn.train(net, xor, MOMENTUM, 50, until=interrupt, test=others, test_every=3)
    assert interrupted.value.run.log["test_error"].isna().tolist() == [True, True, False, True]
    net["output"].activation_function = "linear"
    with pytest.raises(cn.errors.DivergenceError) as diverged:
        cn.train(net, xor, cn.rule("momentum", rate=1e60), 50, test=others, test_every=2)
    assert len(diverged.value.run.log) == diverged.value.run.epochs


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"test": [[0, 1]]}, ParameterError, r"train.test: must be an ExampleSet or a list of Example \(got "),
        ({"test": "xor"}, ParameterError, r"train.test: must be an ExampleSet or a list of Example \(got 'xor'\)"),
        ({"test": True}, ParameterError, r"train.test: must be an ExampleSet or a list of Example \(got True\)"),
        ({"test_every": 10}, ParameterError, r"train.test_every: is the interval of the test of examples, and test has none \(got 10\)"),
        ({"test_every": 0}, ParameterError, r"train.test_every: must be a whole number of at least 1 \(got 0\)"),
        ({"test_every": 2.5}, ParameterError, r"train.test_every: must be a whole number of at least 1 \(got 2.5\)"),
        ({"test": cn.ExampleSet.from_arrays([[1.0]], [[1.0]])}, DataError, r"train.test: input of the examples: must have 2 values"),
    ],
)
def test_a_mistake_is_an_error(net: cn.Network, xor: cn.ExampleSet, options: Any, kind: type[ConnectionistError], message: str) -> None:
    before = net.weight_values
    with pytest.raises(kind, match=message):
        cn.train(net, xor, MOMENTUM, 5, **options)
    assert np.array_equal(net.weight_values, before)


def test_a_task_tests_during_training_if_asked() -> None:
    plain, tested = (cn.run("family-trees", seed=2, epochs=60, **options) for options in ({}, {"test_every": 25}))  # type: ignore[arg-type]
    assert "test correct, %" in str(tested.run._repr_html_())
    assert tested.log.dropna()["epoch"].tolist() == [25, 50, 60]
    assert tested.run.test_error == cn.error_derivatives(tested.network, tested.task.testing_examples)[0]  # type: ignore[arg-type]
    assert {**plain.report, "seconds": 0} == {**tested.report, "seconds": 0}
    with pytest.raises(ParameterError, match=r"run\.test_every: task 'xor' has no testing examples"):
        cn.run("xor", test_every=5)
    with pytest.raises(ParameterError, match=r"run\.test_every: must be a whole number of at least 1 \(got 0\)"):
        cn.run("family-trees", test_every=0)
