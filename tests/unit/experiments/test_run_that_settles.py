"""Runs of a task whose network gets symmetric connections: `ticks` of `run`, and ``--ticks``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.experiments.settling_task import SettlingTask

pytestmark = pytest.mark.usefixtures("blank_figures")


def test_the_run_is_that_of_the_settling_task() -> None:
    result = cn.run("xor", seed=2, epochs=20, procedure="contrastive_hebbian", ticks=6, parameters={"rate": 0.3})
    alone = cn.run(SettlingTask(cn.task("xor", rate=0.3), 6), seed=2, epochs=20, procedure="contrastive_hebbian")
    assert result.network.weight_values.tolist() == alone.network.weight_values.tolist()
    assert (result.report["task"], result.report["ticks"], result.report["parameters"]["rate"]) == ("xor", 6, 0.3)


def test_the_command_writes_runs_that_can_be_read_and_continued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    options = ["--procedure", "contrastive_hebbian", "--ticks", "6", "--checkpoint-every", "5", "--out", str(folder)]
    assert main(["run", "xor", "--epochs", "10", *options]) == 0
    record = json.loads((folder / "run.json").read_text())
    assert record["report"]["ticks"] == 6
    assert "6, with symmetric connections" in capsys.readouterr().out
    assert cn.read_run(folder).network.projection("output", "hidden").delay == 1
    assert main(["resume", str(folder), "--epochs", "20"]) == 0
    assert json.loads((folder / "run.json").read_text())["report"]["epochs"] == 20
    assert main(["run", "xor", "--epochs", "2", "--seeds", "1-2", "--procedure", "generec", "--ticks", "3"]) == 0


@pytest.mark.parametrize(
    ("task", "ticks", "message"),
    [
        ("xor", 0, r"run\.ticks: must be a whole number of at least 1"),
        ("necker-cube", 5, r"run\.ticks: task 'necker-cube' trains nothing"),
        ("shift-register", 5, r"ticks: are for networks without time"),
    ],
)
def test_mistakes_are_sentences(task: str, ticks: int, message: str) -> None:
    with pytest.raises(cn.errors.ConnectionistError, match=message):
        cn.run(task, ticks=ticks)


@pytest.mark.parametrize("ticks", [None, 1])
def test_ticks_are_proposed_if_the_procedure_can_train_the_task_with_them(ticks: int | None) -> None:
    with pytest.raises(cn.errors.ConnectionistError, match=r"; or give ticks=15 \(--ticks 15\), for symmetric connections and examples of"):
        cn.run("xor", procedure="contrastive_hebbian", ticks=ticks)


@pytest.mark.parametrize(("task", "procedure"), [("shift-register", "contrastive_hebbian"), ("xor", "restricted_boltzmann")])
def test_ticks_are_not_proposed_if_they_do_not_help(task: str, procedure: str) -> None:
    with pytest.raises(cn.errors.ConnectionistError) as raised:
        cn.run(task, procedure=procedure)
    assert "ticks=" not in str(raised.value)


def test_it_has_a_table_of_findings_without_rows() -> None:
    findings = cn.run("xor", procedure="contrastive_hebbian", ticks=5, epochs=2).findings
    assert list(findings.columns) == ["measured", "published", "source", "note"]
    assert len(findings) == 0


def test_its_name_is_that_of_the_task_that_the_user_gave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    options = ["--procedure", "contrastive_hebbian", "--ticks", "3", "--epochs", "2", "--out", str(folder)]
    assert main(["run", "xor", *options]) == 0
    assert cn.run("xor", procedure="contrastive_hebbian", ticks=3, epochs=2).task.name == "xor"
    assert cn.read_run(folder).task.name == "xor"
    assert repr(cn.read_run(folder)).startswith("<ReopenedRun xor, ")
    capsys.readouterr()
    assert main(["explain", str(folder), "hidden:0"]) == 0
    assert capsys.readouterr().out.startswith("xor, seed 0: training case")
    with pytest.raises(cn.errors.ParameterError, match=r"xor\.ticks: must be a whole number of at least 1 \(got 0\)"):
        SettlingTask(cn.task("xor"), 0)
