"""Patterns of connection: two sizes in, a mask out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectionist.errors import ParameterError, UnknownNameError, WiringError
from connectionist.model.connectivity import Random, full, make_mask, one_to_one

SIZE = st.integers(1, 12)


@given(SIZE, SIZE)
def test_full_connects_all(senders: int, receivers: int) -> None:
    assert full(senders, receivers).shape == (senders, receivers)
    assert full(senders, receivers).all()


@given(SIZE)
def test_one_to_one_connects_each_to_its_own(size: int) -> None:
    assert np.array_equal(one_to_one(size, size), np.eye(size, dtype=bool))


def test_one_to_one_needs_groups_of_one_size() -> None:
    with pytest.raises(WiringError, match=r"the same size \(got 2 senders and 3 receivers\)"):
        one_to_one(2, 3)


@given(st.integers(0, 10**6), st.data())
def test_fan_in_gives_every_receiver_so_many_senders(seed: int, data: st.DataObject) -> None:
    senders, receivers = data.draw(SIZE), data.draw(SIZE)
    fan_in = data.draw(st.integers(1, senders))
    drawn = Random(fan_in=fan_in, seed=seed)(senders, receivers)
    assert drawn.sum(axis=0).tolist() == [fan_in] * receivers
    assert np.array_equal(drawn, Random(fan_in=fan_in, seed=seed)(senders, receivers))


def test_fan_in_differs_from_receiver_to_receiver_and_seed_to_seed() -> None:
    drawn = Random(fan_in=3, seed=1)(20, 20)
    assert len({tuple(column) for column in drawn.T.tolist()}) > 10
    assert not np.array_equal(drawn, Random(fan_in=3, seed=2)(20, 20))


def test_probability_is_the_share_of_pairs_connected() -> None:
    assert not Random(probability=0)(30, 30).any()
    assert Random(probability=1)(30, 30).all()
    assert Random(probability=0.25, seed=4)(100, 100).mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "either probability or fan_in"),
        ({"probability": 0.5, "fan_in": 2}, "needs either probability or fan_in"),
        ({"probability": 1.5}, r"Random.probability: must be a number of at least 0 and at most 1 \(got 1.5\)"),
        ({"fan_in": 0}, r"Random.fan_in: must be a whole number of at least 1 \(got 0\)"),
        ({"fan_in": 1.5}, r"\(got 1.5\)"),
    ],
)
def test_parameters_out_of_range_are_rejected(parameters: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Random(**parameters)  # type: ignore[arg-type]


def test_more_senders_than_there_are_are_rejected() -> None:
    with pytest.raises(WiringError, match=r"at most the number of senders, 2 \(got 3\)"):
        Random(fan_in=3)(2, 1)


def test_a_pattern_is_a_name_a_function_or_the_mask_itself() -> None:
    table = [[True, False], [True, True], [False, False]]
    assert make_mask("full", 2, 3).all()
    assert make_mask(lambda senders, receivers: np.eye(senders, receivers, dtype=bool), 3, 2).tolist() == [
        [True, False],
        [False, True],
        [False, False],
    ]
    assert make_mask(table, 3, 2).tolist() == table
    assert make_mask([[1, 0]], 1, 2).dtype == bool


@pytest.mark.parametrize(
    ("pattern", "error", "message"),
    [
        ("ful", UnknownNameError, "unknown pattern 'ful'; did you mean 'full'"),
        ("random", ParameterError, r"needs a parameter, as in pattern=cn.Random\(probability=0.1\)"),
        ([[True]], WiringError, r"pattern: must have shape \(2, 3\), \[sender, receiver\] \(got \(1, 1\)\)"),
        ([[0.5, 1, 0], [1, 1, 1]], WiringError, "pattern: must hold true and false only"),
    ],
)
def test_what_is_no_pattern_is_rejected(pattern: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make_mask(pattern, 2, 3)  # type: ignore[arg-type]
