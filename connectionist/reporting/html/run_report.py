"""The report of one run: what was run, what came out beside what was published, how training went, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from connectionist.plots import hinton_figure, learning_curve, network_drawing
from connectionist.plugins.parameters import parameters_of
from connectionist.reporting.html.elements import Html, element, join, prose
from connectionist.reporting.html.figures import Drawing, draw, draw_all, figure
from connectionist.reporting.html.page import lines, page, section
from connectionist.reporting.html.tables import pairs, table
from connectionist.reporting.plugin_description import description
from connectionist.reporting.repeat_command import repeating
from connectionist.reporting.table import Table
from connectionist.reporting.text import run_tables
from connectionist.reporting.verdicts import conclusion, verdict

if TYPE_CHECKING:
    from connectionist.experiments.run_task import Result
    from connectionist.experiments.task import Task

CURVE = "Error over epochs, summed over the training examples."
WEIGHTS = "Weights: white is positive, black negative, the area of a square its size. Every row is a receiver, every column a sender."
NETWORK = """The network, input at the bottom: a line is black where its weight is positive, orange where it is negative, and the wider the
    larger; connections that take time are dashed. Of a large network, groups and projections only."""
ENDINGS = {
    "epochs": "Training ended when its epochs were done",
    "interrupted": "Training was interrupted",
    "diverged": "Training left the finite numbers and was stopped; what is reported was learned before",
}


def run_drawings(result: Result) -> dict[str, Drawing]:
    """Draw the figures that every run has: "learning_curve", "weights", "network"; after them those of the task, under their captions."""
    task, run, report = result.task, result.run, result.report
    criterion = task.criterion
    title = f"{task.name}, seed {run.seed}"
    published = published_epochs(report)
    drawings = {
        "learning_curve": draw(
            _curve_caption(published, run.epochs),
            lambda: learning_curve(result.log, criterion.error if criterion else None, published, title),
        ),
        "weights": draw(WEIGHTS, lambda: hinton_figure(result.network)),
        "network": draw(NETWORK, lambda: network_drawing(result.network)),
    }
    own = draw_all(f"figures of the task {task.name}", lambda: task.figures(result.network, run))
    return drawings | {drawing.caption: drawing for drawing in own}


def run_page(result: Result, record: Mapping[str, Any], drawings: Mapping[str, Drawing]) -> str:
    """Return the report of one run as a page that stands alone.

    Parameters
    ----------
    result : Result
    record : dict
        What ``run.json`` holds: the report, the command line, versions, date.
    drawings : dict of Drawing
        As `run_drawings` makes them.
    """
    report = result.report
    title = f"{report['task']}, preset {report['preset']}, seed {report['seed']}"
    first = [name for name in drawings if name not in ("weights", "network")]
    ordered = [drawings[name] for name in [*first, *(name for name in drawings if name not in first)]]
    return page(
        title,
        introduction(type(result.task)),
        element("p", ending(report)),
        section("Measured beside published", *measured(report)),
        section("Figures", *map(figure, ordered)),
        section("Training", how_it_went(report)),
        section("What was run", *what_was_run(result.task, report, record)),
        footer=footer(record),
    )


def introduction(kind: type[Task]) -> Html:
    """Return what the task is, and where it was published."""
    written = "\n\n".join(text for text in description(kind).split("\n\n") if not text.startswith("Published in "))
    return join(prose(written), element("p", f"Source: {kind.source}", class_="note"))


def ending(report: Mapping[str, Any]) -> Html:
    """Return how a run ended, plainly."""
    epochs = f"{report['epochs']} epoch{'' if report['epochs'] == 1 else 's'}"
    why = ENDINGS.get(report["stopped"])
    said = f"The criterion was met after {epochs}" if why is None else f"{why}, after {epochs}"
    right = f"; {_percent(report['correct'])} of the training cases are right"
    testing = f", and {_percent(report['test_correct'])} of the testing cases" if report["test_correct"] is not None else ""
    return element("strong", f"{said}{right}{testing}.", class_="wrong" if report["stopped"] in ("diverged", "interrupted") else None)


def measured(report: Mapping[str, Any]) -> list[Html]:
    """Return the findings beside what was published, with what did not come out said first."""
    shown = run_tables(report)[0]
    shown.title = "" if report["findings"] else shown.title
    if not report["findings"]:
        return [lines(*shown.notes)]
    shown.columns = [*shown.columns[:3], "as published", *shown.columns[3:]]
    shown.rows = [
        [*row[:3], _verdict_cell(verdict(finding)), *row[3:]] for row, finding in zip(shown.rows, report["findings"], strict=True)
    ]
    shown.title = "Findings"
    return [lines(*conclusion(report)), table(shown, heading=False)]


def how_it_went(report: Mapping[str, Any]) -> Html:
    """Return the summary of training: epochs, error, cases right, why it stopped, seconds."""
    wanted = ("engine", "parameters", "phase ")
    return pairs("Training", [row for row in run_tables(report)[1].rows if not str(row[0]).startswith(wanted)])


def what_was_run(task: Task | None, report: Mapping[str, Any], record: Mapping[str, Any]) -> list[Html]:
    """Return all that is needed to run it again: the command, if one was typed, parameters, phases, versions."""
    command = repeating(record["command_line"], report.get("seed"))
    rows: list[Sequence[object]] = [["task", report["task"]], ["preset", report["preset"]]]
    rows += [["seed", report["seed"]]] if "seed" in report else []
    rows += [["engine", report["engine"]], ["date", record["date"]]]
    return [
        *([element("p", "To repeat it:"), element("pre", element("code", command))] if command else []),
        pairs("What was run", rows),
        table(_parameters(task, report["parameters"])),
        table(_phases(report["phases"])),
        table(_origins(record)),
    ]


def footer(record: Mapping[str, Any]) -> str:
    """Return by what and when the run was made."""
    version = record["versions"].get("connectionist-simulator") or "of no installed version"
    return f"connectionist {version}, {record['date']}. This page stands alone: nothing is fetched, nothing is run."


def published_epochs(report: Mapping[str, Any]) -> float | None:
    """Return the published number of epochs, if the task measures one: a finding whose quantity begins with that word."""
    for finding in report["findings"]:
        published = finding["published"]
        if finding["quantity"].startswith("epochs") and isinstance(published, (int, float)):
            return published
    return None


def _curve_caption(published: float | None, epochs: int) -> str:
    """Return what the curve shows; published epochs that are far off are not drawn, and so are told."""
    return CURVE + (f" Published: {published:g} epochs; here {epochs}." if published is not None else "")


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.4g} %"


def _verdict_cell(word: str) -> object:
    return element("span", word, class_="wrong") if word in ("no", "not measured") else word


def _parameters(task: Task | None, given: Mapping[str, Any]) -> Table:
    """Return the parameters beside their defaults, where the task is at hand to tell them."""
    shown = Table("Parameters of the task", ["name", "value"], [[name, _value(value)] for name, value in given.items()])
    if task is not None and given:
        defaults = parameters_of(type(task))
        shown.columns = [*shown.columns, "default"]
        shown.rows = [[*row, "none" if defaults[str(row[0])] is MISSING else _value(defaults[str(row[0])])] for row in shown.rows]
    return shown


def _value(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _phases(phases: Sequence[Mapping[str, Any]]) -> Table:
    shown = Table("Phases of training", ["phase", "rule", "its parameters", "epochs at most", "weights changed after each", "order"])
    for number, phase in enumerate(phases, 1):
        parameters = ", ".join(f"{name}={value}" for name, value in phase["parameters"].items())
        after = "epoch" if phase["update_after"] == "epoch" else f"{phase['update_after']} examples"
        shown.rows.append([str(number), phase["rule"], parameters, phase["epochs"], after, phase["order"]])
    return shown


def _origins(record: Mapping[str, Any]) -> Table:
    rows: list[Sequence[object]] = [[name, version] for name, version in record["versions"].items()]
    rows += [["platform", record["platform"]], ["processor", record["processor"]]]
    rows += [[name, f"from {origin}" if origin else "given as an object"] for name, origin in record.get("plugins", {}).items()]
    return Table("Versions", ["of", "which"], rows)
