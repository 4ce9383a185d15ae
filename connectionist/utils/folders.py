"""Folders: made, removed, and synchronized to the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

UNSUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)  # errors of file systems that cannot synchronize


def make_folder(path: str | Path) -> list[Path]:
    """Make a folder and its missing parents, and return those that were made, the innermost first.

    Raises
    ------
    OSError
        If the folder cannot be made. No parent is left behind.
    """
    made: list[Path] = []
    try:
        for folder in (*reversed(Path(path).parents), Path(path)):
            if not folder.is_dir() and _make_one_folder(folder):
                made.insert(0, folder)
                synchronize_folder(folder.parent)
    except BaseException:
        remove_empty_folders(made)
        raise
    return made


def remove_empty_folders(folders: Iterable[Path]) -> None:
    """Remove folders in the given order, until one is not empty."""
    with suppress(OSError):
        for folder in folders:
            os.rmdir(folder)  # noqa: PTH106


def _make_one_folder(folder: Path) -> bool:
    """Make a folder, and return False if another process has just made it."""
    try:
        os.mkdir(folder)  # noqa: PTH102
    except FileExistsError:
        if not folder.is_dir():
            raise
        return False
    return True


def synchronize(descriptor: int) -> None:
    """Wait until an open file or folder is on the disk, if its file system can do that."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise


def synchronize_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, if the platform can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:  # the folder can be written but not listed
        return
    try:
        synchronize(descriptor)
    finally:
        os.close(descriptor)
