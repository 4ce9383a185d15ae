"""What things look like in a notebook: small tables and drawings. `displaying.HtmlRepr` asks for them.

Anything with a ``dataset`` of xarray, as recordings are, shows that dataset's own table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.experiments.lesion_study.result import LesionStudy
from connectionist.experiments.run_task import Result
from connectionist.explain.connection import ConnectionExplanation
from connectionist.explain.unit import UnitExplanation
from connectionist.learning.run import Run
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.reporting.html.elements import Html, element
from connectionist.reporting.html.figures import NATURAL, figure_of, image
from connectionist.reporting.html.run_report import ending, measured
from connectionist.reporting.html.tables import table
from connectionist.reporting.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.utils.arrays import Array

MOST_ROWS = 24  # what is beyond is counted
MOST_NUMBERS = 32  # of a pattern
MOST_UNITS = 64  # at either end of a projection that is drawn
QUANTITIES = ("net_input", "activation", "activation_derivative", "net_derivative", "target")
SYMBOLS = ("net input x", "activation y", "∂E/∂y", "∂E/∂x", "target d")


def html(thing: object) -> str | None:
    """Return a thing's HTML for a notebook; None when nothing is known of its kind."""
    parts = _parts(thing)
    return None if parts is None else element("div", *parts, class_="connectionist", style="overflow-x:auto;max-width:100%")


@singledispatch
def _parts(thing: Any) -> list[Html] | None:
    """Return what is shown of a thing, one under the other."""
    if hasattr(thing, "report"):
        return _result(thing)
    if not hasattr(thing, "dataset"):
        return None
    return [_title(repr(thing)), Html(thing.dataset._repr_html_())]


@_parts.register
def _of_network(network: Network) -> list[Html]:
    groups = Table("", ["group", "role", "units", "activation", "error"])
    for group in network.groups:
        functions = [getattr(function, "name", None) for function in (group.activation_function, group.error_function)]
        groups.rows.append([group.name, group.role, len(group), *functions])
    projections = Table("", ["projection", "connections", "delay", "trainable", "weights"])
    for projection in network.projections:
        projections.rows.append([projection.name, *_facts(projection)])
    return [_title(repr(network)), _drawing(network), _shortened(groups), _shortened(projections)]


@_parts.register
def _of_group(group: Group) -> list[Html]:
    return [_title(repr(group)), _shortened(_units(group.units[:MOST_ROWS]), len(group))]


@_parts.register
def _of_unit(unit: Unit) -> list[Html]:
    return [
        _title(repr(unit)),
        _shortened(_units([unit])),
        _shortened(_connections(f"incoming, {len(unit.incoming)}", unit.incoming)),
        _shortened(_connections(f"outgoing, {len(unit.outgoing)}", unit.outgoing)),
    ]


@_parts.register
def _of_connection(connection: Connection) -> list[Html]:
    return [_title(repr(connection)), _shortened(_connections("", [connection]))]


@_parts.register
def _of_projection(projection: Projection) -> list[Html]:
    from connectionist.plots import hinton

    facts = Table("", ["connections", "delay", "trainable", "weights", "rate"])
    rate = projection.rate if projection.rate is not None else "that of the rule"
    facts.rows.append([*_facts(projection), rate])
    small = len(projection) and max(len(projection.sender), len(projection.receiver)) <= MOST_UNITS
    return [
        _title(repr(projection)),
        table(facts),
        *([_image(hinton(projection), f"Weights of {projection.name}")] if small else []),
    ]


@_parts.register
def _of_example(example: Example) -> list[Html]:
    rows = [example.inputs] if example.ticks is None else example.inputs
    goals = [example.targets] if example.ticks is None else example.targets
    shown = Table("", ["tick", "inputs", "targets"])
    shown.rows += [[tick, _numbers(row), _numbers(goal)] for tick, (row, goal) in enumerate(zip(rows, goals, strict=True), 1)]
    if example.ticks is None:
        shown = Table("", shown.columns[1:], [row[1:] for row in shown.rows])
    return [_title(repr(example)), _shortened(shown)]


@_parts.register
def _of_examples(examples: ExampleSet) -> list[Html]:
    shown = Table("", ["name", "inputs", "targets"])
    for name in examples.names[:MOST_ROWS]:
        example = examples[name]
        shown.rows.append([name, _over_ticks(example.inputs), _over_ticks(example.targets)])
    return [_title(repr(examples)), _shortened(shown, len(examples))]


