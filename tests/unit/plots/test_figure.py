"""Hinton diagrams, blocks of weights and learning curves, tested by their axes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.plots import hinton, hinton_figure, learning_curve, matrix
from connectionist.plots.weights import _tables


def squares(axes: Any) -> dict[tuple[int, int], tuple[float, str]]:
    """Return area and colour of the square in each cell (row, column)."""
    _, drawn = axes.collections
    found = {}
    for path, colour in zip(drawn.get_paths(), drawn.get_facecolors(), strict=True):
        low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
        column, row = np.rint((low + high) / 2).astype(int).tolist()
        found[row, column] = (float(np.prod(high - low)), "white" if colour[:3].sum() > 2 else "black")
    return found


def names(labels: Any) -> list[str]:
    return [label.get_text() for label in labels]


def test_hinton_draws_area_and_sign(net: cn.Network) -> None:
    projection = net.projection("input", "hidden")
    projection.weights = [[1.0, -4.0], [0.25, 2.0]]
    axes = hinton(projection)
    squares_by_cell = squares(axes)
    assert {cell: colour for cell, (_, colour) in squares_by_cell.items()} == {
        (0, 0): "white",
        (1, 0): "black",
        (0, 1): "white",
        (1, 1): "white",
    }
    full = squares_by_cell[1, 0][0]
    assert [squares_by_cell[cell][0] / full for cell in ((0, 0), (0, 1), (1, 1))] == pytest.approx([1 / 4, 1 / 16, 1 / 2])
    assert (names(axes.get_xticklabels()), axes.get_xlabel()) == (["0", "1"], "input")
    assert (names(axes.get_yticklabels()), axes.get_ylabel()) == (["0", "1"], "hidden")
    assert axes.yaxis_inverted()
    assert axes.get_title(loc="left") == "input → hidden   (largest |w| 4)"


def test_hinton_scale_can_be_shared(net: cn.Network) -> None:
    projection = net.projection("input", "hidden")
    projection.weights = 2.0
    assert squares(hinton(projection, largest=8.0))[0, 0][0] == pytest.approx(squares(hinton(projection))[0, 0][0] / 4)


def test_hinton_of_a_network_is_blank_where_there_is_no_connection(net: cn.Network) -> None:
    axes = hinton(net)
    assert names(axes.get_xticklabels()) == ["input:0", "input:1", "hidden:0", "hidden:1", "bias"]
    assert names(axes.get_yticklabels()) == ["hidden:0", "hidden:1", "output:0"]
    cells = set(squares(axes))
    assert (2, 2) in cells
    assert (0, 2) not in cells
    assert len(cells) == len(net.connections)


def test_lesioned_connections_are_crossed_out_and_left_out_of_the_scale(net: cn.Network) -> None:
    projection = net.projection("input", "hidden")
    projection.weights = [[1.0, -4.0], [0.25, 2.0]]
    net.lesion(net.connection("input:0", "hidden:1"))
    axes: Any = hinton(projection)
    assert axes.get_title(loc="left") == "input → hidden   (largest |w| 2; 1 of 4 lesioned, crossed out)"
    cells, weights, crosses = axes.collections
    assert (len(cells.get_paths()), len(weights.get_paths())) == (4, 3)
    middles = [segment.mean(axis=0).tolist() for segment in crosses.get_segments()]
    assert middles == [[0, 1], [0, 1]]  # column of input:0, row of hidden:1
    net.lesion("input:1")
    assert len(projection.lesioned) == 3
    assert "3 of 4 lesioned" in hinton(projection).get_title(loc="left")
    assert "largest |w| 1;" in hinton(projection).get_title(loc="left")
    net.restore()
    assert hinton(projection).get_title(loc="left") == "input → hidden   (largest |w| 4)"


def test_the_title_counts_projections_that_are_not_drawn(net: cn.Network) -> None:
    assert "delay" not in hinton(net).get_title(loc="left")
    net.connect("hidden", "hidden", delay=1)
    assert hinton(net).get_title(loc="left").endswith("; 1 projection with delay not drawn)")
    net.connect("output", "hidden", delay=2)
    assert hinton(net).get_title(loc="left").endswith("; 2 projections with delay not drawn)")


def test_every_projection_and_bias_is_in_the_figure_once(net: cn.Network) -> None:
    every_axes = hinton_figure(net).axes
    titles = [axes.get_title(loc="left").partition("   ")[0] for axes in every_axes]
    assert titles == ["input → hidden", "hidden → output", "input → output"]
    count = 0
    for axes in every_axes:
        count += len(squares(axes))
    assert count == len(net.connections)


def test_learning_curve_marks_criterion_and_published_epochs() -> None:
    log = pd.DataFrame({"epoch": [1, 2, 3], "error": [3.0, 2.0, 1.5]})
    axes = learning_curve(log, criterion=0.5, published=5)
    lines: Any = axes.lines
    curve, criterion, published = lines
    assert curve.get_xydata().tolist() == [[1, 3.0], [2, 2.0], [3, 1.5]]
    assert set(criterion.get_ydata()) == {0.5}
    assert set(published.get_xdata()) == {5}
    assert axes.get_xlim()[1] > 5
    assert axes.get_yscale() == "linear"
    assert axes.get_ylim()[0] == 0
    assert len(learning_curve(log, published=245).lines) == 1  # far off the axis


def test_a_few_epochs_are_labelled_with_whole_numbers() -> None:
    axes = learning_curve(pd.DataFrame({"epoch": [1, 2, 3], "error": [3.0, 2.0, 1.5]}))
    assert all(place == round(place) for place in axes.get_xticks())


def test_errors_over_decades_are_drawn_on_a_logarithmic_scale() -> None:
    log = pd.DataFrame({"epoch": [1, 2], "error": [3.0, 0.001]})
    assert learning_curve(log).get_yscale() == "log"
    assert learning_curve(log.iloc[:0]).get_yscale() == "linear"


def test_global_state_of_matplotlib_does_not_change() -> None:
    # Looking at every entry, as dict() does, would itself choose a backend and import pyplot.
    script = (
        "import sys, connectionist as cn; from connectionist.plots import hinton; net = cn.task('xor').network(1); "
        "import matplotlib as m; before = m.rcParams.copy(); hinton(net).figure.canvas.draw(); "
        "assert 'matplotlib.pyplot' not in sys.modules; assert repr(m.rcParams.copy()) == repr(before)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)


def log_of(errors: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"epoch": range(1, len(errors) + 1), "error": errors})


def test_several_runs_are_thin_lines_and_their_median() -> None:
    logs = [log_of([4.0, 3.0, 2.0, 1.0]), log_of([5.0, 1.0]), log_of([6.0, 5.0, 4.0, 3.0])]
    axes: Any = learning_curve(logs)
    *runs, median = axes.lines
    assert [line.get_ydata().tolist() for line in runs] == [log["error"].tolist() for log in logs]
    assert median.get_ydata().tolist() == [5.0, 3.0, 2.0, 1.0]  # a run that ended counts with its last error
    assert median.get_linewidth() > runs[0].get_linewidth()
    assert names(axes.get_legend().get_texts()) == ["each of 3 runs", "median of the runs"]


def test_errors_of_tests_are_drawn_from_test_to_test() -> None:
    nan = float("nan")
    log = log_of([4.0, 3.0, 2.0, 1.0]).assign(test_error=[nan, 90.0, nan, 80.0])
    axes: Any = learning_curve(log)
    assert axes.lines[1].get_xydata().tolist() == [[2, 90.0], [4, 80.0]]
    assert names(axes.get_legend().get_texts()) == ["error", "test error"]
    assert axes.get_yscale() == "log"
    axes = learning_curve([log, log, log_of([5.0]).assign(test_error=[70.0])])
    assert axes.lines[-1].get_xydata().tolist() == [[1, 70.0], [2, 90.0], [4, 80.0]]
    assert names(axes.get_legend().get_texts()) == ["each of 3 runs", "median of the runs", "test error, median"]
    assert len(learning_curve([log, log_of([1.0])]).lines) == 3
    assert len(learning_curve({"tested": log, "not": log_of([1.0])}).lines) == 2
    assert len(learning_curve(log_of([1.0]).assign(test_error=nan)).lines) == 1


def test_named_runs_differ_in_colour() -> None:
    axes: Any = learning_curve({"slow": log_of([2.0, 1.9]), "fast": log_of([2.0, 0.5])})
    assert names(axes.get_legend().get_texts()) == ["slow", "fast"]
    assert axes.lines[0].get_color() != axes.lines[1].get_color()


def test_the_median_of_an_even_number_of_runs_is_the_error_of_one_of_them() -> None:
    logs = [pd.DataFrame({"epoch": [1, 2, 3], "error": errors}) for errors in ([5.0, 4, 4], [5.0, 4, 3], [5.0, 2, 1], [5.0, 1, 0])]
    axes: Any = learning_curve(logs)
    assert axes.lines[-1].get_ydata().tolist() == [5.0, 2.0, 1.0]
    assert names(axes.get_legend().get_texts())[1] == "median of the runs (lower of the middle two)"


def test_medians_are_over_runs_of_one_name_only() -> None:
    slow, quick = [log_of([4.0, 3.0, 2.0]), log_of([5.0, 4.0, 1.0]), log_of([6.0, 5.0, 3.0])], log_of([2.0, 0.5])
    axes: Any = learning_curve({"slow": slow, "quick": quick, "also quick": quick})
    assert names(axes.get_legend().get_texts()) == ["slow", "quick", "also quick"]
    *_, median, _, _ = axes.lines
    assert median.get_ydata().tolist() == [5.0, 4.0, 2.0]
    assert {line.get_color() for line in axes.lines[:3]} == {median.get_color()}


def test_the_legend_of_many_runs_has_every_third_and_the_criterion() -> None:
    axes: Any = learning_curve({str(number): log_of([2.0, 1.0]) for number in range(49)}, criterion=1.0)
    assert names(axes.get_legend().get_texts())[-2:] == ["48", "criterion, 1"]
    assert axes.get_title(loc="left") == "(every 3rd of 49 in the legend)"


def test_runs_and_results_have_logs(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, rule="steepest", epochs=3)
    axes: Any = learning_curve([run, run])
    assert axes.lines[1].get_ydata().tolist() == run.errors


@pytest.mark.parametrize("wrong", [[], {}, pd.DataFrame({"epoch": [1]}), 3, [log_of([1.0]), "x"]])
def test_a_log_without_epochs_and_errors_is_an_error(wrong: Any) -> None:
    with pytest.raises(cn.ConnectionistError, match=r"learning_curve\.log: "):
        learning_curve(wrong)


def test_a_criterion_must_be_a_number() -> None:
    with pytest.raises(cn.ConnectionistError, match="criterion: must be a number"):
        learning_curve(log_of([1.0]), criterion=float("nan"))


def wide_net(inputs: int, hidden: int) -> cn.Network:
    net = cn.Network("wide")
    net.add_group("input", inputs, role="input")
    net.add_group("hidden", hidden)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


@pytest.mark.parametrize("size", [(105, 100), (3, 400), (400, 3)])
def test_a_figure_of_a_large_network_is_not_too_large(size: tuple[int, int]) -> None:
    figure = hinton_figure(wide_net(*size))
    assert max(figure.get_size_inches()) <= 24.001


def test_labels_that_would_overlap_are_left_out_and_the_title_says_so() -> None:
    axes = hinton(wide_net(600, 2).projection("input", "hidden"))
    labels = names(axes.get_xticklabels())
    assert labels[:2] == ["0", "3"]
    assert "every 3rd unit labelled" in axes.get_title(loc="left")
    assert len(squares(axes)) == 1200
    inches_apart = axes.get_position().width * axes.get_figure(root=True).get_size_inches()[0] / 600 * 3  # type: ignore[union-attr]
    assert inches_apart * 72 >= axes.get_xticklabels()[0].get_fontsize()


def test_many_weights_are_grey_levels() -> None:
    net = wide_net(300, 220)
    axes: Any = hinton(net.projection("input", "hidden"))
    assert not axes.collections
    (image,) = axes.images
    assert np.array_equal(image.get_array(), net.projection("input", "hidden").weights.T)


def test_fixed_copies_are_named_instead_of_drawn() -> None:
    net = wide_net(3, 50)
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    figure = hinton_figure(net)
    titles = [axes.get_title(loc="left").partition("   ")[0] for axes in figure.axes]
    assert titles == ["input → hidden", "hidden → output", "context → hidden"]
    assert "not drawn: hidden → context, fixed at 1" in figure.texts[0].get_text()


def test_a_network_without_connections_has_a_figure() -> None:
    net = cn.Network("alone")
    net.add_group("input", 1, role="input")
    assert "no connections" in hinton_figure(net).texts[0].get_text()
    assert "no connections" in hinton(net).get_title(loc="left")


def test_wrong_arguments_of_hinton_are_errors(net: cn.Network) -> None:
    with pytest.raises(cn.ConnectionistError, match="must be a Projection, as"):
        hinton("input → hidden")  # type: ignore[arg-type]
    with pytest.raises(cn.ConnectionistError, match=r"hinton.largest: must be a number above 0 \(got 0\)"):
        hinton(net, largest=0)
    with pytest.raises(cn.ConnectionistError, match=r"hinton_figure\.network: must be a Network"):
        hinton_figure(net.projection("input", "hidden"))  # type: ignore[arg-type]


def test_plots_draw_into_given_axes(net: cn.Network) -> None:
    figure = hinton_figure(net)
    given = figure.add_subplot()
    assert hinton(net, axes=given) is given
    for draw in (hinton, cn.plots.network_drawing):
        with pytest.raises(cn.ConnectionistError, match="axes: must be one matplotlib Axes"):
            draw(net, axes=figure)  # type: ignore[arg-type]


def block_net() -> cn.Network:
    net = cn.Network("blocks")
    net.add_group("person", ["Colin", "Emma", "Gina", "Marco"], role="input")
    net.add_group("code", 3)
    net.connect("person", "code", weights=np.arange(12.0).reshape(4, 3) - 4)
    return net


def test_blocks_lay_out_senders_in_rows() -> None:
    net = block_net()
    axes: Any = cn.plots.weight_blocks(net.projection("person", "code"), rows=2, receivers=["code:1"])
    (drawn,) = axes.collections
    boxes = [path.vertices for path in drawn.get_paths()]
    middles = [((box.min(axis=0) + box.max(axis=0)) / 2).tolist() for box in boxes]
    column, row = middles[0]
    offsets = [(round(x - column, 6), round(y - row, 6)) for x, y in middles]
    assert offsets == [(0, 0), (1, 0), (0, 1), (1, 1)]  # Colin, Emma; below them Gina, Marco
    areas = [float(np.prod(box.max(axis=0) - box.min(axis=0))) for box in boxes]
    weights = np.array([-3.0, 0.0, 3.0, 6.0])
    assert np.array(areas) / areas[3] == pytest.approx(np.abs(weights) / 6)
    assert drawn.get_facecolors()[:, 0].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert names(axes.get_xticklabels()) == ["Colin · Gina", "Emma · Marco"]
    assert names(axes.texts) == ["code:1"]  # with its bias it would be longer than its block


def test_the_last_row_of_a_block_may_be_shorter() -> None:
    net = wide_net(5, 1)
    axes: Any = cn.plots.weight_blocks(net.projection("input", "hidden"), rows=2)
    assert names(axes.get_xticklabels()) == ["0 · 3", "1 · 4", "2"]
    greys = [patch.get_width() for patch in axes.patches]
    assert greys == [3, 2]
    assert len(axes.collections[0].get_paths()) == 5


def test_lesioned_connections_of_blocks_are_crossed_out() -> None:
    net = block_net()
    net.lesion("code:0", net.connection("person:Marco", "code:1"))
    axes: Any = cn.plots.weight_blocks(net.projection("person", "code"), receivers=[0, 1])
    weights, crosses = axes.collections
    assert (len(weights.get_paths()), len(crosses.get_segments())) == (3, 2 * 5)
    assert axes.get_title(loc="left") == "person → code   (largest |w| 3; 5 of 8 lesioned, crossed out)"


def test_blocks_have_one_scale_and_all_receivers() -> None:
    axes: Any = cn.plots.weight_blocks(block_net().projection("person", "code"))
    (drawn,) = axes.collections
    assert len(drawn.get_paths()) == 12
    assert [text.partition("   ")[0] for text in names(axes.texts)] == ["code:0", "code:1", "code:2"]
    assert "largest |w| 7" in axes.get_title(loc="left")


def test_a_figure_of_large_blocks_is_not_too_large() -> None:
    axes = cn.plots.weight_blocks(wide_net(105, 100).projection("input", "hidden"), rows=5)
    assert max(axes.get_figure(root=True).get_size_inches()) <= 24.001  # type: ignore[union-attr]
    assert "senders in rows of 21, from 0 at the top left" in axes.get_title(loc="left")


def test_wrong_arguments_of_weight_blocks_are_errors() -> None:
    projection = block_net().projection("person", "code")
    for how, message in (
        ({"rows": 5}, r"rows: must be a whole number of at least 1 and at most 4 \(got 5\)"),
        ({"rows": 1.5}, "rows: must be a whole number"),
        ({"receivers": 7}, "unknown receiver of person → code '7'"),
        ({"receivers": []}, "needs at least one unit of code"),
        ({"receivers": ["cod:1"]}, "unknown receiver of person → code 'cod:1'; did you mean 'code:1'"),
        ({"largest": -1}, "largest: must be a number above 0"),
    ):
        with pytest.raises(cn.ConnectionistError, match=message):
            cn.plots.weight_blocks(projection, **how)
    with pytest.raises(cn.ConnectionistError, match="must be a Projection"):
        cn.plots.weight_blocks(block_net())  # type: ignore[arg-type]


def test_importing_plots_imports_no_matplotlib() -> None:
    heavy = {"matplotlib", "xarray", "sklearn", "scipy.cluster", "pandas"}
    script = f"import sys, connectionist as cn; cn.plots.hinton; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_error_of_zero_does_not_prevent_a_logarithmic_scale() -> None:
    import pandas as pd

    axes = cn.plots.learning_curve(pd.DataFrame({"epoch": [1, 2, 3, 4], "error": [3000.0, 20.0, 5.0, 0.0]}))
    assert axes.get_yscale() == "log"


@pytest.mark.parametrize(
    "sizes", [[(9.0, 2.0), (3.0, 5.0), (3.0, 0.8), (0.6, 5.0)], [(2.0, 1.0)] * 7, [(10.0, 1.0), (1.0, 10.0)], [(1.0, 1.0)]]
)
def test_tables_of_weights_fill_their_figure_and_do_not_overlap(sizes: list[tuple[float, float]]) -> None:
    corners, (width, height) = _tables._arrange(sizes)
    cells = [(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(corners, sizes, strict=True)]
    assert max(right for _, _, right, _ in cells) <= width + 1e-9
    assert max(bottom for *_, bottom in cells) <= height + 1e-9
    for number, one in enumerate(cells):
        for other in cells[number + 1 :]:
            assert one[2] <= other[0] + 1e-9 or one[3] <= other[1] + 1e-9 or other[2] <= one[0] + 1e-9 or other[3] <= one[1] + 1e-9
    columns = _tables._in_columns(sizes, max(8.0, *(high for _, high in sizes)))[1]
    assert _tables._cost(width, height) <= _tables._cost(*columns)


def test_a_colour_scale_is_as_high_as_its_heat_map() -> None:
    axes: Any = matrix(np.random.default_rng(1).random((20, 4)), label="distance")
    axes.figure.draw_without_rendering()
    (scale,) = axes.child_axes
    assert scale.get_window_extent().height == pytest.approx(axes.get_window_extent().height)
