"""Sequence completion: Rumelhart, Hinton & Williams (1986), PDP vol. 1, chapter 8, pp. 358-359, Tables 10-12."""

import statistics
from typing import Any

import numpy as np
import pytest

import connectionist as cn

CODE = {"A": "12", "B": "23", "C": "31", "D": "21", "E": "13"}


def measured(result: cn.Result) -> list[Any]:
    return [finding["measured"] for finding in result.report["findings"]]


def letters_and_digits(example: cn.Example) -> tuple[str, str]:
    """Return the letters that go in and the digits that are targets, a character per tick; "-" is none."""
    letters = "".join("ABCDE"[row.argmax()] if row.any() else "-" for row in example.inputs)
    digits = "".join("-" if np.isnan(row).all() else "123"[row.argmax()] for row in example.targets)
    assert np.nansum(example.targets) == 4
    return letters, digits


def all_examples(task: cn.Task) -> list[cn.Example]:
    assert task.testing_examples is not None
    return [*task.training_examples, *task.testing_examples]


def test_the_sequences_are_those_of_the_chapter() -> None:
    """Every pair of letters once; letters at ticks 1 and 2, the digits of the first and then of the second at ticks 3-6."""
    task = cn.task("sequence-completion")
    examples = all_examples(task)
    assert sorted(example.name for example in examples) == [first + second for first in "ABCDE" for second in "ABCDE"]
    for example in examples:
        first, second = example.name[0], example.name[1]
        assert letters_and_digits(example) == (f"{first}{second}----", f"--{CODE[first]}{CODE[second]}")
    assert task.testing_examples is not None
    assert task.testing_examples.names == ("AD", "BE", "CA", "DB", "EC")


def test_the_network_is_that_of_the_chapter() -> None:
    """5-30-3; hidden and output units start at 0.2, receive from all of both and have no error beyond 0.2 and 0.8; α 0.9, 260 epochs."""
    task = cn.task("sequence-completion", "published")
    net = task.network(seed=1)
    assert [(group.name, len(group)) for group in net.groups if group.role != "bias"] == [("input", 5), ("hidden", 30), ("output", 3)]
    for name in ("hidden", "output"):
        assert (net[name].initial == 0.2).all()
        assert len(net[name][0].incoming) == 30 + 3 + 1 + (5 if name == "hidden" else 0)
    assert net["output"].margin == 0.2
    (phase,) = task.phases
    assert (phase.rule, phase.epochs, task.criterion) == (cn.rule("momentum", rate=0.03, momentum=0.9, decay=0.002), 260, None)


def test_what_goes_in_comes_out_two_ticks_later(engine: str) -> None:
    """All units compute at once: a letter at tick t cannot matter for the output before t + 2; within a tick it matters at t."""
    one, other = (cn.ExampleSet([example]) for example in (cn.task("sequence-completion").training_examples[name] for name in ("AA", "BA")))
    for at_once, least in ((True, 3), (False, 1)):
        net = cn.task("sequence-completion", at_once=at_once).network(seed=1)
        differ = (net.outputs(one, engine) != net.outputs(other, engine)).any(axis=(0, 2))
        assert differ.tolist() == [tick >= least for tick in range(1, 7)]


def test_five_seeds_complete_untrained_sequences() -> None:
    """Default preset, seeds 1-5: all 20 trained sequences correct, and at least 4 of the 5 others, the published number."""
    for result in cn.run_seeds("sequence-completion", range(1, 6)):
        first, learned, correct, _ = measured(result)
        assert first <= 600
        assert learned
        assert correct >= 4


def test_four_of_five_after_260_epochs() -> None:
    """Preset "published", seeds 1-10: 4 of the 5 sequences held out are correct at the median."""
    results = [measured(result) for result in cn.run_seeds("sequence-completion", range(1, 11), preset="published")]
    assert statistics.median(correct for _, _, correct, _ in results) >= 4


@pytest.mark.parametrize(("timing", "ticks"), [("moved", {8}), ("held", {7, 8, 9})])
def test_the_six_variants(timing: str, ticks: set[int]) -> None:
    """150 sequences: each pair six times, letters in order, the four digits at the last four ticks and after the letters."""
    examples = all_examples(cn.task("sequence-completion-variable", timing=timing))
    assert len(examples) == 150
    assert {example.ticks for example in examples} == ticks
    for example in examples:
        first, second = example.name[0], example.name[1]
        letters, digits = letters_and_digits(example)
        given = letters.replace("-", "")
        assert given.strip(first) in (second * given.count(second), "")
        assert (given[0], given[-1]) == (first, second)
        assert digits == "-" * (len(letters) - 4) + CODE[first] + CODE[second]
        assert letters[-4:] == "----"


def test_a_seed_learns_the_variants() -> None:
    """Default preset, seed 1: all 120 trained sequences correct, and more than half of the 30 others."""
    _, learned, correct, _ = measured(cn.run("sequence-completion-variable", seed=1))
    assert learned
    assert correct > 15


@pytest.mark.slow
def test_forty_seeds_of_sequence_completion() -> None:
    """Seeds 1-40: all learn it, the median within a sixth of 260, at least 4 of 5 correct. Published, of one run: 260 epochs, 4 of 5.

    After exactly 260 epochs 4 of 5 at the median; and where units follow each other within a tick, fewer.
    """
    results = [measured(result) for result in cn.run_seeds("sequence-completion", range(1, 41))]
    assert all(learned and correct >= 4 for _, learned, correct, _ in results)
    assert statistics.median(first for first, *_ in results) == pytest.approx(260, rel=1 / 6)
    medians = {
        preset: statistics.median(measured(result)[2] for result in cn.run_seeds("sequence-completion", range(1, 41), preset=preset))
        for preset in ("published", "within-tick")
    }
    assert medians["within-tick"] < medians["published"] == 4


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "least"), [("default", 20), ("held", 10)])
def test_ten_seeds_of_the_variants(preset: str, least: int) -> None:
    """Seeds 1-10: at least nine learn all 120; of the 30 held out two thirds are correct at the median, or a third with preset "held"."""
    results = [measured(result) for result in cn.run_seeds("sequence-completion-variable", range(1, 11), preset=preset)]
    assert sum(learned for _, learned, *_ in results) >= 9
    assert statistics.median(correct for _, _, correct, _ in results) >= least
