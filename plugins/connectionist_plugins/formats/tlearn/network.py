"""A network made from a configuration, and a configuration written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

import connectionist as cn
from connectionist.formats import (
    BIAS,
    Links,
    Numbers,
    TableUnit,
    UnitList,
    check_labels,
    check_network,
    check_tie_derivative,
    list_units,
    make_network,
    order_units,
)
from connectionist_plugins.formats.tlearn.configuration import Configuration
from connectionist_plugins.formats.tlearn.lists import write_list

FUNCTIONS = "logistic", "bipolar", "linear"


def build(file: cn.formats.InputFile, given: Configuration) -> cn.Network:
    """Return the network of a configuration, with weights drawn from its range."""
    receiver, sender = np.nonzero(given.count > 0)
    delay, backpropagate = _delays(given, receiver, sender)
    lowest, highest = given.lowest[receiver, sender], given.highest[receiver, sender]
    trainable = ~given.fixed[receiver, sender]
    is_bias = sender == 0
    links = Links(
        np.where(is_bias, BIAS, sender - 1),
        receiver + given.inputs,
        np.where(np.isnan(lowest), 0.0, lowest),
        delay,
        np.ones(len(sender), dtype=np.bool_),  # so that fixed weights are drawn too
        backpropagate,
        lowest,
        highest,
        given.group[receiver, sender],
    )
    is_late = bool((delay > 0).any())
    network = make_network(file, file.path.stem, _units(given), links, "sum" if is_late and not given.group.any() else "mean")
    _draw(network, given.weight_limit)
    _freeze(network, given, dict(zip(zip(receiver.tolist(), sender.tolist(), strict=True), trainable.tolist(), strict=True)))
    return network


def _delays(given: Configuration, receiver: Numbers, sender: Numbers) -> tuple[Numbers, cn.Array]:
    """Return the delay of each connection, and whether errors go back through it.

    Nodes are computed in the order of their numbers, so a node with a lower or the same number has the activation of the sweep before. A
    delayed node shows its activation one sweep later.
    """
    node = sender - given.inputs - 1
    is_node = node >= 0
    late = is_node & ((node >= receiver) | given.recurrent[receiver, sender]) & ~given.delayed[np.maximum(node, 0)]
    delay = np.where(sender == 0, 0, given.delayed[receiver].astype(np.intp) + late)
    return delay, (delay == 0) | given.delayed[receiver] | given.recurrent[receiver, sender]


def _units(given: Configuration) -> list[TableUnit]:
    units = [TableUnit(f"i{number + 1}", "input") for number in range(given.inputs)]
    runs = np.cumsum(given.breaks)
    copies = (given.count > 0) & (np.arange(given.count.shape[1]) > 0)
    is_context = np.logical_and(copies.any(axis=1), (~copies | given.fixed).all(axis=1))
    for node in range(given.nodes):
        role = "output" if given.is_output[node] else "hidden"
        name = "context" if role == "hidden" and is_context[node] else ""
        kind = (int(runs[node]), bool(given.delayed[node]))
        units.append(TableUnit(str(node + 1), role, given.functions[node], kind, name))
    return units


def _draw(network: cn.Network, limit: float) -> None:
    """Draw the weights from ±limit, those with limits within these."""
    network.randomize(limit, seed=0)
    for projection in network.projections:
        if projection.limits is not None:
            for connection in projection.connections:
                connection.weight.value = min(max(connection.weight.value, projection.limits[0]), projection.limits[1])


def _freeze(network: cn.Network, given: Configuration, trainable: dict[tuple[int, int], bool]) -> None:
    units = list_units(network)
    for connection in network.connections:
        sender = units.place(connection.sender) + 1
        connection.weight.trainable = trainable[units.place(connection.receiver) - given.inputs, sender] and connection.weight.trainable


def write(file: cn.formats.OutputFile, network: cn.Network) -> list[cn.Unit]:
    """Write the configuration of a network, and return its units in the order of the nodes.

    Raises
    ------
    FormatError
        If tlearn has no such network.
    """
    check_network(file, network, "tlearn", FUNCTIONS, delays=True, ties=True, frozen=True, limits=True)
    inputs = [unit for group in network.groups if group.role == "input" for unit in group]
    units_in_order = order_units(network, outputs_last=False)
    if units_in_order is None:
        raise cn.errors.FormatError(f"{file.name}: an output unit has connections to one before it, which tlearn would compute first")
    nodes = units_in_order[len(inputs) :]
    names = [*(f"i{number + 1}" for number in range(len(inputs))), *range(1, len(nodes) + 1)]
    check_labels(file, units_in_order, names)
    _check_settings(file, network)
    outputs = [number + len(inputs) + 1 for number, unit in enumerate(nodes) if unit.group.role == "output"]
    file.write(f"NODES:\nnodes = {len(nodes)}\ninputs = {len(inputs)}\noutputs = {len(outputs)}\n")
    file.write(f"output nodes are {write_list(outputs, len(inputs))}\nCONNECTIONS:\n")
    units = UnitList([*inputs, *nodes])
    _check_delays(file, network, units, len(inputs))
    ties = Counter(connection.weight.row for connection in network.connections)
    groups = {row: number + 1 for number, row in enumerate(sorted(row for row, count in ties.items() if count > 1))}
    file.write(f"groups = {len(groups)}\n")
    for row in _rows(network, units, groups, len(inputs)):
        file.write(row)
    for row in _group_rows(network, groups):
        file.write(row)
    file.write("SPECIAL:\n")
    for function in ("linear", "bipolar"):
        chosen = [number + 1 for number, unit in enumerate(nodes) if unit.group.activation_function.name == function]
        if chosen:
            file.write(f"{function} = {write_list(chosen, 0)}\n")
    return nodes


def _check_settings(file: cn.formats.OutputFile, network: cn.Network) -> None:
    """Name settings that tlearn has only in part, or not."""
    for group in network.groups:
        if group.initial.any():
            file.cannot(f"the initial activations of group {group.name!r} have no place in this format; units begin at 0")
    for projection in network.projections:
        if projection.limits and not np.isfinite(projection.limits).all():
            file.cannot(f"the limits {projection.limits} of {projection.name} have no place in this format, which has finite limits only")
    rows = {connection.weight.row for connection in network.connections}
    is_sum = network.in_time and len(rows) == len(network.connections)
    check_tie_derivative(file, network, "sum" if is_sum else "mean")


def _finite_limits(connection: cn.Connection) -> tuple[float, float] | None:
    limits = connection.projection.limits
    return limits if limits and np.isfinite(limits).all() else None


def _check_delays(file: cn.formats.OutputFile, network: cn.Network, units: UnitList, inputs: int) -> None:
    """Raise an error for a delay that does not follow from the order of the nodes."""
    for (sender, receiver), connections in units.by_ends(network.connections).items():
        natural = int(sender >= inputs and sender >= receiver)
        if [connection.delay for connection in connections] != [natural]:
            delays = " and ".join(str(connection.delay) for connection in connections)
            raise cn.errors.FormatError(
                f"{file.name}: {connections[0].name} has delay {delays}, and in the order of tlearn's nodes it has delay {natural}"
            )
        if natural and connections[0].backpropagate:
            file.cannot(f"errors go back through {connections[0].name} here, and not in tlearn, where it takes the activation before")
        if not natural and not connections[0].backpropagate and units.place(connections[0].sender) >= inputs:
            file.cannot(f"errors do not go back through {connections[0].name} here, and do in tlearn")


def _rows(network: cn.Network, units: UnitList, groups: dict[int, int], inputs: int) -> Iterator[str]:
    """Yield statements; those of nodes in succession with the same senders are one."""
    incoming: dict[int, dict[str, list[int]]] = {}
    for connection in network.connections:
        how = _how(connection, groups)
        incoming.setdefault(units.place(connection.receiver) - inputs + 1, {}).setdefault(how, []).append(
            units.place(connection.sender) + 1
        )
    last: tuple[int, int, list[tuple[str, str]]] | None = None
    for node in range(1, len(units.units) - inputs + 2):
        rows = [(write_list(sorted(senders), inputs), how) for how, senders in incoming.get(node, {}).items()]
        if last and rows == last[2] and not any(how for _, how in rows):
            last = last[0], node, rows
            continue
        yield from _statements(last)
        last = node, node, rows


def _statements(last: tuple[int, int, list[tuple[str, str]]] | None) -> Iterable[str]:
    if last is None:
        return []
    nodes = f"{last[0]}" if last[0] == last[1] else f"{last[0]}-{last[1]}"
    return [f"{nodes} from {senders}{how}\n" for senders, how in last[2]]


def _how(connection: cn.Connection, groups: dict[int, int]) -> str:
    weight, limits = connection.weight, _finite_limits(connection)
    if weight.row in groups:
        return f" = group {groups[weight.row]}"
    if not weight.trainable:
        return f" = {weight.value!r} & {weight.value!r} fixed"
    return f" = {limits[0]!r} & {limits[1]!r}" if limits else ""


def _group_rows(network: cn.Network, groups: dict[int, int]) -> Iterator[str]:
    seen: set[int] = set()
    for connection in network.connections:
        weight, limits = connection.weight, _finite_limits(connection)
        if weight.row not in groups or weight.row in seen:
            continue
        seen.add(weight.row)
        if not weight.trainable:
            yield f"group {groups[weight.row]} = {weight.value!r} & {weight.value!r}\ngroup {groups[weight.row]} = fixed\n"
        elif limits:
            yield f"group {groups[weight.row]} = {limits[0]!r} & {limits[1]!r}\n"
