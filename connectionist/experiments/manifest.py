"""The manifest of a folder: size, number of rows and SHA-256 of each file, kept in ``run.json`` or ``summary.json``."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from connectionist.errors import FileError
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.untrusted_files import check_link, describe_other, is_file, open_file
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from io import BufferedReader

KEY = "files"  # key of the manifest in a record
LARGE_FILE = 2**20  # bytes; counting the rows of a larger one can need much memory


def describe_files(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the manifest of those files that are in the folder.

    Returns
    -------
    dict
        By file name: a dict of "bytes", "rows" (of a CSV file, without its header) and "sha256" (in hexadecimal).
    """
    return {name: _describe(folder / name) for name in names if is_file(folder / name)}


def check_files(folder: Path, record: Mapping[str, Any], names: Iterable[str], source: str = "run.json") -> None:
    """Raise FileError if a file of a folder is missing, or differs from the manifest.

    Parameters
    ----------
    folder : Path
    record : mapping
        Content of `source`. Without a manifest, as older versions wrote it, every file is accepted.
    names : iterable of str
        Files to check.
    source : str
        Name of the file with the record, for messages.

    Raises
    ------
    FileError
        If a file is missing, damaged, cannot be read, or is not in the manifest, or if the manifest has another form.
    """
    for name in names if has_manifest(record) else ():
        entry = _entry(folder, record, name, source)
        problem = f"{source} does not list {name}" if entry is None else _problem(folder / name, entry, source)
        if problem:
            raise FileError(f"run {str(folder)!r}: {problem}")


def warn_about_files(folder: Path, record: Mapping[str, Any], names: Iterable[str], source: str = "run.json") -> None:
    """Warn if files that the reader does not need are missing or damaged. The parameters are those of `check_files`."""
    entries = {name: _entry(folder, record, name, source) for name in names}
    problems = [_problem(folder / name, entry, source) for name, entry in entries.items() if entry is not None]
    if any(problems):
        found = "; ".join(problem for problem in problems if problem)
        warn_caller(f"run {str(folder)!r}: {found} (the other files are whole)")


def has_manifest(record: Mapping[str, Any]) -> bool:
    """Return whether a record has a manifest."""
    return KEY in record


def _describe(path: Path, *, with_rows: bool = True) -> dict[str, Any]:
    """Return the entry of a file.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    with open_file(path, path.name) as file:
        rows = {"rows": _count_rows(file)} if with_rows and path.suffix == ".csv" else {}
        return {"bytes": file.seek(0, os.SEEK_END), **rows, "sha256": _digest(file)}


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(cast("BufferedReader", file), "sha256").hexdigest()


def _count_rows(file: BinaryIO) -> int | None:
    """Return the number of rows below the header; None if the file is not CSV."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        return max(0, sum(1 for _ in csv.reader(text)) - 1)
    except (ValueError, csv.Error):
        return None
    finally:
        text.detach()


def _entry(folder: Path, record: Mapping[str, Any], name: str, source: str) -> dict[str, Any] | None:
    """Return the entry of a file in the manifest; None if it has none."""
    manifest = record.get(KEY, {})
    entry = manifest.get(name) if isinstance(manifest, dict) else manifest
    if entry is not None and not _is_entry(entry):
        raise FileError(f"run {str(folder)!r}: {KEY!r} in {source} must have size and SHA-256 of {name} (got {shown(entry)})")
    return entry


def _is_entry(entry: object) -> bool:
    """Return whether an entry has the types that messages show, since the file may come from anywhere."""
    if not isinstance(entry, dict) or not isinstance(entry.get("bytes"), int):
        return False
    return isinstance(entry.get("rows", 0), (int, NoneType)) and re.fullmatch("[0-9a-f]{64}", str(entry.get("sha256"))) is not None


def _problem(path: Path, entry: Mapping[str, Any], source: str) -> str:
    """Return how a file differs from its entry; "" if it does not."""
    if not is_file(path):
        other = describe_other(path)
        return f"{path.name} cannot be read ({other})" if other else f"has no {path.name}, which {source} lists"
    try:
        check_link(path, path.parent, path.name)
        found = _found(path, entry["bytes"])
    except FileError as error:
        return str(error)
    if all(entry[key] == value for key, value in found.items() if key != "rows"):
        return ""
    return f"{path.name} is damaged: it has {_text(found)}, and {source} says {_text(entry)}"


def _found(path: Path, expected: int) -> dict[str, Any]:
    """Return the entry of a file. If a large file has another size than expected, the entry has only the size, to save time."""
    size = path.stat().st_size
    if size != expected and size >= LARGE_FILE:
        return {"bytes": size}
    return _describe(path, with_rows=size < LARGE_FILE)


def _text(entry: Mapping[str, Any]) -> str:
    """Return an entry of a manifest for a message."""
    rows = f", {describe_count(entry['rows'], 'row')}" if "rows" in entry else ""
    digest = f", SHA-256 {entry['sha256'][:12]}…" if "sha256" in entry else ""
    return f"{describe_count(entry['bytes'], 'byte')}{rows}{digest}"
