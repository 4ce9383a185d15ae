"""Pattern files of SNNS and JavaNNS (``.pat``), versions 1.4, 3.2 and 4.2.

A file has a header with the number of patterns, inputs and outputs, and the numbers of each pattern. In version 4.2, patterns may have
dimensions of their own and a class. Comments begin with #.

A. Zell et al. (1998), SNNS: Stuttgart Neural Network Simulator, user manual, version 4.2, University of Tübingen, chapter 4.5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.formats import check_examples, without_targets

TITLE = re.compile(rb"SNNS\s+pattern\s+definition\s+file\s+V?\d\S*")
GENERATED = re.compile(rb"generated\s+at\b")
MOST = 2**31 - 1
MOST_DIMENSIONS = 2  # of a pattern in SNNS
VARIABLE = (
    "the patterns have dimensions of their own; SNNS cuts them into parts, of a size that is chosen in the program and is not in the file. "
    "They are read whole"
)


@dataclass(frozen=True)
class SnnsPatterns(cn.FileFormat):
    """Pattern files of SNNS and JavaNNS.

    A pattern becomes an example, its class the name of the example. The order of inputs and outputs is that of the unit numbers. A file
    without output units has no targets. In a written file, names are comments, which are not read.
    """

    name = "snns_patterns"
    suffixes = (".pat",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the title."""
        return b"SNNS pattern definition file" in b" ".join(beginning.split())

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return an example for each pattern."""
        with file.scanner(marks=":[]") as scanner:
            header = _read_header(scanner)
            inputs, targets, names = _read_patterns(scanner, header)
            scanner.accept("\x1a")
            if not scanner.is_at_end:
                scanner.fail(f"the end of the file after {header.patterns} patterns")
        if not header.outputs:
            targets = without_targets(file, len(inputs), network)
        return cn.ExampleSet.from_arrays(inputs, targets, names or None, network=network)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write version 3.2, which every version of SNNS reads."""
        check_examples(file, examples, no_targets=True)
        file.write("SNNS pattern definition file V3.2\ngenerated at Mon Jan  1 00:00:00 1990\n\n\n")
        counts = ("patterns", len(examples)), ("input units", examples.inputs.shape[1]), ("output units", examples.targets.shape[1])
        file.write("".join(f"No. of {what} : {count}\n" for what, count in counts) + "\n")
        for number, name in enumerate(examples.names):
            file.write(f"# Input pattern {number + 1}: {' '.join(name.split())}\n{_row(examples.inputs[number])}\n")
            file.write(f"# Output pattern {number + 1}:\n{_row(examples.targets[number])}\n")


def _row(values: cn.Array) -> str:
    return " ".join(f"{value:.17g}" for value in values.tolist())


@dataclass
class _Header:
    patterns: int
    inputs: int
    outputs: int = 0
    input_dimensions: int = 0
    output_dimensions: int = 0
    has_classes: bool = False


def _read_header(scanner: cn.formats.Scanner) -> _Header:
    if not scanner.match(TITLE):
        scanner.fail("'SNNS pattern definition file V3.2'")
    if scanner.match(GENERATED):
        scanner.line()
    header = _Header(_count(scanner, "patterns") or 0, _count(scanner, "input units") or 0)
    header.outputs = _count(scanner, "output units", is_optional=True) or 0
    header.input_dimensions = _dimensions(scanner, "input")
    header.output_dimensions = _dimensions(scanner, "output")
    classes = _count(scanner, "classes", is_optional=True)
    header.has_classes = bool(classes)
    if _field(scanner, "Class redistribution"):
        scanner.cannot("the class redistribution has no counterpart; every pattern is one example")
        _bracket(scanner)
    if _field(scanner, "Remap function"):
        function = scanner.take("the name of a remap function")
        if function not in ("None", "NONE", "RM_None"):
            scanner.cannot(f"the remap function {function!r} changes the targets during training; they are read as they are")
        if _field(scanner, "Remap parameters"):
            _bracket(scanner)
    return header


