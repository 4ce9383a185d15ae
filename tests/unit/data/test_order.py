"""The order of presentation."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.data.order import PresentationOrder

ORDER = st.sampled_from(["fixed", "permuted", "sampled"])


def examples(count: int, frequencies: list[float] | None = None) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(np.zeros((count, 1)), np.zeros((count, 1)), frequencies=frequencies)


@given(st.integers(1, 20), st.integers(0, 10**6), ORDER, st.lists(st.integers(0, 4), max_size=5))
def test_orders_are_the_same_whether_asked_for_one_by_one_or_many_at_a_time(count: int, seed: int, order: str, blocks: list[int]) -> None:
    at_once = PresentationOrder(examples(count), seed).orders(order, sum(blocks))
    bit_by_bit = PresentationOrder(examples(count), seed)
    pieces = [bit_by_bit.orders(order, block) for block in blocks]
    assert at_once.shape == (sum(blocks), count)
    assert at_once.tolist() == [row for piece in pieces for row in piece.tolist()]


@given(st.integers(6, 20), st.integers(0, 10**6))  # of only two examples, twelve permutations are all equal once in 2,048
def test_fixed_stands_and_permuted_shuffles_anew_each_epoch(count: int, seed: int) -> None:
    presentation = PresentationOrder(examples(count), seed)
    assert presentation.orders("fixed", 2).tolist() == [list(range(count))] * 2
    shuffled = presentation.orders("permuted", 12)
    assert np.array_equal(np.sort(shuffled, axis=1), np.tile(np.arange(count), (12, 1)))
    assert len({tuple(row) for row in shuffled.tolist()}) > 1


def test_sampled_draws_with_replacement_in_proportion_to_frequency() -> None:
    drawn = PresentationOrder(examples(3, [1.0, 2.0, 5.0]), seed=3).orders("sampled", 4000)
    assert np.allclose(np.bincount(drawn.ravel()) / drawn.size, [1 / 8, 2 / 8, 5 / 8], atol=0.02)
    assert any(len(set(row)) < 3 for row in drawn.tolist())


def test_another_seed_gives_another_order() -> None:
    first, second = (PresentationOrder(examples(10), seed).orders("permuted", 3).tolist() for seed in (0, 1))
    assert first != second
