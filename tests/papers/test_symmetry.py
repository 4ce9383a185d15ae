"""The symmetry network: Rumelhart, Hinton & Williams (1986), Nature 323, Fig. 1, and PDP vol. 1, chapter 8, Fig. 9."""

import statistics
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.utils.arrays import Array


def outputs_with(
    weights: Array, hidden_biases: list[float], to_output: list[float], output_bias: float, engine: str
) -> tuple[Array, Array, float]:
    """Outputs of a 6-2-1 network with printed weights, for symmetric rows and for the others."""
    task = cn.task("symmetry")
    net = task.network(seed=0)
    net.projection("input", "hidden").weights = weights
    net.projection("bias", "hidden").weights = [hidden_biases]
    net.projection("hidden", "output").weights = [[weight] for weight in to_output]
    net.projection("bias", "output").weights = output_bias
    examples = task.training_examples
    outputs = net.outputs(examples, engine)
    return outputs[examples.targets == 1], outputs[examples.targets == 0], cn.error_derivatives(net, examples, engine)[0]


def test_the_printed_weights_of_nature_figure_1(engine: str) -> None:
    """Every symmetric row gives 0.8813, no other more than 0.1563, E is 0.3464: to the digits given."""
    left = [14.2, -3.6, 7.2, -7.2, 3.6, -14.2]
    right = [-14.2, 3.6, -7.1, 7.1, -3.6, 14.2]
    symmetric, others, error = outputs_with(np.transpose([left, right]), [-1.1, -1.1], [-8.8, -8.8], 6.4, engine)
    assert len(symmetric) == 8
    assert symmetric == pytest.approx(0.8813, abs=5e-5)
    assert others.max() == pytest.approx(0.1563, abs=5e-5)
    assert error == pytest.approx(0.3464, abs=5e-5)


def test_the_printed_weights_of_pdp_figure_9(engine: str) -> None:
    """Symmetric rows give 0.857 to 0.873, the others at most 0.169: within 0.001, the weights being printed to 0.01."""
    first = [-3.18, 6.32, -12.56, 12.56, -6.33, 3.17]
    second = [3.16, -6.34, 12.52, -12.51, 6.31, -3.17]
    symmetric, others, _ = outputs_with(np.transpose([first, second]), [-1.0, -1.0], [-9.44, -9.44], 6.89, engine)
    assert symmetric.min() == pytest.approx(0.857, abs=1e-3)
    assert symmetric.max() == pytest.approx(0.873, abs=1e-3)
    assert others.max() == pytest.approx(0.169, abs=1e-3)


def test_the_recipe_is_that_of_figure_1() -> None:
    """6-2-1, ε 0.1, α 0.9, ±0.3, changes after each epoch; "published" runs the 1,425 epochs of the caption and no other criterion."""
    task = cn.task("symmetry", "published")
    (phase,) = task.phases
    assert (phase.rule, phase.epochs) == (cn.rule("momentum", rate=0.1, momentum=0.9), 1425)
    assert (phase.update_after, phase.order, task.criterion) == ("epoch", "fixed", None)
    net = task.network(seed=1)
    assert [len(group) for group in net.groups] == [6, 2, 1]
    assert 0.2 < np.abs(net.weight_values).max() <= 0.3
    assert task.training_examples.targets.sum() == 8


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"].split(",")[0]: finding["measured"] for finding in result.report["findings"]}


def test_a_few_seeds_learn_it() -> None:
    """Default preset, seeds 21-26 (all of them learn it): all 64 cases correct, antisymmetric within 1 %, the two units opposites."""
    for result in cn.run_seeds("symmetry", range(21, 27)):
        found = findings(result)
        assert result.report["stopped"] == "criterion"
        assert result.report["correct"] == 1
        assert found["every case correct at the end"]
        assert found["epochs until every case is correct"] <= result.report["epochs"]
        assert found["departure from antisymmetry"] < 0.01
        assert found["correlation of the two hidden units' weights"] < -0.999
        assert found["both hidden biases negative"]
        assert found["output bias positive"]


def test_the_findings_of_the_printed_weights_are_the_printed_ones() -> None:
    """Measured on the weights of Nature Fig. 1: no departure, magnitudes 1 : 2 : 3.94 (rounded to 0.1 in print, so within 0.02)."""
    task = cn.task("symmetry")
    net = task.network(seed=0)
    left = [14.2, -3.6, 7.2, -7.2, 3.6, -14.2]
    net.projection("input", "hidden").weights = np.transpose([left, [-weight for weight in left]])
    net.projection("bias", "hidden").weights = -1.1
    net.projection("hidden", "output").weights = -8.8
    net.projection("bias", "output").weights = 6.4
    run = cn.train(net, task.training_examples, "momentum", epochs=0)
    measured = {finding.quantity.split(",")[0]: finding.measured for finding in task.findings(net, run)}
    assert measured["epochs until every case is correct"] is None
    assert measured["every case correct at the end"] is True
    assert measured["departure from antisymmetry"] == 0
    assert measured["second magnitude / smallest"] == pytest.approx(2.0, abs=0.02)
    assert measured["largest magnitude / smallest"] == pytest.approx(3.94, abs=0.02)
    assert measured["correlation of the two hidden units' weights"] == pytest.approx(-1.0, abs=1e-12)


def test_a_network_that_has_not_learned_says_so() -> None:
    """Seed 1 after 10 epochs: no shape is reported, and why."""
    report = cn.run("symmetry", seed=1, epochs=10).report
    found = {finding["quantity"].split(",")[0]: finding for finding in report["findings"]}
    assert found["every case correct at the end"]["measured"] is False
    assert found["largest magnitude / smallest"]["measured"] is None
    assert "not learned" in found["largest magnitude / smallest"]["note"]


@pytest.mark.slow
def test_forty_seeds_of_symmetry() -> None:
    """Default preset, seeds 1-40: at least 36 learn it, in 1,500 to 3,000 epochs at the median; weights as in Fig. 1.

    Published: 1,425 epochs in one run, magnitudes 1 : 2 : 4. Other replications: 38 of 40 with a median of 2,244, and 18 of 20 with
    2,208, both counted to the first epoch with all cases correct. About a third of the networks settle on 2 : 3 : 4 instead, so the
    test requires the ratio of the median only, within 5 %, and that every network is near one of the two.
    """
    results = list(cn.run_seeds("symmetry", range(1, 41)))
    learned = [findings(result) for result in results if result.report["correct"] == 1]
    assert len(learned) >= 36
    assert 1500 <= statistics.median(result.report["epochs"] for result in results) <= 3000
    assert max(found["departure from antisymmetry"] for found in learned) < 0.01
    assert max(found["correlation of the two hidden units' weights"] for found in learned) < -0.999
    assert statistics.median(found["second magnitude / smallest"] for found in learned) == pytest.approx(2, rel=0.05)
    assert statistics.median(found["largest magnitude / smallest"] for found in learned) == pytest.approx(4, rel=0.05)
    for found in learned:
        assert (found["largest magnitude / smallest"] == pytest.approx(4, rel=0.05)) or (
            found["largest magnitude / smallest"] == pytest.approx(2, rel=0.05)
        )
        assert found["both hidden biases negative"]
        assert found["output bias positive"]


@pytest.mark.slow
def test_1425_epochs_are_enough_for_a_quarter_of_the_seeds() -> None:
    """Preset "published", seeds 1-40: between 5 and 15 have learned it by epoch 1,425 (LENS, 100 seeds: 33 %)."""
    assert 5 <= sum(result.report["correct"] == 1 for result in cn.run_seeds("symmetry", range(1, 41), preset="published")) <= 15
