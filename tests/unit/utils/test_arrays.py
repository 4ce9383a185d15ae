"""Numbers of users: lists, arrays, and tables of pandas with any kind of missing value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.errors import DataError
from connectionist.utils.arrays import as_numbers

NAN = float("nan")
TABLE = pd.DataFrame({"a": [1, 2], "b": [True, False], "c": [0.5, None]})
NUMBERS = [[1.0, 1.0, 0.5], [2.0, 0.0, NAN]]


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (TABLE, NUMBERS),
        (TABLE.convert_dtypes(), NUMBERS),
        (TABLE.convert_dtypes(dtype_backend="pyarrow"), NUMBERS),
        (TABLE.astype(object), NUMBERS),
        (pd.Series([1, None], dtype="Int64"), [1.0, NAN]),
        (pd.Series([True, None], dtype="boolean"), [1.0, NAN]),
        (pd.Series([2, 1], dtype="category"), [2.0, 1.0]),
        (np.ma.array([1, 2], mask=[False, True]), [1.0, NAN]),
        ([Decimal("0.25"), Fraction(1, 2), True, np.float32(2), np.int8(3)], [0.25, 0.5, 1.0, 2.0, 3.0]),
        ({"x": 1, "y": 2}.values(), None),
        (range(3), [0.0, 1.0, 2.0]),
    ],
)
def test_values_become_numbers(values: Any, numbers: Any) -> None:
    if numbers is None:
        with pytest.raises(DataError, match="must be numbers"):
            as_numbers(values, "x")
        return
    made = as_numbers(values, "x")
    assert made.dtype == np.float64
    np.testing.assert_array_equal(made, numbers)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({1, 2}, r"x: must be in an order, such as a list \(got a set"),
        ([None, 1], r"x: must be numbers \(got None\)"),
        (pd.DataFrame({"a": [1, 2], "b": ["u", "v"]}), r"x: must be numbers \(got 'u' in column 'b'\)"),
        (pd.Series(["u"], dtype="category"), r"\(got 'u'\)"),
        (pd.Series(pd.to_datetime(["2020-01-01"])), "got datetime64"),
        (["1"], "must be numbers"),
        ([1j], "complex"),
        ([10**400], r"must be at most 1.8e\+308 \(got a larger number\)"),
        ([[1], [1, 2]], "must be numbers"),
    ],
)
def test_what_is_no_number_is_named(values: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_numbers(values, "x")


def test_tables_are_inputs_and_targets_everywhere() -> None:
    net = cn.Network("table")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output", weights=0.5)
    inputs, targets = TABLE[["a", "b"]].convert_dtypes(), TABLE[["c"]].convert_dtypes()
    examples = cn.ExampleSet.from_arrays(inputs, targets)
    np.testing.assert_array_equal(examples.targets, [[0.5], [NAN]])
    assert net.forward(inputs.iloc[0]) == net.forward([1, 1]) == net.forward({"input": inputs.iloc[0]})
    with pytest.raises(DataError, match="input 0: must be finite"):
        cn.ExampleSet.from_arrays(targets.iloc[1:], targets.iloc[1:])


@pytest.mark.parametrize(
    "attempt",
    [
        lambda net: net.add_group("g", {"a", "b"}),
        lambda net: cn.ExampleSet({cn.Example(np.zeros(1), np.zeros(1))}),
        lambda net: cn.ExampleSet.from_arrays([[0], [1]], [[0], [1]], names={"a", "b"}),  # type: ignore[arg-type]
        lambda net: net.tie(set(net.connections)),
        lambda net: net.randomize(0.5, among=set(net.weights)),
        lambda net: cn.record(net, cn.ExampleSet.from_arrays([[0]], [[1]]), of={"input", "output"}),
    ],
)
def test_a_set_has_no_order(attempt: Callable[[cn.Network], object]) -> None:
    net = cn.Network("set")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    with pytest.raises(DataError, match="must be in an order"):
        attempt(net)
