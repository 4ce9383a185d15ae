"""A network as plain values: the one list of what a network consists of. Copies, pickles and files are made from it.

`describe` returns the values and `build_into` makes the network again, so that it computes, trains and draws the same bits. So the rows of
units and weights in the arrays of the state are kept too, since noise depends on them. What is derived is not in the description: the
graph, the schedule and unrolled copies. Neither are the inputs of the last update of the weights, which `explain` reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.model.activation_cost import ActivationCost
from connectionist.model.assembly import construction
from connectionist.model.clamping import HARD, Clamping
from connectionist.model.connection import Connection, Weight
from connectionist.model.group import Group
from connectionist.model.noise import Noise
from connectionist.model.projection import Projection
from connectionist.model.state import State, UnitState, WeightState
from connectionist.model.time.unrolling import groups_with_past, longest_delay
from connectionist.model.timing import Timing
from connectionist.model.unit_labels import make_labels
from connectionist.utils.garbage_collection import no_garbage_collection

if TYPE_CHECKING:
    from connectionist.model.assembly.wiring import Wiring
    from connectionist.model.network import Network

UNIT, WEIGHT, CONNECTION, TIMING = "unit.", "weight.", "connection.", "before_tick_1."
LESIONS = ("lesioned.units", "lesioned.connections")
TIED = "tied.connections"
ENDS = ("sender", "receiver", "weight")
TIMES = ("initial", "dt", "initial_net_input")
STEP = "step_forward.end_state"
CLAMPING = "clamping"  # kind and strength; left out for hard clamps
COST = "cost"  # kind, strength and peak; left out without one
INPUT, OUTPUT = "input", "output"  # input and output function of a group; left out if it has none
PLACE = ("position", "columns")  # of a group in drawings; left out if it has none
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class NetworkDescription:
    """What a network consists of.

    Attributes
    ----------
    values : dict
        Values that JSON has: names, roles, parameters. "activation", "error" and "output" of a group are positions in `functions`.
    arrays : dict of str to array
        ``unit.QUANTITY`` and ``before_tick_1.QUANTITY`` [row of a unit], ``weight.QUANTITY`` [row of a weight], ``connection.sender``,
        ``connection.receiver`` (indices in their groups) and ``connection.weight`` (a row) [connection], projection by projection;
        ``tied.connections`` (numbers, one tied weight after the other), ``lesioned.units`` (rows), ``lesioned.connections`` (numbers);
        and ``step_forward.end_state`` [unit, (activation, net input)], the state from which `Network.step_forward` goes on.
    functions : list of ActivationFunction, JointActivationFunction or ErrorFunction
        The objects themselves.
    """

    values: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]
    functions: list[Any]


def array_kinds() -> dict[str, str]:
    """Return the names of the arrays of a description, with the letters of their types in files."""
    numbers = [*(UNIT + each for each in UnitState.quantities), *(WEIGHT + each for each in WeightState.quantities)]
    counted = dict.fromkeys([*(CONNECTION + each for each in ENDS), *LESIONS, TIED], "iu")
    return dict.fromkeys([*numbers, *(TIMING + each for each in TIMES), STEP], "f") | counted


def describe(network: Network) -> NetworkDescription:
    """Return the description of a network that is not an unrolled one. The arrays are copies."""
    functions: list[Any] = []
    wiring, state = network._wiring, network.state
    values = {
        "name": network.name,
        "seed": network.seed,
        "noisy_passes": network._noisy_passes,
        "drawn_seed": None if network._drawn_seed is None else int(network._drawn_seed),
        "tie_derivative": network.tie_derivative,
        "ticks_back": None if network.ticks_back is None else int(network.ticks_back),
        "error_weight": float(state.error_weight),
        "is_perturbed": state.is_perturbed,
        "groups": [_describe_group(group, functions) for group in wiring.own_groups],
        "projections": [_describe_projection(projection) for projection in wiring.projections],
    }
    arrays = _state_arrays(UNIT, state) | _state_arrays(WEIGHT, wiring.weight_state) | _timing_arrays(wiring)
    arrays |= _connection_arrays(wiring) | describe_lesions(wiring)
    tied = [connection for sharing in wiring.sharing.values() for connection in sharing]
    arrays[TIED] = np.array(_numbers_of(wiring, tied), np.int32)
    return NetworkDescription(values, arrays | {STEP: np.reshape(network._copies.end_state or [], (-1, 2)).astype(float)}, functions)


def build_into(network: Network, description: NetworkDescription) -> None:
    """Add what was described to an empty network.

    Raises
    ------
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError
        If the description has another form than that of `describe`, as in a damaged file. The errors of the package are among them.
    MemoryLimitError
        If the network would not fit in memory.
    """
    values, arrays, wiring = description.values, description.arrays, network._wiring
    _check(isinstance(values["name"], str), "the name of the network must be text")
    for name in array_kinds():
        _check(arrays[name].ndim == (2 if name == STEP else 1), f"{name} is an array of shape {arrays[name].shape}")
    for group in values["groups"]:
        _build_group(wiring, group, description)
    _grow(wiring.state, len(arrays[UNIT + "activation"]))
    _grow(wiring.weight_state, len(arrays[WEIGHT + "value"]))
    _build_projections(wiring, values["projections"], arrays)
    _build_sharing(wiring, arrays)
    lesion_as_described(wiring, arrays)
    _check(bool(np.isfinite(arrays[WEIGHT + "value"]).all()), "a weight must be finite")
    _fill_state(WEIGHT, wiring.weight_state, arrays)
    fill_units(network, values, arrays)
    for name in ("name", "seed", "tie_derivative", "ticks_back"):
        setattr(network, name, values[name])
    network._noisy_passes = _whole(values["noisy_passes"], "noisy_passes")
    network._drawn_seed = None if values["drawn_seed"] is None else _whole(values["drawn_seed"], "drawn_seed")
    if len(end_state := arrays[STEP]):
        count = max(1, longest_delay(network)) * sum(map(len, groups_with_past(network)))
        _check(end_state.shape == (count, 2), f"the state of step_forward must have {count} units")
        network._copies.end_state = [(activation, net_input) for activation, net_input in end_state.tolist()]


def describe_unrolled(network: Network) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return what an unrolled network has beside its original: the number of ticks, settings, lesions and the state of its units.

    Raises
    ------
    WiringError
        If the original has been rewired since.
    """
    assert network.schedule is not None  # raises the error
    first = min((group.tick for group in network.groups if group.tick is not None), default=1)
    values = {"ticks": network.ticks, "ticks_before": max(1, 1 - first), "name": network.name}
    settings = {name: getattr(network, name) for name in ("seed", "tie_derivative", "ticks_back")}
    units, arrays = describe_units(network)
    return values | settings | units | {"noisy_passes": network._noisy_passes}, arrays | describe_lesions(network._wiring)


