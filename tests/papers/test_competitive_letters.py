"""Competitive learning of letter pairs: Rumelhart & Zipser (1985), Cognitive Science 9, 75-112."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.competitive_letters import PAIRS, CompetitiveLetters


def divisions(seeds: range, **arguments: Any) -> Counter[str]:
    """Return how often the pairs are divided by what."""
    results = cn.run_seeds("competitive-letters", seeds, engine="local", **arguments)
    return Counter(str(result.findings.loc["the pairs are divided by", "measured"]) for result in results)


def test_pairs_share_points_where_they_share_letters() -> None:
    inputs = CompetitiveLetters().training_examples.inputs.reshape(4, 7, 2, 5)
    assert (inputs[0, :, 0] == inputs[0, :, 1]).all()
    for one, other in ((0, 1), (2, 3)):
        assert (inputs[one, :, 0] == inputs[other, :, 0]).all()
        assert not (inputs[one, :, 1] == inputs[other, :, 1]).all()


def test_weights_begin_and_stay_with_the_sum_1() -> None:
    result = cn.run("competitive-letters", seed=3, epochs=5, engine="local")
    for net in (CompetitiveLetters().network(seed=3), result.network):
        weights = net.projection("input", "cluster").weights
        assert weights.sum(axis=0) == pytest.approx([1, 1])
        assert (weights > 0).all()


def test_two_units_detect_a_letter_in_a_position() -> None:
    """Seeds 1-10, with either letter in some; the weights of a unit are near the mean of its two pairs."""
    assert set(divisions(range(1, 11))) == {"first letter", "second letter"}
    result = cn.run("competitive-letters", seed=1, engine="local")
    task = CompetitiveLetters()
    shares = task.training_examples.inputs / task.training_examples.inputs.sum(axis=1, keepdims=True)
    winners, weights = task.winners(result.network), result.network.projection("input", "cluster").weights.T
    for unit in range(2):
        mean = shares[[winners[pair] == unit for pair in PAIRS]].mean(axis=0)
        other = shares[[winners[pair] != unit for pair in PAIRS]].mean(axis=0)
        assert np.linalg.norm(weights[unit] - mean) < np.linalg.norm(weights[unit] - other) / 2


def test_without_leak_one_unit_may_win_everything() -> None:
    assert divisions(range(1, 11), preset="without-leak")["other"] >= 2


def test_the_other_units_learn_with_a_part_of_the_rate() -> None:
    rule: Any = cn.rule("competitive", rate=0.5, leak=0.1)
    values = np.array([[0.5, 0.5], [0.25, 0.75]])
    signals = rule.signals(values, np.array([0.0, 2.0]), np.array([1.0, 1.5]), np.zeros(2), np.zeros((2, 2)), {})
    assert signals == pytest.approx(np.array([[-0.05, 0.05], [-0.25, 0.25]]))
