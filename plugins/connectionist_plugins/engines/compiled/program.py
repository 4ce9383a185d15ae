"""A network's schedule as arrays that the kernels read.

`Wiring` is what changes only when the graph does; it is kept for each schedule. `Functions` is read from the groups at each call, so
that a function, margin or target group assigned meanwhile takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from connectionist.group import Group
from connectionist.network import Network
from connectionist.schedule import Schedule, intact_units
from connectionist.state import Array
from connectionist.unit import Unit
from connectionist_plugins.engines.compiled.native import address, joint_address, parameters
from connectionist_plugins.engines.compiled.patches import Patch, Stretch, find_patches

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8]


class Wiring(NamedTuple):
    """Who sends to whom with which weight, in the order of computation.

    Attributes
    ----------
    units : int array [place]
        Row of the unit at each place of the forward order.
    bounds : int array [step + 1]
        First place of each step, and the end. A step here is a joint group, or as many units of one group as stand in successive
        rows and do not send to each other: their activations are computed in one call.
    starts : int array [place + 1]
        First incoming connection of each place, and the end.
    senders, weights : int array [connection]
        Row of the sending unit and of the weight.
    backs : uint8 array [connection]
        1 where the error derivative goes back to the sender, 2 where the sender is clamped (so that only what is shown of the
        last case needs it), 0 where it does not.
    patch_starts : int array [step + 1]
        First patch of each step, and the end; a step without patches is computed connection by connection.
    patches : int array [patch, 6]
        See `patches.Patch`.
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
    patch_starts: Whole
    patches: Whole
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


Steps = list[tuple[Unit, ...]]

_known: WeakKeyDictionary[Schedule, tuple[Wiring, list[Group]]] = WeakKeyDictionary()


def wiring_of(network: Network) -> tuple[Wiring, list[Group]]:
    """Return the wiring of a network and the group of each step, made anew when the network's schedule is."""
    schedule = network.schedule
    if schedule not in _known:
        steps = _merge([intact_units(step) for step in schedule.steps])
        _known[schedule] = _make_wiring(schedule, steps), [step[0].group for step in steps]
    return _known[schedule]


def functions_of(network: Network) -> tuple[Functions, list[Array]]:
    """Return the functions of a network's groups, and the parameter arrays, which must be kept while they are used."""
    kept: dict[tuple[int, str], Array] = {}
    wiring, groups = wiring_of(network)
    outputs = [unit.group for unit in network.schedule.outputs]
    sizes = np.diff(wiring.bounds).tolist()
    activations = [_Entry.of(group, units, kept) for group, units in zip(groups, sizes, strict=True)]
    of_group = {
        group: (address(group.error_function, "compare"), _parameters(group.error_function, kept)) for group in dict.fromkeys(outputs)
    }
    errors = [of_group[group] for group in outputs]
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
    def of(cls, group: Group, units: int, kept: dict[tuple[int, str], Array]) -> _Entry:
        function = group.activation_function
        if group.joint:
            pair = joint_address(function, "joint_activate", units), joint_address(function, "joint_slope", units)
        else:
            pair = address(function, "activate"), address(function, "slope")
        return cls(*pair, _parameters(function, kept))


def _parameters(function: object, kept: dict[tuple[int, str], Array]) -> int:
    array = kept.setdefault((id(function), "parameters"), parameters(function))
    return int(array.ctypes.data)


def _merge(steps: Steps) -> Steps:
    """Draw together the units of one group that stand in successive rows and do not send to each other."""
    merged: list[list[Unit]] = []
    for step in steps:
        if merged and not step[0].group.joint and _goes_with(merged[-1], step[0]):
            merged[-1] += step
        else:
            merged.append(list(step))
    return [tuple(step) for step in merged]


def _goes_with(units: list[Unit], unit: Unit) -> bool:
    if unit.group is not units[-1].group or unit.row != units[-1].row + 1:
        return False
    first, last = units[0].row, units[-1].row
    return not any(first <= connection.sender.row <= last for connection in unit.incoming)


def _make_wiring(schedule: Schedule, steps: Steps) -> Wiring:
    units = [unit for step in steps for unit in step]
    incoming = [connection for unit in units for connection in unit.incoming]
    starts = _bounds(len(unit.incoming) for unit in units)
    senders = _whole(connection.sender.row for connection in incoming)
    weights = _whole(connection.weight.row for connection in incoming)
    backs = np.fromiter(((_is_clamped(c.sender) + 1) * c.backpropagate for c in incoming), np.uint8, len(incoming))
    patches = _patches_by_step(steps, _stretches_by_unit(starts, senders, weights, backs))
    return Wiring(
        units=_whole(unit.row for unit in units),
        bounds=_bounds(len(step) for step in steps),
        starts=starts,
        senders=senders,
        weights=weights,
        backs=backs,
        patch_starts=_bounds(len(of_step) for of_step in patches),
        patches=np.array([patch for of_step in patches for patch in of_step], dtype=np.int64).reshape(-1, 6),
        inputs=_whole(-1 if unit.lesioned else unit.row for unit in schedule.inputs),
        outputs=_whole(unit.row for unit in schedule.outputs),
        tied=_whole(weight.row for weight in schedule.tied),
        copies=np.array(list(schedule.tied.values()), dtype=float),
    )


def _patches_by_step(steps: Steps, stretches: list[list[Stretch]]) -> list[list[Patch]]:
    first, patches = 0, []
    for step in steps:
        patches.append(find_patches(step, stretches[first : first + len(step)]))
        first += len(step)
    return patches


def _stretches_by_unit(starts: Whole, senders: Whole, weights: Whole, backs: Flags) -> list[list[Stretch]]:
    """Return the stretches of the incoming connections of the unit at each place."""
    begins = np.ones(len(senders) + 1, dtype=bool)
    begins[1:-1] = (np.diff(senders) != 1) | (np.diff(weights) != 1) | (np.diff(backs.astype(int)) != 0)
    begins[starts] = True
    firsts = np.flatnonzero(begins)
    counts, at = np.diff(firsts).tolist(), firsts[:-1]
    of_each = zip(senders[at].tolist(), counts, weights[at].tolist(), backs[at].tolist(), strict=True)
    stretches = [Stretch(*each) for each in of_each]
    bounds = np.searchsorted(firsts, starts).tolist()
    return [stretches[first:end] for first, end in pairwise(bounds)]


def _is_clamped(unit: Unit) -> bool:
    return unit.group.clamped


def _whole(values: Iterable[int]) -> Whole:
    return np.array(list(values), dtype=np.int64)


def _bounds(sizes: Iterable[int]) -> Whole:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_whole(sizes), dtype=np.int64)])
