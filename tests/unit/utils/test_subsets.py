"""Slices, lists, masks and patterns select several units of a group and several examples of a set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, UnknownNameError

NAMES = ["cat", "cow", "dog", "c*"]


@pytest.fixture
def group() -> cn.Group:
    return cn.Network().add_group("animals", NAMES, role="input")


@pytest.fixture
def examples() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(np.eye(4), np.eye(4), names=NAMES, frequencies=[1, 2, 3, 4])


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        (slice(0, 2), [0, 1]),
        (slice(None, None, -1), [3, 2, 1, 0]),
        (["dog", 0, -1], [2, 0, 3]),
        (np.array([1, 3]), [1, 3]),
        ([True, False, False, True], [0, 3]),
        (np.array([False, False, True, False]), [2]),
        ("c?[tw]", [0, 1]),
        ("*o*", [1, 2]),
        (("cat",), [0]),
    ],
)
def test_a_key_selects_several_items(group: cn.Group, examples: cn.ExampleSet, key: Any, numbers: list[int]) -> None:
    assert [unit.index for unit in group[key]] == numbers
    part = examples[key]
    assert part.names == tuple(NAMES[number] for number in numbers)
    assert part.inputs.tolist() == np.eye(4)[numbers].tolist()
    assert part.frequencies.tolist() == [1.0 + number for number in numbers]


def test_a_name_precedes_a_pattern(group: cn.Group, examples: cn.ExampleSet) -> None:
    assert group["c*"].index == 3
    assert examples["c*"].name == "c*"


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        ("x*", UnknownNameError, "'x\\*'"),
        (["cat", "cot"], UnknownNameError, "'cot'; did you mean"),
        ([True], DataError, r"a mask must have 4 values, one for each \(got 1\)"),
        ({"cat"}, DataError, "must be in an order"),
        (True, UnknownNameError, "True"),
        (np.bool_(False), UnknownNameError, "False"),
        ([True, 1], UnknownNameError, "True"),
        (1.5, UnknownNameError, "1.5"),
        (None, UnknownNameError, "None"),
    ],
)
def test_what_selects_nothing_is_named(group: cn.Group, examples: cn.ExampleSet, key: Any, error: type[Exception], message: str) -> None:
    for thing in (group, examples):
        with pytest.raises(error, match=message):
            thing[key]


def test_a_set_of_no_examples_is_an_error(examples: cn.ExampleSet) -> None:
    with pytest.raises(DataError, match="needs at least one example"):
        examples[4:]
