"""Files of FANN, the Fast Artificial Neural Network Library: networks (``.net``) and patterns (``.data``, ``.train``).

Nissen, S. (2003), Implementation of a fast artificial neural network library (FANN), Department of Computer Science, University of
Copenhagen. The grammar was read from files that version 2.2 of the library writes, and from files of version 1.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.formats import check_examples

MOST = 2**31 - 1
NUMBERS_AT_ONCE = 2**20


@dataclass(frozen=True)
class FannNetwork(cn.FileFormat):
    """Network files of FANN (``.net``) with floating point numbers, versions 1.1 and 2; version 2 is written.

    Layers become groups; the label of a unit is the number of the neuron, from 0. ``FANN_SIGMOID`` with steepness s is logistic with gain
    2s, ``FANN_SIGMOID_SYMMETRIC`` is bipolar with gain 2s; the stepwise functions are ``piecewise_logistic``.
    The weights to neurons with ``FANN_LINEAR`` are multiplied by their steepness, which gives the same activations. Parameters of training
    are not read.
    """

    name = "fann_network"
    suffixes = (".net",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the mark of FANN."""
        return beginning.startswith(b"FANN_")

    def read_network(self, file: cn.formats.InputFile) -> cn.Network:
        """Return the network."""
        from connectionist_plugins.formats.fann.build import build
        from connectionist_plugins.formats.fann.parse import parse

        return build(file, parse(file))

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write a network without delays, as one with shortcut connections."""
        from connectionist_plugins.formats.fann.write import write

        write(file, network)


@dataclass(frozen=True)
class FannPatterns(cn.FileFormat):
    """Pattern files of FANN (``.data``): the numbers of patterns, inputs and outputs, then inputs and targets of each pattern."""

    name = "fann_patterns"
    suffixes = (".data", ".train", ".test")

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with three whole numbers."""
        words = beginning.split(None, 3)[:3]
        return len(words) == 3 and all(word.isdigit() for word in words)

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return an example for each pattern."""
        import numpy as np

        with file.scanner(comment="") as scanner:
            counts = [scanner.whole_number(f"the number of {what}", at_least=1, at_most=MOST) for what in ("patterns", "inputs", "outputs")]
            count, inputs, outputs = counts
            width = inputs + outputs
            file.check_memory(24 * count * width + 1000 * count, f"{count} patterns of {width} numbers")
            expected = f"a number; {count} patterns of {inputs} inputs and {outputs} outputs"
            firsts = range(0, count * width, NUMBERS_AT_ONCE)
            parts = [scanner.numbers(min(NUMBERS_AT_ONCE, count * width - first), expected) for first in firsts]
            if not scanner.is_at_end:
                text = f"the file goes on after {count} patterns of {inputs} inputs and {outputs} outputs; the rest is not read"
                file.cannot(text, *scanner.place)
        table = np.concatenate(parts).reshape(count, width)
        return cn.ExampleSet.from_arrays(table[:, :inputs], table[:, inputs:], network=network)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write patterns."""
        check_examples(file, examples)
        file.write(f"{len(examples)} {examples.inputs.shape[1]} {examples.targets.shape[1]}\n")
        for rows in zip(examples.inputs.tolist(), examples.targets.tolist(), strict=True):
            file.write("".join(" ".join(f"{value:.17g}" for value in row) + "\n" for row in rows))


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the formats."""
    return [FannNetwork, FannPatterns]
