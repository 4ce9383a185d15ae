"""Representations in notebooks: tables, drawings and one line of progress; elsewhere one line of text."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import warnings
from html import unescape
from html.parser import HTMLParser
from time import monotonic
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import connectionist as cn
from connectionist.learning import progress_notebook
from connectionist.learning.progress import progress_bar
from connectionist.reporting.notebook import MAX_ROWS, html


class Cells(HTMLParser):
    """Parser of tables that fails if an element is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.images: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs)["src"] or "")
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        """Return the row that begins with this cell."""
        (found,) = [row for row in self.rows if row[0] == first]
        return found


def cells_of(thing: Any) -> Cells:
    """Return the table cells of an object as IPython formats it."""
    from IPython.core.formatters import DisplayFormatter

    formatter: Any = DisplayFormatter()
    data, _ = formatter.format(thing)
    assert data["text/plain"] == repr(thing)
    return Cells(data["text/html"])


def test_everything_shows_html(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, "momentum", 3, engine="local")
    result = cn.run("xor", epochs=2, engine="local")
    things = [net, net["hidden"], net["hidden"][0], net.projections[0], net.connections[0], xor, xor["0"], run, result]
    for thing in things:
        assert cells_of(thing).rows, thing
        assert "\n" not in repr(thing)
        assert len(repr(thing)) < 120


def test_network_lists_groups_and_projections(net: cn.Network) -> None:
    net.projection("input", "output").trainable = False
    net.connection("input:0", "hidden:0").weight.trainable = False
    table = cells_of(net)
    assert table.row("hidden") == ["hidden", "hidden", "2", "logistic", "–"]
    assert table.row("output") == ["output", "output", "1", "logistic", "squared"]
    weights = net.projection("hidden", "output").weights
    assert table.row("hidden → output") == ["hidden → output", "2", "0", "yes", f"{weights.min():.3g} to {weights.max():.3g}"]
    assert table.row("input → output")[3] == "no"
    assert table.row("input → hidden")[3] == "some"


def test_lesioned_connections_are_counted_and_left_out_of_the_range(net: cn.Network) -> None:
    net.projection("hidden", "output").weights = [[5.0], [1.0]]
    net.lesion(net.connection("hidden:0", "output:0"))
    expected = ["2, 1 of them lesioned", "0", "yes", "1 to 1"]
    assert cells_of(net).row("hidden → output") == ["hidden → output", *expected]
    assert cells_of(net.projection("hidden", "output")).row(expected[0])[:4] == expected
    net.lesion("hidden:1")
    assert cells_of(net).row("hidden → output")[1:] == ["2, 2 of them lesioned", "0", "–", "none"]


