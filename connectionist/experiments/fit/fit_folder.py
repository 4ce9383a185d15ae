"""The folder of a fit.

==============  ==================================================================================================
fit.json        what determines the fit, the command, versions, date
runs/           the study that has all runs (`experiments.study.store`)
report.json     best parameters, distance, intervals, scores and profiles; written at the end, as the two below
trials.csv      a row per trial
fit.png         the fit and the profiles
run.lock        while a process writes
==============  ==================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectionist.errors import FileError
from connectionist.experiments.run_folder import provenance
from connectionist.experiments.study.run_key import Identity, differences
from connectionist.utils.files import as_path, check_path, write_errors, write_text
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder
from connectionist.utils.folders import make_folder
from connectionist.utils.json_values import as_json
from connectionist.utils.temporary_files import is_temporary, remove_leftovers
from connectionist.utils.untrusted_files import is_file, read_json
from connectionist.utils.visible_text import shown

FORMAT = "connectionist fit 1"
DESCRIPTION, RUNS = "fit.json", "runs"


@contextmanager
def open_fit_folder(given: str | Path | None, identity: Identity) -> Iterator[Path | None]:
    """Make the folder of a fit, or continue one, and lock it during the block. Yield it; None for no folder.

    Raises
    ------
    FileError
        If another process uses the folder, if it has another fit or other files, or if it cannot be written.
    """
    if given is None:
        yield None
        return
    folder = check_path(as_path(given, "fit.folder"), "fit:").absolute()
    with write_errors(folder, "fit:"):
        make_folder(folder)
        with lock_folder(folder, "fit"):
            remove_leftovers(folder)
            if _has_fit(folder):
                if difference := differences(_read_identity(folder), identity):
                    raise FileError(f"fit: {str(folder)!r} has another fit: {difference}; choose another folder")
            else:
                write_text(folder / DESCRIPTION, as_json({**provenance(()), "format": FORMAT, "identity": identity}) + "\n", "fit")
            yield folder


def _has_fit(folder: Path) -> bool:
    if is_file(folder / DESCRIPTION):
        return True
    others = sorted(path.name for path in folder.iterdir() if path.name != LOCK_NAME and not is_temporary(path.name))
    if others:
        raise FileError(f"fit: {str(folder)!r} has files that are not of a fit ({shown(others[0])}); choose another folder")
    return False


def _read_identity(folder: Path) -> Mapping[str, Any]:
    """Return what determines the fit in a folder.

    Raises
    ------
    FileError
        If the file is damaged.
    """
    subject = f"fit file {str(folder / DESCRIPTION)!r}"
    record = read_json(folder / DESCRIPTION, subject)
    if not isinstance(record, dict) or record.get("format") != FORMAT or not isinstance(record.get("identity"), dict):
        raise FileError(f"{subject} is damaged (it must have the format {FORMAT!r} and an identity)")
    identity: Mapping[str, Any] = record["identity"]
    return identity
