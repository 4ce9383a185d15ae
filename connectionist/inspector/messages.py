"""The messages between a page and its session: the protocol of the inspector.

The channel is a web socket at ``/socket``, or the messages of a notebook widget. Both carry the same messages.

**From the page**: JSON objects as text. ``kind`` names one of the classes of `ACTS`, `QUERIES` and `VIEWS`, and the other keys are its
fields. ``id`` is a whole number that the page chooses. A field with a default may be left out. Any other key is an error. ::

    {"kind": "train", "id": 7, "epochs": 100}
    {"kind": "weights", "id": 8, "unit": "hidden:0", "direction": "incoming"}
    {"kind": "watch", "id": 1, "quantity": "net_input"}
    {"kind": "follow", "id": 9, "query": {"kind": "similarity", "group": "hidden"}}

- An *act* changes the network or the session. The reply is `Done` or `Failure`.
- A *query* changes nothing. The reply is `Answer` or `Failure`. Names of units and connections are those of ``net.unit`` and
  ``net.connection``: "hidden:0", "input:0 → hidden:1".
- ``watch`` chooses what the frames of this page show. The reply is a `Frame`.
- ``follow`` asks a query now and after each change of the network, until ``unfollow`` with the same id. Each reply is an `Answer` with
  that id. While the network trains, the replies are at most as frequent as the frames, and less frequent if they take long.

**To the page**: one binary form for all messages. ::

    uint32, little endian      length of the header in bytes, n; 4 + n is a multiple of 4 (spaces fill it up)
    n bytes                    header: a JSON object in UTF-8
    float32, little endian     the arrays, one after another

The header has ``kind``, the fields of the class, and ``arrays``: a list of ``{"name": …, "shape": […]}`` in the order of the arrays.
Infinite numbers and NaN do not occur in a header; there they are ``null``. In arrays NaN means "none".

At the start the page gets a `Description`, the `Script`, the `Log` and a `Frame`. It gets them again when they change: the description
after a change of the groups, the wiring, the arrangement, the rule or the examples, the others after each act and between blocks of
training. A frame that was not sent yet is replaced by the next one. The order of units is that of the description, in all messages. A
*number of a unit* is the position in that order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

import numpy as np

from connectionist.utils.arrays import Array

Quantity = Literal["activation", "net_input", "target", "activation_derivative", "net_derivative", "incoming", "outgoing"]
LinkQuantity = Literal["weight", "derivative", "change"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message from the page.

    Attributes
    ----------
    id : int
        Number that the reply repeats.
    """

    kind: ClassVar[str] = ""
    id: int


# --- Views: what a page sees; they belong to one page ---


@dataclass(frozen=True, kw_only=True)
class Watch(Message):
    """Choose what frames show.

    Attributes
    ----------
    quantity : str
        Quantity of the units. "incoming" and "outgoing" are the weights from each unit to `unit`, and from `unit` to each unit.
    unit : str
        Locked unit, whose lines the frames have; "" for none.
    visible : bool
        Whether the page is visible. A hidden page gets no frames.
    """

    kind = "watch"
    quantity: Quantity = "activation"
    unit: str = ""
    visible: bool = True


@dataclass(frozen=True, kw_only=True)
class Follow(Message):
    """Ask a query again after each change. `query` is the message of the query without an id."""

    kind = "follow"
    query: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Unfollow(Message):
    """End what was followed under this id."""

    kind = "unfollow"


# --- Acts ---


@dataclass(frozen=True, kw_only=True)
class Train(Message):
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
class Pause(Message):
    """End the training after the present block of epochs."""

    kind = "pause"


@dataclass(frozen=True, kw_only=True)
class Step(Message):
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
class ShowCase(Message):
    """Run a case forward and backward and show it. `case` is the number of the case in the description."""

    kind = "show_case"
    case: int


