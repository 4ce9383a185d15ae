"""Files of tlearn: networks (``.cf``), patterns (``.data``, ``.teach``, ``.reset``) and weights (``.wts``).

The files of one simulation have the same name with different suffixes, the fileroot: ``srn.cf``, ``srn.data``, ``srn.teach``.

Elman, J. L. (1990), tlearn, Center for Research in Language, University of California, San Diego. Plunkett, K. & Elman, J. L. (1997),
Exercises in rethinking innateness, MIT Press, appendix B.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn


@dataclass(frozen=True)
class TlearnNetwork(cn.FileFormat):
    """Network files of tlearn (``.cf``).

    Nodes become units with their number as the label; ``i1`` is the first input. Nodes in succession to which the ranges of the file refer
    together become a group. Where a node takes the activation of the sweep before, the connection has delay 1. If there is a file of the
    same name with the suffix ``.wts``, the weights are read from it; otherwise they are drawn as tlearn does it, with seed 0, from
    ±``weight_limit`` (``Network.randomize`` draws others). A network is written with such a file beside it.
    """

    name = "tlearn_network"
    suffixes = (".cf",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is ``NODES:``."""
        return beginning.split()[:1] == [b"NODES:"]

    def read_network(self, file: cn.formats.InputFile) -> cn.Network:
        """Return the network."""
        from connectionist_plugins.formats.tlearn import configuration, network, weights

        made = network.build(file, configuration.read(file))
        beside = file.beside(".wts")
        if beside.path.exists():
            for connection, weight in weights.read(beside, made).items():
                connection.weight.value = weight
        return made

    def write_network(self, file: cn.formats.OutputFile, network_: cn.Network) -> None:
        """Write the network, and its weights into a file beside it."""
        from connectionist_plugins.formats.tlearn import network, weights

        nodes = network.write(file, network_)
        weights.write(file.beside(".wts"), network_, nodes)


@dataclass(frozen=True)
class TlearnPatterns(cn.FileFormat):
    """Pattern files of tlearn: ``.data``, with ``.teach`` and ``.reset`` of the same name.

    For a network without memory, each item is an example. For a network in time, each sweep is a tick: the sweeps between two resets are a
    sequence. Without a file of resets, each sweep is an example of one tick that continues the last one, as in tlearn, where the network is
    never reset. The word ``*`` is a missing target. Time tags of the Unix version are read: a target holds until the next tag.

    Parameters
    ----------
    each_sweep : bool
        Whether each sweep is an example, also between resets, so that weights can change after each, as they do in tlearn.
    """

    each_sweep: bool = cn.parameter(False)
    name = "tlearn_patterns"
    suffixes = (".data", ".teach", ".reset")

    def sniff(self, beginning: bytes) -> bool:
        """Return whether its first word is ``distributed`` or ``localist``, or a number alone as in a file of resets."""
        words = beginning.split(None, 2)
        return words[:1] in ([b"distributed"], [b"localist"])

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples of the three files."""
        from connectionist_plugins.formats.tlearn import patterns

        return patterns.read(file, network, each_sweep=self.each_sweep)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the three files; that of resets only for sequences."""
        from connectionist_plugins.formats.tlearn import patterns

        patterns.write(file, examples, each_sweep=self.each_sweep)


@dataclass(frozen=True)
class TlearnWeights(cn.FileFormat):
    """Weight files of tlearn (``.wts``): for each node the weights from the bias, the inputs and the nodes, 0 where there is no link.

    Nodes are the units that are not input units, in the order of the groups.

    Parameters
    ----------
    groups : str
        Names of the groups in the order of tlearn's nodes, with commas between, if it is another one than that of the network.
    """

    groups: str = cn.parameter("")
    name = "tlearn_weights"
    suffixes = (".wts",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the title."""
        from connectionist_plugins.formats.tlearn import weights

        return beginning.split()[:4] == weights.TITLE.encode().split()

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights."""
        from connectionist_plugins.formats.tlearn import weights

        return weights.read(file, network, self.groups)

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the weights, with all digits."""
        from connectionist_plugins.formats.tlearn import weights

        weights.write(file, network, weights.nodes_of(network, self.groups))

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each node: the bias, and the weights from inputs and then nodes."""
        import numpy as np
        import pandas as pd

        from connectionist_plugins.formats.tlearn import weights

        rows = weights.read_rows(file)
        inputs = max(len(rows[0]) - 1 - len(rows), 0) if rows else 0
        names = ["bias", *(f"i{number + 1}" for number in range(inputs)), *(str(number + 1) for number in range(len(rows)))]
        table = pd.DataFrame(np.array(rows), columns=names if rows and len(rows[0]) == len(names) else None)
        table.insert(0, "node", range(1, len(rows) + 1))
        return table


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the formats."""
    return [TlearnNetwork, TlearnPatterns, TlearnWeights]
