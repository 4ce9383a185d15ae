"""Figures of activations and of vectors, tested by their artists."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.cluster.hierarchy import linkage

import connectionist as cn
from connectionist import analysis
from connectionist.plots import activations, dendrogram, endings, matrix, over_time, points, trajectories


def names(labels: Any) -> list[str]:
    return [label.get_text() for label in labels]


def drawn(axes: Any) -> Any:
    """Render the figure of axes, because matplotlib computes some properties only then."""
    axes.get_figure(root=True).canvas.draw()
    return axes


def labelled(table: Any, *dims: str) -> xr.DataArray:
    coords = {"case": ["dog", "cat", "car", "bus"], "unit": ["hidden:0", "hidden:1", "hidden:2"]}
    array = np.asarray(table, dtype=float)
    return xr.DataArray(array, dims=dims, coords={d: coords[d][:n] for d, n in zip(dims, array.shape, strict=True) if d in coords})


TABLE = [[0.0, 0.5, 1.0], [0.25, 0.75, 0.125]]
SEQUENCES_BY_EPOCH = xr.DataArray(np.zeros((2, 1, 2, 3)), dims=("epoch", "case", "tick", "unit"), coords={"epoch": [10, 20]})
SEQUENCES = [[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [[0.7, 0.8, 0.9], [np.nan] * 3]]


def test_cases_are_rows_and_units_columns() -> None:
    axes = drawn(activations(labelled(TABLE, "case", "unit")))
    assert axes.images[0].get_array().tolist() == TABLE
    assert names(axes.get_yticklabels()) == ["dog", "cat"]
    assert (names(axes.get_xticklabels()), axes.get_xlabel()) == (["0", "1", "2"], "unit of hidden")
    assert axes.images[0].get_cmap().name == "gray_r"
    assert axes.images[0].get_clim() == (0, 1)


def test_dimensions_are_known_by_name() -> None:
    turned = labelled(TABLE, "case", "unit").transpose("unit", "case")
    assert activations(turned).images[0].get_array().tolist() == TABLE  # type: ignore[union-attr]


def test_labels_of_a_dataframe_are_used() -> None:
    axes = activations(pd.DataFrame(TABLE, index=["dog", "cat"], columns=["a", "b", "c"]))
    assert names(axes.get_yticklabels()) == ["dog", "cat"]
    assert names(axes.get_xticklabels()) == ["a", "b", "c"]


def test_negative_activations_are_drawn_about_zero() -> None:
    (image,) = activations([[-0.5, 2.0]]).images
    assert image.get_cmap().name == "RdBu_r"
    assert image.get_clim() == (-2, 2)


def test_time_of_one_sequence_runs_to_the_right() -> None:
    axes = activations(labelled(TABLE, "tick", "unit"))
    assert axes.images[0].get_array().tolist() == np.transpose(TABLE).tolist()  # type: ignore[union-attr]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("tick", "unit of hidden")
    assert names(axes.get_xticklabels()) == ["1", "2"]


def test_ticks_after_the_last_of_a_case_are_left_out() -> None:
    axes = activations(labelled(SEQUENCES, "case", "tick", "unit"))
    assert axes.images[0].get_array().tolist() == [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]  # type: ignore[union-attr]
    assert names(axes.get_yticklabels()) == ["dog   1", "2", "cat   1"]


def test_a_gap_within_a_case_is_shown() -> None:
    gap = [[[0.1], [np.nan], [0.3]]]
    (image,) = activations(labelled(gap, "case", "tick", "unit")).images
    assert np.ma.getmaskarray(image.get_array()).ravel().tolist() == [False, True, False]  # type: ignore[arg-type]


def test_many_cases_with_ticks_are_named_once_each() -> None:
    axes = activations(np.random.default_rng(1).random((60, 10, 2)))
    assert len(axes.get_yticks()) == 60
    assert "ticks from top to bottom" in axes.get_ylabel()


def test_targets_are_rings_where_they_are_not_zero() -> None:
    axes: Any = activations(labelled(TABLE, "case", "unit"), targets=[[0, 1, np.nan], [0.5, 0, 0]])
    (rings,) = axes.collections
    assert rings.get_offsets().tolist() == [[1, 0], [0, 1]]
    assert rings.get_facecolors()[0][:3].tolist() == [0, 0, 0]  # black is an activation of 1
    assert 0.3 < rings.get_facecolors()[1][0] < 0.7


def test_targets_are_matched_by_name() -> None:
    targets = labelled(TABLE, "case", "unit").isel(case=[1], unit=[2]) * 0 + 1
    axes: Any = activations(labelled(TABLE, "case", "unit"), targets=targets)
    assert axes.collections[0].get_offsets().tolist() == [[2, 1]]


@pytest.mark.parametrize(
    ("values", "targets", "message"),
    [
        ([1.0, 2.0], None, "must be .case, unit.* .got 1 dimension, shape"),
        ("abc", None, "activations.values: must be numbers"),
        (np.zeros((0, 3)), None, "needs at least one case"),
        (xr.DataArray(np.zeros((2, 3, 4)), dims=("epoch", "case", "unit")), None, r"choose one epoch, as with values.isel\(epoch=-1\)"),
        (xr.DataArray(np.zeros((2, 3)), dims=("epoch", "connection")), None, r"must be .*got \[epoch 2, connection 3\]"),
        (SEQUENCES_BY_EPOCH, None, r"choose one epoch, as with values.sel\(epoch=20\)"),
        (TABLE, "on", "activations.targets: must be numbers"),
        (TABLE, [[1.0]], r"must have the shape of the activations, \(2, 3\)"),
        (
            labelled(TABLE, "case", "unit"),
            labelled([[1.0]], "case", "unit").assign_coords(case=["bird"]),
            "no activations are given for case 'bird'",
        ),
    ],
)
def test_activations_of_a_wrong_shape_are_an_error(values: Any, targets: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        activations(values, targets)


def test_examples_name_the_cases_and_units_of_a_plain_array() -> None:
    net = cn.Network("words")
    net.add_group("letters", 2, role="input")
    net.add_group("phonemes", ["ba$$", "@"], role="output")
    net.connect("letters", "phonemes")
    examples = cn.ExampleSet([cn.Example(np.eye(2)[0], np.eye(2)[1], "the"), cn.Example(np.eye(2)[1], np.eye(2)[0], "cat")], network=net)
    axes = cn.plots.activations(net.outputs(examples), targets=examples)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["the", "cat"]
    assert (axes.get_xlabel(), [label.get_text() for label in axes.get_xticklabels()]) == ("unit of phonemes", ["ba$$", "@"])


def test_a_figure_of_many_activations_is_not_too_large() -> None:
    figure: Any = activations(np.zeros((2000, 300))).get_figure(root=True)
    assert max(figure.get_size_inches()) <= 24.001


def test_a_line_for_each_unit_over_ticks() -> None:
    axes: Any = drawn(over_time(labelled(TABLE, "tick", "unit"), targets=[[np.nan, 0.5, 1.0], [0.0, 1.0, np.nan]]))
    lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    assert [line.get_ydata().tolist() for line in lines[:3]] == np.transpose(TABLE).tolist()
    assert lines[0].get_xdata().tolist() == [1, 2]
    assert (names(axes.get_legend().get_texts()), axes.get_legend().get_title().get_text()) == (["0", "1", "2"], "hidden")
    rings = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert rings[1].get_ydata().tolist() == [0.5, 1.0]
    assert rings[1].get_markeredgecolor() == lines[1].get_color()


def test_variables_of_a_unit_are_lines_and_its_target_rings() -> None:
    unit = xr.Dataset(
        {"net_input": ("tick", [1.0, 2.0]), "activation": ("tick", [0.7, 0.9]), "target": ("tick", [np.nan, 1.0])}, coords={"tick": [1, 2]}
    )
    axes: Any = over_time(unit)
    assert names(axes.get_legend().get_texts()) == ["net_input", "activation"]
    (ring,) = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert ring.get_ydata().tolist()[1] == 1.0
    assert ring.get_markeredgecolor() == axes.lines[1].get_color()


def test_epochs_come_from_the_coordinates() -> None:
    weights = xr.DataArray([[[0.1, 0.2]], [[0.3, 0.4]]], dims=("epoch", "case", "connection"), coords={"epoch": [10, 20]}, name="weight")
    axes: Any = over_time(weights)
    assert axes.lines[0].get_xdata().tolist() == [10, 20]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "weight")


def test_a_log_is_a_line_for_each_column() -> None:
    axes: Any = over_time(pd.DataFrame({"epoch": [1, 2], "error": [3.0, 2.0], "correct": [0.0, 0.5]}))
    assert [line.get_ydata().tolist() for line in axes.lines[:2]] == [[3.0, 2.0], [0.0, 0.5]]


def test_the_legend_of_many_lines_has_those_for_which_there_is_room() -> None:
    axes: Any = over_time(np.random.default_rng(1).random((5, 60)))
    assert len([line for line in axes.lines if len(line.get_xdata()) == 5]) == 60
    assert names(axes.get_legend().get_texts())[:3] == ["0", "4", "8"]
    assert "every 4th of 60 in the legend" in axes.get_title(loc="left")
    colours = [line.get_color() for line in axes.lines[:60]]
    assert len(dict.fromkeys(colours)) == 60


def test_lines_of_one_figure_all_differ() -> None:
    axes: Any = over_time(np.random.default_rng(1).random((5, 24)))
    looks = [(line.get_color(), line.get_linestyle()) for line in axes.lines[:24]]
    assert len(dict.fromkeys(looks)) == 24
    assert axes.get_legend() is not None


@pytest.mark.parametrize(
    ("values", "targets", "message"),
    [
        (xr.DataArray([1.0, 2.0], dims=("unit",)), None, r"must have the dimension 'tick' or 'epoch' \(got unit\)"),
        (xr.DataArray(np.zeros((2, 3, 4)), dims=("tick", "case", "unit")), None, r"choose one case, as with values.isel\(case=-1\)"),
        (np.zeros((2, 2, 2)), None, r"must be \[tick\] or \[tick, unit\]"),
        (pd.DataFrame({"error": [1.0]}), None, "must have an index named 'tick' or 'epoch', or a column of that name"),
        (pd.DataFrame({"tick": [1, 1], "activation": [0.1, 0.2]}), None, "must have one row per tick"),
        (xr.Dataset({"a": ("tick", [1.0]), "b": ("epoch", [1.0])}), None, "all variables must have ticks, or all must have epochs"),
        (xr.Dataset(), None, "needs at least one variable"),
        (np.zeros((0, 2)), None, "needs at least one tick"),
        (labelled(TABLE, "tick", "unit"), labelled(TABLE, "tick", "unit").assign_coords(unit=["a", "b", "c"]), "there is no line 'a'"),
        (labelled(TABLE, "tick", "unit"), [[1.0, 1.0, 1.0]], "must have the 2 ticks of the values"),
    ],
)
def test_variables_of_a_wrong_shape_are_an_error(values: Any, targets: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        over_time(values, targets)


def join_distances(axes: Any) -> list[float]:
    """Return the distances at which clusters are joined."""
    return sorted({round(max(x for x, _ in segment), 9) for segment in axes.collections[0].get_segments()})


def test_a_tree_joins_the_nearest_clusters() -> None:
    axes = drawn(dendrogram([[0, 0], [0, 1], [5, 5]], ["dog", "cat", "car"]))
    assert names(axes.get_yticklabels()) == ["car", "dog", "cat"]
    assert join_distances(axes) == pytest.approx([1.0, (50**0.5 + 41**0.5) / 2])
    assert axes.xaxis_inverted()  # the root at the left
    assert axes.yaxis.get_ticks_position() == "right"


def test_a_linkage_of_scipy_is_drawn_unchanged() -> None:
    vectors = np.random.default_rng(1).random((6, 4))
    grown = linkage(vectors, "complete")
    assert join_distances(dendrogram(grown)) == pytest.approx(sorted(grown[:, 2]))
    assert join_distances(dendrogram(vectors, method="complete")) == pytest.approx(sorted(grown[:, 2]))
    assert dendrogram(grown).get_xlabel() == "distance"
    vectors[-1, 3] = 7
    assert len(dendrogram(vectors).get_yticks()) == 6  # seven leaves, were it taken for a tree


def test_cases_are_the_leaves() -> None:
    axes = dendrogram(labelled(np.eye(3), "case", "unit"), method="ward")
    assert sorted(names(axes.get_yticklabels())) == ["car", "cat", "dog"]
    assert axes.get_xlabel() == "distance of clusters (ward, euclidean)"


@pytest.mark.parametrize("leaves", [2, 29, 100, 500])
def test_leaves_do_not_run_into_each_other(leaves: int) -> None:
    axes = drawn(dendrogram(np.random.default_rng(1).random((leaves, 3))))
    figure = axes.get_figure(root=True)
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    boxes.sort(key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 2 for low, high in pairwise(boxes))
    assert max(figure.get_size_inches()) <= 24.001
    assert ("labelled" in axes.get_title(loc="left")) is (leaves == 500)


@pytest.mark.parametrize(
    ("vectors", "how", "message"),
    [
        ([[1.0, 2.0]], {}, "needs at least two cases"),
        ([[1.0], [np.nan]], {}, "vectors: must be finite .got nan at case 1"),
        ([[1.0], [2.0]], {"labels": ["a"]}, "dendrogram.labels: must have one entry for each of the 2 cases .got 1"),
        ([[1.0], [2.0]], {"labels": "ab"}, "labels: must have one entry for each of the 2 cases .got 'ab'"),
        ([[1.0], [2.0]], {"labels": 2}, "labels: must have one entry for each of the 2 cases .got 2"),
        ([[1.0], [2.0]], {"metric": 3}, "unknown metric 3; .*nown: euclidean"),
        ([[1.0], [2.0]], {"method": "wards"}, "unknown method of linkage 'wards'; did you mean 'ward'"),
        ([[1.0], [2.0]], {"metric": "euclidian"}, "unknown metric 'euclidian'; did you mean 'euclidean'"),
        ([[1.0], [2.0]], {"method": "ward", "metric": "cosine"}, "dendrogram.metric: must be 'euclidean' for method 'ward'"),
        ([[0.0, 0.0], [1.0, 1.0]], {"metric": "cosine"}, "dendrogram: case 0 has no cosine distance"),
        ([[0.1, 0.1, 0.1], [0.0, 1.0, 2.0]], {"metric": "correlation"}, "dendrogram: case 0 has no correlation distance"),
    ],
)
def test_vectors_without_a_tree_are_an_error(vectors: Any, how: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        dendrogram(vectors, **how)


def test_trajectories_over_epochs_are_drawn_like_those_over_ticks() -> None:
    values = np.random.default_rng(1).normal(size=(3, 2, 4))
    by_epoch = xr.DataArray(values, dims=("epoch", "case", "unit"), coords={"epoch": [1, 10, 100]})
    axes: Any = drawn(trajectories(by_epoch))
    in_ticks: Any = trajectories(values.transpose(1, 0, 2))
    assert axes.lines[0].get_xydata().tolist() == in_ticks.lines[0].get_xydata().tolist()
    assert "(ring: first epoch, square: last)" in axes.get_title(loc="left")
    assert {"10", "100"} <= {text.get_text() for text in axes.texts}


def test_a_note_is_below_a_long_title() -> None:
    values = [[[0.0, 0.0], [1.0, 0.5], [3.0, 0.1]]]
    assert "\n(ring" in trajectories(
        values, title="a title of many words that goes on and on, and takes all the room that there is"
    ).get_title(loc="left")
    assert "\n" not in trajectories(values, title="short").get_title(loc="left")


def test_the_numbers_of_ticks_are_beside_the_lines() -> None:
    axes: Any = drawn(trajectories([[[float(x), 0.1 * (x % 2)] for x in (0, 1, 4, 5, 9)], [[float(x), 0.5] for x in (0, 1, 4, 5, 9)]]))
    numbers = [text for text in axes.texts if text.get_text() in "12345" and text.get_text() and text.get_fontweight() != "bold"]
    assert len(numbers) == 10
    level = [text for text in numbers if text.get_color() == numbers[-1].get_color()]
    assert {abs(text.xyann[1]) > 2 for text in level if text.get_text() in "234"} == {True}


def test_trajectories_lie_on_the_principal_components() -> None:
    values = np.random.default_rng(1).normal(size=(3, 4, 5)) * [5, 1, 1, 1, 1]
    values[1, 3] = np.nan
    axes: Any = drawn(trajectories(values, labels=["a", "b", "c"]))
    rows = values.reshape(-1, 5)[np.isfinite(values).all(axis=2).ravel()]
    centred = rows - rows.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    points = np.concatenate([line.get_xydata() for line in lines])
    assert [len(line.get_xdata()) for line in lines] == [4, 3, 4]
    assert np.abs(points) == pytest.approx(np.abs(centred @ directions[:2].T))
    share = 100 * sizes[0] ** 2 / (sizes @ sizes)
    assert axes.get_xlabel() == f"principal component 1 ({share:.0f} % of the variance)"
    assert axes.get_legend() is None
    assert {text.get_text(): text.xy for text in axes.texts if text.get_text() in [*"abc"]} == {
        name: pytest.approx(line.get_xydata()[-1]) for name, line in zip("abc", lines, strict=True)
    }


def test_starts_are_rings_and_ends_squares() -> None:
    axes: Any = trajectories([[[0.0, 0.0], [1.0, 0.5], [3.0, 0.1]]])
    line, start, end = axes.lines
    assert (start.get_marker(), end.get_marker()) == ("o", "s")
    assert start.get_xydata()[0].tolist() == line.get_xydata()[0].tolist()
    assert end.get_xydata()[0].tolist() == line.get_xydata()[2].tolist()


def test_other_components_can_be_chosen() -> None:
    values = np.random.default_rng(1).random((2, 5, 4))
    one, other = trajectories(values, (1, 2)), trajectories(values, (3, 1))
    assert one.lines[0].get_xdata() == pytest.approx(other.lines[0].get_ydata())
    assert other.get_xlabel().startswith("principal component 3")


@pytest.mark.parametrize(
    ("values", "how", "message"),
    [
        (np.full((2, 3, 2), np.nan), {}, "needs at least two vectors that differ"),
        (np.zeros((1, 1, 2)), {}, "needs at least two vectors that differ"),
        (np.zeros((2, 0, 2)), {}, "needs at least one tick"),
        (
            np.random.default_rng(1).random((2, 3, 2)),
            {"components": (1, 3)},
            "components: must be a whole number of at least 1 and at most 2",
        ),
        (np.random.default_rng(1).random((2, 3, 2)), {"components": (1, 1)}, "two different numbers"),
        (np.random.default_rng(1).random((2, 3, 2)), {"components": 1}, "two different numbers"),
        (
            np.random.default_rng(1).random((2, 3, 2)),
            {"labels": ["a"]},
            "trajectories.labels: must have one entry for each of the 2 cases .got 1",
        ),
        (np.zeros(3), {}, "must be .case, tick, unit.*got 1 dimension"),
    ],
)
def test_trajectories_of_a_wrong_shape_are_an_error(values: Any, how: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        trajectories(values, **how)


def test_the_title_names_a_case_without_activations() -> None:
    values = np.random.default_rng(1).random((2, 3, 2))
    values[1] = np.nan
    assert "no activations: 1" in drawn(trajectories(values)).get_title(loc="left")


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (3, 2)])
def test_any_number_of_cases_and_units_is_drawn(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).random(shape)
    drawn(activations(values))
    drawn(activations(np.full(shape, np.nan), targets=values))
    drawn(over_time(values))
    drawn(over_time(np.full(shape, np.nan)))
    drawn(activations(values[np.newaxis]))
    drawn(trajectories(np.random.default_rng(2).random((2, *shape))))


@given(arrays(float, st.tuples(*[st.integers(1, 4)] * 3), elements=st.one_of(st.just(np.nan), st.floats(-3, 3))))
def test_every_finite_value_is_drawn(values: Any) -> None:
    image: Any = activations(values).images[0].get_array()
    there = image.compressed()
    assert np.array_equal(np.sort(there), np.sort(values[np.isfinite(values)]))


def test_recordings_are_drawn_without_conversion(net: cn.Network, xor: cn.ExampleSet) -> None:
    values = cn.record(net, xor, ["activation", "net_input"], of="hidden")
    axes = activations(values)
    assert axes.images[0].get_array().tolist() == net.activations(xor, "hidden").tolist()  # type: ignore[union-attr]
    assert names(axes.get_xticklabels()) == ["0", "1"]
    assert len(dendrogram(values).get_yticks()) == 4
    with pytest.raises(cn.ConnectionistError, match="must be one variable; choose one of net_input, target"):
        activations(cn.record(net, xor, ["net_input", "target"], of="output"))


def test_recorded_weights_are_lines_over_epochs_and_the_path_on_a_surface(net: cn.Network, xor: cn.ExampleSet) -> None:
    recording = cn.train(net, xor, rule="steepest", epochs=6, record=cn.Recorder("weight", of="input → hidden", every=2)).recording
    axes: Any = over_time(recording)
    assert axes.lines[0].get_xdata().tolist() == [2, 4, 6]
    assert axes.lines[0].get_ydata().tolist()[-1] == net.connection("input:0", "hidden:0").weight.value
    surface: Any = cn.plots.error_surface(net, xor, "input:0 → hidden:0", "input:1 → hidden:1", path=recording["weight"], resolution=3)
    assert surface.lines[1].get_xydata()[-1].tolist() == [
        net.connection("input:0", "hidden:0").weight.value,
        net.connection("input:1", "hidden:1").weight.value,
    ]


def test_lines_of_one_variable_with_targets_have_the_names_of_its_units() -> None:
    table = xr.Dataset({"activation": labelled(TABLE, "tick", "unit"), "target": labelled(TABLE, "tick", "unit")})
    assert names(over_time(table).get_legend().get_texts()) == ["0", "1", "2"]  # type: ignore[union-attr]


def test_points_are_at_the_scores_of_components() -> None:
    vectors = labelled(np.random.default_rng(1).random((3, 3)), "case", "unit")
    found = analysis.principal_components(vectors)
    for values in (found, found.scores, vectors):
        axes: Any = drawn(points(values, (2, 1)))
        assert np.asarray(axes.collections[0].get_offsets()) == pytest.approx(found.scores.values[:, [1, 0]])
        assert names(axes.texts) == ["dog", "cat", "car"]
    assert axes.get_xlabel() == f"principal component 2 ({100 * found.explained[2]:.0f} % of the variance)"
    assert points(found.scores).get_xlabel() == "principal component 1"


def test_a_scaling_is_drawn_with_its_stress_and_one_scale() -> None:
    found = analysis.scaling([[0, 0, 1], [3, 0, 1], [0, 4, 1], [9, 9, 9]])
    axes: Any = drawn(points(found, labels=["a", "b", "c", "d"], title="four"))
    assert axes.get_title(loc="left") == f"four   (stress {found.stress:.3g})"
    assert axes.get_aspect() == 1.0
    assert axes.get_ylabel() == "dimension 2"
    assert axes.collections[0].get_offsets().tolist() == found.points.values.tolist()
    assert drawn(points(analysis.scaling([[1.0, 2.0]] * 3))).get_title(loc="left") == "(stress 0)"


def test_labels_of_points_do_not_overlap() -> None:
    crowd = [[0.0, 0.0], [0.02, 0.0], [0.0, 0.02], [1.0, 1.0]]
    axes = drawn(points(xr.DataArray(crowd, dims=("case", "component")), labels=["Christopher", "Penelope", "Margaret", "Colin"]))
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[number + 1 :])


def test_labels_without_room_are_left_out_and_the_title_says_so() -> None:
    crowd = np.concatenate([1e-3 * np.random.default_rng(1).random((30, 2)), [[1.0, 1.0]]])
    axes: Any = drawn(points(xr.DataArray(crowd, dims=("case", "component")), labels=[f"{number} Christopher" for number in range(31)]))
    assert axes.get_title(loc="left") == f"({31 - len(axes.texts)} labels left out that would overlap)"
    assert 1 < len(axes.texts) < 10
    frame = axes.get_window_extent()
    assert all(text.get_window_extent().x0 >= frame.x0 for text in axes.texts)


@pytest.mark.parametrize("count", [9, 24, 40])
def test_no_two_categories_look_the_same(count: int) -> None:
    vectors = np.random.default_rng(1).random((count, 3))
    of_points: Any = points(vectors, categories=["", *range(count - 1)])
    assert [len(kind.get_offsets()) for kind in of_points.collections] == [1] * count
    assert len({(kind.get_paths()[0].vertices.tobytes(), kind.get_facecolor().tobytes()) for kind in of_points.collections}) == count
    of_lines: Any = trajectories(np.random.default_rng(1).random((count, 4, 3)), categories=range(count))
    assert len({(line.get_color(), line.get_linestyle()) for line in of_lines.lines[::3]}) == count
    for axes, entries in ((of_points, "get_marker"), (of_lines, "get_linestyle")):
        marks = axes.get_legend().get_lines()
        assert len({(mark.get_color(), getattr(mark, entries)()) for mark in marks}) == len(marks)


@pytest.mark.parametrize("kinds", [3, 12])
def test_legends_of_categories_overlap_with_nothing(kinds: int) -> None:
    vectors = np.random.default_rng(2).normal(size=(48, 3))
    given: Any = {"labels": [f"{number} and some letters" for number in range(48)], "categories": [f"kind {n % kinds}" for n in range(48)]}
    plane: Any = drawn(points(vectors, **given))
    assert plane.texts
    legend = plane.get_legend().get_window_extent()
    assert not any(legend.overlaps(text.get_window_extent()) for text in plane.texts)
    tree: Any = drawn(dendrogram(vectors, **given))
    assert tree.get_legend().get_window_extent().x1 <= tree.get_window_extent().x0


def test_categories_have_colours_markers_and_a_legend() -> None:
    vectors, kinds = np.random.default_rng(1).random((6, 3)), ["tool", "animal", "tool", "animal", "plant", "plant"]
    axes: Any = drawn(points(vectors, categories=kinds))
    assert [len(drawn_kind.get_offsets()) for drawn_kind in axes.collections] == [2, 2, 2]
    marks = axes.get_legend().get_lines()
    assert names(axes.get_legend().get_texts()) == ["tool", "animal", "plant"]
    assert len({(mark.get_color(), mark.get_marker()) for mark in marks}) == len({mark.get_color() for mark in marks}) == 3
    tree: Any = drawn(dendrogram(vectors, categories=kinds))
    assert names(tree.get_legend().get_texts()) == ["tool", "animal", "plant"]
    colours = dict(zip(["tool", "animal", "plant"], (mark.get_color() for mark in marks), strict=True))
    assert {label.get_text(): label.get_color() for label in tree.get_yticklabels()} == {
        str(number): colours[kind] for number, kind in enumerate(kinds)
    }
    paths: Any = drawn(trajectories(np.random.default_rng(1).random((6, 4, 3)), categories=kinds))
    assert [line.get_color() for line in paths.lines[::3]] == [colours[kind] for kind in kinds]
    assert names(paths.get_legend().get_texts()) == ["tool", "animal", "plant"]
    for plot, values in ((points, vectors), (dendrogram, vectors), (trajectories, vectors[:, np.newaxis])):
        with pytest.raises(cn.errors.DataError, match=f"{plot.__name__}.categories: must have one entry for each of the 6 cases"):
            plot(values, categories=["tool"])


def test_symbols_are_written_in_place_of_ticks() -> None:
    values = np.array([[[0.0, 0.0], [1.0, 0.5], [3.0, 0.1]], [[5.0, 2.0], [4.0, -2.0], [np.nan, np.nan]]])
    axes = trajectories(values, labels=["first", "second"], symbols=[["boy", "sees", "girl"], ["girls", "run"]])
    written = [text for text in names(axes.texts) if text]  # arrow heads are texts without letters
    assert written == ["first", "second", "boy", "sees", "girl", "girls", "run"]
    assert [text for text in names(trajectories(values, symbols="xyz").texts) if text][2:] == [*"xyzxy"]
    for symbols in ([["boy"]], ["a", "b", "c", "d"]):
        with pytest.raises(cn.errors.DataError, match=r"trajectories\.symbols: must have one entry for each of the 2 cases"):
            trajectories(values, symbols=symbols)


def test_many_points_are_not_labelled_and_the_title_says_so() -> None:
    axes = drawn(points(np.random.default_rng(1).random((61, 3))))
    assert not axes.texts
    assert axes.get_title(loc="left") == "(61 cases, not labelled)"


@pytest.mark.parametrize(
    ("values", "how", "message"),
    [
        (np.zeros((2, 2)), {}, "points.values: needs at least two vectors that differ .got 2, all equal"),
        (np.eye(2), {"components": (1, 3)}, "points.components: must be a whole number of at least 1 and at most 2"),
        (np.eye(2), {"components": (2, 2)}, "points.components: must be two different numbers"),
        (np.eye(2), {"labels": ["a"]}, "points.labels: must have one entry for each of the 2 cases"),
        (np.zeros((2, 2, 2)), {}, r"points.values: must be \[case, unit\]"),
    ],
)
def test_points_of_a_wrong_shape_are_an_error(values: Any, how: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        points(values, **how)


def test_a_scaling_has_only_its_dimensions() -> None:
    with pytest.raises(cn.ConnectionistError, match=r"points.dimensions: must be .* at most 2"):
        points(analysis.scaling([[0.0], [1.0]]), components=(1, 3))


def test_scores_are_drawn_without_computing_components_again() -> None:
    values = np.random.default_rng(1).random((2, 5, 4))
    found = analysis.principal_components(values)
    plain: Any = trajectories(values)
    for coordinates in (found, found.scores, found.project(values)):
        axes: Any = drawn(trajectories(coordinates))
        assert axes.lines[0].get_xydata() == pytest.approx(plain.lines[0].get_xydata())
        assert [text.xy for text in axes.texts if text.get_text()][:2] == [pytest.approx(line.get_xydata()[-1]) for line in axes.lines[::3]]
    assert trajectories(found).get_xlabel() == plain.get_xlabel()
    one: Any = trajectories(found.scores.isel(case=1))
    assert one.lines[0].get_xydata() == pytest.approx(plain.lines[3].get_xydata())


def test_a_matrix_has_the_labels_of_its_table() -> None:
    table = analysis.distances([[0, 0], [3, 4], [0, 1]], names=["here", "there", "near"])
    axes: Any = drawn(matrix(table, label="distance", title="three places"))
    assert axes.images[0].get_array().tolist() == table.to_numpy().tolist()
    assert names(axes.get_xticklabels()) == names(axes.get_yticklabels()) == ["here", "there", "near"]
    assert axes.images[0].get_cmap().name == "gray_r"
    assert not axes.texts  # distances are no counts
    assert drawn(matrix(analysis.similarity(np.eye(3)))).images[0].get_cmap().name == "RdBu_r"


def test_counts_are_written_into_the_cells_of_a_confusion_matrix() -> None:
    counts = analysis.confusion([[0.9, 0.2], [0.6, 0.4], [0.8, 0.2]], [[1, 0], [0, 1], [1, 0]], by="winner")
    axes: Any = drawn(matrix(counts))
    assert [(text.get_text(), text.get_position()) for text in axes.texts] == [("2", (0, 0)), ("1", (0, 1))]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("wanted", "answered")
    large = pd.DataFrame(np.eye(200))
    assert not matrix(large).texts
    assert max(matrix(large).get_figure(root=True).get_size_inches()) <= 24  # type: ignore[union-attr]


def test_a_matrix_takes_tables_and_arrays() -> None:
    coded = analysis.correlations_with([[0.9, 0.2], [0.1, 0.2]], {"nationality": ["English", "Italian"]})
    axes: Any = matrix(coded)
    assert np.ma.getmaskarray(axes.images[0].get_array()).tolist() == [[False], [True]]  # a unit that never varies
    assert matrix(xr.DataArray([[1.0]], dims=("unit", "property"))).get_ylabel() == "unit"
    assert matrix([[1.0, 2.0]]).images[0].get_array().tolist() == [[1.0, 2.0]]  # type: ignore[union-attr]
    for wrong in ("abc", [1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 2, 2))):
        with pytest.raises(cn.ConnectionistError, match=r"matrix\.table: "):
            matrix(wrong)


def test_targets_may_be_examples() -> None:
    result = cn.run("xor", epochs=1)
    examples = result.task.training_examples
    recorded = cn.record(result.network, examples, of="output")["activation"]
    by_examples, by_array = (drawn(activations(recorded, targets=each)) for each in (examples, examples.targets))
    rings = [axes.collections[-1].get_offsets().tolist() for axes in (by_examples, by_array)]
    assert rings[0] == rings[1] != []


def test_endings_are_ranked_and_failures_come_last() -> None:
    runs = [cn.run("xor", seed=seed, epochs=epochs) for seed, epochs in ((1, 2000), (2, 3), (3, 2000))]
    for values in (runs, [each.run for each in runs], [each.report for each in runs]):
        axes: Any = drawn(endings(values))
        met, failed = axes.lines
        assert met.get_ydata().tolist() == sorted(each.run.epochs for each in runs if each.run.stopped == "criterion")
        assert (failed.get_xdata().tolist(), failed.get_ydata().tolist()) == ([3], [3])
        assert (met.get_fillstyle(), failed.get_fillstyle()) == ("full", "none")
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["met the criterion", "met no criterion"]
    axes = drawn(endings({"one": runs[:2], "other": runs[2:]}))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "other", "met the criterion", "met no criterion"]
    assert [len(line.get_xdata()) for line in axes.lines] == [1, 1, 1]
    assert axes.lines[0].get_color() == axes.lines[1].get_color() != axes.lines[2].get_color()
    axes = drawn(endings([{"stopped": "until", "epochs": 3}, {"stopped": "epochs", "epochs": 5}]))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["met no criterion"]
    wrong: Any
    for wrong in ([], {}, "run", runs[0].log, ["run"], {"one": []}, {"one": 3}):
        with pytest.raises(cn.ConnectionistError, match=r"endings\.runs: must be"):
            endings(wrong)


@pytest.mark.parametrize("count", [20, 90])
def test_a_legend_is_no_higher_than_its_figure(count: int) -> None:
    table = pd.DataFrame({f"line {number}": [0.0, number] for number in range(count)}, index=pd.Index([1, 2], name="tick"))
    axes: Any = cn.plots.over_time(table)
    figure = axes.figure
    figure.draw_without_rendering()
    box = axes.get_legend().get_window_extent().transformed(figure.transFigure.inverted())
    assert box.y0 >= 0
    assert box.y1 <= 1
