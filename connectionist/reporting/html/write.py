"""Figures and ``report.html`` in the folder of a run, or of runs with several seeds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.experiments.read_run import read_log
from connectionist.experiments.run_folder import FIGURES, NUMBERS, SUMMARY_FILES, write_record
from connectionist.experiments.seed_folders import seed_folder
from connectionist.reporting.html.figures import rendered
from connectionist.reporting.html.run_report import draw_run_figures, run_page
from connectionist.reporting.html.seeds_report import seeds_page
from connectionist.utils.files import write_bytes, write_text
from connectionist.utils.untrusted_files import is_file, open_file

if TYPE_CHECKING:
    from connectionist.experiments.result import Result

PICTURES = ("learning_curve", "weights")
END = b"</html>"


def has_report(folder: Path) -> bool:
    """Return whether a folder has a ``report.html`` that is whole to its end, whatever else a user changed in it."""
    path = folder / "report.html"
    if not is_file(path):
        return False
    with open_file(path, f"report {str(path)!r}") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 100))
        return file.read().rstrip().endswith(END)


def write_report(folder: Path, result: Result, record: Mapping[str, Any]) -> bool:
    """Write the figures and the report of a run into its folder, and then ``run.json`` again, with these files in its manifest.

    If a figure raises, the function warns and the report has the error in its place. The function returns whether a figure raised.

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
    drawings = {name: rendered(drawing) for name, drawing in draw_run_figures(result).items()}
    for name in PICTURES:
        if name in drawings and drawings[name].figure is not None:
            write_bytes(folder / f"{name}.png", drawings[name].png)
    write_text(folder / "report.html", run_page(result, record, drawings))
    write_record(folder, "run.json", record, (*NUMBERS, *FIGURES))
    return any(drawing.has_failed for drawing in drawings.values())


def write_seeds_report(folder: Path, summary: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Write the report of runs with several seeds into the folder that has a folder for each seed, and ``summary.json`` again.

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
        If a file cannot be written, or if the log of a run is damaged.
    """
    logs = {seed: read_log(folder / seed_folder(seed)) for seed in summary["seeds"]}
    drawn = {seed for seed in logs if has_report(folder / seed_folder(seed))}
    write_text(folder / "report.html", seeds_page(summary, record, logs, drawn))
    write_record(folder, "summary.json", record, SUMMARY_FILES)
