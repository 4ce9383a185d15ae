"""Description of the files that ``connectionist run`` wrote before it was interrupted, or before it could not print the report.

It imports nothing slow, since a signal may come before anything is imported.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from connectionist.experiments.seed_folders import finished_seeds
from connectionist.utils.counts import describe_count
from connectionist.utils.folder_lock import LOCK_NAME
from connectionist.utils.visible_text import visible_line

COUNTED = 10_000  # folders; listing millions would take long


def describe_kept(out: str | None, run: str) -> str:
    """Return a clause on what is in the folder of a run.

    Parameters
    ----------
    out : str or None
        The folder; None if nothing was to be written.
    run : str
        Name of a single run in the clause, such as "the run until then".
    """
    if out is None:
        return "nothing was written, since --out was not given"
    folder = Path(out)
    if (folder / "run.json").is_file():
        return f"{run} is in {out!r}"
    if (folder / "summary.json").is_file():
        return f"the runs that finished are in {out!r}, with a summary"
    if count := sum(1 for _ in islice(finished_seeds(folder), COUNTED)):
        number = describe_count(count, "run") if count < COUNTED else f"at least {COUNTED} runs"
        shown = visible_line(out)
        return f"{out!r} has {number} and no summary; 'connectionist summarize {shown}' makes it, 'connectionist resume {shown}' goes on"
    if folder.is_dir() and any(path.name != LOCK_NAME for path in folder.iterdir()):
        goes_on = f"; 'connectionist resume {visible_line(out)}' goes on" if (folder / "checkpoint").is_dir() else ""
        return f"{out!r} is incomplete{goes_on}"
    return "nothing was written"
