"""What the figures show, read off the axes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.plots import hinton, hinton_figure, learning_curve


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
    shown = squares(axes)
    assert {cell: colour for cell, (_, colour) in shown.items()} == {(0, 0): "white", (1, 0): "black", (0, 1): "white", (1, 1): "white"}
    full = shown[1, 0][0]
    assert [shown[cell][0] / full for cell in ((0, 0), (0, 1), (1, 1))] == pytest.approx([1 / 4, 1 / 16, 1 / 2])
    assert names(axes.get_xticklabels()) == ["input:0", "input:1"]
    assert names(axes.get_yticklabels()) == ["hidden:0", "hidden:1"]
    assert axes.yaxis_inverted()
    assert axes.get_title(loc="left") == "input → hidden   (largest |w| 4)"


def test_hinton_scale_can_be_shared(net: cn.Network) -> None:
    projection = net.projection("input", "hidden")
    projection.weights = 2.0
    assert squares(hinton(projection, largest=8.0))[0, 0][0] == pytest.approx(squares(hinton(projection))[0, 0][0] / 4)


def test_hinton_of_a_network_leaves_the_page_where_there_is_no_connection(net: cn.Network) -> None:
    axes = hinton(net)
    assert names(axes.get_xticklabels()) == ["input:0", "input:1", "hidden:0", "hidden:1", "bias"]
    assert names(axes.get_yticklabels()) == ["hidden:0", "hidden:1", "output:0"]
    cells = set(squares(axes))
    assert (2, 2) in cells
    assert (0, 2) not in cells
    assert len(cells) == len(net.connections)


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


def test_errors_over_decades_are_drawn_on_a_logarithmic_scale() -> None:
    log = pd.DataFrame({"epoch": [1, 2], "error": [3.0, 0.001]})
    assert learning_curve(log).get_yscale() == "log"
    assert learning_curve(log.iloc[:0]).get_yscale() == "linear"


def test_global_state_of_matplotlib_is_left_alone() -> None:
    # Looking at every entry, as dict() does, would itself choose a backend and import pyplot.
    script = (
        "import sys, connectionist as cn; from connectionist.plots import hinton; net = cn.task('xor').network(1); "
        "import matplotlib as m; before = m.rcParams.copy(); hinton(net).figure.canvas.draw(); "
        "assert 'matplotlib.pyplot' not in sys.modules; assert repr(m.rcParams.copy()) == repr(before)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)
