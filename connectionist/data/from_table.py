"""Examples from a table: columns of numbers, columns of labels, and rows that are ticks of a sequence."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.by_group import check_is_network, read_texts
from connectionist.data.example import Example
from connectionist.data.table import GivenTable, column_name
from connectionist.errors import DataError, suggest_name
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network

Column = str | Sequence[str]
Columns = Column | Mapping[str, Column]
Labels = Mapping[str, Sequence[str]]
ONLY = ""  # name of the group of columns that are given without groups


@dataclass(frozen=True)
class _Side:
    """Inputs or targets.

    Attributes
    ----------
    what : str
        "inputs" or "targets".
    groups : dict of str to tuple of str
        Labels of the units of each known group.
    is_of_network : bool
        Whether these are all groups of the side. Labels without a network may be those of the other side.
    clamped : dict of str to tuple of str
        Labels of the units of the other groups that may have inputs, the hidden and output groups of a network.
    may_be_missing : bool
        Whether a value may be missing.
    """

    what: str
    groups: Mapping[str, Sequence[str]]
    is_of_network: bool = False
    clamped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    may_be_missing: bool = False


def examples_of_table(
    given: Any, inputs: Columns, targets: Columns, network: Network | None, labels: Labels, roles: Mapping[str, str | None]
) -> list[Example]:
    """Return the examples of `ExampleSet.from_table`; `roles` has the columns names, frequencies, sequence and tick."""
    table = GivenTable(given)
    check_is_network(network, "ExampleSet.from_table.network")
    if not isinstance(labels, Mapping):
        raise DataError(f"ExampleSet.from_table.labels: must be a dict of group name to labels (got {shown(labels)})")
    labels = {group: read_texts(given_labels, f"ExampleSet.from_table.labels[{group!r}]") for group, given_labels in labels.items()}
    if network is not None and labels:
        raise DataError("ExampleSet.from_table.labels: must not be given with a network, which has labels")
    tables = {}
    for side, columns in (("inputs", inputs), ("targets", targets)):
        is_input = side == "inputs"
        known = labels if network is None else _labels_of(network, "input" if is_input else "output")
        clamped = _labels_of(network, "hidden", "output") if network is not None and is_input else {}
        own = _Side(side, known, is_of_network=network is not None, clamped=clamped, may_be_missing=not is_input)
        tables[side] = _numbers(table, columns, own)
    roles = {role: column_name(column) for role, column in roles.items()}
    rows = _rows_of_examples(table, roles)
    names = _texts(table, roles["names"] or roles["sequence"], "names")
    frequencies = _frequencies(table, roles["frequencies"])
    has_ticks = roles["sequence"] is not None or roles["tick"] is not None
    examples = []
    for chosen in rows:
        _check_one_frequency(table, chosen, frequencies, roles["frequencies"])
        sides = [{group: values[chosen if has_ticks else chosen[0]] for group, values in each.items()} for each in tables.values()]
        plain: list[Any] = [side.get(ONLY, side) for side in sides]
        examples.append(Example(plain[0], plain[1], names[chosen[0]], frequency=frequencies[chosen[0]]))
    return examples


def _labels_of(network: Network, *roles: str) -> Labels:
    return {group.name: group.labels for group in network.groups if group.role in roles}


def _numbers(table: GivenTable, columns: Columns, side: _Side) -> dict[str, Array]:
    """Return the numbers [row, unit] of each group."""
    if not isinstance(columns, Mapping):
        group, labels = next(iter(side.groups.items())) if side.is_of_network and len(side.groups) == 1 else (ONLY, None)
        return {ONLY: _group_numbers(table, columns, group, labels, side)}
    if not columns:
        raise DataError(f"ExampleSet.from_table.{side.what}: must name one column or more (got an empty dict)")
    clamps = replace(side, may_be_missing=True)
    return {
        group: _group_numbers(table, column, group, side.clamped[group], clamps)
        if group in side.clamped
        else _group_numbers(table, column, group, side.groups.get(group), side)
        for group, column in columns.items()
    }


def _group_numbers(table: GivenTable, column: Column, group: str, labels: Sequence[str] | None, side: _Side) -> Array:
    what = f"ExampleSet.from_table.{side.what}" + (f"[{group!r}]" if group else "")
    column = column_name(column)
    if isinstance(column, str):
        values = table.column(column, what)
        is_text = any(isinstance(value, str) for value in values)
        if labels is not None and (len(labels) > 1 or is_text):
            return _one_hot(table, column, values, labels, group, side)
        if labels is None and is_text:
            return _one_hot(table, column, values, list(dict.fromkeys(map(_text, filter(_is_given, values)))), group, side)
        return _column_of_numbers(table, column, values, side)[:, np.newaxis]
    check_no_set(column, what)
    given = column if isinstance(column, Iterable) and not isinstance(column, Mapping) else []
    names = [str(name) if isinstance(name, tuple) else column_name(name) for name in given]  # pandas has tuples under several headers
    if not names:
        raise DataError(f"{what}: must be a column or a list of columns (got {shown(column)})")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DataError(f"{what}: names the column {twice!r} twice")
    if labels is not None and len(labels) != len(names):
        raise DataError(f"{what}: must name {len(labels)} columns, one for each unit of the group (got {len(names)})")
    return np.stack([_column_of_numbers(table, name, table.column(name, what), side) for name in names], axis=1)


def _is_given(value: object) -> bool:
    return value is not None


def _one_hot(table: GivenTable, column: str, values: list[Any], labels: Sequence[str], group: str, side: _Side) -> Array:
    numbers = np.zeros((len(values), len(labels)))
    places = {label: place for place, label in enumerate(labels)}
    for row, value in enumerate(values):
        if value is None:
            numbers[row] = _missing(table, row, column, side)
        elif (label := _text(value)) in places:
            numbers[row, places[label]] = 1.0
        else:
            owner = f"group {group!r}" if group else "the group"
            raise DataError(f"{table.place(row, column)}: {owner} has no unit {label!r}; {suggest_name(label, labels)}")
    return numbers


def _column_of_numbers(table: GivenTable, column: str, values: list[Any], side: _Side) -> Array:
    numbers = np.empty(len(values))
    for row, value in enumerate(values):
        if value is None:
            numbers[row] = _missing(table, row, column, side)
        elif isinstance(value, (Real, Decimal, np.bool_)):
            size: Any = abs(value)
            numbers[row] = float(value) if size <= sys.float_info.max else math.inf
        else:
            hint = "; a column of labels is given alone, as in inputs={'group': 'column'}" if isinstance(value, str) else ""
            raise DataError(f"{table.place(row, column)}: must be a number (got {shown(value, 60)}){hint}")
        if math.isinf(numbers[row]):
            raise DataError(f"{table.place(row, column)}: must be finite (got {shown(value, 60)})")
    return numbers


def _missing(table: GivenTable, row: int, column: str, side: _Side) -> float:
    """Return NaN for a missing target or clamp. A missing input of an input group is an error."""
    if not side.may_be_missing:
        raise DataError(f"{table.place(row, column)}: the value is missing; only targets and clamps may be missing")
    return math.nan


def _text(value: object) -> str:
    """Return the label of a cell. Whole numbers have no decimals, since pandas makes floats of a column with missing values."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _texts(table: GivenTable, column: str | None, what: str) -> list[str]:
    if column is None:
        return [""] * len(table.rows)
    return ["" if value is None else _text(value) for value in table.column(column, f"ExampleSet.from_table.{what}")]


