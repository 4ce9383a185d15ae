"""Similarities, clusters, components and scaling of hidden vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist

import connectionist as cn
from connectionist import analysis
from connectionist.analysis.similarities import METRICS
from connectionist.errors import DataError, ParameterError, UnknownNameError

NAN = float("nan")
LINE = np.array([[0.0], [1.0], [10.0], [12.0], [30.0]])
ROUND = st.integers(-20, 20).map(lambda n: n / 4)


def test_distances_by_hand() -> None:
    vectors = pd.DataFrame([[0, 0, 1], [3, 4, 1]], index=["a", "b"], columns=["x", "y", "z"])
    by_hand = {"euclidean": 5, "sqeuclidean": 25, "cityblock": 7, "chebyshev": 4, "hamming": 2 / 3, "cosine": 1 - 1 / 26**0.5}
    for metric, expected in by_hand.items():
        found = analysis.distances(vectors, metric)
        np.testing.assert_allclose(found.loc[["b", "a"], ["a", "b"]], [[expected, 0], [0, expected]], err_msg=metric)


@given(arrays(float, st.tuples(st.integers(2, 5), st.integers(2, 4)), elements=ROUND), st.sampled_from(METRICS[:7]))
def test_distances_are_those_of_each_pair_or_nan(vectors: Any, metric: str) -> None:
    found = analysis.distances(vectors, metric).to_numpy()
    for one, row in enumerate(vectors):
        for other, column in enumerate(vectors):
            lost = {"correlation": [np.ptp(row) == 0, np.ptp(column) == 0], "cosine": [not row.any(), not column.any()]}
            if any(lost.get(metric, [])):
                assert np.isnan(found[one, other])
            else:
                assert found[one, other] == pytest.approx(pdist([row, column], metric)[0] if one != other else 0, abs=1e-12)


def test_equal_vectors_are_no_distance_apart() -> None:
    vectors = np.array([[0.1, 0.2, 0.7]]).repeat(2, axis=0)
    assert [analysis.distances(vectors, metric).loc[0, 1] for metric in METRICS] == [0.0] * len(METRICS)


def test_similarity_agrees_with_numpy() -> None:
    vectors = np.random.default_rng(1).random((4, 6))
    assert analysis.similarity(vectors).to_numpy() == pytest.approx(np.corrcoef(vectors), abs=1e-12)
    assert (np.diag(analysis.similarity(vectors, "cosine")) == 1).all()


def test_a_constant_vector_has_no_correlation() -> None:
    found = analysis.similarity([[0.1, 0.1, 0.1], [0.0, 1.0, 2.0]])  # .1 three times has a mean that is not quite .1
    assert found.isna().to_numpy().tolist() == [[True, True], [True, False]]
    with pytest.raises(DataError, match="case 'flat' has no correlation distance"):
        analysis.clusters([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]], metric="correlation", names=["a", "flat", "b"])


def test_words_are_averaged_over_their_contexts() -> None:
    vectors = xr.DataArray(np.arange(12.0).reshape(3, 2, 2), dims=("case", "tick", "unit"), coords={"unit": ["h:0", "h:1"]})
    vectors[1, 1] = NAN
    means = analysis.average_by(vectors, [["boy", "runs"], ["boy", "-"], [None, "runs"]])
    assert means.dims == ("case", "unit")
    assert means.sel(case="boy").values.tolist() == [2, 3]
    assert means.sel(case="runs", unit="h:1") == 7
    assert means.coords["case"].values.tolist() == ["boy", "runs"]
    over_ticks = analysis.average_by(vectors, ["b", "a", "b"])
    assert over_ticks.sel(case="a").values.tolist() == [4, 5]
    assert over_ticks.coords["case"].values.tolist() == ["b", "a"]
    with pytest.raises(DataError, match=r"one entry for each of the 3 cases \(got 2\)"):
        analysis.average_by(vectors, ["a", "b"])
    with pytest.raises(DataError, match=r"one entry for each of the 2 ticks \(got 1 for case 0\)"):
        analysis.average_by(vectors, [["a"], ["b", "b"], ["a", "a"]])


def test_numbers_as_labels_are_not_unit_numbers() -> None:
    cases = [[1, 0, 5], [3, 0, 6], [1, 1, 7], [1, 1, 8]]
    means = analysis.average_by(cases, [0, 1, 0, 1])  # each label is also the number of a unit
    assert (means.dims, means.coords["case"].values.tolist()) == (("case", "unit"), [0, 1])
    assert means.values.tolist() == [[1, 0.5, 6], [2, 0.5, 7]]
    assert analysis.average_by(cases, pd.Series([2, 2, 1, 2])).values.tolist() == [[5 / 3, 1 / 3, 19 / 3], [1, 1, 7]]


@pytest.mark.parametrize("missing", [None, NAN, np.nan, pd.NA, pd.NaT])
def test_cases_without_a_label_are_left_out(missing: Any) -> None:
    means = analysis.average_by([[1.0], [5.0], [3.0]], ["a", missing, "a"])
    assert (means.coords["case"].values.tolist(), means.values.tolist()) == (["a"], [[2.0]])


def test_labels_keep_their_type() -> None:
    means = analysis.average_by([[1.0], [5.0], [3.0]], [1, "girl", 1])
    assert means.coords["case"].values.tolist() == [1, "girl"]
    assert analysis.average_by([[1.0], [5.0]], [("boy", 1), ("boy", 2)]).coords["case"].values.tolist() == ["boy 1", "boy 2"]


def test_measures_take_recordings(net: cn.Network, xor: cn.ExampleSet) -> None:
    hidden = cn.record(net, xor, ["activation", "net_input"], of="hidden")
    assert analysis.distances(hidden).equals(analysis.distances(hidden["activation"]))
    assert analysis.clusters(hidden).names == [*xor.names]
    outputs = cn.record(net, xor, ["activation", "target"], of="output")
    expected = analysis.correct_by_tolerance(net.outputs(xor), xor, 0.5)
    assert analysis.correct_by_tolerance(outputs, xor, 0.5).values.tolist() == expected.values.tolist()
    assert analysis.correct_by_tolerance(outputs, outputs["target"], 0.5).values.tolist() == expected.values.tolist()
    one_epoch = hidden["activation"].expand_dims(epoch=[20])
    assert analysis.distances(one_epoch).equals(analysis.distances(hidden))
    with pytest.raises(DataError, match="distances: must be one variable; choose one of net_input, target"):
        analysis.distances(cn.record(net, xor, ["net_input", "target"], of="output"))


def test_unnamed_dimensions_are_those_of_a_plain_array() -> None:
    bare = np.random.default_rng(1).random((2, 3, 4))
    assert analysis.average_by(xr.DataArray(bare), ["a", "a"]).equals(analysis.average_by(bare, ["a", "a"]))


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "cityblock"])
def test_equal_vectors_are_one_point(metric: str) -> None:
    found = analysis.scaling([[1.0, 2.0]] * 3, metric=metric)  # a warning would be an error
    assert (found.points.values.tolist(), found.stress) == ([[0.0, 0.0]] * 3, 0.0)


@pytest.mark.parametrize("method", ["average", "single", "complete", "ward", "centroid", "median", "weighted"])
def test_a_tree_by_hand(method: str) -> None:
    tree = analysis.clusters(LINE, method, names=[*"abcde"])
    assert [set(branch) for branch in tree.branches[5:]] == [{"a", "b"}, {"c", "d"}, {"a", "b", "c", "d"}, set("abcde")]
    assert sorted(tree.order) == [*"abcde"]
    cut = tree.cut(3)
    assert (cut["a"] == cut["b"], cut["c"] == cut["d"], cut.nunique()) == (True, True, 3)
    assert repr(tree) == f"<Tree of 5 leaves, joined by {method} linkage of euclidean distances>"


def test_average_linkage_heights() -> None:
    assert analysis.clusters(LINE).linkage[:, 2].tolist() == [1, 2, 10.5, 24.25]


def test_components_are_the_eigenvectors_of_the_covariance() -> None:
    vectors = np.random.default_rng(2).random((20, 4)) * [4, 3, 2, 1]
    found = analysis.principal_components(vectors)
    variances, directions = np.linalg.eigh(np.cov(vectors.T))
    assert found.explained.to_numpy() == pytest.approx(variances[::-1] / variances.sum())
    assert np.abs((found.loadings.values * directions[:, ::-1].T).sum(axis=1)) == pytest.approx(np.ones(4))
    assert (found.loadings.max("unit") > -found.loadings.min("unit")).all()
    assert (found.scores.values @ found.loadings.values + found.mean.values) == pytest.approx(vectors)
    assert found.project(vectors).values == pytest.approx(found.scores.values)
    assert repr(found).startswith("<Components [case 20, component 4]; explained: ")
    assert repr(found).endswith("%, …>")


def test_trajectories_keep_their_gaps_and_names() -> None:
    values = np.random.default_rng(3).random((3, 4, 5))
    values[1, 2:] = NAN
    vectors = xr.DataArray(values, {"case": ["x", "y", "z"]}, ("case", "tick", "unit"))
    found = analysis.principal_components(vectors, 2)
    assert found.scores.dims == ("case", "tick", "component")
    assert found.scores.sel(case="y").isnull().all("component").values.tolist() == [False, False, True, True]
    assert found.scores.coords["tick"].values.tolist() == [1, 2, 3, 4]
    flat = np.concatenate([values[0], values[1, :2], values[2]])
    assert found.scores.values[~np.isnan(found.scores.values)] == pytest.approx(
        analysis.principal_components(flat, 2).scores.values.ravel()
    )


def test_scaling_takes_epochs_and_ticks_together() -> None:
    values = np.array([[[0.0, 0.0], [3.0, 0.0]], [[0.0, 4.0], [np.nan, np.nan]]])
    table = xr.DataArray(values, {"epoch": [1, 5], "case": ["a", "b"]}, ("epoch", "case", "unit"))
    found = analysis.scaling(table).points
    assert found.dims == ("epoch", "case", "dimension")
    assert found.coords["epoch"].values.tolist() == [1, 5]
    assert np.isnan(found.sel(epoch=5, case="b")).all()
    place = {key: found.sel(epoch=key[0], case=key[1]).values for key in ((1, "a"), (1, "b"), (5, "a"))}
    assert np.linalg.norm(place[1, "b"] - place[5, "a"]) == pytest.approx(5.0, abs=1e-3)
    values[1, 1, 0] = 1.0
    with pytest.raises(DataError, match=r"scaling: must be finite \(got nan at .*epoch 5, case 'b'"):
        analysis.scaling(table)


def test_scaling_recovers_points_from_their_distances_with_any_seed() -> None:
    places = np.random.default_rng(4).random((8, 2))
    for seed in (0, 1):
        found = analysis.scaling(analysis.distances(places, names=[*"abcdefgh"]), metric="precomputed", seed=seed)
        assert pdist(found.points) == pytest.approx(pdist(places), abs=1e-3)
        assert found.stress < 1e-3
        assert found.points.coords["case"].values.tolist() == [*"abcdefgh"]
        assert found.points.mean("case").values == pytest.approx([0, 0], abs=1e-9)
        spread = found.points.var("case")
        assert spread[0] > spread[1]
    assert (analysis.scaling(places).points.values == analysis.scaling(places).points.values).all()
    on_a_line = analysis.scaling(LINE, 1)
    assert on_a_line.stress < 0.01
    assert on_a_line.points.argmax("case") == 4
    assert repr(on_a_line).startswith("<Scaling of 5 cases in 1 dimension, stress ")


def test_stress_of_points_that_cannot_fit() -> None:
    """Four points at distance 1 from each other do not fit on a line, so the stress is above 0."""
    found = analysis.scaling(1.0 - np.eye(4), 1, metric="precomputed")
    reached = pdist(found.points)
    assert found.stress == pytest.approx((((reached - 1) ** 2).sum() / (reached**2).sum()) ** 0.5)
    assert found.stress > 0.2


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: analysis.distances([[0.0, NAN]]), DataError, "must be finite .got nan at case 0, unit 1"),
        (
            lambda: analysis.distances(np.zeros((2, 2, 2))),
            DataError,
            r"must be \[case, unit\] .got \[case 2, tick 2, unit 2\].; choose one tick",
        ),
        (lambda: analysis.distances([[0.0]], names=["a", "b"]), DataError, "names: must have one entry for the one case .got 2"),
        (lambda: analysis.distances([[0.0]], names=3), DataError, "names: must have one entry for the one case .got 3"),  # type: ignore[arg-type]
        (lambda: analysis.similarity([[0.0]], "euclidean"), UnknownNameError, "nown: correlation, cosine"),
        (lambda: analysis.clusters([[0.0]]), DataError, "at least two cases"),
        (lambda: analysis.clusters(LINE, "nearest"), UnknownNameError, "unknown method of linkage 'nearest'"),
        (lambda: analysis.clusters(LINE, "ward", "cosine"), ParameterError, "must be 'euclidean' for method 'ward' .got 'cosine'"),
        (lambda: analysis.clusters(LINE).cut(6), ParameterError, "at most 5"),
        (lambda: analysis.average_by([[1.0]], [None]), DataError, "at least one case with a label"),
        (lambda: analysis.distances([[0.0], [1.0]], names="ab"), DataError, "names: must have one entry for each of the 2 cases .got 'ab'"),
        (lambda: analysis.average_by([[1.0]], [NAN]), DataError, "at least one case with a label"),
        (lambda: analysis.average_by([[1.0]], [{"a": 1}]), DataError, "labels: each must be text, a number or None"),
        (lambda: analysis.average_by([[NAN]], ["a"]), DataError, "must be finite .got nan at case 0"),
        (lambda: analysis.principal_components([[1.0], [1.0]]), DataError, "two vectors that differ .got 2, all equal"),
        (lambda: analysis.principal_components([[1.0], [NAN]]), DataError, "must be finite .got nan at case 1"),
        (lambda: analysis.principal_components(LINE, 2), ParameterError, "at most 1"),
        (lambda: analysis.principal_components(LINE).project([[1.0, 2.0]]), DataError, "must have 1 unit"),
        (lambda: analysis.scaling([[0.0]]), DataError, "at least two cases"),
        (lambda: analysis.scaling(LINE, metric="precomputed"), DataError, r"must be \[case, case\] .got shape .5, 1"),
        (lambda: analysis.scaling([[0, 1], [2, 0]], metric="precomputed"), DataError, "must be symmetric"),
        (lambda: analysis.scaling([[0, 0], [1, 2]], metric="cosine"), DataError, "has no cosine distance"),
        (
            lambda: analysis.clusters([[1, -1], [-1, 1]], metric="braycurtis"),
            DataError,
            "case 0 has no braycurtis distance .* its divisor is 0",
        ),
        (lambda: analysis.scaling(LINE, seed=-1), ParameterError, "seed: must be a whole number of at least 0"),
    ],
)
def test_errors_name_the_mistake(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_all_ticks_of_all_cases_are_vectors_if_they_are_stacked() -> None:
    numbers = np.arange(12.0).reshape(2, 3, 2) ** 1.5
    numbers[1, 2] = NAN
    sequences = xr.DataArray(numbers, dims=("case", "tick", "unit"), coords={"case": ["ab", "c"], "tick": [1, 2, 3]})
    with pytest.raises(DataError, match=r"or take all, as with values\.stack\(row=\('case', 'tick'\)\)\.dropna\('row'\)"):
        analysis.clusters(sequences)
    rows = sequences.stack(row=("case", "tick")).dropna("row")
    names = ["ab 1", "ab 2", "ab 3", "c 1", "c 2"]
    assert analysis.clusters(rows).names == names
    by_hand = pd.DataFrame(numbers.reshape(6, 2)[:5], index=names)
    np.testing.assert_array_equal(analysis.distances(rows), analysis.distances(by_hand))
    assert analysis.distances(rows).index.tolist() == names
    assert analysis.scaling(rows).points.case.values.tolist() == names
    assert cn.plots.points(rows).get_xlabel().startswith("principal component 1")
    assert [text.get_text() for text in cn.plots.dendrogram(rows).get_yticklabels()] != []
