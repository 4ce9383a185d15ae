"""The form of an example, and the examples that have it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import WHOLE, Assignment, ValueList
from connectionist_plugins.formats.lens_examples.table import MOST_UNITS, ExampleTable, GivenExample, Rows, spread

TEXT = rb"[^\s\0()\[\]{}\"]++|\{[^\0{}]*+\}|\([^\0()]*+\)|\"[^\0\"]*+\""
NAME = rb"name:\s*+(%s)" % TEXT
SCRIPT = rb"(proc:\s*+(?:%s))" % TEXT
FREQUENCY = rb"freq:\s*+((?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)(?![^\s;\[A-Za-z])"
OPENING = b'{("'
END_OF_NUMBER = rb"(?:(?<=[\s:)\]}])|(?=[()\[\]{};]))"
END_OF_WORD = rb"(?![^\s()\[\]{};])"
DENSE = rb"((?:[0-9.eE\-\s]++|(?<=[eE])\+)*+)" + END_OF_NUMBER
SPARSE = rb"((?:[0-9\s]++|(?<=[0-9])-(?=[0-9]))*+)" + END_OF_NUMBER
NUMBER = rb"(-?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)" + END_OF_WORD
NUMBER_OR_NONE = rb"(-?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+|-)" + END_OF_WORD
DOUBLE_SPAN = re.compile(rb"[0-9]-[0-9]+-")
LONG = re.compile(rb"[0-9]{10}")  # the number of a unit has at most nine digits
WORDS = re.compile(rb"[()\[\]{};]|[^\s()\[\]{};]+")
CLOSED = [bytes([mark]) for mark in b"()[]{};:"]  # a word that ends with one of these ends there
TIMES = "max", "min", "grace"
MOST_UNITS_OF_SPANS = 2**22


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
    value_group : int
        Number of the group of the value of all units, if it is sparse; 0 if the event has this value.
    """

    group: int
    given: ValueList
    uses: tuple[tuple[str, int], ...]
    value_group: int = 0

    @property
    def is_dense(self) -> bool:
        """Whether it has a value for each unit from the first on."""
        return self.given.values is not None


class FormStart(NamedTuple):
    """What a form has before an event, or a list of events: how many pieces, groups, slots and numbers of headers."""

    pieces: int
    groups: int
    slots: int
    headers: int


