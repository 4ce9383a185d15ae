"""What a comparison measures of each run. The module imports nothing of the simulator, since its source is part of the key of a study."""

from __future__ import annotations

from typing import Any


def measure_run(result: Any) -> dict[str, int | None]:
    """Return after how many epochs a run had learned: met the criterion, or for the first time had every training case correct."""
    run = result.run
    return {"learned_after": run.epochs if run.stopped == "criterion" else run.first_correct}
