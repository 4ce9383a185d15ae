"""A program that makes a fit of a function: ``python fit_program.py FOLDER WORKERS``. Each run writes a file into RUNS."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

DATA = {"easy": 0.9, "hard": 0.6}
SECONDS = 0.02  # of each run
ARGUMENTS: dict[str, Any] = {"free": {"slope": (0.0, 2.0), "size": (1, 4)}, "seeds": range(4), "trials": 24}


def answers(seed: int, slope: float, size: int) -> dict[str, float]:
    """Return scores, after a while."""
    if "RUNS" in os.environ:
        (Path(os.environ["RUNS"]) / f"{seed} {slope!r} {size} {time.monotonic_ns()}").touch()
        time.sleep(SECONDS)
    return {"easy": 1 - 0.1 * slope + 0.01 * seed**0.5, "hard": 1 - 0.2 * slope * size - seed / 300}


if __name__ == "__main__":
    import fit_program as this  # type: ignore[import-not-found]  # so that the function is not one of __main__

    import connectionist as cn

    cn.fit(this.answers, DATA, **ARGUMENTS, folder=sys.argv[1], workers=int(sys.argv[2]))
