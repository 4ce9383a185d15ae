"""The folder of a recording.

``recording.json`` has the labels. ``units.npy`` has numbers [epoch, case, tick, quantity, unit], without the tick if the examples have
none, and ``connections.npy`` has numbers [epoch, change, quantity, connection], without the change if each epoch has one record.
``epochs.npy`` has the numbers of the epochs; there is no such file for a recording without training.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from connectionist.errors import FileError, ParameterError
from connectionist.recording.recorded_part import RecordedPart
from connectionist.recording.stores import Loaded, OnDisk, Store
from connectionist.utils.arrays import Array
from connectionist.utils.files import atomic_write, is_temporary, make_folder, remove_leftovers, write_errors, write_text
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder

FORMAT = "connectionist recording 1"


@dataclass(frozen=True)
class RecordingFolder:
    """The contents of the folder of a recording.

    Attributes
    ----------
    name : str
        Name of the network.
    parts : tuple of RecordedPart
    stores : tuple of Store
        Records of each part, [epoch, …].
    epochs : Store or None
        Numbers of the epochs; None for a recording without training.
    """

    name: str
    parts: tuple[RecordedPart, ...]
    stores: tuple[Store, ...]
    epochs: Store | None


def create_folder(folder: str | Path, name: str, parts: Sequence[RecordedPart], has_epochs: bool) -> RecordingFolder:
    """Create the folder of a recording without records.

    Raises
    ------
    FileError
        If the folder has files in it, or cannot be written.
    """
    path = _make_empty_folder(folder)
    epochs = OnDisk(path / "epochs.npy", ()) if has_epochs else None  # first, so that another process cannot record here too
    stores = tuple(OnDisk(path / f"{part.kind}.npy", part.shape) for part in parts)
    _write_description(path, name, parts, has_epochs)
    return RecordingFolder(name, tuple(parts), stores, epochs)


def write_folder(folder: str | Path, name: str, parts: Sequence[RecordedPart], arrays: Sequence[Array], epochs: Array | None) -> None:
    """Write a complete recording into a new or empty folder: each file whole, and ``recording.json`` last.

    Parameters
    ----------
    folder : str or path
    name : str
        Name of the network.
    parts : sequence of RecordedPart
    arrays : sequence of array [epoch, …]
        Records of each part.
    epochs : array [epoch] or None
        Numbers of the epochs; None for a recording without training.

    Raises
    ------
    FileError
        If the folder has files in it, or cannot be written.
    """
    path = _make_empty_folder(folder)
    named = {part.kind: array for part, array in zip(parts, arrays, strict=True)} | ({} if epochs is None else {"epochs": epochs})
    with write_errors(path, "recording"), lock_folder(path, "recording"):
        _check_empty(path)
        for file_name, array in named.items():
            with atomic_write(path / f"{file_name}.npy", "recording") as file:
                np.save(file, np.ascontiguousarray(array, dtype="<f8"))
        _write_description(path, name, parts, epochs is not None)


def _make_empty_folder(folder: str | Path) -> Path:
    """Make the folder of a recording; it may exist if it is empty."""
    path = Path(folder)
    with write_errors(path, "recording"):
        make_folder(path)
        remove_leftovers(path)
        _check_empty(path)
    return path


def _check_empty(path: Path) -> None:
    if any(each.name != LOCK_NAME and not is_temporary(each.name) for each in path.iterdir()):
        raise FileError(
            f"recording: {str(path)!r} has files in it, which are not overwritten; name a folder that is new or empty, with "
            f"{{seed}} in its name for runs with several seeds"
        )


def _write_description(path: Path, name: str, parts: Sequence[RecordedPart], has_epochs: bool) -> None:
    description = {"format": FORMAT, "network": name, "has_epochs": has_epochs, "parts": [part.__dict__ for part in parts]}
    write_text(path / "recording.json", json.dumps(description, ensure_ascii=False, indent=1), "recording")


def read_folder(folder: str | Path) -> RecordingFolder:
    """Read the folder of a recording. The numbers stay on disk until they are used.

    Raises
    ------
    FileError
        If the folder is not the folder of a recording.
    ParameterError
        If `folder` is not the name of a folder.
    """
    if not isinstance(folder, (str, Path)):
        raise ParameterError(f"load_recording: must be the name of a folder (got {folder!r})")
    path = Path(folder)
    try:
        description = json.loads((path / "recording.json").read_text(encoding="utf-8"))
        if description.get("format") != FORMAT:
            raise ValueError(f"format {description.get('format')!r}, expected {FORMAT!r}")
        parts = tuple(
            RecordedPart(part["kind"], tuple(part["quantities"]), part["coordinates"], part["lengths"] and tuple(part["lengths"]))
            for part in description["parts"]
        )
        stores = tuple(Loaded(path / f"{part.kind}.npy") for part in parts)
        epochs = Loaded(path / "epochs.npy") if description["has_epochs"] else None
        return RecordingFolder(description["network"], parts, stores, epochs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"load_recording: {str(folder)!r} is not the folder of a recording ({error})") from None
