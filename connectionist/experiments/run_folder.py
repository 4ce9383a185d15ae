"""A run on disk: a folder with all that is needed to repeat it and to look at it, readable with nothing installed.

============================  ====================================================================================
run.json                      the report, the command, parameters, rules, versions, date
log.csv                       a row per epoch
weights.npz, weights.csv      every weight by the names of its units; `load_weights` reads the former
learning_curve.png            error over epochs
weights.png                   the weights as a Hinton diagram
report.html                   all of this to look at in a browser, with the task's own figures; it stands alone
============================  ====================================================================================

With several seeds each has such a folder, ``seed-N``, beside ``summary.json`` (the distribution), ``runs.csv`` (a row per run) and a
``report.html`` of all of them.
A folder with anything in it is never written to, be it from an earlier run or not: what was measured is not lost by mistake.
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
DISTRIBUTIONS = ("connectionist", "numpy", "networkx", "numba", "scipy", "scikit-learn", "pandas", "xarray", "matplotlib", "pluggy")


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """Make a folder to write into, and take it away again when an error leaves it empty.

    Parameters
    ----------
    path : str or path
        Must not exist, or be an empty folder. Folders above it are made as needed.

    Raises
    ------
    FileError
        When it cannot be written to, is a file, or has something in it.
    """
    folder = Path(path)
    try:
        made = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
        if is_empty:
            (folder / "run.json").touch()
            (folder / "run.json").unlink()
    except OSError as error:
        raise FileError(f"--out: {str(path)!r} cannot be written to ({error.strerror})") from None
    if not is_empty:
        raise FileError(f"--out: {str(path)!r} has files in it, which are not overwritten; name a folder that is new or empty")
    try:
        yield folder
    except BaseException:
        with suppress(OSError):
            for place in made:
                place.rmdir()
        raise


def write_run(folder: Path, result: Result, command_line: Sequence[str]) -> dict[str, Any]:
    """Write the numbers of one run into an existing folder.

    Returns
    -------
    dict
        The content of ``run.json``.

    Raises
    ------
    FileError
        When something cannot be written.
    """
    with naming(folder):
        save_weights(result.network, folder / "weights.npz")
        write_table(result.network, folder / "weights.csv")
        record = _record(result, command_line)
        (folder / "run.json").write_text(as_json(record) + "\n", encoding="utf-8")
        result.log.to_csv(folder / "log.csv", index=False)
    return record


def write_summary(folder: Path, summary: Mapping[str, Any], command_line: Sequence[str]) -> dict[str, Any]:
    """Write the distribution over seeds into the folder that has a folder for each seed.

    Returns
    -------
    dict
        The content of ``summary.json``.

    Raises
    ------
    FileError
        When something cannot be written.
    """
    with naming(folder):
        record = {**circumstances(command_line), "summary": summary}
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
        **circumstances(command_line),
        "seed": result.report["seed"],
        "report": result.report,
        "plugins": _origins(result),
    }


def circumstances(command_line: Sequence[str]) -> dict[str, Any]:
    """Return when, where, by what command and with which versions something is run."""
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
    wanted = [("tasks", result.task.name), ("engines", result.run.engine)]
    wanted += [("update_rules", phase.rule.name) for phase in result.run.phases]
    return {name: _origin(kind, name) for kind, name in wanted}


def _origin(kind: str, name: str) -> str | None:
    """Return where something comes from; None for what was handed over as an object and is no plugin's."""
    try:
        return registry.loaded().origin(kind, name).origin
    except UnknownNameError:
        return None


@contextmanager
def naming(folder: Path) -> Iterator[None]:
    """Raise FileError, which names the file or the folder, when something in the folder cannot be written."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"--out: {str(error.filename or folder)!r} cannot be written ({error.strerror})") from None
