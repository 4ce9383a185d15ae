"""Phases in which the states u of all units move together: u ← u + dt · (f′(u) · net input − u − β ∂E/∂u).

Each case moves until it is at rest. `x` has the states, `y` their activations, and `dy` the forces.
"""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.kernels.block.compare import compare_net_inputs
from connectionist_plugins.engines.compiled.kernels.indexing import BY_UNIT, first_row
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.kernels.settling.net_inputs import set_net_inputs
from connectionist_plugins.engines.compiled.kernels.settling.ticks import activate_step


@inline
def shape_of(buffers: CaseBuffers, units: int, count: int) -> tuple[int, int]:
    """Return the rows and the cases per row of some units: one row of all units if there is one case."""
    return (1, units * count) if buffers.is_by_case else (units, count)


@kernel
def add_scaled(out: FloatTable, row: int, other: FloatTable, other_row: int, rows: int, first: int, count: int, factor: float) -> None:
    """Add a multiple of some rows of another array."""
    for index in range(rows):
        for case in range(first, first + count):
            out[row + index, case] += factor * other[other_row + index, case]


@kernel
def nudge_by_error(
    network: NetworkArguments, settling: SettlingArguments, beta: float, before_slope: bool, first: int, count: int, rank: int
) -> None:
    """Subtract β times the derivatives of the units' own errors from the forces.

    Derivatives ∂E/∂y are subtracted before the forces are multiplied by the slope, and derivatives ∂E/∂x of error functions that have a
    formula of the net input after it.
    """
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride, now = buffers.x.itemsize, buffers.x.shape[1], first_row(buffers, 0)
    offset = item_bytes * (stride * now + first)
    y, d, own = address_of(buffers.y) + offset, address_of(buffers.d) + item_bytes * first, address_of(settling.own) + item_bytes * first
    errors = address_of(buffers.errors) + item_bytes * first
    for run in range(wiring.output_runs.shape[0] if before_slope else 0):
        if functions.comparison[run] == BY_UNIT:
            output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
            unit, target = wiring.output_rows[output], wiring.target_rows[output]
            for index in range(units):
                settling.own[unit + index, first : first + count] = 0.0
            shape = (1, units * count, units * count) if buffers.is_by_case else (units, stride, count)
            rest = (functions.margin[run], functions.error_parameters[run])
            start = item_bytes * stride * unit
            call(functions.compare[run], (y + start, d + item_bytes * stride * target, own + start, errors, *shape, *rest))
            add_scaled(buffers.dy, now + unit, settling.own, unit, units, first, count, -beta)
    for step in range(0 if before_slope else functions.paired.size):
        if functions.paired[step]:
            begin, units = wiring.step_starts[step], wiring.step_starts[step + 1] - wiring.step_starts[step]
            target = wiring.unit_target_rows[begin]
            for index in range(units):
                buffers.own_dx[target + index, first : first + count] = 0.0
            compare_net_inputs(network, step, 0, 1.0, first, count, rank)
            add_scaled(buffers.dy, now + wiring.unit_rows[begin], buffers.own_dx, target, units, first, count, -beta)


@kernel
def nudge_states(network: NetworkArguments, beta: float, first: int, count: int) -> None:
    """Add β times the distance of the states from the targets to the forces."""
    wiring, buffers = network.wiring, network.buffers
    now = first_row(buffers, 0)
    for output in range(wiring.output_rows.size):
        row, target = now + wiring.output_rows[output], wiring.target_rows[output]
        for case in range(first, first + count):
            wanted, state = buffers.d[target, case], buffers.x[row, case]
            buffers.dy[row, case] += beta * (wanted - state) if not np.isnan(wanted) else 0.0


@kernel
def move(x: Floats, force: Floats, moving: Floats, exceeds: Floats, count: int, dt: float, criterion: float) -> None:
    """Move one unit in the cases that are not at rest, and mark those in which its force is not below the criterion."""
    for case in range(count):
        now, state, before = force[case] - x[case], x[case], exceeds[case]
        force[case] = now
        x[case] = state + dt * now if moving[case] != 0.0 else state
        exceeds[case] = before if abs(now) < criterion else 1.0


@kernel
def move_units(x: Floats, force: Floats, count: int, dt: float, criterion: float) -> bool:
    """Move some units in one case. Return whether the force on one of them is not below the criterion."""
    found = False
    for unit in range(count):
        now = force[unit] - x[unit]
        force[unit] = now
        x[unit] += dt * now
        found |= not abs(now) < criterion
    return found


