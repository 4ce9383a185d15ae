"""``connectionist study``: conditions and seeds on the command line, folders that are continued, and mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.cli.worker_options import interruption_text

Cli = Callable[..., tuple[int, str, str]]
STUDY = ["study", "xor", "--vary", "rate=0.5,2", "--vary", "momentum=0:0.9:0.45", "--seeds", "1-3", "--epochs", "20", "--workers", "1"]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], own_registry: None, blank_images: None) -> Cli:
    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return run


def test_the_same_command_goes_on_and_show_prints_the_same(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "s"
    status, first, _ = cli(*STUDY, "--out", folder)
    assert status == 0
    assert [line.split()[:4] for line in first.splitlines()[2:8]] == [
        [rate, momentum, "3", "0"] for rate in ("0.5", "2") for momentum in ("0", "0.45", "0.9")
    ]
    assert "18 of 18 runs done." in first
    assert f"Written to {folder}; open {folder}/report.html" in first
    monkeypatch.setattr("connectionist.experiments.study.scheduler.execute_chunk", None)  # nothing is left to do
    assert cli(*STUDY, "--out", folder) == (0, first, "")
    assert first.startswith(cli("study", "--show", folder)[1].rstrip())
    shown = json.loads(cli("study", "--show", folder, "--json")[1])
    assert (shown["runs"], shown["done"], shown["failed"]) == (18, 18, 0)
    epochs = [row for row in shown["summary"] if row["measure"] == "epochs"]
    assert [(row["rate"], row["momentum"], row["median"]) for row in epochs][:2] == [(0.5, 0.0, 20.0), (0.5, 0.45, 20.0)]
    assert cn.read_study(folder).record["command_line"][:2] == ["connectionist", "study"]


def test_failed_runs_are_listed_and_set_the_status(cli: Cli, plugin_file: Callable[[str, str], Path], tmp_path: Path) -> None:
    folder = plugin_file(
        "fragile.py",
        """
        import connectionist as cn
        from connectionist_tasks.xor import Xor

        class Fragile(Xor):
            name = "fragile"

            def findings(self, network, run):
                print("not on standard output")
                if run.seed == 2:
                    raise SystemExit(3)
                return super().findings(network, run)

        @cn.hookimpl
        def tasks():
            return [Fragile]
        """,
    )
    words = ["--plugins-dir", folder, "study", "fragile", "--seeds", "1-3", "--epochs", "5", "--workers", "1", "--json"]
    status, out, err = cli(*words, "--keep", "runs", "--out", tmp_path / "s")
    assert status == 1
    assert "connectionist study: error: 1 of 3 runs failed; the first: plugin 'fragile'" in err
    assert json.loads(out)["failed"] == 1
    message = cn.read_study(tmp_path / "s").table["message"]
    assert message.str.contains(r"plugin 'fragile' from .*: SystemExit: 3 \(fragile.py, line 11\)").tolist() == [False, True, False]
    kept = tmp_path / "s" / "runs" / "condition-0"
    assert sorted(path.name for path in kept.iterdir()) == ["seed-1", "seed-2", "seed-3"]
    assert "Failed: seed 2: plugin 'fragile'" in cli("study", "--show", tmp_path / "s")[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["study"], "study: must have a task (got none)"),
        (["study", "xor"], "study: must have --seeds A-B (got none)"),
        (["study", "xor", "--seeds", "3-1"], "--seeds: must be A-B"),
        (["study", "xr", "--seeds", "1-3"], "unknown task 'xr'"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate"], "--vary: must be KEY=VALUE,VALUE,… or KEY=FIRST:LAST:STEP (got 'rate')"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate=1", "--vary", "rate=2"], "--vary rate: given twice"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate=0:1:0"], "--vary rate: must be FIRST:LAST:STEP, with numbers, a step that is"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate=0:1e9:1"], "and at most 10000 values (got '0:1e9:1')"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate=nan:1:1"], "--vary rate: must be FIRST:LAST:STEP"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rate=0.1,x"], "xor.rate: must be a number above 0 (got 'x')"),
        (["study", "xor", "--seeds", "1-3", "--vary", "rat=0.1"], "xor.rat: no such parameter; did you mean 'rate'?"),
        (
            ["study", "xor", "--seeds", "1-3", "--vary", "rate=0.1", "--set", "rate=1"],
            "Study.parameters: must not have 'rate', which varies",
        ),
        (["study", "xor", "--seeds", "1-3", "--keep", "runs"], "--keep: needs --out DIR"),
        (["study", "xor", "--seeds", "1-3", "--workers", "0"], "Study.run.workers: must be a whole number of at least 1"),
        (["study", "xor", "--show", "x"], "--show: must be given without a task (got 'xor')"),
        (["study", "--show", "no such folder"], "'no such folder' is not the folder of a study (it has no file study.json)"),
    ],
)
def test_mistakes_end_with_status_2_and_a_sentence(cli: Cli, words: list[str], message: str) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("out", "end"),
    [
        (None, "nothing is kept; with --out DIR, runs are kept, and the same command goes on"),
        ("runs", "they are in 'runs' (--out), and the same command goes on"),
    ],
)
def test_an_interruption_names_the_folder_of_the_command(out: str | None, end: str) -> None:
    interrupted = cn.errors.TrainingInterrupted("interrupted after 1 of 30 runs; they are in 'runs/inner'; the same call goes on")
    assert interruption_text(interrupted, out) == f"interrupted after 1 of 30 runs; {end}"
