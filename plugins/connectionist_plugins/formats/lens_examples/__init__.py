"""Example files of LENS: text (``.ex``) and binary (``.bex``), as its command ``loadExamples`` reads them.

An example has events, and an event has inputs and targets for a time, in *intervals*. A set gives defaults: the time of an event (``max``,
1), the time without error at its beginning (``grace``, 0), the inputs and targets of units that are not named (``defI``, ``defT``, 0) and
those of units in sparse lists (``actI``, ``actT``, 1). ``-`` is NaN: no target, or an input that is not clamped, with output 0.

D. L. T. Rohde (1999), LENS: the light, efficient network simulator, Technical Report CMU-CS-99-164, Carnegie Mellon University.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import connectionist as cn

if TYPE_CHECKING:
    from connectionist_plugins.formats.lens_examples.table import ExampleTable

MARK = b"\xaa\xaa\xaa\xaa"
BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s++|#[^\n]*+(?:\n|\Z))*+(?:\Z|;|-?\d|(?:name|proc|freq|max|min|grace|defI|actI|defT|actT|[ITBitb]):|\[)"
)


@dataclass(frozen=True)
class _LensExamples(cn.FileFormat):
    """The parameters of both formats; see `LensExamples`."""

    ticks_per_interval: int = cn.parameter(1, at_least=1, at_most=1000)
    max_time: float | None = cn.parameter(None, at_least=0, at_most=1_000_000)
    grace_time: float | None = cn.parameter(None, at_least=0, at_most=1_000_000)

    def _table(self, file: cn.formats.InputFile, network: cn.Network | None) -> ExampleTable:
        """Return an empty table for the examples of a file."""
        from connectionist_plugins.formats.lens_examples.table import ExampleTable

        return ExampleTable(file, network, self.ticks_per_interval, {"max": self.max_time, "grace": self.grace_time})


@dataclass(frozen=True)
class LensExamples(_LensExamples):
    """Example files of LENS in text (loadExamples, saveExamples).

    Groups of the file become the groups of the network with these names. An input for a hidden or output group becomes a clamp. Events
    become ticks: an event of ``max: m`` has m · ``ticks_per_interval`` ticks, rounded up, at least one.

    Parameters
    ----------
    ticks_per_interval : int
        Ticks of a unit of time of the network in LENS, from 1 to 1000.
    max_time, grace_time : float or None
        The times of events for which the file has none, in place of those of the set, for scripts with ``setObj SET.maxTime`` or
        ``setObj SET.graceTime``.
    """

    name = "lens_examples"
    suffixes = (".ex",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins like a header or an example; MikeNet's files, with the same suffix, have other words."""
        return BEGINNING.match(beginning) is not None

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        from connectionist_plugins.formats.lens_examples.text import MARKS, read_text

        table = self._table(file, network)
        with file.scanner(marks=MARKS, missing="-", comment_at_line_start=True, plus=False) as scanner:
            read_text(scanner, table)
        return table.examples()

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the examples, with all values, by the names of the groups if there are any."""
        from connectionist_plugins.formats.lens_examples.write_text import write_text

        write_text(file, examples, self.ticks_per_interval)


@dataclass(frozen=True)
class LensBinaryExamples(_LensExamples):
    """Binary example files of LENS (saveExamples -binary).

    They have the same content as the files in text.

    Parameters
    ----------
    ticks_per_interval, max_time, grace_time
        As for `LensExamples`.
    """

    name = "lens_binary_examples"
    suffixes = (".bex",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with the mark of the format."""
        return beginning.startswith(MARK)

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        from connectionist_plugins.formats.lens_examples.binary import read_binary

        table = self._table(file, network)
        read_binary(file, table)
        return table.examples()

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the examples, with all values in single precision."""
        from connectionist_plugins.formats.lens_examples.binary import write_binary

        write_binary(file, examples, self.ticks_per_interval)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the formats."""
    return [LensExamples, LensBinaryExamples]
