"""The examples of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import connectionist as cn
from connectionist.utils.visible_text import from_spreadsheet_cell, shown
from connectionist_plugins.formats.tables.cells import column_numbers, hint_of_numbers, is_missing, is_numeric, label_text

if TYPE_CHECKING:
    import pandas as pd

ROLES = "input", "target", "clamp"


class TableReader:
    """The examples of a table."""

    def __init__(
        self, file: cn.formats.InputFile, frame: pd.DataFrame, network: cn.Network | None, chosen: Mapping[str, Sequence[str]]
    ) -> None:
        self._file, self._frame, self._network, self._chosen = file, frame, network, chosen
        self._frame.columns = [from_spreadsheet_cell(str(name)) for name in frame.columns]
        if not len(frame):
            raise file.error(message="has no rows")
        if twice := [name for name, count in self._frame.columns.value_counts().items() if count > 1]:
            raise file.error(message=f"has two columns {twice[0]!r}", line=1)

    def examples(self) -> cn.ExampleSet:
        """Return the set."""
        groups = {role: self._groups(role) for role in ROLES}
        if not groups["input"] and not groups["target"]:
            columns = ", ".join(self._frame.columns[:10])
            message = f"has no columns 'input:…' and 'target:…'; name them with inputs=(…), targets=(…) (its columns: {columns})"
            raise self._file.error(message=message + hint_of_numbers(self._frame.columns), line=1)
        self._check_columns(groups)
        for role, named in groups.items():
            self._check_units(role, named)
        tables = {role: {group: self._group(role, group, columns) for group, columns in named.items()} for role, named in groups.items()}
        if self._network is not None:
            tables["input"] = self._with_missing_groups(tables["input"])
        rows, times = self._rows()
        shaped = {role: {group: self._shaped(table, times) for group, table in named.items()} for role, named in tables.items()}
        return cn.ExampleSet.from_arrays(
            self._side("input", shaped["input"], rows, times),
            self._side("output", shaped["target"], rows, times),
            self._texts("name", rows),
            frequencies=self._values("frequency", rows),
            error_weights=self._values("error_weight", rows),
            continues=self._flags(rows),
            clamps=shaped["clamp"],
            network=self._network,
            **times,
        )

    def _side(self, role: str, tables: dict[str, cn.Array], rows: Any, times: dict[str, Any]) -> Any:
        """Return the inputs or targets. Without columns of targets, output units of the network have no targets."""
        if tables:
            return tables.get("", tables)
        groups = [] if self._network is None or role == "input" else [each for each in self._network.groups if each.role == role]
        ticks, width = max(times.get("lengths", [1])), sum(len(group) for group in groups)
        self._file.check_memory(8 * len(rows) * ticks * width, f"the targets of {len(rows)} examples")
        return np.full((len(rows), ticks, width) if times else (len(rows), width), math.nan)

    def _check_columns(self, groups: dict[str, dict[str, list[str]]]) -> None:
        """List columns whose names have a colon, and which are of no group; tables whose columns the user names may have any others."""
        if any(self._chosen.values()):
            return
        used = {column for named in groups.values() for columns in named.values() for column in columns}
        for column in self._frame.columns:
            if ":" in column and column not in used:
                known = " or of a group of the network" if self._network is not None else ""
                self._file.cannot(f"column {column!r} is none of 'input:…', 'target:…', 'clamp:…'{known}; it is left out", 1)

    def _check_units(self, role: str, groups: dict[str, list[str]]) -> None:
        """Raise an error if a column such as ``target:0`` has a word, or if only some columns have a group."""
        named = [column for group, columns in groups.items() if group for column in columns]
        for column in named:
            if column.startswith(f"{role}:") and ("" in groups or column.removeprefix(f"{role}:").isdecimal()):
                column_numbers(self._file, self._frame, column)
        if "" in groups and named:
            message = f"has column {named[0]!r} of a group and column {groups[''][0]!r} without one; name the group in all or in none"
            raise self._file.error(message=message, line=1)

    def _with_missing_groups(self, tables: dict[str, cn.Array]) -> dict[str, cn.Array]:
        """Return inputs in which input groups of the network without a column are an error of the file, named here."""
        assert self._network is not None
        names = [group.name for group in self._network.groups if group.role == "input"]
        if tables and "" not in tables and (missing := [name for name in names if name not in tables]):
            raise self._file.error(message=f"has no column for the input group {missing[0]!r} of {self._network.name}", line=1)
        return tables

    def _column(self, name: str) -> str:
        """Return the column with a name, which may have spaces around it in the file, as in "x, y"."""
        if name in self._frame:
            return name
        found = [column for column in self._frame.columns if column.strip() == name]
        if len(found) != 1:
            message = f"has no column {name!r} (its columns: {', '.join(self._frame.columns[:10])})"
            raise self._file.error(message=message + hint_of_numbers(self._frame.columns), line=1)
        return found[0]

    def _groups(self, role: str) -> dict[str, list[str]]:
        """Return the columns of each group; the group is "" if the columns name none."""
        if chosen := self._chosen.get(role):
            return self._by_group([self._column(name) for name in chosen])
        marked = [name for name in self._frame.columns if name.startswith(f"{role}:")]
        if marked or self._network is None or role == "clamp":
            return self._by_group(marked, f"{role}:")
        of_role = {group.name for group in self._network.groups if group.role == ("input" if role == "input" else "output")}
        return self._by_group([name for name in self._frame.columns if name.partition(":")[0] in of_role])

    def _by_group(self, columns: list[str], prefix: str = "") -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for column in columns:
            group, colon, _ = column.removeprefix(prefix).rpartition(":")
            is_labels = not colon and self._islabel_text(column)
            groups.setdefault(column.removeprefix(prefix) if is_labels or (not prefix and not colon) else group, []).append(column)
        if not prefix and self._network is None and all(len(each) == 1 and not self._islabel_text(each[0]) for each in groups.values()):
            return {"": columns} if columns else {}
        return groups

    def _islabel_text(self, column: str) -> bool:
        return not is_numeric(self._frame[column])

    def _group(self, role: str, group: str, columns: list[str]) -> cn.Array:
        """Return the numbers [row, unit] of a group."""
        labels = None
        if self._network is not None and group and any(group == each.name for each in self._network.groups):
            labels = list(self._network[group].labels)
        if len(columns) == 1 and (self._islabel_text(columns[0]) or (labels is not None and len(labels) > 1 and ":" not in columns[0])):
            return self._one_hot(columns[0], labels)
        if labels is not None and len(columns) != len(labels):
            found = f"{len(columns)} columns of group {group!r}"
            raise self._file.error(found, f"{len(labels)} columns, one for each unit,", line=1)
        ordered = self._in_order(columns, labels)
        numbers = np.stack([column_numbers(self._file, self._frame, column) for column in ordered], axis=1)
        if role == "input" and np.isnan(numbers).any():
            row, unit = (int(each[0]) for each in np.nonzero(np.isnan(numbers)))
            raise self._file.error(f"no value in column {ordered[unit]!r}", "a number; only targets may be missing, which", line=row + 2)
        return numbers

    def _in_order(self, columns: list[str], labels: list[str] | None) -> list[str]:
        """Return columns in the order of the labels, or of numbers from 0, if they have these as their last part."""
        by_label = {column.rpartition(":")[2]: column for column in columns}
        for known in (labels or [], [str(unit) for unit in range(len(columns))]):
            if by_label.keys() == set(known):
                return [by_label[label] for label in known]
        if "0" in by_label and all(label.isdecimal() for label in [*by_label, *(labels or [])]):
            found = f"the columns {', '.join(columns[:10])}"
            raise self._file.error(found, f"the numbers {', '.join(map(str, range(len(columns))))[:60]} as their last parts", line=1)
        return columns

    def _one_hot(self, column: str, labels: list[str] | None) -> cn.Array:
        values = [None if is_missing(value) else from_spreadsheet_cell(label_text(value)) for value in self._frame[column].tolist()]
        known = labels if labels is not None else list(dict.fromkeys(value for value in values if value is not None))
        places = {label: place for place, label in enumerate(known)}
        self._file.check_memory(8 * len(values) * len(known), f"{len(values)} rows of {len(known)} labels")
        numbers = np.zeros((len(values), len(known)))
        for row, value in enumerate(values):
            if value is None:
                numbers[row] = math.nan
            elif value in places:
                numbers[row, places[value]] = 1.0
            else:
                raise self._file.error(f"{shown(value)} in column {column!r}", f"a label, such as {', '.join(known[:10])},", line=row + 2)
        return numbers

    def _rows(self) -> tuple[Any, dict[str, Any]]:
        """Return the first row of each example, and the arguments of `from_arrays` about ticks."""
        count = len(self._frame)
        if "tick" not in self._frame:
            return np.arange(count), {}
        ticks = column_numbers(self._file, self._frame, "tick")
        firsts = np.flatnonzero(ticks == 1)
        wrong = np.flatnonzero(ticks[1:] - ticks[:-1] * (ticks[1:] != 1) != 1) + 1
        if ticks[0] != 1 or len(wrong):
            row = int(wrong[0]) if ticks[0] == 1 else 0
            raise self._file.error(f"tick {ticks[row]:g}", "1, or the tick of the row before and 1 more,", line=row + 2)
        lengths = np.diff([*firsts, count]).tolist()
        times: dict[str, Any] = {"lengths": lengths}
        if "event" in self._frame:
            events = column_numbers(self._file, self._frame, "event")
            starts = np.flatnonzero(np.append(True, events[1:] != events[:-1]) | (ticks == 1))
            owners = np.searchsorted(firsts, starts, side="right") - 1
            sizes = np.diff([*starts, count])
            times["event_lengths"] = [tuple(part.tolist()) for part in np.split(sizes, np.flatnonzero(np.diff(owners)) + 1)]
        return firsts, times

    def _shaped(self, table: cn.Array, times: dict[str, Any]) -> cn.Array:
        """Return the values [example, unit] or [example, tick, unit]."""
        if not times:
            return table
        lengths = times["lengths"]
        self._file.check_memory(8 * len(lengths) * max(lengths) * table.shape[1], f"{len(lengths)} examples of {max(lengths)} ticks")
        shaped = np.full((len(lengths), max(lengths), table.shape[1]), math.nan)
        cases = np.repeat(np.arange(len(lengths)), lengths)
        firsts = np.cumsum(lengths) - lengths
        shaped[cases, np.arange(len(table)) - firsts[cases]] = table
        return shaped

    def _texts(self, column: str, rows: Any) -> list[str] | None:
        if column not in self._frame:
            return None
        values = self._frame[column].tolist()
        return ["" if is_missing(values[row]) else from_spreadsheet_cell(label_text(values[row])) for row in rows.tolist()]

    def _values(self, column: str, rows: Any) -> list[float] | None:
        return column_numbers(self._file, self._frame, column)[rows].tolist() if column in self._frame else None

    def _flags(self, rows: Any) -> list[bool] | None:
        values = self._values("continues", rows)
        return None if values is None else [value == 1 for value in values]
