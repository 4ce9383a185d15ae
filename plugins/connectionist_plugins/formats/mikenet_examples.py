"""Example files of MikeNet (``.ex``).

An example is a list of words up to ``;``: ``TAG`` and its name up to the end of the line, ``PROB`` and its probability, and for groups at
some ticks the values to which they are clamped (``CLAMP``) or which they are to have (``TARGET``): all of them after ``FULL``, or the
numbers of the units that are on after ``SPARSE``, up to a comma. Ticks count from 0: ``3``, ``0-3``, ``2-ALL`` or ``ALL``.

Harm, M. W. (1995), MikeNet, University of Southern California; Harm, M. W. & Seidenberg, M. S. (2004), Computing the meanings of words in
reading, Psychological Review 111, 662–720.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import connectionist as cn
from connectionist.formats import check_examples
from connectionist.utils.visible_text import shown

CLAMP, SOFT, TARGET = ("CLAMP", "INPUT"), ("SOFTCLAMP", "SOFT_CLAMP"), ("TARGET",)
WORDS = "TAG", "PROB", *CLAMP, *SOFT, *TARGET
TICKS = re.compile(r"ALL|(\d{1,9})(?:-(\d{1,9}|ALL))?", re.ASCII)
MISSING, NO_VALUE = "NaN", "d"
MOST_TICKS = 10**6
ALL = {"Input": "input", "Output": "output"}  # names of all groups of a role, for examples without groups


@dataclass
class _Values:
    """Values of a group at some ticks: `last` is None for the last tick of the example."""

    group: str
    first: int
    last: int | None
    values: cn.Array
    is_target: bool
    line: int


@dataclass
class _Given:
    """An example of the file."""

    name: str = ""
    frequency: float = 1.0
    values: list[_Values] = field(default_factory=list)
    line: int | None = None  # of the frequency


@dataclass(frozen=True)
class MikenetExamples(cn.FileFormat):
    """Example files of MikeNet.

    A group that is clamped is an input group, or, if the network says otherwise, has clamps. Tick 0 of MikeNet is the first tick here.
    ``PROB`` is the frequency. Input units that are not clamped at some tick get 0 there, which is an error with ``strict``.

    Parameters
    ----------
    ticks : int
        Number of ticks of each example; by default, as many as the file names. One tick is an example without ticks, unless the network
        runs in time.
    """

    ticks: int = cn.parameter(0, at_least=0, at_most=MOST_TICKS)
    name = "mikenet_examples"
    sniffed_suffixes = (".ex",)  # of LENS

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is one of MikeNet."""
        words = beginning.split(None, 1)
        return bool(words) and words[0].decode("latin-1") in WORDS

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        sizes = _sizes(network) if network is not None else None
        with file.scanner(comment="", missing=MISSING) as scanner:
            given = list(_read(scanner, sizes))
            if not given:
                scanner.fail(f"an example, which begins with one of {', '.join(WORDS)}")
        return _Builder(file, given, network, self.ticks).build()

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the examples."""
        check_examples(file, examples, ticks=True, missing=True, frequency=True, clamps=True)
        if examples.lengths is not None and len(set(examples.lengths.tolist())) > 1:
            raise cn.errors.FormatError(f"{file.name}: in MikeNet, all examples have the same number of ticks, and these do not")
        if examples.continues.any():
            file.cannot("examples that continue the one before have no place in this format")
        for example in examples:
            file.write(f"TAG {' '.join(example.name.split())}\n")
            if example.frequency != 1.0:
                file.write(f"PROB {example.frequency!r}\n")
            for verb, table, sizes, name in (
                ("CLAMP", example.inputs, example.input_groups, "Input"),
                ("TARGET", example.targets, example.target_groups, "Output"),
            ):
                first = 0
                for group, size in (sizes or {name: table.shape[-1]}).items():
                    _write_values(file, verb, group, table[..., first : first + size], has_ticks=example.ticks is not None)
                    first += size
            for group, clamps in example.clamps.items():
                _write_values(file, "CLAMP", group, clamps, has_ticks=example.ticks is not None)
            file.write(";\n")


def _sizes(network: cn.Network) -> dict[str, int]:
    """Return the number of units of each group. "Input" and "Output" are all input and output groups, if no group is called so."""
    sizes = {group.name: len(group) for group in network.groups}
    for name, role in ALL.items():
        sizes.setdefault(name, sum(len(group) for group in network.groups if group.role == role))
    return sizes


def _write_values(file: cn.formats.OutputFile, verb: str, group: str, values: cn.Array, *, has_ticks: bool) -> None:
    import numpy as np

    if any(character.isspace() for character in group):
        raise cn.errors.FormatError(f"{file.name}: the name of group {group!r} has white space, which the format does not allow")
    for tick, row in enumerate(np.atleast_2d(values).tolist()):
        words = [MISSING if value != value else f"{value:.17g}" for value in row]  # noqa: PLR0124
        if any(word != MISSING for word in words) or (verb == "CLAMP" and not has_ticks):
            file.write(f"{verb} {group} {tick if has_ticks else 'ALL'} FULL {' '.join(words)}\n")


def _read(scanner: cn.formats.Scanner, sizes: dict[str, int] | None) -> Iterator[_Given]:
    """Yield the examples of the file, with the groups and ticks as they are named."""
    given = _Given()
    total = 0
    while not scanner.is_at_end:
        word = scanner.peek()
        if word == ";":
            scanner.take("")
            yield given
            given = _Given()
        elif word == "TAG":
            scanner.take("")
            given.name = scanner.line()
        elif word == "PROB":
            scanner.take("")
            given.frequency = scanner.number("a probability")
            given.line = scanner.last_place[0]
            if given.frequency < 0:
                scanner.fail("a probability of 0 or more before this")
        elif word in (*CLAMP, *SOFT, *TARGET):
            given.values.append(_read_values(scanner, sizes))
            total += 8 * len(given.values[-1].values) + 200
            scanner.file.check_memory(4 * total, "its values")
        else:
            scanner.fail(f"one of {', '.join(WORDS)}, or ';'")
    if given.values or given.name:
        scanner.fail("';', the end of the example")


def _read_values(scanner: cn.formats.Scanner, sizes: dict[str, int] | None) -> _Values:
    verb = scanner.take("")
    if verb in SOFT:
        scanner.cannot("a soft clamp has no counterpart; it is read as a clamp")
    group = scanner.take("the name of a group")
    line, column = scanner.last_place
    if sizes is not None and group not in sizes:
        raise scanner.file.error(shown(group, 60), f"a group of the network, one of {', '.join(sizes)},", line=line, column=column)
    word = scanner.peek()
    match = TICKS.fullmatch(word)
    first = int(match[1]) if match and match[1] else 0
    last = None if match and (match[2] or match[0]) == "ALL" else int(match[2] or first) if match else 0
    if not match or (last is not None and not first <= last < MOST_TICKS):
        scanner.fail("ticks from 0, such as 3, 0-3, 2-ALL or ALL")
    scanner.take("")
    kind = scanner.expect("FULL", "EXPANDED", "SPARSE")
    size = None if sizes is None else sizes[group]
    values = _read_sparse(scanner, size) if kind == "SPARSE" else _read_full(scanner, size)
    return _Values(group, first, last, values, verb in TARGET, line)


def _read_full(scanner: cn.formats.Scanner, size: int | None) -> cn.Array:
    """Return the values of all units, NaN where there is none."""
    import numpy as np

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


def _read_sparse(scanner: cn.formats.Scanner, size: int | None) -> cn.Array:
    import numpy as np

    on, off = 1.0, 0.0
    if size is None:
        line, column = scanner.last_place
        raise scanner.file.error(message="the size of a group with SPARSE is not in the file; give network=", line=line, column=column)
    units = []
    while not scanner.accept(","):
        if scanner.accept("ONVAL"):
            on = scanner.number("the value of units that are on")
        elif scanner.accept("OFFVAL"):
            off = scanner.number("the value of units that are off")
        else:
            units.append(scanner.whole_number("ONVAL, OFFVAL, ',', or the number of a unit", at_most=size - 1))
    values = np.full(size, off)
    values[units] = on
    return values


class _Builder:
    """Makes examples of what the file gives."""

    def __init__(self, file: cn.formats.InputFile, given: list[_Given], network: cn.Network | None, ticks: int) -> None:
        self.file, self.given, self.network = file, given, network
        values = [each for one in given for each in one.values]
        named = 1 + max((each.last if each.last is not None else each.first for each in values), default=0)
        self.ticks = ticks or named
        late = next((each for each in values if (each.first if each.last is None else each.last) >= self.ticks), None)
        if late is not None:
            raise file.error(
                message=f"a tick after the last one, {self.ticks - 1}, which MikenetExamples(ticks={ticks}) says", line=late.line
            )
        self.has_ticks = self.ticks > 1 or (network is not None and bool(network.in_time))
        self.inputs, self.targets = self._sizes(values)
        self.clamped = {} if network is None else {group.name: len(group) for group in network.groups if group.role != "input"}
        width = sum(self.inputs.values()) + sum(self.targets.values()) + sum(self.clamped.values())
        file.check_memory(8 * 3 * len(given) * self.ticks * width, f"{len(given)} examples of {self.ticks} ticks")

    def _sizes(self, values: list[_Values]) -> tuple[dict[str, int], dict[str, int]]:
        """Return the sizes of the groups of inputs and of targets: of the network, or as the file has them."""
        if self.network is not None:
            by_role = [{group.name: len(group) for group in self.network.groups if group.role == role} for role in ("input", "output")]
            return by_role[0], by_role[1]
        inputs: dict[str, int] = {}
        targets: dict[str, int] = {}
        for each in values:
            known = (targets if each.is_target else inputs).setdefault(each.group, len(each.values))
            if known != len(each.values):
                text = f"group {each.group!r} has {len(each.values)} values, and had {known} before"
                raise self.file.error(message=text, line=each.line)
        if not inputs or not targets:
            raise self.file.error(message=f"has no {'TARGET' if inputs else 'CLAMP'}; give network=, which has the groups")
        return inputs, targets

    def build(self) -> cn.ExampleSet:
        """Return the set."""
        return cn.ExampleSet([example for one in self.given for example in self._example(one)], self.network)

    def _example(self, given: _Given) -> Iterator[cn.Example]:
        import numpy as np

        if not given.frequency:
            self.file.cannot(f"example {given.name!r} has PROB 0, and is never presented; it is left out", given.line)
            return
        inputs, targets = (np.full((self.ticks, sum(sizes.values())), np.nan) for sizes in (self.inputs, self.targets))
        clamps: dict[str, cn.Array] = {}
        for each in given.values:
            table = self._place(each, inputs, targets, clamps)
            if table is None:
                self.file.cannot(f"group {each.group!r} has targets, and is no output group; they are left out", each.line)
            else:
                table[each.first : None if each.last is None else each.last + 1] = each.values
        self._fill_inputs(given, inputs)
        if not self.has_ticks:
            inputs, targets, clamps = inputs[0], targets[0], {group: table[0] for group, table in clamps.items()}
        yield cn.Example(
            inputs,
            targets,
            given.name,
            frequency=given.frequency,
            clamps=clamps,
            input_groups=self.inputs,
            target_groups=self.targets,
        )

    def _place(self, each: _Values, inputs: cn.Array, targets: cn.Array, clamps: dict[str, cn.Array]) -> cn.Array | None:
        """Return the part of a table in which values are to be written; None if there is none."""
        import numpy as np

        for sizes, table, is_here in ((self.inputs, inputs, not each.is_target), (self.targets, targets, each.is_target)):
            first = 0
            for group, size in sizes.items():
                if is_here and group == each.group:
                    return table[:, first : first + size]
                first += size
        if not each.is_target and each.group in self.clamped:
            return clamps.setdefault(each.group, np.full((self.ticks, self.clamped[each.group]), np.nan))
        if ALL.get(each.group) == ("output" if each.is_target else "input"):
            return targets if each.is_target else inputs
        return None

    def _fill_inputs(self, given: _Given, inputs: cn.Array) -> None:
        import numpy as np

        free = np.isnan(inputs)
        if free.any():
            tick, unit = np.argwhere(free)[0].tolist()
            text = f"input unit {unit} is not clamped at tick {tick} of example {given.name!r}; it gets 0 here"
            self.file.cannot(text, given.values[0].line if given.values else None)
            inputs[free] = 0.0


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [MikenetExamples]
