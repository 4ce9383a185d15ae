"""Figures and ``report.html`` in the folder of a run, or of runs with several seeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.experiments.run_folder import write_errors
from connectionist.reporting.html.run_report import draw_run_figures, run_page
from connectionist.reporting.html.seeds_report import seeds_page

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.run_task import Result

FIGURES = ("learning_curve", "weights")


def write_report(folder: Path, result: Result, record: Mapping[str, Any]) -> None:
    """Write the figures and the report of a run into its folder.

    If a figure raises, the function warns and the report has the error in its place.

    Parameters
    ----------
    folder : path
        Folder that `write_run` has filled.
    result : Result
    record : mapping
        What `write_run` returned.

    Raises
    ------
    FileError
        If a file cannot be written.
    """
    with write_errors(folder):
        drawings = draw_run_figures(result)
        for name in FIGURES:
            if drawings[name].figure is not None:
                (folder / f"{name}.png").write_bytes(drawings[name].png)
        (folder / "report.html").write_text(run_page(result, record, drawings), encoding="utf-8")


def write_seeds_report(folder: Path, summary: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Write the report of runs with several seeds into the folder that has a folder for each seed.

    Parameters
    ----------
    folder : path
        Folder that `write_run` and `write_summary` have filled.
    summary : mapping
        What `experiments.seed_summary.summarize` returned.
    record : mapping
        What `write_summary` returned.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    with write_errors(folder):
        (folder / "report.html").write_text(seeds_page(summary, record, _read_logs(folder, summary)), encoding="utf-8")


def _read_logs(folder: Path, summary: Mapping[str, Any]) -> dict[int, pd.DataFrame]:
    """Return the log of each run by seed, read from its folder."""
    import pandas as pd

    return {seed: pd.read_csv(folder / f"seed-{seed}" / "log.csv") for seed in summary["seeds"]}
