"""The report of runs with several seeds: the distribution of what came out, and where each run's own report is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.experiments.seed_summary import findings_by_quantity
from connectionist.plots import endings, learning_curve
from connectionist.plugins import registry
from connectionist.reporting.html.elements import Html, element, join
from connectionist.reporting.html.figures import draw, figure
from connectionist.reporting.html.page import lines, page, section
from connectionist.reporting.html.run_report import footer, introduction, what_was_run
from connectionist.reporting.html.tables import table
from connectionist.reporting.table import Table
from connectionist.reporting.text import summary_tables
from connectionist.reporting.verdicts import conclusion_over_seeds, verdict_over_seeds

if TYPE_CHECKING:
    import pandas as pd

MEASURED = 4  # columns of quantity, median, quartiles and range
CURVES = "Error over epochs, summed over the training examples: a line for each run."
SPREADS = "When each run ended: a point for each, ranked; those that met the criterion are filled."


def seeds_page(summary: Mapping[str, Any], record: Mapping[str, Any], logs: Mapping[int, pd.DataFrame]) -> str:
    """Return the report of runs with several seeds as a page that stands alone.

    Parameters
    ----------
    summary : dict
        As `experiments.seed_summary.summarize` returns it.
    record : dict
        What ``summary.json`` holds.
    logs : dict of int to DataFrame
        By seed.
    """
    seeds = summary["seeds"]
    title = f"{summary['task']}, preset {summary['preset']}, {len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"
    drawings = [draw(CURVES, lambda: learning_curve(list(logs.values())))]
    if summary["solved"] is not None:
        drawings.append(draw(SPREADS, lambda: endings(summary["runs"])))
    return page(
        title,
        _about(summary),
        section("Measured beside published", *_measured(summary)),
        section("Figures", *map(figure, drawings)),
        section("Training", *_training(summary)),
        section("Each run", table(_each(summary["runs"]), heading=False)),
        section("What was run", *what_was_run(None, summary, record)),
        footer=footer(record),
    )


def _about(summary: Mapping[str, Any]) -> Html:
    ended = summary_tables(summary)[1].notes[0]
    trouble = [f"Diverged: seeds {', '.join(map(str, summary['diverged']))}." if summary["diverged"] else None]
    trouble.append(f"Interrupted: {len(summary['unfinished'])} seeds did not finish." if summary["unfinished"] else None)
    return join(
        introduction(registry.find("tasks", summary["task"])),
        element("p", element("strong", ended)),
        *(element("p", text, class_="wrong") for text in trouble if text),
    )


def _measured(summary: Mapping[str, Any]) -> list[Html]:
    shown = summary_tables(summary)[0]
    found = findings_by_quantity(summary["runs"])
    if not found:
        return [lines(*shown.notes)]
    shown.title = "Findings"
    shown.columns = [*shown.columns[: MEASURED + 1], "as published", *shown.columns[MEASURED + 1 :]]
    shown.rows = [
        [*row[: MEASURED + 1], verdict_over_seeds(findings), *row[MEASURED + 1 :]]
        for row, findings in zip(shown.rows, found.values(), strict=True)
    ]
    return [lines(*conclusion_over_seeds(summary["runs"])), table(shown, heading=False)]


def _training(summary: Mapping[str, Any]) -> list[Html]:
    shown = summary_tables(summary)[1]
    shown.notes = [note for note in shown.notes if not note.startswith(("Parameters", "Phase"))]
    return [table(shown, heading=False)]


def _each(reports: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of the runs, each with a link to its own report beside this one."""
    shown = Table("Each run", ["seed", "epochs", "stopped by", "error", "training cases right, %", "testing cases right, %", "seconds"])
    for report in reports:
        link = element("a", str(report["seed"]), href=f"seed-{report['seed']}/report.html")
        right = [None if report[key] is None else 100 * report[key] for key in ("correct", "test_correct")]
        shown.rows.append([link, report["epochs"], report["stopped"], report["error"], *right, report["seconds"]])
    return shown