@dataclass(frozen=True, kw_only=True)
class EnterInput(Message):
    """Run an input that was entered by hand.

    Attributes
    ----------
    inputs : dict of group name to list of float, or to list of lists [tick][unit]
        Groups that are left out get zeros.
    targets : dict or None
        Likewise for output groups; None for no targets, and then there is no backward pass. null means "no target" for a unit.
    """

    kind = "enter_input"
    inputs: dict[str, Any]
    targets: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class SetRule(Message):
    """Choose the update rule for the next epochs; parameters that are left out have their defaults."""

    kind = "set_rule"
    rule: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SetSchedule(Message):
    """Choose when weights change (null: after the epoch) and the order of the examples for the next epochs."""

    kind = "set_schedule"
    update_after: int | None = None
    order: Literal["fixed", "permuted", "sampled"] = "fixed"


@dataclass(frozen=True, kw_only=True)
class Freeze(Message):
    """Freeze weights. `part` is a unit (all incoming weights), a connection, a projection or a group."""

    kind = "freeze"
    part: str


@dataclass(frozen=True, kw_only=True)
class Unfreeze(Message):
    """Make weights trainable."""

    kind = "unfreeze"
    part: str


@dataclass(frozen=True, kw_only=True)
class Lesion(Message):
    """Take a unit, connection, group or projection out of the network."""

    kind = "lesion"
    part: str


@dataclass(frozen=True, kw_only=True)
class Restore(Message):
    """Put back what was lesioned; everything if `part` is empty."""

    kind = "restore"
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class SetWeight(Message):
    """Set the weight of a connection."""

    kind = "set_weight"
    connection: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Clamp(Message):
    """Clamp a hidden or output unit to an activation in all cases that are shown and trained; null ends it."""

    kind = "clamp"
    unit: str
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Tie(Message):
    """Make connections share the weight of the first."""

    kind = "tie"
    connections: list[str]


@dataclass(frozen=True, kw_only=True)
class Randomize(Message):
    """Draw all trainable weights from ±size, and begin a new run."""

    kind = "randomize"
    size: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class Arrange(Message):
    """Place a group: x and y of its lower left corner in widths of a unit, upward, and the units in one of its rows; null: automatic."""

    kind = "arrange"
    group: str
    x: float | None = None
    y: float | None = None
    columns: int | None = None


@dataclass(frozen=True, kw_only=True)
class GoToEpoch(Message):
    """Give the network the weights of a kept epoch (`Log.kept`), from which training goes on."""

    kind = "go_to_epoch"
    epoch: int


@dataclass(frozen=True, kw_only=True)
class Undo(Message):
    """Undo the last act, as far as `Script.undo` is not empty."""

    kind = "undo"


@dataclass(frozen=True, kw_only=True)
class SaveRecording(Message):
    """Record quantities for all cases with the present weights, into a new folder in the working folder of the server."""

    kind = "save_recording"
    folder: str
    quantities: list[str]
    of: str = "*"


# --- Queries ---


@dataclass(frozen=True, kw_only=True)
class Explain(Message):
    """The arithmetic of a unit or connection (see `connectionist.explain`) in the case that is shown.

    Answer: ``text``, the lines that Python prints; ``name``; ``notes``; ``parts``, a list in the order of the paper, each a dict:

    - ``{"part": "sum", "name", "terms": [{"name", "value", "factors": [[name, value], …]}], "total", "stored", "agreement"}``
    - ``{"part": "function", "name", "function", "equation", "arguments": [[name, value], …], "value", "stored", "agreement"}``

    Of terms beyond 400 only the largest are sent; ``more`` is the number of the others. ``tick`` 0 means the last.
    """

    kind = "explain"
    unit: str = ""
    connection: str = ""
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class Weights(Message):
    """The weights into or out of a unit, by contribution: the absolute value of weight × activation of the sender.

    Answer: ``connections`` (names), ``units`` (names of the other ends), ``frozen``, ``tied`` (lists of bool); arrays "unit" [connection]
    (number of the other end), "weight", "activation" (of the sender), "product", "derivative", "change" [connection].
    """

    kind = "weights"
    unit: str
    direction: Literal["incoming", "outgoing"] = "incoming"
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class ReceptiveField(Message):
    """Weights from a group to a unit. Answer: ``columns``; array "weight" [unit of the group], NaN without connection."""

    kind = "receptive_field"
    unit: str
    group: str


