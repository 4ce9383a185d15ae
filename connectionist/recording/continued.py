"""Recorders in a checkpoint: their settings, how much they have recorded, and recordings that go on.

The records of a recording in memory are in files of the checkpoint's folder, to which each checkpoint appends. Those of a recording in a
folder are there already; the checkpoint has their number only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.data.example_set import as_example_set
from connectionist.data.example_values import describe_examples, examples_of
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.recording.recorder import Recorder
from connectionist.recording.stores import InMemory, OnDisk
from connectionist.utils.appended_rows import AppendedRows

if TYPE_CHECKING:
    from connectionist.recording.in_training import ActiveRecorders
    from connectionist.recording.recording import Recording
    from connectionist.recording.stores import Store

PLAIN = ("quantities", "every", "epochs", "ticks", "each")  # settings that are stored as they are


class RecordedRows:
    """The records of the recorders of a training, in files of a folder.

    Parameters
    ----------
    folder : Path
    stored : list, optional
        What `append` returned for the last checkpoint.
    """

    def __init__(self, folder: Path, stored: Sequence[Sequence[tuple[int, int]]] = ()) -> None:
        self.folder = folder
        self.stored = [list(each) for each in stored]
        self.files: list[list[AppendedRows | None]] = []

    def append(self, recorders: ActiveRecorders) -> list[list[tuple[int, int]]]:
        """Append the new records, and return the number of records of each store and their checksum, 0 for a recording in a folder."""
        recordings = [recorder.recording for recorder in recorders.recorders]
        if not self.files:
            self.files = [list(self._open(number, recording)) for number, recording in enumerate(recordings)]
        return [
            [_append(store, file) for store, file in zip(stores_of(recording), files, strict=True)]
            for recording, files in zip(recordings, self.files, strict=True)
        ]

    def restore(self, recorders: ActiveRecorders) -> None:
        """Fill the recordings with the records of the last checkpoint.

        Raises
        ------
        FileError
            If the records are not those that were stored.
        """
        recordings = [recorder.recording for recorder in recorders.recorders]
        self.files = [list(self._open(number, recording)) for number, recording in enumerate(recordings)]
        for recording, files, stored in zip(recordings, self.files, self.stored, strict=True):
            parts = list(zip(stores_of(recording), files, stored, strict=True))
            for store, file, (count, _) in reversed(parts):  # epochs first: if this is killed, there are not more epochs than records
                if isinstance(store, OnDisk):
                    store.go_on(count)
                elif file is not None and count:
                    store.add(file.read(f"checkpoint: recording {str(file.path)!r}").reshape(count, *_shape(store)))

    def _open(self, number: int, recording: Recording) -> Iterator[AppendedRows | None]:
        for place, store in enumerate(stores_of(recording)):
            count, checksum = self.stored[number][place] if self.stored else (0, 0)
            path = self.folder / f"recording-{number}-{place}.f8"
            yield None if isinstance(store, OnDisk) else AppendedRows(path, prod(_shape(store)), count, checksum)


def stores_of(recording: Recording) -> list[Store]:
    """Return the stores of a recording, that of the epochs last."""
    return [*recording._stores, *([] if recording._epochs is None else [recording._epochs])]


def _append(store: Store, file: AppendedRows | None) -> tuple[int, int]:
    if isinstance(store, OnDisk):
        store.synchronize()
        return store.count, 0
    assert isinstance(store, InMemory)
    assert file is not None
    file.add(store.since(file.count))
    return file.count, file.checksum


def _shape(store: Store) -> tuple[int, ...]:
    assert isinstance(store, InMemory)
    return store.pieces[0].shape[1:]


def describe_recorder(recorder: Recorder, seed: int) -> dict[str, Any]:
    """Return the settings of a recorder as plain values. A function `when` cannot be stored; "when" is then true."""
    folder = None if recorder.folder is None else str(Path(str(recorder.folder).replace("{seed}", str(seed))).absolute())
    return {
        **{name: getattr(recorder, name) for name in PLAIN},
        "of": _names(recorder.of),
        "cases": _plain_cases(recorder.cases),
        "examples": None if recorder.examples is None else describe_examples(as_example_set(recorder.examples)),
        "folder": folder,
        "when": recorder.when is not None,
    }


def recorder_of(described: Mapping[str, Any]) -> Recorder:
    """Return the recorder that was described, without `when`."""
    examples = None if described["examples"] is None else examples_of(described["examples"])
    plain = {name: described[name] for name in PLAIN}
    return Recorder(**plain, of=described["of"], cases=described["cases"], examples=examples, folder=described["folder"])


def _names(of: Any) -> Any:
    """Return the selection of a recorder as text, or a list of texts."""
    if isinstance(of, (Unit, Group)):
        return of.name
    if isinstance(of, Connection):
        return f"{of.name} with delay {of.delay}"
    if isinstance(of, Projection):
        lesioned = frozenset(of.lesioned)  # which no recording has
        return [_names(connection) for connection in of if connection not in lesioned]
    if isinstance(of, Sequence) and not isinstance(of, str):
        names = map(_names, of)
        return [name for each in names for name in (each if isinstance(each, list) else [each])]
    return of


def _plain_cases(cases: Any) -> Any:
    if isinstance(cases, str) or not isinstance(cases, Iterable):
        return cases
    return [int(case) if hasattr(case, "__index__") else case for case in cases]
