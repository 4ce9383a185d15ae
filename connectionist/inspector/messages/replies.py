"""Messages to a page, and their binary form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, ClassVar

import numpy as np

from connectionist.utils.arrays import Array


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message to the page. Fields become the header; `arrays` follow it."""

    kind: ClassVar[str] = ""
    arrays: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SessionDescription(Reply):
    """The network, the examples and what can be chosen.

    Attributes
    ----------
    name, title : str
        Name of the network; the title, such as "family-trees, seed 3".
    in_time : bool
        Whether cases have ticks.
    groups : list of dict
        In the order of units: ``name``, ``role`` ("input", "hidden", "output", "bias"), ``first`` (number of its first unit), ``labels``
        (of its units; unit k is named ``name:label``), ``row`` (0 at the bottom, by the longest path from an input group), ``x``, ``y``,
        ``columns`` (as `ArrangeAct`; null if not arranged), ``activation``, ``error`` (names of functions, or null).
        The group "bias" has the unit that is always 1, named "bias".
    projections : list of dict
        ``name``, ``sender``, ``receiver`` (names of groups), ``delay``, ``connections`` (count), ``trainable`` (count).
    cases : list of dict
        ``name``, ``set`` ("training" or "testing"), ``ticks`` (1 without time), ``has_target``. The number of a case is its position.
    input_units, output_units : list of int
        Numbers of units, in the order of inputs and outputs of a case.
    rule : dict
        ``name``, ``parameters`` (value by name), ``update_after``, ``order``, ``scheduled`` (names of parameters that change in training).
    rules : list of dict
        Rules to choose from: ``name``, ``summary``, ``parameters``: list of ``{"name", "default", "type", "summary"}``.
    criterion : dict or None
        ``error`` and ``correct``, each a number or null: when the task's training ends.
    published : list of dict
        Marks for the curve of errors: ``quantity``, ``value``, ``source``; ``epoch`` is a number if the value is a number of epochs.
    trains : bool
        Whether there is anything to train. If not, acts of training are rejected.
    note : str
        What is not as one may expect: that nothing is trained, or that a case is not shown as the task or the training computes it.
    """

    kind = "description"
    name: str
    title: str
    in_time: bool
    groups: list[dict[str, Any]]
    projections: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    input_units: list[int]
    output_units: list[int]
    rule: dict[str, Any]
    rules: list[dict[str, Any]]
    criterion: dict[str, Any] | None
    published: list[dict[str, Any]]
    trains: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Frame(Reply):
    """One moment.

    Attributes
    ----------
    epoch : int
    training : bool
    case : int
        Number of the case that is shown; −1 for an input that was entered.
    epoch_error, epoch_correct : float or None
        E and the fraction of correct examples of the last epoch. A task that judges cases itself has no fraction, since training uses
        the tolerance.
    quantity, unit : str
        As in `Watch`.
    stop : dict or None
        While stepping: ``phase`` ("clamp", "forward", "compare", "backward", "change"), ``text``, ``units`` (numbers), ``tick``, ``first``
        and ``last`` (bool: of this case).
    seconds_per_epoch : float or None
        Of the last block of training.
    arrays
        "values" [tick, unit]: the quantity; one tick without time. NaN for none and, while stepping, for what was not computed yet.
        "targets" [tick, unit], NaN for none. "flags" [unit], a sum of 1 (lesioned), 2 (clamped by hand), 4 (all incoming weights
        frozen), 8 (some frozen). Of the locked unit "incoming" and "outgoing" [connection, 3]: number of the other unit, weight, delay;
        without a locked unit they are empty.
    """

    kind = "frame"
    epoch: int
    training: bool
    case: int
    epoch_error: float | None
    epoch_correct: float | None
    quantity: str
    unit: str
    stop: dict[str, Any] | None
    seconds_per_epoch: float | None


@dataclass(frozen=True, kw_only=True)
class Log(Reply):
    """The log of training since the last message, and the kept epochs.

    Attributes
    ----------
    run : int
        Number of the run, from 0. A new run goes on from the epoch before `first`; after new random weights that is 0.
    first : int
        Epoch of the first row, from 1. Rows that the page has from that epoch on are replaced.
    kept : list of int
        Epochs whose weights are kept, 0 (before training) among them.
    stopped : str
        Why the last training ended: "epochs", "criterion", "paused", "diverged" …; "" while it runs.
    arrays
        "epochs", "errors", "corrects" [row]: number of the epoch, E, and the fraction of correct examples. Of many new epochs at once only
        some are sent, evenly chosen, the last among them.
    """

    kind = "log"
    run: int
    first: int
    kept: list[int]
    stopped: str


@dataclass(frozen=True, kw_only=True)
class Script(Reply):
    """The acts as lines of Python.

    Attributes
    ----------
    first : int
        Number of the first line in `lines`, from 0. Lines that the page has from that number on are replaced.
    lines : list of str
    undo : str
        Line that the next undo takes back; "" if there is none.
    """

    kind = "script"
    first: int
    lines: list[str]
    undo: str


@dataclass(frozen=True, kw_only=True)
class Done(Reply):
    """An act is done. `line` is its line of Python; "" for an act that changes nothing that a script would repeat."""

    kind = "done"
    id: int
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer(Reply):
    """The answer of a query. `query` is its kind, and `answer` has what the class of the query lists."""

    kind = "answer"
    id: int
    query: str
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failure(Reply):
    """A message could not be read or done. `text` is one sentence. `id` is −1 if the message has none."""

    kind = "failure"
    id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Notice(Reply):
    """A warning that the simulator gave. Nothing has failed."""

    kind = "notice"
    text: str


def encode(reply: Reply) -> bytes:
    """Return a message to the page in its binary form."""
    with np.errstate(over="ignore"):  # beyond float32 is infinite
        arrays = {name: np.ascontiguousarray(values, dtype="<f4") for name, values in reply.arrays.items()}
    header: dict[str, Any] = {"kind": reply.kind} | {
        each.name: getattr(reply, each.name) for each in fields(reply) if each.name != "arrays"
    }
    header["arrays"] = [{"name": name, "shape": list(values.shape)} for name, values in arrays.items()]
    text = _json(header).encode("utf-8", "replace")
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *(values.tobytes() for values in arrays.values())])


def _json(header: dict[str, Any]) -> str:
    dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return dumps(header)
    except ValueError:  # few headers have a NaN, and its removal takes longer than the rest
        return dumps(_without_nan(header))


def _without_nan(value: Any) -> Any:
    """Return a value that JSON has, with None for NaN and infinite numbers."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
