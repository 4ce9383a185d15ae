"""Examples of the same form, read many at once.

Most files repeat one form, or a few: the same words, with other names and numbers. A `ExampleTemplate` is made of one example that was read
word by word. It is a regular expression that matches further examples of its form, whose numbers are then parsed together.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import WHOLE, Assignment, ValueList
from connectionist_plugins.formats.lens_examples.table import ExampleTable, GivenExample, Rows

TEXT = rb"[^\s\0()\[\]{}\"]++|\{[^\0{}]*+\}|\([^\0()]*+\)|\"[^\0\"]*+\""
NAME = rb"name:\s*+(%s)" % TEXT
SCRIPT = rb"(proc:\s*+(?:%s))" % TEXT
FREQUENCY = rb"freq:\s*+((?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)(?![^\s;\[A-Za-z])"
OPENING = b'{("'
END_OF_NUMBER = rb"(?:(?<=[\s:)\]}])|(?=[()\[\]{};]))"
DENSE = rb"([0-9.eE+\-\s]*+)" + END_OF_NUMBER
SPARSE = rb"([0-9\s]*+)" + END_OF_NUMBER
LONG = re.compile(rb"[0-9]{10}")  # the number of a unit has at most nine digits
WORDS = re.compile(rb"[()\[\]{};]|[^\s()\[\]{};]+")
CLOSED = [bytes([mark]) for mark in b"()[]{};:"]  # a word that ends with one of these ends there
END_OF_WORD = rb"(?![^\s()\[\]{};])"
MOST_TEMPLATES = 24
TRIALS = 64
MOST_EVENTS_OF_TEMPLATE = 200


@dataclass(frozen=True)
class Slot:
    """A list of values in an example.

    Attributes
    ----------
    group : int
        Number of the group of the regular expression.
    given : ValueList
        With the values of the example that was read first.
    uses : tuple of (str, int)
        "I" or "T", and the event.
    """

    group: int
    given: ValueList
    uses: tuple[tuple[str, int], ...]

    @property
    def is_dense(self) -> bool:
        """Whether it has a value for each unit from the first on."""
        return self.given.values is not None


@dataclass
class Form:
    """The parts of the example that is being read word by word, from which its template is made."""

    pieces: list[bytes] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    frequencies: list[int] = field(default_factory=list)
    scripts: list[int] = field(default_factory=list)
    groups: int = 0
    is_regular: bool = True  # whether the template can have all that the example has

    def literal(self, text: bytes) -> None:
        """Add text that must be the same, but for white space."""
        for word in WORDS.findall(text):
            self.pieces.append(re.escape(word) + (b"" if word[-1:] in CLOSED else END_OF_WORD))

    def name(self) -> None:
        """Add a name."""
        self.names.append(self._capture(NAME))

    def frequency(self) -> None:
        """Add a frequency."""
        self.frequencies.append(self._capture(FREQUENCY))

    def script(self) -> None:
        """Add a script."""
        self.scripts.append(self._capture(SCRIPT))

    def values(self, given: ValueList, uses: Sequence[tuple[str, int]]) -> None:
        """Add a list of values."""
        if given.group == WHOLE and given.values is None and not given.spans:
            return  # units without a group may not be here in other examples, where groups have names
        if given.values is None and any(span.stop is None or span.stop - span.start != 1 for span in given.spans):
            self.is_regular = False
        self.slots.append(Slot(self._capture(DENSE if given.values is not None else SPARSE), given, tuple(uses)))

    def _capture(self, pattern: bytes) -> int:
        self.pieces.append(pattern)
        self.groups += 1
        return self.groups


class ExampleTemplate:
    """The form of an example.

    Parameters
    ----------
    form : Form
    example : GivenExample
    table : ExampleTable
    """

    def __init__(self, form: Form, example: GivenExample, table: ExampleTable) -> None:
        self.source = rb"\s*+" + rb"\s*+".join(form.pieces) + rb"\s*+;"
        self.groups, self.scripts = form.groups, form.scripts
        self._name = form.names[-1] if form.names else None
        self._frequency = form.frequencies[-1] if form.frequencies else None
        self._dense = [slot for slot in form.slots if slot.is_dense]
        self._widths = np.array([len(slot.given.values) for slot in form.slots if slot.given.values is not None], dtype=np.intp)
        self._sparse = [slot for slot in form.slots if not slot.is_dense]
        self.headers = [example.headers.get(event, table.header) for event in range(example.event_count)]
        self._acts = [example.input_header.get(event, header).actI for event, header in enumerate(self.headers)]

    def rows(self, found: list[tuple[bytes, ...]], table: ExampleTable, decode: Any) -> tuple[Rows, int]:
        """Return the examples of some matches, and the number of matches that fit: the next one is for the reader word by word."""
        groups = list(zip(*found, strict=True))
        dense, fitting = self._dense_numbers(groups)
        sparse, fitting = self._sparse_numbers([group[:fitting] for group in groups], table)
        names = [""] * fitting if self._name is None else _names(groups[self._name][:fitting], decode)
        frequencies = [1.0] * fitting if self._frequency is None else [*map(float, groups[self._frequency][:fitting])]
        if self._frequency is not None and not 0 < min(frequencies, default=1.0) <= max(frequencies, default=1.0) < math.inf:
            fitting = next(place for place, value in enumerate(frequencies) if not 0 < value < math.inf)
            names, frequencies = names[:fitting], frequencies[:fitting]
        assignments: dict[str, list[Assignment]] = {"I": [], "T": []}
        for slot, numbers in zip(self._dense, dense, strict=True):
            for side, event in slot.uses:
                assignments[side].append(Assignment(event, slot.given.group, slot.given.first, numbers[:fitting]))
        for slot, (owners, units) in zip(self._sparse, sparse, strict=True):
            is_kept = owners < fitting
            for side, event in slot.uses:
                act = self._acts[event] if side == "I" else self.headers[event].actT
                value = act if slot.given.value is None else slot.given.value
                assignments[side].append(Assignment(event, slot.given.group, 0, None, owners[is_kept], units[is_kept], value))
        return Rows(names, frequencies, self.headers, assignments), fitting

    def _dense_numbers(self, groups: list[tuple[bytes, ...]]) -> tuple[list[cn.Array], int]:
        """Return the numbers [match, value] of each dense list, and how many matches have as many as the template."""
        lists = [groups[slot.group] for slot in self._dense]
        fitting = len(groups[0])
        counts = cn.formats.count_words([text for texts in lists for text in texts]).reshape(-1, fitting)
        wrong = (counts != self._widths[:, np.newaxis]).any(axis=0)
        fitting = int(wrong.argmax()) if wrong.any() else fitting
        while True:
            try:
                numbers = cn.formats.parse_numbers(b" ".join([text for texts in lists for text in texts[:fitting]]), b"-")
            except ValueError:
                fitting //= 2  # the reader word by word finds the word
                continue
            parts = np.split(numbers, np.cumsum(fitting * self._widths)[:-1]) if lists else []
            return [part.reshape(fitting, width) for part, width in zip(parts, self._widths, strict=True)], fitting

    def _sparse_numbers(self, groups: list[tuple[bytes, ...]], table: ExampleTable) -> tuple[list[tuple[Any, Any]], int]:
        """Return, for each sparse list, the numbers of matches and of their units; and how many matches have only units that exist."""
        lists, count = [], len(groups[0])
        fitting = count
        for slot in self._sparse:
            texts = groups[slot.group]
            joined = b" ".join(texts)
            if LONG.search(joined):
                return [(np.empty(0, dtype=int),) * 2 for _ in self._sparse], 0
            owners = np.repeat(np.arange(count), cn.formats.count_words(texts))
            units = cn.formats.parse_numbers(joined).astype(np.intp)
            lists.append((owners, units))
            fitting = min(fitting, *(self._first_wrong(slot, side, owners, units, count, table) for side, _ in slot.uses))
        return lists, fitting

    @staticmethod
    def _first_wrong(slot: Slot, side: str, owners: Any, units: Any, count: int, table: ExampleTable) -> int:
        place = table.inputs if side == "I" else table.targets
        size = place.size_of(slot.given.group)
        if size is None:
            return count
        wrong = units >= size
        return int(owners[wrong.argmax()]) if wrong.any() else count


class Templates:
    """The templates of a file, and the examples that are read with them."""

    def __init__(self, scanner: cn.formats.Scanner, table: ExampleTable) -> None:
        self._scanner, self._table = scanner, table
        self._templates: list[ExampleTemplate] = []
        self._by_group: dict[int, ExampleTemplate] = {}  # of the pattern
        self._pattern = re.compile(b"")  # of all templates
        self._profit = TRIALS  # examples that templates read, less those from which templates were made
        self._alone = 0  # examples that were read word by word

    def learn(self, form: Form, example: GivenExample) -> None:
        """Make a template of an example that was read word by word; seldom, if examples of the same form were rare so far."""
        self._alone += 1
        if self._profit < 0 and self._alone % TRIALS:
            self._templates = []
            return
        self._profit -= 1
        if form.is_regular and form.slots and example.event_count <= MOST_EVENTS_OF_TEMPLATE:
            template = ExampleTemplate(form, example, self._table)
            others = [each for each in self._templates if each.source != template.source]
            self._templates = [template, *others][:MOST_TEMPLATES]
            groups = itertools.accumulate([1, *(each.groups + 1 for each in self._templates)])
            self._by_group = dict(zip(groups, self._templates, strict=False))
            self._pattern = re.compile(b"".join(b"(%s)|" % each.source for each in self._templates))

    def read(self) -> bool:
        """Take examples whose form is known. Return whether there were any, and all fit."""
        matches = self._scanner.take_matches(self._pattern) if self._templates else []
        count, fitting = -1, len(matches)
        while count != fitting:
            count = fitting
            rows, fitting = self._rows(matches[:count])
        self._list_scripts(matches[:count])
        self._table.add_rows(rows, count)
        self._profit += count
        if count < len(matches):
            self._scanner.go_back(matches[count])
        return bool(matches) and count == len(matches)

    def _rows(self, matches: list[re.Match[bytes]]) -> tuple[list[Rows], int]:
        """Return the examples of each template, and how many of all examples fit before the first that does not."""
        groups = [match.lastindex or 0 for match in matches]
        made, count = [], len(matches)
        for group in dict.fromkeys(groups):
            template = self._by_group[group]
            numbers = [number for number, other in enumerate(groups) if other == group]
            parts = range(group + 1, group + 1 + template.groups)
            found = [matches[number].group(group, *parts) for number in numbers]
            rows, fitting = template.rows(found, self._table, self._scanner.decode)
            made.append(replace(rows, numbers=numbers))
            count = count if fitting == len(numbers) else min(count, numbers[fitting])
        return made, count

    def _list_scripts(self, matches: list[re.Match[bytes]]) -> None:
        if any(template.scripts for template in self._templates):
            for match in matches:
                first = match.lastindex or 0
                for group in self._by_group[first].scripts:
                    if text_of(match[first + group]):
                        cannot_run(self._scanner, "the example", self._scanner.place_of(match, first + group))


def cannot_run(scanner: cn.formats.Scanner, what: str, place: tuple[int, int]) -> None:
    """List a script."""
    scanner.file.cannot(f"'proc:' of {what} is a script of LENS, which is not run", *place)


def _names(texts: Sequence[bytes], decode: Any) -> list[str]:
    bare = [text_of(text) if text[0] in OPENING else text for text in texts]
    joined = b"\n".join(bare)
    names = joined.decode().split("\n") if joined.isascii() else []
    return names if len(names) == len(bare) else [decode(text) for text in bare]


def text_of(text: bytes) -> bytes:
    """Return a text without the word before it and the brackets around it."""
    text = text.removeprefix(b"proc:").strip()
    return text[1:-1].strip() if text[:1] in OPENING else text
