"""``connectionist resume``: the folder is that of a run that was not disturbed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.cli import main
from connectionist.experiments.run_folder import NUMBERS, write_record
from connectionist.learning.checkpoints import Checkpoints

Cli = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
FAST = ("--epochs", "70", "--engine", "local", "--checkpoint-every", "10")


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], own_registry: None) -> Cli:
    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main.main([str(word) for word in words])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture(autouse=True)
def no_figures(blank_images: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_report(folder: Path, _result: cn.Result, record: dict[str, Any]) -> bool:
        (folder / "report.html").touch()
        write_record(folder, "run.json", record, (*NUMBERS, "report.html"))
        return False

    monkeypatch.setattr("connectionist.reporting.html.write.write_report", write_report)


def killed_after(epoch: int, seed: int, words: Sequence[str | Path]) -> None:
    """Run a command in a process that ends at once after an epoch of the run with a seed."""
    is_due = Checkpoints.is_due

    def kill(self: Checkpoints, run: Any) -> bool:
        if run.seed == seed and run.epochs >= epoch:
            os._exit(9)
        return is_due(self, run)

    if (process := os.fork()) == 0:
        Checkpoints.is_due = kill  # type: ignore[method-assign]
        main.main([str(word) for word in words])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9


def content(folder: Path) -> dict[str, object]:
    """Return what a folder has, without what differs between two runs: seconds, date, the command, checkpoints, and pages with these."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or path.suffix == ".html" or path.name in ("checkpoint-0.npz", "checkpoint-1.npz", "examples.npz"):
            found[name] = None
        elif path.suffix == ".json":
            text = re.sub(r'"(seconds|date|bytes|sha256)": [^,\n]*', "", path.read_text(encoding="utf-8"))
            found[name] = re.sub(r'"command_line": \[[^]]*\]', "", text)
        elif path.name == "runs.csv":
            found[name] = re.sub(r"(?<=,epochs,)[0-9.]+", "", path.read_text(encoding="utf-8"))
        else:
            found[name] = path.read_bytes()
    return found


@pytest.mark.parametrize("kill", [15, 55])
def test_a_killed_run_goes_on(cli: Cli, tmp_path: Path, kill: int) -> None:
    assert cli("run", "xor", "--seed", "3", *FAST, "--out", tmp_path / "whole")[0] == 0
    killed_after(kill, 3, ["run", "xor", "--seed", "3", *FAST, "--out", tmp_path / "killed"])
    assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == ["checkpoint", "run.lock"]
    status, _, error = cli("run", "xor", "--out", tmp_path / "killed")
    assert status == 2
    assert f"'connectionist resume {tmp_path / 'killed'}' goes on with what was not finished" in error
    status, report, error = cli("resume", tmp_path / "killed", "--json")
    assert (status, error) == (0, "")
    assert json.loads(report)["epochs"] == 70
    assert content(tmp_path / "killed") == content(tmp_path / "whole")
    status, report, error = cli("resume", tmp_path / "killed", "--json")
    assert status == 0
    assert "is whole; --epochs N trains longer" in error
    assert json.loads(report)["epochs"] == 70


@pytest.mark.parametrize("every", ["10", "30 s"])
def test_a_run_that_is_whole_can_be_trained_longer(cli: Cli, tmp_path: Path, every: str) -> None:
    words = ("run", "xor", "--set", "rate=0.2", "--engine", "local", "--checkpoint-every", every)
    assert cli(*words, "--epochs", "90", "--out", tmp_path / "whole")[0] == 0
    assert cli(*words, "--epochs", "40", "--out", tmp_path / "longer")[0] == 0
    assert (tmp_path / "longer" / "checkpoint").is_dir() == (every == "10")
    status, _, error = cli("resume", tmp_path / "longer", "--epochs", "20")
    assert status == 2
    assert "--epochs: must be at least 40, the number of epochs so far (got 20)" in error
    assert cli("resume", tmp_path / "longer", "--epochs", "90")[0] == 0
    assert content(tmp_path / "longer") == content(tmp_path / "whole")
    record = json.loads((tmp_path / "longer" / "run.json").read_text(encoding="utf-8"))
    assert record["command_line"][-2:] == ["--epochs", "90"]


