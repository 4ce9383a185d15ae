"""Tables for people: ruled and coloured on a terminal, plain aligned text everywhere else."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NOTHING = "–"
GAP = "  "
MOST_DIGITS = 1e7  # numbers below are written out, larger ones with an exponent


@dataclass
class Table:
    """A table to be shown.

    Parameters
    ----------
    title : str
    columns : sequence of str
        Their headings.
    rows : list of sequence
        One value per column; see `text` for how each is written.
    notes : list of str
        Lines under the table.
    """

    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def text(value: object) -> str:
    """Return a value as a table shows it.

    Examples
    --------
    >>> text(0.123456), text(20000.0), text(True), text(None), text((1, 2))
    ('0.1235', '20000', 'yes', '–', '1, 2')
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if 1000 <= abs(value) < MOST_DIGITS else f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(text(item) for item in value) or NOTHING
    return str(value)


def show(tables: Iterable[Table]) -> None:
    """Print tables on standard output, an empty line between them."""
    is_terminal = sys.stdout.isatty()
    for number, table in enumerate(tables):
        if number:
            print()  # noqa: T201  (what this module is for)
        if is_terminal:
            _show_ruled(table)
        else:
            print(plain(table))  # noqa: T201


def plain(table: Table) -> str:
    """Return a table as aligned text without rules, each row on one line however long.

    Examples
    --------
    >>> print(plain(Table("Rules", ["name", "what"], [["delta", "The delta rule."], ["hebb", "Hebb's rule."]])))
    Rules
    name   what
    delta  The delta rule.
    hebb   Hebb's rule.
    """
    rows = [[text(cell) for cell in row] for row in ([table.columns, *table.rows] if table.rows else [])]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(len(table.columns))]
    lines = [GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.title, *lines, *table.notes])


def _show_ruled(table: Table) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Ruled
    from rich.text import Text

    console = Console(highlight=False)
    ruled = Ruled(title=Text(table.title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(table.columns):
        numeric = all(isinstance(row[place], (int, float, type(None))) for row in table.rows)
        ruled.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in table.rows:
        ruled.add_row(*(Text(text(cell)) for cell in row))
    console.print(ruled if table.rows else Text(table.title, "bold"))
    for note in table.notes:
        console.print(Text(textwrap.fill(note, console.width, subsequent_indent="    "), "dim"))
