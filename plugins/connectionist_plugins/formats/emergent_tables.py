r"""Tables of emergent (``.tsv``, ``.dat``): columns with types and, for patterns of layers, with places of cells.

Cells are separated by tabs. The first line is ``_H:`` and the names of the columns, each after a mark of its type: ``$`` for text, ``%``
and ``#`` for real numbers, ``|`` for whole numbers, ``^`` for true and false. The cells of a pattern have their place, as in
``%Input[2:0,1]``, and the first of them has the sizes, as in ``%Input[2:0,0]<2:5,5>``. Each row is ``_D:`` and its values. Logs have
neither ``_H:`` nor ``_D:``.

Aisa, B., Mingus, B. & O'Reilly, R. (2008), The emergent neural modeling system, Neural Networks 21, 1146–1152.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import connectionist as cn
from connectionist.formats import check_examples, without_targets, written_name
from connectionist.utils.visible_text import shown

HEAD, ROW = "_H:", "_D:"
TEXT = "$"
FREQUENCY = "Freq"
TYPES = "$%#|^@&"
NO_TYPE = re.compile(r"[^\w\s\[\]<>]")  # the first character of a column, if it is not one of `TYPES`
COLUMN = re.compile(r"([$%#|^@&]?)([^\[\]<>]*)(?:\[(\d+):([\d,]+)\])?(?:<(\d+):([\d,]+)>)?")
GROUP = re.compile(r"[^\[\]<>\"\t\n\r]+")
ESCAPED_CELL = r'"(?:[^"\\\t]|\\.)*"|[^"\t]*'
ESCAPED_LINE = re.compile(rf"(?:{ESCAPED_CELL})(?:\t(?:{ESCAPED_CELL}))*")
ESCAPE = re.compile(r"\\(.)")
ESCAPES = {"n": " ", "t": " "}
TRUTH = {"true": 1.0, "false": 0.0}
MOST_CELLS = 10**7
NAMING = "inputs=(…), targets=(…) of the format"


@dataclass
class _Column:
    """A column of the table: one cell in each row, or those of a pattern."""

    name: str
    type: str
    cells: list[int] = field(default_factory=list)
    places: dict[str, None] = field(default_factory=dict)  # in their order
    size: int = 0


@dataclass
class _Table:
    columns: dict[str, _Column]
    rows: list[list[str]]
    lines: list[int]
    is_log: bool


@dataclass(frozen=True)
class EmergentTables(cn.FileFormat):
    """Tables of emergent, with the patterns of layers.

    The column of a group has its name, without regard to capitals; input groups get inputs, output groups targets. Without a network,
    columns whose names begin with "input" are inputs, those with "output" or "target" are targets; in a log only if they are patterns. A
    network whose output groups have no column gets no targets. The column "Name" has the names of the examples, and "Freq" their
    frequencies. The order of units is that of the cells in the file. The text NaN is a missing target.

    Parameters
    ----------
    inputs, targets : tuple of str
        Names of the columns of inputs and of targets.
    """

    inputs: tuple[str, ...] = cn.parameter(())
    targets: tuple[str, ...] = cn.parameter(())
    name = "emergent_tables"
    suffixes = (".dat",)
    sniffed_suffixes = (".tsv",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with the mark of the heading, or with a type and a name."""
        first = beginning.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0]
        return first.startswith(b"_H:") or (first[:1].decode("latin-1") in TYPES and len(first) > 1 and first[1:2].isalpha())

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return an example for each row."""
        table = _read(file)
        inputs, targets = _choose(file, table, network, self.inputs, self.targets)
        if not table.rows:
            raise file.error("no row", f"a row that begins with {ROW!r}")
        names = _names(table)
        wanted = _by_group(file, table, targets, network) if targets else without_targets(file, len(table.rows), network)
        frequencies = _frequencies(file, table, inputs | targets)
        given = _by_group(file, table, inputs, network)
        return cn.ExampleSet.from_arrays(given, wanted, names, frequencies=frequencies, network=network)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write a row for each example. Patterns have one row of cells."""
        check_examples(file, examples, missing=True, frequency=True, no_targets=True, names=True, groups=True)
        frequencies = [[value] for value in examples.frequencies.tolist()] if (examples.frequencies != 1.0).any() else [[]] * len(examples)
        columns = [f"{TEXT}Name", *([f"%{FREQUENCY}"] if frequencies[0] else [])]
        for sizes, name, width in (
            (examples.input_groups, "Input", examples.inputs.shape[1]),
            (examples.target_groups, "Output", examples.targets.shape[1]),
        ):
            for group, size in (sizes or {name: width}).items():
                if not GROUP.fullmatch(group):
                    text = f"the format has no name such as {group!r} of a group: empty, or with a tab, a line end, '\"' or a bracket"
                    raise cn.errors.FormatError(f"{file.name}: {text}")
                if group in (column[1:] for column in columns):
                    raise cn.errors.FormatError(f"{file.name}: group {group!r} has the name of another column")
                columns += [f"%{group}[2:0,{cell}]{f'<2:1,{size}>' if not cell else ''}" for cell in range(size)]
        file.write("\t".join([HEAD, *columns]) + "\n")
        rows = zip(examples.names, frequencies, examples.inputs.tolist(), examples.targets.tolist(), strict=True)
        for name, frequency, inputs, targets in rows:
            label = written_name(file, name, " ".join(name.replace('"', "'").split()))
            numbers = ("NaN" if math.isnan(value) else f"{value:.17g}" for value in frequency + inputs + targets)
            file.write("\t".join([ROW, label, *numbers]) + "\n")

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return the table, with a column for each cell of a pattern."""
        import pandas as pd

        table = _read(file)
        columns = {}
        for column in table.columns.values():
            for cell, place in zip(column.cells, column.places, strict=True):
                values = [row[cell] for row in table.rows]
                columns[f"{column.name}[{place}]" if place else column.name] = (
                    values if column.type == TEXT else [_number(file, table, number, cell) for number in range(len(values))]
                )
        return pd.DataFrame(columns)


def _lines(file: cn.formats.InputFile) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not empty."""
    with file.stream() as stream:
        for number, line in enumerate(stream, 1):
            file.check_text(line, number)
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise file.error("a byte that is not text in UTF-8", "text", line=number, column=error.start + 1) from None
            if not text.strip():
                continue
            try:
                yield number, _cells(text) if '"' in text else text.split("\t")
            except (csv.Error, StopIteration) as error:
                raise file.error(message=f"cannot be split into cells ({error})", line=number) from None


