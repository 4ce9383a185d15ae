"""Tables for the terminal: with rules and colours on a terminal, as aligned plain text in a file or pipe."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from connectionist.utils.visible_text import print_text, visible_line, visible_text

EMPTY = "–"
GAP = "  "
MAX_WITHOUT_EXPONENT = 1e7


@dataclass
class Table:
    """Rows of values under headings.

    Parameters
    ----------
    title : str
    columns : sequence of str
        Headings.
    rows : list of sequence
        One value per column; `format_value` turns it into text.
    notes : list of str
        Lines below the table.
    """

    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def format_value(value: object) -> str:
    """Return a value as text for a table: numbers with four significant digits, flags as yes or no, and "–" for None.

    Examples
    --------
    >>> format_value(0.123456), format_value(20000.0), format_value(True), format_value(None), format_value((1, 2))
    ('0.1235', '20000', 'yes', '–', '1, 2')
    """
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if 1000 <= abs(value) < MAX_WITHOUT_EXPONENT else f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(format_value(item) for item in value) or EMPTY
    return visible_line(str(value))


def print_tables(tables: Iterable[Table]) -> None:
    """Print tables on standard output, separated by empty lines."""
    is_terminal = sys.stdout.isatty()
    for number, table in enumerate(tables):
        if number:
            print_text()
        if is_terminal:
            _print_with_rules(table)
        else:
            print_text(as_text(table))


def as_text(table: Table) -> str:
    """Return a table as aligned text without rules; each row is one line of any length.

    Examples
    --------
    >>> print(as_text(Table("Rules", ["name", "what"], [["delta", "The delta rule."], ["hebb", "Hebb's rule."]])))
    Rules
    name   what
    delta  The delta rule.
    hebb   Hebb's rule.
    """
    rows = [[format_value(cell) for cell in row] for row in ([table.columns, *table.rows] if table.rows else [])]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(table.columns))]
    lines = [GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.title, *lines, *table.notes])


def _print_with_rules(table: Table) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False)
    ruled = RichTable(title=Text(visible_text(table.title), "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(table.columns):
        is_numeric = all(isinstance(row[number], (int, float, type(None))) for row in table.rows)
        ruled.add_column(Text(visible_text(heading)), justify="right" if is_numeric else "left", overflow="fold")
    for row in table.rows:
        ruled.add_row(*(Text(format_value(cell)) for cell in row))
    console.print(ruled if table.rows else Text(visible_text(table.title), "bold"))
    for note in table.notes:
        console.print(Text(textwrap.fill(visible_text(note), console.width, subsequent_indent="    "), "dim"))
