"""Checkpoints of a training: when they are due, and what they have."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_values import describe_examples
from connectionist.engines.schedule import with_text_epochs
from connectionist.errors import FileError, ParameterError, check_number
from connectionist.formats.network_file import network_arrays
from connectionist.learning.checkpoint_folder import (
    EXAMPLES,
    LOG_FILE,
    SLOTS,
    is_before_first_checkpoint,
    other_files,
    packed_values,
    write_values,
)
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.stored_objects import store
from connectionist.recording.continued import RecordedRows, describe_recorder
from connectionist.utils.appended_rows import AppendedRows
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.files import as_path, check_path, write_errors
from connectionist.utils.folder_lock import lock_folder
from connectionist.utils.folders import make_folder
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.engines.phase import Phase
    from connectionist.learning.run import Run
    from connectionist.learning.trainer import Trainer
    from connectionist.utils.arrays import Array

DEFAULT_EVERY = "30 s"
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
INTERVAL = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|h)")
COLUMNS = 5  # of the log
PLAIN = (
    "tolerance",
    "examples",
    "phase",
    "order",
    "end_state",
    "state_size",
    "search_memory",
    "initial_memory",
    "reason",
)  # of the position


class Checkpoints:
    """The checkpoints of one training in a folder.

    Parameters
    ----------
    folder : Path
    every : int or str
        Interval in epochs, or in time, such as "30 s" or "5 min".
    about : dict
        What the caller stores in each checkpoint, of values that JSON has.
    is_optional : bool
        Whether training may go on without checkpoints: what cannot be stored is no error, and a training that is shorter than the interval
        leaves none.

    Raises
    ------
    ParameterError
        If the interval is out of range.
    """

    def __init__(
        self, folder: Path, every: int | str = DEFAULT_EVERY, about: Mapping[str, Any] | None = None, *, is_optional: bool = False
    ) -> None:
        self.folder, self.about, self.is_optional = folder, dict(about or {}), is_optional
        self.epochs, self.seconds = read_interval(every)
        self.every = self.epochs or every  # as it is written: a number of any type as int, a time as text
        self.number, self.last_epoch, self.last_time = 0, 0, monotonic()
        self.key = secrets.token_hex(8)  # that the examples and the checkpoints of one training have in common
        self.log = AppendedRows(folder / LOG_FILE, COLUMNS)
        self.rows = RecordedRows(folder)

    def go_on(self, values: Mapping[str, Any], rows: RecordedRows) -> None:
        """Go on after the checkpoint with these values."""
        self.number, self.key, self.rows = values["number"], values["key"], rows
        self.log = AppendedRows(self.folder / LOG_FILE, COLUMNS, *values["log"])
        self.last_epoch, self.last_time = self.log.count, monotonic()

    def is_due(self, run: Run) -> bool:
        """Return whether a checkpoint is due after a block of epochs."""
        if self.epochs:
            return run.epochs - self.last_epoch >= self.epochs
        return monotonic() - self.last_time >= self.seconds

    def epochs_that_fit(self, run: Run, count: int) -> int:
        """Return the number of epochs to train in the next block, at most `count`: a block ends where a checkpoint is due."""
        return min(count, max(1, self.last_epoch + self.epochs - run.epochs)) if self.epochs else count

    def check(self, trainer: Trainer) -> None:
        """Raise ParameterError if the training has something that cannot be stored, and may not go on without checkpoints."""
        if self.is_optional:
            return
        packed_values(self._values(trainer, []))

    def write(self, trainer: Trainer) -> None:
        """Write a checkpoint between two blocks. If that fails, since the disk is full for example, warn, and let the training go on.

        Warns
        -----
        UserWarning
            If the checkpoint cannot be written. The one before is still there.
        """
        try:
            self._write(trainer)
        except (FileError, ParameterError) as error:
            warn_caller(f"train.checkpoint: {error}; training goes on, and the checkpoint before is kept")
        self.last_epoch, self.last_time = trainer.run.epochs, monotonic()

    def write_last(self, trainer: Trainer) -> None:
        """Write the checkpoint at the end of training."""
        if self.number or not self.is_optional:
            self.write(trainer)

    def _write(self, trainer: Trainer) -> None:
        with write_errors(self.folder, "checkpoint"):
            make_folder(self.folder)
        if not self.number:
            test = trainer.position.test_examples
            examples = {"training": describe_examples(trainer.examples), "testing": None if test is None else describe_examples(test)}
            write_values(self.folder / EXAMPLES, {"key": self.key, **examples})
        self.log.add(log_rows(trainer.run, self.log.count))
        values = self._values(trainer, self.rows.append(trainer.recorders))
        write_values(self.folder / SLOTS[values["number"] % len(SLOTS)], values)
        self.number = values["number"]

    def _values(self, trainer: Trainer, records: list[Any]) -> dict[str, Any]:
        run, position = trainer.run, trainer.present_position()
        values, arrays = network_arrays(run.network)
        criterion = trainer.criterion
        return {
            "number": self.number + 1,
            "key": self.key,
            "about": self.about,
            "every": self.every,
            "log": (self.log.count, self.log.checksum),
            "records": records,
            "network": values,
            "arrays": arrays,
            "run": {name: getattr(run, name) for name in ("seed", "test_every", "memory", "stopped", "seconds", "ran_by")},
            "phases": [describe_phase(phase) for phase in run.phases],
            "engine": store("engines", position.engine, "train.checkpoint"),
            "position": {name: getattr(position, name) for name in PLAIN},
            "criterion": None if criterion is None else {"error": criterion.error, "correct": criterion.correct},
            "until_every": trainer.every,
            "functions": functions_of(trainer),
            "recorders": [describe_recorder(recorder.settings, run.seed) for recorder in trainer.recorders.recorders],
        }


def functions_of(trainer: Trainer) -> list[str]:
    """Return the names of the arguments of `train` that are functions of the user, which a file cannot have."""
    given = trainer.example_functions
    found = {
        "until": trainer.stop,
        "after_example": given and given.after_example,
        "after_event": given and given.after_event,
        "record": next((recorder.settings.when for recorder in trainer.recorders.recorders if recorder.settings.when), None),
    }
    return [name for name, function in found.items() if function is not None]


def describe_phase(phase: Phase) -> dict[str, Any]:
    """Return a phase as plain values, its rule and its procedure by name.

    Raises
    ------
    ParameterError
        If its schedule has a function.
    """
    if any(callable(values) for values in (phase.schedule or {}).values()):
        raise ParameterError("train.checkpoint: a function of a schedule cannot be stored; give values by epoch (got a function)")
    plain = {"epochs": phase.epochs, **phase.settings}
    if phase.schedule is not None:
        plain["schedule"] = with_text_epochs(phase.schedule)
    if phase.procedure is not None:
        kind = procedure_kind(phase.procedure.name)
        plain["procedure"] = {"kind": kind, **store(kind, phase.procedure, "train.checkpoint")}
    return {**plain, "rule": store("update_rules", phase.rule, "train.checkpoint")}


def log_rows(run: Run, first: int) -> Array:
    """Return the log after some epochs, as rows of numbers."""
    columns = [run.errors[first:], run.corrects[first:], run.phase_numbers[first:], run.test_errors[first:], run.test_corrects[first:]]
    missing = [float("nan")] * (run.epochs - first)
    return np.array([column or missing for column in columns], dtype=float).reshape(COLUMNS, -1).T


def read_interval(every: object) -> tuple[int, float]:
    """Return the interval of the argument `checkpoint_every` in epochs, or else in seconds; the other is 0.

    Raises
    ------
    ParameterError
        If it is neither a number of epochs nor a time.

    Examples
    --------
    >>> read_interval(100), read_interval("5 min")
    ((100, 0.0), (0, 300.0))
    """
    found = INTERVAL.fullmatch(every.strip()) if isinstance(every, str) else None
    if found:
        return 0, float(found[1]) * SECONDS[found[2]]
    if isinstance(every, str):
        raise ParameterError(
            f"train.checkpoint_every: must be a number of epochs, or a time such as '30 s', '5 min' or '1 h' (got {shown(every)})"
        )
    return check_number("train", "checkpoint_every", every, at_least=1, whole=True), 0.0


def new_checkpoints(folder: object, every: object) -> AbstractContextManager[Checkpoints | None]:
    """Return a context manager of the checkpoints of a new training: those that the caller made, or those of a folder, or None.

    The folder is made and locked when the context begins.

    Raises
    ------
    FileError
        If the folder has files in it, cannot be written, or is in use by another process.
    ParameterError
        If an argument is wrong.
    """
    if folder is not None:
        return nullcontext(folder) if isinstance(folder, Checkpoints) else _in_new_folder(folder, every)
    if not isinstance(every, str) or every != DEFAULT_EVERY:
        raise ParameterError(f"train.checkpoint_every: is the interval of checkpoints, which need a folder (got {shown(every)})")
    return nullcontext()


@contextmanager
def _in_new_folder(folder: object, every: object) -> Iterator[Checkpoints]:
    """Make a folder for checkpoints, and lock it during the block."""
    path = check_path(as_path(folder, "train.checkpoint"), "train.checkpoint:")
    made = Checkpoints(path, every)  # type: ignore[arg-type]
    with write_errors(path, "train.checkpoint:"):
        make_folder(path)
        with lock_folder(path, "train.checkpoint"):
            if not is_before_first_checkpoint(path):
                name = next(other_files(path))
                hint = f"go on with cn.resume({str(path)!r}), or choose" if name in (*SLOTS, EXAMPLES, LOG_FILE) else "choose"
                raise FileError(f"train.checkpoint: {str(path)!r} is not empty, and its files are not overwritten; {hint} another folder")
            yield made
