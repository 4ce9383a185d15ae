"""Letters in time: Elman (1990), Cognitive Science 14, 179-211, Figs 4 and 5."""

import re
import statistics
from typing import Any

import numpy as np
import pytest

import connectionist as cn


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"]: finding["measured"] for finding in result.report["findings"]}


def letters(examples: cn.ExampleSet) -> str:
    return "".join(name.split()[1] for name in examples.names)


def test_the_recipe_is_that_of_the_paper() -> None:
    """6-20-6 with 20 context units, 1,000 consonants, 200 passes, weights changed after each letter; rate and range are not known to us."""
    task = cn.task("elman-letters", "published")
    net = task.network(seed=1)
    assert {group.name: len(group) for group in net.groups} == {"input": 6, "hidden": 20, "output": 6, "context": 20}
    (phase,) = task.phases
    assert (phase.epochs, phase.update_after, phase.order, task.criterion) == (200, 1, "fixed", None)
    stream = letters(task.training_examples)
    assert sum(letter in "bdg" for letter in stream) == 1000
    assert re.fullmatch("(ba|dii|guuu)+", stream)
    assert [stream.count(word) / 1000 for word in ("ba", "dii", "guuu")] == pytest.approx([1 / 3] * 3, abs=0.05)


def test_a_case_is_a_letter_and_the_one_that_follows() -> None:
    """The last is followed by the first, and every letter continues the one before."""
    examples = cn.task("elman-letters", consonants=20).training_examples
    assert examples.continues.all()
    assert examples.ticks == 1
    assert (examples.targets[:-1] == examples.inputs[1:]).all()
    assert (examples.targets[-1] == examples.inputs[0]).all()
    vectors = {letter: row[0].tolist() for letter, row in zip(letters(examples), examples.inputs, strict=True)}
    assert [vectors[letter][3] for letter in "bdgaiu"] == [0, 1, 0, 0, 1, 1]  # High
    assert all(vectors[consonant][:3] == [1, 0, 1] and vectors[consonant][5] == 1 for consonant in "bdg")
    assert all(vectors[vowel][:3] == [0, 1, 0] and vectors[vowel][5] == 1 for vowel in "aiu")


def test_the_context_holds_the_hidden_units_of_the_letter_before() -> None:
    """It is ½ at the first letter only. If the context started again at every letter, it would be ½ everywhere."""
    task = cn.task("elman-letters", consonants=4)
    net, examples = task.network(seed=1), task.training_examples
    context = net.activations(examples, "context")[:, 0]
    hidden = net.activations(examples, "hidden")[:, 0]
    assert context[0] == pytest.approx(0.5)
    assert context[1:] == pytest.approx(hidden[:-1])


def test_each_seed_draws_another_stream_unless_data_seed_is_given() -> None:
    task = cn.task("elman-letters", consonants=50)
    first, second = (letters(task.for_seed(seed).training_examples) for seed in (1, 2))
    assert first != second
    assert letters(cn.task("elman-letters", consonants=50, data_seed=1).for_seed(2).training_examples) == first
    testing = task.for_seed(1).testing_examples
    assert testing is not None
    assert letters(testing) != first


def test_a_network_that_knows_only_frequencies() -> None:
    """Outputs fixed at the consonants' mean features: before consonants mean |error| of High 2pq = 4/9, of the features they share 0."""
    task = cn.task("elman-letters", consonants=3000, data_seed=1)
    net = task.network(seed=0)
    for projection in net.projections:
        if projection.trainable:
            projection.weights = 0.0
    logit = np.log(0.5)  # of 1/3
    net.projection("bias", "output").weights = [[40.0, -40.0, 40.0, logit, logit, 40.0]]
    run = cn.train(net, task.training_examples, "steepest", epochs=0)
    found = {finding.quantity: finding for finding in task.findings(net, run)}
    assert found["mean |error| of Consonant before consonants"].measured == pytest.approx(0, abs=1e-12)
    assert found["mean |error| of High before consonants"].measured == pytest.approx(4 / 9, abs=0.01)
    rms = found["rms error before consonants"]
    assert rms.measured == pytest.approx((2 / 9 * 2 / 6) ** 0.5, abs=0.005)
    assert found["rms error before consonants of the mean consonant as prediction"].measured == pytest.approx(rms.measured, abs=0.001)
    assert found["fraction of vowels correct"].measured == 0


@pytest.mark.parametrize(("parameter", "value"), [("rate", 0), ("hidden", 0), ("consonants", 0), ("data_seed", -1), ("epochs", 1.5)])
def test_parameters_out_of_range_are_errors(parameter: str, value: float) -> None:
    with pytest.raises(cn.ConnectionistError, match=rf"elman-letters\.{parameter}: must be .*got {value}"):
        cn.task("elman-letters", "default", **{parameter: value})


def check_as_in_figures_4_and_5(found: dict[str, Any]) -> None:
    """The network predicts vowels, and that a consonant is due, but not whether it is High: the best guess leaves rms .272 and 4/9."""
    assert found["fraction of vowels correct"] > 0.998
    assert found["rms error before vowels"] < 0.05
    assert found["rms error before consonants"] == pytest.approx(0.272, abs=0.015)
    assert found["mean |error| of Consonant before consonants"] < 0.03
    assert found["mean |error| of High before consonants"] == pytest.approx(4 / 9, abs=0.06)


def test_the_error_is_high_where_the_next_letter_is_open() -> None:
    """Default preset, seed 1."""
    check_as_in_figures_4_and_5(findings(cn.run("elman-letters", seed=1)))


@pytest.mark.slow
def test_ten_seeds_of_letters() -> None:
    """Preset "published", seeds 1-10; another replication found rms .267 and .004, |error| .005 of Consonant and .456 of High."""
    found = [findings(result) for result in cn.run_seeds("elman-letters", range(1, 11), preset="published")]
    for one in found:
        check_as_in_figures_4_and_5(one)
    assert statistics.median(one["fraction of vowels correct"] for one in found) == 1
    assert statistics.median(one["rms error before vowels"] for one in found) < 0.015
    assert statistics.median(one["mean |error| of Consonant before consonants"] for one in found) < 0.01
