"""The runs of a comparison, read from folders or taken from results. The plugins of a run need not be installed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.experiments.read_run import ReopenedRun, read_log, read_record
from connectionist.experiments.read_summary import read_summary
from connectionist.experiments.result import Result
from connectionist.experiments.run_folder import provenance
from connectionist.experiments.seed_folders import seed_folder
from connectionist.experiments.seed_summary import distribution_or_counts
from connectionist.utils.counts import describe_count
from connectionist.utils.files import as_path, check_path
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

Report = dict[str, Any]
RUN_FILES = ("run.json", "log.csv")
VARIES = "different for each seed"
PUBLISHED = "published"  # name of the column of published values


@dataclass
class ComparedRun:
    """A run of a comparison, with one seed or several.

    Parameters
    ----------
    folder : path or None
        Folder of the run; None for results that were not read from a folder.
    record : dict
        Content of ``run.json`` or ``summary.json``; the present versions for results that were not read from a folder.
    reports : list of dict
        One per seed.
    folders : list of path
        Folder of each seed's log.
    results : list of Result
        Results that were not read from a folder.
    name : str
        Name in tables and figures.
    """

    folder: Path | None
    record: dict[str, Any]
    reports: list[Report]
    folders: list[Path]
    results: list[Result] = field(default_factory=list)
    name: str = ""

    @cached_property
    def logs(self) -> list[pd.DataFrame]:
        """The log of each seed."""
        return [result.log for result in self.results] or [read_log(folder) for folder in self.folders]

    def value(self, values: Sequence[Any]) -> Any:
        """Return the value of the one seed, or the distribution over several seeds."""
        return values[0] if len(self.reports) == 1 else distribution_or_counts(values)

    def common_value(self, values: Sequence[Any]) -> Any:
        """Return the value that all seeds share, or a text that says that they differ."""
        return values[0] if all(value == values[0] for value in values) else VARIES


def read_compared_runs(runs: Sequence[Any] | Mapping[str, Any]) -> list[ComparedRun]:
    """Return the runs with distinct names: those of a mapping, or names made from folders and tasks.

    Raises
    ------
    FileError, ParameterError
        As for `compare`.
    """
    if isinstance(runs, (str, Path)) or not hasattr(runs, "__iter__"):
        raise ParameterError(f"compare.runs: must be a list of two or more runs (got {runs!r})")
    given = list(runs.values()) if isinstance(runs, Mapping) else finite_list(runs, "compare.runs", in_order=True)
    if len(given) < 2:
        raise ParameterError(f"compare.runs: needs two or more (got {len(given)})")
    compared = [_read(run) for run in given]
    names = _check_names(runs) if isinstance(runs, Mapping) else _make_names(compared)
    for run, name in zip(compared, names, strict=True):
        run.name = name
    return compared


def _check_names(runs: Mapping[str, Any]) -> list[str]:
    """Return the names of a mapping.

    Raises
    ------
    ParameterError
        If two names are the same as text, or if one is "published".
    """
    names = [*map(str, runs)]
    for number, name in enumerate(names):
        if name == PUBLISHED or name in names[:number]:
            raise ParameterError(f"compare.runs: names must differ, and none may be {PUBLISHED!r}, which is another column (got {name!r})")
    return names


def _read(run: Any) -> ComparedRun:
    """Return a run from a folder, a result, or a list of results."""
    if isinstance(run, Result):
        return _from_results([run])
    if isinstance(run, (list, tuple)) and run and all(isinstance(each, Result) for each in run):
        return _from_results(list(run))
    if isinstance(run, ReopenedRun):
        return ComparedRun(run.folder, run.record, [run.report], [run.folder])
    if not isinstance(run, (str, Path)):
        raise ParameterError(f"compare.runs: must be folders, results of cn.run or cn.read_run, or lists of results (got {shown(run)})")
    folder = as_path(run, "compare.runs")
    if not os.path.lexists(check_path(folder / "summary.json", "run")):
        record = read_record(folder, RUN_FILES)
        return ComparedRun(folder, record, [record["report"]], [folder])
    record = read_summary(folder)
    folders = [folder / seed_folder(seed) for seed in record["summary"]["seeds"]]
    for of_seed in folders:
        read_record(of_seed, RUN_FILES)
    return ComparedRun(folder, record, record["summary"]["runs"], folders)


def _from_results(results: list[Result]) -> ComparedRun:
    return ComparedRun(None, provenance([]), [result.report for result in results], [], results)


def _make_names(compared: Sequence[ComparedRun]) -> list[str]:
    """Return a distinct name for each run: the last parts of its folder's path that distinguish it, or a description and a number.

    Raises
    ------
    ParameterError
        If a folder was given twice.
    """
    reversed_paths = [_reversed_path(run) for run in compared]
    names: list[str] = []
    for number, path in enumerate(reversed_paths):
        others = reversed_paths[:number] + reversed_paths[number + 1 :]
        if path in others and len(path) > 1:
            raise ParameterError(f"compare.runs: must differ ({str(Path(*path[::-1]))!r} was given twice)")
        lengths = range(1, len(path) + 1)
        length = next((length for length in lengths if all(other[:length] != path[:length] for other in others)), len(path))
        name = "/".join(path[:length][::-1])
        name = f"{name} (run)" if name == PUBLISHED else name
        names.append(f"{name} ({reversed_paths[: number + 1].count(path)})" if path in others else name)
    return names


def _reversed_path(run: ComparedRun) -> tuple[str, ...]:
    """Return the parts of the folder's path from the last to the first, or one description for a result without a folder."""
    if run.folder is not None:
        return run.folder.resolve().parts[::-1]
    report = run.reports[0]
    seeds = f"seed {report['seed']}" if len(run.reports) == 1 else describe_count(len(run.reports), "seed")
    return (f"{report['task']}, {report['preset']}, {seeds}",)
