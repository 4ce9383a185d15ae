"""The test whether a case is correct."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import connectionist as cn
from connectionist.data.accuracy import correct_cases
from connectionist.engines.case_runner import CaseRunner

SHAPE = st.tuples(st.integers(1, 5), st.integers(1, 4))


@given(st.data())
def test_a_case_is_correct_if_every_output_is_nearer_to_its_target_than_the_tolerance(data: st.DataObject) -> None:
    shape = data.draw(SHAPE)
    outputs = data.draw(arrays(float, shape, elements=st.floats(0, 1)))
    targets = data.draw(arrays(float, shape, elements=st.floats(0, 1) | st.just(np.nan)))
    tolerance = data.draw(st.floats(0.01, 1))
    expected = [
        all(np.isnan(d) or abs(y - d) < tolerance for y, d in zip(row, goals, strict=True))
        for row, goals in zip(outputs.tolist(), targets.tolist(), strict=True)
    ]
    assert correct_cases(outputs, targets, tolerance).tolist() == expected


def test_exactly_the_tolerance_away_is_wrong() -> None:
    assert correct_cases(np.array([[0.5], [0.5 + 1e-12]]), np.array([[1.0], [1.0]]), 0.5).tolist() == [False, True]


def test_units_are_measured_alike(net: cn.Network, xor: cn.ExampleSet) -> None:
    runner = CaseRunner(net, xor)
    unit = net["output"][0]
    unit.activation, unit.target = 0.5, 1.0
    assert not runner.is_correct(0.5)
    assert runner.is_correct(0.51)
    unit.target = float("nan")
    assert runner.is_correct(0.01)


def test_examples_are_targets_and_the_tolerance_is_that_of_training() -> None:
    examples = cn.ExampleSet.from_arrays([[0], [1]], [[1], [0]])
    assert cn.correct_cases([[0.51], [0.5]], examples).tolist() == [True, False]
    with pytest.raises(cn.errors.DataError, match=r"outputs must be numbers, as of network\.outputs\(examples\).*got <Network"):
        cn.correct_cases(cn.Network(), examples)  # type: ignore[arg-type]
