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

from connectionist.errors import FileError, ParameterError
from connectionist.recording.recorded_part import RecordedPart
from connectionist.recording.stores import Loaded, OnDisk, Store

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
    path = Path(folder)
    description = {"format": FORMAT, "network": name, "has_epochs": has_epochs, "parts": [part.__dict__ for part in parts]}
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise FileError(
                f"recording: {str(folder)!r} has files in it, which are not overwritten; name a folder that is new or empty, with "
                f"{{seed}} in its name for runs with several seeds"
            )
        (path / "recording.json").write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"recording: {str(folder)!r} cannot be written ({error.strerror})") from None
    stores = tuple(OnDisk(path / f"{part.kind}.npy", part.shape) for part in parts)
    return RecordingFolder(name, tuple(parts), stores, OnDisk(path / "epochs.npy", ()) if has_epochs else None)


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
