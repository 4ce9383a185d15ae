"""The folder of checkpoints: two files that take turns, the log, and the examples.

============================  =====================================================================================================
checkpoint-0.npz, -1.npz      everything that changes; the newer one has the higher "number". A JSON text, ``description``, and arrays
log.f8                        rows of float64: error, correct, phase, test_error, test_correct; rows are only appended
examples.npz                  the training and testing examples, written once
recording-I-J.f8              records of recorders in memory; rows are only appended
============================  =====================================================================================================

Each ``.npz`` is written aside, synchronized and renamed (`utils.files`), over the older one of the two. What is appended is synchronized
before. So a process that is killed at any moment leaves one whole checkpoint. ``description`` and the arrays have checksums.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from connectionist.errors import FileError
from connectionist.formats.network_file import FAULTS
from connectionist.utils.array_files import read_arrays, write_arrays
from connectionist.utils.folder_lock import LOCK_NAME
from connectionist.utils.packed_values import KINDS, Arrays, pack, unpack
from connectionist.utils.temporary_files import is_temporary
from connectionist.utils.untrusted_files import is_file, parse_json
from connectionist.utils.visible_text import shown

FORMAT = "connectionist checkpoint 1"
SLOTS = ("checkpoint-0.npz", "checkpoint-1.npz")
EXAMPLES = "examples.npz"
LOG_FILE = "log.f8"
RECORDING = re.compile(r"recording-\d+-\d+\.f8")


def write_values(path: Path, values: Mapping[str, Any]) -> None:
    """Write nested values with arrays to a file, whole or not at all.

    Raises
    ------
    FileError
        If the file cannot be written.
    ParameterError
        If a value cannot be stored.
    """
    packed, arrays = packed_values(values)
    write_arrays(path, "checkpoint", {"description": packed, **arrays})


def packed_values(values: Mapping[str, Any]) -> tuple[Any, Arrays]:
    """Return the array ``description`` and the other arrays of nested values.

    Raises
    ------
    ParameterError
        If a value cannot be stored.
    """
    arrays: Arrays = {}
    packed = {key: pack(value, key, arrays) for key, value in values.items()}
    names = {name: array.dtype.kind for name, array in arrays.items()}
    return np.array(json.dumps({"format": FORMAT, "arrays": names, "values": packed}, allow_nan=False)), arrays


def digest_of(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of nested values with arrays, in hexadecimal.

    Raises
    ------
    ParameterError
        If a value cannot be stored.
    """
    description, arrays = packed_values(values)
    digest = hashlib.sha256(description.tobytes())
    for array in arrays.values():
        digest.update(f"{array.dtype.str} {array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def read_values(path: Path, subject: str) -> dict[str, Any]:
    """Return the values of a file that `write_values` wrote.

    Raises
    ------
    FileError
        If it cannot be read, is damaged or has another format.
    """
    description = read_arrays(path, subject, {"description": "U"})["description"]
    found = parse_json(str(description.item()), subject) if description.shape == () else None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise FileError(f"{subject}: must be of format {FORMAT!r} (got {shown(found.get('format') if isinstance(found, dict) else found)})")
    with described_errors(subject):
        kinds = {name: kind for name, kind in found["arrays"].items() if kind in KINDS}
        arrays = read_arrays(path, subject, kinds)
        return {key: unpack(value, arrays) for key, value in found["values"].items()}


class described_errors:  # noqa: N801  (used like a function)
    """Context that turns the errors of values of another form into FileError."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FAULTS) and not isinstance(error, FileError):
            reason = f"{error} is missing" if isinstance(error, KeyError) else error
            raise FileError(f"{self.subject} is not that of a training ({reason})") from None


def written_slots(folder: Path) -> list[int]:
    """Return the numbers of the files of checkpoints that are in a folder."""
    return [number for number, name in enumerate(SLOTS) if is_file(folder / name)]


def is_before_first_checkpoint(folder: Path) -> bool:
    """Return whether a folder has nothing, or only what a training that was killed before its first checkpoint left."""
    return all(name in (EXAMPLES, LOG_FILE) or RECORDING.fullmatch(name) for name in other_files(folder))


def other_files(folder: Path) -> Iterator[str]:
    """Yield the names of what a folder has, except locks and temporary files."""
    return (path.name for path in sorted(folder.iterdir()) if path.name != LOCK_NAME and not is_temporary(path.name))
