"""Makes notebooks of the gallery's pieces, which are Python files in percent format: ``python scripts/notebooks.py FOLDER [--run]``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GALLERY = Path(__file__).resolve().parents[1] / "docs" / "gallery"
MARK = re.compile(r"^# %%(.*)$", flags=re.MULTILINE)
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def pieces() -> list[Path]:
    """Return the gallery's files, in order of name."""
    return sorted(GALLERY.glob("*.py"))


def cells(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind ("markdown" or "code") and source of each cell; a cell begins with ``# %%``, one of text with ``# %% [markdown]``."""
    _, *parts = MARK.split(text)
    for mark, body in zip(parts[::2], parts[1::2], strict=True):
        if "[markdown]" in mark:
            yield "markdown", re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
        else:
            yield "code", body.strip()


def notebook(piece: Path) -> Any:
    """Return a piece as a notebook that was not run."""
    return read(piece.read_text(encoding="utf-8"))


def read(text: str) -> Any:
    """Return a piece's text as a notebook that was not run."""
    from nbformat import v4

    make = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}
    made = v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for number, (kind, source) in enumerate(cells(text)):
        made.cells.append(make[kind](source, id=f"cell-{number}"))  # not a drawn name, so that the same piece makes the same file
    return made


def run(made: Any, folder: Path) -> None:
    """Run a notebook in a folder; its cells then have their outputs."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    encrypted = Config(KernelManager={"transport_encryption": "auto"})  # or the kernel warns that it is not
    NotebookClient(made, timeout=600, config=encrypted, resources={"metadata": {"path": str(folder)}}).execute()


def read_and_run(text: str) -> Any:
    """Return a piece's text as a notebook with its outputs; Sphinx reads the gallery with this."""
    made = read(text)
    with TemporaryDirectory() as folder:
        run(made, Path(folder))
    return made


def main() -> None:
    """Write the notebooks."""
    parser = argparse.ArgumentParser(description="Make notebooks of the gallery's pieces.")
    parser.add_argument("folder", type=Path, help="where to write them; made if need be")
    parser.add_argument("--run", action="store_true", help="run them, so that they have their outputs")
    parser.add_argument("--only", metavar="PIECE", choices=[piece.stem for piece in pieces()], help="make this one only")
    given = parser.parse_args()
    import nbformat

    given.folder.mkdir(parents=True, exist_ok=True)
    for piece in pieces():
        if given.only in (None, piece.stem):
            made = notebook(piece)
            if given.run:
                run(made, given.folder)
            nbformat.validate(made)
            nbformat.write(made, given.folder / f"{piece.stem}.ipynb")
            print(given.folder / f"{piece.stem}.ipynb")


if __name__ == "__main__":
    main()
