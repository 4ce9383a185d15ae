"""A feed-forward network written as a network file, with its weights beside it."""

from __future__ import annotations

from collections import Counter
from string import ascii_lowercase

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, UnitList, check_labels, check_network, check_tie_derivative, order_units
from connectionist_plugins.formats.pdp.weights import write_blocks

PLAIN = {"r", "p", "n"}
LIMITS = {(0.0, np.inf): "p", (-np.inf, 0.0): "n", None: "r"}


def write(file: cn.formats.OutputFile, network: cn.Network) -> None:
    """Write a network.

    Raises
    ------
    FormatError
        If ``bp`` has no such network.
    """
    check_network(file, network, "bp", ("logistic",), ties=True, frozen=True, limits=True)
    check_tie_derivative(file, network, "sum")
    ordered = order_units(network, outputs_last=True)
    if ordered is None:
        raise cn.errors.FormatError(f"{file.name}: an output unit has connections to a unit that bp computes before it")
    check_labels(file, ordered, range(len(ordered)))
    units = UnitList(ordered)
    inputs, outputs = (sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output"))
    if not inputs or not outputs:
        raise cn.errors.FormatError(f"{file.name}: bp needs input and output units, and {network.name} has {inputs} and {outputs}")
    letters, constraints = _letters(file, network)
    count = len(units.units)
    rows = [["."] * count for _ in range(count)]
    biases = ["."] * count
    for connection in network.connections:
        sender, receiver = units.place(connection.sender), units.place(connection.receiver)
        if sender == BIAS:
            biases[receiver] = letters[connection]
        else:
            rows[receiver][sender] = letters[connection]
    file.write(f"definitions:\nnunits {count}\nninputs {inputs}\nnoutputs {outputs}\nend\n")
    if constraints:
        file.write("constraints:\n" + "".join(f"{letter} {meaning}\n" for letter, meaning in constraints.items()) + "end\n")
    file.write("network:\n" + "".join("".join(row) + "\n" for row in rows) + f"end\nbiases:\n{''.join(biases)}\nend\n")
    beside = file.beside(".WTS" if file.path.suffix.isupper() else ".wts")
    write_blocks(beside, network, units, [(0, count)] * count)


def _letters(file: cn.formats.OutputFile, network: cn.Network) -> tuple[dict[cn.Connection, str], dict[str, str]]:
    """Return the letter of each connection, and the meanings of letters of tied weights."""
    ties = Counter(connection.weight.row for connection in network.connections)
    free = [letter for letter in ascii_lowercase if letter not in PLAIN]
    letters: dict[cn.Connection, str] = {}
    constraints: dict[str, str] = {}
    own: dict[int, str] = {}
    for connection in network.connections:
        weight, limits = connection.weight, connection.projection.limits
        if limits not in LIMITS:
            file.cannot(f"the limits of {connection.projection.name} have no place in this format, except from 0 or to 0")
        letter = LIMITS.get(limits, "r")
        if ties[weight.row] > 1:
            if weight.row not in own:
                if not free:
                    raise cn.errors.FormatError(
                        f"{file.name}: has letters for {26 - len(PLAIN)} sets of tied weights, and {network.name} has more"
                    )
                own[weight.row] = free.pop(0)
                constraints[own[weight.row]] = f"random {'' if letter == 'r' else 'positive ' if letter == 'p' else 'negative '}linked"
            letter = own[weight.row]
        letters[connection] = letter if weight.trainable else letter.upper()
    return letters, constraints
