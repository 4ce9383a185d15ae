"""A network's schedule as arrays that the kernels read.

`Wiring` is what changes only when the graph does; it is kept for each schedule. `Functions` is read from the groups at each call, so
that a function, margin or target group assigned meanwhile takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from connectionist.group import Group
from connectionist.network import Network
from connectionist.schedule import CLAMPED, Schedule, intact_units
from connectionist.state import Array
from connectionist.unit import Unit
from connectionist_plugins.engines.compiled.native import address, parameters

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8]


class Wiring(NamedTuple):
    """Who sends to whom with which weight, in the order of computation.

    Attributes
    ----------
    units : int array [place]
        Row of the unit at each place of the forward order.
    bounds : int array [step + 1]
        First place of each step, and the end.
    starts : int array [place + 1]
        First incoming connection of each place, and the end.
    senders, weights : int array [connection]
        Row of the sending unit and of the weight.
    backs : uint8 array [connection]
        1 where the error derivative goes back to the sender, 2 where the sender is clamped (so that only what is shown of the
        last case needs it), 0 where it does not.
    inputs, outputs : int array
        Rows of the input units (-1 where lesioned) and of the output units.
    tied : int array
        Rows of tied weights.
    copies : float array
        How many connections carry each of these.
    """

    units: Whole
    bounds: Whole
    starts: Whole
    senders: Whole
    weights: Whole
    backs: Flags
    inputs: Whole
    outputs: Whole
    tied: Whole
    copies: Array


class Functions(NamedTuple):
    """Addresses of the compiled functions, with those of their parameters.

    Attributes
    ----------
    activate, slope, activation_parameters : int array [step]
    joint : uint8 array [step]
        Whether the step's units are activated together.
    compare, error_parameters : int array [output unit]
    margin : float array [output unit]
    """

    activate: Whole
    slope: Whole
    activation_parameters: Whole
    joint: Flags
    compare: Whole
    error_parameters: Whole
    margin: Array


_wirings: WeakKeyDictionary[Schedule, Wiring] = WeakKeyDictionary()


def wiring_of(network: Network) -> Wiring:
    """Return the wiring of a network, made anew when its schedule is."""
    schedule = network.schedule
    if schedule not in _wirings:
        _wirings[schedule] = _make_wiring(schedule)
    return _wirings[schedule]


def functions_of(network: Network) -> tuple[Functions, list[Array]]:
    """Return the functions of a network's groups, and the parameter arrays, which must be kept while they are used."""
    kept: dict[tuple[int, str], Array] = {}
    groups = [_group_of(step) for step in network.schedule.steps]
    outputs = [unit.group for unit in network.schedule.outputs]
    activations = [_Entry.of(group.activation_function, group.joint, kept) for group in groups]
    errors = [(address(group.error_function, "compare"), _parameters(group.error_function, kept)) for group in outputs]
    functions = Functions(
        activate=_whole(entry.activate for entry in activations),
        slope=_whole(entry.slope for entry in activations),
        activation_parameters=_whole(entry.parameters for entry in activations),
        joint=np.array([group.joint for group in groups], dtype=np.uint8),
        compare=_whole(compare for compare, _ in errors),
        error_parameters=_whole(given for _, given in errors),
        margin=np.array([group.margin for group in outputs], dtype=float),
    )
    return functions, list(kept.values())


class _Entry(NamedTuple):
    activate: int
    slope: int
    parameters: int

    @classmethod
    def of(cls, function: object, joint: bool, kept: dict[tuple[int, str], Array]) -> _Entry:
        prefix = "joint_" if joint else ""
        return cls(address(function, f"{prefix}activate"), address(function, f"{prefix}slope"), _parameters(function, kept))


def _parameters(function: object, kept: dict[tuple[int, str], Array]) -> int:
    array = kept.setdefault((id(function), "parameters"), parameters(function))
    return int(array.ctypes.data)


def _make_wiring(schedule: Schedule) -> Wiring:
    steps = [intact_units(step) for step in schedule.steps]
    units = [unit for step in steps for unit in step]
    incoming = [connection for unit in units for connection in unit.incoming]
    return Wiring(
        units=_whole(unit.row for unit in units),
        bounds=_bounds(len(step) for step in steps),
        starts=_bounds(len(unit.incoming) for unit in units),
        senders=_whole(connection.sender.row for connection in incoming),
        weights=_whole(connection.weight.row for connection in incoming),
        backs=np.fromiter(((_is_clamped(c.sender) + 1) * c.backpropagate for c in incoming), np.uint8, len(incoming)),
        inputs=_whole(-1 if unit.lesioned else unit.row for unit in schedule.inputs),
        outputs=_whole(unit.row for unit in schedule.outputs),
        tied=_whole(weight.row for weight in schedule.tied),
        copies=np.array(list(schedule.tied.values()), dtype=float),
    )


def _is_clamped(unit: Unit) -> bool:
    return unit.group.role in CLAMPED


def _group_of(step: Unit | Group) -> Group:
    return step if isinstance(step, Group) else step.group


def _whole(values: Iterable[int]) -> Whole:
    return np.array(list(values), dtype=np.int64)


def _bounds(sizes: Iterable[int]) -> Whole:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_whole(sizes), dtype=np.int64)])
