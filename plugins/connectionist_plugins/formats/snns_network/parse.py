"""The lines of a network file: its header, and the tables of its sections."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import connectionist as cn
from connectionist.utils.visible_text import shown

TITLE = re.compile(r"SNNS\s+network\s+definition\s+file\s+V?\S+")
SECTION = re.compile(r"(.+?)\s+section\s*:")
RULE = re.compile(r"[-|\s]*-[-|\s]*")
LINK = re.compile(r"\s*(\d+)\s*:\s*([+-]?\d+,\d+(?=\s*(?:,|$))|[^,\s(]+)\s*(\([^()]*\))?\s*(,|$)")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)  # JavaNNS writes one where the language of the computer does
IGNORED = "subnet definition", "layer definition", "3D translation"  # they say how the network is drawn
UNIT_COLUMNS = 10


@dataclass
class SnnsUnit:
    """A row of the section of units; empty cells are filled in from the type and the defaults."""

    line: int
    number: int
    type: str
    name: str
    activation: float
    bias: float
    kind: str
    activation_function: str
    output_function: str
    sites: list[str]


@dataclass
class SnnsFile:
    """What is in a network file."""

    name: str = "network"
    update_function: str = "Topological_Order"
    update_line: int = 0
    units: list[SnnsUnit] = field(default_factory=list)
    site_functions: dict[str, tuple[str, int]] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    defaults: list[str] = field(default_factory=lambda: ["0", "0", "h", "0", "1", "Act_Logistic", "Out_Identity"])
    links: list[tuple[int, int, float, int]] = field(default_factory=list)  # sender, receiver, weight, line
    declared: dict[str, tuple[int, int]] = field(default_factory=dict)  # "units" and "connections": number, line
    fields: set[str] = field(default_factory=set)
    has_parameters: bool = False  # of links


class Lines:
    """The lines of a file that are not empty and no comments, one after another."""

    def __init__(self, file: cn.formats.InputFile, scanner: cn.formats.Scanner) -> None:
        self.file = file
        self._scanner = scanner
        self.line = self._column = 1
        self.text = ""

    def next(self, expected: str) -> str:
        """Return the next line."""
        if self._scanner.is_at_end:
            self._scanner.fail(expected)
        self.line, self._column = self._scanner.place
        self.text = self._scanner.line()
        return self.text

    @property
    def is_at_end(self) -> bool:
        """Whether there is no more line."""
        return self._scanner.peek() in ("", "\x1a")

    def error(self, found: str, expected: str, at: int | None = None) -> cn.errors.FormatError:
        """Return the error for something in the last line, at a place in it."""
        return self.file.error(shown(found, 60), expected, line=self.line, column=None if at is None else self._column + at)

    def table(self, columns: int) -> Iterator[list[str]]:
        """Yield the cells of each row of a section: after its heading and a rule, up to the closing rule."""
        heading = self.next("the heading of the table")
        if "|" not in heading:
            raise self.error(heading, "the heading of the table")
        rule = self.next("a rule, '---|---'")
        if not RULE.fullmatch(rule):
            raise self.error(rule, "a rule, '---|---'")
        while not RULE.fullmatch(row := self.next("a row, or the closing rule '---|---'")):
            cells = [cell.strip() for cell in row.split("|")]
            if len(cells) > columns:
                raise self.error(row, f"a row of at most {columns} cells")
            yield cells

    def whole_number(self, text: str, expected: str, at_least: int = 0, at_most: int = 2**31 - 1) -> int:
        """Return a whole number within bounds."""
        if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or not at_least <= int(text) <= at_most:
            raise self.error(text, f"{expected}, from {at_least} to {at_most},")
        return int(text)

    def number(self, text: str, expected: str) -> float:
        """Return a finite number."""
        try:
            value = float(text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text)
        except ValueError:
            raise self.error(text, expected) from None
        if not math.isfinite(value) or "_" in text:
            raise self.error(text, expected)
        return value


def parse(file: cn.formats.InputFile) -> SnnsFile:
    """Return what is in a network file.

    Raises
    ------
    FormatError
        If a line of the header or a cell of a table is missing or wrong.
    """
    parsed = SnnsFile()
    with file.scanner(marks="") as scanner:
        lines = Lines(file, scanner)
        title = lines.next("'SNNS network definition file V1.4-3D'")
        if not TITLE.fullmatch(title):
            raise lines.error(title, "'SNNS network definition file V1.4-3D'")
        while not lines.is_at_end:
            line = lines.next("")
            section = SECTION.fullmatch(line)
            if section:
                _read_section(lines, section[1], parsed)
            else:
                _read_field(lines, line, parsed)
    _check_counts(file, parsed)
    return parsed


def _read_field(lines: Lines, line: str, parsed: SnnsFile) -> None:
    if line.startswith("generated at"):
        return
    name, colon, value = (part.strip() for part in line.partition(":"))
    count = re.fullmatch(r"no\. of (units|connections|unit types|site types)", " ".join(name.split()))
    if not colon or not (count or name in ("network name", "source files") or name.endswith("function")):
        raise lines.error(line, "a field such as 'network name :', or the title of a section")
    if (title := " ".join(name.split())) in parsed.fields:
        lines.file.warn(f"'{title} :' is given again; the last one is read", lines.line)
    parsed.fields.add(title)
    if count:
        parsed.declared[count[1]] = lines.whole_number(value, "a number"), lines.line
    elif name == "network name":
        parsed.name = value or "network"
    elif name == "update function":
        parsed.update_function, parsed.update_line = value, lines.line


def _read_section(lines: Lines, title: str, parsed: SnnsFile) -> None:
    readers: dict[str, Callable[[Lines, SnnsFile], None]] = {
        "site definition": _read_sites,
        "type definition": _read_types,
        "unit default": _read_defaults,
        "unit definition": _read_units,
        "connection definition": _read_connections,
        "time delay": _read_time_delays,
    }
    title = " ".join(title.split())
    if title in IGNORED:
        for _ in lines.table(100):
            pass
    elif title in readers:
        readers[title](lines, parsed)
    else:
        raise lines.error(title, f"the title of one of the sections {', '.join([*readers, *IGNORED])}")


def _read_sites(lines: Lines, parsed: SnnsFile) -> None:
    for cells in lines.table(2):
        parsed.site_functions[cells[0]] = cells[-1], lines.line


def _read_types(lines: Lines, parsed: SnnsFile) -> None:
    for cells in lines.table(4):
        if cells[0]:
            parsed.types[cells[0]] = cells + [""] * (4 - len(cells))


def _read_defaults(lines: Lines, parsed: SnnsFile) -> None:
    for cells in lines.table(7):
        if len(cells) != 7:
            raise lines.error("|".join(cells), "7 cells")
        parsed.defaults = cells


def _read_time_delays(lines: Lines, _: SnnsFile) -> None:
    first = lines.line
    for cells in lines.table(6):
        if any(cell not in ("", "0") for cell in cells[1:5]):
            lines.file.cannot("time delays have no counterpart; the units are read without", first)


def _read_units(lines: Lines, parsed: SnnsFile) -> None:
    default = dict(zip(("act", "bias", "st", "subnet", "layer", "act func", "out func"), parsed.defaults, strict=True))
    for row in lines.table(UNIT_COLUMNS):
        cells = row + [""] * (UNIT_COLUMNS - len(row))
        if not cells[0] and parsed.units:
            parsed.units[-1].sites += _split_sites(cells[-1])
            continue
        number = lines.whole_number(cells[0], "the number of a unit")
        if number != len(parsed.units) + 1:
            raise lines.error(cells[0], f"unit {len(parsed.units) + 1}, since units are numbered from 1 in succession,")
        of_type = parsed.types.get(cells[1], ["", "", "", ""])
        if cells[1] and cells[1] not in parsed.types:
            raise lines.error(cells[1], f"a type of the type definition section ({', '.join(parsed.types) or 'there is none'})")
        unit = SnnsUnit(
            lines.line,
            number,
            cells[1],
            cells[2],
            lines.number(cells[3] or default["act"], "an activation"),
            lines.number(cells[4] or default["bias"], "a bias"),
            cells[5] or default["st"],
            cells[7] or of_type[1] or default["act func"],
            cells[8] or of_type[2] or default["out func"],
            _split_sites(cells[9]) or _split_sites(of_type[3]),
        )
        parsed.units.append(unit)


def _split_sites(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _read_connections(lines: Lines, parsed: SnnsFile) -> None:
    """Read links. A row without a number of a unit goes on with the links to the last one."""
    count = len(parsed.units)
    receiver = 0
    for cells in lines.table(3):
        links = cells[-1]
        start = len(lines.text) - len(links)
        if len(cells) == 3 and cells[0]:
            receiver = lines.whole_number(cells[0], "the number of a unit", 1, count)
        if not receiver:
            raise lines.error("|".join(cells), f"the number of a unit, from 1 to {count}")
        at = 0
        while links and at < len(links):
            match = LINK.match(links, at)
            if not match:
                raise lines.error(links[at:].strip(), "'unit:weight', with a comma between links", start + at)
            sender = lines.whole_number(match[1], "the number of a unit", 1, count)
            if match[3] and not parsed.has_parameters:
                parsed.has_parameters = True
                lines.file.cannot(f"the parameters {shown(match[3], 40)} of links, as TACOMA has, have no counterpart", lines.line)
            parsed.links.append((sender - 1, receiver - 1, lines.number(match[2], "a weight"), lines.line))
            at = match.end()


def _check_counts(file: cn.formats.InputFile, parsed: SnnsFile) -> None:
    """Warn of wrong numbers. SNNS does not compare them, and other programs write wrong ones."""
    for what, found in (("units", len(parsed.units)), ("connections", len(parsed.links))):
        declared, line = parsed.declared.get(what, (found, 0))
        if declared != found:
            file.warn(f"'no. of {what} : {declared}', and the file has {found}, which are read", line)
    if not parsed.units:
        raise file.error("no unit", "the section 'unit definition section :'")
