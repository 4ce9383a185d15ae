"""Pattern files: a name, the inputs and the targets of each pattern, in words separated by white space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

import connectionist as cn
from connectionist.formats import check_examples, without_targets, written_name
from connectionist_plugins.formats.pdp.description import Description

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SIGN = re.compile(rb"(?<!\S)[+.-](?!\S)")
SIGNS = {"+": 1.0, "-": -1.0, ".": 0.0}
SIGN_NUMBERS = {sign.encode(): b"%d" % number for sign, number in SIGNS.items()}


@dataclass
class _Patterns:
    """Names and numbers of a file, and the line of each pattern."""

    names: list[str]
    inputs: cn.Array
    targets: cn.Array
    lines: list[int]


def _read_all(file: cn.formats.InputFile, inputs: int, outputs: int | None) -> _Patterns:
    """Return the patterns. Without the number of outputs, the words of the first line say it."""
    names: list[str] = []
    lines: list[int] = []
    rows: list[list[float]] = []
    with file.scanner(comment="") as scanner:
        while not scanner.is_at_end:
            if rows and _read_many(scanner, names, lines, rows):
                continue
            lines.append(scanner.place[0])
            names.append(scanner.take("the name of a pattern"))
            if outputs is None:
                rows.append([_number(scanner, word, "a number, '+', '-' or '.'") for word in scanner.line().split()])
                outputs = len(rows[0]) - inputs
                if outputs < 0 or not rows[0]:
                    text = f"the first pattern has {len(rows[0])} numbers, and {inputs} inputs; give network=, which has both sizes"
                    raise file.error(message=text, line=lines[0])
            else:
                what = f"a number, '+', '-' or '.' of pattern {names[-1]!r}, which has {inputs} inputs and {outputs} targets"
                what += "" if rows else f" (PdpPatterns(inputs={inputs}) reads patterns without targets)"
                _check_memory(file, inputs + outputs, len(rows) + 1)
                rows.append([_number(scanner, scanner.take(what), what) for _ in range(inputs + outputs)])
        if not rows:
            scanner.fail("a pattern")
    table = np.array(rows, dtype=float)
    return _Patterns(names, table[:, :inputs], table[:, inputs:], lines)


def _read_many(scanner: cn.formats.Scanner, names: list[str], lines: list[int], rows: list[list[float]]) -> bool:
    """Add the patterns in memory to those that were read. Return whether there were any without a mistake."""
    matches = scanner.take_matches(_form(len(rows[0])))
    if not matches:
        return False
    try:
        numbers = cn.formats.parse_numbers(SIGN.sub(lambda found: SIGN_NUMBERS[found[0]], b" ".join([match[3] for match in matches])))
    except ValueError:  # at which the reader word by word stops
        scanner.go_back(matches[0])
        return False
    try:
        decoded = [match[2].decode() for match in matches]
    except UnicodeDecodeError:  # is listed with its place word by word
        scanner.go_back(matches[0])
        return False
    lines += [scanner.place_of(match, 2)[0] for match in matches]
    names += decoded
    rows += numbers.reshape(len(matches), -1).tolist()
    _check_memory(scanner.file, len(rows[0]), len(rows))
    return True


@lru_cache
def _form(width: int) -> re.Pattern[bytes]:
    """Return the expression of a name and some numbers, for `Scanner.take_matches`."""
    return re.compile(rb"(\s*+([^\s\0]++)((?:\s++[0-9.eE+\-]++){%d})(?!\S))|" % width)


def _check_memory(file: cn.formats.InputFile, width: int, count: int) -> None:
    file.check_memory(100 * width * count, f"{count} patterns")


def _number(scanner: cn.formats.Scanner, word: str, expected: str) -> float:
    if word in SIGNS:
        return SIGNS[word]
    if not NUMBER.fullmatch(word.encode()) or not np.isfinite(float(word)):
        line, column = scanner.last_place
        raise scanner.file.error(repr(word[:60]), expected, line=line, column=column)
    return float(word)


def is_number(word: bytes) -> bool:
    """Return whether a word may be the value of an input or target."""
    return word.decode("latin-1") in SIGNS or NUMBER.fullmatch(word) is not None


def find_copies(file: cn.formats.InputFile, given: Description) -> dict[int, int]:
    """Return for each input unit that copies a unit of the pattern before, that unit.

    Raises
    ------
    FormatError
        If the input copies several units, or one that does not exist.
    """
    patterns = _read_all(file, given.inputs, given.outputs)
    copies: dict[int, int] = {}
    for row, unit in np.argwhere(patterns.inputs < 0).tolist():
        copied = -patterns.inputs[row, unit]
        known = copies.setdefault(unit, int(copied))
        if copied != known or not given.inputs <= known < given.units:
            text = f"input unit {unit} copies unit {copied:g}; it must be one unit, from {given.inputs} to {given.units - 1}"
            raise file.error(message=f"{text}, in all patterns" if copied != known else text, line=patterns.lines[row])
    return copies


def read(file: cn.formats.InputFile, network: cn.Network | None, inputs: int, *, each_pattern: bool, signed: bool) -> cn.ExampleSet:
    """Return the examples of a file."""
    copying = [] if signed else _copying_groups(network)
    if network is None:
        patterns = _read_all(file, inputs or _half(file), None)
    else:
        sizes = [sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output")]
        sizes[0] += sum(len(group) for group in copying)
        patterns = _read_all(file, inputs or sizes[0], None if inputs else sizes[1])
        found = [patterns.inputs.shape[1], patterns.targets.shape[1]]
        if found not in (sizes, [sizes[0], 0]):
            text = f"the first pattern has {found[0]} inputs and {found[1]} targets, and {network.name} has {sizes[0]} and {sizes[1]}"
            raise file.error(message=text, line=patterns.lines[0])
    if patterns.targets.shape[1]:
        targets = patterns.targets if signed else np.where(patterns.targets < 0, np.nan, patterns.targets)
    else:
        targets = without_targets(file, len(patterns.names), network)
    if not copying or signed:
        if not signed:
            _check_no_copies(file, patterns)
        return cn.ExampleSet.from_arrays(patterns.inputs, targets, patterns.names, network=network)
    assert network is not None
    places = _places(network, copying)
    return cn.ExampleSet(_sequences(patterns, targets, places, network, each_pattern=each_pattern), network)


def read_table(file: cn.formats.InputFile) -> Any:
    """Return a DataFrame of the names and numbers."""
    import pandas as pd

    patterns = _read_all(file, 1, None)
    numbers = np.concatenate([patterns.inputs, patterns.targets], axis=1)
    columns = [f"number {number}" for number in range(1, numbers.shape[1] + 1)]
    return pd.concat([pd.DataFrame({"pattern": patterns.names}), pd.DataFrame(numbers, columns=columns)], axis=1)


def _half(file: cn.formats.InputFile) -> int:
    raise file.error(message="the numbers of inputs and targets are not in the file; give network=, or PdpPatterns(inputs=…)")


def _copying_groups(network: cn.Network | None) -> list[cn.Group]:
    """Return the groups that copy units of the pattern before: all their connections have a delay and are fixed."""
    incoming: dict[cn.Group, list[cn.Projection]] = {}
    for projection in network.projections if network is not None else ():
        incoming.setdefault(projection.receiver, []).append(projection)
    return [group for group, given in incoming.items() if all(each.delay and not each.trainable for each in given)]


def _check_no_copies(file: cn.formats.InputFile, patterns: _Patterns) -> None:
    wrong = np.argwhere(patterns.inputs < 0)
    if len(wrong):
        row, unit = wrong[0].tolist()
        text = f"input {unit} of pattern {patterns.names[row]!r} is negative, which copies unit {-patterns.inputs[row, unit]:g} in bp"
        file.cannot(
            f"{text}; give network=, as read from the .net file, or PdpPatterns(signed=True). It is read as a number", patterns.lines[row]
        )


def _places(network: cn.Network, copying: list[cn.Group]) -> dict[str, slice]:
    """Return the columns of each group among the inputs of a pattern, in the order of the groups."""
    places: dict[str, slice] = {}
    first = 0
    for group in network.groups:
        if group.role == "input" or group in copying:
            places[group.name] = slice(first, first + len(group))
            first += len(group)
    return places


def _sequences(
    patterns: _Patterns, targets: cn.Array, places: dict[str, slice], network: cn.Network, *, each_pattern: bool
) -> Iterator[cn.Example]:
    """Yield a sequence for each pattern in which all copies have numbers, with those that follow it."""
    copies = np.concatenate([np.arange(place.start, place.stop) for name, place in places.items() if network[name].role != "input"])
    numbers = patterns.inputs[:, copies] >= 0
    is_start = np.asarray(numbers.all(axis=1))
    firsts = list(range(len(is_start))) if each_pattern else sorted({0, *np.flatnonzero(is_start).tolist()})
    for first, end in zip(firsts, [*firsts[1:], len(is_start)], strict=True):
        rows = slice(first, end)
        inputs = {name: patterns.inputs[rows, place] for name, place in places.items() if network[name].role == "input"}
        clamps = {name: patterns.inputs[rows, place] for name, place in places.items() if network[name].role != "input"}
        clamps = {name: np.where(values < 0, np.nan, values) for name, values in clamps.items()}
        if is_start[first] and all((values[0] == 0).all() for values in clamps.values()):
            for values in clamps.values():
                values[0] = np.nan  # a context begins with 0
        clamps = {name: values for name, values in clamps.items() if not np.isnan(values).all()}
        by_group = np.concatenate(list(inputs.values()), axis=1)
        yield cn.Example.sequence(by_group, targets[rows], patterns.names[first], continues=not is_start[first], clamps=clamps)


def write(file: cn.formats.OutputFile, examples: cn.ExampleSet, *, signed: bool) -> None:
    """Write a pattern for each example. A missing target is −1."""
    check_examples(file, examples, missing=not signed, names=True)
    if not signed and ((examples.inputs < 0).any() or (examples.targets < 0).any()):
        file.cannot("a negative input copies a unit in bp, and a negative target is a missing one; they are written as they are")
    for name, inputs, targets in zip(examples.names, examples.inputs.tolist(), examples.targets.tolist(), strict=True):
        numbers = [*(f"{value:.17g}" for value in inputs), *("-1" if value != value else f"{value:.17g}" for value in targets)]  # noqa: PLR0124
        file.write(f"{written_name(file, name, '_'.join(name.replace(chr(0), '').split()) or '-')} {' '.join(numbers)}\n")
