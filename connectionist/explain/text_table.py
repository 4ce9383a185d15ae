"""Plain text for explanations: tables whose numbers are aligned at the decimal point, with all digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from connectionist.explain.terms import DIFFERENT, EXACT, ROUNDED, FunctionValue, Sum, Term

INDENT = "  "

Cell = str | float


def format_number(value: float) -> str:
    """Return a number with all its digits."""
    return repr(float(value))


def format_arguments(arguments: Iterable[tuple[str, float]]) -> str:
    """Return named numbers in one line.

    Examples
    --------
    >>> format_arguments([("net_input", 0.5), ("activation", 1.0)])
    'net input 0.5, activation 1.0'
    """
    return ", ".join(f"{label(name)} {format_number(value)}" for name, value in arguments)


def format_parameters(parameters: Iterable[tuple[str, Any]]) -> str:
    """Return the parameters of a function or rule in parentheses, after a space; empty if there are none.

    Examples
    --------
    >>> format_parameters([("rate", 0.5), ("decay", 0.0)])
    ' (rate=0.5, decay=0.0)'
    """
    text = ", ".join(f"{name}={value}" for name, value in parameters)
    return f" ({text})" if text else ""


def label(name: str) -> str:
    """Return the name of an attribute with spaces.

    Examples
    --------
    >>> label("net_derivative")
    'net derivative'
    """
    return name.replace("_", " ")


def table_lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    r"""Return one line per row. Columns have equal width, and numbers are aligned at the decimal point.

    Examples
    --------
    >>> print("\n".join(table_lines([["bias", 1.0, "×", -0.25], ["input:0", 10.5, "×", 3.0]])))
      bias     1.0 × -0.25
      input:0 10.5 ×  3.0
    """
    width = max(map(len, rows), default=0)
    columns = [_pad_column([row[place] if place < len(row) else "" for row in rows]) for place in range(width)]
    return [(INDENT + " ".join(cells)).rstrip() for cells in zip(*columns, strict=True)]


def _pad_column(cells: Sequence[Cell]) -> list[str]:
    before = max((len(_split_at_point(cell)[0]) for cell in cells if not isinstance(cell, str)), default=0)
    texts = [cell if isinstance(cell, str) else _split_at_point(cell)[0].rjust(before) + _split_at_point(cell)[1] for cell in cells]
    width = max(map(len, texts))
    return [text.ljust(width) for text in texts]


def _split_at_point(value: float) -> tuple[str, str]:
    text = format_number(value)
    whole, point, rest = text.partition(".")
    return (whole, point + rest) if point else (text, "")


def sum_lines(total: Sum, title: str, reason: str = "", if_empty: str = "no terms", examples: int = 0) -> list[str]:
    """Return a sum as a table with a title, after the tables of its parts.

    Parameters
    ----------
    total : Sum
    title : str
    reason : str
        Why the sum can differ from the stored value.
    if_empty : str
        Text for a sum without terms.
    examples : int
        As for `agreement_lines`.
    """
    lines = []
    for term in total.terms:
        if term.parts is not None:
            lines += sum_lines(term.parts, f"{label(total.name)}, {term.name}")
    lines.append(f"{title}{_title_suffix(total)}")
    if not total.terms:
        return [*lines, f"{INDENT}{if_empty}: 0.0", *agreement_lines(total, reason, examples=examples)]
    factors = max((len(term.factors) for term in total.terms), default=0)
    rows: list[Sequence[Cell]] = [_term_row(term, factors) for term in total.terms]
    if total.divisor != 1:
        rows.append([f"their sum, divided by {total.divisor}", *[""] * _cell_count(factors), "=", total.total])
    elif len(total.terms) > 1:
        rows.append(["sum", *[""] * _cell_count(factors), "=", total.total])
    return [*lines, *table_lines([*_header(total), *rows]), *agreement_lines(total, reason, examples=examples)]


def _title_suffix(total: Sum) -> str:
    if total.weights:
        return f" (with the weights {total.weights}, from which this pass was computed)"
    return " (as it would be now)" if total.agreement == DIFFERENT and total.name != "derivative" else ""


def _cell_count(factors: int) -> int:
    """Return the number of cells for a product of `factors` factors, with the signs between them."""
    return max(0, 2 * factors - 1)


def _term_row(term: Term, factors: int) -> list[Cell]:
    cells: list[Cell] = [f"{term.name}, of {format_arguments(term.arguments)}" if term.arguments else term.name]
    for place, (_, value) in enumerate(term.factors):
        cells += ["×", value] if place else [value]
    return [*cells, *[""] * (_cell_count(factors) - len(cells) + 1), "=", term.value]


def _header(total: Sum) -> list[list[Cell]]:
    """Return a row with the names of the factors if all terms have the same factors; else no row."""
    found = dict.fromkeys(tuple(name for name, _ in term.factors) for term in total.terms)
    names = next(iter(found))
    if len(found) > 1 or not names:
        return []
    cells: list[Cell] = [""]
    for place, name in enumerate(names):
        cells += ["×", label(name)] if place else [label(name)]
    return [cells]


def agreement_lines(value: Sum | FunctionValue, reason: str = "", suffix: str = "", examples: int = 0) -> list[str]:
    """Return a line with the stored value if it is not exactly the computed one; else no line.

    Parameters
    ----------
    value : Sum or FunctionValue
    reason : str
        Why they can differ.
    suffix : str
        Text after the name of the quantity.
    examples : int
        Number of examples over which the stored value is summed, if it can differ for that reason.
    """
    if value.stored is None or value.agreement == EXACT:
        return []
    stored = f"the stored {label(value.name)}{suffix} is {format_number(value.stored)}"
    if value.agreement == ROUNDED:
        return [f"{INDENT}{stored}: equal except for the last digits, since the engine adds in another order"]
    if value.agreement != DIFFERENT:
        return [f"{INDENT}{stored}: equal in single precision"]
    if examples > 1:
        return [f"{INDENT}the stored {label(value.name)}{suffix}, summed over {examples} examples, is {format_number(value.stored)}"]
    return [f"{INDENT}but {stored}: {reason}" if reason else f"{INDENT}but {stored}"]
