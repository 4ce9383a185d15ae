"""The acts of a session as lines of Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

WIDEST = 110  # characters of a line before a list in it is broken


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act of a session.

    Attributes
    ----------
    lines : tuple of str
        Lines of Python that do it; of training, those before its line.
    undo : function or None
        Function that takes the act back; None if there is nothing to take back.
    size : int
        Bytes that the undo keeps.
    training : Training or None
    shows : bool
        Whether the act only shows a case, so that the next act of this kind replaces its lines.
    is_entered : bool
        Whether it shows an input that was entered by hand. It is kept, and cannot be taken back.
    saves : tuple of (int, int)
        Moments, as run and epoch, whose weights the lines use.
    begins : tuple of (int, int) or None
        Run that begins with this act, and its first epoch.
    """

    lines: tuple[str, ...] = ()
    undo: Callable[[], None] | None = None
    size: int = 0
    training: Training | None = None
    shows: bool = False
    is_entered: bool = False
    saves: tuple[tuple[int, int], ...] = ()
    begins: tuple[int, int] | None = None


@dataclass(frozen=True)
class Training:
    """Epochs of training with the same settings.

    Attributes
    ----------
    run : int
        Number of the run in the session.
    first : int
        Epoch before the first.
    epochs : int
    settings : dict of str to str
        Arguments of `connectionist.train` beside the rule and the number of epochs, as Python.
    continues : bool
        Whether it goes on with the run before.
    is_scheduled : bool
        Whether parameters of the rule have a schedule, which goes on only if the rule is not given again.
    """

    run: int
    first: int
    epochs: int
    settings: Mapping[str, str] = field(default_factory=dict)
    continues: bool = False
    is_scheduled: bool = False

    @property
    def line(self) -> str:
        """The line of Python."""
        settings = {"continue_from": "run"} if self.continues else {}
        arguments = "".join(f", {name}={value}" for name, value in {**self.settings, **settings}.items())
        goes_on = self.is_scheduled and self.continues and not self.settings
        return f"run = cn.train(net, examples, {'epochs=' if goes_on else 'rule, '}{self.epochs}{arguments})"

    def joined(self, other: Training) -> Training | None:
        """Return both trainings as one, if the other goes on with this one in the same way; else None."""
        is_next = other.continues and other.run == self.run and other.first == self.first + self.epochs
        return replace(self, epochs=self.epochs + other.epochs) if is_next and not other.settings else None

    def split(self, epoch: int) -> tuple[Training, Training]:
        """Return the epochs up to one epoch, and the others."""
        done = epoch - self.first
        return replace(self, epochs=done), Training(self.run, epoch, self.epochs - done, {}, True, self.is_scheduled)


def without_undo(act: Act) -> Act:
    """Return an act that cannot be taken back."""
    return replace(act, undo=None, size=0)


def saved_name(run: int, epoch: int) -> str:
    """Return the name of the variable that has the weights of a moment."""
    return f"weights_{epoch}" if run == 0 else f"weights_{epoch}_of_run_{run}"


def render(acts: Iterable[Act]) -> list[str]:
    """Return the lines of acts. Trainings that follow each other are one line, and so are cases that were only shown."""
    given = list(acts)
    saves = {moment for act in given for moment in act.saves}
    lines: list[str] = _saving([(0, 0)], saves)
    for act in _joined(given):
        lines += act.lines
        lines += _saving([act.begins] if act.begins else [], saves)
        lines += _training_lines(act.training, saves) if act.training else []
    return lines


def _joined(acts: list[Act]) -> Iterator[Act]:
    before: Act | None = None
    for act in acts:
        if before is not None and before.shows and act.shows:
            before = act
            continue
        both = before.training.joined(act.training) if before and before.training and act.training and not act.lines else None
        if before is not None and both is not None:
            before = replace(before, training=both)
            continue
        if before is not None:
            yield before
        before = act
    if before is not None:
        yield before


def _training_lines(training: Training, saves: set[tuple[int, int]]) -> list[str]:
    """Return the lines of a training, which is split where the weights of an epoch are used later."""
    lines = []
    inside = (epoch for run, epoch in saves if run == training.run and training.first < epoch <= training.first + training.epochs)
    for epoch in sorted(inside):
        first, training = training.split(epoch)
        lines += [first.line, *_saving([(training.run, epoch)], saves)]
    return [*lines, training.line] if training.epochs or not lines else lines


def _saving(moments: list[tuple[int, int]], saves: set[tuple[int, int]]) -> list[str]:
    return [f"{saved_name(*moment)} = net.weight_values" for moment in moments if moment in saves]


def literal(value: Any) -> str:
    """Return a number, text, list or dict of these as Python, so that the same value results."""
    if isinstance(value, float) and value != value:  # noqa: PLR0124  (NaN has no literal)
        return 'float("nan")'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) and value.isprintable() and '"' not in value and "\\" not in value else repr(value)
