"""The report of a study, ``report.html``, and its table for other programs, in the folder of the study."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.experiments.study.execute import MEASURES
from connectionist.experiments.study.read_study import ReopenedStudy, read_study
from connectionist.experiments.study.store import DESCRIPTION
from connectionist.experiments.study.study_tables import by_condition
from connectionist.experiments.study.summary import can_learn, has_trained, learned
from connectionist.plots import distributions, error_by_epoch, learned_by_epoch, matrix
from connectionist.plots.runs.error_by_epoch import MOST_BANDS, error_panels
from connectionist.reporting.html.elements import element
from connectionist.reporting.html.figures import Drawing, draw, figure_html
from connectionist.reporting.html.page import page, paragraphs, section
from connectionist.reporting.html.run_report import footer_text
from connectionist.reporting.html.tables import pairs_html, table_html
from connectionist.reporting.repeat_command import repeat_command
from connectionist.reporting.study_tables import study_tables
from connectionist.reporting.text import FRACTIONS
from connectionist.utils.files import write_bytes, write_rows, write_text
from connectionist.utils.untrusted_files import is_file

if TYPE_CHECKING:
    import pandas as pd

REPORT, CSV, PARQUET = "report.html", "table.csv", "table.parquet"
MOST_MAPS = 3  # pairs of parameters with a heat map
MOST_PANELS = 24  # conditions with axes for their learning curves
MOST_MEASURES = 12  # with a figure
MOST_DISTRIBUTIONS = 60  # conditions in one figure


def is_study(folder: Path) -> bool:
    """Return whether a folder is that of a study."""
    return is_file(folder / DESCRIPTION)


def write_study_report(folder: Path) -> bool:
    """Write the report and the table of a study, finished or not, into its folder. Return whether a figure could not be drawn.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    FileError
        If the folder has no study, a file of it is damaged, or a file cannot be written.
    """
    study = read_study(folder)
    table = study.table
    write_rows(folder / CSV, _csv_rows(table))
    write_bytes(folder / PARQUET, _parquet(table))
    drawings = _draw(study, table)
    write_text(folder / REPORT, _page(study, table, drawings))
    return any(drawing.has_failed for drawing in drawings)


def _csv_rows(table: pd.DataFrame) -> Iterator[Sequence[Any]]:
    """Yield the rows of a CSV file that R and pandas read alike: truth values are TRUE and FALSE, and a missing value is empty."""
    yield [*table]
    yield from zip(*([_csv_cell(value) for value in table[name].tolist()] for name in table), strict=True)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).upper()
    return None if value != value else value  # noqa: PLR0124  (NaN)


def _parquet(table: pd.DataFrame) -> bytes:
    """Return a table as Parquet. A column of values of several types is text."""
    content = io.BytesIO()
    texts: dict[str, Any] = {
        name: [None if value is None else str(value) for value in table[name]] for name in map(str, table) if table[name].dtype == object
    }
    table.assign(**texts).to_parquet(content, index=False)
    return content.getvalue()


def _page(study: ReopenedStudy, table: pd.DataFrame, drawings: Sequence[Drawing]) -> str:
    """Return the report as an HTML document."""
    record = study.record
    identity = record["identity"]
    title = str(identity.get("task", identity.get("function", "study")))
    (shown,) = study_tables(table, study.columns, title, study.planned)
    failures = [element("p", note, class_="warning") for note in shown.notes[1:]]
    command = repeat_command(record.get("command_line", []))
    return page(
        f"Study of {title}",
        element("p", element("strong", shown.notes[0])),
        *failures,
        section("Conditions", table_html(_without_notes(shown), heading=False)),
        section("Figures", *(map(figure_html, drawings) if drawings else [paragraphs("No run has a value that can be drawn.")])),
        section(
            "Settings",
            *([element("p", "Command that repeats the study:"), element("pre", element("code", command))] if command else []),
            pairs_html("Study", [[name, _setting(value)] for name, value in identity.items() if value not in (None, [], {})]),
        ),
        footer=footer_text(record),
    )


def _setting(value: Any) -> str:
    """Return a part of the identity of a study as text; an object by its name or class if it has nothing else."""
    if isinstance(value, Mapping):
        first, *rest = value.items()
        return (
            str(first[1])
            if first[0] in ("name", "class") and not rest
            else ", ".join(f"{name} {_setting(of)}" for name, of in value.items())
        )
    return value if isinstance(value, str) else repr(value)


def _without_notes(table: Any) -> Any:
    table.notes = []
    return table


def _draw(study: ReopenedStudy, table: pd.DataFrame) -> list[Drawing]:
    """Return the figures that the runs allow."""
    names = list(study.columns)
    of_rows = study.condition_numbers()
    numbers = {label: set(of_rows[rows.index].tolist()) for label, rows in by_condition(table, names)}
    is_learned = learned(table) & can_learn(table)
    drawings = []
    curves = _curves(study, numbers)
    if curves:
        quartiles = " The bands have the quartiles." if len(curves) <= MOST_BANDS else ""
        caption = f"Error over epochs, median of the runs of each condition.{quartiles} A run that has ended keeps its last error."
        drawings.append(draw(caption, lambda: error_by_epoch(curves)))
        if not quartiles:
            caption = "Error over epochs, median and quartiles of each condition. The medians of the others are grey."
            drawings.append(draw(caption, lambda: error_panels(dict(list(curves.items())[:MOST_PANELS]))))
    if is_learned.any() and "epochs" in table:
        ends = table.assign(learned_at=table["epochs"].where(is_learned))
        epochs = {label: rows["learned_at"].astype(float).tolist() for label, rows in by_condition(ends, names)}
        caption = "Runs that have learned, in percent of all runs of the condition, over epochs."
        drawings.append(draw(caption, lambda: learned_by_epoch(epochs)))
    measures = _measures(table, names)
    labels = [label for label, _ in by_condition(table, names, with_names=False)]
    published = _published(study, dict(zip(labels, numbers.values(), strict=True)))
    drawings += [
        draw(_distribution_caption(each), partial(_distributions, table, names, each, published.get(each, {}))) for each in measures
    ]
    pairs = [(first, second) for place, first in enumerate(names) for second in names[place + 1 :]]
    for first, second in pairs[:MOST_MAPS] if is_learned.any() else ():
        of = table.assign(percent=100.0 * is_learned)
        drawings.append(draw(f"Runs that have learned, in percent, over {first} and {second}.", partial(_map, of, first, second)))
    return drawings


def _published(study: ReopenedStudy, numbers: Mapping[str, set[int]]) -> dict[str, dict[str, float]]:
    """Return for each quantity its published value by the label of the condition."""
    of_conditions = study.published()
    found: dict[str, dict[str, float]] = {}
    for label, conditions in numbers.items():
        for quantity, value in of_conditions.get(min(conditions, default=-1), {}).items():
            found.setdefault(quantity, {})[label] = value
    return found


def _curves(study: ReopenedStudy, numbers: Mapping[str, set[int]]) -> dict[str, tuple[Any, Any]]:
    """Return for each condition by its label epochs, and the errors of the runs that did not diverge [run, epoch]."""
    curves = study.kept_curves()
    if curves is None:
        return {}
    found = {}
    for label, conditions in numbers.items():
        epochs, errors = curves.at_same_epochs(np.isin(curves.conditions, [*conditions]))
        found[label] = epochs, errors[np.isfinite(errors).all(axis=1)]
    return {label: curve for label, curve in found.items() if curve[1].size}


def _measures(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the columns of numbers that have a distribution: those of a task, and those that a function or `measure` returned."""
    others = (*names, "seed", "seconds", "message", "stopped", *MEASURES)
    found = [name for name in MEASURES if name in table and (name != "epochs" or has_trained(table))]
    found += [name for name in map(str, table) if name not in others and table[name].dtype.kind in "fiub"]
    return [name for name in found if table[name].notna().any()][:MOST_MEASURES]


def _distribution_caption(measure: str) -> str:
    return f"Distribution of {measure}. Each dot is a run; the box has the quartiles, and its line the median."


def _distributions(table: pd.DataFrame, names: Sequence[str], measure: str, published: Mapping[str, float]) -> Any:
    groups = list(by_condition(table, names, with_names=False))[:MOST_DISTRIBUTIONS]
    values = {label: rows[measure].dropna().astype(float).tolist() for label, rows in groups}
    axes = distributions(values, axis=measure, over=", ".join(names), published=published)
    is_fraction = measure in FRACTIONS or table[measure].dtype == bool
    if is_fraction and table[measure].dropna().between(0, 1).all():
        axes.set_ylim(-0.03, 1.03)
    return axes


def _map(table: pd.DataFrame, first: str, second: str) -> Any:
    percent = table.groupby([first, second], sort=False, dropna=False)["percent"].mean().round().unstack(second)
    percent.index, percent.columns = [str(value) for value in percent.index], [str(value) for value in percent.columns]
    axes = matrix(percent, label="learned, %", full_scale=100.0)
    axes.set(xlabel=second, ylabel=first)
    return axes
