"""Writing of example files of LENS as text."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.events import WrittenEvent, check_expressible, written_events

PLAIN = re.compile(r"[^\s()\[\]{}\";#\0]+", re.ASCII)
PER_LINE = 20


def write_text(file: cn.formats.OutputFile, examples: cn.ExampleSet, ticks_per_interval: int) -> None:
    """Write all examples, one after another."""
    check_expressible(file, examples)
    file.write("defT: -\n;\n")
    for example in examples:
        events = written_events(file, example)
        parts = [f"name: {_text(file, example.name)}"]
        if example.frequency != 1.0:
            parts.append(f"freq: {_number(example.frequency)}")
        if len(events) > 1:
            parts.append(str(len(events)))
        file.write(" ".join(parts) + "\n")
        for number, event in enumerate(events):
            file.write(_event(file, event, number if len(events) > 1 else None, ticks_per_interval))
        file.write(";\n")


def _event(file: cn.formats.OutputFile, event: WrittenEvent, number: int | None, ticks_per_interval: int) -> str:
    time = [f"max: {_number(event.ticks / ticks_per_interval)}"] if event.ticks != ticks_per_interval else []
    grace = [f"grace: {_number(event.grace / ticks_per_interval)}"] if event.grace else []
    header = [*([] if number is None else [str(number)]), *time, *grace]
    lines = [f"[{' '.join(header)}]"] if header else []
    for word, groups in (("I", event.inputs), ("T", event.targets)):
        values = [_values(file, group, row) for group, row in groups.items()]
        lines += [f"{word}:", *(line for line in values if line)]
    return "\n".join(lines) + "\n"


def _values(file: cn.formats.OutputFile, group: str, row: cn.Array) -> str:
    """Return the values of a group; none are needed if all are those of units that are not named."""
    numbers = row.tolist()
    lines = [" ".join(map(_number, numbers[first : first + PER_LINE])) for first in range(0, len(numbers), PER_LINE)]
    return " ".join([f"({_text(file, group)})" if group else "", *lines[:1]]).strip() + "".join(f"\n {line}" for line in lines[1:])


@lru_cache(maxsize=10_000)
def _number(value: float) -> str:
    """Return the shortest text of a number; "-" for NaN."""
    if np.isnan(value):
        return "-"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@lru_cache(maxsize=1000)
def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _text(file: cn.formats.OutputFile, text: str) -> str:
    """Return a name as LENS reads it: a word, or text in braces or quotation marks."""
    if PLAIN.fullmatch(text) and not text[0].isdigit() and text[0] not in ".-":
        return text
    is_one_line = "\n" not in text and "\0" not in text
    if is_one_line and _is_balanced(text) and text == text.strip():
        return f"{{{text}}}"
    if is_one_line and '"' not in text:
        return f'"{text}"'
    file.cannot(f"the name {text!r} has brackets and quotation marks, several lines, or a null character; it is written without them")
    return "{" + " ".join(re.sub(r"[{}\"\0]", " ", text).split()) + "}"
