"""The shifter of the Boltzmann machine: Hinton & Sejnowski (1986), Parallel Distributed Processing, vol. 1, chapter 7."""

import itertools
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.boltzmann_shifter import SHIFTS, BoltzmannShifter


def test_the_second_row_is_the_first_shifted_by_one_place() -> None:
    examples = BoltzmannShifter(size=4, ticks=2).training_examples
    assert examples.names[:4] == ("0000 left", "0000 none", "0000 right", "0001 left")
    row = examples.names.index("0010 left")
    assert examples.inputs[row].tolist() == [[0, 0, 1, 0, 0, 1, 0, 0]] * 2
    assert examples.inputs[row + 2].tolist() == [[0, 0, 1, 0, 0, 0, 0, 1]] * 2
    assert examples.targets[row].tolist() == [[1, 0, 0]] * 2


def test_a_unit_of_a_row_is_on_with_a_probability_of_three_tenths() -> None:
    examples = BoltzmannShifter(size=3).training_examples
    assert examples.frequencies.sum() == pytest.approx(len(SHIFTS))
    on = (examples.frequencies[:, np.newaxis] * examples.inputs[:, 0]).sum(axis=0) / len(SHIFTS)
    assert on == pytest.approx([0.3] * 6)


def test_weights_are_symmetric_before_and_after_training() -> None:
    task = BoltzmannShifter(size=3)
    net = task.network(seed=1)
    for _ in range(2):
        assert (net.projection("hidden", "shift").weights == net.projection("shift", "hidden", delay=1).weights.T).all()
        cn.train(net, task.training_examples, phases=task.phases, seed=1)


def test_recognition_of_a_network_made_by_hand() -> None:
    """A hidden unit for each pair of units of both rows and each shift."""
    task = BoltzmannShifter(size=4, hidden=12)
    net = task.network(seed=0)
    for projection in net.projections:
        projection.weights = np.where(np.isnan(projection.weights), np.nan, 0.0)
    first, second, shift = np.zeros((4, 12)), np.zeros((4, 12)), np.zeros((12, 3))
    for unit, (place, number) in enumerate(itertools.product(range(4), range(3))):
        first[place, unit] = second[(place + number - 1) % 4, unit] = 20.0
        shift[unit, number] = 1.0
    net.projection("first", "hidden").weights, net.projection("second", "hidden").weights = first, second
    net.projection("bias", "hidden").weights = [[-30.0] * 12]
    net.projection("hidden", "shift").weights = shift
    net.projection("shift", "hidden", delay=1).weights = shift.T
    assert task.recognized(net)[1] == 100
    correct = task.correct_cases(net, task.training_examples, "local")
    assert [
        int(correct[task.training_examples.names.index(f"{row} {word}")]) for row in ("0001", "0110") for word in ("left", "right")
    ] == [1] * 4
    assert correct.sum() < len(correct)  # "0000", for example, is the same after each shift


def test_the_shift_is_learned() -> None:
    """Seeds 1-3; published: 50 to 89 %, by the number of units on."""
    for result in cn.run_seeds("boltzmann-shifter", range(1, 4)):
        measured: dict[Any, Any] = result.findings["measured"].to_dict()
        assert measured["least percent correct, by the number of units on"] > 50
        assert measured["greatest percent correct, by the number of units on"] == 100
        assert result.report["correct"] > 0.9


def test_random_units_learn_a_part_of_it() -> None:
    """Three units in a row: of one or two that are on. Chance is a third."""
    task = BoltzmannShifter(size=3, hidden=12, stochastic=True, rate=0.5, update_after=6, epochs=60)
    result = cn.run(task, seed=1)
    assert np.mean(list(task.recognized(result.run.network).values())) > 60


@pytest.mark.slow
def test_random_units_learn_the_shift() -> None:
    """Seeds 1-3. More than 50 % for each number of units on, as published, and 97 % of all examples."""
    for result in cn.run_seeds("boltzmann-shifter", range(1, 4), preset="stochastic"):
        assert result.run.ran_by == ["compiled"]
        assert result.findings["measured"].min() > 50
        assert result.run.stopped == "97 % correct"
