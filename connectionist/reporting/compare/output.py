"""Output of a comparison: tables for the terminal, JSON, an HTML document, a figure of the learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, ParameterError
from connectionist.plots import learning_curve
from connectionist.reporting.compare.rows import MEASURED, SETTINGS, TRAINING, VERSIONS, Row, is_distribution, join_distinct, plain_value
from connectionist.reporting.compare.runs import PUBLISHED, ComparedRun
from connectionist.reporting.html.figures import draw, figure_html
from connectionist.reporting.html.page import page, section
from connectionist.reporting.html.tables import table_html
from connectionist.reporting.table import Table, format_value
from connectionist.utils.files import atomic_write, check_path, write_text
from connectionist.utils.json_values import json_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADINGS = {
    SETTINGS: "Settings",
    MEASURED: "Measured and published",
    TRAINING: "Training",
    VERSIONS: "Versions",
}
FIGURE_SUFFIXES = (".png", ".svg", ".pdf")
CURVES_CAPTION = "Error over epochs, summed over the training examples. A run with several seeds has a thin line for each, and the median."
MAX_NAMES_IN_TITLE = 3
PIXELS_PER_INCH = 150


def comparison_tables(compared: Sequence[ComparedRun], rows: Sequence[Row]) -> list[Table]:
    """Return a table for each part of a comparison."""
    tables = []
    for part, heading in HEADINGS.items():
        of_part = [row for row in rows if row.part == part]
        if of_part:
            tables.append(_part_table(heading, compared, of_part, has_published=part == MEASURED))
        elif part in (SETTINGS, VERSIONS):
            tables.append(Table(heading, [], notes=["No difference."]))
    tables[-1].notes += [f"{run.name}: median and quartiles over {len(run.reports)} seeds." for run in compared if len(run.reports) > 1]
    return tables


def _part_table(heading: str, compared: Sequence[ComparedRun], rows: Sequence[Row], *, has_published: bool) -> Table:
    table = Table(heading, ["quantity", *(run.name for run in compared), *([PUBLISHED] if has_published else [])])
    for row in rows:
        cells = [row.quantity, *map(format_cell, compared, row.values)]
        table.rows.append([*cells, join_distinct(row.published)] if has_published else cells)
    return table


def format_cell(run: ComparedRun, value: Any) -> Any:
    """Return a value for a table: a distribution as median (quartiles), with the number of seeds that measured it if not all."""
    if not is_distribution(value):
        return plain_value(value)
    count = "" if value["count"] == len(run.reports) else f"; {value['count']} seeds"
    return f"{format_value(value['median'])} ({format_value(value['q1'])} to {format_value(value['q3'])}{count})"


def comparison_json(compared: Sequence[ComparedRun], rows: Sequence[Row]) -> dict[str, Any]:
    """Return a comparison for JSON.

    Returns
    -------
    dict
        "runs": a list of dicts with "name", "folder", "task" and "seeds". "rows": a list of dicts with "part", "quantity", "values" (one
        per run), "published" and "source".
    """
    runs = [
        {
            "name": run.name,
            "folder": None if run.folder is None else str(run.folder),
            "task": run.reports[0]["task"],
            "seeds": [report["seed"] for report in run.reports],
        }
        for run in compared
    ]
    return {"runs": json_value(runs), "rows": json_value([asdict(row) for row in rows])}


def check_output_path(path: str | Path) -> Path:
    """Return the path of the output file.

    Raises
    ------
    ParameterError
        If its suffix is not .html, .png, .svg or .pdf.
    FileError
        If no file can have this name.
    """
    target = check_path(path, "--out:")
    if target.suffix.lower() not in (".html", *FIGURE_SUFFIXES):
        suffixes = ", ".join(FIGURE_SUFFIXES)
        raise ParameterError(f"--out: must end in .html for a report, or {suffixes} for the learning curves (got {str(path)!r})")
    return target


def write_comparison(target: Path, compared: Sequence[ComparedRun], rows: Sequence[Row]) -> None:
    """Write a comparison as an HTML document, or its learning curves as a figure. An existing file is replaced.

    Raises
    ------
    FileError
        If the file cannot be written, or if a log cannot be read.
    """
    suffix = target.suffix.lower()
    if suffix == ".html":
        write_text(target, comparison_page(compared, rows), "--out:")
    else:
        figure: Any = draw_curves(compared).get_figure(root=True)
        with atomic_write(target, "--out:") as file:
            figure.savefig(file, format=suffix[1:], dpi=PIXELS_PER_INCH)


def draw_curves(compared: Sequence[ComparedRun]) -> Axes:
    """Draw the learning curves of each run that has an error, with its name and its number of seeds.

    Raises
    ------
    DataError
        If none has.
    """
    shown = [run for run in compared if _has_errors(run)]
    if not shown:
        raise DataError("compare.out: none of the runs has an error over epochs, so there are no learning curves")
    return learning_curve({f"{run.name}, {len(run.logs)} seeds" if len(run.logs) > 1 else run.name: run.logs for run in shown})


def _has_errors(run: ComparedRun) -> bool:
    return any("error" in log and len(log) for log in run.logs)


def comparison_page(compared: Sequence[ComparedRun], rows: Sequence[Row]) -> str:
    """Return a comparison as an HTML document."""
    curves = [draw(CURVES_CAPTION, lambda: draw_curves(compared))] if any(map(_has_errors, compared)) else []
    parts = [section(table.title, table_html(table, heading=False)) for table in comparison_tables(compared, rows)]
    names = ", ".join(run.name for run in compared) if len(compared) <= MAX_NAMES_IN_TITLE else f"{len(compared)} runs"
    folders = " ".join(f"{run.name}: {run.folder}." for run in compared if run.folder is not None)
    return page(f"Comparison of {names}", *(section("Learning curves", figure_html(each)) for each in curves), *parts, footer=folders)
