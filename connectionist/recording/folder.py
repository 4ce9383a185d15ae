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
from typing import Any

import numpy as np

from connectionist.errors import FileError, ParameterError
from connectionist.recording.recorded_part import RecordedPart
from connectionist.recording.stores import Loaded, OnDisk, Store
from connectionist.utils.arrays import Array
from connectionist.utils.counts import describe_count
from connectionist.utils.files import atomic_write, write_errors, write_text
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder
from connectionist.utils.folders import make_folder
from connectionist.utils.temporary_files import is_temporary, remove_leftovers
from connectionist.utils.untrusted_files import check_link, describe_other, is_file, read_json
from connectionist.utils.visible_text import shown

FORMAT = "connectionist recording 1"
DIMENSIONS = {  # of each kind of part
    "units": (("case", "unit"), ("case", "tick", "unit")),
    "connections": (("connection",), ("update", "connection")),
}
LARGEST_LABEL = 2**53


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


def reopen_folder(folder: str | Path, name: str, parts: Sequence[RecordedPart], has_epochs: bool) -> RecordingFolder:
    """Return the folder of a recording that an earlier process began, to go on with it.

    Raises
    ------
    FileError
        If the folder is not that of a recording of these parts.
    """
    found = read_folder(folder)
    if found.parts != tuple(parts):
        raise FileError(f"recording {str(folder)!r}: is of other quantities, units, connections or cases")
    path = Path(folder)
    epochs = OnDisk(path / "epochs.npy", (), exists=True) if has_epochs else None
    return RecordingFolder(name, tuple(parts), tuple(OnDisk(path / f"{part.kind}.npy", part.shape, exists=True) for part in parts), epochs)


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
        If the folder is not the folder of a recording, or if a file is missing, damaged or does not fit the labels.
    ParameterError
        If `folder` is not the name of a folder.
    """
    if not isinstance(folder, (str, Path)):
        raise ParameterError(f"load_recording: must be the name of a folder (got {folder!r})")
    path = Path(folder)
    if not is_file(path / "recording.json"):
        other = describe_other(path / "recording.json")
        lacking = f"its recording.json cannot be read: {other}" if other else "it has no file recording.json"
        raise FileError(f"load_recording: {str(folder)!r} is not the folder of a recording ({lacking})")
    subject = f"load_recording: {str(folder)!r}: recording.json"
    check_link(path / "recording.json", path, subject)
    description = read_json(path / "recording.json", subject)
    try:
        parts = read_parts(description)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise FileError(f"{subject} is not that of a recording ({reason})") from None
    stores = tuple(Loaded(path / f"{part.kind}.npy", part.shape, str(folder)) for part in parts)
    epochs = Loaded(path / "epochs.npy", (), str(folder)) if description["has_epochs"] else None
    _check_lengths(str(folder), stores, epochs)
    return RecordingFolder(description["network"], parts, stores, epochs)


def read_parts(description: Any) -> tuple[RecordedPart, ...]:
    """Return the parts that the content of ``recording.json`` describes.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it has another form.
    """
    if description.get("format") != FORMAT:
        raise ValueError(f"format {shown(description.get('format'))}, expected {FORMAT!r}")
    if (
        not isinstance(description["network"], str)
        or not description["network"].isprintable()
        or not isinstance(description["has_epochs"], bool)
    ):
        raise ValueError("'network' must be text, and 'has_epochs' true or false")
    parts = tuple(_read_part(part) for part in description["parts"])
    quantities = [quantity for part in parts for quantity in part.quantities]
    if not parts or len({part.kind for part in parts}) < len(parts) or len(set(quantities)) < len(quantities):
        raise ValueError("each kind and each quantity must occur once")
    return parts


def _read_part(part: dict[str, Any]) -> RecordedPart:
    kind, coordinates, lengths = part["kind"], part["coordinates"], part["lengths"]
    allowed = next((dimensions for name, dimensions in DIMENSIONS.items() if name == kind), None)
    if allowed is None:  # it is part of the name of a file
        raise ValueError(f"'kind' must be one of {list(DIMENSIONS)} (got {shown(kind)})")
    names = tuple(coordinates)
    if names not in allowed:
        raise ValueError(f"{kind} cannot have the dimensions {shown(names)}")
    _check_list("quantities", part["quantities"], str)
    for name, labels in coordinates.items():
        _check_list(name, labels, int if name in ("tick", "update") else str)
    if lengths is not None:
        _check_list("lengths", lengths, int)
        if len(lengths) != len(coordinates.get("case", ())):
            raise ValueError(f"{describe_count(len(lengths), 'length')} for {describe_count(len(coordinates.get('case', ())), 'case')}")
    return RecordedPart(kind, tuple(part["quantities"]), coordinates, None if lengths is None else tuple(lengths))


def _check_list(name: str, values: Any, kind: type) -> None:
    if not isinstance(values, list) or not values or not all(type(value) is kind for value in values):
        raise ValueError(f"{shown(name)} must be a list of {'numbers' if kind is int else 'texts'} (got {shown(values)})")
    if kind is str:
        "".join(values).encode()  # half a surrogate pair, which JSON can have, raises an error
    if kind is int and max(map(abs, values)) > LARGEST_LABEL:
        raise ValueError(f"{shown(name)} has a number above {LARGEST_LABEL}")


def _check_lengths(folder: str, stores: Sequence[Loaded], epochs: Loaded | None) -> None:
    """Raise FileError if there are fewer records than epochs, or epochs that are not whole numbers."""
    needed = 1
    if epochs is not None:
        numbers = epochs.array()
        needed = len(numbers)
        try:
            check_epochs(numbers)
        except ValueError as error:
            raise FileError(f"load_recording: {folder!r}: epochs.npy {error}") from None
    for store in stores:
        if len(store.array()) < needed:
            raise FileError(
                f"load_recording: {folder!r}: {store.path.name} has {describe_count(len(store.array()), 'record')}; {needed} are needed"
            )


def check_epochs(numbers: Array) -> None:
    """Raise ValueError if numbers of epochs [epoch] are not whole numbers."""
    if not np.all((np.floor(numbers) == numbers) & (np.abs(numbers) <= LARGEST_LABEL)):  # also false for NaN
        raise ValueError(f"must have whole numbers up to {LARGEST_LABEL}")
