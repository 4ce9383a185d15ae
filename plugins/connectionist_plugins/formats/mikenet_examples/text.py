"""The text of example files of MikeNet.

An example is a list of words up to ``;``: ``TAG`` and its name up to the end of the line, ``PROB`` and its probability, and for groups at
some ticks the values to which they are clamped (``CLAMP``) or which they are to have (``TARGET``): all of them after ``FULL``, or the
numbers of the units that are on after ``SPARSE``, up to a comma. Ticks count from 0: ``3``, ``0-3``, ``2-ALL`` or ``ALL``.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.mikenet_examples.groups import LAST, Examples, Groups, Values

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
UNITS = rb"([0-9\s]*+)(?<=\s),(?!\S)"
TICKS_OF_CLAUSE = rb"(ALL|\d{1,6}(?:-(?:\d{1,6}|ALL))?+)(?!\S)"
END_OF_EXAMPLE = rb";(?!\S)"
LONG = re.compile(rb"[0-9]{10}")  # the number of a unit has at most nine digits
MOST_CLAUSES = 32


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
            lines = scanner.lines_of(matches)
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
class _Clause:
    """The form of the values of a group at some ticks: pieces of a regular expression, the values that were read, and those on and off."""

    pieces: list[bytes]
    values: Values | None = None
    on_off: tuple[float, float] | None = None  # if it is sparse

    @property
    def source(self) -> bytes:
        return rb"\s*+".join(self.pieces)


@dataclass
class _Form:
    """The parts of an example that is read word by word: pieces of a regular expression before its clauses, and what its groups are."""

    pieces: list[bytes] = field(default_factory=list)
    name: int = 0  # group of the name, 0 if there is none
    frequency: int = 0
    clauses: list[_Clause] = field(default_factory=list)
    is_regular: bool = True

    def capture(self, pattern: bytes) -> int:
        """Add a pattern with a group, and return its number."""
        self.is_regular &= not self.clauses
        self.pieces.append(pattern)
        return len(self.pieces)


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
        for values in made.values:
            self._groups.add(values)
        return made

    def template(self) -> _Template | None:
        """Return the template of the example that was read last; None if other examples can have no values of its form."""
        return _Template(self._form, self._ticks) if self._form.is_regular and self._has_different_clauses() else None

    def _has_different_clauses(self) -> bool:
        """Return whether there are clauses, and none gives values to the units of another form: then their order does not matter."""
        forms = {clause.source: clause.values for clause in self._form.clauses}
        owners = {(values.group, values.is_target) for values in forms.values() if values is not None}
        return 0 < len(forms) == len(owners) <= MOST_CLAUSES

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
        clause = _Clause([_literal(verb), _literal(group), TICKS_OF_CLAUSE, _literal(kind)])
        form.clauses.append(clause)
        if kind == "SPARSE":
            numbers, clause.on_off = self._sparse(size, clause)
            clause.pieces.append(UNITS)
        else:
            numbers = self._full(size)
            clause.pieces.append(FULL)
        owners, firsts, lasts = np.array([[0], [first], [LAST if last is None else last]])
        clause.values = values = Values(group, verb.startswith(TARGET), start[0], numbers[np.newaxis], owners, firsts, lasts)
        if fault := self._groups.fault_of(group, is_target=values.is_target):
            form.is_regular = False
            scanner.file.cannot(f"{fault}; they are left out", *start)
            return
        self._examples.values.append(values)

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

    def _sparse(self, size: int | None, clause: _Clause) -> tuple[cn.Array, tuple[float, float]]:
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
                clause.pieces += [_literal(which), _literal(scanner.peek())]
                value = scanner.number(f"the value of units that are {'on' if which == 'ONVAL' else 'off'}")
                on, off = (value, off) if which == "ONVAL" else (on, value)
            else:
                units.append(scanner.whole_number("ONVAL, OFFVAL, ',', or the number of a unit", at_most=size - 1))
        values = np.full(size, off)
        values[units] = on
        return values, (on, off)


class _Template:
    """The form of an example, with any number of clauses of some forms; see `connectionist.formats.TextTemplate`."""

    def __init__(self, form: _Form, ticks: int) -> None:
        self._form, self._ticks = form, ticks
        self._clauses = [*{clause.source: clause for clause in form.clauses}.values()]
        self._is_repeated = len(form.clauses) > len(self._clauses)
        sources = [clause.source for clause in self._clauses]
        self._pattern = re.compile(rb"|".join(sources))
        if self._is_repeated:
            sources = [rb"((?:(?:%s)\s*+)*+)" % rb"|".join(_without_groups(clause) for clause in self._clauses)]
        self.source = rb"\s*+".join([*form.pieces, *sources, END_OF_EXAMPLE])
        self.groups = len(form.pieces) + (1 if self._is_repeated else 2 * len(sources))

    def rows(self, found: list[tuple[bytes, ...]]) -> tuple[Examples, int]:
        """Return the examples of some matches, without lines, and the number of matches that fit."""
        form, groups = self._form, list(zip(*found, strict=True))
        count = len(found)
        made: list[Values] = []
        for clause, (owners, ticks, values) in zip(self._clauses, self._texts_of(groups), strict=True):
            if not len(owners):
                continue
            firsts, lasts, fitting = self._ticks_of(ticks)
            numbers, also_fitting = _numbers(clause, values)
            fitting = min(fitting, also_fitting)
            count = min([count, *owners[fitting:].tolist()[:1]])
            assert clause.values is not None
            kept = slice(fitting)
            made.append(replace(clause.values, numbers=numbers[kept], owners=owners[kept], firsts=firsts[kept], lasts=lasts[kept]))
        frequencies = [float(text) for text in groups[form.frequency][:count]] if form.frequency else [1.0] * count
        count = next((place for place, value in enumerate(frequencies) if not 0 < value < math.inf), count)
        names = [name.strip() for name in cn.formats.decode_texts(groups[form.name][:count])] if form.name else [""] * count
        count = len(names)
        return Examples(names, frequencies[:count], [], [_first_owners(values, count) for values in made]), count

    def _texts_of(self, groups: list[tuple[bytes, ...]]) -> Iterator[tuple[Any, Sequence[bytes], Sequence[bytes]]]:
        """Yield for each form of clauses the numbers of the examples that have them, their ticks and their values."""
        first = 1 + len(self._form.pieces)
        if not self._is_repeated:
            owners = np.arange(len(groups[0]))
            for group in range(first, self.groups, 2):
                yield owners, groups[group], groups[group + 1]
            return
        lists = [self._pattern.findall(text) for text in groups[first]]
        owners = np.repeat(np.arange(len(lists)), [*map(len, lists)])
        columns = list(zip(*itertools.chain.from_iterable(lists), strict=True)) or [()] * 2 * len(self._clauses)
        for ticks, values in zip(columns[::2], columns[1::2], strict=True):
            is_there = [*map(bool, ticks)]
            yield owners[is_there], [*itertools.compress(ticks, is_there)], [*itertools.compress(values, is_there)]

    def _ticks_of(self, texts: Sequence[bytes]) -> tuple[Any, Any, int]:
        """Return the first and last ticks of clauses, and how many clauses have ticks that may be there."""
        known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        bounds = np.array([_first_and_last(text.decode()) for text in known])[[known[text] for text in texts]]
        wrong = (bounds[:, 1] != LAST) & (bounds[:, 1] < bounds[:, 0])
        if self._ticks:
            wrong |= bounds.max(axis=1, initial=0) >= self._ticks
        return bounds[:, 0], bounds[:, 1], int(wrong.argmax()) if wrong.any() else len(texts)


def _without_groups(clause: _Clause) -> bytes:
    """Return the regular expression of a clause without groups: its pieces with a group begin with it."""
    return rb"\s*+".join(b"(?:" + piece[1:] if piece[:1] == b"(" else piece for piece in clause.pieces)


def _literal(word: str) -> bytes:
    return re.escape(word.encode()) + END_OF_WORD


def _first_and_last(text: str) -> tuple[int, int]:
    """Return the first and the last tick of a text such as 3, 0-3, 2-ALL or ALL."""
    first, _, last = text.partition("-")
    return (0, LAST) if first == "ALL" else (int(first), LAST if last == "ALL" else int(last or first))


def _first_owners(values: Values, count: int) -> Values:
    """Return the values of the first examples."""
    end = int(np.searchsorted(values.owners, count))
    return replace(values, numbers=values.numbers[:end], owners=values.owners[:end], firsts=values.firsts[:end], lasts=values.lasts[:end])


def _numbers(clause: _Clause, texts: Sequence[bytes]) -> tuple[cn.Array, int]:
    """Return the values [clause, unit] of the texts of clauses of one form, and how many of them fit."""
    assert clause.values is not None
    size = clause.values.numbers.shape[1]
    if clause.on_off is not None:
        numbers = _sparse_numbers(texts, size, *clause.on_off)
        return numbers, len(numbers)
    if any(NO_VALUE.encode() in text for text in texts):
        texts = [ALONE.sub(MISSING.encode(), text) for text in texts]
    (numbers,), count = cn.formats.parse_lists([texts], [size], MISSING.encode())
    return numbers, count


def _sparse_numbers(texts: Sequence[bytes], size: int, on: float, off: float) -> cn.Array:
    """Return the values [text, unit] of lists of units that are on, up to the first with a unit that does not exist."""
    joined = b" ".join(texts)
    if LONG.search(joined):
        return np.empty((0, size))
    owners = np.repeat(np.arange(len(texts)), cn.formats.count_words(texts))
    units = cn.formats.parse_numbers(joined).astype(np.intp)
    wrong = units >= size
    count = int(owners[wrong.argmax()]) if wrong.any() else len(texts)
    values = np.full((count, size), off)
    is_kept = owners < count
    values[owners[is_kept], units[is_kept]] = on
    return values
