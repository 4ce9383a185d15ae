"""A run claims its folder, and writes only where nothing else is."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.errors import FileError
from connectionist.experiments import run_folder
from connectionist.experiments.run_folder import claim_folder, write_run
from connectionist.utils import temporary_files
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder


def claim(folder: Path) -> None:
    with claim_folder(folder):
        pass


def test_a_claimed_folder_is_not_empty_until_the_end(tmp_path: Path) -> None:
    with claim_folder(tmp_path / "new" / "run") as folder:
        assert [path.name for path in folder.iterdir()] == [LOCK_NAME]
        with pytest.raises(FileError, match=r"--out: '.*run' is in use by another run .process"):
            claim(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_folders_that_were_made_are_gone(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(error), claim_folder(tmp_path / "old" / "new" / "run"):
        raise error
    assert list((tmp_path / "old").iterdir()) == []
    with pytest.raises(error), claim_folder(tmp_path / "old"):
        raise error
    assert (tmp_path / "old").exists()


def test_after_an_error_what_was_written_is_kept(tmp_path: Path) -> None:
    def write() -> None:
        with claim_folder(tmp_path / "run") as folder:
            (folder / "log.csv").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["log.csv"]


def test_what_a_killed_run_left_before_it_wrote_is_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    (tmp_path / f".connectionist-{temporary_files._system()}-{process.pid}-00000000.tmp").touch()
    holder = {"pid": process.pid, "host": platform.node(), "started": "2026-01-01"}
    (tmp_path / LOCK_NAME).write_text(json.dumps(holder), encoding="utf-8")
    claim(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["log.csv", "results", ".hidden"])
def test_a_folder_with_anything_in_it_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(FileError, match=r"is not empty, and its files are not overwritten"):
        claim(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_inside_a_claimed_folder_is_rejected(tmp_path: Path) -> None:
    with claim_folder(tmp_path / "seeds"):
        with pytest.raises(FileError, match=r"--out: '.*seeds' is in use by another run"):
            claim(tmp_path / "seeds" / "seed-1")
        assert not (tmp_path / "seeds" / "seed-1").exists()


def test_a_run_that_ends_just_before_the_lock_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def slow(folder: Path, what: str) -> Iterator[None]:
        (folder / "run.json").write_text("of another run", encoding="utf-8")
        with lock_folder(folder, what):
            yield

    monkeypatch.setattr(run_folder, "lock_folder", slow)
    with pytest.raises(FileError, match="is not empty"):
        claim(tmp_path)
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == "of another run"


def test_a_command_that_is_not_utf_8_is_no_reason_to_lose_a_run(tmp_path: Path) -> None:
    words = ["connectionist", "run", "xor", "--out", "name-\udcff"]
    write_run(tmp_path, cn.run("xor", seed=1, epochs=2, engine="local"), words)
    assert cn.read_run(tmp_path).record["command_line"] == words
