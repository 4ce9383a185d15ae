"""Binary example files of LENS (``.bex``).

All numbers are big-endian: whole numbers and single-precision numbers of four bytes, flags of one byte, text that a zero byte ends. A list
of events or sparse units has whole numbers; a negative one is the end of a span, and in sparse units a single negative one means all.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import connectionist as cn
from connectionist.utils.counts import describe_count
from connectionist_plugins.formats.lens_examples.events import WrittenEvent, check_expressible, written_events
from connectionist_plugins.formats.lens_examples.side import Side, ValueList
from connectionist_plugins.formats.lens_examples.table import MOST_EVENTS, EventHeader, ExampleTable, GivenExample

MARK = 0xAAAAAAAA
REAL_BYTES = 4
MOST_WHOLE = 2**31 - 1
IN_FILE = "max", "min", "grace", "defI", "actI", "defT", "actT"
ALL = slice(None)


class _Bytes:
    """The content of a file, taken part by part."""

    def __init__(self, file: cn.formats.InputFile, content: bytes) -> None:
        self.file, self._content, self.at = file, content, 0

    def whole(self, expected: str, at_least: int = 0, at_most: int = MOST_WHOLE) -> int:
        (value,) = struct.unpack(">i", self.take(4, expected))
        if not at_least <= value <= at_most:
            bounds = f"{at_least} or more," if at_most == MOST_WHOLE else f"from {at_least} to {at_most},"
            raise self.file.error(str(value), f"{expected}, {bounds}", offset=self.at - 4)
        return int(value)

    def count(self, what: str, least_bytes: int) -> int:
        """Take a number of things, each of which has some bytes or more."""
        value = self.whole(f"the number of {what}")
        if value * least_bytes > len(self._content) - self.at:
            raise self.file.error(f"{value} {what}", "as many as the rest of the file can have", offset=self.at - 4)
        return value

    def reals(self, count: int, what: str) -> cn.Array:
        start = self.at
        values = np.frombuffer(self.take(4 * count, what), dtype=">f4").astype(float)
        if np.isinf(values).any():
            raise self.file.error("an infinite number", "a finite number", offset=start + 4 * int(np.isinf(values).argmax()))
        return values

    def text(self, what: str) -> str:
        end = self._content.find(b"\0", self.at)
        if end < 0:
            found = "the end of the file" if self.is_at_end else "no zero byte up to the end of the file"
            raise self.file.error(found, f"{what}, which a zero byte ends,", offset=self.at)
        text = self._content[self.at : end]
        self.at = end + 1
        try:
            return text.decode()
        except UnicodeDecodeError:
            self.file.cannot(f"{what} at byte {self.at - len(text) - 1} is not text in UTF-8; it is read as Latin-1")
            return text.decode("latin-1")

    def flag(self, what: str) -> bool:
        return self.take(1, what) != b"\0"

    def take(self, size: int, expected: str) -> bytes:
        part = self._content[self.at : self.at + size]
        if len(part) < size:
            raise self.file.error("the end of the file", expected, offset=len(self._content))
        self.at += size
        return part

    @property
    def is_at_end(self) -> bool:
        return self.at == len(self._content)


def read_binary(file: cn.formats.InputFile, table: ExampleTable) -> None:
    """Read all examples of a file."""
    given = _Bytes(file, file.content())
    mark = int.from_bytes(given.take(4, "the mark 0xaaaaaaaa"), "big")
    if mark != MARK:
        raise file.error(f"0x{mark:08x}", "the mark 0xaaaaaaaa of a binary example file", offset=0)
    size = given.take(4, "the number of bytes of a number")
    if int.from_bytes(size, "big") != REAL_BYTES:
        if int.from_bytes(size, "little") == REAL_BYTES:
            raise file.error(message="has numbers with their last byte first (little-endian); LENS writes the first byte first", offset=4)
        raise file.error(f"numbers of {int.from_bytes(size, 'big')} bytes", "numbers of 4 bytes", offset=4)
    _script(given, "the set")
    table.header = _header(given, table, is_of_set=True)
    count = given.count("examples", 22)
    for number in range(1, count + 1):
        table.add(_example(given, table, f"example {number} of {count}"))
    if not given.is_at_end:
        raise file.error(f"more bytes after {describe_count(count, 'example')}", "the end of the file", offset=given.at)


def _script(given: _Bytes, what: str) -> None:
    if given.text(f"the script of {what}"):
        given.file.cannot(f"'proc:' of {what} before byte {given.at} is a script of LENS, which is not run")


def _header(given: _Bytes, table: ExampleTable, *, is_of_set: bool = False) -> EventHeader:
    start = given.at
    header = EventHeader(**dict(zip(IN_FILE, given.reals(len(IN_FILE), "the header of an event").tolist(), strict=True)))
    for word in ("max", "min", "grace"):
        if math.isnan(getattr(header, word)):
            raise given.file.error(f"NaN as '{word}'", "a number", offset=start)
    header = table.of_set(header) if is_of_set else header
    if table.may_end_early(header.min, header.max):
        given.file.cannot(
            f"'min: {header.min:g}' before byte {given.at} ends an event when its targets are reached; here it has all its time"
        )
    return header


def _example(given: _Bytes, table: ExampleTable, which: str) -> GivenExample:
    example = GivenExample(name=given.text(f"the name of {which}"))
    _script(given, f"example {example.name!r}")
    example.frequency = float(given.reals(1, "a frequency")[0])
    if not example.frequency > 0:
        text = f"'freq: {example.frequency:g}' of example {example.name!r}, before byte {given.at}, is not above 0"
        given.file.cannot(f"{text}; the example has frequency 1")
        example.frequency = 1.0
    example.event_count = given.whole("a number of events", 1, MOST_EVENTS)
    table.check_events(example.event_count)
    for _ in range(given.count("special events", 33)):
        event = given.whole("an event of the example", 0, example.event_count - 1)
        _script(given, "an event")
        example.headers[event] = _header(given, table)
    for _ in range(given.count("sets of inputs", 9)):
        events, ranges = _events(given, example), _ranges(given)
        _give(given, example.inputs, events, ranges, table, table.inputs)
        example.input_header.update(dict.fromkeys(events, example.headers.get(events[0], table.header)) if events else {})
        if given.flag("whether targets are shared"):
            _give(given, example.targets, _events(given, example), ranges, table, table.targets)
    for _ in range(given.count("sets of targets", 8)):
        events = _events(given, example)
        _give(given, example.targets, events, _ranges(given), table, table.targets)
    return example


def _events(given: _Bytes, example: GivenExample) -> list[int]:
    count = given.count("events in a list", 4)
    numbers = np.frombuffer(given.take(4 * count, "events"), dtype=">i4").tolist()
    events: list[int] = []
    for number in numbers:
        if number < 0 and events:
            if -number < events[-1]:
                raise given.file.error(f"events {events[-1]} to {-number}", "events in rising order", offset=given.at - 4 * count)
            events += range(events[-1] + 1, min(-number, example.event_count) + 1)
        else:
            events.append(number)
        if not 0 <= events[-1] < example.event_count or len(events) > MOST_EVENTS:
            last = example.event_count - 1
            known = f"events 0 to {last}" if last else "event 0, the only one,"
            raise given.file.error(f"event {number}", known, offset=given.at - 4 * count)
    if not events:
        given.file.cannot(f"a list of values before byte {given.at} is for no event")
    return events


def _ranges(given: _Bytes) -> list[ValueList]:
    return [_range(given) for _ in range(given.count("lists of values", 10))]


def _range(given: _Bytes) -> ValueList:
    group = given.text("the name of a group")
    count = given.count("units", 4)
    if not given.flag("whether the list is sparse"):
        return ValueList(group, given.whole("the first unit"), given.reals(count, "values"))
    value = float(given.reals(1, "the value of the units")[0])
    units = np.frombuffer(given.take(4 * count, "units"), dtype=">i4").tolist()
    spans: list[slice] = []
    for unit in units:
        if unit >= 0:
            spans.append(slice(unit, unit + 1))
        elif spans and spans[-1] != ALL:
            if -unit < spans[-1].start:
                raise given.file.error(f"units {spans[-1].start} to {-unit}", "units in rising order", offset=given.at - 4 * count)
            spans[-1] = slice(spans[-1].start, max(spans[-1].stop, -unit + 1))
        else:
            spans.append(ALL)
    return ValueList(group, value=value, spans=tuple(spans))


def _give(
    given: _Bytes, has: dict[int, list[ValueList]], events: list[int], ranges: list[ValueList], table: ExampleTable, side: Side
) -> None:
    for each in ranges:
        if fault := table.unknown_group(each, side):
            given.file.cannot(f"{fault}, before byte {given.at}")
        if fault := table.fault_of(each, side):
            raise given.file.error(message=f"found {fault}", offset=given.at)
    if taken := [event for event in events if event in has]:
        raise given.file.error(f"values for event {taken[0]} again", "one list for each event", offset=given.at)
    has.update(dict.fromkeys(events, ranges))


def write_binary(file: cn.formats.OutputFile, examples: cn.ExampleSet, ticks_per_interval: int) -> None:
    """Write all examples, one after another."""
    check_expressible(file, examples)
    header = EventHeader(defT=math.nan)
    file.write(struct.pack(">Ii", MARK, REAL_BYTES) + b"\0" + _packed(header) + struct.pack(">i", len(examples)))
    for example in examples:
        events = written_events(file, example)
        headers = [replace(header, max=event.ticks / ticks_per_interval, grace=event.grace / ticks_per_interval) for event in events]
        special = [(number, each) for number, each in enumerate(headers) if each.max != header.max or each.grace]
        counts = cn.formats.pack_singles([example.frequency], file.name) + struct.pack(">ii", len(events), len(special))
        file.write(_string(file, example.name) + b"\0" + counts)
        for number, each in special:
            file.write(struct.pack(">i", number) + b"\0" + _packed(each))
        file.write(_sets(file, events, is_input=True) + _sets(file, events, is_input=False))


def _packed(header: EventHeader) -> bytes:
    return struct.pack(f">{len(IN_FILE)}f", *(getattr(header, word) for word in IN_FILE))


def _sets(file: cn.formats.OutputFile, events: Sequence[WrittenEvent], *, is_input: bool) -> bytes:
    parts = [struct.pack(">i", len(events))]
    for number, event in enumerate(events):
        groups = event.inputs if is_input else event.targets
        parts.append(struct.pack(">iii", 1, number, len(groups)))
        for group, row in groups.items():
            parts.append(_string(file, group) + struct.pack(">ibi", len(row), 0, 0) + cn.formats.pack_singles(row, file.name))
        if is_input:
            parts.append(b"\0")
    return b"".join(parts)


def _string(file: cn.formats.OutputFile, text: str) -> bytes:
    if "\0" in text:
        file.cannot(f"the name {text!r} has a null character; it is written without it")
    return text.replace("\0", "").encode("utf-8", errors="backslashreplace") + b"\0"
