"""Reading a run folder restores the run, and errors name what does not fit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError, DataError, FileError, ParameterError, UnknownNameError
from connectionist.experiments.run_folder import write_run
from connectionist.plugins import registry


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, cn.Result]:
    folder = tmp_path_factory.mktemp("xor")
    result = cn.run("xor", seed=3, epochs=7, parameters={"hidden": 3}, engine="local")
    write_run(folder, result, ["connectionist", "run", "xor"])
    return folder, result


@pytest.fixture
def folder(written: tuple[Path, cn.Result], tmp_path: Path) -> Path:
    return Path(shutil.copytree(written[0], tmp_path / "run"))


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    change(record)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_everything_is_as_it_was(written: tuple[Path, cn.Result]) -> None:
    folder, result = written
    run = cn.read_run(str(folder))
    assert run.task == result.task
    assert run.seed == 3
    assert run.network.weight_values.tolist() == result.network.weight_values.tolist()
    assert [unit.name for unit in run.network.units] == [unit.name for unit in result.network.units]
    pd.testing.assert_frame_equal(run.log, result.log, check_exact=True)
    assert {key: run.report[key] for key in ("epochs", "error", "correct")} == {
        key: result.report[key] for key in ("epochs", "error", "correct")
    }
    assert run.record["command_line"] == ["connectionist", "run", "xor"]
    assert run.folder == folder
    assert "xor, preset default, seed 3, 7 epochs" in repr(run)


def test_what_a_seed_draws_is_drawn_again(tmp_path: Path) -> None:
    result = cn.run("family-trees", seed=5, epochs=3, test_every=2)
    write_run(tmp_path, result, [])
    run = cn.read_run(tmp_path)
    pd.testing.assert_frame_equal(run.log, result.log, check_exact=True)
    assert run.log["test_error"].isna().tolist() == [True, False, False]
    assert result.task.testing_examples is not None
    assert run.task.testing_examples is not None
    assert run.task.testing_examples.names == result.task.testing_examples.names
    assert run.task.testing_examples.names != cn.task("family-trees", data_seed=6).testing_examples.names  # type: ignore[union-attr]
    assert run.network.outputs(run.task.training_examples).tolist() == result.network.outputs(result.task.training_examples).tolist()


@pytest.mark.parametrize("missing", ["run.json", "log.csv", "weights.npz"])
def test_a_folder_that_lacks_something_is_no_run(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(FileError, match=f"has no {missing}"):
        cn.read_run(folder)


def test_what_is_no_folder_is_said(folder: Path) -> None:
    with pytest.raises(FileError, match="there is no such folder"):
        cn.read_run(folder / "nowhere")
    with pytest.raises(FileError, match="must be a folder"):
        cn.read_run(folder / "run.json")


def test_of_several_seeds_one_must_be_named(folder: Path) -> None:
    several = folder.parent / "several"
    for seed in range(5):
        (several / f"seed-{seed}").mkdir(parents=True)
    with pytest.raises(FileError, match=r"several seeds; choose one of them: .*seed-0, .*seed-2 and 2 more"):
        cn.read_run(several)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00"])
def test_what_is_no_json_is_said(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"run\.json is not valid JSON"):
        cn.read_run(folder)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda r: r.update(format="another"), FileError, "must be of format 'connectionist run 1' .got 'another'"),
        (lambda r: r.update(seed="three"), FileError, "'seed' must be a whole number of at least 0 .* in run.json"),
        (lambda r: r.update(seed=True), FileError, "'seed' must be a whole number of at least 0 .* in run.json"),
        (lambda r: r.update(report=None), FileError, "'report' must be an object .got None. in run.json"),
        (lambda r: r["report"].update(task="xorr"), UnknownNameError, "unknown task 'xorr'; did you mean 'xor'"),
        (lambda r: r["report"]["parameters"].update(hiden=2), ParameterError, r"xor\.hiden: no such parameter"),
        (lambda r: r["report"]["parameters"].update(hidden=0), ParameterError, "hidden"),
        (lambda r: r["report"]["parameters"].update(rate=None), FileError, r"xor\.rate is written as None, which does not determine"),
        (lambda r: r["report"]["parameters"].update(hidden=True), FileError, r"xor\.hidden is written as True"),
        (lambda r: r["report"]["parameters"].update(hidden=4), DataError, "lacks connections of xor"),
    ],
)
def test_what_does_not_fit_is_said_by_name(folder: Path, change: Any, error: type[ConnectionistError], message: str) -> None:
    rewrite(folder, change)
    with pytest.raises(error, match=message) as raised:
        cn.read_run(folder)
    assert str(folder) in str(raised.value)


def test_json_that_is_no_record_is_said(folder: Path) -> None:
    (folder / "run.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(FileError, match="must be of format"):
        cn.read_run(folder)


def test_parameters_that_came_later_have_their_defaults_and_it_is_said(folder: Path) -> None:
    rewrite(folder, lambda r: r["report"]["parameters"].pop("momentum"))
    with pytest.warns(UserWarning, match="'xor' now has more parameters, which get their defaults: momentum"):
        run = cn.read_run(folder)
    assert getattr(run.task, "momentum") == 0.9  # noqa: B009  (a field of the plugin's)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it has no column 'correct'"),
        ('epoch,error,correct\n"1', "line 2 is not whole"),
        ("epoch,error,correct\n1,2\n", "row 1 has 2 cells, and the header has 3"),
        ("epoch,error,correct\n1,2,x\n", "row 1 must have a number as 'correct' .got 'x'"),
        ("epoch,error,correct\n1.5,2,1\n", "row 1 must have a whole number as 'epoch' .got '1.5'"),
        ("epoch,error,correct\nnan,2,1\n", "row 1 must have a whole number as 'epoch' .got 'nan'"),
        ("epoch,error,correct,error\n", "two columns have the same name"),
        ("epoch,error,correct\n" + 100_000 * "1,", "line 2 has more than 10000 characters"),
    ],
)
def test_a_log_that_is_none_is_said(folder: Path, text: str, message: str) -> None:
    rewrite(folder, lambda r: r.pop("files"))
    (folder / "log.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=rf"log\.csv is damaged: .*{message}"):
        cn.read_run(folder).log  # noqa: B018


def test_a_torn_log_of_an_older_version_is_rejected(folder: Path) -> None:
    rewrite(folder, lambda r: r.pop("files"))
    assert len(cn.read_run(folder).log) == 7
    text = (folder / "log.csv").read_text(encoding="utf-8")
    for length in range(len(text)):
        (folder / "log.csv").write_text(text[:length], encoding="utf-8")
        with pytest.raises(FileError, match=r"log\.csv (is damaged|cannot be read)"):
            cn.read_run(folder).log  # noqa: B018


def test_an_infinite_error_is_read_as_it_was_written(tmp_path: Path) -> None:
    result = cn.run("xor", seed=1, epochs=3, engine="local")
    result.run.errors[1] = float("inf")
    result.run.corrects[2] = float("nan")
    write_run(tmp_path, result, [])
    pd.testing.assert_frame_equal(cn.read_run(tmp_path).log, result.log, check_exact=True)


TASK = '''
from __future__ import annotations
from dataclasses import dataclass
import connectionist as cn
from connectionist.experiments.task import Task

@dataclass(frozen=True)
class Sized(Task):
    """A network with groups of given sizes."""
    sizes: tuple[int, ...] = (2, 3)
    how: object = "any"
    name = "sized"
    source = "none"

    def network(self, seed):
        net = cn.Network("sized")
        net.add_group("input", self.sizes[0], role="input")
        net.add_group("output", self.sizes[1], role="output")
        net.connect("input", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self):
        return cn.ExampleSet.from_arrays([[0.0] * self.sizes[0]], [[0.0] * self.sizes[1]])

    @property
    def phases(self):
        return [cn.Phase(cn.rule("steepest"), 1)]

    def findings(self, network, run):
        return []

@cn.hookimpl
def tasks():
    return [Sized]
'''


def test_tuples_come_back_as_tuples(plugin_file: Callable[[str, str], Path], own_registry: None, tmp_path: Path) -> None:
    registry.load([plugin_file("sized.py", TASK)])
    out = tmp_path / "out"
    out.mkdir()
    result = cn.run("sized", parameters={"sizes": (4, 1)}, engine="local")
    write_run(out, result, [])
    assert cn.read_run(out).task == result.task
    registry.load()
    with pytest.raises(
        UnknownNameError, match=r"unknown task 'sized', which is not installed. In the run, it came from .*give its folder again"
    ):
        cn.read_run(out)
