"""A study that trains one network with the weights of each seed has the results of runs with a network each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.experiments.shared_network import SharedNetwork
from connectionist.experiments.study.execute import row_of_result
from connectionist.testing import check_task

SEEDS = (3, 1, 2, 7, 11)


@dataclass(frozen=True)
class Looking(cn.OnePhaseTask):
    """Its findings are what a user can see of the network before any pass."""

    rate: float = cn.parameter(0.5, above=0)
    epochs: int = cn.parameter(4, at_least=0)
    order: str = "permuted"
    noise: float = 0.0
    name = "looking"
    source = "a test"

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("looking")
        for name, units, role in (("in", 2, "input"), ("a", 3, "hidden"), ("out", 1, "output")):
            net.add_group(name, units, role)
        net.connect("in", "a")
        net.connect("a", "out")
        net["a"].net_input_noise = self.noise
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        network.randomize(1.0, seed)

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        seen = [run.seed, network.seed, *(float(each) for each in network.weight_values)]
        seen += [getattr(unit, name) for unit in network.units for name in ("activation", "net_input", "net_derivative", "target")]
        seen += [weight.change for weight in network.weights] + [weight.derivative for weight in network.weights]
        seen += run.errors + run.corrects
        return [cn.Finding(str(number), repr(value)) for number, value in enumerate(seen)]


@dataclass(frozen=True)
class Meddling(Looking):
    """Its randomize changes more than the weights."""

    name = "meddling"

    def randomize(self, network: cn.Network, seed: int) -> None:
        network.randomize(1.0, seed)
        network.projections[0].rate = 0.1 * (1 + seed)


@dataclass(frozen=True)
class Wrong(Looking):
    """Its network has other weights than randomize draws."""

    name = "wrong"

    def network(self, seed: int) -> cn.Network:
        net = super().network(seed)
        net.randomize(0.5, seed)
        return net


def rows_alone(task: str | cn.Task, **options: Any) -> list[dict[str, Any]]:
    return [row_of_result(cn.run(task, seed=seed, **options)) for seed in SEEDS]


def rows_of_study(task: str | cn.Task, **options: Any) -> list[dict[str, Any]]:
    table = cn.Study(task, seeds=SEEDS, **options).run(workers=1).table
    found = {row["seed"]: row for row in table.to_dict("records")}
    return [{str(name): None if value != value else value for name, value in found[seed].items()} for seed in SEEDS]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of runs on one network."""
    counts: list[int] = []
    train = SharedNetwork.train

    def counted(self: Any) -> None:
        counts.append(len(self.training.members))
        train(self)

    monkeypatch.setattr(SharedNetwork, "train", counted)
    return counts


@pytest.mark.parametrize("name", ["encoder", "family-trees", "shift-register", "symmetry", "xor", "xor-in-time"])
def test_a_study_of_a_built_in_task_has_the_results_of_runs_alone(name: str) -> None:
    expected = rows_alone(name, epochs=2)
    for row, alone in zip(rows_of_study(name, epochs=2, cases=False), expected, strict=True):
        for column, value in alone.items():
            assert row.get(column) == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value), column


@pytest.mark.parametrize(
    "task",
    [Looking(), Looking(order="fixed", epochs=1), Looking(rate=1e300), Looking(noise=0.1), Looking(epochs=0)],
    ids=str,
)
def test_findings_see_the_network_as_after_a_run_alone(task: Looking, shared: list[int]) -> None:
    runs = [_row(task, seed) for seed in SEEDS]
    rows = rows_of_study(task, cases=False)
    assert sum(shared) >= len(SEEDS) - 1  # a study makes the first run alone, to see how long it takes
    for row, alone in zip(rows, runs, strict=True):
        for column, value in alone.items():
            is_untrained = column == "stopped" and not task.epochs
            assert row.get(column) == ("finished" if is_untrained else value), column


def _row(task: cn.Task, seed: int) -> dict[str, Any]:
    try:
        return row_of_result(cn.run(task, seed=seed))
    except cn.errors.DivergenceError as error:
        return row_of_result(error.result)


def test_seeds_that_differ_in_data_have_a_network_each(shared: list[int]) -> None:
    rows_of_study(cn.task("reber-grammar", strings=100, testing_strings=100), epochs=1, cases=False)
    assert shared == []


def test_randomize_that_changes_more_than_the_weights_is_an_error(shared: list[int]) -> None:
    messages = [row["message"] for row in rows_of_study(Meddling(), cases=False)][1:]
    assert all("task 'meddling': randomize(network, seed) must change the weights only" in message for message in messages)
    assert not any(shared)


def test_randomize_with_other_weights_than_network_is_an_error() -> None:
    messages = [row["message"] for row in rows_of_study(Wrong(), cases=False)][1:]
    assert all("task 'wrong': randomize(network, seed) must give all weights of network(seed)" in message for message in messages)


def test_results_of_run_seeds_have_a_network_each() -> None:
    results = list(cn.run_seeds(Looking(), SEEDS))
    assert len({id(result.network) for result in results}) == len(SEEDS)
    assert not np.array_equal(results[0].network.weight_values, results[1].network.weight_values)


def test_check_task_compares_randomize_with_network() -> None:
    check_task(replace(Looking()))

    with pytest.raises(AssertionError, match=r"randomize\(network, 2\)"):
        check_task(Wrong())
