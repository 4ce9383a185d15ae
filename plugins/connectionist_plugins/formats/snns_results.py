"""Result files of SNNS and JavaNNS (``.res``): the outputs of a network, with the patterns if they were included.

The header has the numbers of patterns, inputs and outputs, the first and last pattern, and whether inputs and targets are in the file.
Each pattern has a line with its number and the number of its part, ``#1.1``, its inputs and targets if they are included, and its outputs.

A. Zell et al. (1998), SNNS: Stuttgart Neural Network Simulator, user manual, version 4.2, University of Tübingen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn

TITLE = re.compile(rb"SNNS\s+result\s+file\s+V?\S+")
GENERATED = re.compile(rb"generated\s+at\b")
HEAD = re.compile(rb"#(\d{1,9})\.(\d{1,9})(?=\s)")
HAS_COMMAS = re.compile(rb"#\d+\.\d+\s[^#]*\d,")  # JavaNNS writes decimal commas where the language of the computer does
COMMA_NUMBER = re.compile(rb"([+-]?\d+)(?:[.,](\d+)?)?((?:[eE][+-]?\d+)?),?(?!\S)")
MOST = 2**31 - 1


@dataclass(frozen=True)
class SnnsResults(cn.FileFormat):
    """Result files of SNNS and JavaNNS. They become tables with a row for each pattern.

    The columns are "pattern", "part", and "input 1" and so on, "target 1" and so on, "output 1" and so on.
    """

    name = "snns_results"
    suffixes = (".res",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the title."""
        return b"SNNS result file" in b" ".join(beginning.split())

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return the table."""
        import numpy as np
        import pandas as pd

        read = _numbers_with_commas if HAS_COMMAS.search(file.beginning()) else cn.formats.Scanner.numbers
        with file.scanner(marks=":", comment="") as scanner:
            counts, (start, end) = _read_header(scanner)
            rows: list[cn.Array] = []
            heads: list[tuple[int, int]] = []
            width = sum(counts.values())
            while not scanner.is_at_end:
                match = scanner.match(HEAD)
                if not match:
                    scanner.fail("the number of a pattern, such as '#1.1'")
                heads.append((int(match[1]), int(match[2])))
                file.check_memory(8 * width * (len(rows) + 2), "its patterns")
                rows.append(read(scanner, width, f"one of {width} numbers of the pattern"))
        if (found := len({pattern for pattern, _ in heads})) < end - start + 1:
            file.warn(f"has the results of {found} patterns, and the header says {start} to {end}; the file may have been cut")
        names = [f"{what} {number + 1}" for what, count in counts.items() for number in range(count)]
        places = pd.DataFrame(np.array(heads, dtype=int).reshape(-1, 2), columns=["pattern", "part"])
        return pd.concat([places, pd.DataFrame(np.array(rows).reshape(len(heads), width), columns=names)], axis=1)


def _numbers_with_commas(scanner: cn.formats.Scanner, count: int, expected: str) -> cn.Array:
    """Take numbers with decimal commas, or with a comma after them."""
    import numpy as np

    numbers = []
    for _ in range(count):
        found = scanner.match(COMMA_NUMBER)
        if not found:
            scanner.fail(expected)
        numbers.append(float(b"%s.%s%s" % (found[1], found[2] or b"0", found[3])))
    return np.array(numbers)


def _read_header(scanner: cn.formats.Scanner) -> tuple[dict[str, int], list[int]]:
    """Return the number of columns of inputs, targets and outputs, and the first and the last pattern."""
    if not scanner.match(TITLE):
        scanner.fail("'SNNS result file V1.4-3D'")
    if scanner.match(GENERATED):
        scanner.line()
    _count(scanner, "No. of patterns")
    inputs, outputs = _count(scanner, "No. of input units"), _count(scanner, "No. of output units")
    for name in ("No. of variable input dimensions", "Maximum input dimensions"):
        if _take(scanner, f"{name} :"):
            scanner.cannot("the patterns have dimensions of their own, and the size of each part is not in the file")
            scanner.line()
    ends = [_count(scanner, name) for name in ("startpattern", "endpattern")]
    has_inputs = _take(scanner, "input patterns included")
    has_targets = _take(scanner, "teaching output included")
    counts = {"input": inputs * has_inputs, "target": outputs * has_targets, "output": outputs}
    scanner.file.check_memory(100 * sum(counts.values()), f"{sum(counts.values())} columns")
    return counts, ends


def _take(scanner: cn.formats.Scanner, text: str) -> bool:
    pattern = rb"\s+".join(re.escape(word) for word in text.encode().split())
    return scanner.match(re.compile(pattern.replace(rb"\s+:", rb"\s*:"))) is not None


def _count(scanner: cn.formats.Scanner, name: str) -> int:
    if not _take(scanner, f"{name} :"):
        scanner.fail(f"'{name} :'")
    return scanner.whole_number("a number", at_most=MOST)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [SnnsResults]
