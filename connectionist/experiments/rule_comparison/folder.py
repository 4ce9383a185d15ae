"""The folder of a comparison, which has its studies, tables and figure."""

from __future__ import annotations

from pathlib import Path

from connectionist.errors import FileError
from connectionist.experiments.study.store import DESCRIPTION
from connectionist.utils.files import check_path, write_errors
from connectionist.utils.temporary_files import is_temporary
from connectionist.utils.untrusted_files import is_file
from connectionist.utils.visible_text import shown

RUNS, RUNS_SETTLING = "runs", "runs-settling"  # the studies, without and with `ticks`


def check_folder(given: Path) -> None:
    """Raise FileError if a folder has files that are not of a comparison: its tables would replace those of the same names."""
    folder = check_path(given, "compare_rules:")
    with write_errors(folder, "compare_rules:"):
        if not folder.exists() or any(is_file(folder / study / DESCRIPTION) for study in (RUNS, RUNS_SETTLING)):
            return
        own = [path.name for path in folder.iterdir()]
    others = [name for name in own if name not in (RUNS, RUNS_SETTLING) and not is_temporary(name)]
    if others:
        found = shown(min(others))
        raise FileError(f"compare_rules: {str(folder)!r} has files that are not of a comparison ({found}); choose another folder")
