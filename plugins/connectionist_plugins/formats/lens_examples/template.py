"""Examples of the same form, read many at once.

Most files repeat one form, or a few: the same words, with other names and numbers. A `ExampleTemplate` is made of one example that was read
word by word. It is a regular expression that matches further examples of its form, whose numbers are then parsed together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import Assignment, ValueList
from connectionist_plugins.formats.lens_examples.table import ExampleTable, GivenExample, Rows

NAME = rb"name:\s*+([^\s()\[\]{}\"]++|\{[^{}]*+\}|\([^()]*+\)|\"[^\"]*+\")"
FREQUENCY = rb"freq:\s*+((?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)(?![^\s;\[A-Za-z])"
DENSE = rb"([0-9.eE+\-\s]*+)"
SPARSE = rb"([0-9\s]*+)"
MOST_DIGITS = 9
WORDS = re.compile(rb"[()\[\]{};]|[^\s()\[\]{};]+")
CLOSED = [bytes([mark]) for mark in b"()[]{};:"]  # a word that ends with one of these ends there
END_OF_WORD = rb"(?![^\s()\[\]{};])"


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
    is_regular: bool = True  # whether the template can have all that the example has
    _groups: int = 0

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

    def values(self, given: ValueList, uses: Sequence[tuple[str, int]]) -> None:
        """Add a list of values."""
        if given.values is None and any(span.stop is None or span.stop - span.start != 1 for span in given.spans):
            self.is_regular = False
        self.slots.append(Slot(self._capture(DENSE if given.values is not None else SPARSE), given, tuple(uses)))

    def _capture(self, pattern: bytes) -> int:
        self.pieces.append(pattern)
        self._groups += 1
        return self._groups


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
        self.pattern = re.compile(self.source)
        self._name = form.names[-1] if form.names else None
        self._frequency = form.frequencies[-1] if form.frequencies else None
        self._dense = [slot for slot in form.slots if slot.is_dense]
        self._sparse = [slot for slot in form.slots if not slot.is_dense]
        self.headers = [example.headers.get(event, table.header) for event in range(example.event_count)]
        self._acts = [example.input_header.get(event, header).actI for event, header in enumerate(self.headers)]

    def rows(self, found: list[tuple[bytes, ...]], table: ExampleTable, decode: Any) -> tuple[Rows, int]:
        """Return the examples of some matches, and the number of matches that fit: the next one is for the reader word by word."""
        groups = list(zip(*found, strict=True))
        dense, fitting = self._dense_numbers(groups)
        sparse, fitting = self._sparse_numbers([group[:fitting] for group in groups], table)
        names = [""] * fitting if self._name is None else [_name(text, decode) for text in groups[self._name][:fitting]]
        frequencies = [1.0] * fitting if self._frequency is None else [float(text) for text in groups[self._frequency][:fitting]]
        if self._frequency is not None and any(not 0 < value < math.inf for value in frequencies):
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
        count = fitting = len(groups[0])
        for slot, texts in zip(self._dense, lists, strict=True):
            wrong = np.not_equal(cn.formats.count_words(texts), len(slot.given.values))  # type: ignore[arg-type]
            fitting = min(fitting, int(wrong.argmax()) if wrong.any() else count)
        while fitting:
            try:
                return [cn.formats.parse_numbers(b" ".join(texts[:fitting]), b"-").reshape(fitting, -1) for texts in lists], fitting
            except ValueError:
                fitting //= 2  # the reader word by word finds the word
        return [np.empty((0, len(slot.given.values))) for slot in self._dense], 0  # type: ignore[arg-type]

    def _sparse_numbers(self, groups: list[tuple[bytes, ...]], table: ExampleTable) -> tuple[list[tuple[Any, Any]], int]:
        """Return, for each sparse list, the numbers of matches and of their units; and how many matches have only units that exist."""
        lists, count = [], len(groups[0])
        fitting = count
        for slot in self._sparse:
            texts = groups[slot.group]
            if any(len(text) > MOST_DIGITS and max(map(len, text.split()), default=0) > MOST_DIGITS for text in texts):
                return [(np.empty(0, dtype=int),) * 2 for _ in self._sparse], 0
            owners = np.repeat(np.arange(count), cn.formats.count_words(texts))
            units = cn.formats.parse_numbers(b" ".join(texts)).astype(np.intp)
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


def _name(text: bytes, decode: Any) -> str:
    return str(decode(text[1:-1].strip() if text[:1] in b'{("' else text))
