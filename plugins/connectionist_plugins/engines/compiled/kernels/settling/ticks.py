"""Phases of ticks: the steps in their order at each tick, until the last one or until the state does not change any more."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.kernels.settling.net_inputs import set_net_inputs
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def activate_step(network: NetworkArguments, step: int, x: int, y: int, count: int, rank: int) -> None:
    """Activate the units of one step. The addresses are those of row 0 of the slot at the first case."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride, begin = buffers.x.itemsize, buffers.x.shape[1], wiring.step_starts[step]
    units, f, parameters = wiring.step_starts[step + 1] - begin, functions.activate[step], functions.activation_parameters[step]
    if functions.joint[step]:
        scratch = address_of(buffers.scratch) + rank * FLOAT64_BYTES * buffers.scratch.shape[1]
        call(f, (x, y, address_of(wiring.unit_rows) + INT64_BYTES * begin, units, stride, count, scratch, parameters))
        return
    row = item_bytes * stride * wiring.unit_rows[begin]
    shape = (1, units * count, units * count) if buffers.is_by_case else (units, stride, count)
    call(f, (x + row, y + row, *shape, parameters))


@kernel
def leak(network: NetworkArguments, step: int, array: FloatTable, row: int, row_before: int, first: int, count: int) -> None:
    """Integrate the numbers of leaky units: dt times the new number plus (1 − dt) times that of the tick before."""
    wiring = network.wiring
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        now, before = row + wiring.unit_rows[position], row_before + wiring.unit_rows[position]
        fraction = network.functions.dt[position]
        for case in range(first, first + count):
            array[now, case] = fraction * array[now, case] + (1.0 - fraction) * array[before, case]


@kernel
def clamp_to_targets(network: NetworkArguments, step: int, row: int, first: int, count: int) -> None:
    """Replace the activations of one step's units by their targets, where there are some."""
    wiring, buffers = network.wiring, network.buffers
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        now, target = row + wiring.unit_rows[position], wiring.unit_target_rows[position]
        for case in range(first, first + count):
            wanted, free = buffers.d[target, case], buffers.y[now, case]
            buffers.y[now, case] = free if np.isnan(wanted) else wanted


@kernel
def has_all_targets(network: NetworkArguments, first: int, count: int) -> bool:
    """Return whether all output units have a target in a slice of the cases."""
    wiring, d = network.wiring, network.buffers.d
    is_missing = False
    for output in range(wiring.target_rows.size):
        for case in range(first, first + count):
            is_missing |= d[wiring.target_rows[output], case] != d[wiring.target_rows[output], case]
    return not is_missing


@kernel
def differ(one: Floats, other: Floats, count: int) -> bool:
    """Return whether two rows differ in the first `count` numbers."""
    found = False
    for index in range(count):
        found |= one[index] != other[index]
    return found


@kernel
def is_unchanged(wiring: WiringArguments, buffers: CaseBuffers, row: int, before: int, first: int, count: int) -> bool:
    """Return whether all units have the same state in two slots."""
    x, y = buffers.x, buffers.y
    for position in range(wiring.unit_rows.size):
        unit = wiring.unit_rows[position]
        if differ(y[row + unit, first:], y[before + unit, first:], count) or differ(x[row + unit, first:], x[before + unit, first:], count):
            return False
    return True


@kernel
def set_start(network: NetworkArguments, slots: int, first: int, count: int) -> None:
    """Set all slots to the state before tick 1."""
    wiring, buffers = network.wiring, network.buffers
    for slot in range(slots):
        for position in range(wiring.unit_rows.size):
            unit = wiring.unit_rows[position]
            row = slot * buffers.tick_rows + unit
            for case in range(first, first + count):
                buffers.x[row, case] = buffers.initial_x[unit]
                buffers.y[row, case] = buffers.initial_y[unit]


@kernel
def run_ticks(
    network: NetworkArguments, settling: SettlingArguments, values: Floats, phase: int, first: int, count: int, width: int, rank: int
) -> None:
    """Run a phase of ticks from the initial state. The last tick is in the last slot."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, row_bytes = buffers.x.itemsize, buffers.x.itemsize * buffers.x.shape[1]
    slots, ticks, tick_rows, is_clamped = settling.slots, settling.ticks, buffers.tick_rows, settling.clamped[phase] != 0
    skips = is_clamped and has_all_targets(network, first, count)
    set_start(network, slots, first, count)
    if skips and settling.is_set_by_targets:
        ticks = 1
        for step in range(functions.activate.size):
            for slot in range(slots if settling.is_output[step] else 0):
                clamp_to_targets(network, step, slot * tick_rows, first, count)
    slot, rests = (slots - ticks % slots) % slots, 0
    for _ in range(ticks):
        before = (slot + slots - 1) % slots
        row, row_before = slot * tick_rows, before * tick_rows
        x, y = address_of(buffers.x) + row * row_bytes + item_bytes * first, address_of(buffers.y) + row * row_bytes + item_bytes * first
        for step in range(functions.activate.size):
            is_output = is_clamped and settling.is_output[step] != 0
            if not (is_output and skips):
                set_net_inputs(network, settling, values, step, slot, buffers.x, row, first, width)
                if functions.integrates[step] == NET_INPUT:
                    leak(network, step, buffers.x, row, row_before, first, count)
                activate_step(network, step, x, y, count, rank)
                if functions.integrates[step] == ACTIVATION:
                    leak(network, step, buffers.y, row, row_before, first, count)
            if is_output:
                clamp_to_targets(network, step, row, first, count)
        if settling.can_rest:
            rests = rests + 1 if is_unchanged(wiring, buffers, row, row_before, first, count) else 0
            if rests >= slots - 1:
                return
        slot = (slot + 1) % slots
