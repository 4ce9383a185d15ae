"""Folders of runs: everything needed to repeat a run and to inspect it, in formats that need no special software.

============================  ====================================================================================
run.json                      the report, the command, parameters, rules, versions, date
log.csv                       one row per epoch
weights.npz, weights.csv      every weight by the names of its units; `load_weights` reads ``weights.npz``
learning_curve.png            error over epochs
weights.png                   the weights as a Hinton diagram
report.html                   all of this for a browser, with the figures of the task; it needs no other file
============================  ====================================================================================

With several seeds, each seed has such a folder, ``seed-N``, beside ``summary.json`` (the distribution), ``runs.csv`` (one row per run) and
a ``report.html`` of all runs. A folder that is not empty is never written to, so that no measurement is lost by mistake.
"""

from __future__ import annotations

import csv
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, UnknownNameError
from connectionist.experiments.weights_file import save_weights, write_table
from connectionist.plugins import registry
from connectionist.utils.json_values import as_json

if TYPE_CHECKING:
    from connectionist.experiments.run_task import Result

FORMAT = "connectionist run 1"
DISTRIBUTIONS = (
    "connectionist-simulator",
    "numpy",
    "networkx",
    "numba",
    "scipy",
    "scikit-learn",
    "pandas",
    "xarray",
    "matplotlib",
    "pluggy",
)


@contextmanager
def create_folder(path: str | Path) -> Iterator[Path]:
    """Create a folder, and remove it again if an exception leaves it empty.

    Parameters
    ----------
    path : str or path
        A path that does not exist, or an empty folder. Missing parent folders are created.

    Yields
    ------
    Path

    Raises
    ------
    FileError
        If the folder cannot be written to, is a file, or is not empty.
    """
    folder = Path(path)
    try:
        created = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
        if is_empty:
            (folder / "run.json").touch()
            (folder / "run.json").unlink()
    except OSError as error:
        raise FileError(f"--out: {str(path)!r} cannot be written to ({error.strerror})") from None
    if not is_empty:
        raise FileError(f"--out: {str(path)!r} is not empty, and its files are not overwritten; choose a new or an empty folder")
    try:
        yield folder
    except BaseException:
        with suppress(OSError):
            for created_path in created:
                created_path.rmdir()
        raise


def write_run(folder: Path, result: Result, command_line: Sequence[str]) -> dict[str, Any]:
    """Write ``run.json``, the log and the weights of a run into an existing folder.

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
    with write_errors(folder):
        save_weights(result.network, folder / "weights.npz")
        write_table(result.network, folder / "weights.csv")
        record = _record(result, command_line)
        (folder / "run.json").write_text(as_json(record) + "\n", encoding="utf-8")
        result.log.to_csv(folder / "log.csv", index=False)
    return record


def write_summary(folder: Path, summary: Mapping[str, Any], command_line: Sequence[str]) -> dict[str, Any]:
    """Write ``summary.json`` and ``runs.csv`` of runs with several seeds into an existing folder.

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
    with write_errors(folder):
        record = {**provenance(command_line), "summary": summary}
        (folder / "summary.json").write_text(as_json(record) + "\n", encoding="utf-8")
        rows = [_row(report) for report in summary["runs"]]
        with (folder / "runs.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    return record


def _row(report: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: report[key] for key in ("seed", "epochs", "error", "correct", "test_correct", "stopped", "seconds")}
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
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in DISTRIBUTIONS}},
    }


@cache
def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _origins(result: Result) -> dict[str, str | None]:
    used = [("tasks", result.task.name), ("engines", result.run.engine)]
    used += [("update_rules", phase.rule.name) for phase in result.run.phases]
    return {name: _origin(kind, name) for kind, name in used}


def _origin(kind: str, name: str) -> str | None:
    """Return the origin of a plugin's class; None if no plugin offers it, because the user passed an object."""
    try:
        return registry.get_registry().origin(kind, name).origin
    except UnknownNameError:
        return None


@contextmanager
def write_errors(folder: Path) -> Iterator[None]:
    """Convert an OSError while writing into a FileError that names the file or the folder."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"--out: {str(error.filename or folder)!r} cannot be written ({error.strerror})") from None