def fill_unrolled(network: Network, values: Mapping[str, Any], arrays: Arrays) -> None:
    """Give a network that was unrolled just now what `describe_unrolled` described, except the ticks."""
    network._wiring.lesions.restore(network._wiring.graph, [])  # those of the original
    lesion_as_described(network._wiring, arrays)
    for name in ("name", "seed", "tie_derivative", "ticks_back"):
        setattr(network, name, values[name])
    network._noisy_passes = _whole(values["noisy_passes"], "noisy_passes")
    fill_units(network, values, arrays)


def describe_lesions(wiring: Wiring) -> dict[str, npt.NDArray[Any]]:
    """Return the rows of the lesioned units and the numbers of the lesioned connections, in the order in which they were lesioned."""
    found = [unit.row for unit in wiring.lesions.units], _numbers_of(wiring, wiring.lesions.connections)
    return {name: np.array(each, np.int32) for name, each in zip(LESIONS, found, strict=True)}


def lesion_as_described(wiring: Wiring, arrays: Arrays) -> None:
    """Lesion what `describe_lesions` found. Connections come first, since those of a lesioned unit cannot be lesioned."""
    rows, numbers = (arrays[name].tolist() for name in LESIONS)
    units = {unit.row: unit for unit in wiring.units} if rows else {}
    for parts in (_connections_at(wiring, numbers), [units[row] for row in rows]):
        if parts:
            wiring.lesions.lesion(wiring.graph, parts)
    wiring.lesions_changed()


