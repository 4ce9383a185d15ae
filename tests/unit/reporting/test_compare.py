"""Comparisons of runs with one seed or several."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FileError, ParameterError
from connectionist.experiments.run_folder import write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.reporting.compare.output import check_output_path, comparison_tables, draw_curves
from connectionist.reporting.compare.rows import comparison_rows, join_distinct, plain_value
from connectionist.reporting.compare.runs import read_compared_runs

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Return a function that writes the folder of a run with one seed or several."""

    def written(name: str, seeds: list[int], **parameters: Any) -> Path:
        folder = tmp_path_factory.mktemp("runs") / name
        folder.mkdir()
        results = list(cn.run_seeds("xor", seeds, parameters=parameters, epochs=400))
        if len(seeds) == 1:
            write_run(folder, results[0], ["connectionist"])
            return folder
        for result in results:
            (folder / f"seed-{result.run.seed}").mkdir()
            write_run(folder / f"seed-{result.run.seed}", result, ["connectionist"])
        write_summary(folder, summarize([result.report for result in results], True), ["connectionist"])
        return folder

    return written


@pytest.fixture(scope="module")
def runs(write: Write) -> list[Path]:
    return [write("slow", [3], rate=0.25), write("quick", [3]), write("many", [1, 2, 3])]


def compare(given: Any, every: bool = False) -> Any:
    """Compare runs; the return type allows any lookup in the table."""
    return cn.compare(given, every)


def test_only_settings_that_differ_are_listed(runs: list[Path]) -> None:
    table = compare(runs[:2])
    assert table.loc["settings"].index.tolist() == ["rate", "phase 1, rate"]
    assert table.loc[("settings", "rate")].tolist() == [None, 0.25, 0.5]
    assert "versions" not in table.index.get_level_values(0)


def test_all_lists_everything(runs: list[Path]) -> None:
    table = compare(runs[:2], every=True)
    assert table.loc[("settings", "hidden")].tolist() == [None, 2, 2]
    assert table.loc[("settings", "phase 1, order")].tolist() == [None, "fixed", "fixed"]
    assert table.loc[("versions", "connectionist-simulator")].tolist() == [None, cn.__version__, cn.__version__]


def test_measured_values_are_beside_published_values(runs: list[Path]) -> None:
    table = compare(runs[:2])
    reports = [json.loads((folder / "run.json").read_text(encoding="utf-8"))["report"] for folder in runs[:2]]
    for finding, other in zip(reports[0]["findings"], reports[1]["findings"], strict=True):
        row = table.loc[("measured", finding["quantity"])].tolist()
        assert row == [finding["published"], finding["measured"], other["measured"]]
    assert table.loc[("training", "error in the last epoch")].tolist()[1:] == [report["error"] for report in reports]
    assert table.loc[("training", "training cases correct, %"), "slow"] == 100 * reports[0]["correct"]


def test_several_seeds_have_medians_and_quartiles(runs: list[Path]) -> None:
    table = compare(runs[1:])
    assert table.columns.tolist() == ["published", "quick", "many", "many q1", "many q3"]
    epochs = [json.loads((runs[2] / f"seed-{seed}" / "run.json").read_text(encoding="utf-8"))["report"]["epochs"] for seed in (1, 2, 3)]
    low, median, high = np.percentile(epochs, [25, 50, 75])
    assert table.loc[("training", "epochs"), ["many", "many q1", "many q3"]].tolist() == [median, low, high]
    assert table.loc[("settings", "seed")].tolist()[1:3] == [3, "3 seeds, 1 to 3"]
    assert "× " in table.loc[("training", "stopped by"), "many"]


def test_results_without_a_folder_are_compared(runs: list[Path]) -> None:
    results = [cn.run("xor", seed=1, epochs=epochs, engine="local") for epochs in (2, 3)]
    table = compare([*results, cn.read_run(runs[1])])
    assert table.columns.tolist() == ["published", "xor, default, seed 1 (1)", "xor, default, seed 1 (2)", "quick"]
    assert table.loc[("training", "epochs")].tolist()[1:3] == [2, 3]


def test_names_of_runs_are_distinct_and_not_published(runs: list[Path], tmp_path: Path) -> None:
    result = cn.run("xor", seed=1, epochs=2, engine="local", preset="published")
    assert [*compare({"a": result, "b": runs[0]})] == ["published", "a", "b"]
    for names in (("published", "b"), (1, "1")):
        with pytest.raises(ParameterError, match="names must differ, and none may be 'published'"):
            compare(dict(zip(names, (result, runs[0]), strict=True)))
    copytree(runs[0], tmp_path / "published")
    table = compare([tmp_path / "published", runs[1]])
    assert [*table] == ["published", "published (run)", "quick"]
    assert table.loc[("measured", "every case correct at the end"), "published"] is True


def test_a_row_says_whose_versions_are_listed(runs: list[Path]) -> None:
    result = cn.run("xor", seed=1, epochs=2, engine="local")
    table = compare({"now": result, "then": runs[0]})
    assert table.loc[("versions", "versions of")].tolist() == [None, "this session", "the run"]
    assert ("versions", "versions of") not in compare(runs, every=True).index


