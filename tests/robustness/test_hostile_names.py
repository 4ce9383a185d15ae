"""Names from elsewhere on the way out: to the terminal, into pages, figures and tables."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.figure import Figure

import connectionist as cn
from connectionist import analysis, plots
from connectionist.cli.main import main
from connectionist.experiments.run_folder import write_run
from connectionist.plots.figure import new_figure
from connectionist.reporting.html.figures import as_svg, figure_of
from connectionist.utils.visible_text import UNSAFE

HOSTILE = "\x1b]0;t\x07\x9b31m\x08\x7f\r\u202et\x00\x0c\ud800\uffff"
SHORT = "\x1b\x9b31m\x00\ufffe"  # for labels of figures
PLUGIN = """
import connectionist as cn
from dataclasses import dataclass

class Hostile(cn.Command):
    name = "hostile"
    def add_arguments(self, parser): pass
    def run(self, arguments):
        raise {error}({text!r})

@cn.hookimpl
def commands():
    return [Hostile]
"""


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    """Folders of two runs; one with control characters in every text of ``run.json`` that is shown."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_run(tmp_path / name, cn.run("xor", seed=1, epochs=2, engine="local"), [])
    path = tmp_path / "b" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    change_texts(record["report"])
    change_texts({key: record[key] for key in ("versions", "plugins")})
    record |= {"platform": HOSTILE, "processor": HOSTILE}
    path.write_text(json.dumps(record), encoding="utf-8")
    return [str(tmp_path / name) for name in ("a", "b")]


def change_texts(value: Any) -> None:
    """Append control characters to all texts and keys of parameters, in place."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], str) and key != "update_after":
            value[key] += HOSTILE
        elif isinstance(value[key], (dict, list)):
            change_texts(value[key])


def check(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert not UNSAFE.search(printed.out + printed.err)
    return printed.out + printed.err


def test_a_record_prints_no_control_characters(runs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--all", *runs]) == 0
    assert check(capsys).count("\\x9b31m") > 10
    assert main(["compare", "--json", "--all", *runs]) == 0
    printed = capsys.readouterr().out
    assert not UNSAFE.search(printed)
    assert HOSTILE in json.loads(printed)["rows"][-1]["values"][1]
    assert main(["explain", runs[1], "hidden:0"]) == 2
    assert "unknown task" in check(capsys)


def test_a_report_of_runs_has_no_control_characters(runs: list[str], tmp_path: Path) -> None:
    for name in ("report.html", "curves.svg"):
        assert main(["compare", "--all", *runs, "--out", str(tmp_path / name)]) == 0
        assert not UNSAFE.search((tmp_path / name).read_text(encoding="utf-8"))
    ElementTree.parse(tmp_path / "curves.svg")


@pytest.mark.parametrize(
    "words", [["x" + HOSTILE], ["run", HOSTILE], ["run", "xor", HOSTILE], ["run", "xor", "--set", HOSTILE], ["show", HOSTILE]]
)
def test_a_word_of_the_command_line_prints_no_control_characters(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "\\x9b31m" in check(capsys)


@pytest.mark.parametrize("error", ["ValueError", "cn.errors.DataError", "KeyboardInterrupt", "SystemError"])
def test_an_exception_of_a_plugin_prints_no_control_characters(error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hostile.py").write_text(PLUGIN.format(error=error, text=HOSTILE), encoding="utf-8")
    assert main(["--plugins-dir", str(tmp_path), "hostile"]) in (1, 2, 130)
    assert "\\x9b31m" in check(capsys)


def test_the_origin_of_a_plugin_prints_no_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "x\x1b[31m\x9b\u202e"
    folder.mkdir()
    (folder / "y.py").write_text("1 / 0", encoding="utf-8")
    (folder / "z\x1b[31m.py").write_text("raise ValueError('\\x1b[31m')", encoding="utf-8")
    main(["--plugins-dir", str(folder), "plugins"])
    assert "\\x1b[31m" in check(capsys)


def test_a_comparison_in_python_accepts_control_characters(runs: list[str]) -> None:
    table = cn.compare(runs, every=True)
    assert any("\\ud800" in quantity for _, quantity in table.index)
    assert list(cn.compare({"a\ud800": runs[0], "b": runs[1]})) == ["published", "a\\ud800", "b"]


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="paths are Unicode there")
def test_a_path_that_is_not_unicode_is_written_and_read(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\x1b[31m\xff")
    assert main(["run", "xor", "--epochs", "2", "--engine", "local", "--out", name]) == 0
    printed = capfdbinary.readouterr().out
    assert b"/caf\\udce9\\x1b[31m\\udcff/report.html" in printed
    assert b"\x1b" not in printed
    assert (Path(name) / "report.html").is_file()
    assert main(["explain", name, "hidden:0"]) == 0
    assert cn.read_run(name).record["command_line"][-1] == name


def network() -> cn.Network:
    made = cn.Network(f"n{SHORT}")
    made.add_group(f"in{SHORT}", [f"a{SHORT}", f"b{SHORT}"], role="input")
    made.add_group(f"out{SHORT}", [f"c{SHORT}"], role="output")
    made.connect(f"in{SHORT}", f"out{SHORT}", weights=1.0)
    return made


def table() -> pd.DataFrame:
    return pd.DataFrame(
        [[0.0, 1.0], [2.0, 1.0], [3.0, 5.0]], index=[f"{letter}{SHORT}" for letter in "abc"], columns=["x\x1b", "y\x1b"], dtype=float
    )


def examples() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]], names=[f"p{SHORT}", f"q{SHORT}"])


FIGURES: dict[str, Callable[[], Any]] = {
    "network": lambda: plots.network_drawing(network()),
    "hinton": lambda: plots.hinton(network()),
    "weights": lambda: plots.weight_blocks(network().projections[0]),
    "activations": lambda: plots.activations(cn.record(network(), examples(), "activation")),
    "dendrogram": lambda: plots.dendrogram(analysis.clusters(table())),
    "matrix": lambda: plots.matrix(analysis.distances(table()), title=SHORT),
    "points": lambda: plots.points(table(), title=SHORT),
    "curve": lambda: plots.learning_curve(
        {f"r{SHORT}": pd.DataFrame({"epoch": [1], "error": [1.0]}), "s": pd.DataFrame({"epoch": [1], "error": [1.0]})}
    ),
    "user": lambda: new_figure(3, 2).add_subplot(title=SHORT, xlabel=SHORT),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_no_control_characters(name: str) -> None:
    """A warning that a letter is missing from the font would be an error here."""
    figure = figure_of(FIGURES[name]())
    for svg in (saved(figure), as_svg(figure)):
        ElementTree.fromstring(svg)
        assert not UNSAFE.search(svg.decode())
        assert b"\\x9b31m" in svg


def saved(figure: Figure) -> bytes:
    """Return a figure as a user saves it."""
    content = io.BytesIO()
    figure.savefig(content, format="svg")
    return content.getvalue()


def test_a_figure_that_is_not_of_this_package_has_no_control_characters_in_a_report() -> None:
    figure = Figure()
    figure.add_subplot(title=SHORT).set_xticks([0], ["\x1b"])
    with pytest.warns(UserWarning, match="missing from font"):
        svg = as_svg(figure)
    ElementTree.fromstring(svg)
    assert not UNSAFE.search(svg.decode())


def test_notebooks_and_tables_have_no_control_characters(tmp_path: Path) -> None:
    made = network()
    unit = made.units[-1]
    for value in (
        made,
        made.groups[0],
        unit,
        unit.incoming[0],
        made.projections[0],
        unit.explain(),
        examples(),
        cn.record(made, examples(), "activation"),
    ):
        html = value._repr_html_()
        assert html
        assert not UNSAFE.search(html)


def test_a_formula_as_the_name_of_a_unit_is_text_for_a_spreadsheet(tmp_path: Path) -> None:
    from connectionist.formats.weights_file import write_table

    made = cn.Network("n")
    made.add_group("=cmd|' /C calc'!A0", 1, role="input")
    made.add_group("b", 1, role="output")
    made.connect("=cmd|' /C calc'!A0", "b", weights=1.0)
    write_table(made, tmp_path / "weights.csv")
    assert "\n'=cmd" in (tmp_path / "weights.csv").read_text(encoding="utf-8")
    assert "\n=cmd" not in (tmp_path / "weights.csv").read_text(encoding="utf-8")


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line writes no figures of runs, which take long."""
    monkeypatch.setattr("connectionist.reporting.html.write.write_report", lambda *_: False)


