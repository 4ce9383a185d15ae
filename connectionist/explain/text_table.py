"""Plain text for explanations: tables whose columns line up at the decimal point, every number to its last digit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectionist.explain.terms import DIFFERENT, EXACT, ROUNDED, FunctionValue, Sum, Term

INDENT = "  "

Cell = str | float


def number(value: float) -> str:
    """Return a number such that reading it gives exactly that number."""
    return repr(float(value))


def table(rows: Sequence[Sequence[Cell]]) -> list[str]:
    r"""Return rows as lines, each column as wide as it must be, numbers aligned at the decimal point.

    Examples
    --------
    >>> print("\n".join(table([["bias", 1.0, "×", -0.25], ["input:0", 10.5, "×", 3.0]])))
      bias     1.0 × -0.25
      input:0 10.5 ×  3.0
    """
    width = max(map(len, rows), default=0)
    columns = [_column([row[place] if place < len(row) else "" for row in rows]) for place in range(width)]
    return [(INDENT + " ".join(cells)).rstrip() for cells in zip(*columns, strict=True)]


def _column(cells: Sequence[Cell]) -> list[str]:
    before = max((len(_split(cell)[0]) for cell in cells if not isinstance(cell, str)), default=0)
    texts = [cell if isinstance(cell, str) else _split(cell)[0].rjust(before) + _split(cell)[1] for cell in cells]
    width = max(map(len, texts))
    return [text.ljust(width) for text in texts]


def _split(value: float) -> tuple[str, str]:
    """Return what is before the decimal point, and the rest."""
    text = number(value)
    whole, point, rest = text.partition(".")
    return (whole, point + rest) if point else (text, "")


def sum_lines(summed: Sum, title: str, why: str = "", nothing: str = "nothing") -> list[str]:
    """Return a sum as a table under a title, its parts before it, and whether it is what is stored."""
    lines = []
    for term in summed.terms:
        if term.parts is not None:
            lines += sum_lines(term.parts, f"{words(summed.name)}, {term.name}")
    lines.append(f"{title}{_which(summed)}")
    if not summed.terms:
        return [*lines, f"{INDENT}{nothing}: 0.0", *verdict(summed, why)]
    shape = max((len(term.factors) for term in summed.terms), default=0)
    rows: list[Sequence[Cell]] = [_term_row(term, shape) for term in summed.terms]
    if summed.divisor != 1:
        rows.append([f"their sum, divided by {summed.divisor}", *[""] * _width(shape), "=", summed.total])
    elif len(summed.terms) > 1:
        rows.append(["sum", *[""] * _width(shape), "=", summed.total])
    return [*lines, *table([*_header(summed), *rows]), *verdict(summed, why)]


def _which(summed: Sum) -> str:
    if summed.weights:
        return f" (with the weights from {summed.weights}, with which this pass was made)"
    return " (as it would be now)" if summed.agreement == DIFFERENT and summed.name != "derivative" else ""


def _width(factors: int) -> int:
    """Return how many cells so many factors take, with the signs between them."""
    return max(0, 2 * factors - 1)


def _term_row(term: Term, shape: int) -> list[Cell]:
    cells: list[Cell] = [f"{term.name}, of {given_text(term.given)}" if term.given else term.name]
    for place, (_, value) in enumerate(term.factors):
        cells += ["×", value] if place else [value]
    return [*cells, *[""] * (_width(shape) - len(cells) + 1), "=", term.value]


def _header(summed: Sum) -> list[list[Cell]]:
    """Return a row that names the factors, where all terms have the same."""
    named = dict.fromkeys(tuple(name for name, _ in term.factors) for term in summed.terms)
    names = next(iter(named))
    if len(named) > 1 or not names:
        return []
    cells: list[Cell] = [""]
    for place, name in enumerate(names):
        cells += ["×", words(name)] if place else [words(name)]
    return [cells]


def words(name: str) -> str:
    """Return an attribute's name in words.

    Examples
    --------
    >>> words("net_derivative")
    'net derivative'
    """
    return name.replace("_", " ")


def verdict(found: Sum | FunctionValue, why: str = "", of: str = "") -> list[str]:
    """Return, in at most one line, how what was found stands to what is stored; nothing where it is that or is stored nowhere."""
    if found.stored is None or found.agreement == EXACT:
        return []
    said = f"the stored {words(found.name)}{of} is {number(found.stored)}"
    if found.agreement == ROUNDED:
        return [f"{INDENT}{said}: the same but for the last digits, since the engine adds in another order"]
    if found.agreement != DIFFERENT:
        return [f"{INDENT}{said}: the same in single precision"]
    return [f"{INDENT}BUT {said}: {why}" if why else f"{INDENT}BUT {said}"]


def given_text(given: Iterable[tuple[str, float]]) -> str:
    """Return named numbers in a line."""
    return ", ".join(f"{words(name)} {number(value)}" for name, value in given)
