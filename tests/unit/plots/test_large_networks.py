"""Figures of large networks: what would be too small to be seen, or take minutes to draw, is left out and named."""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.model.group_rows import row_numbers
from connectionist.plots import hinton_figure, learning_curve, network_drawing, trajectories, weight_blocks
from connectionist.plots.figure import MAX_INCHES
from connectionist.plots.weights import _tables, hinton
from connectionist.plots.weights import weight_blocks as blocks
from connectionist.reporting.html import figures, run_report
from connectionist.reporting.html.run_report import draw_run_figures


def texts(drawn: Any) -> str:
    figure = drawn if hasattr(drawn, "savefig") else drawn.figure
    return "\n".join(text.get_text() for part in (figure, *figure.axes) for text in part.texts)


def titles(figure: Any) -> list[str]:
    return [axes.get_title(loc="left") for axes in figure.axes]


def chain(layers: int) -> cn.Network:
    net = cn.Network("deep")
    for number in range(layers):
        net.add_group(f"g{number}", 1, role="hidden" if number else "input", biased=False)
        if number:
            net.connect(f"g{number - 1}", f"g{number}", weights=1.0)
    return net


def calls(act: Callable[[], object]) -> int:
    """Return the number of function calls that an act takes."""
    with cProfile.Profile() as profile:
        act()
    return sum(entry.callcount for entry in profile.getstats())


def test_a_network_of_many_groups_is_written_as_numbers() -> None:
    axes = network_drawing(chain(301))
    assert texts(axes) == "301 groups (1 input, 300 hidden)\n300 projections\n302 units\n300 connections"
    assert axes.get_title(loc="left") == "deep\n(more than 300 groups or 1,000 projections are not drawn)"
    assert len(axes.patches) + len(axes.lines) + len(axes.collections) == 0
    assert len(network_drawing(chain(300)).patches) == 300


def test_a_network_of_many_projections_is_written_as_numbers() -> None:
    net = cn.Network("parallel")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", biased=False)
    for delay in range(1001):
        net.connect("input", "output", delay=delay)
    assert "1,001 projections" in texts(network_drawing(net))


def test_rows_of_many_layers_need_no_recursion() -> None:
    rows = row_numbers(chain(1500))
    assert list(rows.values()) == list(range(1500))


def test_rows_of_groups_with_very_many_paths_are_found_at_once() -> None:
    """Each of n groups sends to all later ones, so that there are 2^(n - 2) paths from the first to the last."""

    def dense(groups: int) -> cn.Network:
        net = chain(groups)
        for sender in range(groups):
            for receiver in range(sender + 2, groups):
                net.connect(f"g{sender}", f"g{receiver}")
        return net

    small, large = dense(12), dense(24)
    assert list(row_numbers(large).values()) == list(range(24))
    assert calls(lambda: row_numbers(large)) < 20 * calls(lambda: row_numbers(small))


def wide(hidden: int) -> cn.Network:
    net = cn.Network("wide")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", hidden)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("input", "output")
    net.randomize(0.5, seed=1)
    return net


def test_projections_larger_than_the_figure_has_pixels_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tables, "MAX_SIDE", 20)
    drawn = hinton_figure(wide(21))
    assert [title.partition("   ")[0] for title in titles(drawn)] == ["input → output"]
    assert texts(drawn).endswith(
        "   not drawn: bias → hidden, 1 × 21 units   not drawn: input → hidden, 2 × 21 units   not drawn: hidden → output, 21 × 1 units"
    )
    assert "not drawn" not in texts(hinton_figure(wide(20)))


def test_the_text_on_projections_that_are_not_drawn_fits_into_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tables, "MAX_SIDE", 20)
    for drawn in (hinton_figure(wide(21)), hinton_figure(wide_only(21))):
        drawn.canvas.draw()
        for text in drawn.texts:
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.x1 <= drawn.bbox.width


def wide_only(hidden: int) -> cn.Network:
    net = cn.Network("wide")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", hidden, biased=False)
    net.connect("input", "hidden")
    return net


def test_a_network_without_a_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tables, "MAX_SIDE", 20)
    assert texts(hinton_figure(wide_only(21))) == "wide: no connections to draw   not drawn: input → hidden, 2 × 21 units"


