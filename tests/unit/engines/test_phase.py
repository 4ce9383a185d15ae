"""Phases and criteria refuse what cannot be, and say when to change and when to stop."""

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
        ({"rule": "steepest"}, r"Phase.rule: must be a rule, as made by cn.rule\(name, rate=…\) \(got 'steepest'\)"),
        ({"epochs": -1}, "Phase.epochs: must be a whole number at least 0"),
        ({"epochs": 1.5}, r"\(got 1.5\)"),
        ({"update_after": 0}, r"Phase.update_after: must be a whole number at least 1 \(got 0\)"),
        ({"update_after": "example"}, r"Phase.update_after: must be 'epoch' or a number of examples \(got 'example'\)"),
        ({"order": "random"}, r"Phase.order: must be one of fixed, permuted, sampled \(got 'random'\)"),
        ({"rule": Still(), "update_after": 1}, "Phase: rule 'still' changes weights after whole epochs in fixed order only"),
        ({"rule": Still(), "order": "permuted"}, "in fixed order only"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.Phase(**{"rule": RULE, "epochs": 1, **options})  # type: ignore[arg-type]


@given(st.integers(1, 100), st.integers(1, 200))
def test_weights_change_after_so_many_examples_and_at_the_end_of_an_epoch_at_the_latest(presentations: int, count: int) -> None:
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
def test_a_criterion_is_met_when_all_of_it_is(conditions: dict[str, float], error: float, correct: float, met: bool) -> None:
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
def test_criteria_that_cannot_be_met_are_refused(conditions: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.Criterion(**conditions)
