"""A network as arrays for the kernel that settles it, and the arrays that the kernel works on, which are kept between calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.model.time.unrolling import longest_delay
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.trajectory import LANES, SettlingState, SettlingWiring
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_zeros
from connectionist_plugins.engines.compiled.layout.functions import KnownFormulas
from connectionist_plugins.engines.compiled.layout.program import merged_steps

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.state import UnitState
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

MOST_ZEROS = 4  # numbers of a matrix per connection
OUTPUT_ROWS = 8  # after those before tick 1


@dataclass
class KnownWiring(KnownFormulas):
    """The wiring of the last settling, which depends on the functions of the groups and their timing.

    Attributes
    ----------
    wiring : SettlingWiring
        As kernels take it.
    initial, initial_net_inputs : float array [unit]
        State before tick 1.
    outputs : float array [column]
        Outputs before tick 1.
    """

    wiring: SettlingWiring
    initial: Array
    initial_net_inputs: Array
    outputs: Array


class TrajectoryMemory:
    """The arrays that the kernel works on.

    Parameters
    ----------
    layout : TrajectoryLayout

    Attributes
    ----------
    state : SettlingState
        Without orders.
    packed : SettlingState
        The same as kernels take it.
    has_clamps : bool
        Whether the last case had clamps.
    weights : bytes
        All weights of the network in the last call.
    constant_values : float array [connection]
        Weights of the connections from clamped units.
    """

    def __init__(self, layout: TrajectoryLayout) -> None:
        units, connections = len(layout.rows), len(layout.senders)
        width = -(-max(1, units) // LANES) * LANES
        self.state = SettlingState(
            values=np.zeros(connections),
            outgoing_values=np.zeros(len(layout.outgoing_rows)),
            matrix=aligned_zeros((units if len(layout.places) else 0, width), "float64"),
            constants=aligned_zeros(units, "float64"),
            sums=aligned_zeros(width, "float64"),
            external=np.zeros(units),
            clamps=np.full(units, np.nan),
            shares=np.zeros(units),
            outputs=np.zeros((layout.history + OUTPUT_ROWS, len(layout.all_rows))),
            net_inputs=np.zeros(units),
            before=np.zeros(units),
            orders=np.zeros((0, 0), np.int64),
            deviates=np.zeros((0, 0)),
            scratch=aligned_zeros((3, width), "float64"),
            marks=np.zeros(units, np.int64),
            progress=np.zeros(3, np.int64),
            has_raised=np.zeros(1, np.int64),
        )
        self.packed = packed(self.state, "float64")
        self.has_clamps = False
        self.weights = b""
        self.constant_values = np.zeros(0)

    def set_weights(self, layout: TrajectoryLayout, weights: Array) -> None:
        """Set the weights of all connections, if they have changed."""
        now = weights.tobytes()
        if now != self.weights:
            self.weights, self.constant_values = now, weights[layout.constant_rows]
            self.state.values[:] = weights[layout.weight_rows]
            self.state.outgoing_values[:] = weights[layout.outgoing_rows]
            if len(layout.places):
                self.state.matrix.ravel()[layout.places] = self.state.outgoing_values


@dataclass(frozen=True, eq=False)
class TrajectoryLayout:
    """What follows from the wiring of a network. Arrays that are not described are those of `SettlingWiring`.

    Attributes
    ----------
    groups : list of Group
        Group of each step.
    sizes : list of int
        Units of each step: units of one group that do not send to each other within a tick.
    history : int
        The longest delay, at least 1.
    weight_rows, outgoing_rows : int array [connection]
        Rows of the weights of the incoming and of the outgoing connections.
    rows : int array [unit]
        Rows of the computed units.
    constant_senders, constant_receivers, constant_rows : int array [connection]
        The connections from clamped units: position in the clamped units, position of the receiver, and row of the weight.
    places : int array [connection]
        Positions of the outgoing connections in `SettlingState.matrix`; empty if they are sparse.
    all_rows : int array [column]
        Rows of the computed and the clamped units.
    clamped_rows : int array [clamped unit]
    input_rows, lesioned_rows, always_on_rows : int array
        Rows of the input units, of the lesioned ones among them, and of the units that are always 1.
    is_lesioned : bool array [column]
    columns_of : dict of Group to int array
    known : dict of bool to KnownWiring
        By whether units are computed together.
    memories : list of TrajectoryMemory
        The arrays of the last call. A call takes them out, so that no other one uses them.
    """

    groups: list[Group]
    sizes: list[int]
    history: int
    connection_starts: Any
    senders: Any
    delays: Any
    weight_rows: Any
    rows: Any
    constant_senders: Any
    constant_receivers: Any
    constant_rows: Any
    outgoing_starts: Any
    outgoing_receivers: Any
    outgoing_rows: Any
    places: Any
    all_rows: Any
    clamped_rows: Any
    input_rows: Any
    lesioned_rows: Any
    always_on_rows: Any
    is_lesioned: Any
    columns_of: dict[Group, Any]
    known: dict[bool, KnownWiring] = field(default_factory=dict)
    memories: list[TrajectoryMemory] = field(default_factory=list)

    def clamp(self, state: UnitState, inputs: Array) -> None:
        """Set the input units to one number each, and the units that are always on to 1, as `passes.clamp` does without noise."""
        activations = state.array("activation")
        activations[self.always_on_rows] = 1.0
        activations[self.input_rows] = inputs
        if len(self.lesioned_rows):
            activations[self.lesioned_rows] = 0.0


def layout_of(network: Network) -> TrajectoryLayout:
    """Return the layout of a network, which is kept with its schedule."""
    known: dict[object, TrajectoryLayout] = network.schedule.derived
    if TrajectoryLayout not in known:
        known[TrajectoryLayout] = _make_layout(network)
    return known[TrajectoryLayout]


def _make_layout(network: Network) -> TrajectoryLayout:
    schedule = network.schedule
    units = schedule.units
    computed = set(units)
    clamped = [unit for group in (network["bias"], *network.groups) for unit in group if unit not in computed]
    column = {unit: number for number, unit in enumerate([*units, *clamped])}
    incoming = [connection for unit in units for connection in unit.incoming]
    senders, receivers = integers(column[c.sender] for c in incoming), integers(column[c.receiver] for c in incoming)
    delays = integers(connection.delay for connection in incoming)
    weight_rows, from_clamped = integers(connection.weight.row for connection in incoming), senders >= len(units)
    between = np.flatnonzero(~from_clamped)
    outgoing = between[np.argsort(senders[between], kind="stable")]
    has_delay_1 = bool((delays[between] == 1).all() and (delays[from_clamped] == 0).all())
    steps = merged_steps(schedule)
    return TrajectoryLayout(
        groups=[step[0].group for step in steps],
        sizes=[len(step) for step in steps],
        history=max(1, longest_delay(network)),
        connection_starts=integers([0, *np.cumsum([len(unit.incoming) for unit in units])]),
        senders=senders,
        delays=delays,
        weight_rows=weight_rows,
        rows=_rows(units),
        constant_senders=senders[from_clamped] - len(units),
        constant_receivers=receivers[from_clamped],
        constant_rows=weight_rows[from_clamped],
        outgoing_starts=np.searchsorted(senders[outgoing], np.arange(len(units) + 1)) if has_delay_1 else np.zeros(0, np.int64),
        outgoing_receivers=receivers[outgoing],
        outgoing_rows=weight_rows[outgoing],
        places=_places(senders[outgoing], receivers[outgoing], len(units)) if has_delay_1 else np.zeros(0, np.int64),
        all_rows=_rows(column),
        clamped_rows=_rows(clamped),
        input_rows=_rows(schedule.inputs),
        lesioned_rows=_rows(unit for unit in schedule.inputs if unit.lesioned),
        always_on_rows=_rows(schedule.always_on),
        is_lesioned=np.array([unit.lesioned for unit in column], bool),
        columns_of={group: np.array([column[unit] for unit in group], np.intp) for group in network.groups},
    )


def _places(senders: Any, receivers: Any, units: int) -> Any:
    """Return the positions of connections in a matrix; none if most of it would be 0, or if two connections have one position."""
    places = senders * (-(-max(1, units) // LANES) * LANES) + receivers
    is_dense = units * units <= MOST_ZEROS * len(places) and len(np.unique(places)) == len(places)
    return places if is_dense else np.zeros(0, np.int64)


def _rows(units: Iterable[Unit]) -> Any:
    return np.array([unit.row for unit in units], np.intp)


def integers(values: Iterable[Any]) -> Any:
    """Return numbers as an array for kernels."""
    return np.array(list(values), dtype=np.int64)
