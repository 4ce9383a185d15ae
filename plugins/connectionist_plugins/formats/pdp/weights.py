"""Weight files: the weights to each unit in the order of the senders, then the bias of each unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, UnitList, all_connections
from connectionist_plugins.formats.pdp.description import Description

Blocks = list[tuple[int, int]]


def units_of(network: cn.Network, groups: str = "") -> UnitList:
    """Return the units in the order of the groups, or of the groups that are named."""
    own = [group for group in network.groups if group.role != "bias"]
    if groups:
        named = [network[name.strip()] for name in groups.split(",")]
        if sorted(group.name for group in named) != sorted(group.name for group in own):
            known = ", ".join(group.name for group in own)
            raise cn.errors.ParameterError(f"PdpWeights.groups: must name each of {known} once (got {groups!r})")
        own = named
    return UnitList([unit for group in own for unit in group])


def read(file: cn.formats.InputFile, network: cn.Network, given: Description | None, groups: str = "") -> Mapping[cn.Connection, float]:
    """Return the weights of connections. The description has the blocks of senders, if it is known."""
    units = units_of(network, groups)
    links = _links(file, network, units)
    blocks = (
        _blocks(units, links)
        if given is None or given.units != len(units.units)
        else list(zip(given.first.tolist(), given.last.tolist(), strict=True))
    )
    count = sum(last - first for first, last in blocks)
    values = read_numbers(file)
    biases = len(units.units)
    if len(values) not in (count, count + biases, count + 2 * biases):
        raise cn.errors.DataError(
            f"{file.subject}: has {len(values)} numbers; {network.name} has {count} weights, counted from the first to the last sender "
            f"of each unit, and {biases} biases"
        )
    if len(values) > count + biases:
        with file.scanner(comment="") as scanner:
            scanner.numbers(count + biases)
            file.cannot("sigmas after the biases have no counterpart", *scanner.place)
    weights: dict[cn.Connection, float] = {}
    at = 0
    for receiver, (first, last) in enumerate(blocks):
        for sender in range(first, last):
            _assign(file, network, units, links, (sender, receiver), float(values[at]), weights)
            at += 1
    for receiver, value in enumerate(values[at : at + biases].tolist()):
        _assign(file, network, units, links, (BIAS, receiver), value, weights)
    return weights


def _links(
    file: cn.formats.InputFile | cn.formats.OutputFile, network: cn.Network, units: UnitList
) -> dict[tuple[int, int], cn.Connection]:
    """Return the connections that are weights of bp: not the copies into a context."""
    copied = {group for group in network.groups if _is_copy(network, group)}
    links = {ends: given for ends, given in units.by_ends(all_connections(network)).items() if given[0].receiver.group not in copied}
    for given in links.values():
        if len(given) > 1:
            raise cn.errors.FormatError(f"{file.name}: there are {len(given)} connections {given[0].name}, and place for one")
    return {ends: given for ends, [given] in links.items()}


def _is_copy(network: cn.Network, group: cn.Group) -> bool:
    incoming = [projection for projection in network.projections if projection.receiver is group]
    return bool(incoming) and all(projection.delay and not projection.trainable for projection in incoming)


def _blocks(units: UnitList, links: dict[tuple[int, int], cn.Connection]) -> Blocks:
    """Return the first sender of each unit and the one after its last."""
    blocks = [(len(units.units), 0)] * len(units.units)
    for sender, receiver in links:
        if sender != BIAS:
            blocks[receiver] = min(blocks[receiver][0], sender), max(blocks[receiver][1], sender + 1)
    return [(first, last) if first < last else (0, 0) for first, last in blocks]


def read_numbers(file: cn.formats.InputFile) -> cn.Array:
    """Return all numbers of a file."""
    with file.scanner(comment="") as scanner:
        values = scanner.numbers()
        if not scanner.is_at_end:
            scanner.fail("a number")
    return values


def _assign(
    file: cn.formats.InputFile,
    network: cn.Network,
    units: UnitList,
    links: dict[tuple[int, int], cn.Connection],
    ends: tuple[int, int],
    value: float,
    weights: dict[cn.Connection, float],
) -> None:
    if ends in links:
        weights[links[ends]] = value
    elif value:
        sender = "the bias" if ends[0] == BIAS else units.units[ends[0]].name
        raise cn.errors.DataError(
            f"{file.subject}: the weight from {sender} to {units.units[ends[1]].name} is {value:g}, and {network.name} has no such "
            "connection; compare the order of its groups with that of bp's units (PdpWeights.groups sets another order)"
        )


def write(file: cn.formats.OutputFile, network: cn.Network, groups: str = "") -> None:
    """Write the weights."""
    units = units_of(network, groups)
    write_blocks(file, network, units, _blocks(units, _links(file, network, units)))


def write_blocks(file: cn.formats.OutputFile, network: cn.Network, units: UnitList, blocks: Blocks) -> None:
    """Write the weights of blocks of senders, and the biases."""
    links = _links(file, network, units)
    ends = [(sender, receiver) for receiver, (first, last) in enumerate(blocks) for sender in range(first, last)]
    ends += [(BIAS, receiver) for receiver in range(len(blocks))]
    values = np.array([links[each].weight.value if each in links else 0.0 for each in ends])
    file.write("".join(f"{value:.17g}\n" for value in values.tolist()))
