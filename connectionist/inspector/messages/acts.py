"""Acts: messages that change the network or the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from connectionist.inspector.messages.message import Message


@dataclass(frozen=True, kw_only=True)
class TrainAct(Message):
    """Train in the background.

    Attributes
    ----------
    epochs : int or None
        Number of epochs; None until paused.
    error, correct : float or None
        Criterion: train until E of an epoch is at most `error`, or the fraction of correct examples is at least `correct`.
    """

    kind = "train"
    epochs: int | None = None
    error: float | None = None
    correct: float | None = None


@dataclass(frozen=True, kw_only=True)
class PauseAct(Message):
    """End the training after the present block of epochs."""

    kind = "pause"


@dataclass(frozen=True, kw_only=True)
class StepAct(Message):
    """Compute the next part of the case that is shown, or go on to another case or epoch.

    The case is computed forward, compared, and backward. `Frame.stop` says what was computed last. After the end of a case, the next step
    begins it again.

    Attributes
    ----------
    by : str
        "unit", "group" and "tick" compute until the next stop; "case" the rest of this case and then moves to the next case; "change" the
        rest of this case and then changes the weights by the derivatives of this case; "epoch" trains for one epoch.
    back : bool
        Go back to the stop before ("unit", "group", "tick"), or to the case before ("case").
    """

    kind = "step"
    by: Literal["unit", "group", "tick", "case", "change", "epoch"] = "unit"
    back: bool = False


@dataclass(frozen=True, kw_only=True)
class ShowCaseAct(Message):
    """Run a case forward and backward and show it. `case` is the number of the case in the description."""

    kind = "show_case"
    case: int


@dataclass(frozen=True, kw_only=True)
class EnterInputAct(Message):
    """Run an input that was entered by hand.

    Attributes
    ----------
    inputs : dict of group name to list of float, or to list of lists [tick][unit]
        Groups that are left out get zeros.
    targets : dict or None
        Likewise for output groups; None for no targets, and then there is no backward pass. null means "no target" for a unit.
    ticks : int or None
        Ticks for which each group is held that has one value for each unit, in a network in time; None for 1.
    """

    kind = "enter_input"
    inputs: dict[str, Any]
    targets: dict[str, Any] | None = None
    ticks: int | None = None


@dataclass(frozen=True, kw_only=True)
class SetRuleAct(Message):
    """Choose the update rule for the next epochs; parameters that are left out have their defaults."""

    kind = "set_rule"
    rule: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SetScheduleAct(Message):
    """Choose when weights change (null: after the epoch) and the order of the examples for the next epochs."""

    kind = "set_schedule"
    update_after: int | None = None
    order: Literal["fixed", "permuted", "sampled"] = "fixed"


@dataclass(frozen=True, kw_only=True)
class FreezeAct(Message):
    """Freeze weights. `part` is a unit (all incoming weights), a connection, a projection or a group."""

    kind = "freeze"
    part: str


@dataclass(frozen=True, kw_only=True)
class UnfreezeAct(Message):
    """Make weights trainable."""

    kind = "unfreeze"
    part: str


@dataclass(frozen=True, kw_only=True)
class LesionAct(Message):
    """Take a unit, connection, group or projection out of the network."""

    kind = "lesion"
    part: str


@dataclass(frozen=True, kw_only=True)
class RestoreAct(Message):
    """Put back what was lesioned; everything if `part` is empty."""

    kind = "restore"
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class SetWeightAct(Message):
    """Set the weight of a connection."""

    kind = "set_weight"
    connection: str
    value: float


@dataclass(frozen=True, kw_only=True)
class ClampAct(Message):
    """Clamp a hidden or output unit to an activation in all cases that are shown and trained; null ends it."""

    kind = "clamp"
    unit: str
    value: float | None


@dataclass(frozen=True, kw_only=True)
class TieAct(Message):
    """Make connections share the weight of the first."""

    kind = "tie"
    connections: list[str]


@dataclass(frozen=True, kw_only=True)
class RandomizeAct(Message):
    """Draw all trainable weights from ±size, and begin a new run."""

    kind = "randomize"
    size: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class ArrangeAct(Message):
    """Place a group: x and y of its lower left corner in widths of a unit, upward, and the units in one of its rows; null: automatic."""

    kind = "arrange"
    group: str
    x: float | None = None
    y: float | None = None
    columns: int | None = None


@dataclass(frozen=True, kw_only=True)
class GoToEpochAct(Message):
    """Give the network the weights of a kept epoch (`Log.kept`), from which training goes on."""

    kind = "go_to_epoch"
    epoch: int


@dataclass(frozen=True, kw_only=True)
class UndoAct(Message):
    """Undo the last act, as far as `Script.undo` is not empty."""

    kind = "undo"


@dataclass(frozen=True, kw_only=True)
class SaveRecordingAct(Message):
    """Record quantities for all cases with the present weights, into a new folder in the working folder of the server."""

    kind = "save_recording"
    folder: str
    quantities: list[str]
    of: str = "*"


ACTS: tuple[type[Message], ...] = (
    TrainAct,
    PauseAct,
    StepAct,
    ShowCaseAct,
    EnterInputAct,
    SetRuleAct,
    SetScheduleAct,
    FreezeAct,
    UnfreezeAct,
    LesionAct,
    RestoreAct,
    SetWeightAct,
    ClampAct,
    TieAct,
    RandomizeAct,
    ArrangeAct,
    GoToEpochAct,
    UndoAct,
    SaveRecordingAct,
)
