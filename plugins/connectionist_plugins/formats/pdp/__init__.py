"""Files of the PDP programs of 1987, for the program ``bp``: ``.net``, ``.pat``, ``.wts`` and ``.str``.

McClelland, J. L. & Rumelhart, D. E. (1988), Explorations in parallel distributed processing: A handbook of models, programs, and exercises,
MIT Press, appendix C.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn


@dataclass(frozen=True)
class PdpNetwork(cn.FileFormat):
    """Network files of the PDP programs of 1987 (``.net``), for ``bp``.

    Units have their number, from 0, as the label; blocks of the file become groups. Letters with ``linked`` are tied weights, capital
    letters are frozen weights, and ``positive`` and ``negative`` are limits. Random weights are drawn as ``bp`` does it with ``wrange``
    1, with seed 0. Weights of a ``.wts`` file of the same name are read too. If a ``.pat`` file of the same name has negative inputs,
    these inputs become the group "context": they copy the activation of a unit in the pattern before. A network is written with a
    ``.wts`` file beside it.

    Parameters
    ----------
    mu : float
        Fraction of its activation that a context unit keeps, ``mu`` of ``bp``; from 0 to below 1.
    """

    mu: float = cn.parameter(0.0, at_least=0, below=1)
    name = "pdp_network"
    suffixes = (".net",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is the title of a section."""
        return beginning.split()[:1] in ([b"definitions:"], [b"constraints:"])

    def read_network(self, file: cn.formats.InputFile) -> cn.Network:
        """Return the network."""
        from connectionist_plugins.formats.pdp import build, description, patterns, weights

        given = description.read(file)
        pattern_file = description.beside(file, ".pat")
        copies = patterns.find_copies(pattern_file, given) if pattern_file.path.exists() else {}
        network = build.build(file, given, copies, self.mu)
        weight_file = description.beside(file, ".wts")
        if weight_file.path.exists():
            for connection, weight in weights.read(weight_file, network, given).items():
                connection.weight.value = weight
        return network

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write a feed-forward network, and its weights into a file beside it."""
        from connectionist_plugins.formats.pdp import write

        write.write(file, network)


@dataclass(frozen=True)
class PdpPatterns(cn.FileFormat):
    """Pattern files of the PDP programs of 1987 (``.pat``), for ``bp``.

    A negative target is a missing one, as in ``bp``. A negative input copies a unit in the pattern before; such files need the network, as
    `PdpNetwork` reads it, and become sequences: each begins where all those inputs have numbers. Without ``strict``, negative inputs
    are read as numbers.

    Parameters
    ----------
    each_pattern : bool
        Whether each pattern of a sequence is an example that continues the last one, so that weights can change after each.
    inputs : int
        Number of inputs, for files that are read without a network, and without a ``.net`` file of the same name, and for patterns
        without targets, as those of ``aa`` and ``cl``.
    signed : bool
        Whether negative numbers are numbers, also as targets, as in the programs other than ``bp``.
    """

    each_pattern: bool = cn.parameter(False)
    inputs: int = cn.parameter(0, at_least=0)
    signed: bool = cn.parameter(False)
    name = "pdp_patterns"
    suffixes = (".pat",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first lines are a name and two or more numbers. Names that are numbers differ from line to line."""
        from connectionist_plugins.formats.pdp import patterns

        lines = [line.split() for line in beginning.splitlines(keepends=True)[:8] if line.strip() and line.endswith((b"\n", b"\r"))][:5]
        lines = lines or [beginning.split()]
        are_numbers = [patterns.is_number(words[0]) for words in lines if words]
        lines = lines if all(are_numbers) else lines[:2]
        if not all(len(words) > 2 and all(map(patterns.is_number, words[1:])) for words in lines):
            return False
        are_numbers = are_numbers[: len(lines)]
        are_distinct = len({*map(len, lines)}) == 1 and len({words[0] for words in lines}) == len(lines)
        return not any(are_numbers) or (all(are_numbers) and are_distinct)

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        from connectionist_plugins.formats.pdp import description, patterns

        network_file = description.beside(file, ".net")
        if network is None and not self.inputs and network_file.path.exists():
            network = PdpNetwork().read_network(network_file)
        return patterns.read(file, network, self.inputs, each_pattern=self.each_pattern, signed=self.signed)

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each pattern, with all numbers of the first line."""
        from connectionist_plugins.formats.pdp import patterns

        return patterns.read_table(file)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write patterns."""
        from connectionist_plugins.formats.pdp import patterns

        patterns.write(file, examples, signed=self.signed)


@dataclass(frozen=True)
class PdpWeights(cn.FileFormat):
    """Weight files of the PDP programs of 1987 (``.wts``): the weights to each unit in the order of the senders, then all biases.

    A unit has a place in the file for each unit from the first to the last of a block of its ``.net`` file. That file is read if it has the
    same name; otherwise the block goes from the first sender of the unit to the last.

    Parameters
    ----------
    groups : str
        Names of the groups in the order of the numbers of ``bp``'s units, with commas between, if that is not the order of the network.
    """

    groups: str = cn.parameter("")
    name = "pdp_weights"
    suffixes = (".wts",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is a number."""
        from connectionist_plugins.formats.pdp import patterns

        words = beginning.split(None, 1)
        return bool(words) and patterns.NUMBER.fullmatch(words[0]) is not None

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights."""
        from connectionist_plugins.formats.pdp import description, weights

        network_file = description.beside(file, ".net")
        return weights.read(file, network, description.read(network_file) if network_file.path.exists() else None, self.groups)

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the weights, with all digits."""
        from connectionist_plugins.formats.pdp import weights

        weights.write(file, network, self.groups)

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each number: weights, then biases."""
        import pandas as pd

        from connectionist_plugins.formats.pdp import weights

        return pd.DataFrame({"value": weights.read_numbers(file)})


@dataclass(frozen=True)
class PdpScript(cn.FileFormat):
    """Scripts of the PDP programs of 1987 (``.str``). They become a table of commands, which are not run."""

    name = "pdp_script"
    suffixes = (".str",)

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each line: its command, and its last word as the value."""
        import pandas as pd

        rows = []
        with file.scanner(comment="") as scanner:
            while not scanner.is_at_end:
                words = scanner.line().split()
                rows.append((" ".join(words[:-1] or words), words[-1] if len(words) > 1 else ""))
        return pd.DataFrame(rows, columns=["command", "value"])


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the formats."""
    return [PdpNetwork, PdpPatterns, PdpWeights, PdpScript]
