"""Tables of a study for the terminal, and its content for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connectionist.experiments.study.execute import MEASURES
from connectionist.experiments.study.summary import can_learn, finite_values, has_trained, learned, quartiles, summarize_table
from connectionist.reporting.table import Table, format_value
from connectionist.reporting.text import FRACTIONS, format_counts, in_percent
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import one_line

if TYPE_CHECKING:
    import pandas as pd

NO_FINDINGS = (*MEASURES, "seed", "stopped", "seconds", "message")  # columns
MOST_FAILURES = 5  # that are listed
LONGEST_FAILURE = 200


def study_tables(table: pd.DataFrame, names: Sequence[str], title: str, planned: int) -> list[Table]:
    """Return a table with a row for each condition or, if nothing was trained, for each condition and finding.

    Parameters
    ----------
    table : DataFrame
        Table of the study.
    names : sequence of str
        Columns of the condition.
    title : str
    planned : int
        Number of runs that were to be made.
    """
    names = list(names)
    measures = [name for name in MEASURES if name in table and table[name].notna().any() and (name != "epochs" or has_trained(table))]
    is_learnable = can_learn(table)
    headings = [f"{name.replace('_', ' ')}, %" if name in FRACTIONS else name for name in measures]
    shown = Table(title, [*names, "runs", *(["learned"] if is_learnable else []), *(f"{name} (quartiles)" for name in headings)])
    findings = [] if has_trained(table) else [str(name) for name in table if name not in (*names, *NO_FINDINGS)]
    shown.columns = [*shown.columns, *(["finding", "median (quartiles), or counts"] if findings else [])]
    for key, runs in table.groupby(names, sort=False, dropna=False) if names else [((), table)]:
        values = [None if value != value else value for value in key]  # noqa: PLR0124  (it has no such parameter)
        count = [int(learned(runs).sum()) if can_learn(runs) else None] if is_learnable else []
        row = [*values, len(runs), *count, *(_cell(runs, name) for name in measures)]
        shown.rows += [[*row, name, _cell(runs, name)] for name in findings] or [row]
    done = f"{len(table)} of {describe_count(planned, 'run')} done."
    shown.notes = [done, *_failures(table, names)]
    return [shown]


def study_json(table: pd.DataFrame, names: Sequence[str], planned: int) -> dict[str, Any]:
    """Return the summary of a study for JSON: "runs", "done", "failed", and "summary", a dict for each condition and measure."""
    failed = int((table["message"] != "").sum()) if "message" in table else 0
    return {"runs": planned, "done": len(table), "failed": failed, "summary": summarize_table(table, names).to_dict("records")}


def _cell(runs: pd.DataFrame, name: str) -> str | None:
    """Return the median and the quartiles of a measure; of one that has texts or truth values, how often each occurs."""
    if runs[name].dtype.kind not in "fiu":
        found = runs[name].dropna()
        return format_counts(Counter(map(format_value, found))) if len(found) else None
    values = finite_values(runs[name])
    if not len(values):
        return None
    q1, median, q3 = (format_value(in_percent(name, value)) for value in quartiles(values))
    return f"{median} ({q1} to {q3})"


def _failures(table: pd.DataFrame, names: list[str]) -> list[str]:
    """Return a note for each of the first runs that failed, and how many others did."""
    failed = table[table["message"] != ""] if "message" in table else table[:0]
    notes = []
    for row in failed.head(MOST_FAILURES).to_dict("records"):
        where = ", ".join(f"{name} {row[name]}" for name in [*names, "seed"])
        notes.append(f"Failed: {where}: {one_line(row['message'], LONGEST_FAILURE)}")
    more = len(failed) - MOST_FAILURES
    return notes + ([f"{describe_count(more, 'more run')} failed."] if more > 0 else [])
