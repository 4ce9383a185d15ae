"""The gallery: each example runs from top to bottom, draws its figures, is a valid notebook, and leaves no files."""

from __future__ import annotations

import ast
import io
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "notebooks.py"
GALLERY = ROOT / "docs" / "gallery"
notebooks = runpy.run_path(str(SCRIPT))
PIECES: list[Path] = notebooks["pieces"]()
QUICK = "own_network"
SLOW = {"family_trees", "fitting", "lesions", "own_rule", "own_task"}  # scripts/docs runs every piece


@pytest.fixture
def as_main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_registry: None) -> dict[str, Any]:
    """Return a namespace and an empty folder, for code that is run like a script or a notebook."""
    monkeypatch.chdir(tmp_path)
    module = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    return vars(module)


def shown(piece: Path, namespace: dict[str, Any]) -> Iterator[Any]:
    """Run an example cell by cell, like a notebook, and yield the value of the last expression in each code cell."""
    text = piece.read_text(encoding="utf-8")
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    tree = ast.parse(text, str(piece))
    for start, end in zip(starts, [*starts[1:], sys.maxsize], strict=True):
        body = [statement for statement in tree.body if start <= statement.lineno < end]
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), str(piece), "exec"), namespace)
        if isinstance(last, ast.Expr):
            yield eval(compile(ast.Expression(last.value), str(piece), "eval"), namespace)


def files_of_the_repository() -> set[Path]:
    """Return the files that an example may have changed by accident, without the caches of Python and tools."""
    found = [*ROOT.iterdir(), *(ROOT / "docs").rglob("*"), *(ROOT / "scripts").rglob("*")]
    return {path for path in found if not any(part == "__pycache__" or part.startswith(".") for part in path.relative_to(ROOT).parts)}


def test_there_are_the_pieces_that_the_table_tells_of() -> None:
    table = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\((\w+\.py)\)", table)) == [piece.name for piece in PIECES]
    assert len(PIECES) >= 6


@pytest.mark.parametrize("piece", [pytest.param(piece, marks=[pytest.mark.slow] * (piece.stem in SLOW), id=piece.stem) for piece in PIECES])
def test_a_piece_runs_and_its_figures_can_be_drawn(piece: Path, as_main: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    before = files_of_the_repository()
    figures = 0
    for thing in shown(piece, as_main):
        assert thing is None or isinstance(thing, Figure), f"{thing!r} would be shown in the notebook and nowhere else; print it"
        if thing is not None:
            thing.savefig(io.BytesIO(), format="png")
            assert hasattr(thing, "_repr_png_"), "a notebook would show this figure as a line of text"
            figures += 1
    assert figures >= 1
    assert capsys.readouterr().out.strip()
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    assert list(Path.cwd().iterdir()) == []
    assert files_of_the_repository() == before


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.stem)
def test_a_piece_becomes_a_notebook(piece: Path) -> None:
    import nbformat

    made = notebooks["notebook"](piece)
    nbformat.validate(made)
    assert made.cells[0].cell_type == "markdown"
    assert made.cells[0].source.startswith("# ")
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert all(code)
    ast.parse("\n".join(code))
    assert notebooks["notebook"](piece) == made


@pytest.mark.slow  # starts Jupyter
def test_the_script_writes_a_notebook_with_its_outputs(tmp_path: Path) -> None:
    import nbformat

    command = [sys.executable, str(SCRIPT), str(tmp_path / "made"), "--run", "--only", QUICK]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONWARNINGS": "ignore"})  # of Jupyter's own
    (written,) = (tmp_path / "made").iterdir()
    read: Any = nbformat.read(written, as_version=4)  # type: ignore[no-untyped-call]
    outputs = [output for cell in read.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"stream", "execute_result"}
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_a_piece_runs_with_plain_python(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", GALLERY / f"{QUICK}.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
