"""Network files of SNNS and JavaNNS (``.net``).

A file lists the units with their functions, biases and activations, and the links to each unit with their weights.

A. Zell et al. (1998), SNNS: Stuttgart Neural Network Simulator, user manual, version 4.2, University of Tübingen, appendix A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class SnnsNetwork(cn.FileFormat):
    """Network files of SNNS and JavaNNS.

    Units that follow one another and have the same kind, function and layer become a group. Input units become the group "input", special
    hidden units "context". The label of a unit is its name, or its number if the names are not all different. A link has delay 1 where
    the update function of the file takes the activation of the step before: from special units with ``JE_Order``, from units with the
    same or a higher number with ``Serial_Order``, from all units but input units with ``BPTT_Order`` and ``Synchronous_Order``.
    """

    name = "snns_network"
    suffixes = (".net",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the title."""
        return b"SNNS network definition file" in b" ".join(beginning.split())

    def read_network(self, file: cn.formats.InputFile) -> cn.Network:
        """Return the network with its weights."""
        from connectionist_plugins.formats.snns_network.build import build
        from connectionist_plugins.formats.snns_network.parse import parse

        return build(file, parse(file))

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write a network without delays, or with those that an update function of SNNS has, as in simple recurrent networks."""
        from connectionist_plugins.formats.snns_network.write import write

        write(file, network)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [SnnsNetwork]
