"""A program that makes a study of a function: ``python study_program.py FOLDER WORKERS``. Its processes write their numbers into PIDS."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

SEEDS = range(40)
SECONDS = 0.02  # of each run


def simulate(seed: int, x: float) -> dict[str, float]:
    """Return what a run is to return, after a while."""
    if "PIDS" in os.environ:
        (Path(os.environ["PIDS"]) / str(os.getpid())).touch()
        time.sleep(SECONDS)
    return {"y": (x * seed) ** 0.5, **({"odd": seed / 3} if seed % 2 else {})}


if __name__ == "__main__":
    import study_program as this  # type: ignore[import-not-found]  # so that the function is not one of __main__

    import connectionist as cn
    from connectionist.experiments.study import scheduler, store

    scheduler.SECONDS_OF_CHUNK = store.SECONDS_BETWEEN_PARTS = 0.03
    cn.Study(this.simulate, seeds=SEEDS, vary={"x": [1.0, 2.0]}).run(sys.argv[1], workers=int(sys.argv[2]))