@dataclass(frozen=True, kw_only=True)
class UnitOver(Message):
    """A quantity of units over ticks, cases or kept epochs; of the case that is shown, except over cases. In time, of one tick.

    Answer: ``x_label``, ``labels`` (of the points; empty for numbers), ``units``; arrays "x" [point], "y" [unit, point].
    """

    kind = "unit_over"
    units: list[str]
    quantity: Literal["activation", "net_input", "target", "activation_derivative", "net_derivative"] = "activation"
    over: Literal["ticks", "cases", "epochs"]
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class WeightOver(Message):
    """Weights of connections over kept epochs. Answer: as `UnitOver`, with ``connections`` in place of ``units``."""

    kind = "weight_over"
    connections: list[str]


@dataclass(frozen=True, kw_only=True)
class Cases(Message):
    """Errors of all cases with the present weights. Answer: arrays "error" [case], "correct" [case] (0 or 1; NaN without target)."""

    kind = "cases"


@dataclass(frozen=True, kw_only=True)
class CaseDetails(Message):
    """Inputs, outputs and targets of a case. Answer: ``name``; arrays "inputs" [tick, unit], "outputs", "targets" [tick, unit].

    The units are those of ``input_units`` and ``output_units`` in the description.
    """

    kind = "case_details"
    case: int


@dataclass(frozen=True, kw_only=True)
class Links(Message):
    """A quantity of the connections between two groups. Answer: array "values" [sender, receiver], NaN without connection."""

    kind = "links"
    sender: str
    receiver: str
    quantity: LinkQuantity = "weight"


@dataclass(frozen=True, kw_only=True)
class Histogram(Message):
    """How many weights have which value. Answer: arrays "edges" [bin + 1], "counts" [bin]. `projection` "" means all."""

    kind = "histogram"
    quantity: LinkQuantity = "weight"
    projection: str = ""
    bins: int = 40


@dataclass(frozen=True, kw_only=True)
class Similarity(Message):
    """Similarity of the cases' activations of a group. Answer: ``cases`` (numbers); array "values" [case, case].

    The first 1,000 training cases. In time, of one tick; 0 is the last tick of each case.
    """

    kind = "similarity"
    group: str
    metric: Literal["correlation", "cosine", "euclidean"] = "correlation"
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class Clusters(Message):
    """Cluster tree of the cases' activations of a group.

    Answer: ``cases`` (numbers), ``order`` (positions in ``cases`` from one end of the tree to the other); array "merges" [merge, 4]: left,
    right, distance, number of leaves. Leaves have the numbers 0 … n − 1, and merge k has the number n + k.
    """

    kind = "clusters"
    group: str
    metric: Literal["euclidean", "correlation", "cosine"] = "euclidean"
    method: Literal["average", "single", "complete", "ward"] = "average"
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class Components(Message):
    """Principal components of the cases' activations of a group.

    Answer: ``cases`` (numbers); arrays "points" [case, component], "shares" [component] of the variance, "directions" [component, unit].
    """

    kind = "components"
    group: str
    count: int = 2
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class Moment(Message):
    """What a frame would show with the weights of a kept epoch, without changing the network: for a film and to compare two moments.

    Answer: ``epoch``; the arrays of a `Frame`.
    """

    kind = "moment"
    epoch: int
    quantity: Quantity = "activation"
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class CompareMoments(Message):
    """Two kept epochs beside each other: weights by projection.

    Answer: ``epochs``, ``projections`` (names); arrays "distance" [projection] (root mean square of the differences of the weights),
    "largest" [projection]; ``connections``, the 20 that differ most, with arrays "first" and "second", their weights.
    """

    kind = "compare_moments"
    first: int
    second: int


@dataclass(frozen=True, kw_only=True)
class Runs(Message):
    """The runs of this session. A run begins after `randomize` and `go_to_epoch`.

    Answer: ``names``; for run k the arrays "epochs k" and "errors k" [epoch], at most 2,000 points each.
    """

    kind = "runs"


@dataclass(frozen=True, kw_only=True)
class ScriptText(Message):
    """The script as text. Answer: ``text``, ``name`` (of the file). A "cell" is for a notebook in which `net` and `examples` exist."""

    kind = "script_text"
    form: Literal["script", "cell"] = "script"


@dataclass(frozen=True, kw_only=True)
class Table(Message):
    """The answer of another query as a CSV file with names. Answer: ``text``, ``name``. `query` is its message without an id."""

    kind = "table"
    query: dict[str, Any]


