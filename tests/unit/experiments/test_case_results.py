"""The results of each case in the folder of a run: exact, bounded, and read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.errors import FileError
from connectionist.experiments import case_results
from connectionist.experiments.run_folder import write_run
from connectionist_tasks.xor import Xor


@dataclass(frozen=True)
class Named(cn.OnePhaseTask):
    """Sequences with names that are hard to write, two kinds of output group, missing targets, and a testing set."""

    name = "named"
    source = ""
    epochs: int = 3
    order: str = "permuted"

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("named")
        net.add_group("input", 1, role="input")
        net.add_group("word", ["=x", "y,z"], role="output", activation="softmax", error="divergence")
        net.add_group("size", 1, role="output", margin=0.1)
        for receiver in ("word", "size"):
            net.connect("input", receiver)
            net.connect(receiver, receiver, delay=1)
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        nan = float("nan")
        first = cn.Example.sequence([[1], [0]], [[1, 0, nan], [nan, nan, 0.25]], name='=1+"1"')
        return cn.ExampleSet([first, cn.Example.sequence([[0.5]], [[0, 1, 1]], name="two\nlines")])

    @property
    def testing_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet([cn.Example.sequence([[2]], [[0.5, 0.5, 0.0]], name="test")])

    def findings(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        return []


def write(folder: Path, result: cn.Result) -> dict[str, Any]:
    folder.mkdir()
    return write_run(folder, result, ["connectionist", "run"])


@pytest.mark.parametrize("task", ["xor", Named()])
def test_the_errors_are_those_of_the_engine_and_the_outputs_exact(task: Any, tmp_path: Path, engine: str) -> None:
    result = cn.run(task, seed=3, engine=engine)
    record = write(tmp_path / "run", result)
    cases = read(tmp_path / "run")
    training = cases[cases["set"] == "training"]
    examples = result.task.training_examples
    outputs = result.network.outputs(examples, engine)
    units = [f"{unit.name}" for group in result.network.groups if group.role == "output" for unit in group]
    written = training[units].to_numpy()
    wanted = outputs if outputs.ndim == 2 else outputs[np.isfinite(outputs).all(axis=2)]
    assert np.array_equal(written, wanted)
    assert training["error"].sum() == pytest.approx(cn.error_derivatives(result.network, examples, engine)[0], rel=1e-12)
    by_case = training.groupby("case", sort=False)["right"].first()
    assert by_case.index.tolist() == list(examples.names)
    assert by_case.tolist() == result.task.correct_cases(result.network, examples, engine).astype(int).tolist()
    assert set(cases["seed"]) == {3}
    assert record["cases"]["training"] == {"cases": len(examples), "left_out": 0}
    assert record["files"]["cases.csv"]["rows"] == len(cases)


def read(folder: Path) -> pd.DataFrame:
    from connectionist.experiments.read_run import read_cases

    return read_cases(folder)


def test_sequences_have_a_row_for_each_tick_and_names_come_back(tmp_path: Path) -> None:
    result = cn.run(Named(), seed=1)
    write(tmp_path / "run", result)
    cases = read(tmp_path / "run")
    assert cases["case"].tolist() == ['=1+"1"', '=1+"1"', "two\nlines", "test"]
    assert cases["tick"].tolist() == [1, 2, 1, 1]
    assert cases["set"].tolist() == ["training"] * 3 + ["testing"]
    assert cases.columns.tolist()[4:] == ["right", "error", "word:=x", "word:y,z", "size:0"]


def test_cases_that_do_not_fit_are_left_out_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_results, "MOST_OUTPUTS", 8)  # two ticks of three units, and a rest
    record = write(tmp_path / "run", cn.run(Named(), seed=1))
    assert record["cases"] == {"training": {"cases": 1, "left_out": 1}, "testing": {"cases": 0, "left_out": 1}}
    assert len(read(tmp_path / "run")) == 2


def test_a_reopened_run_has_its_cases(tmp_path: Path) -> None:
    result = cn.run("xor", seed=1)
    write(tmp_path / "run", result)
    run = cn.read_run(tmp_path / "run")
    assert run.cases["right"].tolist() == [1] * 4
    assert run.record["cases"] == {"training": {"cases": 4, "left_out": 0}}
    text = (tmp_path / "run" / "cases.csv").read_text(encoding="utf-8")
    (tmp_path / "run" / "cases.csv").write_text(text.replace("training,00,1", "training,00,0"), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"cases.csv is damaged"):
        run = cn.read_run(tmp_path / "run")
    with pytest.raises(FileError, match=r"cases.csv is damaged"):
        _ = run.cases


def test_a_folder_without_cases_says_why(tmp_path: Path) -> None:
    write(tmp_path / "run", cn.run("xor", seed=1, epochs=2))
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    del record["cases"], record["files"]["cases.csv"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "run" / "cases.csv").unlink()
    with pytest.raises(FileError, match=r"has no cases.csv: it was written by an older version"):
        _ = cn.read_run(tmp_path / "run").cases


def test_a_task_that_cannot_judge_its_cases_leaves_the_reason(tmp_path: Path) -> None:
    class Failing(Xor):
        def correct_cases(self, network: Any, examples: Any, engine: Any) -> Any:
            raise RuntimeError("cannot judge")

    with pytest.raises(RuntimeError, match="cannot judge") as caught:
        cn.run(Failing(), seed=1, epochs=2)
    record = write(tmp_path / "run", caught.value.result)  # type: ignore[attr-defined]
    assert record["cases"] == {"failure": "RuntimeError: cannot judge"}
    assert "cases.csv" not in record["files"]
    with pytest.raises(FileError, match=r"has no cases.csv: RuntimeError: cannot judge"):
        read(tmp_path / "run")