def describe_units(network: Network) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return the values and arrays that `fill_units` reads."""
    state = network.state
    return {"error_weight": float(state.error_weight), "is_perturbed": state.is_perturbed}, _state_arrays(UNIT, state)


def fill_units(network: Network, values: Mapping[str, Any], arrays: Arrays) -> None:
    """Set the state of the units to that which was described."""
    _fill_state(UNIT, network.state, arrays)
    _check(isinstance(values["is_perturbed"], bool), "is_perturbed must be true or false")
    network.state.error_weight, network.state.is_perturbed = float(values["error_weight"]), values["is_perturbed"]


def _describe_group(group: Group, functions: list[Any]) -> dict[str, Any]:
    return {
        "name": group.name,
        "role": group.role,
        "units": len(group) if group.labels == tuple(map(str, range(len(group)))) else list(group.labels),
        "row": group.rows.start,
        "activation": _number_of(group.activation_function, functions),
        "error": _number_of(group.error_function, functions),
        "margin": group.margin,
        "integrates": group.integrates,
        "net_input_noise": _describe_noise(group.net_input_noise),
        "activation_noise": _describe_noise(group.activation_noise),
        **({} if group.clamping == HARD else {CLAMPING: [group.clamping.kind, group.clamping.strength]}),
        **({} if group.cost is None else {COST: [group.cost.kind, group.cost.strength, group.cost.peak]}),
        **({} if group.input_function is None else {INPUT: _number_of(group.input_function, functions)}),
        **({} if group.output_function is None else {OUTPUT: _number_of(group.output_function, functions)}),
        **{name: value for name in PLACE if (value := getattr(group, name)) is not None},
    }


def _build_group(wiring: Wiring, given: Mapping[str, Any], description: NetworkDescription) -> None:
    name, role, count, row = given["name"], given["role"], given["units"], _whole(given["row"], "row")
    functions = (given["activation"], given["error"], given.get(INPUT), given.get(OUTPUT))
    activation, error, combine, output = (None if each is None else description.functions[each] for each in functions)
    size = count if isinstance(count, int) else len(count)
    last = len(description.arrays[UNIT + "activation"])
    _check(
        wiring.state.size <= row <= last - size, f"group {name!r}: its row must be from {wiring.state.size} to {last - size} (got {row})"
    )
    construction.check_group(wiring, name, role, activation, error, given["margin"], None, given["integrates"], output)
    with construction.allocating_group(name, count, biased=False):
        labels = make_labels(name, count)
        wiring.state.grow(row - wiring.state.size)
        initial, dt, net_input = (description.arrays[TIMING + each][row : row + len(labels)] for each in TIMES)
        timing = Timing.of(name, len(labels), initial, given["integrates"], dt, net_input)
        group = construction.make_group(wiring, name, labels, role, activation, error, given["margin"], timing, combine, output)
    for noise in ("net_input_noise", "activation_noise"):
        setattr(group, noise, _build_noise(given[noise]))
    group.clamping = Clamping(*given.get(CLAMPING, ()))
    group.cost = ActivationCost(*given[COST]) if COST in given else None
    for name in PLACE:
        setattr(group, name, given.get(name))
    wiring.add_group(group)


def _describe_projection(projection: Projection) -> dict[str, Any]:
    return {
        "sender": projection.sender.name,
        "receiver": projection.receiver.name,
        "connections": len(projection),
        "delay": projection.delay,
        "backpropagate": all(connection.backpropagate for connection in projection),
        "rate": None if projection.rate is None else float(projection.rate),
        "limits": None if projection.limits is None else [each if math.isfinite(each) else None for each in projection.limits],
        "weight_noise": _describe_noise(projection.weight_noise),
    }


def _build_projections(wiring: Wiring, described: list[Mapping[str, Any]], arrays: Arrays) -> None:
    state = wiring.weight_state
    rows, senders, receivers = (arrays[CONNECTION + each] for each in ("weight", "sender", "receiver"))
    total = sum(_whole(each["connections"], "connections") for each in described)
    _check(all(each.shape == (total,) for each in (rows, senders, receivers)), f"there must be {total} connections")
    _check(not total or (rows.min() >= 0 and rows.max() < state.size), "the row of a weight is wrong")
    is_shared, weights, first = (np.bincount(rows, minlength=1) > 1).tolist(), dict[int, Weight](), 0
    for each in described:
        part = slice(first, first := first + each["connections"])
        used = [weights.setdefault(row, Weight(state, row)) if is_shared[row] else Weight(state, row) for row in rows[part].tolist()]
        _build_projection(wiring, each, senders[part], receivers[part], used)


def _build_sharing(wiring: Wiring, arrays: Arrays) -> None:
    """Note the connections of each tied weight, in the order in which they were tied."""
    rows, tied = arrays[CONNECTION + "weight"], arrays[TIED].tolist()
    shared = np.flatnonzero(np.bincount(rows)[rows] > 1) if len(rows) else rows
    _check(len(set(tied)) == len(tied) and set(shared.tolist()) <= set(tied), "the tied connections are not those that share a weight")
    for connection in _connections_at(wiring, tied):
        wiring.sharing.setdefault(connection.weight, []).append(connection)


def _build_projection(
    wiring: Wiring, given: Mapping[str, Any], senders: npt.NDArray[Any], receivers: npt.NDArray[Any], weights: list[Weight]
) -> None:
    ends = construction.find_ends(wiring, given["sender"], given["receiver"])
    construction.check_delay(ends, given["delay"])
    projection = Projection(*ends, given["delay"], given["rate"])
    limits = given["limits"]
    if isinstance(limits, list) and None in limits:  # infinite
        limits = [infinity if each is None else each for each, infinity in zip(limits, (-math.inf, math.inf), strict=False)]
    projection.limits, projection.weight_noise = limits, _build_noise(given["weight_noise"])
    places = receivers.astype(np.int64) * len(projection.sender) + senders
    is_ordered = not len(places) or (senders.min() >= 0 and senders.max() < len(projection.sender) and (np.diff(places) > 0).all())
    _check(bool(is_ordered) and not (len(places) and places[0] < 0), f"{projection.name}: the connections are not in order")
    _check(isinstance(given["backpropagate"], bool), f"{projection.name}: backpropagate must be true or false")
    with construction.allocating_connections(projection, len(weights)), no_garbage_collection():
        construction.fill(projection, zip(receivers.tolist(), senders.tolist(), strict=True), weights, given["backpropagate"])
        wiring.add_projection(projection)


def _numbers_of(wiring: Wiring, connections: Sequence[Connection]) -> list[int]:
    """Return the numbers of connections among all, lesioned ones included."""
    numbers = {connection: number for number, connection in enumerate(wiring.every_connection())} if connections else {}
    return [numbers[connection] for connection in connections]


def _connections_at(wiring: Wiring, numbers: list[int]) -> list[Connection]:
    """Return the connections with these numbers among all."""
    connections = list(wiring.every_connection()) if numbers else []
    _check(not numbers or min(numbers) >= 0, "the number of a connection must be at least 0")
    return [connections[number] for number in numbers]


def _connection_arrays(wiring: Wiring) -> dict[str, npt.NDArray[Any]]:
    rows: dict[str, Callable[[Connection], int]] = {
        "sender": lambda connection: connection.sender.index,
        "receiver": lambda connection: connection.receiver.index,
        "weight": lambda connection: connection.weight.row,
    }
    count = sum(map(len, wiring.projections))
    return {CONNECTION + name: np.fromiter(map(row, wiring.every_connection()), np.int32, count) for name, row in rows.items()}


def _timing_arrays(wiring: Wiring) -> dict[str, npt.NDArray[Any]]:
    arrays = {name: np.full(wiring.state.size, 1.0 if name == "dt" else 0.0) for name in TIMES}
    for name, array in arrays.items():
        for group in wiring.own_groups:
            array[group.rows] = getattr(group.timing, name)
    return {TIMING + name: array for name, array in arrays.items()}


def _state_arrays(prefix: str, state: State) -> dict[str, npt.NDArray[Any]]:
    return {prefix + quantity: state.array(quantity).copy() for quantity in state.quantities}


def _fill_state(prefix: str, state: State, arrays: Arrays) -> None:
    for quantity in state.quantities:
        given = arrays[prefix + quantity]
        _check(given.shape == (state.size,), f"{prefix}{quantity} must have {state.size} numbers (got an array of shape {given.shape})")
        state.array(quantity)[:] = given


def _grow(state: State, size: int) -> None:
    _check(size >= state.size, f"there are {size} rows for {state.size} units or weights")
    state.grow(size - state.size)


def _number_of(function: Any, functions: list[Any]) -> int | None:
    """Return the position of a function in the list, to which it is added; None for no function."""
    if function is None:
        return None
    functions.append(function)
    return len(functions) - 1


def _describe_noise(noise: Noise | None) -> dict[str, Any] | None:
    if noise is None:
        return None
    scales = {name: getattr(noise, name) for name in ("sd", "half_range")}
    return {name: None if scale is None else float(scale) for name, scale in scales.items()} | {"during": noise.during}


def _build_noise(given: Mapping[str, Any] | None) -> Noise | None:
    return None if given is None else Noise(given["sd"], given["half_range"], given["during"])


def _whole(value: Any, what: str) -> int:
    _check(type(value) is int and value >= 0, f"{what} must be a whole number of at least 0 (got {value!r})")
    return int(value)


def _check(is_right: bool, text: str) -> None:
    if not is_right:
        raise ValueError(text)
