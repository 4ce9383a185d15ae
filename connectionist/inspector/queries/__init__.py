"""Queries of a page: what can be seen without changing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectionist.inspector import messages
from connectionist.inspector.queries import cases, connections, epochs, spaces, tables, units

if TYPE_CHECKING:
    from connectionist.inspector.frames import Frames
    from connectionist.inspector.messages import Message
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

Content = tuple[dict[str, Any], dict[str, "Array"]]


def answer(session: InspectorSession, frames: Frames, query: Message) -> Content:
    """Return the content and the arrays of an answer; see the classes of the queries in `messages`.

    Raises
    ------
    ConnectionistError
        If the query does not fit the network.
    """
    if isinstance(query, messages.TableQuery):
        return tables.table(session, query, lambda inner: answer(session, frames, inner))
    if isinstance(query, messages.MomentQuery):
        return epochs.moment(session, frames, query)
    return _ANSWERS[type(query)](session, query)


_ANSWERS: dict[type[Message], Callable[[Any, Any], Content]] = {
    messages.ExplainQuery: units.explain,
    messages.WeightsQuery: units.weights,
    messages.ReceptiveFieldQuery: units.receptive_field,
    messages.UnitOverQuery: units.unit_over,
    messages.WeightOverQuery: epochs.weight_over,
    messages.CasesQuery: cases.cases,
    messages.CaseDetailsQuery: cases.case_details,
    messages.LinksQuery: connections.links,
    messages.StrongestQuery: connections.strongest,
    messages.HistogramQuery: connections.histogram,
    messages.SimilarityQuery: spaces.similarity,
    messages.ClustersQuery: spaces.clusters,
    messages.ComponentsQuery: spaces.components,
    messages.CompareMomentsQuery: epochs.compare_moments,
    messages.RunsQuery: epochs.runs,
    messages.ScriptTextQuery: tables.script_text,
}
