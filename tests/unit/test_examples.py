"""Examples: what may be in them, and how they are found."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import connectionist as cn
from connectionist.errors import ParameterError, PatternError, UnknownNameError

TABLE = arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-10, 10))


@given(TABLE)
def test_tables_become_examples_and_examples_the_same_tables(table: np.ndarray) -> None:
    examples = cn.ExampleSet.from_arrays(table, -table)
    assert np.array_equal(examples.inputs, table)
    again = cn.ExampleSet(examples)
    assert np.array_equal(again.targets, -table)
    assert again.names == tuple(str(number) for number in range(len(table)))
    assert len(list(examples)) == len(examples) == len(table)


def test_the_set_keeps_its_own_copy_of_the_tables() -> None:
    table = np.zeros((2, 2))
    examples = cn.ExampleSet.from_arrays(table, table)
    table[:] = 9.0
    assert not examples.inputs.any()
    assert not examples.targets.any()
    row = np.zeros(2)
    example = cn.Example(row, row)
    row[:] = 9.0
    assert not example.inputs.any()
    assert not example.targets.any()


def test_an_example_is_found_by_number_from_the_end_and_by_name(xor: cn.ExampleSet) -> None:
    named = cn.ExampleSet.from_arrays([[0], [1]], [[1], [0]], names=["no", "yes"], frequencies=[1.0, 3.0])
    assert named["yes"].inputs.tolist() == named[1].inputs.tolist() == named[-1].inputs.tolist() == [1.0]
    assert named["yes"].frequency == 3.0
    assert named.names == ("no", "yes")
    assert xor["3"].targets.tolist() == [0.0]


@pytest.mark.parametrize("key", [4, -5, "4", "none"])
def test_an_unknown_example_is_answered_with_the_known_ones(xor: cn.ExampleSet, key: int | str) -> None:
    with pytest.raises(UnknownNameError, match=rf"unknown example {key!r}.* Known: 0, 1, 2, 3"):
        xor[key]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_input_that_is_not_finite_is_refused_by_example_place_and_value(bad: float) -> None:
    with pytest.raises(PatternError, match=rf"example 'second', input 1: must be finite \(got {bad}\)"):
        cn.ExampleSet.from_arrays([[0.0, 0.0], [0.0, bad]], [[0], [1]], names=["first", "second"])


def test_a_target_may_be_nan_but_not_infinite() -> None:
    assert np.isnan(cn.Example([0], [math.nan]).targets).all()  # type: ignore[arg-type]
    with pytest.raises(PatternError, match=r"example 'x', target 0: must be finite, or NaN for none \(got -inf\)"):
        cn.Example([0], [-math.inf], "x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "message"),
    [
        ([[0], [1]], [[0]], {}, "inputs has 2 cases and targets has shape \\(1, 1\\)"),
        ([[0], [1]], [[0], [1]], {"names": ["a"]}, "inputs has 2 cases and names has shape \\(1,\\)"),
        ([[0], [1]], [[0], [1]], {"frequencies": [1, 2, 3]}, "inputs has 2 cases and frequencies has shape \\(3,\\)"),
        ([[0], [1]], [[0], [1]], {"names": ["a", "a"]}, r"names must differ \(got 'a' twice\)"),
        ([[0, 1], [1]], [[0], [1]], {}, "inputs: must be numbers"),
        ([0, 1], [[0], [1]], {}, r"must be of shape \[case, unit\] or \[case, tick, unit\] \(got 1 dimensions"),
        ([["a"]], [[0]], {}, "must be numbers"),
        ([], [], {}, "ExampleSet|shape"),
    ],
)
def test_tables_that_do_not_agree_are_refused(inputs: object, targets: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(PatternError, match=message):
        cn.ExampleSet.from_arrays(inputs, targets, **options)  # type: ignore[arg-type]


def test_examples_of_different_width_are_refused_by_name() -> None:
    with pytest.raises(PatternError, match=r"example 'b': must have 1 targets like example 'a' \(got 2\)"):
        cn.ExampleSet([cn.Example([0], [0], "a"), cn.Example([0], [0, 1], "b")])  # type: ignore[arg-type]


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(PatternError, match="needs at least one example"):
        cn.ExampleSet([])


@pytest.mark.parametrize("frequency", [0, -1, math.nan])
def test_a_frequency_must_be_above_0(frequency: float) -> None:
    with pytest.raises(ParameterError, match=r"Example.frequency: must be a number above 0"):
        cn.Example([0], [0], frequency=frequency)  # type: ignore[arg-type]
