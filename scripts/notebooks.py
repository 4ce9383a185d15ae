"""Write the gallery, Python scripts in percent format, as notebooks: ``python scripts/notebooks.py FOLDER [--run]``."""

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
    """Return the scripts of the gallery, in order of name."""
    return sorted(GALLERY.glob("*.py"))


def cells(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind ("markdown" or "code") and source of each cell. A cell begins with ``# %%``, a text cell with ``# %% [markdown]``."""
    _, *parts = MARK.split(text)
    for mark, body in zip(parts[::2], parts[1::2], strict=True):
        if "[markdown]" in mark:
            yield "markdown", re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
        else:
            yield "code", body.strip()


def notebook(piece: Path) -> Any:
    """Return a script as a notebook without outputs."""
    return read(piece.read_text(encoding="utf-8"))


def read(text: str) -> Any:
    """Return the text of a script as a notebook without outputs."""
    from nbformat import v4

    make = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}
    made = v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for number, (kind, source) in enumerate(cells(text)):
        made.cells.append(make[kind](source, id=f"cell-{number}"))  # not a random id, so that the same script gives the same file
    return made


def run(made: Any, folder: Path) -> None:
    """Run a notebook in a folder and add the outputs to its cells."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    encrypted = Config(KernelManager={"transport_encryption": "auto"})  # without it the kernel warns
    NotebookClient(made, timeout=600, config=encrypted, resources={"metadata": {"path": str(folder)}}).execute()


def read_and_run(text: str) -> Any:
    """Return the text of a script as a notebook with outputs. Sphinx reads the gallery with this function."""
    made = read(text)
    with TemporaryDirectory() as folder:
        run(made, Path(folder))
    return made


def main() -> None:
    """Write the notebooks."""
    parser = argparse.ArgumentParser(description="Write the scripts of the gallery as notebooks.")
    parser.add_argument("folder", type=Path, help="folder to write to; it is created if it does not exist")
    parser.add_argument("--run", action="store_true", help="run the notebooks and save their outputs")
    parser.add_argument("--only", metavar="SCRIPT", choices=[piece.stem for piece in pieces()], help="write this notebook only")
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
