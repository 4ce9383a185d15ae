"""Description of the files that an interrupted ``connectionist run`` wrote.

It imports nothing slow, since a signal may come before anything is imported.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from connectionist.experiments.seed_folders import finished_seeds

COUNTED = 10_000  # folders; listing millions would take long


def describe_kept(out: str | None) -> str:
    """Return a clause on what is in the folder of an interrupted run.

    Parameters
    ----------
    out : str or None
        The folder; None if nothing was to be written.
    """
    if out is None:
        return "nothing was written, since --out was not given"
    folder = Path(out)
    if (folder / "run.json").is_file():
        return f"the run until then is in {out!r}"
    if (folder / "summary.json").is_file():
        return f"the runs that finished are in {out!r}, with a summary"
    if count := sum(1 for _ in islice(finished_seeds(folder), COUNTED)):
        number = f"{count} runs" if count < COUNTED else f"at least {COUNTED} runs"
        return f"{out!r} has {number} and no summary; 'connectionist summarize {out}' makes it"
    if folder.is_dir() and any(folder.iterdir()):
        return f"{out!r} is incomplete"
    return "nothing was written"
