"""The result of a training run: the log, why it stopped, the state of the rule, and what was recorded."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.engines.engine import Memory
from connectionist.engines.phase import Phase
from connectionist.errors import UnknownNameError
from connectionist.model.activation_cost import has_costs
from connectionist.model.network import Network
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.learning.continuation import Continuation
    from connectionist.recording.recording import Recording
    from connectionist.utils.arrays import Array


LOG_COLUMNS = {
    "errors": "E of each epoch, summed over its examples, each measured when it was presented; a list.",
    "corrects": "Fraction of the examples of each epoch that were correct when they were presented, from 0 to 1; a list.",
    "phase_numbers": "Number of the phase of each epoch, from 1; a list.",
}
_reading = RLock()  # held while blocks of a log become lists, since a page or a user may read them in other threads


class LogBlock(NamedTuple):
    """The log of a block of epochs of a phase: E and the fraction of correct examples, arrays [epoch], and the number of the phase.

    `end` is the number of epochs of the run up to the end of the block.
    """

    errors: Array
    corrects: Array
    number: int
    end: int

    def lists(self) -> tuple[list[float], list[float], list[int]]:
        """Return the columns `LOG_COLUMNS`."""
        return self.errors.tolist(), self.corrects.tolist(), [self.number] * len(self.errors)


@dataclass(repr=False, slots=True)
class Run(HtmlRepr, ReadOnlyProperties, KnownAttributes):
    """A training run, in progress or ended.

    Attributes
    ----------
    network : Network
        Network that was trained, with its present weights.
    phases : tuple of Phase
    engine : str
        Name of the engine that was asked for.
    seed : int
        Root seed of the run.
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
    ran_by : list of str
        Names of the engines that trained, in the order of their first use: "local" if the engine "compiled" has no kernels. Empty before
        the first epoch.
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
    # The end of the log, not yet in its lists. It comes before them, since it is read when they are assigned.
    _blocks: list[LogBlock] = field(init=False, default_factory=list, compare=False)
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
    ran_by: list[str] = field(default_factory=list)
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
        last = self._blocks[-1:]
        return last[0].end if last else len(_slots["errors"].__get__(self))

    @property
    def error(self) -> float:
        """E of the last epoch; NaN before the first."""
        last = self._blocks[-1:]
        errors = last[0].errors if last else self.errors
        return float(errors[-1]) if len(errors) else float("nan")

    @property
    def correct(self) -> float:
        """Fraction of the examples of the last epoch that were correct; NaN before the first epoch."""
        last = self._blocks[-1:]
        corrects = last[0].corrects if last else self.corrects
        return float(corrects[-1]) if len(corrects) else float("nan")

    def _add(self, errors: Array, corrects: Array, number: int) -> None:
        """Add a block of epochs to the log, without tests; see `LogBlock`. Only the trainer and `Member.add_log` call this."""
        with _reading:
            if self.test_every:
                self.test_errors += [float("nan")] * len(errors)
                self.test_corrects += [float("nan")] * len(errors)
            self._blocks.append(LogBlock(errors, corrects, number, self.epochs + len(errors)))

    def _log_at(self, numbers: npt.NDArray[np.intp]) -> Array:
        """Return E and the fraction of correct examples of epochs, [epoch, 2], given their ascending numbers from 0.

        Blocks do not become lists, which takes long after a million epochs. Only the inspector calls this.
        """
        with _reading:
            errors, corrects = (_slots[name].__get__(self) for name in ("errors", "corrects"))
            count = int(np.searchsorted(numbers, len(errors)))
            rows = [np.array([(errors[number], corrects[number]) for number in numbers[:count].tolist()], float).reshape(-1, 2)]
            while count < len(numbers):
                block = self._blocks[bisect_right(self._blocks, int(numbers[count]), key=attrgetter("end"))]
                last = int(np.searchsorted(numbers, block.end))
                places = numbers[count:last] - block.end + len(block.errors)
                rows.append(np.stack([block.errors[places], block.corrects[places]], axis=1))
                count = last
        return np.concatenate(rows)

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

        with _reading:
            columns = {"epoch": range(1, self.epochs + 1), "error": self.errors, "correct": self.corrects, "phase": self.phase_numbers}
            tests = {"test_error": self.test_errors, "test_correct": self.test_corrects} if self.test_every else {}
            return pd.DataFrame(columns | tests)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the lists of the log. A copy that shared its blocks would add them to the lists again."""
        with _reading:
            return Run, tuple(getattr(self, field.name) for field in fields(Run) if field.init)

    def __repr__(self) -> str:
        error = f", error {self.error:.6g}" if self.has_errors else ""
        return f"<Run of {self.network.name}: {describe_count(self.epochs, 'epoch')}{error}, {self._status}>"

    @property
    def has_errors(self) -> bool:
        """Whether there may be errors: an epoch was run, and the network has output units or costs."""
        return bool(self.epochs) and (any(group.role == "output" for group in self.network.groups) or has_costs(self.network))

    @property
    def _status(self) -> str:
        return f"stopped by {self.stopped}" if self.stopped else "in progress"


def _column(name: str) -> property:
    """Return a property for a list of the log. When it is read, the blocks at the end of the log are first added to its lists."""

    def read(run: Run) -> list[Any]:
        if run._blocks:
            with _reading:
                while run._blocks:  # training may add to the list meanwhile
                    for each, values in zip(LOG_COLUMNS, run._blocks[0].lists(), strict=True):
                        _slots[each].__get__(run).extend(values)
                    del run._blocks[0]
        found: list[Any] = _slots[name].__get__(run)
        return found

    def assign(run: Run, column: list[Any]) -> None:
        if run._blocks:
            read(run)
        _slots[name].__set__(run, column)

    return property(read, assign, doc=LOG_COLUMNS[name])


_slots = {name: vars(Run)[name] for name in (*LOG_COLUMNS, "_blocks")}
for _name in LOG_COLUMNS:
    setattr(Run, _name, _column(_name))


def _last_number(column: list[float]) -> float:
    return next((value for value in reversed(column) if not math.isnan(value)), float("nan"))


def attach(error: BaseException, name: str, value: object) -> None:
    """Set an attribute of an exception, such as its run, if its class permits that."""
    with suppress(Exception):
        BaseException.__setattr__(error, name, value)
