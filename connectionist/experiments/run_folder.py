"""Folders of runs: everything needed to repeat a run and to inspect it, in formats that need no special software.

============================  ====================================================================================
run.json                      the report, the command, parameters, rules, versions, date; size, rows and SHA-256 of every other file
log.csv                       one row per epoch
weights.npz, weights.csv      every weight by the names of its units; `load_weights` reads ``weights.npz``
cases.csv                     the outputs of each training and testing case, whether it is right, and its error (`case_results`); not there
                              without output units
learning_curve.png            error over epochs
weights.png                   the weights as a Hinton diagram
report.html                   all of this for a browser, with the figures of the task; it needs no other file
============================  ====================================================================================

With several seeds, each seed has such a folder, ``seed-N``, beside ``summary.json`` (the distribution), ``runs.csv`` (one row per run) and
a ``report.html`` of all runs. A folder that is not empty is never written to, so that no measurement is lost by mistake.

Each file is written whole (`utils.files`), and ``run.json`` last: a folder without it is incomplete. It is written twice, after the numbers
and after the figures, so that a run whose figures fail or are interrupted is complete too. ``summary.json`` is written in the same way.
While the run lasts, ``run.lock`` locks the folder (`utils.folder_lock`).
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, UnknownNameError
from connectionist.experiments import manifest
from connectionist.experiments.case_results import CaseResults
from connectionist.experiments.seed_folders import finished_seeds, seed_folders
from connectionist.experiments.settling_task import task_given
from connectionist.formats.weights_file import save_weights, write_table
from connectionist.learning.checkpoint_folder import is_before_first_checkpoint, written_slots
from connectionist.plugins import registry
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.utils.files import check_path, write_errors, write_rows, write_text
from connectionist.utils.folder_lock import LOCK_NAME, check_not_locked, lock_folder
from connectionist.utils.folders import make_folder, remove_empty_folders
from connectionist.utils.json_values import as_json
from connectionist.utils.temporary_files import is_temporary, remove_leftovers
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from connectionist.experiments.result import Result

FORMAT = "connectionist run 1"
CHECKPOINT = "checkpoint"  # folder in the folder of a run
NUMBERS = ("log.csv", "weights.npz", "weights.csv", "cases.csv")
FIGURES = ("learning_curve.png", "weights.png", "report.html")
OF_TARGETS = ("error", "correct", "test_correct")  # quantities that are None without targets, epochs or testing examples
SUMMARY_FILES = ("runs.csv", "report.html")
DISTRIBUTIONS = (
    "connectionist-simulator",
    "numpy",
    "networkx",
    "numba",
    "llvmlite",
    "scipy",
    "scikit-learn",
    "pandas",
    "xarray",
    "matplotlib",
    "pluggy",
)


@contextmanager
def claim_folder(path: str | Path) -> Iterator[Path]:
    """Create a folder and lock it during the block. If an exception leaves it empty, remove it again.

    Parameters
    ----------
    path : str or path
        A path that does not exist, or a folder that is empty except for what a killed run left before it wrote anything. Missing parent
        folders are created.

    Yields
    ------
    Path

    Raises
    ------
    FileError
        If the folder cannot be written to, is a file, is not empty, or is in use by another run.
    """
    folder = check_path(path, "--out:")
    with ExitStack() as stack:
        with write_errors(folder, "--out:"):
            made = make_folder(folder)
            stack.enter_context(_removal_after_error(made))
            _check_free(folder)
            stack.enter_context(lock_folder(folder, "--out"))
            _check_empty(folder)  # again, since a run that has just ended may have written it
            remove_leftovers(folder)
        yield folder


@contextmanager
def _removal_after_error(folders: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        remove_empty_folders(folders)
        raise


def _check_free(folder: Path) -> None:
    """Raise FileError if another run uses the folder or the one around it, or if the folder is not empty."""
    for locked in (folder, folder.parent):
        check_not_locked(locked, "--out")
    _check_empty(folder)


def _check_empty(folder: Path) -> None:
    if any(_results(folder)):
        shown = visible_line(str(folder))
        hint = f"; 'connectionist summarize {shown}' summarizes the seeds that finished" if _has_only_seeds(folder) else ""
        hint += f"; 'connectionist resume {shown}' goes on with what was not finished" if _is_unfinished(folder) else ""
        raise FileError(f"--out: {str(folder)!r} is not empty, and its files are not overwritten; choose a new or an empty folder{hint}")


def _results(folder: Path) -> Iterator[Path]:
    """Yield what a folder has, without what a run leaves that is killed before its first checkpoint."""
    seeds = {path for _, path in seed_folders(folder)}
    for path in folder.iterdir():
        if path.name == CHECKPOINT and path.is_dir() and is_before_first_checkpoint(path):
            continue
        if path in seeds:
            yield from _results(path)
        elif path.name != LOCK_NAME and not is_temporary(path.name):
            yield path


def _is_unfinished(folder: Path) -> bool:
    """Return whether a run in the folder may go on: one of several seeds, or one with a checkpoint."""
    is_whole = (folder / "summary.json").exists() or (folder / "run.json").exists()
    begun = (each / CHECKPOINT for each in (folder, *(path for _, path in seed_folders(folder))))
    return not is_whole and (any(finished_seeds(folder)) or any(path.is_dir() and written_slots(path) for path in begun))


def _has_only_seeds(folder: Path) -> bool:
    return not (folder / "summary.json").exists() and any(finished_seeds(folder))


def write_run(folder: Path, result: Result, command_line: Sequence[str]) -> dict[str, Any]:
    """Write the weights, the log, the cases and ``run.json`` of a run into an existing folder.

    If the results of the cases cannot be computed, because the code of a plugin raises an exception, ``run.json`` has the reason.

    Parameters
    ----------
    folder : Path
    result : Result
    command_line : sequence of str
        Words of the command that made the run.

    Returns
    -------
    dict
        Content of ``run.json``.

    Raises
    ------
    FileError
        If a file cannot be written.
    """
    save_weights(result.network, folder / "weights.npz")
    write_table(result.network, folder / "weights.csv")
    write_text(folder / "log.csv", result.log.to_csv(index=False))
    record = {**_record(result, command_line), "cases": _write_cases(folder, result)}
    return write_record(folder, "run.json", record, NUMBERS)


def _write_cases(folder: Path, result: Result) -> dict[str, Any]:
    """Write ``cases.csv``, and return how many cases it has, or why it is not there."""
    try:
        with exits_as_errors():
            results = CaseResults(result)
    except Exception as error:  # a plugin's code may raise anything, and the other files are written
        return {"failure": describe_fault(error)}
    if results.rows:  # none in a network without output units
        write_rows(folder / "cases.csv", [results.columns, *results.rows])
    return results.counts


def write_summary(folder: Path, summary: Mapping[str, Any], command_line: Sequence[str]) -> dict[str, Any]:
    """Write ``runs.csv`` and ``summary.json`` of runs with several seeds into an existing folder.

    Parameters
    ----------
    folder : Path
    summary : dict
        The distribution over seeds, as `seed_summary.summarize` returns it.
    command_line : sequence of str
        Words of the command that made the runs.

    Returns
    -------
    dict
        Content of ``summary.json``.

    Raises
    ------
    FileError
        If a file cannot be written.
    """
    rows = [_row(report) for report in summary["runs"]]
    without = [name for name in OF_TARGETS if all(report[name] is None for report in summary["runs"])]
    columns = list(dict.fromkeys(key for row in rows for key in row if key not in without))
    write_rows(folder / "runs.csv", [columns, *([row.get(column, "") for column in columns] for row in rows)])
    return write_record(folder, "summary.json", {**provenance(command_line), "summary": summary}, SUMMARY_FILES[:1])


def write_record(folder: Path, name: str, record: Mapping[str, Any], files: Iterable[str]) -> dict[str, Any]:
    """Write ``run.json`` or ``summary.json`` with the manifest of those of the files that are in the folder, and return its content.

    Raises
    ------
    FileError
        If the file cannot be written, or if one of the files cannot be read.
    """
    with write_errors(folder / name):
        described = {**record, manifest.KEY: manifest.describe_files(folder, files)}
        write_text(folder / name, as_json(described) + "\n")
    return described


def _row(report: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: report[key] for key in ("seed", "epochs", *OF_TARGETS, "stopped", "seconds")}
    return plain | {finding["quantity"]: finding["measured"] for finding in report["findings"] if finding["quantity"] not in plain}


def _record(result: Result, command_line: Sequence[str]) -> dict[str, Any]:
    return {
        **provenance(command_line),
        "seed": result.report["seed"],
        "report": result.report,
        "plugins": _origins(result),
    }


def provenance(command_line: Sequence[str]) -> dict[str, Any]:
    """Return the command line, date, platform and versions, for a record of a run."""
    return {
        "format": FORMAT,
        "command_line": list(command_line),
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "versions": {"python": platform.python_version(), **{name: distribution_version(name) for name in DISTRIBUTIONS}},
    }


@cache
def distribution_version(distribution: str) -> str | None:
    """Return the version of an installed distribution; None if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _origins(result: Result) -> dict[str, str | None]:
    used = [("tasks", task_given(result.task).name), ("engines", result.run.engine)]
    used += [("update_rules", phase.rule.name) for phase in result.run.phases]
    others = [phase.procedure.name for phase in result.run.phases if phase.procedure is not None]
    used += [("learning_procedures", name) for name in others]
    return {name: _origin(kind, name) for kind, name in used}


def _origin(kind: str, name: str) -> str | None:
    """Return the origin of a plugin's class; None if no plugin offers it, because the user passed an object."""
    try:
        return registry.get_registry().origin(kind, name).origin
    except UnknownNameError:
        return None
