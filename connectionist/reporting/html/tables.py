"""Tables in HTML, from the same `Table` that the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectionist.reporting.html.elements import Html, element, join
from connectionist.reporting.table import Table, text


def table(shown: Table, heading: bool = True) -> Html:
    """Return a table in a box of its own that scrolls where the page is narrower, with its notes.

    Parameters
    ----------
    shown : Table
        A cell that is `Html` stands as it is.
    heading : bool
        Whether to say its title above it; readers of the page's source and of its structure are told in any case.
    """
    notes = [element("p", note, class_="note") for note in shown.notes]
    if not shown.rows:
        return join(element("p", shown.title, class_="caption") if heading and shown.title else None, *notes)
    numeric = [_is_numeric(row[place] for row in shown.rows) for place in range(len(shown.columns))]
    caption = element("caption", shown.title, class_=None if heading else "unseen") if shown.title else None
    head = element("thead", _row("th", shown.columns, numeric, scope="col"))
    body = element("tbody", *(_row("td", row, numeric) for row in shown.rows))
    whole = element("table", caption, head, body)
    return join(element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=shown.title or "table"), *notes)


def pairs(title: str, rows: Iterable[Sequence[object]]) -> Html:
    """Return a table of names and values, without a row of headings."""
    body = [element("tr", element("th", name, scope="row"), element("td", _cell(value))) for name, value in rows]
    whole = element("table", element("caption", title, class_="unseen"), element("tbody", *body), class_="pairs")
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=title)


def _row(name: str, cells: Sequence[object], numeric: Sequence[bool], **attributes: object) -> Html:
    return element(
        "tr",
        *(element(name, _cell(cell), class_="number" if right else None, **attributes) for cell, right in zip(cells, numeric, strict=True)),
    )


def _cell(value: object) -> object:
    return value if isinstance(value, Html) else text(value)


def _is_numeric(values: Iterable[object]) -> bool:
    return all(isinstance(value, (int, float, type(None))) and not isinstance(value, bool) for value in values)
