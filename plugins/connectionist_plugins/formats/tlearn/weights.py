"""Weight files: for each node a comment and the weights from the bias, each input and each node."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, UnitList, all_connections

TITLE = "NETWORK CONFIGURED BY TLEARN"
SWEEPS = re.compile(rb"#\s*weights\s+after\s+\d+\s+sweeps")
HEADING = re.compile(rb"#\s*WEIGHTS")
NODE = re.compile(rb"#\s*TO\s+NODE\s+(\d{1,9})(?!\d)")


def nodes_of(network: cn.Network, groups: str = "") -> list[cn.Unit]:
    """Return the units that are nodes in tlearn, in the order of the groups, or of the groups that are named."""
    own = [group for group in network.groups if group.role != "input"]
    if groups:
        named = [network[name.strip()] for name in groups.split(",")]
        if sorted(group.name for group in named) != sorted(group.name for group in own):
            known = ", ".join(group.name for group in own)
            raise cn.errors.ParameterError(f"TlearnWeights.groups: must name each of {known} once (got {groups!r})")
        own = named
    return [unit for group in own for unit in group]


def read(file: cn.formats.InputFile, network: cn.Network, groups: str = "") -> Mapping[cn.Connection, float]:
    """Return the weights of connections."""
    nodes = nodes_of(network, groups)
    inputs = [unit for group in network.groups if group.role == "input" for unit in group]
    table = _read_table(file, len(nodes), 1 + len(inputs) + len(nodes))
    units = UnitList([*inputs, *nodes])
    weights: dict[cn.Connection, float] = {}
    is_known = np.zeros(table.shape, dtype=np.bool_)
    for connection in all_connections(network):
        row, column = units.place(connection.receiver) - len(inputs), units.place(connection.sender) + 1
        weights[connection] = float(table[row, column])
        is_known[row, column] = True
    wrong = np.argwhere(~is_known & (table != 0))
    if len(wrong):
        row, column = wrong[0].tolist()
        sender = "the bias" if column == 0 else units.units[column - 1].name
        raise cn.errors.DataError(
            f"{file.subject}: the weight from {sender} to {nodes[row].name} is {table[row, column]:g}, and {network.name} has no such "
            f"connection; compare the order of its groups with that of tlearn's nodes (TlearnWeights.groups sets another order)"
        )
    return weights


def _read_heading(scanner: cn.formats.Scanner) -> None:
    for word in TITLE.split():
        scanner.expect(word)
    for pattern, expected in ((SWEEPS, "'# weights after 1000 sweeps'"), (HEADING, "'# WEIGHTS'")):
        if not scanner.match(pattern):
            scanner.fail(expected)


def read_rows(file: cn.formats.InputFile) -> list[cn.Array]:
    """Return the weights to each node, without a network."""
    rows: list[cn.Array] = []
    with file.scanner(comment="") as scanner:
        _read_heading(scanner)
        while not scanner.is_at_end:
            if not scanner.match(NODE):
                scanner.fail(f"'# TO NODE {len(rows) + 1}', or a weight")
            rows.append(scanner.numbers(expected="a weight"))
            if len(rows[-1]) != len(rows[0]):
                scanner.fail(f"the end of {len(rows[0])} weights to node {len(rows)}, as to node 1,")
    return rows


def _read_table(file: cn.formats.InputFile, nodes: int, columns: int) -> cn.Array:
    """Return the weights [node, bias, input or node]."""
    rows = []
    with file.scanner(comment="") as scanner:
        _read_heading(scanner)
        for number in range(1, nodes + 1):
            match = scanner.match(NODE)
            if not match or int(match[1]) != number:
                scanner.fail(f"'# TO NODE {number}', since the network has {nodes} nodes,")
            what = f"a weight to node {number}, one of {columns}: from the bias, {columns - 1 - nodes} inputs and {nodes} nodes"
            rows.append(scanner.numbers(columns, what))
        if not scanner.is_at_end:
            scanner.fail(f"the end of the file after {columns} weights to each of {nodes} nodes")
    return np.array(rows).reshape(nodes, columns)


def write(file: cn.formats.OutputFile, network: cn.Network, nodes: Sequence[cn.Unit]) -> None:
    """Write the weights."""
    inputs = [unit for group in network.groups if group.role == "input" for unit in group]
    units = UnitList([*inputs, *nodes])
    links = units.by_ends(all_connections(network))
    for (sender, receiver), connections in links.items():
        if len(connections) > 1:
            name = connections[0].name
            raise cn.errors.FormatError(
                f"{file.name}: there are {len(connections)} connections {name}, and place for one (node {receiver}, {sender})"
            )
    file.write(f"{TITLE}\n# weights after 0 sweeps\n# WEIGHTS\n")
    for number in range(len(nodes)):
        row = [links.get((sender, len(inputs) + number)) for sender in (BIAS, *range(len(units.units)))]
        file.write(f"# TO NODE {number + 1}\n")
        file.write("".join(f"{each[0].weight.value:.17g}\n" if each else "0.0\n" for each in row))
