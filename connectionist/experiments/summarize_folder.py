"""The summary of runs with several seeds whose process ended before it wrote one."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from connectionist.errors import FileError
from connectionist.experiments.read_run import read_record
from connectionist.experiments.remake_task import remake_task
from connectionist.experiments.seed_folders import seed_folders
from connectionist.experiments.seed_summary import missing_ranges, summarize
from connectionist.experiments.task_members import has_criterion
from connectionist.utils.caller_warnings import warn_caller

SEEDS = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")


def summarize_folder(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the summary of the finished runs in a folder, and the command line that made them.

    Parameters
    ----------
    folder : Path
        Folder that ``connectionist run TASK --seeds A-B --out DIR`` wrote, perhaps not to its end.

    Raises
    ------
    FileError
        If the folder has no finished run, or runs of different tasks.
    UnknownNameError, ParameterError
        If the installed plugins do not have the task with its parameters.

    Warns
    -----
    UserWarning
        If a run is damaged. It is not used.
    """
    records = _finished_records(folder)
    if not records:
        raise FileError(
            f"run {str(folder)!r}: has no finished seed; must be a folder written by 'connectionist run TASK --seeds A-B --out DIR'"
        )
    reports = [record["report"] for record in records]
    tasks = sorted({report["task"] for report in reports})
    if len(tasks) > 1:
        raise FileError(f"run {str(folder)!r}: must have seeds of one task (got {', '.join(tasks)})")
    command_line = records[0].get("command_line") or []
    can_be_met = has_criterion(remake_task(folder, records[0]))
    seeds = [report["seed"] for report in reports]
    first, last = _seeds_of(command_line) or (seeds[0], seeds[-1])
    return summarize(reports, can_be_met, missing_ranges(first, last, seeds)), command_line


def _finished_records(folder: Path) -> list[dict[str, Any]]:
    """Return the content of ``run.json`` of each run that is neither interrupted nor damaged, by seed."""
    records = []
    for seed, path in sorted(seed_folders(folder)):
        if os.path.lexists(path / "run.json"):
            try:
                record = read_record(path)
            except FileError as error:
                warn_caller(f"{error}; this seed is not used")
            else:
                if record["seed"] == seed and record["report"].get("stopped") != "interrupted":
                    records.append(record)
    return records


def _seeds_of(command_line: Sequence[str]) -> tuple[int, int] | None:
    """Return the first and the last seed of a command line; None if it has none."""
    for option, value in pairwise(command_line):
        text = value if option == "--seeds" else value.removeprefix("--seeds=")
        if found := SEEDS.fullmatch(text):
            return int(found[1]), int(found[2])
    return None
