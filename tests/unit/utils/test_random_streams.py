"""Independent random streams of one seed, by name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectionist.errors import ParameterError
from connectionist.utils.random_streams import random_stream


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