def test_of_several_seeds_those_that_are_whole_are_left(cli: Cli, tmp_path: Path) -> None:
    words = ("run", "xor", "--seeds", "1-3", *FAST)
    assert cli(*words, "--out", tmp_path / "whole")[0] == 0
    killed_after(40, 2, [*words, "--out", tmp_path / "killed"])
    written = (tmp_path / "killed" / "seed-1" / "run.json").stat().st_mtime_ns
    status, summary, error = cli("resume", tmp_path / "killed", "--json")
    assert (status, error) == (0, "")
    assert [run["seed"] for run in json.loads(summary)["runs"]] == [1, 2, 3]
    assert (tmp_path / "killed" / "seed-1" / "run.json").stat().st_mtime_ns == written
    assert content(tmp_path / "killed") == content(tmp_path / "whole")


def test_a_run_that_ctrl_c_ended_goes_on(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    from connectionist.learning.trainer import Trainer

    assert cli("run", "xor", *FAST, "--out", tmp_path / "whole")[0] == 0
    with monkeypatch.context() as patch:
        real = Trainer._log

        def log(trainer: Trainer, phase: int, results: Any) -> None:
            real(trainer, phase, results)
            if trainer.run.epochs > 33:
                patch.undo()
                signal.raise_signal(signal.SIGINT)

        patch.setattr(Trainer, "_log", log)
        assert cli("run", "xor", *FAST, "--out", tmp_path / "ended")[0] == 130
    assert json.loads((tmp_path / "ended" / "run.json").read_text(encoding="utf-8"))["report"]["stopped"] == "interrupted"
    assert cli("resume", tmp_path / "ended")[0] == 0
    assert content(tmp_path / "ended") == content(tmp_path / "whole")


def test_what_cannot_go_on_is_an_error(cli: Cli, tmp_path: Path) -> None:
    def error(*words: str | Path) -> str:
        status, _, text = cli("resume", *words)
        assert (status, text.count("\n")) == (2, 1)
        return text

    assert "is not a folder" in error(tmp_path / "none")
    assert "has no checkpoint and no finished run; must be a folder written by 'connectionist run TASK --out DIR'" in error(tmp_path)
    (tmp_path / "run.json").write_text('{"command_line": ["connectionist", "list"]}', encoding="utf-8")
    assert "was not written by 'connectionist run'" in error(tmp_path)
    (tmp_path / "run.json").write_text('{"command_line": ["connectionist", "run", "nowhere"]}', encoding="utf-8")
    assert "unknown task 'nowhere'" in error(tmp_path)
    (tmp_path / "run.json").write_text('{"command_line": ["connectionist", "run", "xor"]}', encoding="utf-8")
    assert cli("resume", tmp_path, "--checkpoint-every", "soon")[0] == 2


def test_the_folder_of_a_plugin_must_be_given_again(cli: Cli, tmp_path: Path, plugin_file: Callable[[str, str], Path]) -> None:
    text = """
        import connectionist as cn
        from connectionist_tasks.xor import Xor

        class Own(Xor):
            name = "own-xor"

        @cn.hookimpl
        def tasks():
            return [Own]
    """
    plugins = ("--plugins-dir", plugin_file("own.py", text))
    assert cli(*plugins, "run", "own-xor", *FAST, "--out", tmp_path / "run")[0] == 0
    status, _, error = cli("resume", tmp_path / "run", "--epochs", "90")
    assert status == 2
    assert f"is not installed; the run had --plugins-dir {plugins[1]}, give it again" in error
    status, report, _ = cli(*plugins, "resume", tmp_path / "run", "--epochs", "90", "--json")
    assert (status, json.loads(report)["epochs"]) == (0, 90)


def test_longer_training_that_is_killed_goes_on_without_its_epochs(cli: Cli, tmp_path: Path) -> None:
    words = ("run", "xor", "--set", "rate=0.2", "--engine", "local", "--checkpoint-every", "10", "--seeds", "1-2")
    assert cli(*words, "--epochs", "90", "--out", tmp_path / "whole")[0] == 0
    assert cli(*words, "--epochs", "40", "--out", tmp_path / "longer")[0] == 0
    killed_after(65, 2, ["resume", tmp_path / "longer", "--epochs", "90"])
    assert cli("resume", tmp_path / "longer")[0] == 0
    assert content(tmp_path / "longer") == content(tmp_path / "whole")


def test_a_run_that_was_killed_while_it_drew_figures_draws_them(cli: Cli, tmp_path: Path) -> None:
    words = ("run", "xor", *FAST, "--out", tmp_path / "run")
    if (process := os.fork()) == 0:
        from connectionist.reporting.html import write

        write.write_report = lambda *_: os._exit(9)
        main.main([str(word) for word in words])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9
    assert (tmp_path / "run" / "run.json").exists()
    assert cli("resume", tmp_path / "run")[0] == 0
    assert (tmp_path / "run" / "report.html").exists()
    assert "is whole" in cli("resume", tmp_path / "run")[2]


@pytest.mark.parametrize("left", [[], ["examples.npz", "log.f8"]])
def test_a_run_that_was_killed_before_its_first_checkpoint_starts_again(cli: Cli, tmp_path: Path, left: list[str]) -> None:
    folder = tmp_path / "run" / "seed-1" / "checkpoint"
    folder.mkdir(parents=True)
    for name in left:
        (folder / name).write_bytes(b"old")
    words = ("run", "xor", "--seeds", "1-2", *FAST)
    (folder / "mine.txt").touch()
    assert "is not empty" in cli(*words, "--out", tmp_path / "run")[2]
    (folder / "mine.txt").unlink()
    assert cli(*words, "--out", tmp_path / "run")[0] == 0
    assert cli(*words, "--out", tmp_path / "whole")[0] == 0
    assert content(tmp_path / "run") == content(tmp_path / "whole")


CHANGED_TASK = """
    import connectionist as cn
    from connectionist_tasks.xor import Xor

    class Own(Xor):
        name = "own-xor"
        {change}

    @cn.hookimpl
    def tasks():
        return [Own]
"""
CHANGES = {
    "network": "network = lambda self, seed: Xor(hidden=3).network(seed)",
    "examples": "training_examples = property(lambda self: Xor().training_examples[[0, 1]])",
    "criterion": "criterion = cn.Criterion(error=0.01)",
    "tolerance": "tolerance = 0.3",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_task_that_has_changed_is_an_error(cli: Cli, tmp_path: Path, plugin_file: Callable[[str, str], Path], change: str) -> None:
    plugins = ("--plugins-dir", plugin_file("own.py", CHANGED_TASK.format(change="")))
    assert cli(*plugins, "run", "own-xor", *FAST, "--out", tmp_path / "run")[0] == 0
    before = content(tmp_path / "run")
    plugin_file("own.py", CHANGED_TASK.format(change=CHANGES[change]))
    status, _, error = cli(*plugins, "resume", tmp_path / "run", "--epochs", "90")
    assert status == 2
    assert "the task 'own-xor' is not that of the checkpoint" in error
    assert content(tmp_path / "run") == before


def test_findings_that_change_the_network_do_not_change_a_run_that_goes_on(
    cli: Cli, tmp_path: Path, plugin_file: Callable[[str, str], Path]
) -> None:
    change = "findings = lambda self, network, run: network.lesion('hidden:0') or []"
    plugins = ("--plugins-dir", plugin_file("own.py", CHANGED_TASK.format(change=change)))
    words = (*plugins, "run", "own-xor", "--engine", "local", "--checkpoint-every", "10")
    assert cli(*words, "--epochs", "90", "--out", tmp_path / "whole")[0] == 1
    assert cli(*words, "--epochs", "40", "--out", tmp_path / "longer")[0] == 1
    assert cli(*plugins, "resume", tmp_path / "longer", "--epochs", "90")[0] == 1
    assert cli(*plugins, "resume", tmp_path / "longer")[0] == 1
    assert content(tmp_path / "longer") == content(tmp_path / "whole")


def test_checkpoints_of_another_seed_are_an_error(cli: Cli, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        assert cli("run", "xor", "--seed", seed, *FAST, "--out", tmp_path / seed)[0] == 0
    (tmp_path / "1" / "checkpoint").rename(tmp_path / "old")
    (tmp_path / "2" / "checkpoint").rename(tmp_path / "1" / "checkpoint")
    assert "is not that of the checkpoint" in cli("resume", tmp_path / "1", "--epochs", "90")[2]


def test_a_task_that_trains_nothing_has_no_checkpoints(cli: Cli, tmp_path: Path) -> None:
    status, _, errors = cli("run", "jets-and-sharks", "--out", str(tmp_path / "run"), "--checkpoint-every", "10")
    assert status == 2
    assert "--checkpoint-every: task 'jets-and-sharks' trains nothing, so it has no checkpoints (got 10)" in errors
    assert not (tmp_path / "run").exists()