def _field(scanner: cn.formats.Scanner, name: str) -> bool:
    """Take a field of the header with its colon, if it is the next one."""
    return scanner.match(re.compile(rb"\s+".join(map(re.escape, name.encode().split())) + rb"\s*:")) is not None


def _count(scanner: cn.formats.Scanner, what: str, *, is_optional: bool = False) -> int | None:
    if not _field(scanner, f"No. of {what}"):
        if is_optional:
            return None
        scanner.fail(f"'No. of {what} :'")
    return scanner.whole_number(f"the number of {what}", at_most=MOST)


def _dimensions(scanner: cn.formats.Scanner, what: str) -> int:
    count = _count(scanner, f"variable {what} dimensions", is_optional=True) or 0
    if count > MOST_DIMENSIONS:
        scanner.fail(f"at most {MOST_DIMENSIONS} dimensions before this")
    if _field(scanner, f"Maximum {what} dimensions"):
        _bracket(scanner)
    return count


def _bracket(scanner: cn.formats.Scanner) -> cn.Array:
    scanner.expect("[")
    numbers = scanner.numbers()
    scanner.expect("]")
    return numbers


def _read_patterns(scanner: cn.formats.Scanner, header: _Header) -> tuple[cn.Array, cn.Array, list[str]]:
    """Return inputs and targets [pattern, unit], and the classes."""
    import numpy as np

    if not header.patterns:
        scanner.fail("one pattern or more, as 'No. of patterns :' says,")
    if not header.inputs:
        scanner.fail("one input unit or more, as 'No. of input units :' says,")
    if not (header.input_dimensions or header.output_dimensions or header.has_classes):
        both = _read_table(scanner, header)
        return both[:, : header.inputs], both[:, header.inputs :], []
    if header.input_dimensions or header.output_dimensions:
        scanner.cannot(VARIABLE)
    inputs: list[cn.Array] = []
    targets: list[cn.Array] = []
    classes: list[str] = []
    for number in range(header.patterns):
        what = f"a number of pattern {number + 1} of {header.patterns}"
        for rows, count, dimensions in (
            (inputs, header.inputs, header.input_dimensions),
            (targets, header.outputs, header.output_dimensions),
        ):
            size = count * _size(scanner, dimensions)
            scanner.file.check_memory(16 * size, f"the numbers of pattern {number + 1}")
            rows.append(scanner.numbers(size, what))
            _check_same_size(scanner, rows)
        if header.has_classes:
            classes.append(scanner.take("the class of the pattern"))
    return np.array(inputs), np.array(targets), classes


def _check_same_size(scanner: cn.formats.Scanner, rows: list[cn.Array]) -> None:
    if len(rows[-1]) != len(rows[0]):
        line, column = scanner.last_place
        text = f"pattern {len(rows)} has {len(rows[-1])} numbers, and pattern 1 has {len(rows[0])}"
        raise scanner.file.error(message=f"{text}; all examples of a set must have the same size", line=line, column=column)


def _size(scanner: cn.formats.Scanner, dimensions: int) -> int:
    """Return the product of the dimensions before a pattern."""
    import numpy as np

    if not dimensions:
        return 1
    given = _bracket(scanner)
    if len(given) != dimensions or (given < 1).any() or (given > MOST).any() or (given != np.floor(given)).any():
        scanner.fail(f"{dimensions} whole numbers in the brackets before this")
    return math.prod(map(int, given))


def _read_table(scanner: cn.formats.Scanner, header: _Header) -> cn.Array:
    width = header.inputs + header.outputs
    total = header.patterns * width
    scanner.file.check_memory(24 * total + 1000 * header.patterns, f"{header.patterns} patterns of {width} numbers")
    expected = f"a number; {header.patterns} patterns of {header.inputs} inputs and {header.outputs} outputs"
    values = scanner.numbers(expected=expected)
    if len(values) < total:
        scanner.fail(expected)
    if len(values) > total:
        line, column = scanner.place
        text = f"there are {len(values)} numbers before this, and the header says {header.patterns} patterns of {width}, which is {total}"
        raise scanner.file.error(message=text, line=line, column=column)
    return values.reshape(header.patterns, width)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [SnnsPatterns]
