"""Output of a comparison of rules and procedures: tables for the terminal, JSON, and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.reporting.table import Table, format_value
from connectionist.utils.counts import describe_count
from connectionist.utils.files import atomic_write, write_rows

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.rule_comparison.result import RuleComparison

COLUMNS = ["rule", "procedure", "rate", "runs", "learned", "epochs (quartiles)", "error", "seconds"]
TABLE_FILE, RUNS_FILE, TRIES_FILE, FIGURE_FILE = "comparison.csv", "runs.csv", "tries.csv", "comparison.png"
PIXELS_PER_INCH = 150


def comparison_tables(comparison: RuleComparison) -> list[Table]:
    """Return a table with a row for each pair that was run. Notes have the pairs that were not, by their reason."""
    shown = Table(comparison.task, COLUMNS)
    reasons: dict[str, list[str]] = {}
    for row in _records(comparison.table):
        if not row["n"]:
            reasons.setdefault(row["note"], []).append(f"{row['rule']} with {row['procedure']}")
            continue
        shown.rows.append([row["rule"], row["procedure"], *_cells(row)])
        if row["note"]:
            shown.notes.append(f"{row['rule']} with {row['procedure']}: {row['note']}.")
    shown.notes += [f"Not run: {', '.join(pairs)}: {reason}" for reason, pairs in reasons.items()]
    tries = f"{describe_count(len(comparison.tries), 'run')} with other seeds"
    shown.notes.append(f"Rates: chosen by {tries}. Epochs: until learned, over the runs that learned; error and seconds: medians.")
    return [shown]


def _cells(row: dict[str, Any]) -> list[Any]:
    epochs = f"{format_value(row['epochs'])} ({format_value(row['q1'])} to {format_value(row['q3'])})" if row["learned"] else None
    numbers = {name: None if row[name] is None else float(f"{row[name]:.3g}") for name in ("rate", "error", "seconds")}
    return [numbers["rate"], row["n"], row["learned"], epochs, numbers["error"], numbers["seconds"]]


def comparison_json(comparison: RuleComparison) -> dict[str, Any]:
    """Return a comparison for JSON: "task", "pairs", a dict for each row of the table, and "runs", a dict for each run."""
    return {"task": comparison.task, "pairs": _records(comparison.table), "runs": _records(comparison.runs)}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, with None for NaN."""
    cells = [[None if value != value else value for value in row] for row in table.itertuples(index=False)]  # noqa: PLR0124  (only NaN)
    return [dict(zip(map(str, table.columns), row, strict=True)) for row in cells]


def write_comparison(folder: Path, comparison: RuleComparison) -> None:
    """Write the tables and the figure of a comparison to a folder that exists.

    Raises
    ------
    FileError
        If a file cannot be written.
    """
    tables = {TABLE_FILE: comparison.table, RUNS_FILE: comparison.runs, TRIES_FILE: comparison.tries}
    for name, table in tables.items():
        rows = [["" if value is None else value for value in row.values()] for row in _records(table)]
        write_rows(folder / name, [list(table.columns), *rows], "--out:")
    if comparison.table["n"].any():
        figure = comparison.plot()
        with atomic_write(folder / FIGURE_FILE, "--out:") as file:
            figure.savefig(file, format="png", dpi=PIXELS_PER_INCH)
