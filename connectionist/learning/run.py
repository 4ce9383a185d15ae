"""What came of a training run: the log, what stopped it, what the rule remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Memory
from connectionist.engines.phase import Phase
from connectionist.errors import UnknownNameError
from connectionist.model.network import Network
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.recording.recording import Recording


@dataclass(repr=False)
class Run(HtmlRepr):
    """A training run, finished or under way.

    Attributes
    ----------
    network : Network
        With the weights as training left them.
    phases : tuple of Phase
    engine : str
    engine_settings : dict of str
        The engine's own parameters that are not at their defaults.
    seed : int
    errors, corrects : list of float
        Per epoch: E summed over the examples, and the fraction of them that were right, as they were presented.
    phase_numbers : list of int
        Per epoch: which phase it belonged to, from 1.
    memory : dict of str to array [weight]
        What the rule remembers, by name, in the order of ``net.weights``; ``train(memory=run.memory)`` goes on from it. Empty
        after training that diverged.
    stopped : {"", "epochs", "criterion", "interrupted", "diverged"}
        Why it ended; "" while it runs.
    seconds : float
        Time spent training.
    recordings : tuple of Recording
        One for each `Recorder` that was given.
    """

    network: Network
    phases: tuple[Phase, ...]
    engine: str
    seed: int
    errors: list[float] = field(default_factory=list)
    corrects: list[float] = field(default_factory=list)
    phase_numbers: list[int] = field(default_factory=list)
    memory: Memory = field(default_factory=dict)
    stopped: str = ""
    seconds: float = 0.0
    engine_settings: dict[str, Any] = field(default_factory=dict)
    recordings: tuple[Recording, ...] = ()

    @property
    def recording(self) -> Recording:
        """What was recorded, when there was one `Recorder`.

        Raises
        ------
        UnknownNameError
            When there was none, or several.
        """
        if len(self.recordings) != 1:
            raise UnknownNameError(f"Run.recording: there are {len(self.recordings)} recordings; see recordings, and record= of train")
        return self.recordings[0]

    @property
    def epochs(self) -> int:
        """How many epochs ran."""
        return len(self.errors)

    @property
    def error(self) -> float:
        """E of the last epoch; NaN before the first."""
        return self.errors[-1] if self.errors else float("nan")

    @property
    def correct(self) -> float:
        """Fraction of the last epoch's examples that were right; NaN before the first."""
        return self.corrects[-1] if self.corrects else float("nan")

    @property
    def first_right(self) -> int | None:
        """The first epoch, from 1, in which every example was right as it was presented; None when there was none."""
        return next((epoch for epoch, correct in enumerate(self.corrects, 1) if correct == 1.0), None)

    @property
    def log(self) -> pd.DataFrame:
        """A row per epoch: "epoch" (from 1), "error", "correct", "phase" (from 1)."""
        import pandas as pd

        return pd.DataFrame(
            {
                "epoch": range(1, self.epochs + 1),
                "error": self.errors,
                "correct": self.corrects,
                "phase": self.phase_numbers,
            }
        )

    def __repr__(self) -> str:
        return f"<Run of {self.network.name}: {self.epochs} epochs, error {self.error:.6g}, stopped by {self.stopped or 'nothing yet'}>"
