"""Reading of a run folder: the task, its network with the trained weights, the log and the report.

Nothing in the folder is executed. The task and its functions come from the installed plugins. If they have changed since the run, reading
raises an error or a warning, and does not substitute anything.

Each file that is read is checked against the manifest in ``run.json``. Folders of older versions have none; there, the log is checked for
whole rows, one per epoch.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, MemoryLimitError
from connectionist.experiments import manifest
from connectionist.experiments.case_results import FIRST_COLUMNS, TEXTS
from connectionist.experiments.remake_task import remake_task
from connectionist.experiments.run_contents import check_run
from connectionist.experiments.run_folder import FIGURES, FORMAT, NUMBERS
from connectionist.experiments.seed_folders import seed_folders
from connectionist.experiments.task_members import network_of
from connectionist.formats.weights_file import load_weights
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.files import as_path, check_path
from connectionist.utils.folder_lock import lock_holder
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import limited_memory
from connectionist.utils.untrusted_files import check_link, describe_other, is_file, read_columns, read_json, read_numbers
from connectionist.utils.visible_text import shown, visible_line, visible_text

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.task import Task
    from connectionist.model.network import Network

FILES = ("run.json", "log.csv", "weights.npz")
OTHERS = tuple(name for name in (*NUMBERS, *FIGURES) if name not in FILES)
LOG_COLUMNS = ("epoch", "error", "correct")
WHOLE_COLUMNS = ("epoch", "phase")
TASK_BYTES = (2**28, 4000)  # of memory for a task and its network: in any case, and for each byte of the file with its weights
NETWORK_OBJECTS = (50_000, 8)  # units and connections, likewise
CASE_COLUMNS = (*FIRST_COLUMNS, "right", "error")
WHOLE_CASES = ("seed", "right")


@with_assignment_errors
@dataclass(frozen=True, eq=False, repr=False)
class ReopenedRun(HtmlRepr):
    """A run of a task, read from its folder.

    Attributes
    ----------
    folder : Path
    record : dict
        Content of ``run.json``: the report, the command line, versions, date.
    task : Task
        The task with its parameters, and the data that it drew for the seed.
    network : Network
        The network with the trained weights.
    """

    folder: Path
    record: dict[str, Any]
    task: Task
    network: Network

    @property
    def seed(self) -> int:
        """Root seed of the run."""
        seed: int = self.record["seed"]
        return seed

    @property
    def report(self) -> dict[str, Any]:
        """The report, as ``connectionist run --json`` prints it."""
        report: dict[str, Any] = self.record["report"]
        return report

    @cached_property
    def log(self) -> pd.DataFrame:
        """The log, one row per epoch. Numbers are exact to the last digit.

        Raises
        ------
        FileError
            If ``log.csv`` is damaged, cannot be read, or is not a log.
        """
        return read_log(self.folder)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The results of each case after training, in the columns of ``CaseResults``.

        ``record["cases"]`` has the number of cases for which the file had no room.

        Raises
        ------
        FileError
            If the folder has no ``cases.csv``, as those of older versions and of networks without output units, or if it is damaged, cannot
            be read, or is no table of cases.
        """
        return read_cases(self.folder)

    def __repr__(self) -> str:
        ran, preset = self.report.get("epochs"), self.report.get("preset")
        epochs = describe_count(ran, "epoch") if isinstance(ran, int) else f"{ran} epochs"
        return f"<ReopenedRun {self.task.name}, preset {preset}, seed {self.seed}, {epochs}, from {str(self.folder)!r}>"


def read_log(folder: Path) -> pd.DataFrame:
    """Return the log in a run folder, one row per epoch.

    Raises
    ------
    FileError
        If ``run.json`` or ``log.csv`` is missing, damaged, cannot be read, or has another format.
    """
    import numpy as np
    import pandas as pd

    record = read_record(folder, ("run.json", "log.csv"))
    subject = f"run {str(folder)!r}: log.csv"
    report = record["report"]
    has_ended_early = not report["epochs"] and any(phase["epochs"] for phase in report["phases"])
    has_errors = report.get("error") is not None or has_ended_early  # none without targets
    columns = read_numbers(folder / "log.csv", subject, required=LOG_COLUMNS if has_errors else LOG_COLUMNS[:1], whole=WHOLE_COLUMNS)
    epochs, rows = report["epochs"], len(columns["epoch"])
    if not manifest.has_manifest(record) and rows != epochs:
        raise FileError(f"{subject} is damaged: it has {describe_count(rows, 'row')}, and the run had {describe_count(epochs, 'epoch')}")
    return pd.DataFrame({name: np.array(column, dtype=int if name in WHOLE_COLUMNS else float) for name, column in columns.items()})


def read_cases(folder: Path) -> pd.DataFrame:
    """Return ``cases.csv`` of a run folder; see `ReopenedRun.cases`."""
    import numpy as np
    import pandas as pd

    record = read_record(folder, ("run.json",))
    if not is_file(folder / "cases.csv") and "cases.csv" not in record.get(manifest.KEY, {}):
        why = "it was written by an older version"
        if isinstance(record.get("cases"), dict):
            why = record["cases"].get("failure", "the network has no output units")
        raise FileError(f"run {str(folder)!r}: has no cases.csv: {visible_text(str(why))}")
    read_record(folder, ("run.json", "cases.csv"))
    columns = read_columns(folder / "cases.csv", f"run {str(folder)!r}: cases.csv", required=CASE_COLUMNS, whole=WHOLE_CASES, texts=TEXTS)
    kinds: dict[str, Any] = dict.fromkeys(TEXTS, object) | dict.fromkeys(WHOLE_CASES, int)
    kinds |= {"tick": int} if not np.isnan(columns.get("tick", np.nan)).any() else {}
    return pd.DataFrame({name: np.array(column, dtype=kinds.get(name, float)) for name, column in columns.items()})


