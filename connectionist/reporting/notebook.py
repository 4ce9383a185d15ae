"""Representations of objects in notebooks: small tables and drawings, which `utils.hooks.HtmlRepr` shows.

An object with an xarray attribute ``dataset``, such as a recording, is shown as xarray shows that dataset.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.experiments.lesion_study.result import LesionStudy
from connectionist.experiments.result import Result
from connectionist.experiments.rule_comparison.result import RuleComparison
from connectionist.explain.connection import ConnectionExplanation
from connectionist.explain.unit import UnitExplanation
from connectionist.learning.run import Run
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.reporting.file_tables import activation_text
from connectionist.reporting.html.elements import Html, element
from connectionist.reporting.html.figures import CSS_SCALE, figure_of, image_html
from connectionist.reporting.html.run_report import ending_html, findings_html
from connectionist.reporting.html.tables import table_html
from connectionist.reporting.table import Table
from connectionist.utils.visible_text import visible_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

MAX_ROWS = 24  # rows shown of a table; a note has the number of further rows
MAX_NUMBERS = 32  # numbers shown of a pattern
MAX_DIGITS = 4  # units of the longest pattern that is shown as its numbers if they are all 0 or 1
MAX_TICKS = 4  # ticks shown of a sequence in one cell
MAX_DRAWN_UNITS = 64  # senders or receivers of a projection whose weights are drawn
QUANTITIES = {
    "net_input": "net input x",
    "activation": "activation y",
    "activation_derivative": "∂E/∂y",
    "net_derivative": "∂E/∂x",
    "target": "target d",
}


def html(value: object) -> str | None:
    """Return the HTML of an object for a notebook; None if its class has no representation."""
    parts = _parts(value)
    return None if parts is None else element("div", *parts, class_="connectionist", style="overflow-x:auto;max-width:100%")


@singledispatch
def _parts(value: Any) -> list[Html] | None:
    """Return the parts of a representation, from top to bottom."""
    if hasattr(value, "report"):
        return _result_parts(value)
    if not hasattr(value, "dataset"):
        return None
    return [_title(repr(value)), Html(visible_text(value.dataset._repr_html_()))]


@_parts.register
def _network_parts(network: Network) -> list[Html]:
    groups = Table("", ["group", "role", "units", "activation", "error"])
    for group in network.groups:
        error = getattr(group.error_function, "name", None)
        groups.rows.append([group.name, group.role, len(group), activation_text(group), error])
    projections = Table("", ["projection", "connections", "delay", "trainable", "weights"])
    for projection in network.projections:
        projections.rows.append([projection.name, *_projection_cells(projection)])
    return [_title(repr(network)), _drawing(network), _first_rows(groups), _first_rows(projections)]


@_parts.register
def _group_parts(group: Group) -> list[Html]:
    return [_title(repr(group)), _first_rows(_units_table(group.units[:MAX_ROWS]), len(group))]


@_parts.register
def _unit_parts(unit: Unit) -> list[Html]:
    return [
        _title(repr(unit)),
        _first_rows(_units_table([unit])),
        _first_rows(_connections_table(f"incoming, {len(unit.incoming)}", unit.incoming)),
        _first_rows(_connections_table(f"outgoing, {len(unit.outgoing)}", unit.outgoing)),
    ]


@_parts.register
def _connection_parts(connection: Connection) -> list[Html]:
    return [_title(repr(connection)), _first_rows(_connections_table("", [connection]))]


@_parts.register
def _projection_parts(projection: Projection) -> list[Html]:
    from connectionist.plots import hinton

    rate = projection.rate if projection.rate is not None else "that of the rule"
    table = Table("", ["connections", "delay", "trainable", "weights", "rate"], [[*_projection_cells(projection), rate]])
    parts = [_title(repr(projection)), table_html(table)]
    if len(projection) and max(len(projection.sender), len(projection.receiver)) <= MAX_DRAWN_UNITS:
        parts.append(_image(hinton(projection), f"Weights of {projection.name}"))
    return parts


@_parts.register
def _example_parts(example: Example) -> list[Html]:
    inputs, targets = _Patterns("inputs", example.inputs), _Patterns("targets", example.targets)
    table = Table("", [inputs.heading, targets.heading])
    if example.ticks is None:
        table.rows = [[inputs.text(example.inputs), targets.text(example.targets)]]
    else:
        table.columns = ["tick", *table.columns]
        ticks = zip(example.inputs, example.targets, strict=True)
        table.rows = [[tick, inputs.text(input_), targets.text(target)] for tick, (input_, target) in enumerate(ticks, 1)]
    return [_title(repr(example)), _first_rows(table)]


@_parts.register
def _example_set_parts(examples: ExampleSet) -> list[Html]:
    shown = [examples[number] for number in range(min(len(examples), MAX_ROWS))]
    inputs = _Patterns("inputs", *(each.inputs for each in shown), names=examples.unit_names("inputs"))
    targets = _Patterns("targets", *(each.targets for each in shown), names=examples.unit_names("targets"))
    table = Table("", ["name", inputs.heading, targets.heading])
    table.rows = [[each.name, inputs.text(each.inputs), targets.text(each.targets)] for each in shown]
    return [_title(repr(examples)), _first_rows(table, len(examples))]


@_parts.register
def _run_parts(run: Run) -> list[Html]:
    from connectionist.plots import learning_curve
    from connectionist.plots.figure import new_figure

    cells: dict[str, object] = {"epochs": run.epochs}
    if run.has_errors:
        cells |= {"error": run.error, "correct, %": 100 * run.correct}
    if run.has_errors and run.test_every:
        cells |= {"test error": run.test_error, "test correct, %": 100 * run.test_correct}
    cells |= {"stopped by": run.stopped or "not stopped", "seconds": run.seconds, "engine": run.engine}
    table = Table("", list(cells), [list(cells.values())])
    if not run.has_errors:
        return [_title(repr(run)), table_html(table)]
    axes = learning_curve(run.log, axes=new_figure(4, 2.2).add_subplot())
    axes.set_ylabel("error")
    return [_title(repr(run)), table_html(table), _image(axes, "Error over epochs, summed over the examples")]


@_parts.register(UnitExplanation)
@_parts.register(ConnectionExplanation)
def _explanation_parts(explanation: object) -> list[Html]:
    return [element("pre", str(explanation), style="font-family:monospace")]


@_parts.register
def _study_parts(study: LesionStudy) -> list[Html]:
    from connectionist.plots.figure import new_figure

    axes = study.plot(axes=new_figure(5, 3).add_subplot())
    return [
        _title(repr(study)),
        Html(visible_text(study.summary.to_html(border=0, na_rep=""))),
        _image(axes, "Fraction of correct cases after damage"),
    ]


@_parts.register
def _comparison_parts(comparison: RuleComparison) -> list[Html]:
    shown = Html(visible_text(comparison.table.to_html(border=0, na_rep="", index=False)))
    if not comparison.table["n"].any():
        return [_title(repr(comparison)), shown]
    drawing = image_html(comparison.plot(), "Runs that learned, and the epochs until they did")
    return [_title(repr(comparison)), shown, drawing]


@_parts.register
def _result_of_run_parts(result: Result) -> list[Html]:
    return _result_parts(result)


def _result_parts(result: Any) -> list[Html]:
    """Return the representation of the result of a task, from this session or read from a folder."""
    return [_title(repr(result)), element("p", ending_html(result.report)), *findings_html(result.report)]


def _image(axes: Axes, description: str) -> Html:
    """Return a drawing that is not wider than the cell of the notebook."""
    return image_html(figure_of(axes), description, scale=CSS_SCALE, min_shrink=0.0)


def _title(text: str) -> Html:
    return element("div", element("strong", text.strip("<>")))


def _drawing(network: Network) -> Html:
    from connectionist.plots import network_drawing

    return _image(network_drawing(network), f"Drawing of {network.name}") if network.groups else Html("")


def _units_table(units: Iterable[Unit]) -> Table:
    rows = [[unit.name, *(_number_or_none(getattr(unit, quantity)) for quantity in QUANTITIES)] for unit in units]
    return Table("", ["unit", *QUANTITIES.values()], list(rows))


def _connections_table(title: str, connections: Iterable[Connection]) -> Table:
    table = Table(title, ["sender", "receiver", "delay", "weight w", "∂E/∂w", "last change Δw", "trainable"])
    for connection in connections:
        weight = connection.weight
        ends = [connection.sender.name, connection.receiver.name, connection.delay]
        table.rows.append([*ends, weight.value, weight.derivative, weight.change, weight.trainable])
    return table


def _first_rows(table: Table, count: int | None = None) -> Html:
    """Return the first rows of a table with a note on the number of further rows; nothing if there are no rows.

    Parameters
    ----------
    table : Table
    count : int, optional
        Number of rows in all, if the table already has only the first ones.
    """
    count = len(table.rows) if count is None else count
    notes = [f"… and {count - MAX_ROWS} more"] if count > MAX_ROWS else []
    return table_html(Table(table.title, table.columns, table.rows[:MAX_ROWS], notes)) if table.rows else Html("")


def _projection_cells(projection: Projection) -> list[object]:
    """Return the number of connections, the delay, and for intact connections whether they are trainable, and the range of weights."""
    lesioned = frozenset(projection.lesioned)
    intact = [connection for connection in projection if connection not in lesioned]
    count = f"{len(projection)}, {len(lesioned)} of them lesioned" if lesioned else len(projection)
    flags, values = ([getattr(each.weight, name) for each in intact] for name in ("trainable", "value"))
    trainable = None if not flags else "yes" if all(flags) else "some" if any(flags) else "no"
    return [count, projection.delay, trainable, f"{min(values):.3g} to {max(values):.3g}" if values else "none"]


def _number_or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


class _Patterns:
    """Texts of the inputs or of the targets of examples: the units that are on if all numbers are 0 or 1, otherwise the numbers.

    Parameters
    ----------
    noun : str
        "inputs" or "targets".
    *tables : array [unit] or [tick, unit]
        Everything that is shown.
    names : tuple of str
        Names of the units; empty if they are not known.
    """

    def __init__(self, noun: str, *tables: Array, names: tuple[str, ...] = ()) -> None:
        least = 1 if names else MAX_DIGITS
        self.are_units = all(table.shape[-1] > least and ((table == 0) | (table == 1)).all() for table in tables)
        self.names = names
        self.heading = f"{noun}: units that are on{'' if names else ', from 0'}" if self.are_units else noun

    def text(self, patterns: Array) -> str:
        """Return one pattern, or the first patterns of a sequence, as text."""
        if patterns.ndim == 1:
            return self._pattern_text(patterns)
        ticks = [self._pattern_text(pattern) for pattern in patterns[:MAX_TICKS]]
        return " | ".join(ticks) + (f" | … {len(patterns)} ticks" if len(patterns) > MAX_TICKS else "")

    def _pattern_text(self, pattern: Array) -> str:
        """Return the units that are on, or the numbers with a hyphen for NaN, which means "no target"."""
        if self.are_units and self.names:
            on = [self.names[unit] for unit in pattern.nonzero()[0]]
            return ", ".join(on[:MAX_NUMBERS]) + (" …" if len(on) > MAX_NUMBERS else "") if on else "none"
        numbers = pattern.nonzero()[0] if self.are_units else pattern
        texts = ["-" if math.isnan(number) else f"{number:g}" for number in numbers[:MAX_NUMBERS].tolist()]
        more = " …" if len(numbers) > MAX_NUMBERS else ""
        return ((", " if self.are_units else " ").join(texts) or "none") + more