def _cells(text: str) -> list[str]:
    """Return the cells of a line with quotation marks, which are doubled in a cell, or after a backslash in the versions in C++."""
    try:
        return next(csv.reader([text], delimiter="\t", strict=True))
    except csv.Error:
        if not ESCAPED_LINE.fullmatch(text):
            raise
        cells = re.findall(rf"(?:^|\t)({ESCAPED_CELL})", text)
        return [ESCAPE.sub(lambda found: ESCAPES.get(found[1], found[1]), cell[1:-1]) if cell[:1] == '"' else cell for cell in cells]


def _read(file: cn.formats.InputFile) -> _Table:
    lines = _lines(file)
    number, head = next(lines, (1, [""]))
    is_log = head[0][:1] in tuple(TYPES)
    if head[0] != HEAD and not is_log:
        raise file.error(shown(head[0], 60), f"{HEAD!r}, or the name of a column after its type ({TYPES}),", line=number, column=1)
    table = _Table(_read_columns(file, head, number, 0 if is_log else 1), [], [], is_log)
    cells = 0
    for number, given in lines:
        row = given[: len(head)] if not any(given[len(head) :]) else given  # without a tab at the end of the line
        if row[0] != ROW and not is_log:
            raise file.error(shown(row[0], 60), f"{ROW!r}", line=number, column=1)
        if len(row) != len(head):
            raise file.error(f"{len(row)} cells", f"{len(head)}, as the heading has,", line=number)
        cells += len(row)
        file.check_memory(80 * cells, f"{cells} cells")
        table.rows.append(row)
        table.lines.append(number)
    return table


def _read_columns(file: cn.formats.InputFile, head: list[str], line: int, first: int) -> dict[str, _Column]:
    columns: dict[str, _Column] = {}
    unknown: set[str] = set()
    for cell, text in enumerate(head[first:], first):
        match = COLUMN.fullmatch(text)
        if not match or not match[2]:
            if not text and cell == len(head) - 1:
                break  # a tab at the end of the line
            raise file.error(shown(text, 60), "a column such as '$Name' or '%Input[2:0,0]'", line=line)
        if not match[1] and NO_TYPE.match(text):
            if match[2] not in unknown:
                place = 1 + sum(len(each) + 1 for each in head[:cell])
                what = f"found {shown(text[0], 60)} before the column {shown(match[2][1:], 60)}"
                file.cannot(f"{what}, which is no mark of a type; one of {' '.join(TYPES)} may be here", line, place)
            unknown.add(match[2])
            continue
        column = columns.setdefault(match[2], _Column(match[2], match[1] or TEXT))
        if column.cells and (not match[4] or match[4] in column.places):
            raise file.error(shown(text, 60), "a column or a cell that is not there yet", line=line)
        column.cells.append(cell)
        column.places[match[4] or ""] = None
        if match[6]:
            column.size = math.prod(min(int(size), MOST_CELLS) for size in match[6].split(",") if size)
    for column in columns.values():
        if column.size and column.size != len(column.cells):
            raise file.error(message=f"column {column.name!r} has {len(column.cells)} cells, and its sizes say {column.size}", line=line)
    return columns


