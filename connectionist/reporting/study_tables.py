"""Tables of a study for the terminal, and its content for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.experiments.study.execute import MEASURES
from connectionist.reporting.table import Table, format_value
from connectionist.reporting.text import FRACTIONS, in_percent
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import one_line

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.study.study_tables import StudyTables

MOST_FAILURES = 5  # that are listed
LONGEST_FAILURE = 200


def study_tables(study: StudyTables, title: str, planned: int) -> list[Table]:
    """Return a table with a row for each condition.

    Parameters
    ----------
    study : StudyTables
    title : str
    planned : int
        Number of runs that were to be made.
    """
    table, names = study.table, list(study.columns)
    measures = [name for name in MEASURES if name in table and table[name].notna().any()]
    headings = [f"{name.replace('_', ' ')}, %" if name in FRACTIONS else name for name in measures]
    shown = Table(title, [*names, "runs", "learned", *(f"{name} (quartiles)" for name in headings)])
    summary = study.summary
    for key, rows in summary.groupby(names, sort=False, dropna=False) if names else [((), summary)]:
        by_measure = rows.set_index("measure")
        counts = [int(rows["runs"].iloc[0]), int(rows["learned"].iloc[0])] if len(rows) else [0, 0]
        shown.rows.append([*(key if isinstance(key, tuple) else (key,)), *counts, *(_cell(by_measure, name) for name in measures)])
    done = f"{len(table)} of {describe_count(planned, 'run')} done."
    shown.notes = [done, *_failures(table, names)]
    return [shown]


def study_json(study: StudyTables, planned: int) -> dict[str, Any]:
    """Return the summary of a study for JSON: "runs", "done", "failed", and "summary", a dict for each condition and measure."""
    table = study.table
    failed = int((table["message"] != "").sum()) if "message" in table else 0
    return {"runs": planned, "done": len(table), "failed": failed, "summary": study.summary.to_dict("records")}


def _cell(by_measure: pd.DataFrame, name: str) -> str | None:
    """Return the median and the quartiles of a measure."""
    if name not in by_measure.index or not by_measure.loc[name, "n"]:
        return None
    median, q1, q3 = (format_value(in_percent(name, by_measure[part].astype(float)[name])) for part in ("median", "q1", "q3"))
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
