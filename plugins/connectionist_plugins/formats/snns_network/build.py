"""A network made from the units and links of a file."""

from __future__ import annotations

from collections import Counter

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, Links, Numbers, TableUnit, depths, make_network
from connectionist_plugins.formats.snns_network.functions import (
    ACTIVATIONS,
    OUTPUTS,
    PARTIALLY_RECURRENT,
    SERIAL,
    SYNCHRONOUS,
    TOPOLOGICAL,
)
from connectionist_plugins.formats.snns_network.parse import SnnsFile, SnnsUnit

ROLES = {"i": "input", "h": "hidden", "o": "output", "d": "output", "n": "hidden"}


def build(file: cn.formats.InputFile, parsed: SnnsFile) -> cn.Network:
    """Return the network of a file."""
    units = parsed.units
    for unit in units:
        _check_unit(file, parsed, unit)
    links = _links(file, parsed)
    is_special = np.array([unit.kind.startswith("s") for unit in units])
    delay = _delays(file, parsed, links, is_special)
    now = delay == 0
    depth = depths(len(units), links[0][now], links[1][now])
    if depth is None:
        line = parsed.units[0].line
        raise file.error(message=f"the links have a loop, in which the update function {parsed.update_function!r} has no order", line=line)
    labels = _labels(units)
    sends_late = np.isin(np.arange(len(units)), links[0][~now])
    table = [_table_unit(unit, labels[k], int(depth[k]), sends_late=bool(sends_late[k])) for k, unit in enumerate(units)]
    order = _order(table)
    place = np.argsort(order)
    bias = [k for k, unit in enumerate(units) if table[k].role != "input" and _adds_bias(unit)]
    receivers = np.concatenate([links[1], np.array(bias, dtype=np.intp)])
    everything = Links(
        np.concatenate([place[links[0]], np.full(len(bias), BIAS, dtype=np.intp)]),
        place[receivers],
        np.concatenate([links[2], [units[k].bias for k in bias]]),
        delay=np.concatenate([delay, np.zeros(len(bias), dtype=np.intp)]),
        trainable=~is_special[receivers],
        backpropagate=np.concatenate([now | (parsed.update_function in SYNCHRONOUS), np.ones(len(bias), dtype=bool)]),
    )
    return make_network(file, parsed.name, [table[k] for k in order], everything, "mean" if now.all() else "sum")


def _order(table: list[TableUnit]) -> list[int]:
    """Return the order in which units of one group follow one another. Output units keep their order, which is that of the targets."""
    first: dict[object, int] = {}
    ranks = []
    for k, unit in enumerate(table):
        key = (unit.role, unit.activation, unit.kind) if unit.role != "output" else k
        ranks.append(first.setdefault(key, k))
    return sorted(range(len(table)), key=lambda k: (ranks[k], k))


def _check_unit(file: cn.formats.InputFile, parsed: SnnsFile, unit: SnnsUnit) -> None:
    kind = unit.kind.removeprefix("s")
    if kind not in ("", *ROLES) or not unit.kind:
        raise file.error(repr(unit.kind), "a kind of unit: i, h, o, d or n, with s before it for a special unit,", line=unit.line)
    if kind == "d":
        file.cannot(f"unit {unit.number} is input and output at once (dual); it is read as an output unit", unit.line)
    for site in unit.sites:
        function, line = parsed.site_functions.get(site, ("", unit.line))
        if function != "Site_WeightedSum":
            file.cannot(f"site {site!r} of unit {unit.number} has the function {function!r}; its links are read as those of the unit", line)
    if kind != "i" and unit.activation_function not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        text = f"unit {unit.number} has the activation function {unit.activation_function!r}, which has no counterpart (only {known} have)"
        file.cannot(f"{text}; it is read as logistic", unit.line)
    activation = _activation(unit)[0] if kind != "i" else ""  # inputs may have any value
    if unit.output_function not in OUTPUTS or (OUTPUTS[unit.output_function] and activation not in OUTPUTS[unit.output_function]):
        file.cannot(f"unit {unit.number} has the output function {unit.output_function!r}; it is read without", unit.line)


def _activation(unit: SnnsUnit) -> tuple[str, bool]:
    return ACTIVATIONS.get(unit.activation_function, ("logistic", True))


def _adds_bias(unit: SnnsUnit) -> bool:
    return _activation(unit)[1]


def _links(file: cn.formats.InputFile, parsed: SnnsFile) -> tuple[Numbers, Numbers, cn.Array]:
    """Return senders, receivers and weights; links that cannot be are left out."""
    kept = []
    seen: set[tuple[int, int]] = set()
    for sender, receiver, weight, line in parsed.links:
        if (sender, receiver) in seen:
            file.cannot(f"a second link from unit {sender + 1} to unit {receiver + 1}; the first one is read", line)
        elif parsed.units[receiver].kind in ("i", "si"):
            file.cannot(f"a link to input unit {receiver + 1}, which is always clamped here", line)
        else:
            kept.append((sender, receiver, weight))
            seen.add((sender, receiver))
    ends = np.array([link[:2] for link in kept], dtype=np.intp).reshape(-1, 2)
    return ends[:, 0], ends[:, 1], np.array([link[2] for link in kept], dtype=float)


def _delays(file: cn.formats.InputFile, parsed: SnnsFile, links: tuple[Numbers, Numbers, cn.Array], is_special: cn.Array) -> Numbers:
    """Return the delay of each link, as the update function of the file has it."""
    sender, receiver, _ = links
    order = parsed.update_function
    if order in PARTIALLY_RECURRENT:
        return is_special[sender].astype(np.intp)
    is_input = np.array([unit.kind in ("i", "si") for unit in parsed.units])
    if order in SYNCHRONOUS:
        return np.where(is_input[sender], 0, 1)
    late_in_series = np.where(is_input[sender], 0, (sender >= receiver).astype(np.intp))
    if order in SERIAL:
        return late_in_series
    if order not in TOPOLOGICAL:
        file.cannot(
            f"the update function {order!r} has no counterpart; units are updated in topological order",
            parsed.update_line or parsed.units[0].line,
        )
    if depths(len(parsed.units), sender, receiver) is None:
        file.cannot(
            f"the links have a loop, which the update function {order!r} does not allow; units are updated in the order of their numbers",
            parsed.update_line or parsed.units[0].line,
        )
        return late_in_series
    return np.zeros(len(sender), dtype=np.intp)


def _labels(units: list[SnnsUnit]) -> list[str]:
    """Return the names of the units; their numbers where names are missing or the same; all numbers if that is not unique."""
    counts = Counter(unit.name for unit in units)
    labels = [unit.name if unit.name and counts[unit.name] == 1 else str(unit.number) for unit in units]
    return labels if len(set(labels)) == len(labels) else [str(unit.number) for unit in units]


def _table_unit(unit: SnnsUnit, label: str, depth: int, *, sends_late: bool) -> TableUnit:
    special = unit.kind.startswith("s")
    role = ROLES.get(unit.kind.removeprefix("s"), "hidden")
    initial = unit.activation if sends_late else 0.0
    if role == "input":
        return TableUnit(label, role, initial=initial)
    kind = (special, _adds_bias(unit), depth if role == "hidden" else None)
    name = "context" if special and role == "hidden" else ""
    return TableUnit(label, role, _activation(unit)[0], kind, name, initial)
