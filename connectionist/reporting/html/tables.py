"""Tables in HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectionist.reporting.html.elements import Html, element, join
from connectionist.reporting.table import Table, format_value


def table_html(table: Table, heading: bool = True) -> Html:
    """Return a table with its notes, in a box that scrolls if the page is too narrow.

    Parameters
    ----------
    table : Table
        A cell that is `Html` is unchanged.
    heading : bool
        Whether the title is visible above the table. Screen readers find it in any case.
    """
    notes = [element("p", note, class_="note") for note in table.notes]
    if not table.rows:
        return join(element("p", table.title, class_="caption") if heading and table.title else None, *notes)
    is_numeric = [_are_numbers(row[column] for row in table.rows) for column in range(len(table.columns))]
    caption = element("caption", table.title, class_=None if heading else "visually-hidden") if table.title else None
    head = element("thead", _row("th", table.columns, is_numeric, scope="col"))
    body = element("tbody", *(_row("td", row, is_numeric) for row in table.rows))
    return join(_scrolling(element("table", caption, head, body), table.title or "table"), *notes)


def pairs_html(title: str, rows: Iterable[Sequence[object]]) -> Html:
    """Return a table of names and values without headings; only screen readers find the title."""
    body = [element("tr", element("th", name, scope="row"), element("td", _cell(value))) for name, value in rows]
    table = element("table", element("caption", title, class_="visually-hidden"), element("tbody", *body), class_="pairs")
    return _scrolling(table, title)


def _scrolling(table: Html, label: str) -> Html:
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=label)


def _row(name: str, cells: Sequence[object], is_numeric: Sequence[bool], **attributes: object) -> Html:
    """Return a row of cells, each an element `name`; numbers are aligned to the right."""
    children = [
        element(name, _cell(cell), class_="number" if numeric else None, **attributes)
        for cell, numeric in zip(cells, is_numeric, strict=True)
    ]
    return element("tr", *children)


def _cell(value: object) -> object:
    return value if isinstance(value, Html) else format_value(value)


def _are_numbers(values: Iterable[object]) -> bool:
    return all(isinstance(value, (int, float, type(None))) and not isinstance(value, bool) for value in values)