@pytest.mark.usefixtures("no_figures")
def test_a_line_end_in_a_path_is_printed_as_an_escape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a\nb\t\x1b[31m"
    words = ["run", "xor", "--epochs", "1", "--engine", "local", "--seeds", "1-2", "--out", str(folder)]
    assert main(words) == 0
    assert check(capsys).splitlines()[-2].startswith(f"Written to {tmp_path}/a\\nb\\t\\x1b[31m; open ")
    (folder / "summary.json").unlink()
    assert main(words) == 2
    printed = check(capsys)
    assert printed.count("\n") == 1
    shown = f"{tmp_path}/a\\nb\\t\\x1b[31m"
    assert f"'connectionist summarize {shown}' summarizes the seeds that finished" in printed
    assert printed.endswith(f"'connectionist resume {shown}' goes on with what was not finished\n")
    assert main(["summarize", str(folder)]) == 0
    assert "/a\\nb" in check(capsys).splitlines()[-1]
    assert main(["run", "xor", "--engine", "local\nx"]) == 2
    assert check(capsys).count("\n") == 1


@pytest.mark.usefixtures("no_figures")
def test_a_finding_with_control_characters_is_escaped_in_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(cn.task("xor")), "findings", lambda *_: [cn.Finding("a\nb\x1b[31m", "\x1b]0;t\x07")])
    assert main(["run", "xor", "--epochs", "1", "--engine", "local", "--seeds", "1-2", "--out", str(tmp_path / "run")]) == 0
    assert "a\\nb\\x1b[31m" in check(capsys)
    assert not UNSAFE.search((tmp_path / "run" / "runs.csv").read_text(encoding="utf-8"))
