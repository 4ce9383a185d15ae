"""SIGINT, SIGTERM and SIGHUP at any moment: what was learned is written, the message says where, and the status is 128 + signal."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.cli import main
from connectionist.errors import FileError
from connectionist.experiments.summarize_folder import summarize_folder
from connectionist.learning import stop_signals
from connectionist.learning.stop_signals import STOP_SIGNALS
from connectionist.learning.trainer import Trainer

RUN = ["run", "xor", "--engine", "local", "--json"]
ATTEMPTS = int(os.environ.get("CONNECTIONIST_EXAMPLES", "200"))
pytestmark = [pytest.mark.attack, pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")]

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], own_registry: None) -> Cli:
    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main.main([str(word) for word in words])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def signal_in_epoch(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Return a function that makes a signal come in the block of epochs that ends after an epoch of all runs together."""
    real = Trainer._log

    def arrange(number: int, epoch: int) -> None:
        epochs = 0

        def log(trainer: Trainer, phase: int, results: Any) -> None:
            nonlocal epochs
            before, epochs = epochs, epochs + len(results.errors)
            real(trainer, phase, results)
            if before < epoch <= epochs:
                signal.raise_signal(number)

        monkeypatch.setattr(Trainer, "_log", log)

    return arrange


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_in_training_keeps_what_was_learned(
    cli: Cli, tmp_path: Path, signal_in_epoch: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr("connectionist.cli.runs.Runs.write", write_numbers)
    signal_in_epoch(number, 1)
    folder = tmp_path / "out"
    status, out, err = cli(*RUN, "--epochs", "50", "--out", folder)
    assert status == 128 + number
    assert f"seed 0: interrupted by {number.name} after 1 epoch; the network keeps the weights it has learned\n" in err
    assert err.endswith(f"connectionist: interrupted by {number.name}; the run until then is in {str(folder)!r}\n")
    assert json.loads(out)["stopped"] == "interrupted"
    assert len(cn.read_run(folder).log) == 1


def write_numbers(runs: Any, result: cn.Result, folder: Path) -> None:
    """Write a run without figures."""
    from connectionist.experiments.run_folder import write_run
    from connectionist.utils.folders import make_folder

    make_folder(folder)
    write_run(folder, result, ["connectionist", *RUN, "--seeds", "1-5"])


def test_the_message_comes_also_if_the_reader_of_the_output_is_gone(
    cli: Cli, tmp_path: Path, signal_in_epoch: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("connectionist.cli.runs.Runs.write", write_numbers)
    monkeypatch.setattr("connectionist.cli.runs.Runs.print_report", fail)
    monkeypatch.setattr("connectionist.cli.streams.discard_stdout", lambda: None)
    signal_in_epoch(signal.SIGHUP, 1)
    status, _, err = cli(*RUN, "--epochs", "50", "--out", tmp_path / "out")
    assert status == 129
    assert err.endswith(f"connectionist: interrupted by SIGHUP; the run until then is in {str(tmp_path / 'out')!r}\n")


@pytest.mark.parametrize("first", ["training", "findings"])
def test_a_second_signal_in_findings_keeps_what_was_learned(
    cli: Cli, tmp_path: Path, signal_in_epoch: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    calls = 0

    def findings(*_: Any) -> list[cn.Finding]:
        nonlocal calls
        calls += 1
        signal.raise_signal(signal.SIGTERM)
        return []

    monkeypatch.setattr(stop_signals, "SECONDS_TOGETHER", 0.0)
    monkeypatch.setattr(type(cn.task("xor")), "findings", findings)
    if first == "training":
        signal_in_epoch(signal.SIGTERM, 1)
    folder = tmp_path / "out"
    status, out, err = cli(*RUN, "--epochs", "50", "--out", folder)
    assert (status, calls) == (143, 1)
    failure = "the measurement of the network was interrupted by SIGTERM"
    assert json.loads(out)["failures"] == [failure]
    assert f"connectionist run: seed 0: {failure}\n" in err
    assert err.endswith(f"connectionist: interrupted by SIGTERM; the run until then is in {str(folder)!r}\n")
    assert len(cn.read_run(folder).log) == (1 if first == "training" else 50)


def test_a_second_signal_in_figures_keeps_what_was_learned(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(*_: Any) -> dict[str, Any]:
        for _count in range(2):
            signal.raise_signal(signal.SIGTERM)
        return {}

    monkeypatch.setattr(stop_signals, "SECONDS_TOGETHER", 0.0)
    monkeypatch.setattr(type(cn.task("xor")), "figures", figures)
    folder = tmp_path / "out"
    status, _, err = cli(*RUN, "--epochs", "5", "--out", folder)
    assert status == 143
    assert err.endswith(f"connectionist: interrupted by SIGTERM; the run until then is in {str(folder)!r}\n")
    assert len(cn.read_run(folder).log) == 5


@pytest.mark.parametrize("member", ["correct_cases", "testing_examples", "findings"])
def test_ctrl_c_after_training_keeps_the_run_in_python(monkeypatch: pytest.MonkeyPatch, member: str) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    kind = type(cn.task("xor"))
    monkeypatch.setattr(kind, member, property(interrupted) if member == "testing_examples" else interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        cn.run("xor", epochs=3, engine="local")
    result = vars(caught.value)["result"]
    assert (result.run.epochs, result.report["findings"]) == (3, [])


def test_a_signal_without_a_folder_says_that_nothing_was_written(cli: Cli, signal_in_epoch: Callable[[int, int], None]) -> None:
    signal_in_epoch(signal.SIGTERM, 1)
    status, _, err = cli(*RUN, "--epochs", "50")
    assert status == 143
    assert err.endswith("connectionist: interrupted by SIGTERM; nothing was written, since --out was not given\n")


def test_a_signal_before_training_ends_the_command(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectionist.cli.runs.Runs.train", lambda *_: signal.raise_signal(signal.SIGHUP))
    status, out, err = cli(*RUN, "--out", tmp_path / "out")
    assert (status, out, err) == (129, "", "connectionist: interrupted by SIGHUP; nothing was written\n")
    assert not (tmp_path / "out").exists()


def test_a_signal_in_another_command_gives_a_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectionist_plugins.commands.list.List.run", lambda *_: signal.raise_signal(signal.SIGINT))
    assert cli("list") == (130, "", "connectionist: interrupted by SIGINT before the command was finished\n")


def test_the_seeds_of_a_killed_run_are_summarized(
    cli: Cli, tmp_path: Path, signal_in_epoch: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectionist.cli.runs.Runs.write", write_numbers)
    signal_in_epoch(signal.SIGTERM, 8)  # in the third run
    folder = tmp_path / "out"
    status, out, err = cli(*RUN, "--epochs", "3", "--seeds", "1-5", "--out", folder)
    summary = json.loads(out)
    assert (status, summary["seeds"], summary["unfinished"]) == (143, [1, 2], [[3, 5]])
    assert err.endswith(f"interrupted by SIGTERM; the runs that finished are in {str(folder)!r}, with a summary\n")
    for name in ("summary.json", "runs.csv", "report.html"):
        (folder / name).unlink()
    (folder / "seed-4").mkdir()
    hint = f"'connectionist summarize {folder}'"
    for words in (["run", "xor", "--out", folder], ["compare", folder, folder]):
        assert hint in cli(*words)[2]
    status, out, _ = cli("summarize", folder, "--json")
    assert status == 0
    assert json.loads(out) == summary
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["summary"] == summary


def test_a_long_range_of_seeds_costs_nothing(cli: Cli, tmp_path: Path, signal_in_epoch: Callable[[int, int], None]) -> None:
    signal_in_epoch(signal.SIGINT, 2)
    status, out, err = cli(*RUN, "--epochs", "1", "--seeds", f"0-{2**63 - 1}")
    assert status == 130
    assert json.loads(out)["unfinished"] == [[1, 2**63 - 1]]
    assert len(out + err) < 10_000


def test_a_reader_of_messages_that_ends_does_not_end_training(tmp_path: Path) -> None:
    words = ["run", "xor", "--epochs", "5", "--engine", "local", "--out", str(tmp_path / "out")]
    reader, writer = os.pipe()
    os.close(reader)
    script = (
        "import sys, connectionist.learning.progress as p, connectionist_launcher as c; p.SECONDS_BETWEEN_LINES = 0; sys.exit(c.main())"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], stderr=writer, stdout=subprocess.DEVNULL, check=False)
    os.close(writer)
    assert done.returncode == 0
    assert len(cn.read_run(tmp_path / "out").log) == 5


def moments(words: list[str], double: bool) -> Iterator[dict[str, Any]]:
    """Yield what happened in each attempt in which a signal came before the command ended."""
    seed = random.randrange(10**6)
    task = {"words": words, "attempts": ATTEMPTS, "double": double, "seed": seed}
    command = [sys.executable, str(Path(__file__).with_name("signal_moments.py")), json.dumps(task)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            found = json.loads(line)
            if found["status"] != 77:
                yield found
            process.stdin.write("\n")
            process.stdin.flush()


def check_ending(found: dict[str, Any]) -> str:
    """Return the last line of the messages, after a check of the status."""
    err = found["stderr"]
    first, second = found["plan"]["first"], found["plan"]["second"]
    assert found["status"] in {128 + first, 128 + (second or first)}, found
    assert "Traceback" not in err, found
    assert "Exception ignored" not in err, found
    last: str = err.splitlines()[-1]
    assert re.search(f"interrupted by {signal.Signals(found['status'] - 128).name}[; ]", last), found
    return last


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("kind", ["local", "compiled"])
def test_signals_at_any_moment_of_a_run(kind: str, double: bool) -> None:
    for found in moments(["run", "xor", "--engine", kind, "--epochs", "40", "--json", "--out", "@"], double):
        last, folder = check_ending(found), Path(found["folder"])
        if "the run until then is in" in last:
            run = cn.read_run(folder)
            assert len(run.log) == run.report["epochs"], found
            assert double or json.loads(found["stdout"])["epochs"] == run.report["epochs"], found
            assert double or (folder / "report.html").exists(), found
        elif "is incomplete" in last:
            assert double, found
            with pytest.raises(FileError, match="ended before all its files were written"):
                cn.read_run(folder)
        else:
            assert not folder.exists(), found


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("double", [False, True])
def test_signals_at_any_moment_of_runs_with_seeds(double: bool) -> None:
    for found in moments(["run", "xor", "--engine", "local", "--epochs", "5", "--seeds", "1-3", "--json", "--out", "@"], double):
        last, folder = check_ending(found), Path(found["folder"])
        runs = [cn.read_run(path.parent) for path in folder.glob("seed-*/run.json")]
        seeds = sorted(run.seed for run in runs if run.report["stopped"] != "interrupted")
        if (folder / "summary.json").exists():
            assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["summary"]["seeds"] == seeds, found
        elif seeds:
            assert double, found
            assert "connectionist summarize" in last, found
            assert summarize_folder(folder)[0]["seeds"] == seeds, found
