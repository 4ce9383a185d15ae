"""Recordings of many runs in one file of numpy: the numbers of each, and labels that several runs share.

The array "index" has JSON in UTF-8: the distinct labels, and for each run the number of its condition, its seed and the labels of its
recordings. The arrays of recording j of entry i are ``i-j-epochs``, ``i-j-units`` and ``i-j-connections``, as in `recording.folder`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from connectionist.errors import FileError
from connectionist.recording.packed import array_names, pack_recording, unpack_recording
from connectionist.recording.recording import Recording
from connectionist.utils.array_files import read_arrays
from connectionist.utils.files import atomic_write
from connectionist.utils.untrusted_files import check_link
from connectionist.utils.visible_text import one_line

Recorded = list[tuple[int, int, Sequence[Recording]]]
MOST_BYTES = 2**40


def write_recordings(path: Path, recorded: Sequence[tuple[int, int, Sequence[Recording]]]) -> None:
    """Write the recordings of several runs."""
    labels: dict[str, int] = {}
    runs: list[list[Any]] = []
    arrays: dict[str, Any] = {}
    for entry, (condition, seed, recordings) in enumerate(recorded):
        numbers = []
        for position, recording in enumerate(recordings):
            described, packed = pack_recording(recording)
            numbers.append(labels.setdefault(json.dumps(described), len(labels)))
            arrays |= {f"{entry}-{position}-{name}": array for name, array in packed.items()}
        runs.append([condition, seed, numbers])
    index = json.dumps({"labels": [json.loads(text) for text in labels], "runs": runs}).encode()
    with atomic_write(path, "study") as file:
        np.savez_compressed(file, index=np.frombuffer(index, np.uint8), **arrays)


def read_recordings(path: Path) -> Recorded:
    """Return the number of the condition, the seed, and the recordings of each run.

    Raises
    ------
    FileError
        If the file is damaged.
    """
    subject = f"study file {str(path)!r}"
    check_link(path, path.parent, subject)
    try:
        index = json.loads(bytes(read_arrays(path, subject, {"index": "u"}, MOST_BYTES)["index"]))
        names = {
            f"{entry}-{position}-{name}"
            for entry, (_, _, numbers) in enumerate(index["runs"])
            for position, number in enumerate(numbers)
            for name in array_names(index["labels"][number])
        }
        arrays = read_arrays(path, subject, dict.fromkeys(names, "f"), MOST_BYTES)
        return [_read_entry(entry, run, index["labels"], arrays) for entry, run in enumerate(index["runs"])]
    except FileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise FileError(f"{subject} is damaged ({one_line(str(error), 200)})") from None


def merge_recordings(paths: Sequence[Path], merged: Path) -> None:
    """Write the recordings of several files into one."""
    write_recordings(merged, [recorded for path in paths for recorded in read_recordings(path)])


def _read_entry(entry: int, run: Any, labels: Any, arrays: dict[str, Any]) -> tuple[int, int, Sequence[Recording]]:
    condition, seed, numbers = run
    if not (type(condition) is int and type(seed) is int):
        raise ValueError("a run must have a condition and a seed")
    recordings = [
        unpack_recording(labels[number], {name: arrays[f"{entry}-{position}-{name}"] for name in array_names(labels[number])})
        for position, number in enumerate(numbers)
    ]
    return condition, seed, recordings