VIEWS: tuple[type[Message], ...] = (Watch, Follow, Unfollow)
ACTS: tuple[type[Message], ...] = (
    Train, Pause, Step, ShowCase, EnterInput, SetRule, SetSchedule, Freeze, Unfreeze, Lesion, Restore, SetWeight, Clamp, Tie, Randomize,
    Arrange, GoToEpoch, Undo, SaveRecording,
)  # fmt: skip
QUERIES: tuple[type[Message], ...] = (
    Explain, Weights, ReceptiveField, UnitOver, WeightOver, Cases, CaseDetails, Links, Histogram, Similarity, Clusters, Components, Moment,
    CompareMoments, Runs, ScriptText, Table,
)  # fmt: skip


# --- To the page ---


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message to the page. Fields become the header; `arrays` follow it."""

    kind: ClassVar[str] = ""
    arrays: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Description(Reply):
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
        ``columns`` (as `Arrange`; null if not arranged), ``activation``, ``error`` (names of functions, or null).
        The group "bias" has the unit that is always 1, named "bias".
    projections : list of dict
        ``name``, ``sender``, ``receiver`` (names of groups), ``delay``, ``connections`` (count), ``trainable`` (count).
    cases : list of dict
        ``name``, ``set`` ("training" or "testing"), ``ticks`` (1 without time). The number of a case is its position.
    input_units, output_units : list of int
        Numbers of units, in the order of inputs and outputs of a case.
    rule : dict
        ``name``, ``parameters`` (value by name), ``update_after``, ``order``.
    rules : list of dict
        Rules to choose from: ``name``, ``summary``, ``parameters``: list of ``{"name", "default", "type", "summary"}``.
    criterion : dict or None
        ``error`` and ``correct``, each a number or null: when the task's training ends.
    published : list of dict
        Marks for the curve of errors: ``quantity``, ``value``, ``source``; ``epoch`` is a number if the value is a number of epochs.
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


@dataclass(frozen=True, kw_only=True)
class Frame(Reply):
    """One moment.

    Attributes
    ----------
    epoch : int
    training : bool
    case : int
        Number of the case that is shown; −1 for an input that was entered.
    error : float or None
        E of the case that is shown; None without targets.
    epoch_error, epoch_correct : float or None
        E and the fraction of correct examples of the last epoch.
    quantity, unit : str
        As in `Watch`.
    stop : dict or None
        While stepping: ``phase`` ("clamp", "forward", "compare", "backward", "change"), ``text``, ``units`` (numbers), ``tick``, ``first``
        and ``last`` (bool: of this case).
    seconds_per_epoch : float or None
        Of the last block of training.
    arrays
        "values" [tick, unit]: the quantity; one tick without time. "targets" [tick, unit], NaN for none. "flags" [unit], a sum of 1
        (lesioned), 2 (clamped by hand), 4 (all incoming weights frozen), 8 (some frozen). Of the locked unit "incoming" and
        "outgoing" [connection, 3]: number of the other unit, weight, delay; without a locked unit they are empty.
    """

    kind = "frame"
    epoch: int
    training: bool
    case: int
    error: float | None
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
        Number of the run, from 0. With a new run the page begins a new curve.
    first : int
        Epoch of the first row, from 1. Rows that the page has from that epoch on are replaced.
    kept : list of int
        Epochs whose weights are kept, 0 (before training) among them.
    stopped : str
        Why the last training ended: "epochs", "criterion", "paused", "diverged" …; "" while it runs.
    arrays
        "errors", "correct" [epoch].
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


def encode(reply: Reply) -> bytes:
    """Return a message to the page in its binary form."""
    arrays = {name: np.ascontiguousarray(values, dtype="<f4") for name, values in reply.arrays.items()}
    header: dict[str, Any] = {"kind": reply.kind} | {each.name: getattr(reply, each.name) for each in fields(reply) if each.name != "arrays"}
    header["arrays"] = [{"name": name, "shape": list(values.shape)} for name, values in arrays.items()]
    text = json.dumps(_without_nan(header), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *(values.tobytes() for values in arrays.values())])


def _without_nan(value: Any) -> Any:
    """Return a value that JSON has, with None for NaN and infinite numbers."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
