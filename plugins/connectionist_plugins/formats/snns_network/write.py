"""A network written as a file of SNNS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, UnitList, check_network, check_tie_derivative, list_units
from connectionist_plugins.formats.snns_network.functions import WRITTEN
from connectionist_plugins.formats.snns_network.order import Order, find_order

KINDS = {"input": "i", "hidden": "h", "output": "o"}
LINKS_IN_A_LINE = 8
UNIT_RULE = "----|----------|----------|----------|----------|----|----------|--------------|----------|-------\n"
LINK_RULE = f"-------|------|{'-' * 100}\n"
DEFAULTS = (
    "unit default section :\n\nact      | bias     | st | subnet | layer | act func     | out func\n{rule}"
    " 0.00000 |  0.00000 | h  |      0 |     1 | Act_Logistic | Out_Identity \n{rule}\n\n"
).format(rule="---------|----------|----|--------|-------|--------------|-------------\n")


def write(file: cn.formats.OutputFile, network: cn.Network) -> None:
    """Write a network.

    Raises
    ------
    FormatError
        If SNNS has nothing like it.
    """
    check_network(file, network, "SNNS", WRITTEN, delays=True, frozen=True)
    check_tie_derivative(file, network, "sum")
    units = list_units(network)
    order = find_order(file, network, units)
    fixed = next((each for each in network.connections if not each.weight.trainable and each.receiver not in order.special), None)
    if fixed is not None:
        file.cannot(f"frozen weights have no place in this format, and {fixed.name} has one")
    links = units.by_ends(network.connections)
    _check_biases(file, units, links)
    count = sum(sender != BIAS for sender, _ in links)
    file.write("SNNS network definition file V1.4-3D\ngenerated at Mon Jan  1 00:00:00 1990\n\n")
    file.write(f"network name : {' '.join(network.name.split()) or 'network'}\nsource files :\n")
    file.write(f"no. of units : {len(units.units)}\nno. of connections : {count}\nno. of unit types : 0\nno. of site types : 0\n\n\n")
    learning = "Std_Backpropagation" if order.function == "Topological_Order" else "JE_BP" if order.special else "BPTT"
    file.write(f"learning function : {learning}\nupdate function   : {order.function}\n\n\n")
    file.write(DEFAULTS)
    file.write("unit definition section :\n\n")
    file.write("no. | typeName | unitName | act      | bias     | st | position | act func     | out func | sites\n" + UNIT_RULE)
    for row in _unit_rows(file, network, units, links, order):
        file.write(row)
    file.write(UNIT_RULE + "\n\nconnection definition section :\n\ntarget | site | source:weight\n" + LINK_RULE)
    for row in _link_rows(links):
        file.write(row)
    file.write(LINK_RULE)


def _check_biases(file: cn.formats.OutputFile, units: UnitList, links: dict[tuple[int, int], list[cn.Connection]]) -> None:
    """Name a unit without a bias; in SNNS, each unit that is no linear one has a bias that is trained."""
    for number, unit in enumerate(units.units):
        function = unit.group.activation_function
        if function is not None and function.name != "linear" and (BIAS, number) not in links:
            file.cannot(f"units without a bias have no place in this format, and {unit.name} has none; its bias is 0 at first there")
            break


def _unit_rows(
    file: cn.formats.OutputFile,
    network: cn.Network,
    units: UnitList,
    links: dict[tuple[int, int], list[cn.Connection]],
    order: Order,
) -> Iterator[str]:
    columns = {group.name: number for number, group in enumerate(network.groups)}
    seen: set[str] = set()
    for number, unit in enumerate(units.units):
        group = unit.group
        function = "Act_Identity" if group.role == "input" else WRITTEN[group.activation_function.name]
        has_bias = (BIAS, number) in links
        bias = links[BIAS, number][0].weight.value if has_bias else 0.0
        if function == "Act_IdentityPlusBias" and not has_bias:
            function = "Act_Identity"
        has_number = unit.label == str(unit.index)
        name = _name(f"{group.name}_{unit.label}" if has_number else unit.label)
        if not has_number and name != unit.label:
            file.warn(f"the label {unit.label!r} of a unit is written as {name!r}")
        name = "" if name in seen else name
        seen.add(name)
        position = f"{2 + 3 * columns[group.name]},{unit.index},0"
        yield (
            f"{number + 1:3d} |          | {name} | {_text(order.initial[unit])} | {_text(bias)} "
            f"| {'s' if unit in order.special else ''}{KINDS[group.role]} | {position} | {function} | Out_Identity |\n"
        )


def _name(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")


def _link_rows(links: dict[tuple[int, int], list[cn.Connection]]) -> Iterator[str]:
    incoming: dict[int, list[str]] = {}
    for (sender, receiver), [connection, *_] in links.items():
        if sender != BIAS:
            incoming.setdefault(receiver, []).append(f"{sender + 1}:{_text(connection.weight.value)}")
    for receiver, parts in sorted(incoming.items()):
        rows = [", ".join(parts[first : first + LINKS_IN_A_LINE]) for first in range(0, len(parts), LINKS_IN_A_LINE)]
        yield f"{receiver + 1:6d} |      | " + ",\n       |      | ".join(rows) + "\n"


def _text(value: float) -> str:
    """Return a number with all its digits and without an exponent."""
    return np.format_float_positional(value, trim="0")
