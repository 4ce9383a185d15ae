"""The runs that are compared, read from their folders. No plugin is needed for it: the task may not be installed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, ParameterError
from connectionist.experiments.read_run import ReopenedRun, read_log, read_record
from connectionist.experiments.run_folder import FORMAT, provenance
from connectionist.experiments.run_task import Result
from connectionist.experiments.seed_summary import distribution_or_counts

if TYPE_CHECKING:
    import pandas as pd

Report = dict[str, Any]
OWN = "its own for each seed"
PUBLISHED = "published"  # what the column beside those of the runs is called


@dataclass
class ComparedRun:
    """One of the runs compared.

    Parameters
    ----------
    folder : path or None
        Where it was read from; None for a result that was not.
    record : dict
        What ``run.json`` or ``summary.json`` holds; of a result that was not read from a folder, the present versions.
    reports : list of dict
        One per seed.
    folders : list of path
        Where the log of each seed is.
    results : list of Result
        What was not read from folders.
    name : str
        What it is called in tables and figures.
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
        """Return the value of the one run; of several, their distribution."""
        return values[0] if len(self.reports) == 1 else distribution_or_counts(values)

    def common(self, values: Sequence[Any]) -> Any:
        """Return what all seeds have in common, or that they have nothing."""
        return values[0] if all(value == values[0] for value in values) else OWN


def sides_of(runs: Sequence[Any] | Mapping[str, Any]) -> list[ComparedRun]:
    """Return each of the runs, under the names given or others that differ.

    Raises
    ------
    FileError, ParameterError
        As `compare`.
    """
    if isinstance(runs, (str, Path)) or not hasattr(runs, "__iter__"):
        raise ParameterError(f"compare, runs: must be a list of two or more runs (got {runs!r})")
    given = list(runs.values()) if isinstance(runs, Mapping) else list(runs)
    if len(given) < 2:
        raise ParameterError(f"compare, runs: needs two or more (got {len(given)})")
    sides = [_side(run) for run in given]
    for side, name in zip(sides, _given_names(runs) if isinstance(runs, Mapping) else _names(sides), strict=True):
        side.name = name
    return sides


def _given_names(runs: Mapping[str, Any]) -> list[str]:
    names = [*map(str, runs)]
    for number, name in enumerate(names):
        if name == PUBLISHED or name in names[:number]:
            raise ParameterError(f"compare, runs: names must differ, and none be {PUBLISHED!r}, a column of its own (got {name!r})")
    return names


def _side(run: Any) -> ComparedRun:
    if isinstance(run, Result):
        return _of_results([run])
    if isinstance(run, (list, tuple)) and run and all(isinstance(each, Result) for each in run):
        return _of_results(list(run))
    if isinstance(run, ReopenedRun):
        return ComparedRun(run.folder, run.record, [run.report], [run.folder])
    if not isinstance(run, (str, Path)):
        raise ParameterError(f"compare, runs: must be folders, what cn.run or cn.read_run returned, or lists of results (got {run!r:.80})")
    folder = Path(run)
    if not (folder / "summary.json").is_file():
        record = read_record(folder, ("run.json", "log.csv"))
        return ComparedRun(folder, record, [record["report"]], [folder])
    record = _summary(folder)
    return ComparedRun(folder, record, record["summary"]["runs"], [folder / f"seed-{seed}" for seed in record["summary"]["seeds"]])


def _of_results(results: list[Result]) -> ComparedRun:
    return ComparedRun(None, provenance([]), [result.report for result in results], [], results)


def _summary(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"run {str(folder)!r}: summary.json cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        record = None
    summary = record.get("summary") if isinstance(record, dict) and record.get("format") == FORMAT else None
    if not isinstance(summary, dict) or not summary.get("runs") or not isinstance(summary.get("seeds"), list):
        raise FileError(f"run {str(folder)!r}: summary.json is not as 'connectionist run --seeds A-B --out DIR' writes it")
    known: dict[str, Any] = record
    return known


def _names(sides: Sequence[ComparedRun]) -> list[str]:
    """Return for each folder its name, with as many of those above as tell it from the others; results are numbered where need be."""
    places = [_place(side) for side in sides]
    names: list[str] = []
    for number, place in enumerate(places):
        others = places[:number] + places[number + 1 :]
        if place in others and len(place) > 1:
            raise ParameterError(f"compare, runs: must differ ({str(Path(*place[::-1]))!r} was given twice)")
        lengths = range(1, len(place) + 1)
        length = next((length for length in lengths if all(other[:length] != place[:length] for other in others)), len(place))
        name = "/".join(place[:length][::-1])
        name = f"{name} (run)" if name == PUBLISHED else name
        names.append(f"{name} ({places[: number + 1].count(place)})" if place in others else name)
    return names


def _place(side: ComparedRun) -> tuple[str, ...]:
    """Return the names of the folder and of those above it, or one name for a result that was not read from a folder."""
    if side.folder is not None:
        return side.folder.resolve().parts[::-1]
    report = side.reports[0]
    seeds = f"seed {report['seed']}" if len(side.reports) == 1 else f"{len(side.reports)} seeds"
    return (f"{report['task']}, {report['preset']}, {seeds}",)
