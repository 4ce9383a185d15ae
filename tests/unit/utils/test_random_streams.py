"""Independent random streams of one seed, by name."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectionist.errors import ParameterError
from connectionist.utils import random_streams
from connectionist.utils.random_streams import LEAST_PREPARED, PREPARED_BELOW, PreparedStreams, random_stream


@given(st.integers(0, 2**63), st.text(max_size=8))
def test_seed_and_name_alone_fix_a_stream(seed: int, name: str) -> None:
    again: Any = np.int64(seed) if seed < 2**63 else seed
    assert random_stream(seed, name).random(4).tolist() == random_stream(again, name).random(4).tolist()


def test_other_names_and_other_seeds_give_other_numbers() -> None:
    drawn = {random_stream(seed, name).random() for seed in range(10) for name in ("weights", "order", "noise")}
    assert len(drawn) == 30


def test_the_numbers_of_a_stream_are_pinned() -> None:
    """Published runs are identified by their seed. A change here changes every result in the README."""
    assert random_stream(1, "weights").uniform(-1, 1, 2).tolist() == [-0.9760170574244666, -0.9720940648982548]


@pytest.mark.parametrize("seed", [-1, 1.5, "1", None, True])
def test_what_is_no_seed_is_rejected(seed: object) -> None:
    with pytest.raises(ParameterError, match="seed: must be a whole number of at least 0"):
        random_stream(seed, "weights")  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 2**33) | st.integers(0, 2**100), min_size=LEAST_PREPARED, unique=True), st.text(max_size=8))
def test_prepared_streams_have_the_same_numbers(seeds: list[int], name: str) -> None:
    alone = [random_stream(seed, name) for seed in seeds]
    seeds += list(range(LEAST_PREPARED))  # so that there are enough of one word
    with PreparedStreams(seeds, name):
        together = [random_stream(seed, name) for seed in seeds[: len(alone)]]
        assert random_stream(1, name + "x").random() == random_stream(1, name + "x").random()
        small = random_stream(3, name)
    for one, other in zip(alone, together, strict=True):
        assert one.bit_generator.state == other.bit_generator.state
    assert small.bit_generator.state == random_stream(3, name).bit_generator.state
    assert isinstance(small.bit_generator.seed_seq, random_streams._PreparedSeed)
    assert type(random_stream(3, name).bit_generator.seed_seq) is np.random.SeedSequence


def test_prepared_streams_can_be_split_and_pickled_as_others() -> None:
    with PreparedStreams(range(PREPARED_BELOW - LEAST_PREPARED, PREPARED_BELOW), "weights"):
        prepared = random_stream(PREPARED_BELOW - 1, "weights")
    alone = random_stream(PREPARED_BELOW - 1, "weights")
    for other in (pickle.loads(pickle.dumps(prepared)), copy.deepcopy(prepared)):
        assert other.bit_generator.state == alone.bit_generator.state
    assert prepared.spawn(1)[0].random() == alone.spawn(1)[0].random()
    assert prepared.bit_generator.seed_seq.generate_state(3).tolist() == alone.bit_generator.seed_seq.generate_state(3).tolist()