def test_units_show_their_quantities(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([1])
    unit = net["hidden"][1]
    row = cells_of(net["hidden"]).row("hidden:1")
    values = (unit.net_input, unit.activation, unit.activation_derivative, unit.net_derivative)
    assert row == ["hidden:1", *(f"{value:.4g}" for value in values), "–"]
    table = cells_of(unit)
    connection = unit.incoming[0]
    assert table.row(connection.sender.name)[3] == f"{connection.weight.value:.4g}"
    assert len(table.rows) == 1 + 1 + 2 + len(unit.incoming) + len(unit.outgoing)


def test_no_target_is_a_dash(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([np.nan])
    assert cells_of(net["output"]).row("output:0")[-1] == "–"


def test_large_things_are_cut_short() -> None:
    net = cn.Network("large")
    net.add_group("input", 500, role="input")
    net.add_group("output", 2000, role="output")
    net.connect("input", "output", pattern=cn.Random(0.01, seed=1), weights=0.5)
    examples = cn.ExampleSet.from_arrays(np.zeros((300, 500)), np.zeros((300, 2000)))
    for thing in (net["output"], examples, net["output"][0], net.projections[0], examples["7"]):
        page = thing._repr_html_()
        assert page is not None
        assert len(page) < 100_000
        assert len(cells_of(thing).rows) < 3 * MAX_ROWS
    assert f"… and {2000 - MAX_ROWS} more" in str(net["output"]._repr_html_())
    assert f"… and {300 - MAX_ROWS} more" in str(examples._repr_html_())


def test_short_lines_stay_short() -> None:
    net = cn.Network("in time")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.connect("output", "output", delay=1)
    assert repr(net.projections[-1]) == "<Projection output → output, 1 connection, delay 1>"
    assert len(repr(net.unroll(200))) < 300
    assert "… and " in repr(net.unroll(200))
    assert repr(cn.Network("empty")) == "<Network empty: no groups; 0 connections>"
    net.lesion("output:0")
    assert repr(net["output"][0]) == "<Unit output:0, activation 0, lesioned>"
    example = cn.Example.sequence(np.zeros((50, 1)), np.zeros((50, 1)), "long")
    assert repr(example) == "<Example long: 1 input, 1 target, 50 ticks>"
    assert repr(cn.Example(np.zeros(1), np.ones(1))) == "<Example without a name: 1 input, 1 target>"


def test_sequences_are_shown_tick_by_tick() -> None:
    example = cn.Example.sequence([[1, 0], [0, 1]], {2: [1.0]}, "AB")
    table = cells_of(example)
    assert table.rows == [["tick", "inputs", "targets"], ["1", "1 0", "-"], ["2", "0 1", "1"]]
    assert cells_of(cn.ExampleSet([example])).row("AB") == ["AB", "1 0 | 0 1", "- | 1"]


def test_patterns_of_zeros_and_ones_name_the_units_that_are_on() -> None:
    examples = cn.ExampleSet.from_arrays(np.eye(6)[[2, 5]] + np.eye(6)[0], [[0.0] * 5, [np.nan, 0.5, 0, 0, 1]], names=["a", "b"])
    table = cells_of(examples)
    assert table.rows == [
        ["name", "inputs: units that are on, from 0", "targets"],
        ["a", "0, 2", "0 0 0 0 0"],
        ["b", "0, 5", "- 0.5 0 0 1"],
    ]
    assert cells_of(examples["a"]).rows[1] == ["0, 2", "none"]
    sequence = cn.Example.sequence(np.eye(6)[[1, 3]], np.eye(6)[[3, 4]])
    assert cells_of(sequence).rows[1:] == [["1", "1", "3"], ["2", "3", "4"]]
    assert cells_of(cn.ExampleSet([sequence])).row("0") == ["0", "1 | 3", "3 | 4"]


def test_run_shows_its_curve(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, "momentum", 30, engine="local")
    table = cells_of(run)
    assert table.rows[1][:2] == ["30", f"{run.error:.4g}"]
    (source,) = table.images
    _, data = re.fullmatch(r"data:image/(svg\+xml);base64,(.*)", source).groups()  # type: ignore[union-attr]
    assert ElementTree.fromstring(base64.b64decode(data)).tag.endswith("svg")
    assert cells_of(cn.train(net, xor, "momentum", 0, engine="local")).images == []


def test_result_shows_its_findings() -> None:
    result = cn.run("xor", epochs=2, engine="local")
    table = cells_of(result)
    for finding in result.report["findings"]:
        assert any(row[0].startswith(finding["quantity"]) for row in table.rows)
    assert "correct" in repr(result)
    assert "test_correct" not in repr(result)  # there is none


def test_explanations_are_their_text_and_studies_a_table_with_a_plot(net: cn.Network, xor: cn.ExampleSet) -> None:
    net.forward([1, 0])
    net.backward([1])
    for thing in (net["hidden"][0], net.connection("input:0", "hidden:0")):
        page = thing.explain()._repr_html_()
        assert page is not None
        assert '<pre style="font-family:monospace">' in page
        [text] = re.findall("<pre [^>]*>(.*)</pre>", page, re.DOTALL)
        assert unescape(text) == str(thing.explain())
    study = cn.lesion_study(net, xor, severities=(0, 0.5), draws=2)
    cells = cells_of(study)
    assert len(cells.images) == 1
    assert [float(cell) for cell in cells.row("0.5")[2:]] == pytest.approx(study.summary.iloc[-1].tolist(), abs=1e-5)


def test_names_are_text_not_markup() -> None:
    net = cn.Network("<script>alert(1)</script>")
    net.add_group("a<b>", ["<i>x</i>"], role="input")
    for thing in (net, net["a<b>"], net["a<b>"][0]):
        page = str(thing._repr_html_())
        assert "<script" not in page
        assert "<i>" not in page
        assert "<b>" not in page


def test_recordings_show_their_dataset(net: cn.Network, xor: cn.ExampleSet) -> None:
    page = str(cn.record(net, xor, ["activation"], of="hidden")._repr_html_())
    assert "xarray" in page
    assert "hidden:1" in page
    dataset = SimpleNamespace(_repr_html_=lambda: "<div>the dataset</div>")
    assert "the dataset" in str(html(SimpleNamespace(dataset=dataset)))
    assert html(3) is None


def test_nothing_heavy_is_imported_for_it() -> None:
    script = (
        "import sys, connectionist as cn; net = cn.Network('n'); net.add_group('input', 2, role='input'); repr(net); "
        "assert not {'matplotlib', 'pandas', 'connectionist.reporting', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)


class Handle:
    """Display handle that keeps its updates."""

    def __init__(self) -> None:
        self.updates: list[dict[str, str]] = []

    def update(self, bundle: dict[str, str], raw: bool) -> None:
        assert raw
        self.updates.append(bundle)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> tuple[Handle, list[dict[str, str]]]:
    """Replace IPython by a kernel that keeps its displays."""
    handle, first = Handle(), []

    def display(bundle: dict[str, str], raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        first.append(bundle)
        return handle

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    return handle, first


def test_progress_is_one_line_that_is_updated(
    notebook: tuple[Handle, list[dict[str, str]]], net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, first = notebook
    monkeypatch.setattr(progress_notebook, "SECONDS_BETWEEN_UPDATES", 0.0)
    run = cn.train(net, xor, "momentum", 60, engine="local", progress=progress_bar("<xor>"))
    assert len(first) == 1
    assert len(handle.updates) > 2
    page = handle.updates[-1]["text/html"]
    assert '&lt;xor&gt; <progress value="60" max="60"></progress> 60 epochs' in page
    assert f"error {run.error:.4g} · correct {run.correct:.0%}" in page
    assert handle.updates[-1]["text/plain"].startswith("<xor>: 60 epochs · error ")


def test_updates_are_limited_in_rate(notebook: tuple[Handle, list[dict[str, str]]], monkeypatch: pytest.MonkeyPatch) -> None:
    handle, _ = notebook
    monkeypatch.setattr(progress_notebook, "SECONDS_BETWEEN_UPDATES", 1000.0)
    line = progress_notebook.ProgressLine("xor", "epochs")
    monkeypatch.setattr(line, "_shown_time", monotonic())
    for done in range(50):
        line.update(done, 100, "")
    assert handle.updates == []
    line.finish()
    assert '<progress value="49" max="49">' in handle.updates[-1]["text/html"]


def test_there_is_no_notebook_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not progress_notebook.in_notebook()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert not progress_notebook.in_notebook()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=SimpleNamespace))
    assert not progress_notebook.in_notebook()  # IPython in a terminal


CELL = """
import warnings
import connectionist as cn
with warnings.catch_warnings():
    warnings.simplefilter("error")
    cn.run("xor", seed=2, progress=True)
    result = cn.run("xor", seed=3, engine="local", epochs=60, progress=True)
result
"""


@pytest.mark.slow  # starts Jupyter
def test_a_real_notebook_shows_one_output_for_each_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")  # the kernel's own; the cell makes those of ours errors
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client's own libraries
        nbclient.NotebookClient(book, timeout=120).execute()
    bars = book.cells[0].outputs[:2]
    assert [output.output_type for output in book.cells[0].outputs] == ["display_data", "display_data", "execute_result"]
    assert "60 epochs" in bars[1].data["text/html"]
    assert "<table>" in book.cells[0].outputs[2].data["text/html"]
