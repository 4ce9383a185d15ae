"""The update function of SNNS that has the delays of a network."""

from __future__ import annotations

from dataclasses import dataclass, field

import connectionist as cn
from connectionist.formats import BIAS, UnitList


@dataclass
class Order:
    """An update function, and what it needs: special units, and the activations with which units begin."""

    function: str
    special: set[cn.Unit] = field(default_factory=set)
    initial: dict[cn.Unit, float] = field(default_factory=dict)


def find_order(file: cn.formats.OutputFile, network: cn.Network, units: UnitList) -> Order:
    """Return the update function for a network.

    Raises
    ------
    FormatError
        If none has these delays.
    """
    copies = _copies(network)
    delays: dict[cn.Connection, int] = {}
    for each in network.connections:
        if units.place(each.sender) != BIAS:
            delays[each] = each.delay - (each.receiver.group in copies) + (each.sender.group in copies)
    initial = {unit: float(unit.group.initial[unit.index]) for unit in units.units}
    for group in copies:
        for unit in group:  # SNNS computes a context at the end of a step, not at the beginning of the next one
            initial[unit] = sum(each.weight.value * float(each.sender.group.initial[each.sender.index]) for each in unit.incoming)
    special = {each.sender for each, delay in delays.items() if delay}
    inputs = {unit for unit in units.units if unit.group.role == "input"}
    if not special:
        return Order("Topological_Order", initial=initial)
    if all(delay == (each.sender not in inputs) for each, delay in delays.items()):
        _check_backpropagation(file, delays, goes_back=True)
        return Order("BPTT_Order", initial=initial)
    if all(delay == (each.sender in special) for each, delay in delays.items()) and all(unit.group.role == "hidden" for unit in special):
        _check_context(file, delays, special, copies)
        return Order("JE_Order", special, initial)
    places = {each: (units.place(each.sender), units.place(each.receiver)) for each in delays}
    if all(delay == (each.sender not in inputs and places[each][0] >= places[each][1]) for each, delay in delays.items()):
        _check_backpropagation(file, delays, goes_back=False)
        return Order("Serial_Order", initial=initial)
    raise cn.errors.FormatError(f"{file.name}: no update function of SNNS has the delays of {network.name}")


def _copies(network: cn.Network) -> set[cn.Group]:
    """Return the groups that copy activations of the tick before, as `connectionist.add_context` makes them."""
    return {
        group
        for group in network.groups
        if group.role == "hidden"
        and group.activation_function.name == "linear"
        and all(unit.incoming and all(each.delay == 1 for each in unit.incoming) for unit in group)
        and all(each.delay == (each.receiver.group is group) for unit in group for each in unit.outgoing)
    }


def _check_backpropagation(file: cn.formats.OutputFile, delays: dict[cn.Connection, int], *, goes_back: bool) -> None:
    """Name a connection with a delay through which errors go back here and not in SNNS, or the other way round."""
    for each, delay in delays.items():
        if delay and each.backpropagate != goes_back:
            file.cannot(
                f"errors do not go back through {each.name} here, and do in SNNS"
                if goes_back
                else f"errors go back through {each.name} here, and not in SNNS"
            )


def _check_context(file: cn.formats.OutputFile, delays: dict[cn.Connection, int], special: set[cn.Unit], copies: set[cn.Group]) -> None:
    """Name what training would do otherwise in SNNS."""
    for each in delays:
        if each.receiver in special and each.weight.trainable:
            file.cannot(f"{each.name} is trained here, and weights to context units are fixed in SNNS")
        is_cut = each.receiver.group in copies or (each.sender in special and each.sender.group not in copies)
        if is_cut and each.backpropagate:
            file.cannot(f"errors go back through {each.name} here, and not in SNNS")
