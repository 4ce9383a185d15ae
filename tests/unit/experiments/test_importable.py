"""Digests of sources cover the files that a task's file imports from its own package or folder."""

import importlib
import inspect
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.experiments.importable import _files_with_imported, is_importable, source_digest

FILES = {
    "own/__init__.py": "",
    "own/models.py": "from .words import WORDS\nimport own.shapes\n\ndef simulate(seed):\n    return {'n': len(WORDS)}\n",
    "own/words.py": "from own import letters\nWORDS = letters.ALL\n",
    "own/letters.py": "ALL = 'ab'\n",
    "own/shapes.py": "SIDES = 4\n",
    "own/other.py": "NOT_IMPORTED = 1\n",
    "alone.py": "import neighbour\n\ndef simulate(seed):\n    return {'n': neighbour.N}\n",
    "neighbour.py": "N = 1\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in ("own", "alone", "neighbour")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("module", "changed", "differs"),
    [
        ("own.models", "own/models.py", True),
        ("own.models", "own/words.py", True),
        ("own.models", "own/letters.py", True),
        ("own.models", "own/shapes.py", True),
        ("own.models", "own/other.py", False),
        ("own.models", "neighbour.py", False),
        ("alone", "neighbour.py", True),
    ],
)
def test_the_digest_changes_with_the_files_that_are_imported(module: str, changed: str, differs: bool, folder: Path) -> None:
    function = importlib.import_module(module).simulate
    importlib.import_module("own.other")
    before = source_digest(function)
    path = folder / changed
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert (source_digest(function) != before) is differs


def test_a_function_of_a_file_that_was_run_is_not_importable(folder: Path) -> None:
    names = runpy.run_path(str(folder / "alone.py"))
    assert not is_importable(names["simulate"])
    assert is_importable(importlib.import_module("alone").simulate)


def test_of_the_simulator_only_the_file_counts() -> None:
    file = Path(inspect.getsourcefile(cn.compare_rules) or "")
    assert _files_with_imported(cn.compare_rules.__module__, file) == [file]
