"""Exclusive or: PDP vol. 1, chapter 8, Figs 3 and 5, and the 1988 programs of McClelland & Rumelhart."""

import json
import statistics
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.utils.arrays import Array

GOLDEN = json.loads((Path(__file__).parent / "data" / "pdp_xor_golden.json").read_text())
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]


def pdp_network() -> cn.Network:
    """The 2-2-1 network with the starting weights of the 1988 programs."""
    net = cn.task("xor").network(seed=0)
    net.projection("input", "hidden").weights = np.transpose(GOLDEN["W1"])
    net.projection("bias", "hidden").weights = [GOLDEN["b1"]]
    net.projection("hidden", "output").weights = np.transpose(GOLDEN["W2"])
    net.projection("bias", "output").weights = [GOLDEN["b2"]]
    return net


def pdp_train(net: cn.Network, engine: str, epochs: int, until: float | None = None) -> tuple[cn.Run, Array]:
    """Learning rate 0.5, momentum 0.9, changes after each epoch, targets 0 and 1."""
    examples = cn.ExampleSet.from_arrays(ROWS, [[0], [1], [1], [0]])
    run = cn.train(net, examples, cn.rule("momentum", rate=0.5, momentum=0.9), epochs, engine=engine, until=until)
    return run, net.outputs(examples, engine)


def test_the_1988_program_stops_in_epoch_289(engine: str) -> None:
    """Criterion: total sum of squares at most 0.04, that is E at most 0.02. Weights after 289 changes as printed, within 5e-6."""
    net = pdp_network()
    run, _ = pdp_train(net, engine, epochs=1000, until=0.02)
    assert (run.epochs, run.stopped) == (289, "criterion")
    assert net.projection("input", "hidden").weights.T.ravel() == pytest.approx([5.717172, 5.722233, 3.178339, 3.180980], abs=5e-6)
    assert net.projection("hidden", "output").weights.ravel() == pytest.approx([6.401638, -6.961533], abs=5e-6)
    assert net.projection("bias", "hidden").weights.ravel() == pytest.approx([-2.164801, -4.829502], abs=5e-6)
    assert net.projection("bias", "output").weights.ravel() == pytest.approx([-2.828452], abs=5e-6)


def test_the_1988_program_step_by_step(engine: str) -> None:
    """The trace of the total sum of squares, and weights and outputs after 288 changes; same equations, so within 1e-9 relative."""
    net = pdp_network()
    run, outputs = pdp_train(net, engine, epochs=288)
    for changes, total in GOLDEN["trace_tss"].items():
        if int(changes) < run.epochs:
            assert 2 * run.errors[int(changes)] == pytest.approx(total, rel=1e-9), f"after {changes} changes"
    assert net.projection("input", "hidden").weights.T.ravel() == pytest.approx(np.ravel(GOLDEN["final_W1"]), rel=1e-9)
    assert net.projection("hidden", "output").weights.T.ravel() == pytest.approx(np.ravel(GOLDEN["final_W2"]), rel=1e-9)
    assert outputs.ravel() == pytest.approx(GOLDEN["final_out"], rel=1e-9)


def test_the_printed_solution_with_direct_connections(engine: str) -> None:
    """PDP vol. 1, chapter 8, Fig. 3: outputs 0.103, 0.877, 0.877, 0.109, to the digits given."""
    task = cn.task("xor", "published")
    net = task.network(seed=0)
    net.projection("input", "hidden").weights = -6.4
    net.projection("bias", "hidden").weights = 2.2
    net.projection("input", "output").weights = -4.2
    net.projection("hidden", "output").weights = -9.4
    net.projection("bias", "output").weights = 6.3
    assert net.outputs(task.training_examples, engine).ravel() == pytest.approx([0.103, 0.877, 0.877, 0.109], abs=5e-4)
    assert _measured(task, net)["hidden units are on for"] == "00"


def test_the_printed_local_minimum(engine: str) -> None:
    """PDP vol. 1, chapter 8, Fig. 5: outputs 0.096, 0.500, 0.898, 0.500, to the digits given."""
    task = cn.task("xor")
    net = task.network(seed=0)
    net.projection("input", "hidden").weights = [[-2.0, 4.3], [9.2, 8.8]]
    net.projection("bias", "hidden").weights = [[2.0, -0.1]]
    net.projection("hidden", "output").weights = [[-4.5], [5.3]]
    net.projection("bias", "output").weights = -0.8
    outputs = net.outputs(task.training_examples, engine).ravel()
    assert outputs == pytest.approx([0.096, 0.500, 0.898, 0.500], abs=5e-4)
    measured = _measured(task, net)
    assert measured["cases left undecided"] == 2
    assert measured["every case correct at the end"] is False


def test_no_hidden_unit_no_solution() -> None:
    """Minsky & Papert (1969): impossible without hidden units. Rate 0.5, 2,000 epochs, seed 1: every output ends at ½, within 1e-6."""
    net = cn.Network("perceptron")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.randomize(0.5, seed=1)
    examples = cn.task("xor").training_examples
    run = cn.train(net, examples, cn.rule("momentum", rate=0.5, momentum=0.9), epochs=2000, tolerance=0.2)
    assert run.correct == 0
    assert net.outputs(examples).ravel() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(("preset", "least"), [("default", 8), ("published", 10), ("published-2-2-1", 8)])
def test_ten_seeds_learn_it(preset: str, least: int) -> None:
    """Seeds 1-10, every output within 0.2: all with direct connections; with two hidden units some end in the local minimum."""
    results = list(cn.run_seeds("xor", range(1, 11), preset=preset))
    learned = [result for result in results if result.report["correct"] == 1]
    assert len(learned) >= least
    assert all(result.report["stopped"] == "criterion" for result in learned)


@pytest.mark.slow
def test_forty_seeds_with_direct_connections() -> None:
    """PDP vol. 1, p. 331, ε 0.5: 558 epochs in one run. Seeds 1-40: all learn it, the median within a factor of two of that."""
    epochs = [result.report["epochs"] for result in cn.run_seeds("xor", range(1, 41), preset="published")]
    assert max(epochs) < 5000
    assert 558 / 2 <= statistics.median(epochs) <= 558 * 2


@pytest.mark.slow
def test_more_hidden_units_need_fewer_epochs() -> None:
    """PDP vol. 1, p. 333 (Chauvin), ε 0.25: the number falls by a constant with each doubling, from 245 at H = 2 to 120 at H = 32.

    Ours are higher throughout (momentum, criterion and targets are not known); the test requires that each doubling lowers the median over
    seeds 1-20.
    """
    medians = []
    for hidden in (2, 4, 8, 16, 32):
        results = cn.run_seeds("xor", range(1, 21), preset="published-2-2-1", parameters={"hidden": hidden})
        medians.append(statistics.median(result.report["epochs"] for result in results))
    assert medians == sorted(medians, reverse=True)
    assert medians[0] > 2 * medians[-1]


def _measured(task: cn.Task, net: cn.Network) -> dict[str, object]:
    run = cn.train(net, task.training_examples, "momentum", epochs=0)
    return {finding.quantity.split(",")[0]: finding.measured for finding in task.findings(net, run)}
