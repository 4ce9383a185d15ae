"""The folders of single runs in the folder of several seeds: ``seed-N``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"seed-([0-9]{1,19})")


def seed_folder(seed: int) -> str:
    """Return the name of the folder of the run with a seed.

    Examples
    --------
    >>> seed_folder(3)
    'seed-3'
    """
    return f"seed-{seed}"


def seed_folders(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the seed and the path of each such folder, in no order."""
    for path in folder.glob("seed-*"):
        if (found := NAME.fullmatch(path.name)) and path.is_dir():
            yield int(found[1]), path


def finished_seeds(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the seed and the path of each such folder whose run was written whole, in no order."""
    return ((seed, path) for seed, path in seed_folders(folder) if (path / "run.json").is_file())