def test_the_task_need_not_be_installed(runs: list[Path], tmp_path: Path) -> None:
    record = json.loads((runs[0] / "run.json").read_text(encoding="utf-8"))
    record["report"] |= {"task": "gone", "epochs": 1}
    del record["files"]
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "log.csv").write_text("epoch,error,correct,phase\n1,0.5,0.0,1\n", encoding="utf-8")
    assert compare([runs[0], tmp_path]).loc[("settings", "task")].tolist()[1:] == ["xor", "gone"]


def test_other_tasks_have_other_quantities(runs: list[Path]) -> None:
    table = compare([runs[0], cn.run("encoder", epochs=2, engine="local")])
    assert table.loc[("measured", "different codes")].tolist()[1] is None
    assert table.loc[("measured", "cases left undecided, within 0.1 of ½")].tolist()[2] is None


def test_names_tell_folders_apart(write: Write) -> None:
    one, other = write("same", [1]), write("same", [2])
    assert [run.name for run in read_compared_runs([one, other])] == [f"{one.parent.name}/same", f"{other.parent.name}/same"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], ParameterError, "needs two or more"),
        (["run"], ParameterError, "needs two or more"),
        ("run", ParameterError, "must be a list"),
        (["run", "run"], ParameterError, "was given twice"),
        (["run", 3], ParameterError, "must be folders"),
        (["run", "nowhere"], FileError, "no such folder"),
        (["run", "broken"], FileError, "summary.json is not valid JSON"),
        (["run", "other"], FileError, "summary.json was not written by"),
        (["run", "empty"], FileError, "no run.json"),
    ],
)
def test_something_other_than_a_run_is_an_error(runs: list[Path], tmp_path: Path, given: Any, error: type[Exception], message: str) -> None:
    (tmp_path / "empty").mkdir()
    for name, text in (("broken", "{"), ("other", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text(text, encoding="utf-8")
    places = {"run": runs[0]}
    named = given if isinstance(given, str) else [places.get(name, tmp_path / name) if isinstance(name, str) else name for name in given]
    with pytest.raises(error, match=message):
        compare(named)


def test_published_values_that_differ_are_all_shown() -> None:
    assert join_distinct([245, None, 245]) == 245
    assert join_distinct([245, None, 558]) == "245; –; 558"
    assert join_distinct([None, None]) is None
    assert plain_value({"yes": 1, "no": 2}) == "1 × yes, 2 × no"


def test_tables_for_the_terminal(runs: list[Path]) -> None:
    compared = read_compared_runs(runs)
    tables = {table.title: table for table in comparison_tables(compared, comparison_rows(compared))}
    assert tables["Versions"].notes == ["No difference.", "many: median and quartiles over 3 seeds."]
    assert tables["Measured and published"].columns == ["quantity", "slow", "quick", "many", "published"]
    (epochs,) = [row for row in tables["Training"].rows if row[0] == "epochs"]
    assert " to " in str(epochs[3])


def test_curves_of_all_seeds_are_in_one_figure(runs: list[Path]) -> None:
    compared = read_compared_runs(runs)
    axes = draw_curves(compared)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["slow", "quick", "many, 3 seeds"]
    drawn: Any = [line for line in axes.lines if len(line.get_xydata())]  # type: ignore[arg-type]
    assert len(drawn) == 6  # the median of the three seeds too
    assert drawn[0].get_ydata().tolist() == compared[0].logs[0]["error"].tolist()


def command(words: list[str]) -> int:
    """Run the command without the command line, which has it only after installation."""
    from connectionist_plugins.commands.compare import Compare

    parser = ArgumentParser()
    Compare().add_arguments(parser)
    return Compare().run(parser.parse_args(words))


def test_command_prints_tables_or_json(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert command([str(runs[0]), str(runs[1])]) == 0
    out = capsys.readouterr().out
    assert "phase 1, rate  0.25  0.5" in out
    assert command([*map(str, runs), "--json", "--all"]) == 0
    comparison = json.loads(capsys.readouterr().out)
    assert [run["name"] for run in comparison["runs"]] == ["slow", "quick", "many"]
    assert comparison["runs"][2]["seeds"] == [1, 2, 3]
    (epochs,) = [row for row in comparison["rows"] if (row["part"], row["quantity"]) == ("training", "epochs")]
    assert epochs["values"][2]["count"] == 3
    assert "hidden" in [row["quantity"] for row in comparison["rows"]]


def test_command_writes_a_report_or_a_figure(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*map(str, runs)]
    assert command([*words, "--out", str(tmp_path / "page.html")]) == 0
    assert f"Written to {tmp_path / 'page.html'}" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert "data:image/svg+xml;base64," in page
    assert "<script" not in page
    assert command([*words, "--out", str(tmp_path / "curves.png")]) == 0
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_the_output_path_is_checked_before_runs_are_read(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"--out: must end in \.html"):
        check_output_path("curves.doc")
    with pytest.raises(ParameterError, match=r"--out: must end in \.html"):
        command(["nowhere", "nowhere-else", "--out", "x"])


def test_a_file_that_cannot_be_written_is_named(runs: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "missing" / "page.html"
    with pytest.raises(FileError, match=r"--out: .*page\.html' cannot be written"):
        command([str(runs[0]), str(runs[1]), "--out", str(target)])


def test_help_of_the_command_is_its_docstring() -> None:
    from connectionist_plugins.commands.compare import Compare

    assert "matplotlib" not in getattr(sys.modules.get("connectionist_plugins.commands.compare"), "__dict__", {})
    assert (Compare.__doc__ or "").startswith("Compare runs")