@_parts.register
def _of_run(run: Run) -> list[Html]:
    from connectionist.plots import learning_curve
    from connectionist.plots.figure import new_figure

    facts = Table("", ["epochs", "error", "right, %", "stopped by", "seconds", "engine"])
    facts.rows.append([run.epochs, run.error, 100 * run.correct, run.stopped or "nothing yet", run.seconds, run.engine])
    axes = learning_curve(run.log, axes=new_figure(4, 2.2).add_subplot())
    axes.set_ylabel("error")
    curve = _image(axes, "Error over epochs, summed over the examples")
    return [_title(repr(run)), table(facts), curve if run.epochs else Html("")]


@_parts.register(UnitExplanation)
@_parts.register(ConnectionExplanation)
def _of_explanation(told: object) -> list[Html]:
    return [element("pre", str(told))]


@_parts.register
def _of_study(study: LesionStudy) -> list[Html]:
    from connectionist.plots.figure import new_figure

    drawn = study.plot(axes=new_figure(5, 3).add_subplot())
    return [_title(repr(study)), Html(study.summary.to_html(border=0, na_rep="")), _image(drawn, "Cases right after damage")]


@_parts.register
def _of_result(result: Result) -> list[Html]:
    return _result(result)


def _result(result: Any) -> list[Html]:
    """Return what came of a task, be it run just now or read from its folder."""
    return [_title(repr(result)), element("p", ending(result.report)), *measured(result.report)]


def _image(drawn: Axes, words: str) -> Html:
    """Return a drawing no wider than the cell of the notebook."""
    return image(figure_of(drawn), words, NATURAL, least=0.0)


def _title(text: str) -> Html:
    return element("div", element("strong", text.strip("<>")))


def _drawing(network: Network) -> Html:
    from connectionist.plots import network_drawing

    return _image(network_drawing(network), f"Drawing of {network.name}") if network.groups else Html("")


def _units(units: Iterable[Unit]) -> Table:
    rows = [[unit.name, *(_number(getattr(unit, quantity)) for quantity in QUANTITIES)] for unit in units]
    return Table("", ["unit", *SYMBOLS], list(rows))


def _connections(title: str, connections: Iterable[Connection]) -> Table:
    shown = Table(title, ["sender", "receiver", "delay", "weight w", "∂E/∂w", "last change Δw", "trainable"])
    for connection in connections:
        weight = connection.weight
        ends = [connection.sender.name, connection.receiver.name, connection.delay]
        shown.rows.append([*ends, weight.value, weight.derivative, weight.change, weight.trainable])
    return shown


def _shortened(shown: Table, count: int | None = None) -> Html:
    """Return a table, of very many rows the first and how many there are; nothing when there are none."""
    count = len(shown.rows) if count is None else count
    notes = [f"… and {count - MOST_ROWS} more"] if count > MOST_ROWS else []
    return table(Table(shown.title, shown.columns, shown.rows[:MOST_ROWS], notes)) if shown.rows else Html("")


def _facts(projection: Projection) -> list[object]:
    """Return how many connections there are, how many of them lesioned; the delay; of the others whether trainable, and their range."""
    lesioned = frozenset(projection.lesioned)
    intact = [connection for connection in projection if connection not in lesioned]
    count = f"{len(projection)}, {len(lesioned)} of them lesioned" if lesioned else len(projection)
    flags, values = ([getattr(each.weight, name) for each in intact] for name in ("trainable", "value"))
    trainable = None if not flags else "yes" if all(flags) else "some" if any(flags) else "no"
    return [count, projection.delay, trainable, f"{min(values):.3g} to {max(values):.3g}" if values else "none"]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _numbers(pattern: Array) -> str:
    """Return a pattern's numbers; NaN, for no target, as a hyphen."""
    shown = ["-" if math.isnan(value) else f"{value:g}" for value in pattern[:MOST_NUMBERS].tolist()]
    return " ".join(shown) + (" …" if len(pattern) > MOST_NUMBERS else "")


def _over_ticks(patterns: Array) -> str:
    if patterns.ndim == 1:
        return _numbers(patterns)
    shown = [_numbers(pattern) for pattern in patterns[:4]]
    return " | ".join(shown) + (f" | … {len(patterns)} ticks" if len(patterns) > 4 else "")
