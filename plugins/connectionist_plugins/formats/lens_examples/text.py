"""The text of example files of LENS.

A file has a header, up to the first ``;`` or the first word that is none of a header, and then examples, each ended by ``;``. Words are
separated by white space or nothing. A ``#`` as the first character of a line begins a comment.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import partial

import connectionist as cn
from connectionist_plugins.formats.lens_examples.block import read_block
from connectionist_plugins.formats.lens_examples.side import Side, ValueList
from connectionist_plugins.formats.lens_examples.table import LONGEST, MOST_EVENTS, MOST_UNITS, EventHeader, ExampleTable, GivenExample

MARKS = "()[]{};"
INTEGER = re.compile(rb"\d+(?![^\s()\[\]{};\-])")
HEADER = re.compile(rb"(max|min|grace|defI|actI|defT|actT|proc):")
EXAMPLE_HEADER = re.compile(rb"(name|freq|proc):")
ITEM = re.compile(rb"([ITBitb]):|(\[)|(;)")
EVENT_LIST = re.compile(rb"(\d+)(?:-(\d+))?|(\*)|(\])")
PLAIN_GROUP = re.compile(rb"\(\s*+([^\s()\[\]{}\"]++)?+\s*+(\d++)?+\s*+\)")
PLAIN_SPARSE = re.compile(rb"\{\s*+((?![-.]?\d|-[\s}])[^\s()\[\]{}\"]++)?+\s*+(-?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+|-)?+\s*+\}")
CLOSE = re.compile(rb"\]")
OPEN = re.compile(rb"[({]")
SPANS = re.compile(rb"(?:(?:\d+(?:-\d+)?|\*)(?![^\s()\[\]{};*])\s*){1,2000}")
SPAN = re.compile(rb"(\d+)(?:-(\d+))?|\*")
NUMBER = re.compile(rb"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|-")
BARE = re.compile(rb"[^\s\0()\[\]{}\"]+")
BRACKETS = {
    b"{": re.compile(rb"[^{}]{0,60000}([{}]?)"),
    b"(": re.compile(rb"[^()]{0,60000}([()]?)"),
    b"[": re.compile(rb"[^\[\]]{0,60000}([\[\]]?)"),
}
QUOTED = re.compile(rb'"([^\0"]*)"')
BRACKET = re.compile(rb"[({\[]")
IN_EVENTS = "an event, 'proc:', 'max:', 'min:', 'grace:', 'defI:', 'actI:', 'defT:', 'actT:' or ']'"
IN_EXAMPLE = "'[', 'I:', 'T:', 'B:', 'i:', 't:', 'b:' or ';'"
IN_VALUES = f"a number, '-', a group in '()' or '{{}}', {IN_EXAMPLE}"
TEXT = "text in {}, (), [] or quotation marks, or a word"


def read_text(scanner: cn.formats.Scanner, table: ExampleTable) -> None:
    """Read all examples of a file."""
    _Reader(scanner, table).read()


class _Reader:
    """The grammar, one method for each part of it."""

    def __init__(self, scanner: cn.formats.Scanner, table: ExampleTable) -> None:
        self._scanner, self._table = scanner, table

    def read(self) -> None:
        for _ in range(2):  # numbers of inputs and targets, in old files
            self._scanner.match(INTEGER)
        given = self._header("the set")
        self._table.header = self._table.of_set(replace(EventHeader(), **given))
        self._check_times(self._table.header, given)
        self._scanner.accept(";")
        blocks = cn.formats.Blocks(self._scanner, partial(read_block, table=self._table))
        while not self._scanner.is_at_end:
            if rows := blocks.take():
                self._table.add_rows(rows)
                self._table.expect(blocks.part_read)
            else:
                self._table.add(self._example())

    def _header(self, of: str) -> dict[str, float]:
        """Take the parts of a header of the set or of some events, and return its numbers."""
        given: dict[str, float] = {}
        while found := self._scanner.match(HEADER):
            word = found[1].decode()
            if word in given:
                self._warn_of_second(f"'{word}:' of {of}")
            if word == "proc":
                place = self._scanner.last_place
                if self._text():
                    self._cannot_run(of, place)
            else:
                given[word] = self._real(f"the number of '{word}:', or '-'")
        return given

    def _cannot_run(self, what: str, place: tuple[int, int]) -> None:
        """List a script."""
        self._scanner.file.cannot(f"'proc:' of {what} is a script of LENS, which is not run", *place)

    def _warn_of_second(self, what: str) -> None:
        """List what an example or header has already."""
        self._scanner.file.warn(f"{what} is given again; the last one is read", *self._scanner.last_place)

    def _check_times(self, header: EventHeader, given: dict[str, float]) -> None:
        for word in ("max", "min", "grace"):
            if math.isnan(getattr(header, word)):
                raise self._scanner.error(f"the number of '{word}:', and not '-',", f"'{word}: -'")
        if "max" in given and header.max > LONGEST:
            raise self._scanner.error(f"a 'max:' of at most {LONGEST:,}", f"'max: {header.max:g}'")
        if given.keys() & {"min", "max"} and self._table.may_end_early(header.min, header.max):
            self._scanner.cannot(
                f"'min: {header.min:g}' ends an event when its targets are reached; here it has all its time, 'max: {header.max:g}'"
            )

    def _example(self) -> GivenExample:
        example = GivenExample()
        self._example_header(example)
        listed: dict[str, list[int] | None] = {"I": None, "T": None}
        while True:
            item = self._scanner.match(ITEM)
            if item is None:
                self._scanner.fail(IN_VALUES if example.inputs or example.targets else IN_EXAMPLE)
            if item[3]:
                return example
            if item[2]:
                events = self._event_list(example)
                listed = {"I": events, "T": events}
            else:
                self._values(item[1].decode(), example, listed)

    def _example_header(self, example: GivenExample) -> None:
        seen = set[bytes]()
        while True:
            if found := self._scanner.match(EXAMPLE_HEADER):
                if found[1] in seen - {b"proc"}:
                    self._warn_of_second(f"'{found[0].decode()}' of the example")
                seen.add(found[1])
                if found[1] == b"name":
                    example.name = self._text()
                elif found[1] == b"freq":
                    example.frequency = self._frequency()
                else:
                    place = self._scanner.last_place
                    if self._text():
                        self._cannot_run("the example", place)
            elif found := self._scanner.match(INTEGER):
                if b"" in seen:
                    self._warn_of_second("the number of events of the example")
                seen.add(b"")
                example.event_count = self._event_count(found)
            else:
                return

    def _event_count(self, found: re.Match[bytes]) -> int:
        count = int(found[0]) if len(found[0]) < 18 else MOST_EVENTS + 1
        if not 1 <= count <= MOST_EVENTS:
            self._fail_last(f"a number of events from 1 to {MOST_EVENTS}", found)
        self._table.check_events(count)
        return count

    def _frequency(self) -> float:
        value = self._real("a frequency")
        if not value > 0:
            self._scanner.cannot(f"'freq: {value:g}' is not above 0; the example has frequency 1")
            return 1.0
        return value

    def _event_list(self, example: GivenExample) -> list[int]:
        """Take a list of events up to ``]``, and give these events the header in it."""
        events: list[int] = []
        is_closed = False
        while not is_closed:
            found = self._scanner.match(EVENT_LIST)
            if found is None:
                break
            if found[3] or found[4]:
                is_closed = found[4] is not None
                events += range(example.event_count) if found[3] else ()
            else:
                events += self._span(found, example.event_count)
                if len(events) > 2 * MOST_EVENTS:
                    self._fail_last("fewer events", found)
        chosen = list(dict.fromkeys(events)) or list(range(example.event_count))
        if not is_closed:
            self._event_headers(example, chosen)
            if not self._scanner.match(CLOSE):
                self._scanner.fail(IN_EVENTS)
        return chosen

    def _event_headers(self, example: GivenExample, events: list[int]) -> None:
        given = self._header("an event")
        headers = {event: example.headers.get(event, self._table.header) for event in events}
        changed = {id(header): replace(header, **given) for header in headers.values()}
        for header in changed.values():
            self._check_times(header, given)
        example.headers.update({event: changed[id(header)] for event, header in headers.items()})

    def _span(self, found: re.Match[bytes], count: int) -> range:
        first, last = found[1], found[2] or found[1]
        if len(last) > 9 or len(first) > 9 or int(last) >= count or int(first) > int(last):
            events = f"0 to {count - 1}" if count > 1 else "0, the only one"
            self._fail_last(f"an event from {events}", found)
        return range(int(first), int(last) + 1)

    def _values(self, word: str, example: GivenExample, listed: dict[str, list[int] | None]) -> None:
        """Take the ranges of ``I:``, ``T:`` or ``B:``, and give them to their events."""
        letters = "IT" if word in "Bb" else word.upper()
        place = self._scanner.last_place
        sides = [self._table.inputs if letter == "I" else self._table.targets for letter in letters]
        events_of = {letter: self._events_for(letter, example, listed) for letter in letters}
        ranges = self._ranges(sides, is_sparse=word.islower())
        for letter in letters:
            has = example.inputs if letter == "I" else example.targets
            events = events_of[letter]
            self._check_free(events, has, example, place, word)
            has.update(dict.fromkeys(events, ranges))
            if letter == "I" and len(events) > 1:
                example.input_header.update(dict.fromkeys(events, example.headers.get(events[0], self._table.header)))

    def _events_for(self, letter: str, example: GivenExample, listed: dict[str, list[int] | None]) -> list[int]:
        """Return the events of the list before these values, or the one after the last that has values."""
        events = listed[letter]
        listed[letter] = None
        return [max(example.inputs if letter == "I" else example.targets, default=-1) + 1] if events is None else events

    def _check_free(
        self, events: list[int], has: dict[int, list[ValueList]], example: GivenExample, place: tuple[int, int], word: str
    ) -> None:
        line, column = place
        if events[-1] >= example.event_count:
            what = f"'{word}:' for event {events[-1]}"
            expected = "';', the end of the example, or the number of its events before its values,"
            expected = expected if example.event_count == 1 else f"events 0 to {example.event_count - 1}"
            raise self._scanner.file.error(what, expected, line=line, column=column)
        if taken := [event for event in events if event in has]:
            what = f"'{word}:' for event {taken[0]}, which has values already"
            raise self._scanner.file.error(what, "an event list in '[]', or ';'", line=line, column=column)

    def _ranges(self, sides: list[Side], *, is_sparse: bool) -> list[ValueList]:
        ranges: list[ValueList] = []
        given: ValueList | None = self._sparse("", None) if is_sparse else self._dense("", 0)
        while True:
            if given is not None and (given.end or given.spans or given.group):
                self._admit(given, sides)
                ranges.append(given)
            given = self._named_range()
            if given is None:
                return ranges

    def _admit(self, given: ValueList, sides: list[Side]) -> None:
        for side in sides:
            if fault := self._table.unknown_group(given, side):
                self._scanner.cannot(fault)
            if given.end > MOST_UNITS:
                line, column = self._scanner.last_place
                raise self._scanner.file.error(f"unit {given.end - 1}", f"units below {MOST_UNITS}", line=line, column=column)
            if fault := self._table.fault_of(given, side):
                line, column = self._scanner.last_place
                raise self._scanner.file.error(message=f"found {fault}", line=line, column=column)

    def _named_range(self) -> ValueList | None:
        """Take a range with a header in brackets; None if none follows."""
        if found := self._scanner.match(PLAIN_GROUP):
            group, first = found[1], found[2]
            if group is not None and first is None and group.isdigit():
                group, first = None, group
            return self._dense(self._decode(group), self._first(first, found))
        if found := self._scanner.match(PLAIN_SPARSE):
            return self._sparse(self._decode(found[1]), None if found[2] is None else self._value(found[2], found))
        found = self._scanner.match(OPEN)
        if found is None:
            return None
        is_dense = found[0] == b"("
        group_text = "" if self._scanner.match(re.compile(rb"(?=-?[.\d]|-|[)}])")) else self._text()
        if is_dense:
            first = self._scanner.match(INTEGER)
            range_first = self._first(first[0] if first else None, first)
            self._scanner.expect(")")
            return self._dense(group_text, range_first)
        value = None if self._scanner.match(re.compile(rb"(?=\})")) else self._real("the value of the units, '-' or '}'")
        self._scanner.expect("}")
        return self._sparse(group_text, value)

    def _first(self, text: bytes | None, found: re.Match[bytes] | None) -> int:
        if text is None:
            return 0
        if len(text) > 9 and found is not None:
            self._fail_last(f"a unit below {MOST_UNITS}", found)
        return int(text)

    def _dense(self, group: str, first: int) -> ValueList:
        return ValueList(group, first, self._scanner.numbers(expected=IN_VALUES))

    def _sparse(self, group: str, value: float | None) -> ValueList:
        spans: list[slice] = []
        while found := self._scanner.match(SPANS):
            spans += [self._units(each) for each in SPAN.finditer(found[0])]
        return ValueList(group, value=value, spans=tuple(spans))

    def _units(self, span: re.Match[bytes]) -> slice:
        if span[1] is None:
            return slice(None)
        last = span[2] or span[1]
        if len(span[1]) > 9 or len(last) > 9 or int(last) < int(span[1]):
            self._fail_last("units in rising order", span)
        return slice(int(span[1]), int(last) + 1)

    def _real(self, expected: str) -> float:
        found = self._scanner.match(NUMBER)
        if found is None:
            self._scanner.fail(expected)
        return self._value(found[0], found)

    def _value(self, text: bytes, found: re.Match[bytes]) -> float:
        value = math.nan if text == b"-" else float(text)
        if math.isinf(value):
            self._fail_last("a smaller number", found)
        return value

    def _text(self) -> str:
        """Take a text in brackets or quotation marks, or a word."""
        if found := self._scanner.match(QUOTED):
            return self._decode(found[1])
        if found := self._scanner.match(BARE):
            return self._decode(found[0])
        found = self._scanner.match(BRACKET)
        if found is None:
            self._scanner.fail(TEXT)
        return self._bracketed(found[0])

    def _bracketed(self, bracket: bytes) -> str:
        """Take text up to the bracket that closes the one before it."""
        pattern, depth, parts = BRACKETS[bracket], 1, [b""]
        place = self._scanner.last_place
        while depth:
            found = self._scanner.match(pattern, skip_blanks=False)
            if found is None or not found[0]:
                line, column = place
                raise self._scanner.file.error(f"{bracket.decode()!r} that nothing closes", "text in brackets", line=line, column=column)
            if found[1]:
                depth += 1 if found[1] == bracket else -1
            parts.append(found[0])
        return self._decode(b"".join(parts)[:-1].strip())

    def _decode(self, text: bytes | None) -> str:
        return "" if text is None else self._scanner.decode(text)

    def _fail_last(self, expected: str, found: re.Match[bytes]) -> None:
        line, column = self._scanner.last_place
        raise self._scanner.file.error(repr(self._scanner.decode(found[0][:60])), expected, line=line, column=column)