def _frequencies(table: GivenTable, column: str | None) -> list[float]:
    if column is None:
        return [1.0] * len(table.rows)
    values = table.column(column, "ExampleSet.from_table.frequencies")
    numbers: list[float] = _column_of_numbers(table, column, values, _Side("inputs", {})).tolist()
    for row, number in enumerate(numbers):
        if number <= 0:
            raise DataError(f"{table.place(row, column)}: a frequency must be above 0 (got {number:g})")
    return numbers


def _check_one_frequency(table: GivenTable, rows: list[int], frequencies: list[float], column: str | None) -> None:
    for row in rows:
        if frequencies[row] != frequencies[rows[0]]:
            raise DataError(
                f"{table.place(row, str(column))}: all rows of a sequence must have one frequency (got {frequencies[row]:g} "
                f"after {frequencies[rows[0]]:g})"
            )


def _rows_of_examples(table: GivenTable, roles: Mapping[str, str | None]) -> list[list[int]]:
    """Return the rows of each example: one, or those of a sequence in the order of its ticks."""
    if roles["sequence"] is None and roles["tick"] is None:
        return [[row] for row in range(len(table.rows))]
    column = roles["sequence"] or roles["names"]
    if column is None:
        raise DataError(
            "ExampleSet.from_table.tick: give the column of the sequences or of the names too, sequence=… or names=… (got none)"
        )
    by_sequence: dict[Any, list[int]] = {}
    for row, value in enumerate(table.column(column, "ExampleSet.from_table.sequence")):
        if value is None:
            raise DataError(f"{table.place(row, column)}: the value is missing; each row needs its sequence")
        by_sequence.setdefault(_text(value), []).append(row)
    if roles["tick"] is None:
        return list(by_sequence.values())
    return [_in_order_of_ticks(table, rows, roles["tick"], name) for name, rows in by_sequence.items()]


def _in_order_of_ticks(table: GivenTable, rows: list[int], column: str, name: str) -> list[int]:
    values = table.column(column, "ExampleSet.from_table.tick")
    by_tick: dict[Any, int] = {}
    for row in rows:
        tick = values[row]
        is_whole = isinstance(tick, Real) and not isinstance(tick, bool) and tick % 1 == 0
        if not is_whole or not 1 <= tick <= len(rows):
            raise DataError(
                f"{table.place(row, column)}: the {len(rows)} ticks of {name!r} must be 1 to {len(rows)} (got {shown(tick, 60)})"
            )
        if int(tick) in by_tick:
            raise DataError(f"{table.place(row, column)}: {name!r} has tick {int(tick)} twice")
        by_tick[int(tick)] = row
    return [by_tick[tick] for tick in sorted(by_tick)]
