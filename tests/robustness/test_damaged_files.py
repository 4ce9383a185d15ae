"""No reader accepts a file that is cut or changed; it says which file of the folder is damaged."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import ConnectionistError, DataError, FileError
from connectionist.experiments.run_folder import NUMBERS, write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.experiments.summarize_folder import summarize_folder
from connectionist.reporting.html.write import write_report


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run beside the folder ``seeds`` of a run with two seeds."""
    top = tmp_path_factory.mktemp("runs")
    results = list(cn.run_seeds("xor", [1, 2], epochs=12, parameters={"hidden": 2}, engine="local"))
    for name in ("run", "seeds/seed-1", "seeds/seed-2"):
        (top / name).mkdir(parents=True)
    write_report(top / "run", results[0], write_run(top / "run", results[0], []))
    for result in results:
        write_run(top / "seeds" / f"seed-{result.run.seed}", result, [])
    write_summary(top / "seeds", summarize([result.report for result in results], has_criterion=True), [])
    return top


@pytest.fixture
def top(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "top"))


def damaged(content: bytes) -> list[bytes]:
    """Return the content cut at every length, with every byte changed, with bytes added, and twice."""
    cut = [content[:length] for length in range(0, len(content), 1 + len(content) // 300)]
    flipped = [
        content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]
        for place in range(0, len(content), 1 + len(content) // 300)
    ]
    zeros = [content[:length] + bytes(len(content) - length) for length in range(0, len(content), 1 + len(content) // 50)]
    return [*cut, *flipped, *zeros, content + b"\n", content + content]


@pytest.mark.parametrize("name", ["log.csv", "weights.npz"])
def test_a_run_with_a_damaged_file_is_rejected_by_its_name(top: Path, name: str) -> None:
    path = top / "run" / name
    run = cn.read_run(top / "run")
    for content in damaged(path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(FileError, match=rf"run '{top / 'run'}': {name} is damaged: it has [0-9]+ bytes, .*SHA-256"):
            cn.read_run(top / "run")
    if name == "log.csv":
        with pytest.raises(FileError, match=r"log\.csv is damaged"):
            cn.compare([top / "run", top / "seeds"])
        with pytest.raises(FileError, match=r"log\.csv is damaged"):
            run.log  # noqa: B018


@pytest.mark.parametrize("name", ["log.csv", "weights.npz"])
def test_a_missing_file_is_named(top: Path, name: str) -> None:
    (top / "run" / name).unlink()
    with pytest.raises(FileError, match=f"has no {name}"):
        cn.read_run(top / "run")


def test_a_seed_whose_record_is_no_file_is_named_in_a_summary(top: Path) -> None:
    (top / "seeds" / "seed-1" / "run.json").unlink()
    (top / "seeds" / "seed-1" / "run.json").mkdir()
    with pytest.warns(UserWarning, match=r"run\.json cannot be read \(it is a folder, not a file\); this seed is not used"):
        assert summarize_folder(top / "seeds")[0]["seeds"] == [2]


@pytest.mark.parametrize("name", ["weights.csv", "learning_curve.png", "weights.png", "report.html"])
def test_a_damaged_file_that_is_not_read_is_a_warning(top: Path, name: str) -> None:
    path = top / "run" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=rf"{name} is damaged: .*the other files are whole"):
        assert cn.read_run(top / "run").network.weight_values.any()
    path.unlink()
    with pytest.warns(UserWarning, match=f"has no {name}, which run.json lists"):
        cn.read_run(top / "run")


def test_a_log_of_one_of_several_seeds_is_checked(top: Path) -> None:
    cn.compare([top / "run", top / "seeds"])
    path = top / "seeds" / "seed-2" / "log.csv"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(FileError, match=r"seed-2': log\.csv is damaged: .* 11 rows.* 12 rows"):
        cn.compare([top / "run", top / "seeds"])
    shutil.rmtree(path.parent)
    with pytest.raises(FileError, match=r"seed-2': there is no such folder"):
        cn.compare([top / "run", top / "seeds"])


def test_the_rows_of_all_seeds_are_checked(top: Path) -> None:
    (top / "seeds" / "runs.csv").write_text("seed\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"runs\.csv is damaged: it has 5 bytes, 0 rows, .*summary\.json says [0-9]+ bytes, 2 rows"):
        cn.compare([top / "run", top / "seeds"])


@pytest.mark.parametrize(("folder", "name"), [("run", "run.json"), ("seeds", "summary.json")])
def test_a_record_that_is_cut_is_rejected(top: Path, folder: str, name: str) -> None:
    path = top / folder / name
    content = path.read_bytes()
    for length in range(0, len(content) - 1, 7):  # the last byte is a line end
        path.write_bytes(content[:length])
        with pytest.raises(FileError, match=name):
            cn.compare([top / folder, top / "seeds" / "seed-1"])


MANIFESTS: list[Callable[[dict[str, Any]], object]] = [
    lambda files: files.pop("log.csv"),
    lambda files: files.update({"log.csv": None}),
    lambda files: files.update({"log.csv": []}),
    lambda files: files["log.csv"].pop("sha256"),
    lambda files: files["log.csv"].update(bytes="many"),
    lambda files: files["log.csv"].update(sha256=1),
    lambda files: files["log.csv"].update(sha256=""),
    lambda files: files["log.csv"].update(bytes=-1),
    lambda files: files["log.csv"].update(sha256="\x1b" * 64, bytes=-1),
    lambda files: files["log.csv"].update(rows="\x1b[31m", bytes=-1),
]


@pytest.mark.parametrize("change", MANIFESTS)
def test_a_manifest_of_another_form_is_rejected(top: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = top / "run" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record["files"])
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(FileError, match=r"log\.csv") as raised:
        cn.read_run(top / "run")
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("manifest", [None, [], "x", 3])
def test_a_manifest_that_is_no_table_is_rejected(top: Path, manifest: object) -> None:
    path = top / "run" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "files": manifest}), encoding="utf-8")
    with pytest.raises(FileError, match=r"run\.json"):
        cn.read_run(top / "run")


def test_a_manifest_names_no_file_outside_the_folder(top: Path) -> None:
    path = top / "run" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["files"]["../secret"] = {"bytes": 0, "sha256": ""}
    path.write_text(json.dumps(record), encoding="utf-8")
    cn.read_run(top / "run")


def test_weights_that_are_cut_are_rejected_without_a_manifest(written: Path, tmp_path: Path) -> None:
    network = cn.task("xor").network(seed=1)
    before = network.weight_values.tolist()
    content = (written / "run" / "weights.npz").read_bytes()
    for length in range(len(content)):
        (tmp_path / "weights.npz").write_bytes(content[:length])
        with pytest.raises(ConnectionistError) as raised:
            cn.load_weights(network, tmp_path / "weights.npz")
        assert isinstance(raised.value, (FileError, DataError))
    assert network.weight_values.tolist() == before


def test_an_older_folder_without_a_manifest_is_read(top: Path) -> None:
    path = top / "run" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["files"]
    path.write_text(json.dumps(record), encoding="utf-8")
    (top / "run" / "weights.csv").unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(cn.read_run(top / "run").log) == 12
        cn.compare([top / "run", top / "seeds"])


def test_the_command_line_ends_with_2_and_the_name_of_the_file(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (top / "run" / "log.csv").write_bytes((top / "run" / "log.csv").read_bytes()[:-9])
    for words in (["compare", str(top / "run"), str(top / "seeds")], ["explain", str(top / "run"), "hidden:0"]):
        assert main(words) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "log.csv is damaged" in printed.err
        assert printed.err.count("\n") == 1


def test_the_manifest_is_right(top: Path) -> None:
    record = cn.read_run(top / "run").record
    assert set(record["files"]) == {path.name for path in (top / "run").iterdir()} - {"run.json"}
    assert set(NUMBERS) < set(record["files"])
    for name, entry in record["files"].items():
        assert entry["bytes"] == (top / "run" / name).stat().st_size
    assert record["files"]["log.csv"]["rows"] == 12
    assert record["files"]["weights.csv"]["rows"] == 9
    summary = json.loads((top / "seeds" / "summary.json").read_text(encoding="utf-8"))
    assert summary["files"]["runs.csv"]["rows"] == 2
