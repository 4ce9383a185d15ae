"""Queries whose answer is text to be saved: the script, and tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.inspector import messages
from connectionist.inspector.reading import read_query
from connectionist.utils.visible_text import spreadsheet_cell

if TYPE_CHECKING:
    from connectionist.inspector.messages import Message
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

Content = tuple[dict[str, Any], dict[str, "Array"]]
Rows = list[list[Any]]


def script_text(session: InspectorSession, query: messages.ScriptTextQuery) -> Content:
    """Answer `messages.ScriptTextQuery`."""
    name = f"{session.network.name}.py"
    if query.form == "cell":
        return {"text": "\n".join(session.script_lines()) + "\n", "name": name}, {}
    return {"text": session.script(), "name": name}, {}


def table(session: InspectorSession, query: messages.TableQuery, ask: Callable[[Message], Content]) -> Content:
    """Answer `messages.TableQuery`."""
    inner = read_query(query.query, query.id)
    if type(inner) not in _TABLES:
        raise ParameterError(f"table.query.kind: must be one of {', '.join(kind.kind for kind in _TABLES)} (got {inner.kind!r})")
    content, arrays = ask(inner)
    rows = _TABLES[type(inner)](session, inner, content, arrays)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([[_cell(each) for each in row] for row in rows])
    return {"text": written.getvalue(), "name": f"{inner.kind}.csv"}, {}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return spreadsheet_cell(value)
    return "" if isinstance(value, float) and np.isnan(value) else value


def _weights(_: InspectorSession, __: Any, content: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    columns = ("weight", "activation", "product", "derivative", "change")
    rows = zip(content["connections"], *(arrays[name].tolist() for name in columns), content["frozen"], strict=True)
    return [["connection", *columns, "frozen"], *([*row[:-1], int(row[-1])] for row in rows)]


def _over(_: InspectorSession, __: Any, content: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    names = content.get("units") or content["connections"]
    x = content["labels"] or arrays["x"].tolist()
    return [[content["x_label"], *names], *([each, *row] for each, row in zip(x, arrays["y"].T.tolist(), strict=True))]


def _cases(session: InspectorSession, _: Any, __: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    sets = [("training", session.examples), ("testing", session.testing)]
    names = [(kind, name or str(n)) for kind, each in sets if each is not None for n, name in enumerate(each.names)]
    columns = ("error", "correct") if not np.isnan(arrays["correct"]).all() else ()  # else no case has a target
    numbers = [[arrays[column][row] for column in columns] for row in range(len(names))]
    return [["set", "case", *columns], *([*name, *row] for name, row in zip(names, numbers, strict=True))]


def _links(session: InspectorSession, query: Any, _: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    sender, receiver = session.network[query.sender], session.network[query.receiver]
    return [["sender", *receiver.labels], *([label, *row] for label, row in zip(sender.labels, arrays["values"].tolist(), strict=True))]


def _histogram(_: InspectorSession, __: Any, ___: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    edges = arrays["edges"].tolist()
    return [["from", "to", "count"], *([*row] for row in zip(edges[:-1], edges[1:], arrays["counts"].tolist(), strict=True))]


def _similarity(session: InspectorSession, _: Any, content: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    names = [session.examples.names[case] or str(case) for case in content["cases"]]
    return [["case", *names], *([name, *row] for name, row in zip(names, arrays["values"].tolist(), strict=True))]


def _components(session: InspectorSession, _: Any, content: dict[str, Any], arrays: dict[str, Array]) -> Rows:
    names = [session.examples.names[case] or str(case) for case in content["cases"]]
    header = ["case", *(f"component {number + 1}" for number in range(arrays["points"].shape[-1]))]
    return [header, *([name, *row] for name, row in zip(names, arrays["points"].tolist(), strict=True))]


_TABLES: dict[type[Message], Callable[[InspectorSession, Any, dict[str, Any], dict[str, Array]], Rows]] = {
    messages.WeightsQuery: _weights,
    messages.UnitOverQuery: _over,
    messages.WeightOverQuery: _over,
    messages.CasesQuery: _cases,
    messages.LinksQuery: _links,
    messages.HistogramQuery: _histogram,
    messages.SimilarityQuery: _similarity,
    messages.ComponentsQuery: _components,
}