@dataclass
class Form:
    """The parts of the example that is being read word by word, from which its template is made."""

    pieces: list[bytes] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    frequencies: list[int] = field(default_factory=list)
    scripts: list[int] = field(default_factory=list)
    headers: list[tuple[int, str, Sequence[int]]] = field(default_factory=list)  # group, word, and the events that have this number
    first_events: dict[int, int] = field(default_factory=dict)  # of events that share inputs, by event
    counts: list[int] = field(default_factory=list)  # places of the pieces that have the number of events
    spans: list[int] = field(default_factory=list)  # places of the pieces that have the events of a list
    captures: list[int] = field(default_factory=list)  # places of the pieces that are groups
    starts: list[FormStart] = field(default_factory=list)  # of events
    groups: int = 0
    is_regular: bool = True  # whether the template can have all that the example has
    _value_group: int = 0

    def literal(self, text: bytes) -> None:
        """Add text that must be the same, but for white space."""
        for word in WORDS.findall(text):
            self.pieces.append(re.escape(word) + (b"" if word[-1:] in CLOSED else END_OF_WORD))

    def event_count(self, text: bytes) -> None:
        """Add the number of events."""
        self.counts.append(len(self.pieces))
        self.literal(text)

    def start(self) -> None:
        """Begin with an event, or a list of events, that has nothing so far."""
        self.starts.append(FormStart(len(self.pieces), self.groups, len(self.slots), len(self.headers)))

    def span(self, text: bytes) -> None:
        """Add events to a list, such as 3 or 3-5."""
        self.spans.append(len(self.pieces))
        self.literal(text)

    def name(self) -> None:
        """Add a name."""
        self.names.append(self._capture(NAME))

    def frequency(self) -> None:
        """Add a frequency."""
        self.frequencies.append(self._capture(FREQUENCY))

    def script(self) -> None:
        """Add a script."""
        self.scripts.append(self._capture(SCRIPT))

    def header(self, word: str, events: Sequence[int]) -> None:
        """Add the number of a word of the header of some events."""
        self.headers.append((self._capture(NUMBER if word in TIMES else NUMBER_OR_NONE), word, events))

    def value(self) -> None:
        """Add the value of the units of the sparse list that follows."""
        self._value_group = self._capture(NUMBER_OR_NONE)

    def values(self, given: ValueList, uses: Sequence[tuple[str, int]]) -> None:
        """Add a list of values."""
        value_group, self._value_group = self._value_group, 0
        if given.group == WHOLE and given.values is None and not given.spans and not value_group:
            return  # units without a group may not be here in other examples, where groups have names
        self.is_regular &= all(span.stop is not None for span in given.spans)
        self.slots.append(Slot(self._capture(DENSE if given.values is not None else SPARSE), given, tuple(uses), value_group))

    def _capture(self, pattern: bytes) -> int:
        self.captures.append(len(self.pieces))
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
        self.source = rb"\s*+".join(form.pieces) + rb"\s*+;"
        self.groups, self.scripts = form.groups, form.scripts
        self._name = form.names[-1] if form.names else None
        self._frequency = form.frequencies[-1] if form.frequencies else None
        self._is_simple = not form.scripts and len(form.names) <= 1 and len(form.frequencies) <= 1
        self._slots, self._headers, self._first_events = form.slots, form.headers, form.first_events
        self._event_count, self._table = example.event_count, table
        self._widths = {slot.group: len(slot.given.values) for slot in form.slots if slot.given.values is not None}
        self._widths |= {group: 1 for group, _, _ in form.headers} | {slot.value_group: 1 for slot in form.slots if slot.value_group}

    def rows(self, found: list[tuple[bytes, ...]]) -> tuple[Rows, int]:
        """Return the examples of some matches, and the number of matches that fit: the next one is for the reader word by word."""
        table = self._table
        groups = list(zip(*found, strict=True))
        texts = [groups[group] for group in self._widths]
        parts, fitting = cn.formats.parse_lists(texts, [*self._widths.values()], b"-") if texts else ([], len(found))
        numbers = dict(zip(self._widths, parts, strict=True))
        headers, early = self._headers_of(numbers, fitting, table)
        fitting = min(fitting, early)
        frequencies = frequencies_of(None if self._frequency is None else groups[self._frequency], fitting)
        fitting = len(frequencies)
        spans = {slot.group: self._spans(slot, groups[slot.group][:fitting], table) for slot in self._slots if not slot.is_dense}
        fitting = min([fitting, *(fits for _, _, fits in spans.values())])
        names = names_of(None if self._name is None else groups[self._name], fitting)
        return self._content(names, frequencies, headers, numbers, spans)

    def kinds(self) -> Mapping[int, str] | None:
        """Return what each group has, for a table of words; None if an example has a script, or two names or frequencies."""
        if not self._is_simple:
            return None
        kinds: dict[int, str] = {slot.group: "natural" for slot in self._slots if not slot.is_dense}
        kinds |= dict.fromkeys(self._widths, "number")
        kinds |= {} if self._frequency is None else {self._frequency: "number"}
        return kinds | ({} if self._name is None else {self._name: "text"})

    def rows_of_words(self, words: cn.formats.Words) -> tuple[Rows, int]:
        """Return the examples of the rows of a table, and the number of rows that fit."""
        count, numbers = words.count, words.numbers
        headers, fitting = self._headers_of(numbers, count, self._table)
        times = [numbers[group][:, 0] for group, word, _ in self._headers if word in TIMES]
        frequencies = np.ones(count) if self._frequency is None else numbers[self._frequency][:, 0]
        wrong = np.any([~(frequencies > 0), *map(np.isnan, times)], axis=0)
        fitting = min(fitting, count_before(wrong))
        spans = {}
        for slot in self._slots:
            if not slot.is_dense:
                units = numbers[slot.group].astype(np.intp)
                fits = count_before((units >= _end_of(slot, self._table)).any(axis=1))
                spans[slot.group] = np.repeat(np.arange(count), units.shape[1]), units.ravel(), fits
                fitting = min(fitting, fits)
        names = [""] * count if self._name is None else words.texts[self._name]
        return self._content(names[:fitting], frequencies, headers, numbers, spans)

    def _content(
        self, names: list[str], frequencies: Any, headers: dict[str, cn.Array], numbers: dict[int, cn.Array], spans: dict[int, Any]
    ) -> tuple[Rows, int]:
        """Return the examples that have names, and how many they are, from the numbers and sparse units of at least so many."""
        fitting = len(names)
        assignments: dict[str, list[Assignment]] = {"I": [], "T": []}
        for slot in self._slots:
            for side, event in slot.uses:
                if slot.is_dense:
                    rows = numbers[slot.group][:fitting]
                    assignments[side].append(Assignment(event, slot.given.group, slot.given.first, rows))
                    continue
                owners, units, _ = spans[slot.group]
                is_kept = owners < fitting
                owners, units = owners[is_kept], units[is_kept]
                first_event = self._first_events.get(event, event)
                acts = headers["actI"][:, first_event] if side == "I" else headers["actT"][:, event]
                values = numbers[slot.value_group][:, 0] if slot.value_group else acts
                assignments[side].append(Assignment(event, slot.given.group, 0, None, owners, units, values[owners]))
        event_counts = np.full(fitting, self._event_count)
        kept = {word: values[:fitting] for word, values in headers.items()}
        return Rows(names, frequencies[:fitting], event_counts, kept, assignments), fitting

    def _headers_of(self, numbers: dict[int, cn.Array], count: int, table: ExampleTable) -> tuple[dict[str, cn.Array], int]:
        """Return the numbers [match, event] of each word of a header, and how many matches have none that is to be listed."""
        headers = {word: np.full((count, self._event_count), value) for word, value in vars(table.header).items()}
        for group, word, events in self._headers:
            headers[word][:, events] = numbers[group]
        timed = [*dict.fromkeys(event for _, word, events in self._headers if word in ("min", "max") for event in events)]
        early = table.may_end_early(headers["min"][:, timed], headers["max"][:, timed])
        return headers, count_before(early.any(axis=1))

    @staticmethod
    def _spans(slot: Slot, texts: Sequence[bytes], table: ExampleTable) -> tuple[Any, Any, int]:
        """Return the numbers of matches and of their units; and how many matches have only units that exist, in rising spans."""
        joined = b" ".join(texts)
        if LONG.search(joined) or DOUBLE_SPAN.search(joined):
            return *np.empty((2, 0), dtype=np.intp), 0
        firsts, lasts = _bounds(joined)
        owners = np.repeat(np.arange(len(texts)), cn.formats.count_words(texts))
        wrong = (lasts < firsts) | (lasts >= _end_of(slot, table)) | (np.cumsum(lasts - firsts) > MOST_UNITS_OF_SPANS)
        fitting = int(owners[wrong.argmax()]) if wrong.any() else len(texts)
        is_kept = owners < fitting
        counts = (lasts - firsts + 1)[is_kept]
        return np.repeat(owners[is_kept], counts), spread(firsts[is_kept], counts), fitting


