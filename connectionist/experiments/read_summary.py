"""Reading of ``summary.json``, the record of runs with several seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connectionist.errors import FileError
from connectionist.experiments.manifest import warn_about_files
from connectionist.experiments.run_contents import check_summary
from connectionist.experiments.run_folder import FORMAT, SUMMARY_FILES
from connectionist.utils.untrusted_files import check_link, read_json


def read_summary(folder: Path) -> dict[str, Any]:
    """Return the content of ``summary.json`` in a folder.

    Raises
    ------
    FileError
        If the file cannot be read, or does not have the format of ``connectionist run``.

    Warns
    -----
    UserWarning
        If ``runs.csv`` or ``report.html`` is missing or damaged.
    """
    subject = f"run {str(folder)!r}: summary.json"
    check_link(folder / "summary.json", folder, subject)
    record = read_json(folder / "summary.json", subject)
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise FileError(f"{subject} was not written by 'connectionist run --seeds A-B --out DIR'")
    try:
        check_summary(record)
    except ValueError as error:
        raise FileError(f"run {str(folder)!r}: {error} in summary.json") from None
    warn_about_files(folder, record, SUMMARY_FILES, "summary.json")
    known: dict[str, Any] = record
    return known
