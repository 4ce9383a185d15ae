"""Queries of a page: what can be seen without changing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectionist.inspector import messages
from connectionist.inspector.queries import cases, connections, epochs, spaces, tables, units

if TYPE_CHECKING:
    from connectionist.inspector.frames import Frames
    from connectionist.inspector.messages import Message
    from connectionist.inspector.session import Session
    from connectionist.utils.arrays import Array

Content = tuple[dict[str, Any], dict[str, "Array"]]


def answer(session: Session, frames: Frames, query: Message) -> Content:
    """Return the content and the arrays of an answer; see the classes of the queries in `messages`.

    Raises
    ------
    ConnectionistError
        If the query does not fit the network.
    """
    if isinstance(query, messages.Table):
        return tables.table(session, query, lambda inner: answer(session, frames, inner))
    if isinstance(query, messages.Moment):
        return epochs.moment(session, frames, query)
    return _ANSWERS[type(query)](session, query)


_ANSWERS: dict[type[Message], Callable[[Any, Any], Content]] = {
    messages.Explain: units.explain,
    messages.Weights: units.weights,
    messages.ReceptiveField: units.receptive_field,
    messages.UnitOver: units.unit_over,
    messages.WeightOver: epochs.weight_over,
    messages.Cases: cases.cases,
    messages.CaseDetails: cases.case_details,
    messages.Links: connections.links,
    messages.Histogram: connections.histogram,
    messages.Similarity: spaces.similarity,
    messages.Clusters: spaces.clusters,
    messages.Components: spaces.components,
    messages.CompareMoments: epochs.compare_moments,
    messages.Runs: epochs.runs,
    messages.ScriptText: tables.script_text,
}
