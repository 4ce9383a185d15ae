"""Names in figures are shown as they are, whatever matplotlib reads in them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import connectionist as cn
from connectionist import analysis, plots

NAMES = ["ba$$in", r"$\frac{1", "a_b^c", "<b>", "100 %", "{x", r"\alpha", "@2", "# & ~"]


@pytest.fixture(scope="module")
def net() -> cn.Network:
    made = cn.Network("n $$ m")
    made.add_group("in$$", NAMES, role="input")
    made.add_group("out$$", NAMES, role="output")
    made.connect("in$$", "out$$", weights=0.5)
    return made


@pytest.fixture(scope="module")
def examples() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(np.eye(len(NAMES)), np.eye(len(NAMES)), names=NAMES)


def table() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).uniform(size=(len(NAMES), 3)), index=NAMES)


DRAWN: dict[str, Callable[[cn.Network, cn.ExampleSet], Any]] = {
    "network_drawing": lambda net, _: plots.network_drawing(net, title="a $$ b").figure,
    "hinton": lambda net, _: plots.hinton(net.projections[-1]).figure,
    "hinton_figure": lambda net, _: plots.hinton_figure(net),
    "weight_blocks": lambda net, _: plots.weight_blocks(net.projections[-1]),
    "activations": lambda net, examples: plots.activations(cn.record(net, examples, of="out$$")["activation"], title="a $$ b").figure,
    "dendrogram": lambda _, __: plots.dendrogram(table()).figure,
    "points": lambda _, __: plots.points(table(), title="a $$ b").figure,
    "matrix": lambda _, __: plots.matrix(analysis.distances(table())).figure,
    "endings": lambda _, __: plots.endings({name: [{"epochs": 3, "stopped": "epochs"}] for name in NAMES}).figure,
    "learning_curve": lambda _, __: (
        plots.learning_curve({name: pd.DataFrame({"epoch": [1, 2], "error": [100.0, 0.1]}) for name in NAMES}).figure
    ),
    "response": lambda net, _: plots.response(net, "out$$:ba$$in", inputs=("in$$:ba$$in", r"in$$:$\frac{1")).figure,
    "trajectories": lambda _, __: (
        plots.trajectories(analysis.principal_components(np.random.default_rng(1).uniform(size=(len(NAMES), 3, 4)), names=NAMES)).figure
    ),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("usetex", [False, True])
def test_a_figure_shows_names_as_they_are(net: cn.Network, examples: cn.ExampleSet, name: str, usetex: bool) -> None:
    with mpl.rc_context({"text.usetex": usetex}):
        figure = DRAWN[name](net, examples)
    figure = getattr(figure, "figure", figure)
    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(written, format="svg")
    shown = {text.get_text() for text in figure.findobj(Text)}
    assert any("$$" in text for text in shown) or name == "weight_blocks"
    for text in figure.findobj(Text):
        assert not text.get_usetex() or not text.get_text()
        assert not text.get_parse_math() or "$$" not in text.get_text()
