"""The result of a run of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.experiments.task import Task
from connectionist.learning.run import Run
from connectionist.model.network import Network
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(repr=False, slots=True)
class Result(HtmlRepr, ReadOnlyProperties, KnownAttributes):
    """Result of a run of a task.

    Attributes
    ----------
    task : Task
        The task with its parameters, and the data that it drew for the seed.
    run : Run
        The training.
    report : dict
        The report, as ``connectionist run --json`` prints it. Its keys are "task", "preset", "parameters", "phases", "seed", "engine",
        "epochs", "error" (E summed over the training examples in the last epoch; None without epochs or targets), "correct" and
        "test_correct" (fractions of the training and of the testing cases that are correct after training; None without testing examples
        or targets), "seconds", "stopped", "findings", "failures" (list of text: errors in training or in the measurement of what was
        learned) and, if the task has a `Criterion`, "criterion" (in words).
    """

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "error": "run.error",
        "errors": "run.errors",
        "epochs": "run.epochs",
        "stopped": "run.stopped",
        "seed": "run.seed",
        "recordings": "run.recordings",
        "seconds": "run.seconds",
        "correct": "run.correct",
        "history": "log",
    }

    task: Task
    run: Run
    report: dict[str, Any]

    @property
    def network(self) -> Network:
        """The trained network."""
        return self.run.network

    @property
    def log(self) -> pd.DataFrame:
        """The log, one row per epoch, as ``run.log``.

        It has no "error" and no "correct" if there is nothing to compare outputs with, or if nothing was to be trained.
        """
        log, report = self.run.log, self.report
        is_without_errors = len(log) or not any(phase["epochs"] for phase in report["phases"])
        return log.drop(columns=["error", "correct"]) if report["error"] is None and is_without_errors else log

    @property
    def findings(self) -> pd.DataFrame:
        """Measured and published values: one row per quantity, with the columns "measured", "published", "source" and "note"."""
        import pandas as pd

        columns = ["quantity", "measured", "published", "source", "note"]
        found = self.report["findings"]
        return pd.DataFrame(found, columns=None if found else columns, dtype=object).set_index("quantity")

    def __repr__(self) -> str:
        values = {key: self.report[key] for key in ("task", "preset", "seed", "epochs", "error", "correct", "test_correct")}
        texts = [f"{key} {f'{value:.6g}' if isinstance(value, float) else value}" for key, value in values.items() if value is not None]
        return f"<Result {', '.join(texts)}>"
