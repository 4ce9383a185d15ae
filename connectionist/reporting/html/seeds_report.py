"""The HTML report of runs with several seeds: distributions, figures, and links to the report of each run."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.experiments.seed_folders import seed_folder
from connectionist.experiments.seed_summary import describe_unfinished, findings_by_quantity
from connectionist.plots import endings, learning_curve
from connectionist.plugins import registry
from connectionist.reporting.agreement import agreement_over_seeds, agreement_sentences_over_seeds
from connectionist.reporting.html.elements import Html, element, join
from connectionist.reporting.html.figures import draw, figure_html
from connectionist.reporting.html.page import page, paragraphs, section
from connectionist.reporting.html.run_report import footer_text, settings_html, task_html
from connectionist.reporting.html.tables import table_html
from connectionist.reporting.table import Table
from connectionist.reporting.text import in_percent, summary_tables, training_quantities

if TYPE_CHECKING:
    import pandas as pd

CURVES_CAPTION = "Error over epochs, summed over the training examples, with one line for each run."
TESTS_CAPTION = " Orange lines are the errors of the testing examples, after the weight changes of an epoch."
ENDINGS_CAPTION = "Epochs of each run, by rank. Filled dots are runs that met the criterion."


def seeds_page(summary: Mapping[str, Any], record: Mapping[str, Any], logs: Mapping[int, pd.DataFrame], drawn: Container[int] = ()) -> str:
    """Return the report of runs with several seeds as an HTML document.

    Parameters
    ----------
    summary : mapping
        What `experiments.seed_summary.summarize` returned.
    record : mapping
        Content of ``summary.json``.
    logs : mapping of int to DataFrame
        Log of each run by seed.
    drawn : container of int
        Seeds whose folder has a report; the others are linked to their folder.
    """
    findings, training = summary_tables(summary)
    title, outcome = findings.title, training.notes[0]
    has_tests = any("test_error" in log.columns for log in logs.values())
    has_errors = any(report["error"] is not None for report in summary["runs"])
    caption = CURVES_CAPTION + (TESTS_CAPTION if has_tests else "")
    drawings = [draw(caption, lambda: learning_curve(list(logs.values())))] if has_errors else []
    if has_errors and summary["solved"] is not None:
        drawings.append(draw(ENDINGS_CAPTION, lambda: endings(summary["runs"])))
    training.notes = [note for note in training.notes if not note.startswith(("Parameters", "Phase"))]
    return page(
        title,
        _introduction_html(summary, outcome),
        section("Measured and published", *_findings_html(summary, findings)),
        *([section("Figures", *map(figure_html, drawings))] if drawings else []),
        *([section("Training", table_html(training, heading=False))] if training.rows else []),
        section("Each run", table_html(_runs_table(summary["runs"], drawn), heading=False)),
        section("Settings", *settings_html(None, summary, record)),
        footer=footer_text(record),
    )


def _introduction_html(summary: Mapping[str, Any], outcome: str) -> Html:
    """Return the description of the task, how many runs met the criterion, and which diverged or were interrupted."""
    problems = [f"Diverged: {_seed_list(summary['diverged'])}."] if summary["diverged"] else []
    problems += [f"Errors: {_seed_list(summary['failed'])}."] if summary.get("failed") else []
    problems += [f"Interrupted: {describe_unfinished(summary['unfinished'])}."] if summary["unfinished"] else []
    return join(
        task_html(registry.find("tasks", summary["task"])),
        element("p", element("strong", outcome)),
        *(element("p", problem, class_="warning") for problem in problems),
    )


def _seed_list(seeds: Sequence[int]) -> str:
    return f"seed{'' if len(seeds) == 1 else 's'} {', '.join(map(str, seeds))}"


def _findings_html(summary: Mapping[str, Any], table: Table) -> list[Html]:
    """Return sentences on the agreement with published values, and the table of findings with a column for the agreement."""
    by_quantity = findings_by_quantity(summary["runs"])
    if not by_quantity:
        return [paragraphs(*table.notes)]
    published = table.columns.index("published")
    table.title = "Findings"
    table.columns = [*table.columns[: published + 1], "agrees", *table.columns[published + 1 :]]
    table.rows = [
        [*row[: published + 1], agreement_over_seeds(findings), *row[published + 1 :]]
        for row, findings in zip(table.rows, by_quantity.values(), strict=True)
    ]
    return [paragraphs(*agreement_sentences_over_seeds(summary["runs"])), table_html(table, heading=False)]


def _runs_table(reports: Sequence[Mapping[str, Any]], drawn: Container[int]) -> Table:
    """Return a table of the runs, each with a link to its report or folder."""
    quantities = training_quantities(reports)
    table = Table("Each run", ["seed", *quantities.values()])
    for report in reports:
        page_name = "report.html" if report["seed"] in drawn else ""
        link = element("a", str(report["seed"]), href=f"{seed_folder(report['seed'])}/{page_name}")
        table.rows.append([link, *(in_percent(key, report[key]) for key in quantities)])
    return table
