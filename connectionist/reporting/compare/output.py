"""A comparison for people and programs: tables, JSON, a page that stands alone, a figure of the learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, ParameterError
from connectionist.plots import learning_curve
from connectionist.reporting.compare.rows import MEASURED, SETTINGS, TRAINING, VERSIONS, Row, is_spread, one_or_all, plain
from connectionist.reporting.compare.runs import ComparedRun
from connectionist.reporting.html.figures import draw, figure
from connectionist.reporting.html.page import page, section
from connectionist.reporting.html.tables import table
from connectionist.reporting.table import Table, text
from connectionist.utils.json_values import json_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADINGS = {
    SETTINGS: "What was run",
    MEASURED: "Measured beside published",
    TRAINING: "Training",
    VERSIONS: "Versions",
}
PICTURES = (".png", ".svg", ".pdf")
CURVES = "Error over epochs, summed over the training examples; a run with several seeds has a thin line for each, and their median."
DOTS_PER_INCH = 150


def tables_of(sides: Sequence[ComparedRun], rows: Sequence[Row]) -> list[Table]:
    """Return a table of each part of a comparison."""
    tables = []
    for part, heading in HEADINGS.items():
        chosen = [row for row in rows if row.part == part]
        beside = ["published"] if part == MEASURED else []
        shown = Table(heading, ["quantity", *(side.name for side in sides), *beside])
        shown.rows = [[row.quantity, *map(cell, sides, row.values), *([one_or_all(row.published)] if beside else [])] for row in chosen]
        if chosen:
            tables.append(shown)
        elif part in (SETTINGS, VERSIONS):
            tables.append(Table(heading, [], notes=["No difference."]))
    several = [f"{side.name}: median and quartiles over {len(side.reports)} seeds." for side in sides if len(side.reports) > 1]
    tables[-1].notes += several
    return tables


def cell(side: ComparedRun, value: Any) -> Any:
    """Return a value as a table shows it: a distribution with its quartiles, and of how many runs when not of all."""
    if not is_spread(value):
        return plain(value)
    of = "" if value["count"] == len(side.reports) else f"; of {value['count']}"
    return f"{text(value['median'])} ({text(value['q1'])} to {text(value['q3'])}{of})"


def as_json_value(sides: Sequence[ComparedRun], rows: Sequence[Row]) -> dict[str, Any]:
    """Return a comparison for programs: "runs", with name, folder and seeds; "rows", with a value per run."""
    told = [
        {
            "name": side.name,
            "folder": None if side.folder is None else str(side.folder),
            "task": side.reports[0]["task"],
            "seeds": [report["seed"] for report in side.reports],
        }
        for side in sides
    ]
    values = [
        {"part": row.part, "quantity": row.quantity, "values": row.values, "published": row.published, "source": row.source} for row in rows
    ]
    return {"runs": json_value(told), "rows": json_value(values)}


def check_target(path: str | Path) -> Path:
    """Return where a comparison is to be written, if its name says how.

    Raises
    ------
    ParameterError
        When the name ends in nothing known.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", *PICTURES):
        raise ParameterError(f"--out: must end in .html for a page, or {', '.join(PICTURES)} for the learning curves (got {str(path)!r})")
    return target


def write(target: Path, sides: Sequence[ComparedRun], rows: Sequence[Row]) -> None:
    """Write a comparison as a page, or its learning curves as a picture; replaced if it exists.

    Raises
    ------
    FileError
        When it cannot be written, or a log cannot be read.
    """
    try:
        if target.suffix.lower() == ".html":
            target.write_text(comparison_page(sides, rows), encoding="utf-8")
        else:
            drawn: Any = curves(sides).get_figure(root=True)
            drawn.savefig(target, dpi=DOTS_PER_INCH)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"--out: {str(target)!r} cannot be written ({error.strerror})") from None


def curves(sides: Sequence[ComparedRun]) -> Axes:
    """Draw the learning curves of each side under its name and how many they are."""
    return learning_curve({f"{side.name}, {len(side.logs)} seeds" if len(side.logs) > 1 else side.name: side.logs for side in sides})


def comparison_page(sides: Sequence[ComparedRun], rows: Sequence[Row]) -> str:
    """Return a comparison as a page that stands alone."""
    drawn = draw(CURVES, lambda: curves(sides))
    parts = [section(shown.title, table(shown, heading=False)) for shown in tables_of(sides, rows)]
    title = " beside ".join(side.name for side in sides) if len(sides) < 4 else f"{len(sides)} runs side by side"
    where = " ".join(f"{side.name}: {side.folder}." for side in sides)
    return page(title, section("Learning curves", figure(drawn)), *parts, footer=where)