def test_a_figure_has_a_hundred_tables_and_names_some_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hinton, "MAX_TABLES", 3)
    drawn = hinton_figure(chain(10))
    assert [title.partition("   ")[0] for title in titles(drawn)] == ["g0 → g1", "g1 → g2", "g2 → g3"]
    assert texts(drawn).endswith(
        "   not drawn: g3 → g4   not drawn: g4 → g5   not drawn: g5 → g6   not drawn: g6 → g7   not drawn: and 2 more"
    )
    assert max(drawn.get_size_inches()) <= MAX_INCHES


def test_many_blocks_have_no_names_but_the_same_cells_and_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    projection = wide(12).projection("input", "hidden")
    named = weight_blocks(projection)
    monkeypatch.setattr(blocks, "MAX_NAMED_BLOCKS", 11)
    unnamed = weight_blocks(projection)
    assert (len(named.texts), len(named.patches)) == (12, 12)
    assert (len(unnamed.texts), len(unnamed.patches)) == (0, 0)
    assert "12 receivers without names, down the first column, then the next" in unnamed.get_title(loc="left")
    assert "without names" not in named.get_title(loc="left")
    cells, weights = unnamed.collections
    (same_weights,) = named.collections
    assert len(cells.get_paths()) == 24
    for one, other in zip(weights.get_paths(), same_weights.get_paths(), strict=True):
        np.testing.assert_array_equal(one.vertices, other.vertices)


def names_of_texts(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_many_steps_have_no_arrow_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).random((5, 10, 3))
    monkeypatch.setattr("connectionist.plots.space.trajectories.MAX_DIRECTIONS", 50)
    monkeypatch.setattr("connectionist.plots.space.trajectories.MAX_NUMBERED", 0)
    assert names_of_texts(trajectories(values)).count("") == 5 * 9
    monkeypatch.setattr("connectionist.plots.space.trajectories.MAX_DIRECTIONS", 49)
    assert "" not in names_of_texts(trajectories(values))


def test_curves_of_many_points_are_png() -> None:
    def curves(runs: int) -> Any:
        log = pd.DataFrame({"epoch": np.arange(1, 2001), "error": np.linspace(2.0, 1.0, 2000), "correct": 0.5, "phase": 1})
        return figures.image_html(figures.figure_of(learning_curve([log] * runs)), "curves")

    assert "image/svg" in str(curves(5))
    assert "image/png" in str(curves(200))


def test_figures_of_the_task_are_left_out_for_a_large_network(monkeypatch: pytest.MonkeyPatch) -> None:
    result = cn.run("xor", epochs=1)
    assert len(draw_run_figures(result)) == 5
    for limit, value in (("MAX_UNITS", 5), ("MAX_CONNECTIONS", 8)):
        with monkeypatch.context() as patch:
            patch.setattr(run_report, limit, value)
            patch.setattr(type(result.task), "figures", lambda *_: pytest.fail("the figures were drawn"))
            *_, last = draw_run_figures(result).values()
            assert last.caption == "Figures of the task xor."
            assert last.reason.startswith("The network has 6 units and 9 connections; the report has figures of tasks up to ")
            assert last.reason in str(figures.figure_html(last))


def test_a_task_without_figures_has_none_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    result = cn.run("xor", epochs=1)
    monkeypatch.setattr(run_report, "MAX_UNITS", 5)
    monkeypatch.setattr(type(result.task), "figures", cn.Task.figures)
    assert list(draw_run_figures(result)) == ["learning_curve", "weights", "network"]


def test_the_report_of_a_large_network_needs_as_few_parts_as_that_of_a_small_one() -> None:
    """With 20,000 hidden units the figures took half a minute."""
    drawings = draw_run_figures(cn.run("xor", epochs=1, parameters={"hidden": 20_000}))
    assert sum(figures._count_parts(drawing.figure) for drawing in drawings.values() if drawing.figure) < 200
    assert list(drawings) == ["learning_curve", "weights", "network", "Figures of the task xor."]


def test_xor_lists_fifty_hidden_units_at_most() -> None:
    for hidden, ending in ((50, ""), (51, "; and 1 more")):
        finding = cn.run("xor", epochs=1, parameters={"hidden": hidden}).findings.loc["hidden units are on for"]
        listed = str(finding["measured"])
        assert listed.count(";") == 49 + bool(ending)
        assert listed.endswith(ending)