def read_run(folder: str | Path) -> ReopenedRun:
    """Read a run from its folder, as ``connectionist run TASK --out DIR`` wrote it.

    Parameters
    ----------
    folder : str or path
        Folder of one run. In the folder of several seeds, this is one of the folders ``seed-N``.

    Returns
    -------
    ReopenedRun

    Raises
    ------
    FileError
        If the folder is not a run folder, if its run is not finished, or if a file is missing, damaged or has another format.
    UnknownNameError
        If no installed plugin has the task.
    ParameterError
        If the installed task does not have a parameter of the run, or rejects its value.
    DataError
        If the weights do not fit the network that the installed task makes.

    Warns
    -----
    UserWarning
        If the installed task has parameters that the run did not have. They get their defaults.
        If ``weights.csv``, a figure or ``report.html`` is missing or damaged. They are not read.
    """
    path = as_path(folder, "read_run.folder")
    record = read_record(path)
    manifest.warn_about_files(path, record, OTHERS)
    task, network = _remake(path, record)
    load_weights(network, path / "weights.npz")
    return ReopenedRun(path, record, task, network)


def read_record(folder: Path, files: Sequence[str] = FILES) -> dict[str, Any]:
    """Return the content of ``run.json``, if the folder has all required files and they are whole.

    Parameters
    ----------
    folder : Path
    files : sequence of str
        Names of the required files.

    Raises
    ------
    FileError
        If the folder is not a run folder, if its run is not finished, if a file is missing or damaged, or if ``run.json`` has another
        format.
    """
    for name in files:
        if not is_file(check_path(folder / name, "run")):
            raise FileError(f"run {str(folder)!r}: {_what_is_missing(folder, name)}")
    for name in files:
        check_link(folder / name, folder, f"run {str(folder)!r}: {name}")
    record = read_json(folder / "run.json", f"run {str(folder)!r}: run.json")
    _check_content(folder, record)
    manifest.check_files(folder, record, [name for name in files if name != "run.json"])
    checked: dict[str, Any] = record
    return checked


def _what_is_missing(folder: Path, name: str) -> str:
    if not os.path.lexists(folder):  # `Path.exists` raises OSError if the path is too long
        return "there is no such folder"
    if not folder.is_dir():
        return "must be a folder, as written by 'connectionist run TASK --out DIR' (got a file)"
    if other := describe_other(folder / name):
        return f"{name} cannot be read ({other})"
    return _without_record(folder) if name == "run.json" else f"has no {name}, so it is not whole"


def _without_record(folder: Path) -> str:
    """Return what a folder without ``run.json`` is."""
    state = unfinished_state(folder) or unfinished_state(folder.parent)
    seeds = [path for _, path in sorted(seed_folders(folder))]
    if seeds:
        where = visible_line(str(folder))
        named = ", ".join(str(Path(where, seed.name)) for seed in seeds[:3]) + (f" and {len(seeds) - 3} more" if len(seeds) > 3 else "")
        has = f"{state}; it has" if state else "has"
        return f"{has} runs with several seeds; choose one of them: {named}; 'connectionist summarize {where}' summarizes them"
    if state:
        return state
    if any((folder / name).exists() for name in NUMBERS):
        return "has no run.json, which is written last: the run ended before all its files were written"
    return "has no run.json, so it is not a folder written by 'connectionist run TASK --out DIR'"


def unfinished_state(folder: Path) -> str:
    """Return whether the run that locked a folder is in progress or has ended; "" if the folder is not locked."""
    if (found := lock_holder(folder)) is None:
        return ""
    holder, may_run = found
    who = holder or "an unknown process"
    if not may_run:
        return f"is incomplete: its run ended before all its files were written ({who})"
    if holder is None or holder.is_here:
        return f"is in progress, not finished ({who})"
    return f"is in progress, or has ended before it was finished; this cannot be found out from here ({who})"


def _remake(folder: Path, record: dict[str, Any]) -> tuple[Task, Network]:
    """Return the task and a new network, which must not be much larger than the file with its weights, whatever ``run.json`` says."""
    size = (folder / "weights.npz").stat().st_size
    memory, objects = (base + factor * size for base, factor in (TASK_BYTES, NETWORK_OBJECTS))
    try:
        with limited_memory(memory, objects):
            task = remake_task(folder, record)
            return task, network_of(task, record["seed"])
    except MemoryLimitError as error:
        raise FileError(f"run {str(folder)!r}: run.json describes a network that is too large for its weights.npz: {error}") from None


def _check_content(folder: Path, record: Any) -> None:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        given = record.get("format") if isinstance(record, dict) else record
        raise FileError(f"run {str(folder)!r}: run.json must be of format {FORMAT!r} (got {shown(given)})")
    try:
        check_run(record)
    except ValueError as error:
        raise FileError(f"run {str(folder)!r}: {error} in run.json") from None
