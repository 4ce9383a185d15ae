"""The result of a training run: the log, why it stopped, the state of the rule, and what was recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.engines.engine import Memory
from connectionist.engines.phase import Phase
from connectionist.errors import UnknownNameError
from connectionist.model.network import Network
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.learning.continuation import Continuation
    from connectionist.recording.recording import Recording


@dataclass(repr=False, slots=True)
class Run(HtmlRepr, ReadOnlyProperties, KnownAttributes):
    """A training run, in progress or ended.

    Attributes
    ----------
    network : Network
        Network that was trained, with its present weights.
    phases : tuple of Phase
    engine : str
        Name of the engine.
    seed : int
        Root seed of the run.
    errors : list of float
        E of each epoch, summed over its examples, each measured when it was presented.
    corrects : list of float
        Fraction of the examples of each epoch that were correct when they were presented, from 0 to 1.
    phase_numbers : list of int
        Number of the phase of each epoch, from 1.
    test_every : int
        Number of epochs between two tests; 0 without a test.
    test_errors : list of float
        For each epoch, E of the examples of ``test``, summed over them, after the weight changes of the epoch; NaN if there was no
        test after the epoch. Empty without a test.
    test_corrects : list of float
        Likewise, the fraction of the examples of ``test`` that were correct, from 0 to 1.
    memory : dict of str to array [weight]
        State of the rule by name, in the order of ``net.weights``. ``train(memory=run.memory)`` continues from it. Empty after training
        diverged.
    stopped : str
        Why training stopped: "epochs", "criterion", "interrupted", "diverged", "error" if a function or plugin raised an exception,
        "until" if the function of ``until`` returned true, or the word that it returned; "" while training is in progress.
    seconds : float
        Duration of training, in seconds.
    engine_settings : dict of str
        Parameters of the engine that differ from their defaults.
    recordings : tuple of Recording
        One for each `Recorder` that was given.
    """

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "loss": "errors",
        "losses": "errors",
        "history": "log",
        "accuracy": "corrects",
        "weights": "network.weight_values",
        "report": "connectionist.run, which returns a Result",
        "plot": "connectionist.plots.learning_curve(run)",
    }

    network: Network
    phases: tuple[Phase, ...]
    engine: str
    seed: int
    errors: list[float] = field(default_factory=list)
    corrects: list[float] = field(default_factory=list)
    phase_numbers: list[int] = field(default_factory=list)
    test_every: int = 0
    test_errors: list[float] = field(default_factory=list)
    test_corrects: list[float] = field(default_factory=list)
    memory: Memory = field(default_factory=dict)
    stopped: str = ""
    seconds: float = 0.0
    engine_settings: dict[str, Any] = field(default_factory=dict)
    recordings: tuple[Recording, ...] = ()
    _continuation: Continuation | None = field(default=None, compare=False)  # `train` and checkpoints go on from it

    @property
    def recording(self) -> Recording:
        """The recording of a run with exactly one `Recorder`.

        Raises
        ------
        UnknownNameError
            If the run has no recording or several.
        """
        if len(self.recordings) != 1:
            raise UnknownNameError(
                f"Run.recording: this run has {len(self.recordings)} recordings, not one; use Run.recordings, and train(record=…) to record"
            )
        return self.recordings[0]

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        return len(self.errors)

    @property
    def error(self) -> float:
        """E of the last epoch; NaN before the first."""
        return self.errors[-1] if self.errors else float("nan")

    @property
    def correct(self) -> float:
        """Fraction of the examples of the last epoch that were correct; NaN before the first epoch."""
        return self.corrects[-1] if self.corrects else float("nan")

    @property
    def test_error(self) -> float:
        """E of the last test; NaN before the first."""
        return _last_number(self.test_errors)

    @property
    def test_correct(self) -> float:
        """Fraction of the examples that were correct in the last test; NaN before the first test."""
        return _last_number(self.test_corrects)

    @property
    def first_correct(self) -> int | None:
        """First epoch, from 1, in which every example was correct when it was presented; None if there was none."""
        return next((epoch for epoch, correct in enumerate(self.corrects, 1) if correct == 1.0), None)

    @property
    def log(self) -> pd.DataFrame:
        """DataFrame with one row per epoch: "epoch" (from 1), "error", "correct" and "phase" (from 1).

        With ``train(test=…)`` also "test_error" and "test_correct", which are NaN in epochs without a test. ``run.log.dropna()`` has the
        other rows.
        """
        import pandas as pd

        columns = {"epoch": range(1, self.epochs + 1), "error": self.errors, "correct": self.corrects, "phase": self.phase_numbers}
        tests = {"test_error": self.test_errors, "test_correct": self.test_corrects} if self.test_every else {}
        return pd.DataFrame(columns | tests)

    def __repr__(self) -> str:
        return f"<Run of {self.network.name}: {describe_count(self.epochs, 'epoch')}, error {self.error:.6g}, {self._status}>"

    @property
    def _status(self) -> str:
        return f"stopped by {self.stopped}" if self.stopped else "in progress"


def _last_number(column: list[float]) -> float:
    return next((value for value in reversed(column) if not math.isnan(value)), float("nan"))


def attach(error: BaseException, name: str, value: object) -> None:
    """Set an attribute of an exception, such as its run, if its class permits that."""
    with suppress(Exception):
        BaseException.__setattr__(error, name, value)
