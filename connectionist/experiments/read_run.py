"""A run's folder, read again: the task as it was run, its network with the trained weights, the log and the report.

Nothing in the folder is run as code. The task and its functions are those of the plugins now installed; what they no longer have, or have
otherwise, is said and not made up for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError
from connectionist.experiments.remake_task import remake_task
from connectionist.experiments.run_folder import FORMAT
from connectionist.experiments.weights_file import load_weights
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.task import Task
    from connectionist.model.network import Network

FILES = ("run.json", "log.csv", "weights.npz")
MEASURED = ("error", "correct")


@dataclass(repr=False)
class ReopenedRun(HtmlRepr):
    """A run of a task, as its folder has it.

    Attributes
    ----------
    folder : path
    record : dict
        All of ``run.json``: the report, the command line, versions, date.
    task : Task
        As it was run, with this seed's own draws.
    network : Network
        With the trained weights.
    """

    folder: Path
    record: dict[str, Any]
    task: Task
    network: Network

    @property
    def seed(self) -> int:
        """Root of every random number of the run."""
        seed: int = self.record["seed"]
        return seed

    @property
    def report(self) -> dict[str, Any]:
        """What ``connectionist run --json`` printed."""
        report: dict[str, Any] = self.record["report"]
        return report

    @cached_property
    def log(self) -> pd.DataFrame:
        """A row per epoch, to the last digit.

        Raises
        ------
        FileError
            When ``log.csv`` is not such a table.
        """
        return read_log(self.folder)

    def __repr__(self) -> str:
        epochs, preset = self.report.get("epochs"), self.report.get("preset")
        return f"<ReopenedRun {self.task.name}, preset {preset}, seed {self.seed}, {epochs} epochs, from {str(self.folder)!r}>"


def read_log(folder: Path) -> pd.DataFrame:
    """Return the log in a run's folder, a row per epoch.

    Raises
    ------
    FileError
        When ``log.csv`` is not such a table.
    """
    import pandas as pd

    try:
        return pd.read_csv(folder / "log.csv", converters=dict.fromkeys(MEASURED, _exactly))
    except (OSError, ValueError) as error:
        raise FileError(f"run {str(folder)!r}: log.csv cannot be read ({error})") from None


def read_run(folder: str | Path) -> ReopenedRun:
    """Read the folder of a run, as ``connectionist run TASK --out DIR`` wrote it.

    Parameters
    ----------
    folder : str or path
        Of one run; of several seeds' folder one of those in it, ``seed-N``.

    Returns
    -------
    ReopenedRun

    Raises
    ------
    FileError
        When it is no run's folder, or something in it is missing or of another form.
    UnknownNameError
        When no plugin has the task any more.
    ParameterError
        When the task no longer has a parameter of the run's, or refuses its value.
    DataError
        When the weights are not those of the network that the task now makes.

    Warns
    -----
    UserWarning
        When the task has got parameters since; they have their defaults.
    """
    place = Path(folder)
    record = read_record(place)
    task = remake_task(place, record)
    network = task.network(record["seed"])
    load_weights(network, place / "weights.npz")
    return ReopenedRun(place, record, task, network)


def read_record(folder: Path, files: Sequence[str] = FILES) -> dict[str, Any]:
    """Return what ``run.json`` holds, where all of some files are there.

    Raises
    ------
    FileError
        When it is no run's folder, or one of the files is missing or ``run.json`` is of another form.
    """
    for name in files:
        if not (folder / name).is_file():
            raise FileError(f"run {str(folder)!r}: {_what_lacks(folder, name)}")
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"run {str(folder)!r}: run.json cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise FileError(f"run {str(folder)!r}: run.json is not JSON, as 'connectionist run --out' writes it") from None
    _check_other(folder, record)
    known: dict[str, Any] = record
    return known


def _what_lacks(folder: Path, name: str) -> str:
    if not folder.exists():
        return "there is no such folder"
    if not folder.is_dir():
        return "must be a folder, as written by 'connectionist run TASK --out DIR' (got a file)"
    seeds = sorted(path.name for path in folder.glob("seed-*") if path.is_dir())
    if seeds:
        return f"has runs with several seeds; name one of them: {', '.join(str(folder / seed) for seed in seeds[:3])}" + (
            f" and {len(seeds) - 3} more" if len(seeds) > 3 else ""
        )
    return f"has no {name}, so it is no folder that 'connectionist run TASK --out DIR' wrote"


def _check_other(folder: Path, record: Any) -> None:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        given = record.get("format") if isinstance(record, dict) else record
        raise FileError(f"run {str(folder)!r}: run.json must be of format {FORMAT!r} (got {str(given)[:40]!r})")
    report, seed = record.get("report"), record.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise FileError(f"run {str(folder)!r}: the seed in run.json must be a whole number of at least 0 (got {seed!r})")
    if not isinstance(report, dict) or not isinstance(report.get("task"), str) or not isinstance(report.get("parameters"), dict):
        raise FileError(f"run {str(folder)!r}: the report in run.json must have a task and its parameters")


def _exactly(text: str) -> float:
    """Return a number to the last digit, which pandas' own reading does not promise in every version."""
    return float(text or "nan")
