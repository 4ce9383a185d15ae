"""``scripts/pythons`` finds the supported Pythons, on PATH and in pyenv."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "pythons"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the scripts are for a POSIX shell")


def make(folder: Path, version: str, status: int = 0) -> str:
    """Write a stand-in for a Python that ends with this status, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"python{version}"
    path.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def found(*path: Path, pyenv: Path) -> list[str]:
    environment = {"PATH": os.pathsep.join(map(str, path)), "PYENV_ROOT": str(pyenv)}
    done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_oldest_comes_first_and_unsupported_versions_are_left_out(tmp_path: Path) -> None:
    paths = {version: make(tmp_path, version) for version in ("3.14", "3.11", "3.10", "3.9")}
    assert found(tmp_path, pyenv=tmp_path / "none") == [f"3.11 {paths['3.11']}", f"3.14 {paths['3.14']}"]


def test_path_comes_before_pyenv(tmp_path: Path) -> None:
    first = make(tmp_path / "bin", "3.12")
    make(tmp_path / "later", "3.12")
    make(tmp_path / "pyenv" / "versions" / "3.12.1" / "bin", "3.12")
    assert found(tmp_path / "bin", tmp_path / "later", pyenv=tmp_path / "pyenv") == [f"3.12 {first}"]


def test_version_of_pyenv_is_found_behind_a_shim_that_fails(tmp_path: Path) -> None:
    make(tmp_path / "pyenv" / "shims", "3.13", status=127)
    real = make(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "3.13")
    assert found(tmp_path / "pyenv" / "shims", pyenv=tmp_path / "pyenv") == [f"3.13 {real}"]


def test_python_that_cannot_make_an_environment_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path / "first", "3.12", status=1)
    second = make(tmp_path / "second", "3.12")
    assert found(tmp_path / "first", tmp_path / "second", pyenv=tmp_path / "none") == [f"3.12 {second}"]
