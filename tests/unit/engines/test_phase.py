"""Phases and criteria: errors for invalid values, the number of examples per change, and when a criterion is met."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.plugins.rules import SearchRule
from connectionist.utils.arrays import Array

RULE = cn.rule("steepest")


class Still(SearchRule):
    name = "still"

    def search(self, values: Array, evaluate: object, memory: object) -> Array:
        return values


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": 3}, r"Phase.rule: must be the name of an update rule or an object of class .* \(got 3\)"),
        ({"epochs": -1}, "Phase.epochs: must be a whole number of at least 0"),
        ({"epochs": 1.5}, r"\(got 1.5\)"),
        ({"update_after": 0}, r"Phase.update_after: must be a whole number of at least 1 \(got 0\)"),
        ({"update_after": "example"}, r"Phase.update_after: must be 'epoch' or a number of examples \(got 'example'\)"),
        ({"order": "random"}, r"Phase.order: must be one of fixed, permuted, sampled \(got 'random'\)"),
        ({"order": np.arange(4)}, r"Phase.order: must be one of fixed, permuted, sampled \(got array\(\[0, 1, 2, 3\]\)\)"),
        ({"weighting": np.ones(2)}, r"Phase.weighting: must be one of equal, frequency \(got array"),
        ({"update_after": np.array([1, 2])}, r"Phase.update_after: must be a whole number of at least 1 \(got array"),
        (
            {"rule": Still(), "update_after": 1},
            r"Phase: rule 'still' searches over whole epochs; set update_after='epoch', order='fixed' and "
            r"presentations=None \(got 1, 'fixed', None\)",
        ),
        ({"rule": Still(), "order": "permuted"}, r"\(got 'epoch', 'permuted', None\)"),
    ],
)
def test_invalid_phases_raise(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.Phase(**{"rule": RULE, "epochs": 1, **options})  # type: ignore[arg-type]


@given(st.integers(1, 100), st.integers(1, 200))
def test_examples_per_change_is_at_most_one_epoch(presentations: int, count: int) -> None:
    assert cn.Phase(RULE, 1, update_after=count).examples_per_change(presentations) == min(count, presentations)
    assert cn.Phase(RULE, 1).examples_per_change(presentations) == presentations


@pytest.mark.parametrize(
    ("conditions", "error", "correct", "met"),
    [
        ({"error": 0.1}, 0.1, 0.0, True),
        ({"error": 0.1}, 0.11, 1.0, False),
        ({"correct": 0.9}, 9.0, 0.9, True),
        ({"correct": 0.9}, 0.0, 0.89, False),
        ({"error": 0.1, "correct": 1.0}, 0.05, 0.5, False),
        ({"error": 0.1, "correct": 1.0}, 0.05, 1.0, True),
        ({"error": 0.1}, float("nan"), 1.0, False),
    ],
)
def test_a_criterion_is_met_when_both_parts_hold(conditions: dict[str, float], error: float, correct: float, met: bool) -> None:
    assert cn.Criterion(**conditions).is_met(error, correct) == met


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({}, "give error, correct, or both"),
        ({"error": -1}, "Criterion.error"),
        ({"correct": 0}, "Criterion.correct"),
        ({"correct": 1.1}, "got 1.1"),
    ],
)
def test_invalid_criteria_raise(conditions: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.Criterion(**conditions)
