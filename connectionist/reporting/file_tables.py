"""Tables of the content of a file: examples, a network or a table, for ``connectionist show``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from connectionist.reporting.table import Table
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.group import Group
    from connectionist.model.network import Network

ROWS, VALUES = 6, 12  # that are shown


def example_tables(examples: ExampleSet) -> list[Table]:
    """Return the groups of a set of examples, and its first examples."""
    groups = Table("Groups", ["name", "values", "units"])
    for what, sizes, table in (("inputs", examples.input_groups, examples.inputs), ("targets", examples.target_groups, examples.targets)):
        named = sizes or {"": table.shape[-1]}
        groups.rows += [[name, what, size] for name, size in named.items()]
    groups.rows += [[name, "clamps", table.shape[-1]] for name, table in examples.clamps.items()]
    first = Table("First examples", ["name", "frequency", "ticks", "events", "inputs", "targets"])
    for number in range(min(ROWS, len(examples))):
        example = examples[number]
        rows = [(example.inputs, example.targets)] if example.ticks is None else list(zip(example.inputs, example.targets, strict=True))
        for tick, (inputs, targets) in enumerate(rows[:2]):
            head = [example.name, example.frequency, example.ticks, len(example.events)] if tick == 0 else ["", "", "", ""]
            first.rows.append([*head, _values(inputs), _values(targets)])
    if len(examples) > ROWS:
        first.notes.append(f"and {describe_count(len(examples) - ROWS, 'more example')}")
    return [groups, first]


def activation_text(group: Group) -> str | None:
    """Return the name of the activation function of a group, and of its input function if it has one; None for groups without."""
    name: str | None = getattr(group.activation_function, "name", None)
    return name if group.input_function is None else f"{name} of {group.input_function.name}"


def network_tables(network: Network) -> list[Table]:
    """Return the groups and projections of a network."""
    groups = Table("Groups", ["name", "role", "units", "activation", "error"])
    for group in network.groups:
        error = group.error_function.name if group.error_function is not None else None
        groups.rows.append([group.name, group.role, len(group), activation_text(group), error])
    projections = Table("Projections", ["name", "connections", "delay"])
    for projection in network.projections:
        projections.rows.append([f"{projection.sender.name} → {projection.receiver.name}", len(projection.connections), projection.delay])
    return [groups, projections]


def data_table(frame: Any) -> Table:
    """Return the first rows and columns of a data frame."""
    table = Table("Table", [str(name) for name in frame.columns[:VALUES]])
    table.rows += [[_plain(value) for value in row[:VALUES]] for row in frame.head(ROWS).itertuples(index=False)]
    if len(frame) > ROWS or len(frame.columns) > VALUES:
        table.notes.append(f"of {describe_count(len(frame), 'row')} and {describe_count(len(frame.columns), 'column')}")
    return table


def weight_table(values: Mapping[tuple[str, str, int], float]) -> Table:
    """Return the first weights of a file, by sender, receiver and delay."""
    table = Table("Weights", ["sender", "receiver", "delay", "value"])
    table.rows += [[*key, value] for key, value in islice(values.items(), ROWS)]
    if len(values) > ROWS:
        table.notes.append(f"and {describe_count(len(values) - ROWS, 'more weight')}")
    return table


def _values(row: Any) -> str:
    shown = " ".join("–" if math.isnan(value) else f"{value:.4g}" for value in row[:VALUES].tolist())
    return f"{shown} … ({len(row)})" if len(row) > VALUES else shown


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