@kernel
def step_forces(
    network: NetworkArguments, settling: SettlingArguments, values: Floats, beta: float, first: int, count: int, width: int, rank: int
) -> None:
    """Write f′(u) · net input − β ∂E/∂u of all units to `dy`."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride, now = buffers.x.itemsize, buffers.x.shape[1], first_row(buffers, 0)
    offset = item_bytes * (stride * now + first)
    x, y, dy = address_of(buffers.x) + offset, address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    nudges = beta != 0.0 and not settling.is_state_cost
    for step in range(functions.slope.size):
        set_net_inputs(network, settling, values, step, 0, buffers.dy, now, first, width)
    if nudges:
        nudge_by_error(network, settling, beta, True, first, count, rank)
    for step in range(functions.slope.size):
        begin, units = wiring.step_starts[step], wiring.step_starts[step + 1] - wiring.step_starts[step]
        row = item_bytes * stride * wiring.unit_rows[begin]
        shape = (1, units * count, units * count) if buffers.is_by_case else (units, stride, count)
        call(functions.slope[step], (x + row, y + row, dy + row, *shape, functions.activation_parameters[step]))
    if nudges:
        nudge_by_error(network, settling, beta, False, first, count, rank)
    elif beta != 0.0:
        nudge_states(network, beta, first, count)


@kernel
def move_once(network: NetworkArguments, settling: SettlingArguments, first: int, count: int, rank: int) -> bool:
    """Move all units by their forces, and activate them. Return whether a case is not at rest."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride, now = buffers.x.itemsize, buffers.x.shape[1], first_row(buffers, 0)
    offset = item_bytes * (stride * now + first)
    x, y = address_of(buffers.x) + offset, address_of(buffers.y) + offset
    is_moving = False
    moving, exceeds = settling.moving[first:], settling.exceeds[first:]
    if not buffers.is_by_case:
        settling.exceeds[first : first + count] = 0.0
    for step in range(functions.activate.size):
        begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
        if buffers.is_by_case:
            row = now + wiring.unit_rows[begin]
            states, forces = buffers.x.ravel(), buffers.dy.ravel()
            is_moving |= move_units(states[row:], forces[row:], end - begin, settling.dt, settling.criterion)
        else:
            for position in range(begin, end):
                row = now + wiring.unit_rows[position]
                move(buffers.x[row, first:], buffers.dy[row, first:], moving, exceeds, count, settling.dt, settling.criterion)
        activate_step(network, step, x, y, count, rank)
    if not buffers.is_by_case:
        for case in range(count):
            moving[case] = moving[case] * exceeds[case]
            is_moving |= moving[case] != 0.0
    return is_moving


@kernel
def note_unsettled(network: NetworkArguments, settling: SettlingArguments, first: int, count: int, rank: int) -> None:
    """Count the cases that are not at rest, and find their largest change."""
    wiring, buffers = network.wiring, network.buffers
    now, largest = first_row(buffers, 0), settling.unsettled[rank, 1]
    for case in range(first, first + count):
        if buffers.is_by_case or settling.moving[case] != 0.0:
            settling.unsettled[rank, 0] += 1.0
            for position in range(wiring.unit_rows.size):
                force = abs(buffers.dy[now + wiring.unit_rows[position], case])
                largest = force if force > largest else largest
    settling.unsettled[rank, 1] = largest


@kernel
def set_states(network: NetworkArguments, settling: SettlingArguments, is_first: bool, first: int, count: int, rank: int) -> None:
    """Set the states to 0, or to those at the end of the first phase, and activate the units."""
    wiring, buffers = network.wiring, network.buffers
    item_bytes, stride, now = buffers.x.itemsize, buffers.x.shape[1], first_row(buffers, 0)
    offset = item_bytes * (stride * now + first)
    for position in range(wiring.unit_rows.size):
        unit = wiring.unit_rows[position]
        for case in range(first, first + count):
            buffers.x[now + unit, case] = 0.0 if is_first else settling.first[unit, case]
    for step in range(network.functions.activate.size):
        activate_step(network, step, address_of(buffers.x) + offset, address_of(buffers.y) + offset, count, rank)


@kernel
def run_dynamics(
    network: NetworkArguments, settling: SettlingArguments, values: Floats, phase: int, first: int, count: int, width: int, rank: int
) -> None:
    """Run a phase of movement."""
    set_states(network, settling, settling.starts[phase] == 0, first, count, rank)
    settling.moving[first : first + count] = 1.0
    for _ in range(settling.steps):
        step_forces(network, settling, values, settling.nudging[phase], first, count, width, rank)
        if not move_once(network, settling, first, count, rank):
            return
    note_unsettled(network, settling, first, count, rank)
