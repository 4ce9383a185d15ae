"""Correct by tolerance, thresholds, margin and best match; confusions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import connectionist as cn
from connectionist import analysis
from connectionist.data.accuracy import correct_cases
from connectionist.errors import DataError, ParameterError, UnknownNameError

NAN = float("nan")
SEQUENCES = np.array([[[0.9, 0.1], [0.2, 0.6]], [[0.4, 0.3], [NAN, NAN]]])
GOALS = np.array([[[NAN, NAN], [0.0, 1.0]], [[1.0, 0.0], [NAN, NAN]]])
numbers = st.floats(0, 1)
tables = st.tuples(st.integers(1, 5), st.integers(1, 4))


@given(st.data())
def test_correct_by_tolerance_agrees_with_training(data: st.DataObject) -> None:
    shape = data.draw(tables)
    outputs = data.draw(arrays(float, shape, elements=numbers))
    targets = data.draw(arrays(float, shape, elements=numbers | st.just(NAN)))
    found = analysis.correct_by_tolerance(outputs, targets, 0.3)
    assert found.values.tolist() == correct_cases(outputs, targets, 0.3).tolist()


@given(st.data())
def test_correct_by_margin_compares_each_wanted_unit_with_each_other_unit(data: st.DataObject) -> None:
    outputs = data.draw(arrays(float, data.draw(tables), elements=numbers))
    targets = data.draw(arrays(float, outputs.shape, elements=st.sampled_from([0.0, 1.0, NAN])))
    margin = data.draw(st.sampled_from([0.0, 0.1]))
    expected = [
        all(y - z >= margin and y > z for y, d in zip(row, goals, strict=True) if d == 1 for z, e in zip(row, goals, strict=True) if e == 0)
        for row, goals in zip(outputs, targets, strict=True)
    ]
    assert analysis.correct_by_margin(outputs, targets, margin).values.tolist() == expected


def test_sequences_by_case_and_by_tick() -> None:
    by_case = analysis.correct_by_tolerance(SEQUENCES, GOALS)
    assert (by_case.dims, str(by_case.dtype), by_case.values.tolist()) == (("case",), "bool", [True, False])
    by_tick = analysis.correct_by_tolerance(SEQUENCES, GOALS, each="tick")
    assert by_tick.dims == ("case", "tick")
    np.testing.assert_array_equal(by_tick, [[NAN, 1], [0, NAN]])
    assert float(by_tick.mean()) == 0.5
    assert analysis.correct_by_margin(SEQUENCES, GOALS).values.tolist() == [True, True]
    assert analysis.correct_by_match(SEQUENCES, GOALS).values.tolist() == [True, True]
    np.testing.assert_array_equal(analysis.correct_by_match(SEQUENCES, GOALS, each="tick"), [[NAN, 1], [1, NAN]])


def test_names_come_from_outputs_or_examples() -> None:
    examples = cn.ExampleSet.from_arrays([[0.0], [1.0]], [[0.0], [1.0]], names=["off", "on"])
    assert analysis.correct_by_tolerance([[0.1], [0.1]], examples).sel(case="off")
    outputs = xr.DataArray([[[0.1], [0.2]], [[0.1], [0.9]]], {"epoch": [10, 20], "case": ["off", "on"]}, ("epoch", "case", "unit"))
    found = analysis.correct_by_tolerance(outputs, examples)
    assert found.sel(epoch=10).values.tolist() == [True, False]
    assert found.sel(epoch=20, case="on")
    swapped = outputs.isel(case=[1, 0])
    with pytest.raises(DataError, match=r"must have the same cases in the same order \(got 'on' and 'off'\)"):
        analysis.correct_by_tolerance(swapped, examples)


def test_measures_take_recordings(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, cn.rule("momentum", rate=0.5), 60, record=cn.Recorder("activation", of="output", every=20))
    found = analysis.correct_by_tolerance(run.recording["activation"], xor)
    assert found.dims == ("epoch", "case")
    assert found.mean("case").values.tolist() == [run.corrects[epoch - 1] for epoch in found.coords["epoch"].values]
    hidden = cn.record(net, xor, "activation", of="hidden")["activation"]
    assert analysis.principal_components(hidden).loadings.coords["unit"].values.tolist() == ["hidden:0", "hidden:1"]
    assert analysis.distances(hidden).index.tolist() == [*xor.names]
    table = analysis.correlations_with(hidden, {"wanted": xor.targets[:, 0]})
    assert table.index.tolist() == ["hidden:0", "hidden:1"]


def test_dimensions_may_be_in_any_order() -> None:
    outputs = xr.DataArray([[0.9, 0.2], [0.1, 0.6]], {"unit": ["a", "b"], "case": ["x", "y"]}, ("unit", "case"))
    targets = xr.DataArray([[1.0, 0.0], [1.0, 0.0]], {"case": ["x", "y"], "unit": ["a", "b"]}, ("case", "unit"))
    assert analysis.correct_by_tolerance(outputs, targets).values.tolist() == [True, False]


def test_thresholds_leave_a_gap() -> None:
    assert analysis.correct_by_thresholds([[0.81, 0.19], [0.8, 0.1], [0.9, 0.2]], [[1, 0]] * 3).values.tolist() == [True, False, False]
    assert analysis.correct_by_thresholds([[0.81, 0.5]], [[1, NAN]]).values.tolist() == [True]
    with pytest.raises(ParameterError, match=r"off: must be a number of at most 0\.8"):
        analysis.correct_by_thresholds([[0.5]], [[1]], off=0.9)


def test_match_among_own_targets_and_among_candidates() -> None:
    outputs, targets = [[0.8, 0.6, 0.0], [0.1, 0.9, 0.1]], [[1, 0, 0], [0, 1, 0]]
    assert analysis.correct_by_match(outputs, targets).values.tolist() == [True, True]
    words = pd.DataFrame([[1, 0, 0], [0, 1, 0], [1, 1, 0]], index=["cat", "dog", "both"])
    assert analysis.correct_by_match(outputs, targets, words).values.tolist() == [False, True]
    table = analysis.confusion(outputs, targets, candidates=words)
    assert (table.loc["cat", "both"], table.loc["dog", "dog"], table.to_numpy().sum()) == (1, 1, 2)
    assert (table.index.name, table.columns.name) == ("wanted", "answered")
    with pytest.raises(DataError, match="must include the target of every case \\(not found: that of case 1\\)"):
        analysis.correct_by_match(outputs, targets, words.drop("dog"))


def test_many_cases_are_matched_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(6)
    outputs, targets = generator.random((40, 3)), generator.integers(0, 2, (40, 3)) * [1.0, -1.0, 1.0]
    at_once = analysis.correct_by_match(outputs, targets), analysis.confusion(outputs, targets)
    monkeypatch.setattr("connectionist.analysis.matching.MAX_DISTANCES", 20)
    assert analysis.correct_by_match(outputs, targets).equals(at_once[0])
    assert analysis.confusion(outputs, targets).equals(at_once[1])
    assert 0 < at_once[0].mean() < 1
    zero = -np.zeros(3)
    assert analysis.correct_by_match([[0.1, 0, 0]], [zero], [[0.0, 0, 0], [1, 0, 0]]).all()


def test_a_tie_is_wrong_and_the_first_is_counted() -> None:
    outputs, targets = [[0.5, 0.5], [0.0, 0.0]], [[1, 0], [0, 1]]
    assert analysis.correct_by_match(outputs, targets).values.tolist() == [False, False]
    assert analysis.correct_by_match(outputs, targets, metric="cosine").values.tolist() == [False, False]
    assert analysis.confusion(outputs, targets, "winner").to_numpy().tolist() == [[1, 0], [1, 0]]


def test_candidates_have_the_names_of_their_active_units() -> None:
    outputs = xr.DataArray([[0.9, 0.1], [0.2, 0.3], [0.8, 0.9]], {"unit": ["Jennifer", "Margaret"]}, ("case", "unit"))
    table = analysis.confusion(outputs, [[1, 0], [0, 1], [1, 1]])
    assert [*table] == ["Jennifer", "Margaret", "Jennifer + Margaret"]
    assert table.to_numpy().diagonal().tolist() == [1, 1, 1]
    graded = analysis.confusion([[0.2], [0.4]], [[0.1], [0.4]])
    assert [*graded] == ["case 0", "case 1"]
    winners = analysis.confusion(outputs, [[1, 0], [0, 1], [0, 1]], "winner")
    assert winners.loc["Margaret", "Margaret"] == 2
    at_ticks = analysis.confusion(SEQUENCES, GOALS, "winner")
    assert at_ticks.to_numpy().tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: analysis.correct_by_tolerance([[1.0]], [[1.0, 0.0]]),
            DataError,
            "the same shape .got .case 1, unit 1. and .case 1, unit 2.",
        ),
        (
            lambda: analysis.correct_by_tolerance([[NAN]], [[1.0]]),
            DataError,
            "must be finite where there is a target .got nan at case 0, unit 0",
        ),
        (lambda: analysis.correct_by_tolerance([[1.0]], [[1.0]], each="tick"), ParameterError, "'tick' needs outputs of sequences"),
        (lambda: analysis.correct_by_tolerance([[1.0]], [[1.0]], each="unit"), ParameterError, "must be 'case' or 'tick' .got 'unit'"),
        (lambda: analysis.correct_by_tolerance([[1.0]], [[1.0]], 0), ParameterError, "tolerance: must be a number above 0"),
        (lambda: analysis.correct_by_tolerance(np.zeros((0, 3)), np.zeros((0, 3))), DataError, "needs at least one case .got none"),
        (lambda: analysis.correct_by_tolerance([1.0], [1.0]), DataError, r"must be \[case, unit\] or \[case, tick, unit\]"),
        (lambda: analysis.correct_by_tolerance([["x"]], [[1.0]]), DataError, "outputs: must be numbers"),
        (lambda: analysis.correct_by_margin([[1.0]], [[1.0]], -1), ParameterError, "margin: must be a number of at least 0"),
        (
            lambda: analysis.correct_by_match([[1.0, 0.0]], [[1.0, NAN]]),
            DataError,
            "or none .only some have one at case 0",
        ),
        (lambda: analysis.correct_by_match([[1.0]], [[NAN]]), DataError, "needs at least one target .got only NaN"),
        (lambda: analysis.correct_by_match([[1.0]], [[1.0]], metric="far"), UnknownNameError, "unknown metric 'far'"),
        (lambda: analysis.correct_by_match([[1.0]], [[1.0]], [[1.0, 2.0]]), DataError, "candidates: must have 1 unit like the targets"),
        (lambda: analysis.confusion([[1.0]], [[1.0]], by="luck"), ParameterError, "must be 'match' or 'winner' .got 'luck'"),
        (lambda: analysis.confusion([[1.0]], [[1.0]], "winner", [[1.0]]), ParameterError, "candidates: must be None for by='winner'"),
        (lambda: analysis.confusion([[1.0, 0]], [[1.0, 1.0]], "winner"), DataError, "must have one largest target .several at case 0"),
    ],
)
def test_errors_name_the_mistake(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_one_example_or_a_list_has_targets_as_a_set_has() -> None:
    examples = [cn.Example([0], [1], "a"), cn.Example([1], [0], "b")]
    assert analysis.correct_by_tolerance([[0.9], [0.8]], examples, 0.5).values.tolist() == [True, False]
    assert analysis.correct_by_tolerance([[0.9]], examples[0], 0.5).case.values.tolist() == ["a"]
    assert cn.correct_cases([[0.9], [0.8]], examples).tolist() == [True, False]
    assert cn.correct_cases([[0.9]], examples[0]).tolist() == [True]
