"""Runs of tasks with checkpoints in their folders, and going on from these."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, ParameterError, check_number
from connectionist.experiments.prepared_run import Preparation, PreparedRun
from connectionist.experiments.result import Result
from connectionist.experiments.run_folder import CHECKPOINT
from connectionist.experiments.run_task import check_options, check_task
from connectionist.experiments.seed_folders import seed_folders
from connectionist.experiments.task_members import is_untrained
from connectionist.learning.checkpoint_folder import SLOTS, read_values, written_slots
from connectionist.learning.checkpoints import DEFAULT_EVERY, Checkpoints
from connectionist.learning.resume import SavedTraining, read_checkpoint
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.utils.untrusted_files import is_file, read_json
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.learning.progress import Reporter


def run_with_checkpoints(
    task: str,
    folder: Path,
    command_line: Sequence[str],
    checkpoint_every: int | str,
    *,
    seed: int,
    test_every: int | None = None,
    progress: bool | Reporter = False,
    **options: Any,
) -> Result:
    """Run a task as `connectionist.run`, and write checkpoints into the folder of the run. If it has some, go on from them.

    A run that is shorter than the interval leaves no checkpoint. It starts again then, with the same bits.

    Parameters
    ----------
    task : str
    folder : Path
        The folder of the run, locked by the caller. It need not exist.
    command_line : sequence of str
        Stored in the checkpoints.
    checkpoint_every : int or str
        Interval: a number of epochs, or a time such as "30 s".
    seed, test_every, progress, **options
        As for `connectionist.run`.

    Returns
    -------
    Result

    Raises
    ------
    FileError
        If no checkpoint in the folder can be read.
    ParameterError
        If the task has other phases than the run had, if the run is longer already than the number of epochs, or if an interval is given
        for a task that trains nothing.
    Exception
        As `connectionist.run`.
    """
    given = {"preset": "default", "epochs": None, "engine": DEFAULT_ENGINE, "rule": None, "procedure": None, "parameters": None, **options}
    check_task(task, given["preset"])
    seed = check_number("run", "seed", seed, at_least=0, whole=True)
    check_options(given["parameters"], test_every)
    prepared = Preparation(task, **given).for_seed(seed)
    if checkpoint_every != DEFAULT_EVERY and is_untrained(prepared.task, prepared.phases):
        raise ParameterError(
            f"run.checkpoint_every: task {prepared.task.name!r} trains nothing, so it has no checkpoints (got {shown(checkpoint_every)})"
        )
    digest = _digest(prepared)
    about = {"command_line": list(command_line), "digest": digest}
    checkpoints = Checkpoints(folder / CHECKPOINT, checkpoint_every, about, is_optional=True)
    if (folder / CHECKPOINT).is_dir() and written_slots(folder / CHECKPOINT):
        saved = read_checkpoint(folder / CHECKPOINT)
        if _can_go_on(saved, prepared, digest):
            return prepared.go_on(saved, progress, checkpoints)
    if (folder / CHECKPOINT).is_dir():
        shutil.rmtree(folder / CHECKPOINT)
    return prepared.train(None, test_every, (), progress, checkpoints)


def _digest(prepared: PreparedRun) -> str:
    """Return the digest of a run; "" if its network cannot be stored, so that there are no checkpoints."""
    try:
        return prepared.digest()
    except ParameterError:
        return ""


def _can_go_on(saved: SavedTraining, prepared: PreparedRun, digest: str) -> bool:
    """Return whether the phases of a run can go on from a checkpoint. With other epochs in an earlier phase, it must start again.

    Raises
    ------
    ParameterError
        If the task has changed, if the phases differ in more than their epochs, or if the last phase has fewer epochs than it had already.
    """
    if saved.about.get("digest") != digest:
        raise ParameterError(
            f"resume: the task {prepared.task.name!r} is not that of the checkpoint in {str(saved.folder)!r}: its network, examples, "
            f"criterion, tolerance or engine differs now; restore the task, or delete the folder to start again"
        )
    before, now = saved.run.phases, tuple(prepared.phases)
    if [replace(phase, epochs=0) for phase in before] != [replace(phase, epochs=0) for phase in now]:
        raise ParameterError(f"resume: the task {prepared.task.name!r} has other phases now than the run had")
    present = max(saved.position.phase, 1)
    done = [saved.run.phase_numbers.count(number) for number in range(1, present + 1)]
    if sum(phase.epochs for phase in now) < sum(done):
        epochs = sum(phase.epochs for phase in now)
        raise ParameterError(f"resume.epochs: must be at least {sum(done)}, the number of epochs so far (got {epochs})")
    return done[:-1] == [phase.epochs for phase in now[: present - 1]] and done[-1] <= now[present - 1].epochs


def command_line_of(folder: Path) -> list[str]:
    """Return the command line of the runs in a folder, from the records of those that are whole and from checkpoints.

    Each ``connectionist resume`` with options adds these to it, so the longest is the last.

    Raises
    ------
    FileError
        If the folder has neither.
    """
    folders = [folder, *(path for _, path in sorted(seed_folders(folder)))]
    found = [*_recorded(folders), *_checkpointed(folders)]
    if lines := [words for words in found if isinstance(words, list) and words and all(isinstance(word, str) for word in words)]:
        return max(lines, key=len)
    raise FileError(
        f"resume: {str(folder)!r} has no checkpoint and no finished run; must be a folder written by 'connectionist run TASK --out DIR' "
        f"(a run that is killed before its first checkpoint must be started again)"
    )


def _recorded(folders: Sequence[Path]) -> Iterator[Any]:
    for path in (folders[0] / "summary.json", *(each / "run.json" for each in folders)):
        if is_file(path):
            with suppress(FileError):
                record = read_json(path, f"run {str(path)!r}")
                yield record.get("command_line") if isinstance(record, dict) else None


def _checkpointed(folders: Sequence[Path]) -> Iterator[Any]:
    for path in (each / CHECKPOINT / name for each in folders for name in SLOTS):
        if is_file(path):
            with suppress(FileError):
                about = read_values(path, f"checkpoint {str(path)!r}").get("about")
                yield about.get("command_line") if isinstance(about, dict) else None
