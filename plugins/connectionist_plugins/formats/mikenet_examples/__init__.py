"""Example files of MikeNet (``.ex``).

An example clamps groups of units at some ticks, and gives groups targets. The grammar is in
``connectionist_plugins.formats.mikenet_examples.text``.

Harm, M. W. (1995), MikeNet, University of Southern California; Harm, M. W. & Seidenberg, M. S. (2004), Computing the meanings of words in
reading, Psychological Review 111, 662–720.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.formats import check_examples, written_name

WORDS = b"TAG", b"PROB"
VERBS = b"CLAMP", b"INPUT", b"SOFTCLAMP", b"SOFT_CLAMP", b"TARGET"
VERSION_1 = re.compile(rb"\s*+(?:[^\s\[\]:;,]++\s++)?\[\d[\d-]*+\][0-9.eE+\-\s]++,")
MISSING = "NaN"


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

    ticks: int = cn.parameter(0, at_least=0, at_most=1_000_000)
    name = "mikenet_examples"
    sniffed_suffixes = (".ex",)  # of LENS

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is one of MikeNet."""
        words = beginning.split(None, 1)
        return bool(words) and (words[0] in WORDS or words[0].startswith(VERBS) or VERSION_1.match(beginning) is not None)

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        from connectionist_plugins.formats.mikenet_examples.groups import Groups
        from connectionist_plugins.formats.mikenet_examples.text import read_text

        if VERSION_1.match(file.beginning()):
            raise file.error(message="is in the grammar of version 1 of MikeNet, which is not read", line=1)
        groups = Groups(file, network)
        with file.scanner(comment="", missing=MISSING) as scanner:
            return groups.examples(read_text(scanner, groups, self.ticks), self.ticks)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the examples."""
        check_examples(file, examples, ticks=True, missing=True, frequency=True, clamps=True, names=True, groups=True)
        if examples.lengths is not None and len(set(examples.lengths.tolist())) > 1:
            raise cn.errors.FormatError(f"{file.name}: in MikeNet, all examples have the same number of ticks, and these do not")
        for example in examples:
            file.write(f"TAG {written_name(file, example.name, ' '.join(example.name.split()))}\n")
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


def _write_values(file: cn.formats.OutputFile, verb: str, group: str, values: cn.Array, *, has_ticks: bool) -> None:
    import numpy as np

    if not group or any(character.isspace() for character in group):
        raise cn.errors.FormatError(f"{file.name}: the format has no name such as {group!r} of a group: empty, or with white space")
    for tick, row in enumerate(np.atleast_2d(values).tolist()):
        words = [MISSING if value != value else f"{value:.17g}" for value in row]  # noqa: PLR0124
        if any(word != MISSING for word in words) or (verb == "CLAMP" and not has_ticks):
            file.write(f"{verb} {group} {tick if has_ticks else 'ALL'} FULL {' '.join(words)}\n")


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [MikenetExamples]
