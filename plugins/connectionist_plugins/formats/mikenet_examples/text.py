"""The text of example files of MikeNet.

An example is a list of words up to ``;``: ``TAG`` and its name up to the end of the line, ``PROB`` and its probability, and for groups at
some ticks the values to which they are clamped (``CLAMP``) or which they are to have (``TARGET``): all of them after ``FULL``, or the
numbers of the units that are on after ``SPARSE``, up to a comma. Ticks count from 0: ``3``, ``0-3``, ``2-ALL`` or ``ALL``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.mikenet_examples.groups import Examples, Groups, Values

CLAMP, SOFT, TARGET = ("CLAMP", "INPUT"), ("SOFTCLAMP", "SOFT_CLAMP"), ("TARGET",)
VERBS = (*CLAMP, *SOFT, *TARGET)  # or words that begin so
WORDS = "TAG", "PROB", *VERBS
TICKS = re.compile(r"ALL|(\d{1,9})(?:-(\d{1,9}|ALL))?", re.ASCII)
MISSING, NO_VALUE = "NaN", "d"
ALONE = re.compile(rb"(?<!\S)d(?!\S)")  # NO_VALUE
MOST_TICKS = 10**6
END_OF_WORD = rb"(?!\S)"
NAME = rb"TAG(?!\S)([^\n]*+)"
PROBABILITY = rb"PROB\s++((?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)(?!\S)"
FULL = rb"([0-9.eE+\-Nad\s]*+)(?<=\s)"  # of NaN and d too
UNITS = rb"((?:\d{1,9}\s++)*+),(?!\S)"


def read_text(scanner: cn.formats.Scanner, groups: Groups, ticks: int) -> Iterator[Examples]:
    """Yield the examples of a file, some of one form at a time.

    Parameters
    ----------
    scanner : Scanner
    groups : Groups
        Without network, it gets the groups of the file.
    ticks : int
        Number of ticks of each example; 0 if the file gives it.
    """
    templates: cn.formats.Templates[_Template] = cn.formats.Templates(scanner)
    reader = _Reader(scanner, groups, ticks)
    count = 0
    while not scanner.is_at_end:
        rows, matches = templates.take()
        if matches:
            lines = [scanner.place_of(match, match.lastindex or 0)[0] for match in matches]
            for _, numbers, content in rows:
                places = [count + number for number in numbers]
                yield replace(content, lines=[lines[number] for number in numbers], places=places)
            count += len(matches)
        else:
            yield replace(reader.read(), places=[count])
            count += 1
            templates.learn(reader.template)
    if not count:
        scanner.fail(f"an example, which begins with one of {', '.join(WORDS)}")


@dataclass
class _Form:
    """The parts of an example that is read word by word: pieces of a regular expression, and what its groups are."""

    pieces: list[bytes] = field(default_factory=list)
    groups: int = 0
    name: int = 0  # group of the name, 0 if there is none
    frequency: int = 0
    values: list[tuple[int, Values, tuple[float, float] | None]] = field(default_factory=list)  # with the values on and off, if sparse
    is_regular: bool = True

    def literal(self, *words: str) -> None:
        """Add words that must be the same."""
        self.pieces += [re.escape(word.encode()) + END_OF_WORD for word in words]

    def capture(self, pattern: bytes) -> int:
        """Add a pattern with a group, and return its number."""
        self.pieces.append(pattern)
        self.groups += 1
        return self.groups


class _Reader:
    """The grammar. `read` takes one example word by word, `template` makes a template of it."""

    def __init__(self, scanner: cn.formats.Scanner, groups: Groups, ticks: int) -> None:
        self._scanner, self._groups, self._ticks = scanner, groups, ticks
        self._form = _Form()
        self._examples = Examples([], [], [], [])

    def read(self) -> Examples:
        scanner = self._scanner
        self._form = form = _Form()
        self._examples = made = Examples([""], [1.0], [scanner.place[0]], [])
        while (word := scanner.peek()) != ";":
            if word == "TAG":
                scanner.take("")
                form.is_regular &= not form.name
                form.name = form.capture(NAME)
                made.names = [scanner.line()]
            elif word == "PROB":
                scanner.take("")
                form.is_regular &= not form.frequency
                form.frequency = form.capture(PROBABILITY)
                made.frequencies = [self._probability()]
            elif word.startswith(VERBS):
                self._values()
            else:
                scanner.fail(f"one of {', '.join(WORDS)}, or ';'" if word else "';', the end of the example")
        scanner.take("")
        form.literal(";")
        for values in made.values:
            self._groups.add(values)
        return made

    def template(self) -> _Template | None:
        """Return the template of the example that was read last; None if other examples can have no values of its form."""
        return _Template(self._form) if self._form.is_regular and self._form.values else None

    def _probability(self) -> float:
        value = self._scanner.number("a probability")
        if value < 0:
            self._scanner.fail("a probability of 0 or more before this")
        if not value:
            self._form.is_regular = False
            self._scanner.cannot(f"example {self._examples.names[0]!r} has PROB 0, and is never presented; it is left out")
        return value

    def _values(self) -> None:
        scanner, form = self._scanner, self._form
        verb = scanner.take("")
        start = scanner.last_place
        if verb.startswith(SOFT):
            form.is_regular = False  # each one is listed
            scanner.cannot("a soft clamp has no counterpart; it is read as a clamp")
        group = scanner.take("the name of a group")
        size = self._groups.size_of(group, *scanner.last_place)
        ticks = scanner.peek()
        first, last = self._range(ticks)
        kind = scanner.peek()
        if kind not in ("FULL", "SPARSE") and not kind.startswith("EXPAND"):
            scanner.fail("'FULL' or 'EXPANDED' or 'SPARSE'")
        scanner.take("")
        form.literal(verb, group, ticks, kind)
        if kind == "SPARSE":
            numbers, on_off = self._sparse(size)
            number = form.capture(UNITS)
        else:
            numbers, on_off = self._full(size), None
            number = form.capture(FULL)
        values = Values(group, verb.startswith(TARGET), first, last, start[0], numbers[np.newaxis])
        if fault := self._groups.fault_of(group, is_target=values.is_target):
            form.is_regular = False
            scanner.file.cannot(f"{fault}; they are left out", *start)
            return
        self._examples.values.append(values)
        form.values.append((number, values, on_off))

    def _range(self, word: str) -> tuple[int, int | None]:
        """Take ticks; return the first and the last, which is None for that of the example."""
        match = TICKS.fullmatch(word)
        first = int(match[1]) if match and match[1] else 0
        last = None if match and (match[2] or match[0]) == "ALL" else int(match[2] or first) if match else 0
        if not match or (last is not None and not first <= last < MOST_TICKS):
            self._scanner.fail("ticks from 0, such as 3, 0-3, 2-ALL or ALL")
        self._scanner.take("")
        if self._ticks and (first if last is None else last) >= self._ticks:
            line, column = self._scanner.last_place
            message = f"a tick after the last one, {self._ticks - 1}, which MikenetExamples(ticks={self._ticks}) says"
            raise self._scanner.file.error(message=message, line=line, column=column)
        return first, last

    def _full(self, size: int | None) -> cn.Array:
        """Take the values of all units, NaN where there is none."""
        scanner = self._scanner
        expected = "a number, NaN or d" if size is None else f"a number, NaN or d, one for each of {size} units,"
        parts: list[cn.Array] = []
        while not parts or len(parts[-1]):
            parts.append(np.array([np.nan]) if scanner.accept(NO_VALUE) else scanner.numbers(expected=expected))
        values = np.concatenate(parts)
        if not len(values) or (size is not None and len(values) < size):
            scanner.fail(expected)
        if size is not None and len(values) > size:
            line, column = scanner.last_place
            raise scanner.file.error(f"{len(values)} values", f"{size}, one for each unit of the group,", line=line, column=column)
        return values

    def _sparse(self, size: int | None) -> tuple[cn.Array, tuple[float, float]]:
        """Take the numbers of units that are on; return all values, and those on and off."""
        scanner = self._scanner
        on, off = 1.0, 0.0
        if size is None:
            line, column = scanner.last_place
            raise scanner.file.error(message="the size of a group with SPARSE is not in the file; give network=", line=line, column=column)
        units: list[int] = []
        while not scanner.accept(","):
            if which := scanner.accept("ONVAL", "OFFVAL"):
                self._form.is_regular &= not units
                self._form.literal(which, scanner.peek())
                value = scanner.number(f"the value of units that are {'on' if which == 'ONVAL' else 'off'}")
                on, off = (value, off) if which == "ONVAL" else (on, value)
            else:
                units.append(scanner.whole_number("ONVAL, OFFVAL, ',', or the number of a unit", at_most=size - 1))
        values = np.full(size, off)
        values[units] = on
        return values, (on, off)


class _Template:
    """The form of an example; see `connectionist.formats.TextTemplate`."""

    def __init__(self, form: _Form) -> None:
        self._form = form
        self.source, self.groups = rb"\s*+".join(form.pieces), form.groups

    def rows(self, found: list[tuple[bytes, ...]]) -> tuple[Examples, int]:
        """Return the examples of some matches, without lines, and the number of matches that fit."""
        form, groups = self._form, list(zip(*found, strict=True))
        full = [(number, values.numbers.shape[1]) for number, values, on_off in form.values if on_off is None]
        parts: list[cn.Array] = []
        count = len(found)
        if full:
            texts = [[_without_letter(text) for text in groups[number]] for number, _ in full]
            parts, count = cn.formats.parse_lists(texts, [size for _, size in full], MISSING.encode())
        numbers = dict(zip((number for number, _ in full), parts, strict=True))
        for number, values, on_off in form.values:
            if on_off is not None:
                numbers[number] = _sparse_numbers(groups[number][:count], values.numbers.shape[1], *on_off)
                count = min(count, len(numbers[number]))
        frequencies = [float(text) for text in groups[form.frequency][:count]] if form.frequency else [1.0] * count
        count = next((place for place, value in enumerate(frequencies) if not 0 < value < math.inf), count)
        names = [name.strip() for name in cn.formats.decode_texts(groups[form.name][:count])] if form.name else [""] * count
        count = len(names)
        kept = [replace(values, numbers=numbers[number][:count]) for number, values, _ in form.values]
        return Examples(names, frequencies[:count], [], kept), count


def _without_letter(text: bytes) -> bytes:
    return ALONE.sub(MISSING.encode(), text) if NO_VALUE.encode() in text else text


def _sparse_numbers(texts: tuple[bytes, ...], size: int, on: float, off: float) -> cn.Array:
    """Return the values [text, unit] of lists of units that are on, up to the first with a unit that does not exist."""
    owners = np.repeat(np.arange(len(texts)), cn.formats.count_words(texts))
    units = cn.formats.parse_numbers(b" ".join(texts)).astype(np.intp)
    wrong = units >= size
    count = int(owners[wrong.argmax()]) if wrong.any() else len(texts)
    values = np.full((count, size), off)
    is_kept = owners < count
    values[owners[is_kept], units[is_kept]] = on
    return values
