"""The acts of `messages`, done on a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.engines.phase import Criterion
from connectionist.errors import FileError, ParameterError, check_number
from connectionist.inspector import editing, messages, showing, stepping
from connectionist.inspector.script import Act, literal
from connectionist.recording.in_testing import record

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession

MOST_EPOCHS = 1_000_000_000
FOLDER = re.compile(r"\w[\w .+-]{0,99}")  # name of a new folder, without a path


def do(session: InspectorSession, message: messages.Message) -> str:
    """Do an act on a session. Return its line of Python; "" if a script would not repeat it.

    Raises
    ------
    ConnectionistError
        If it cannot be done. The session is then as before.
    """
    if isinstance(message, messages.UndoAct):
        session.undo()
        return ""
    if not session.origin.trains and (isinstance(message, _OF_TRAINING) or getattr(message, "by", None) in ("change", "epoch")):
        raise ParameterError(f"{message.kind}: {session.origin.title or session.network.name} trains nothing, as its weights are given")
    count = len(session.acts)
    _ACTS[type(message)](session, message)
    return session.line_of(session.acts[-1]) if len(session.acts) > count else ""


def _train(session: InspectorSession, message: Any) -> None:
    if message.epochs is not None:
        check_number("train", "epochs", message.epochs, at_least=1, at_most=MOST_EPOCHS, whole=True)
    given = {"error": message.error, "correct": message.correct}
    criterion = None if given == {"error": None, "correct": None} else Criterion(**given)
    session.walk = None
    session.training.start(message.epochs, criterion)
    session.changed(is_rewired=False)


def _pause(session: InspectorSession, _: Any) -> None:
    session.training.pause()
    session.changed(is_rewired=False)


def _step(session: InspectorSession, message: Any) -> None:
    session.training.pause()
    if message.by in ("unit", "group", "tick"):
        stepping.step_within(session, message.by, back=message.back)
    elif message.by == "case":
        first, count = (-1 if message.back else 1) + max(session.case, 0), session.case_count
        showing.show_case(session, first % count)
    elif message.back:
        raise ParameterError(f"step.back: must be false for {message.by!r}; undo takes it back")
    elif message.by == "change":
        stepping.change_weights(session)
    else:
        session.walk = None
        session.training.start(1, None)


def _save_recording(session: InspectorSession, message: Any) -> None:
    folder = message.folder
    if not FOLDER.fullmatch(folder):
        raise FileError(f"save_recording.folder: must be the name of a new folder, without a path (got {folder!r})")
    if Path(folder).exists():
        raise FileError(f"save_recording.folder: {folder!r} exists already; choose another name")
    arguments = f"net, examples, {literal(message.quantities)}, of={literal(message.of)}"
    recorded = record(session.network, session.examples, message.quantities, message.of, engine=session.states.engine)
    recorded.save(folder)
    session.acts.append(Act(lines=(f"cn.record({arguments}).save({literal(folder)})",), is_entered=True))
    session.changed(is_rewired=False)


_OF_TRAINING = (messages.TrainAct, messages.SetRuleAct, messages.SetScheduleAct)
_ACTS: dict[type[messages.Message], Callable[[Any, Any], None]] = {
    messages.TrainAct: _train,
    messages.PauseAct: _pause,
    messages.StepAct: _step,
    messages.ShowCaseAct: lambda session, m: showing.show_case(session, m.case),
    messages.EnterInputAct: lambda session, m: showing.enter_input(session, m.inputs, m.targets, m.ticks),
    messages.SetRuleAct: lambda session, m: editing.set_rule(session, m.rule, m.parameters),
    messages.SetScheduleAct: lambda session, m: editing.set_schedule(session, m.update_after, m.order),
    messages.FreezeAct: lambda session, m: editing.set_trainable(session, m.part, trainable=False),
    messages.UnfreezeAct: lambda session, m: editing.set_trainable(session, m.part, trainable=True),
    messages.LesionAct: lambda session, m: editing.lesion(session, m.part),
    messages.RestoreAct: lambda session, m: editing.restore(session, m.part),
    messages.SetWeightAct: lambda session, m: editing.set_weight(session, m.connection, m.value),
    messages.ClampAct: lambda session, m: editing.clamp(session, m.unit, m.value),
    messages.TieAct: lambda session, m: editing.tie(session, m.connections),
    messages.RandomizeAct: lambda session, m: editing.randomize(session, m.size, m.seed),
    messages.ArrangeAct: lambda session, m: editing.arrange(session, m.group, (m.x, m.y), m.columns),
    messages.GoToEpochAct: lambda session, m: editing.go_to_epoch(session, m.epoch),
    messages.SaveRecordingAct: _save_recording,
}