def _end_of(slot: Slot, table: ExampleTable) -> int:
    """Return the number after the last unit that a list may have."""
    sides = [table.inputs if side == "I" else table.targets for side, _ in slot.uses]
    return min([MOST_UNITS, *(size for side in sides if (size := side.size_of(slot.given.group)) is not None)])


def cannot_run(scanner: cn.formats.Scanner, what: str, place: tuple[int, int]) -> None:
    """List a script."""
    scanner.file.cannot(f"'proc:' of {what} is a script of LENS, which is not run", *place)


def _bounds(text: bytes) -> tuple[Any, Any]:
    """Return the first and the last number of each span, such as 3 or 3-5."""
    numbers = cn.formats.parse_numbers(text.replace(b"-", b" ")).astype(np.intp)
    if b"-" not in text:
        return numbers, numbers
    characters = np.frombuffer(b" " + text, dtype=np.uint8)
    is_digit = characters > ord("-")
    is_last = characters[:-1][is_digit[1:] & ~is_digit[:-1]] == ord("-")  # whether the character before a number is a hyphen
    firsts = numbers[~is_last]
    lasts = firsts.copy()
    lasts[np.cumsum(~is_last)[is_last] - 1] = numbers[is_last]
    return firsts, lasts


def names_of(texts: Sequence[bytes] | None, count: int) -> list[str]:
    """Return the names of some examples, which may have none, up to the first that is no text in UTF-8."""
    if texts is None:
        return [""] * count
    return cn.formats.decode_texts([text_of(text) if text[0] in OPENING else text for text in texts[:count]])


def frequencies_of(texts: Sequence[bytes] | None, count: int) -> list[float]:
    """Return the frequencies of some examples, which may have none, up to the first that is not above 0 or not finite."""
    if texts is None:
        return [1.0] * count
    values = np.array([*map(float, texts[:count])])
    return list(values[: count_before((values <= 0) | (values == math.inf))].tolist())


def count_before(wrong: Any) -> int:
    """Return the number of values before the first that is true."""
    return int(wrong.argmax()) if wrong.any() else len(wrong)


def text_of(text: bytes) -> bytes:
    """Return a text without the word before it and the brackets around it."""
    text = text.removeprefix(b"proc:").strip()
    return text[1:-1].strip() if text[:1] in OPENING else text
