"""Queries: messages that change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from connectionist.inspector.messages.message import LinkQuantity, Message, Quantity


@dataclass(frozen=True, kw_only=True)
class ExplainQuery(Message):
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
class WeightsQuery(Message):
    """The weights into or out of a unit, by contribution: the absolute value of weight × activation of the sender.

    Answer: ``connections`` (names), ``units`` (names of the other ends), ``frozen``, ``tied`` (lists of bool); arrays "unit" [connection]
    (number of the other end), "weight", "activation" (of the sender), "product", "derivative", "change" [connection].
    """

    kind = "weights"
    unit: str
    direction: Literal["incoming", "outgoing"] = "incoming"
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class ReceptiveFieldQuery(Message):
    """Weights from a group to a unit. Answer: ``columns``; array "weight" [unit of the group], NaN without connection."""

    kind = "receptive_field"
    unit: str
    group: str


@dataclass(frozen=True, kw_only=True)
class UnitOverQuery(Message):
    """A quantity of units over ticks, cases or kept epochs; of the case that is shown, except over cases. In time, of one tick.

    Answer: ``x_label``, ``labels`` (of the points; empty for numbers), ``units``; arrays "x" [point], "y" [unit, point].
    """

    kind = "unit_over"
    units: list[str]
    quantity: Literal["activation", "net_input", "target", "activation_derivative", "net_derivative"] = "activation"
    over: Literal["ticks", "cases", "epochs"]
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class WeightOverQuery(Message):
    """Weights of connections over kept epochs. Answer: as `UnitOverQuery`, with ``connections`` in place of ``units``."""

    kind = "weight_over"
    connections: list[str]


@dataclass(frozen=True, kw_only=True)
class CasesQuery(Message):
    """Errors of all cases with the present weights. Answer: arrays "error" [case], "correct" [case] (0 or 1; NaN without target)."""

    kind = "cases"


@dataclass(frozen=True, kw_only=True)
class CaseDetailsQuery(Message):
    """Inputs, outputs and targets of a case.

    Answer: ``name``, ``last_inputs`` (list of the exact inputs at the last tick); arrays "inputs", "outputs", "targets" [tick, unit].
    The units are those of ``input_units`` and ``output_units`` in the description.
    """

    kind = "case_details"
    case: int


@dataclass(frozen=True, kw_only=True)
class LinksQuery(Message):
    """A quantity of the connections between two groups. Answer: array "values" [sender, receiver], NaN without connection."""

    kind = "links"
    sender: str
    receiver: str
    quantity: LinkQuantity = "weight"


@dataclass(frozen=True, kw_only=True)
class StrongestQuery(Message):
    """The connections with the greatest absolute weights, those from the bias left out, greatest first.

    Answer: array "connections" [connection, 3]: numbers of sender and receiver, weight.
    """

    kind = "strongest"
    count: int = 60


@dataclass(frozen=True, kw_only=True)
class HistogramQuery(Message):
    """How many weights have which value. Answer: arrays "edges" [bin + 1], "counts" [bin]. `projection` "" means all."""

    kind = "histogram"
    quantity: LinkQuantity = "weight"
    projection: str = ""
    bins: int = 40


@dataclass(frozen=True, kw_only=True)
class SimilarityQuery(Message):
    """Similarity of the cases' activations of a group. Answer: ``cases`` (numbers); array "values" [case, case].

    The first 1,000 training cases. In time, of one tick; 0 is the last tick of each case.
    """

    kind = "similarity"
    group: str
    metric: Literal["correlation", "cosine", "euclidean"] = "correlation"
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class ClustersQuery(Message):
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
class ComponentsQuery(Message):
    """Principal components of the cases' activations of a group.

    Answer: ``cases`` (numbers); arrays "points" [case, component], "shares" [component] of the variance, "directions" [component, unit].
    """

    kind = "components"
    group: str
    count: int = 2
    tick: int = 0


@dataclass(frozen=True, kw_only=True)
class MomentQuery(Message):
    """What a frame would show with the weights of a kept epoch, without changing the network: for a film and to compare two moments.

    Answer: ``epoch``; the arrays of a `Frame`.
    """

    kind = "moment"
    epoch: int
    quantity: Quantity = "activation"
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class CompareMomentsQuery(Message):
    """Two kept epochs beside each other: weights by projection.

    Answer: ``epochs``, ``projections`` (names); arrays "distance" [projection] (root mean square of the differences of the weights),
    "largest" [projection]; ``connections``, the 20 that differ most, with arrays "first" and "second", their weights.
    """

    kind = "compare_moments"
    first: int
    second: int


@dataclass(frozen=True, kw_only=True)
class RunsQuery(Message):
    """The runs of this session. A run begins after `randomize` and `go_to_epoch`.

    Answer: ``names``; for run k the arrays "epochs k" and "errors k" [epoch], at most 2,000 points each.
    """

    kind = "runs"


@dataclass(frozen=True, kw_only=True)
class ScriptTextQuery(Message):
    """The script as text. Answer: ``text``, ``name`` (of the file). A "cell" is for a notebook in which `net` and `examples` exist."""

    kind = "script_text"
    form: Literal["script", "cell"] = "script"


@dataclass(frozen=True, kw_only=True)
class TableQuery(Message):
    """The answer of another query as a CSV file with names. Answer: ``text``, ``name``. `query` is its message without an id."""

    kind = "table"
    query: dict[str, Any]


QUERIES: tuple[type[Message], ...] = (
    ExplainQuery,
    WeightsQuery,
    ReceptiveFieldQuery,
    UnitOverQuery,
    WeightOverQuery,
    CasesQuery,
    CaseDetailsQuery,
    LinksQuery,
    StrongestQuery,
    HistogramQuery,
    SimilarityQuery,
    ClustersQuery,
    ComponentsQuery,
    MomentQuery,
    CompareMomentsQuery,
    RunsQuery,
    ScriptTextQuery,
    TableQuery,
)
