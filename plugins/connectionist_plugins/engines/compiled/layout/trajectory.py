"""A network as arrays for the kernel that settles it, and the arrays that the kernel works on, which are kept between calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.model.time.unrolling import longest_delay
from connectionist_plugins.engines.compiled.kernel_compiler.structs import Packed, packed
from connectionist_plugins.engines.compiled.kernels.trajectory import LANES
from connectionist_plugins.engines.compiled.kernels.trajectory_arguments import (
    COUNTERS,
    SettlingRows,
    SettlingState,
    SettlingTicks,
    SettlingWiring,
)
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_zeros
from connectionist_plugins.engines.compiled.layout.functions import KnownFormulas
from connectionist_plugins.engines.compiled.layout.program import merged_steps
from connectionist_plugins.engines.compiled.simd.table import selected_rows_address

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.state import UnitState, WeightState
    from connectionist.model.unit import Unit

MOST_ZEROS = 4  # numbers of a matrix per connection
OUTPUT_ROWS = 8  # after those before tick 1


@dataclass
class KnownWiring(KnownFormulas):
    """The wiring of a settling, which depends on the functions of the groups and their timing.

    Attributes
    ----------
    assignments : int
        ``UnitState.assignments`` when it was made.
    wiring : SettlingWiring
        As kernels take it.
    """

    assignments: int
    wiring: SettlingWiring


class TrajectoryMemory:
    """The arrays that the kernel works on, and those of the network.

    Parameters
    ----------
    layout : TrajectoryLayout
    network : Network

    Attributes
    ----------
    state : SettlingState
        Without orders.
    packed : SettlingState
        The same as kernels take it.
    has_clamps : bool
        Whether the last case had clamps.
    run : Packed
        The ticks of the last call as kernels take them.
    """

    def __init__(self, layout: TrajectoryLayout, network: Network) -> None:
        rows = layout.rows
        units, connections, columns = len(rows.units), len(rows.weights), len(rows.units) + len(rows.clamped)
        width = -(-max(1, units) // LANES) * LANES
        self._views = network.weight_state.value, network.state.activation, network.state.net_input
        weights = network.weight_state.array("value").view(np.int64)
        self.state = SettlingState(
            weights=weights,
            known_weights=np.zeros(len(weights), np.int64),
            values=np.zeros(connections),
            outgoing_values=np.zeros(len(rows.outgoing_weights)),
            constant_values=np.zeros(len(rows.constant_weights)),
            matrix=aligned_zeros((units if len(rows.places) else 0, width), "float64"),
            unit_activations=network.state.array("activation"),
            unit_net_inputs=network.state.array("net_input"),
            constants=aligned_zeros(width, "float64"),
            sums=aligned_zeros(width, "float64"),
            senders=np.zeros(units, np.int64),
            sends=np.zeros(units),
            external=np.zeros(units),
            clamps=np.full(units, np.nan),
            shares=np.zeros(units),
            outputs=np.zeros((layout.rows.history + OUTPUT_ROWS, columns)),
            net_inputs=np.zeros(units),
            before=np.zeros(units),
            orders=np.zeros((0, 0), np.int64),
            deviates=np.zeros((0, 0)),
            scratch=aligned_zeros((2, width), "float64"),
            marks=np.zeros(units, np.int64),
            progress=np.zeros(COUNTERS, np.int64),
            has_raised=np.zeros(1, np.int64),
        )
        self.packed = packed(self.state, "float64")
        self.has_clamps = False
        self.run = Packed(SettlingTicks(np.zeros((0, 0)), np.zeros((0, 0)), 0, 0, 0.0, 0), "float64")

    def is_of(self, weights: WeightState, units: UnitState) -> bool:
        """Return whether the numbers of the network are still in the same arrays."""
        values, activations, net_inputs = self._views
        return weights.value is values and units.activation is activations and units.net_input is net_inputs


@dataclass(eq=False)
class TrajectoryLayout:
    """What follows from the wiring of a network. Arrays that are not described are those of `SettlingWiring`.

    Attributes
    ----------
    groups : list of Group
        Group of each step.
    sizes : list of int
        Units of each step: units of one group that do not send to each other within a tick.
    rows : SettlingRows
    packed_rows : SettlingRows
        The same as kernels take it.
    all_rows : int array [column]
        Rows of the computed and the clamped units.
    is_lesioned : bool array [column]
    columns_of : dict of Group to int array
    known : dict of bool to KnownWiring
        By whether units are computed together.
    memories : deque of TrajectoryMemory
        The arrays of the last call. A call takes them out, so that no other one uses them.
    obstacle : tuple of int and str
        ``UnitState.assignments`` at the last call, and the group for which there was no kernel then; empty without one.
    """

    groups: list[Group]
    sizes: list[int]
    rows: SettlingRows
    packed_rows: SettlingRows
    connection_starts: Any
    senders: Any
    delays: Any
    outgoing_starts: Any
    outgoing_receivers: Any
    all_rows: Any
    is_lesioned: Any
    columns_of: dict[Group, Any]
    known: dict[bool, KnownWiring] = field(default_factory=dict)
    memories: deque[TrajectoryMemory] = field(default_factory=lambda: deque(maxlen=1))
    obstacle: tuple[int, str] = (-1, "")

    def take_memory(self, network: Network, state: UnitState) -> TrajectoryMemory:
        """Return the arrays of the last call, which another call then does not find, or new ones."""
        try:
            memory = self.memories.pop()
        except IndexError:  # this is the first call, or another thread has them
            return TrajectoryMemory(self, network)
        return memory if memory.is_of(network.weight_state, state) else TrajectoryMemory(self, network)


def layout_of(network: Network) -> TrajectoryLayout:
    """Return the layout of a network, which is kept with its schedule."""
    derived = network.schedule.derived
    known: TrajectoryLayout | None = derived.get(TrajectoryLayout)
    if known is None:
        known = derived[TrajectoryLayout] = _make_layout(network)
    return known


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
    rows = SettlingRows(
        history=max(1, longest_delay(network)),
        units=_rows(units),
        clamped=_rows(clamped),
        inputs=_rows(schedule.inputs),
        lesioned=_rows(unit for unit in schedule.inputs if unit.lesioned),
        always_on=_rows(schedule.always_on),
        weights=weight_rows,
        outgoing_weights=weight_rows[outgoing],
        places=_places(senders[outgoing], receivers[outgoing], len(units)) if has_delay_1 else np.zeros(0, np.int64),
        constant_senders=senders[from_clamped] - len(units),
        constant_receivers=receivers[from_clamped],
        constant_weights=weight_rows[from_clamped],
        selected_rows=selected_rows_address(),
    )
    steps = merged_steps(schedule)
    return TrajectoryLayout(
        groups=[step[0].group for step in steps],
        sizes=[len(step) for step in steps],
        rows=rows,
        packed_rows=packed(rows, "float64"),
        connection_starts=integers([0, *np.cumsum([len(unit.incoming) for unit in units])]),
        senders=senders,
        delays=delays,
        outgoing_starts=np.searchsorted(senders[outgoing], np.arange(len(units) + 1)) if has_delay_1 else np.zeros(0, np.int64),
        outgoing_receivers=receivers[outgoing],
        all_rows=_rows(column),
        is_lesioned=np.array([unit.lesioned for unit in column], bool),
        columns_of={group: np.array([column[unit] for unit in group], np.intp) for group in network.groups},
    )


def _places(senders: Any, receivers: Any, units: int) -> Any:
    """Return the positions of connections in a matrix; none if most of it would be 0, or if two connections have one position."""
    places = senders * (-(-max(1, units) // LANES) * LANES) + receivers
    is_dense = units * units <= MOST_ZEROS * len(places) and len(np.unique(places)) == len(places)
    return places if is_dense else np.zeros(0, np.int64)


def _rows(units: Iterable[Unit]) -> Any:
    return integers(unit.row for unit in units)


def integers(values: Iterable[Any]) -> Any:
    """Return numbers as an array for kernels."""
    return np.array(list(values), dtype=np.int64)