def _choose(
    file: cn.formats.InputFile, table: _Table, network: cn.Network | None, inputs: Sequence[str], targets: Sequence[str]
) -> tuple[dict[str, _Column], dict[str, _Column]]:
    """Return the columns of inputs and of targets: those of the groups of a network, those that are named, or those with usual names."""
    by_name = {name.lower(): column for name, column in table.columns.items() if column.type != TEXT}
    chosen: list[dict[str, _Column]] = []
    for role, names, starts in (("input", inputs, ("input",)), ("output", targets, ("output", "target"))):
        groups = [group.name for group in network.groups if group.role == role] if network is not None else []
        if names:
            some = _named(file, by_name, names, "inputs" if role == "input" else "targets")
        else:
            some = {group: by_name[group.lower()] for group in groups if group.lower() in by_name}
            usual = {column.name: column for name, column in by_name.items() if name.startswith(starts)}
            some = some or {name: column for name, column in usual.items() if column.size or not table.is_log}
        if not some and (role == "input" or (network is None and any(column.size for column in _others(table, chosen[0])))):
            known = ", ".join(column.name for column in by_name.values()) or "none"
            text = f"has no column of {'inputs' if role == 'input' else 'targets'}; its columns of numbers are {known}"
            raise file.error(message=f"{text}. Give network=, whose groups have these names, or name them with {NAMING}", line=1)
        chosen.append(some)
    for column in _others(table, chosen[0] | chosen[1]):
        if column.size:
            file.cannot(f"column {column.name!r} has patterns of no group; they are left out", 1)
    return chosen[0], chosen[1]


def _others(table: _Table, chosen: dict[str, _Column]) -> list[_Column]:
    used = {id(column) for column in chosen.values()}
    return [column for column in table.columns.values() if id(column) not in used]


def _named(file: cn.formats.InputFile, by_name: dict[str, _Column], names: Sequence[str], what: str) -> dict[str, _Column]:
    chosen = {}
    for name in names:
        column = by_name.get(name.strip().lower())
        if column is None:
            known = ", ".join(each.name for each in by_name.values()) or "none"
            raise cn.errors.ParameterError(
                f"emergent_tables.{what}: {file.subject} has no column of numbers {name.strip()!r}; it has {known}"
            )
        chosen[column.name] = column
    return chosen


def _by_group(file: cn.formats.InputFile, table: _Table, chosen: dict[str, _Column], network: cn.Network | None) -> Any:
    """Return the values by group; side by side if the columns are not named like groups of the network."""
    import numpy as np

    values = {group: _values(file, table, column) for group, column in chosen.items()}
    if network is not None and not set(values) <= {group.name for group in network.groups}:
        return np.concatenate(list(values.values()), axis=1)
    return values


def _names(table: _Table) -> list[str] | None:
    """Return the names of the examples; a layer may be called "Name" too."""
    column = table.columns.get("Name")
    return [row[column.cells[0]] for row in table.rows] if column and column.type == TEXT else None


def _frequencies(file: cn.formats.InputFile, table: _Table, chosen: dict[str, _Column]) -> list[float] | None:
    """Return the frequencies of the examples, unless their column is missing or is one of inputs or targets."""
    column = table.columns.get(FREQUENCY)
    if column not in _others(table, chosen) or column.type == TEXT or len(column.cells) != 1:
        return None
    values = [_number(file, table, row, column.cells[0]) for row in range(len(table.rows))]
    names = _names(table)
    for row, value in enumerate(values):
        if not value > 0:
            name = f" {names[row]!r}" if names else ""
            text = f"{FREQUENCY!r} of example{name} is {value:g}; frequencies are above 0, and the example has frequency 1"
            file.cannot(text, table.lines[row])
            values[row] = 1.0
    return values


def _values(file: cn.formats.InputFile, table: _Table, column: _Column) -> cn.Array:
    import numpy as np

    cells = [row[cell] for row in table.rows for cell in column.cells]
    try:
        numbers = cn.formats.parse_numbers("\t".join(cells).encode(), b"NaN")
        if len(numbers) != len(cells):  # a cell is empty, or has several words
            raise ValueError
    except ValueError:
        numbers = np.array([_number(file, table, row, cell) for row in range(len(table.rows)) for cell in column.cells])
    return numbers.reshape(len(table.rows), -1)


def _number(file: cn.formats.InputFile, table: _Table, row: int, cell: int) -> float:
    text = table.rows[row][cell].strip()
    if text.lower() in TRUTH:
        return TRUTH[text.lower()]
    try:
        value = float(text) if "_" not in text else math.inf
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise file.error(f"{shown(text, 60)} in cell {cell}", "a number, true, false or NaN", line=table.lines[row])
    return value


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [EmergentTables]
