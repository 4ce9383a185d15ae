"""The text of example files of MikeNet.

An example is a list of words up to ``;``: ``TAG`` and its name up to the end of the line, ``PROB`` and its probability, and for groups at
some ticks the values to which they are clamped (``CLAMP``) or which they are to have (``TARGET``): all of them after ``FULL``, or the
numbers of the units that are on after ``SPARSE``, up to a comma. Ticks count from 0: ``3``, ``0-3``, ``2-ALL`` or ``ALL``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.mikenet_examples.block import MikenetBlock
from connectionist_plugins.formats.mikenet_examples.groups import LAST, MOST_TICKS, NO_VALUE, Examples, Groups, Values, example_text

CLAMP, SOFT, TARGET = ("CLAMP", "INPUT"), ("SOFTCLAMP", "SOFT_CLAMP"), ("TARGET",)
VERBS = (*CLAMP, *SOFT, *TARGET)  # or words that begin so
WORDS = "TAG", "PROB", *VERBS
TICKS = re.compile(r"ALL|(\d{1,9})(?:-(\d{1,9}|ALL))?", re.ASCII)


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
    reader = _Reader(scanner, groups, ticks)
    blocks = cn.formats.Blocks(scanner, partial(_read_block, scanner, groups, ticks))
    count = 0
    while not scanner.is_at_end:
        examples = blocks.take() or reader.read()
        yield replace(examples, places=range(count, count + len(examples.names)))
        count += len(examples.names)
    if not count:
        scanner.fail(f"an example, which begins with one of {', '.join(WORDS)}")


def _read_block(scanner: cn.formats.Scanner, groups: Groups, ticks: int, text: bytes) -> tuple[Examples, int]:
    block = MikenetBlock(text, groups, ticks, scanner.place[0])
    return block.examples, block.size


class _TakenTicks:
    """The ticks at which groups have inputs, or targets, in an example."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[int, int]]] = {}  # first and last ticks without overlap, in order, of a group

    def take(self, group: str, first: int, last: int, *, is_all: bool) -> bool:
        """Add ticks to those of a group, or of all units. Return whether some of its units have one of them already."""
        own, everything = ("all", "any") if is_all else (f"group {group}", "all")
        is_taken = any(len(range(*_overlap(self._spans.get(key, []), first, last))) for key in (own, everything))
        for key in (own, "any"):
            spans = self._spans.setdefault(key, [])
            begin, end = _overlap(spans, first, last)
            if end > begin:
                spans[begin:end] = [(min(first, spans[begin][0]), max(last, spans[end - 1][1]))]
            else:
                spans.insert(begin, (first, last))
        return is_taken


def _overlap(spans: list[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """Return the first one of the spans that have some of these ticks, and the one after the last."""
    begin = bisect.bisect_left(spans, (first, first))
    begin -= begin > 0 and spans[begin - 1][1] >= first
    return begin, max(begin, bisect.bisect_right(spans, (last, MOST_TICKS)))


class _Reader:
    """The grammar, word by word."""

    def __init__(self, scanner: cn.formats.Scanner, groups: Groups, ticks: int) -> None:
        self._scanner, self._groups, self._ticks = scanner, groups, ticks
        self._examples = Examples([], [], [], [])

    def read(self) -> Examples:
        scanner = self._scanner
        self._taken = _TakenTicks(), _TakenTicks()
        self._examples = made = Examples([""], [1.0], [scanner.place[0]], [])
        seen = set[str]()
        while (word := scanner.peek()) != ";":
            if word in seen:
                scanner.fail(f"';', since the example has its {word} already,")
            if word == "TAG":
                scanner.take("")
                made.names = [scanner.line()]
                seen.add(word)
            elif word == "PROB":
                scanner.take("")
                made.frequencies = [self._probability()]
                seen.add(word)
            elif word.startswith(VERBS):
                self._values()
            else:
                scanner.fail(f"one of {', '.join(WORDS)}, or ';'" if word else "';', the end of the example")
        scanner.take("")
        for values in made.values:
            self._groups.add(values)
        return made

    def _probability(self) -> float:
        value = self._scanner.number("a probability")
        if value < 0:
            self._scanner.fail("a probability of 0 or more before this")
        if not value:
            self._scanner.cannot(f"{example_text(self._examples.names[0])} has PROB 0, and is never presented; it is left out")
        return value

    def _values(self) -> None:
        scanner = self._scanner
        verb = scanner.take("")
        start = scanner.last_place
        if verb.startswith(SOFT):
            scanner.cannot("a soft clamp has no counterpart; it is read as a clamp")
        group = scanner.take("the name of a group")
        size = self._groups.size_of(group, *scanner.last_place)
        ticks = scanner.peek()
        first, last = self._range(ticks)
        kind = scanner.peek()
        if kind not in ("FULL", "SPARSE") and not kind.startswith("EXPAND"):
            scanner.fail("'FULL' or 'EXPANDED' or 'SPARSE'")
        scanner.take("")
        numbers = self._sparse(size) if kind == "SPARSE" else self._full(size)
        owners, firsts, lasts = np.array([[0], [first], [LAST if last is None else last]])
        values = Values(group, verb.startswith(TARGET), start[0], numbers[np.newaxis], owners, firsts, lasts)
        if fault := self._groups.fault_of(group, is_target=values.is_target):
            scanner.file.cannot(f"{fault}; they are left out", *start)
            return
        if self._taken[values.is_target].take(group, first, MOST_TICKS if last is None else last, is_all=self._groups.is_all(group)):
            text = f"group {group!r} has values at some of the ticks {ticks} already; these replace them"
            scanner.file.warn(text, *start)
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

    def _sparse(self, size: int | None) -> cn.Array:
        """Take the numbers of units that are on; return all values."""
        scanner = self._scanner
        on, off = 1.0, 0.0
        if size is None:
            line, column = scanner.last_place
            raise scanner.file.error(message="the size of a group with SPARSE is not in the file; give network=", line=line, column=column)
        units: list[int] = []
        while not scanner.accept(","):
            if which := scanner.accept("ONVAL", "OFFVAL"):
                value = scanner.number(f"the value of units that are {'on' if which == 'ONVAL' else 'off'}")
                on, off = (value, off) if which == "ONVAL" else (on, value)
            else:
                units.append(scanner.whole_number("ONVAL, OFFVAL, ',', or the number of a unit", at_most=size - 1))
        values = np.full(size, off)
        values[units] = on
        return values
