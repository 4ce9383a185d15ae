"""The HTML report of one run: the task, measured and published values, figures, training, and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from connectionist.engines.phase import Criterion
from connectionist.experiments.settling_task import task_given
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import figures_of
from connectionist.plots import hinton_figure, learning_curve, network_drawing
from connectionist.plugins.parameter_types import parameters_of
from connectionist.reporting.agreement import NO, NOT_MEASURED, agreement, agreement_sentences
from connectionist.reporting.html.elements import Html, docstring_html, element, join
from connectionist.reporting.html.figures import Drawing, draw, draw_all, figure_html
from connectionist.reporting.html.page import page, paragraphs, section
from connectionist.reporting.html.tables import pairs_html, table_html
from connectionist.reporting.plugin_description import description
from connectionist.reporting.repeat_command import repeat_command
from connectionist.reporting.table import Table
from connectionist.reporting.text import (
    NOTHING_TRAINED,
    further_settings,
    notes_on_criterion,
    run_tables,
    trained_nothing,
    training_quantities,
)
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from connectionist.experiments.result import Result
    from connectionist.learning.run import Run

DISTRIBUTION = "connectionist-simulator"
MAX_UNITS, MAX_CONNECTIONS = 10_000, 1_000_000  # limits: the figures of a task are not drawn for larger networks
CURVE_CAPTION = "Error over epochs, summed over the training examples."
TESTS_CAPTION = " The orange line is the error of the testing examples, after the weight changes of an epoch."
WEIGHTS_CAPTION = (
    "Weights. White squares are positive, black squares negative; the area is proportional to |w|. "
    "Every receiver has a row, every sender a column. Projections that are not drawn are named below the tables."
)
NETWORK_CAPTION = (
    "The network, with the input at the bottom. Positive connections are black, negative ones orange; the width is proportional to |w|. "
    "Connections with delay are dashed. Of many connections, the strongest are drawn. A large network is drawn as groups and projections, "
    "a very large one as numbers of them."
)
STOPS = {
    "epochs": "Training stopped after its last epoch",
    "interrupted": "Training was interrupted",
    "diverged": "Training was stopped because it diverged; the report describes the last finite weights",
    "error": "Training was ended by an error; the report describes the weights from before the error",
}


def draw_run_figures(result: Result) -> dict[str, Drawing]:
    """Return the figures of a run: "learning_curve" if there is an error, "weights" and "network", then those of the task by caption."""
    task, run = result.task, result.run
    criterion = task.criterion.error if isinstance(task.criterion, Criterion) else None
    title = f"{task.name}, seed {run.seed}"
    published = published_epochs(result.report)
    has_curve = result.report["error"] is not None or (run.stopped != "epochs" and not run.epochs)
    drawings = {}
    if has_curve:
        drawings["learning_curve"] = draw(_curve_caption(published, run), lambda: learning_curve(result.log, criterion, published, title))
    drawings |= {
        "weights": draw(WEIGHTS_CAPTION, lambda: hinton_figure(result.network)),
        "network": draw(NETWORK_CAPTION, lambda: network_drawing(result.network)),
    }
    return drawings | {drawing.caption: drawing for drawing in _draw_figures_of_task(result)}


def _draw_figures_of_task(result: Result) -> list[Drawing]:
    """Return the figures of the task, or one that says why they are left out: in a large network they may take minutes or hours."""
    task, network = result.task, result.network
    caption = f"Figures of the task {task.name}."
    units, connections = len(network.units), len(network.connections)
    if type(task).figures is not Task.figures and (units > MAX_UNITS or connections > MAX_CONNECTIONS):
        size = f"The network has {units:,} units and {connections:,} connections"
        limits = f"up to {MAX_UNITS:,} units and {MAX_CONNECTIONS:,} connections"
        return [Drawing(caption, None, f"{size}; the report has figures of tasks {limits}. task.figures(network, run) draws them.")]
    return draw_all(caption, lambda: figures_of(task, network, result.run))


def run_page(result: Result, record: Mapping[str, Any], drawings: Mapping[str, Drawing]) -> str:
    """Return the report of one run as an HTML document.

    Parameters
    ----------
    result : Result
    record : mapping
        Content of ``run.json``: report, command line, versions and date.
    drawings : mapping of Drawing
        What `draw_run_figures` returned.
    """
    report = result.report
    title = f"{report['task']}, preset {report['preset']}, seed {report['seed']}"
    first = [name for name in drawings if name not in ("weights", "network")]
    ordered = [drawings[name] for name in [*first, *(name for name in drawings if name not in first)]]
    return page(
        title,
        task_html(type(task_given(result.task))),
        element("p", ending_html(report)),
        *(element("p", failure, class_="warning") for failure in report.get("failures", ())),
        section("Measured and published", *findings_html(report)),
        section("Figures", *map(figure_html, ordered)),
        *([section("Training", training_html(report))] if training_quantities([report]) else []),
        section("Settings", *settings_html(task_given(result.task), report, record)),
        footer=footer_text(record),
    )


def task_html(task: type[Task]) -> Html:
    """Return the description of a task, and its published source."""
    text = "\n\n".join(part for part in description(task).split("\n\n") if not part.startswith("Published in "))
    return join(docstring_html(text), *([element("p", f"Source: {task.source}", class_="note")] if task.source else []))


def ending_html(report: Mapping[str, Any]) -> Html:
    """Return a sentence on how training ended, with the percentage of correct cases."""
    epochs = describe_count(report["epochs"], "epoch")
    stop = STOPS.get(report["stopped"], f"A function ended training: {report['stopped']}")
    criterion = f" ({report['criterion']})" if "criterion" in report else ""
    ending = f"The criterion{criterion} was met after {epochs}" if report["stopped"] == "criterion" else f"{stop} ({epochs})"
    failed = report["stopped"] in ("diverged", "interrupted", "error")
    if not failed and trained_nothing(report):
        ending = NOTHING_TRAINED.rstrip(".")
    training = f". {_percent(report['correct'])} of the training cases are correct"
    testing = f", and {_percent(report['test_correct'])} of the testing cases" if report["test_correct"] is not None else ""
    cases = "" if report["correct"] is None and not failed and not report.get("failures") else f"{training}{testing}"
    sentences = " ".join([f"{ending}{cases}.", *notes_on_criterion(report)])
    return element("strong", sentences, class_="warning" if failed else None)


def findings_html(report: Mapping[str, Any]) -> list[Html]:
    """Return sentences on the agreement with published values, and the table of findings."""
    findings = run_tables(report)[0]
    if not report["findings"]:
        return [paragraphs(*findings.notes)]
    words = [agreement(finding) for finding in report["findings"]]
    findings.title = "Findings"
    findings.columns = [*findings.columns[:3], "agrees", *findings.columns[3:]]
    findings.rows = [[*row[:3], _agreement_cell(word), *row[3:]] for row, word in zip(findings.rows, words, strict=True)]
    return [paragraphs(*agreement_sentences(report)), table_html(findings, heading=False)]


def training_html(report: Mapping[str, Any]) -> Html:
    """Return the table of training: epochs, error, correct cases, what stopped it, and seconds."""
    of_settings = ("engine", "parameters", "ticks", "phase ")
    return pairs_html("Training", [row for row in run_tables(report)[1].rows if not str(row[0]).startswith(of_settings)])


def settings_html(task: Task | None, report: Mapping[str, Any], record: Mapping[str, Any]) -> list[Html]:
    """Return what is needed to repeat a run: the command if there was one, parameters, phases and versions.

    Parameters
    ----------
    task : Task or None
        The task, whose defaults are set beside the parameters; None for several seeds.
    report : mapping
        Report of a run, or summary of several.
    record : mapping
        Content of ``run.json`` or ``summary.json``.
    """
    command = repeat_command(record["command_line"], report.get("seed"))
    rows: list[Sequence[object]] = [["task", report["task"]], ["preset", report["preset"]]]
    rows += [["seed", report["seed"]]] if "seed" in report else []
    rows += [["ticks", f"{report['ticks']}, with symmetric connections"]] if "ticks" in report else []
    rows += [["engine", report["engine"]], ["date", record["date"]]]
    return [
        *([element("p", "Command that repeats the run:"), element("pre", element("code", command))] if command else []),
        pairs_html("Run", rows),
        table_html(_parameters_table(task, report["parameters"])),
        *([] if trained_nothing(report) else [table_html(_phases_table(report["phases"]))]),
        table_html(_versions_table(record)),
    ]


def footer_text(record: Mapping[str, Any]) -> str:
    """Return the version of the simulator and the date of the run."""
    version = record.get("versions", {}).get(DISTRIBUTION) or "(not installed)"
    return f"connectionist {version}, {record.get('date', 'date unknown')}. This file loads nothing and runs no script."


def published_epochs(report: Mapping[str, Any]) -> float | None:
    """Return the published number of epochs: that of the first finding whose quantity begins with "epochs"; None if there is none."""
    for finding in report["findings"]:
        published = finding["published"]
        if finding["quantity"].startswith("epochs") and isinstance(published, (int, float)):
            return published
    return None


def _curve_caption(published: float | None, run: Run) -> str:
    """Return the caption of the learning curve, with the published epochs, which the curve does not show if they are far out."""
    epochs = f" Published: {published:g} epoch{'' if published == 1 else 's'}; this run: {run.epochs}." if published is not None else ""
    return CURVE_CAPTION + (TESTS_CAPTION if run.test_every else "") + epochs


def _percent(fraction: float | None) -> str:
    return "an unknown part" if fraction is None else f"{100 * fraction:.4g} %"


def _agreement_cell(word: str) -> object:
    return element("span", word, class_="warning") if word in (NO, NOT_MEASURED) else word


def _parameters_table(task: Task | None, parameters: Mapping[str, Any]) -> Table:
    """Return the parameters of a task, with their defaults if the task is known."""
    table = Table("Parameters of the task", ["name", "value"], [[name, _value_text(value)] for name, value in parameters.items()])
    if task is not None and parameters:
        defaults = parameters_of(type(task))
        table.columns = [*table.columns, "default"]
        table.rows = [[*row, "none" if defaults[str(row[0])] is MISSING else _value_text(defaults[str(row[0])])] for row in table.rows]
    return table


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _phases_table(phases: Sequence[Mapping[str, Any]]) -> Table:
    columns = ["phase", "rule", "parameters of the rule", "epochs at most", "weights changed after each", "order"]
    table = Table("Phases of training", columns)
    for number, phase in enumerate(phases, 1):
        parameters = ", ".join([*(f"{name}={value}" for name, value in phase["parameters"].items()), *further_settings(phase)])
        interval = "epoch" if phase["update_after"] == "epoch" else describe_count(phase["update_after"], "example")
        table.rows.append([str(number), phase["rule"], parameters, phase["epochs"], interval, phase["order"]])
    return table


def _versions_table(record: Mapping[str, Any]) -> Table:
    """Return the versions of Python and the distributions, the platform, and the origin of each plugin."""
    rows: list[Sequence[object]] = [[name, version] for name, version in record["versions"].items()]
    rows += [["platform", record["platform"]], ["processor", record["processor"]]]
    origins = record.get("plugins", {})
    rows += [[name, f"plugin of {origin}" if origin else "object passed by the user"] for name, origin in origins.items()]
    return Table("Versions", ["name", "version or origin"], rows)
