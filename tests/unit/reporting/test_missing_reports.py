"""``connectionist report``: figures on demand."""

from __future__ import annotations

import errno
import json
import re
import shutil
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.experiments.reopened_result import read_result

SEED_FILES = ["cases.csv", "log.csv", "run.json", "weights.csv", "weights.npz"]
FIGURES = ["learning_curve.png", "report.html", "weights.png"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two seeds."""
    folder = tmp_path_factory.mktemp("runs") / "out"
    assert main(["run", "xor", "--seeds", "1-2", "--epochs", "30", "--out", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def real_runs(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


@pytest.fixture
def runs(real_runs: Path, blank_figures: None) -> Path:
    """A copy of the folder. Reports on it have blank figures."""
    return real_runs


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def report(*words: object) -> int:
    return main(["report", *map(str, words)])


def test_a_run_with_several_seeds_draws_no_figures_of_each(runs: Path) -> None:
    assert names(runs / "seed-1") == SEED_FILES
    assert re.findall('href="(seed[^"]*)"', (runs / "report.html").read_text(encoding="utf-8")) == ["seed-1/", "seed-2/"]


def test_the_closing_line_says_how_to_draw_them(tmp_path: Path, blank_figures: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "xor", "--seeds", "1-2", "--epochs", "1", "--out", str(tmp_path / "out")])
    assert capsys.readouterr().out.endswith(f"\n'connectionist report {tmp_path / 'out'}' draws the figures of each seed\n")
    main(["run", "xor", "--epochs", "1", "--out", str(tmp_path / "one")])
    assert "connectionist report" not in capsys.readouterr().out


def test_the_command_draws_what_is_missing(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(runs / "seed-2") == 0
    assert names(runs / "seed-1") == SEED_FILES
    before = (runs / "seed-2" / "report.html").stat().st_mtime_ns
    assert report(runs) == 0
    assert (runs / "seed-2" / "report.html").stat().st_mtime_ns == before
    assert names(runs / "seed-1") == names(runs / "seed-2") == sorted([*SEED_FILES, *FIGURES])
    assert 'href="seed-1/report.html"' in (runs / "report.html").read_text(encoding="utf-8")
    assert report(runs) == 0
    out = capsys.readouterr().out.splitlines()
    page = runs / "report.html"
    assert out == [
        f"Wrote the reports of 1 run; open {runs / 'seed-2' / 'report.html'}",
        f"Wrote the reports of 1 run; open {page}",
        f"No report was missing; open {page}",
    ]
    for folder in (runs / "seed-1", runs / "seed-2"):
        cn.read_run(folder)  # warns of no file, since the manifest has the figures


def test_a_deleted_picture_is_drawn_again(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one"
    assert main(["run", "xor", "--seed", "1", "--epochs", "30", "--out", str(one), "--json"]) == 0
    assert report(runs) == 0
    for folder, run in ((one, one), (runs, runs / "seed-2")):
        picture = run / "weights.png"
        before = picture.read_bytes()
        picture.unlink()
        capsys.readouterr()
        assert report(folder) == 0
        assert capsys.readouterr().out == f"Wrote the reports of 1 run; open {folder / 'report.html'}\n"
        assert picture.read_bytes() == before
        assert report(folder) == 0
        assert capsys.readouterr().out.startswith("No report was missing")


def test_a_picture_that_a_run_never_had_is_not_missing(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectionist.reporting.html.write.PICTURES", ("weights",))  # as for a task without an error
    assert report(runs / "seed-1") == 0
    before = (runs / "seed-1" / "report.html").stat().st_mtime_ns
    assert report(runs / "seed-1") == 0
    assert (runs / "seed-1" / "report.html").stat().st_mtime_ns == before


def test_the_report_is_that_of_a_run_with_one_seed(real_runs: Path, tmp_path: Path) -> None:
    assert report(real_runs / "seed-1") == 0
    assert main(["run", "xor", "--seed", "1", "--epochs", "30", "--out", str(tmp_path / "one"), "--json"]) == 0
    pages = [(folder / "report.html").read_text(encoding="utf-8") for folder in (real_runs / "seed-1", tmp_path / "one")]
    figures = [[b64decode(data) for data in re.findall('data:image/svg.xml;base64,([^"]*)', page)] for page in pages]
    numbered = re.compile(rb"\b[a-z]+[0-9a-f]{10}\b")  # identifiers, which matplotlib counts in the process
    of_report, of_run = ([numbered.sub(b"", each) for each in of_page] for of_page in figures)
    assert len(of_report) == len(of_run) == 5
    assert of_report[:-1] == of_run[:-1]  # the layout of the last one, the network, depends on what matplotlib drew before
    for name in ("learning_curve.png", "weights.png"):
        assert (real_runs / "seed-1" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_the_result_has_the_log_of_the_run(runs: Path) -> None:
    result, record = read_result(runs / "seed-1")
    same = cn.run("xor", seed=1, epochs=30)
    assert record["seed"] == 1
    assert result.run.errors == same.run.errors
    assert result.run.phases == same.run.phases
    assert result.log.equals(same.log)
    assert result.network.weight_values.tolist() == same.network.weight_values.tolist()


@pytest.mark.filterwarnings("always")
def test_a_damaged_run_is_named_and_the_others_are_drawn(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (runs / "seed-1" / "log.csv").open("a", encoding="utf-8") as log:
        log.write("31,0.1,1.0,1\n")
    assert report(runs) == 1
    lines = capsys.readouterr().err.splitlines()
    ends = [line.rpartition("; ")[2] for line in lines if not line.startswith("reports ")]  # that of the progress
    assert len(ends) == len(lines) - 1
    assert ends == ["no report is written for it", "the report of all runs has no links to the new ones"]
    assert names(runs / "seed-1") == SEED_FILES
    assert "report.html" in names(runs / "seed-2")
    assert report(runs / "seed-1") == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.filterwarnings("always")
def test_a_folder_in_place_of_a_file_is_named_and_the_others_are_drawn(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = runs / "seed-1" / "weights.png"
    path.mkdir()
    assert report(runs) == 1
    out, err = capsys.readouterr()
    assert f"file '{path}' cannot be written (it is a folder, not a file); no report is written for seed-1\n" in err
    assert err.count("\n") == 2  # with the progress
    assert out == f"Wrote the reports of 1 run; open {runs / 'report.html'}\n"
    assert names(runs / "seed-2") == sorted([*SEED_FILES, *FIGURES])
    assert re.findall('href="(seed[^"]*)"', (runs / "report.html").read_text(encoding="utf-8")) == ["seed-1/", "seed-2/report.html"]
    assert report(runs / "seed-1") == 2
    assert "it is a folder, not a file" in capsys.readouterr().err


@pytest.mark.filterwarnings("always")
def test_a_folder_in_place_of_the_report_of_all_runs_is_named(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "report.html").unlink()
    (runs / "report.html").mkdir()
    assert report(runs) == 1
    assert report(runs) == 1
    out, err = capsys.readouterr()
    assert err.count("report.html' cannot be written (it is a folder, not a file); the report of all runs has no links") == 2
    assert out == f"Wrote the reports of 2 runs; open {runs / 'seed-1' / 'report.html'}\n"


def test_a_report_that_is_not_whole_is_drawn_again(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "report.html").write_text("", encoding="utf-8")
    assert report(runs / "seed-1") == 0
    page = runs / "seed-1" / "report.html"
    whole = page.read_text(encoding="utf-8")
    for content in ("", whole[: len(whole) // 2]):
        page.write_text(content, encoding="utf-8")
        assert report(page.parent) == 0
        assert page.read_text(encoding="utf-8").endswith("</html>\n")
    shutil.copytree(page.parent, runs / "seed-2", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.csv", "run.json", "*.npz"))
    capsys.readouterr()
    assert report(runs) == 0
    assert capsys.readouterr().out == f"Wrote the report of all runs; open {runs / 'report.html'}\n"
    assert report(runs) == 0
    assert capsys.readouterr().out == f"No report was missing; open {runs / 'report.html'}\n"


def test_a_full_disk_ends_the_command(runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys.modules["connectionist.utils.files"], "synchronize", fail)
    assert report(runs) == 2
    assert capsys.readouterr().err.count("No space left on device") == 1
    assert names(runs / "seed-2") == SEED_FILES


@pytest.mark.parametrize("kind", ["nothing", "empty", "file"])
def test_a_folder_without_runs_is_an_error(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    if kind == "empty":
        folder.mkdir()
    if kind == "file":
        folder.write_text("x", encoding="utf-8")
    assert report(folder) == 2
    assert re.search(r"error: run '.*folder': (there is no such folder|has no run.json)", capsys.readouterr().err)
    assert not (folder / "run.lock").exists()


@pytest.mark.filterwarnings("always")
def test_a_figure_that_cannot_be_drawn_is_named(
    real_runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("mine")

    monkeypatch.setattr(sys.modules["connectionist.reporting.html.run_report"], "hinton_figure", fail)
    assert report(real_runs / "seed-1") == 1
    assert "a figure could not be drawn" in capsys.readouterr().err
    assert "This figure could not be drawn. KeyError" in (real_runs / "seed-1" / "report.html").read_text(encoding="utf-8")


def test_a_task_that_is_not_installed_is_named_once_for_all_runs(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("seed-1", "seed-2"):
        path = runs / name / "run.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        record["report"]["task"], record["plugins"] = "my-xor", {"my-xor": "plugs/my_xor.py"}
        path.write_text(json.dumps(record), encoding="utf-8")
    assert report(runs) == 2
    assert capsys.readouterr().err == (
        f"connectionist report: error: run {str(runs)!r}: unknown task 'my-xor', which is not installed. In the run, it came from "
        f"plugs/my_xor.py; give its folder again, as --plugins-dir plugs\n"
    )
