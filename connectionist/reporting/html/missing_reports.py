"""The figures and reports that runs lack: those with several seeds are written without them, and a user may have deleted some."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Sequence
from pathlib import Path

from connectionist.errors import ConnectionistError, FileError, UnknownNameError
from connectionist.experiments.manifest import KEY
from connectionist.experiments.read_run import read_record
from connectionist.experiments.read_summary import read_summary
from connectionist.experiments.remake_task import kind_of_task
from connectionist.experiments.reopened_result import read_result
from connectionist.experiments.run_folder import FIGURES
from connectionist.experiments.seed_folders import finished_seeds
from connectionist.learning.progress import progress_over
from connectionist.reporting.html.write import has_report, write_report, write_seeds_report
from connectionist.utils.caller_warnings import warn_caller

OF_ONE_FOLDER = (errno.EISDIR, errno.ENOTDIR, errno.ENOENT, errno.EACCES, errno.EPERM)  # not of the disk, such as ENOSPC
NO_REPORT = r".*\(the other files are whole\)"  # end of the warning that a file is missing, such as the report


def runs_without_report(folder: Path) -> list[Path]:
    """Return the folders of the runs in a folder that have no whole ``report.html``, or lack a picture that they had, by seed.

    Parameters
    ----------
    folder : Path
        Folder of one run, or of runs with several seeds.

    Raises
    ------
    FileError
        If the folder has no run.
    """
    runs = [path for _, path in sorted(finished_seeds(folder))] or [folder]
    if runs == [folder]:
        read_record(folder, ("run.json",))
    return [run for run in runs if not has_report(run) or _lacks_picture(run)]


def _lacks_picture(run: Path) -> bool:
    """Return whether a picture is not there that is in the manifest of a run."""
    missing = {name for name in FIGURES if not os.path.lexists(run / name)}
    try:
        listed = read_record(run, ("run.json",)).get(KEY) if missing else None
    except ConnectionistError:  # the run is damaged; writing its report says so
        return True
    return isinstance(listed, dict) and bool(missing & listed.keys())


def write_missing_reports(folder: Path, runs: Sequence[Path]) -> int:
    """Write the figures and the report of some runs, and the report of all runs again, with links to them.

    Parameters
    ----------
    folder : Path
        Folder of one run, or of runs with several seeds.
    runs : sequence of Path
        What `runs_without_report` returned.

    Returns
    -------
    int
        Number of reports that could not be written, or with a figure that could not be drawn.

    Raises
    ------
    FileError
        If a file of the only run or of all runs cannot be written, if the disk is full or fails, or if the only run is damaged.
    UnknownNameError, ParameterError, DataError
        If the installed plugins do not have the task of the runs, or as `read_run` for the only run.

    Warns
    -----
    UserWarning
        If one of several runs cannot be read, or its folder cannot be written. Its report is not written, nor that of all runs if it
        cannot be read.
    """
    _check_task(folder, runs or [path for _, path in sorted(finished_seeds(folder))])
    failed = 0
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", NO_REPORT)
        with progress_over("reports", len(runs), "runs", len(runs) > 1) as step:
            for run in runs:
                failed += _write_one(run, is_only=run == folder)
                step()
        if os.path.lexists(folder / "summary.json"):
            failed += not _write_summary(folder)
    return failed


def _check_task(folder: Path, runs: Sequence[Path]) -> None:
    """Raise UnknownNameError, once for all runs, if the installed plugins have the task of none of them."""
    fault: UnknownNameError | None = None
    for run in runs:
        try:
            kind_of_task(folder, read_record(run, ("run.json",)))
        except UnknownNameError as error:
            fault = fault or error
        except ConnectionistError:  # the run is damaged; writing its report says so
            continue
        else:
            return
    if fault is not None:
        raise fault


def _write_summary(folder: Path) -> bool:
    """Write the report of all runs again. Return whether it is written, which needs the logs of all."""
    try:
        summary = read_summary(folder)
        write_seeds_report(folder, summary["summary"], summary)
    except ConnectionistError as error:
        warn_caller(f"{error}; the report of all runs has no links to the new ones")
        return False
    return True


def _write_one(run: Path, *, is_only: bool) -> bool:
    """Write the report of a run. Return whether it could not be read, or a figure failed."""
    try:
        result, record = read_result(run)
    except ConnectionistError as error:
        if is_only:
            raise
        warn_caller(f"{error}; no report is written for it")
        return True
    try:
        return write_report(run, result, record)
    except FileError as error:
        if is_only or error.errno not in OF_ONE_FOLDER:
            raise
        warn_caller(f"{error}; no report is written for {run.name}")
        return True
