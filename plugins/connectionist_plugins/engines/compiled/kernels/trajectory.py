"""Settling: a network on a constant input, tick by tick, until it has settled.

All numbers are of one case. Columns of the outputs are the computed units in the order of computation, and then the clamped ones. Outputs
are kept for a few ticks only: when their last row is full, the ticks that connections with a delay still read are copied to the first rows.
"""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, from_bits
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel, noinline
from connectionist_plugins.engines.compiled.kernel_compiler.types import DoubleTable
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT
from connectionist_plugins.engines.compiled.kernels.trajectory_arguments import (
    CALM_TICKS,
    CLAMPS,
    LARGE_CHANGES,
    OUTPUT_ROW,
    SENDERS,
    SettlingResults,
    SettlingRows,
    SettlingState,
    SettlingTicks,
    SettlingWiring,
)
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

LANES = VECTOR_BYTES // 8


@kernel
def set_weights(rows: SettlingRows, state: SettlingState) -> None:
    """Set the weights of all connections, if a weight has changed since the last case."""
    different = 0
    for row in range(state.weights.size):
        different += 0 if state.weights[row] == state.known_weights[row] else 1
    if not different:
        return
    for row in range(state.weights.size):
        state.known_weights[row] = state.weights[row]
    for index in range(rows.weights.size):
        state.values[index] = from_bits(state.weights[rows.weights[index]])
    for index in range(rows.constant_weights.size):
        state.constant_values[index] = from_bits(state.weights[rows.constant_weights[index]])
    for index in range(rows.outgoing_weights.size):
        state.outgoing_values[index] = from_bits(state.weights[rows.outgoing_weights[index]])
    for index in range(rows.places.size):
        place, width = rows.places[index], state.matrix.shape[1]
        state.matrix[place // width, place % width] = state.outgoing_values[index]


@kernel
def set_clamped_units(rows: SettlingRows, state: SettlingState, inputs: DoubleTable, case: int) -> None:
    """Set the units that are not computed, their outputs from tick 1 on, and what they add to the net inputs."""
    first, activations = rows.units.size, state.unit_activations
    for unit in range(rows.always_on.size):
        activations[rows.always_on[unit]] = 1.0
    for unit in range(rows.inputs.size):
        activations[rows.inputs[unit]] = inputs[case, unit]
    for unit in range(rows.lesioned.size):
        activations[rows.lesioned[unit]] = 0.0
    for row in range(rows.history, state.outputs.shape[0]):
        for unit in range(rows.clamped.size):
            state.outputs[row, first + unit] = activations[rows.clamped[unit]]
    for unit in range(first):
        state.constants[unit] = 0.0
    for index in range(rows.constant_senders.size):
        output = activations[rows.clamped[rows.constant_senders[index]]]
        state.constants[rows.constant_receivers[index]] += state.constant_values[index] * output
    for unit in range(first):
        state.constants[unit] += state.external[unit]


@kernel
def begin(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, case: int, base: int) -> None:
    """Set the state before tick 1 of a case, whose first row of the activations is `base`."""
    set_weights(rows, state)
    set_clamped_units(rows, state, run.inputs, case)
    for unit in range(wiring.dt.size):
        run.activations[base, unit], state.net_inputs[unit] = wiring.initial[unit], wiring.initial_net_inputs[unit]
        state.marks[unit] = -1
    for row in range(rows.history):
        for column in range(wiring.initial_outputs.size):
            state.outputs[row, column] = wiring.initial_outputs[column]
    find_senders(wiring, state, rows.history - 1)
    state.progress[LARGE_CHANGES], state.progress[CALM_TICKS], state.progress[OUTPUT_ROW], state.progress[CLAMPS] = 0, 0, rows.history, 0
    for unit in range(wiring.dt.size):
        state.progress[CLAMPS] += 1 if state.clamps[unit] == state.clamps[unit] else 0


@kernel
def show(rows: SettlingRows, state: SettlingState, run: SettlingTicks, row: int) -> None:
    """Write a row of the activations, and the net inputs, to the units of the network."""
    for unit in range(rows.units.size):
        state.unit_activations[rows.units[unit]] = run.activations[row, unit]
        state.unit_net_inputs[rows.units[unit]] = state.net_inputs[unit]


@kernel
def sum_inputs(wiring: SettlingWiring, state: SettlingState, begin: int, end: int, row: int, deviate: float) -> None:
    """Set the weighted sums of some units from their incoming connections, with a number that is added."""
    for unit in range(begin, end):
        total = deviate + state.external[unit]
        for index in range(wiring.connection_starts[unit], wiring.connection_starts[unit + 1]):
            total += state.values[index] * state.outputs[row - wiring.delays[index], wiring.senders[index]]
        state.sums[unit] = total


@kernel
def compute_units(
    wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, step: int, begin: int, end: int, row: int, previous_row: int, out: int
) -> None:
    """Compute successive units of one step from their weighted sums, given the row of their activations one tick before."""
    x, y = state.scratch[0], state.scratch[1]
    integrates, count, width = wiring.integrates[step], end - begin, state.scratch.shape[1]
    if integrates == NET_INPUT:
        for unit in range(begin, end):
            state.net_inputs[unit] = wiring.dt[unit] * state.sums[unit] + (1.0 - wiring.dt[unit]) * state.net_inputs[unit]
    else:
        for unit in range(begin, end):
            state.net_inputs[unit] = state.sums[unit]
    if wiring.is_dynamic[step]:
        offset = state.net_inputs.itemsize * begin
        net_inputs, previous = address_of(state.net_inputs) + offset, address_of(run.activations[previous_row]) + offset
        call(wiring.activate[step], (net_inputs, previous, address_of(y), count, wiring.parameters[step]))
    else:
        for unit in range(begin, end):
            x[unit - begin] = state.net_inputs[unit]
        call(wiring.activate[step], (address_of(x), address_of(y), 1, width, count, wiring.parameters[step]))
    if integrates == ACTIVATION:
        for unit in range(begin, end):
            y[unit - begin] = wiring.dt[unit] * y[unit - begin] + (1.0 - wiring.dt[unit]) * run.activations[previous_row, unit]
    if state.progress[CLAMPS]:
        clamp_units(state, begin, end)
    for unit in range(begin, end):
        run.activations[row, unit] = y[unit - begin]
    send_outputs(wiring, state, step, begin, end, out)


@noinline
def clamp_units(state: SettlingState, begin: int, end: int) -> None:
    """Replace the activations of clamped units among successive ones, which are in the memory."""
    y = state.scratch[1]
    for unit in range(begin, end):
        if state.clamps[unit] == state.clamps[unit]:
            share, computed = state.shares[unit], y[unit - begin]
            y[unit - begin] = state.clamps[unit] if share == 1.0 else computed + share * (state.clamps[unit] - computed)


@kernel
def send_outputs(wiring: SettlingWiring, state: SettlingState, step: int, begin: int, end: int, row: int) -> None:
    """Write the outputs of successive units of one step, whose activations are in the memory."""
    x, y = state.scratch[0], state.scratch[1]
    if wiring.output[step]:
        call(wiring.output[step], (address_of(y), address_of(x), 1, state.scratch.shape[1], end - begin, wiring.output_parameters[step]))
        for unit in range(begin, end):
            state.outputs[row, unit] = x[unit - begin]
    else:
        for unit in range(begin, end):
            state.outputs[row, unit] = y[unit - begin]


@kernel
def find_senders(wiring: SettlingWiring, state: SettlingState, out: int) -> None:
    """Find the units whose outputs in a row are not 0."""
    count = 0
    for unit in range(wiring.dt.size):
        sends = state.outputs[out, unit] != 0.0
        state.senders[count], state.sends[unit] = unit, 1.0 if sends else 0.0
        count += 1 if sends else 0
    state.progress[SENDERS] = count


@kernel
def examine(wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, row: int, out: int) -> bool:
    """Return whether all activations in a row are finite, and find the units whose outputs are not 0: often those of the row before."""
    different, infinite = 0, 0
    for unit in range(wiring.dt.size):
        different += 1 if (1.0 if state.outputs[out, unit] != 0.0 else 0.0) != state.sends[unit] else 0
        infinite += 0 if np.isfinite(run.activations[row, unit]) else 1
    if different:
        find_senders(wiring, state, out)
    return infinite == 0


@kernel
def sum_outputs(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, row: int) -> None:
    """Set the weighted sums from the outputs of one row. A unit whose output is 0 adds nothing."""
    count, outputs, senders, sums, matrix = state.progress[SENDERS], state.outputs[row], state.senders, state.sums, state.matrix
    if matrix.shape[0]:
        width, row_bytes = matrix.shape[1] // LANES, matrix.shape[1] * matrix.itemsize
        where = address_of(matrix), row_bytes, address_of(senders), count, address_of(outputs)
        call(rows.selected_rows, (*where, address_of(state.constants), address_of(sums), width))
        return
    for unit in range(wiring.dt.size):
        sums[unit] = state.constants[unit]
    for sender in range(count):
        unit = senders[sender]
        for index in range(wiring.outgoing_starts[unit], wiring.outgoing_starts[unit + 1]):
            sums[wiring.outgoing_receivers[index]] += state.outgoing_values[index] * outputs[unit]


@kernel
def compute_one_by_one(wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, tick: int, row: int, out: int) -> bool:
    """Compute units one after another in the order of a tick. Return whether each was computed since the last large change."""
    count = wiring.dt.size
    for unit in range(count):
        run.activations[row, unit], state.outputs[out, unit] = run.activations[row - 1, unit], state.outputs[out - 1, unit]
    for update in range(state.orders.shape[1]):
        unit = state.orders[tick, update]
        before = run.activations[row, unit]
        step = wiring.step_of[unit]
        deviate = wiring.scales[step] * state.deviates[tick, update] if state.deviates.shape[0] else 0.0
        sum_inputs(wiring, state, unit, unit + 1, out, deviate)
        compute_units(wiring, state, run, step, unit, unit + 1, row, row, out)
        if not abs(run.activations[row, unit] - before) / wiring.dt[unit] < run.criterion:
            state.progress[LARGE_CHANGES] += 1
        state.marks[unit] = state.progress[LARGE_CHANGES]
    is_calm = True
    for unit in range(count):
        is_calm = is_calm and state.marks[unit] == state.progress[LARGE_CHANGES]
    return is_calm


@kernel
def compute_together(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, row: int, out: int) -> bool:
    """Compute all units from the state one tick before. Return whether all changes of activations are small."""
    if wiring.outgoing_starts.size:
        sum_outputs(rows, wiring, state, out - 1)
    for step in range(wiring.activate.size):
        begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
        if not wiring.outgoing_starts.size:
            sum_inputs(wiring, state, begin, end, out, 0.0)
        compute_units(wiring, state, run, step, begin, end, row, row - 1, out)
    small = 0
    for unit in range(wiring.dt.size if run.criterion > 0.0 else 0):
        change = abs(run.activations[row, unit] - run.activations[row - 1, unit]) / wiring.dt[unit]
        small += 1 if change < run.criterion else 0
    return small == wiring.dt.size


@kernel
def find_row(state: SettlingState, history: int) -> None:
    """Find the row of the outputs of the next tick. If there is none, copy the last rows, which are still read, to the first ones."""
    columns = state.outputs.shape[1]
    if state.progress[OUTPUT_ROW] == state.outputs.shape[0]:
        for index in range(history):
            for column in range(columns):
                state.outputs[index, column] = state.outputs[state.outputs.shape[0] - history + index, column]
        state.progress[OUTPUT_ROW] = history


@kernel
def largest_change(wiring: SettlingWiring, run: SettlingTicks, row: int) -> float:
    """Return the largest change of an activation, divided by dt; NaN if an activation is not finite."""
    largest = 0.0
    for unit in range(wiring.dt.size):
        change = abs(run.activations[row, unit] - run.activations[row - 1, unit]) / wiring.dt[unit]
        largest = change if change > largest else largest
        if not np.isfinite(run.activations[row, unit]):
            return np.nan
    return largest


@kernel
def largest_net_input_change(wiring: SettlingWiring, state: SettlingState) -> float:
    """Return the largest change of a net input that is integrated, divided by dt; NaN if such a net input is not finite."""
    largest = 0.0
    for step in range(wiring.integrates.size):
        if wiring.integrates[step] == NET_INPUT:
            for unit in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
                change = abs(state.net_inputs[unit] - state.before[unit]) / wiring.dt[unit]
                largest = change if change > largest else largest
                if not np.isfinite(state.net_inputs[unit]):
                    return np.nan
    return largest


@kernel
def run_ticks(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, base: int) -> tuple[int, bool, float]:
    """Run until the network has settled, a number is not finite, a formula raises, or the ticks end.

    Returns the number of ticks that ran, whether the network has settled, and the largest change of a net input that is integrated.
    """
    change, integrates, calm_ticks = 0.0, 0, 1 if state.orders.shape[0] else rows.history
    for step in range(wiring.integrates.size):
        integrates += 1 if wiring.integrates[step] == NET_INPUT else 0
    for index in range(run.ticks):
        tick = run.first_tick + index
        find_row(state, rows.history)
        row, out = base + tick + 1, state.progress[OUTPUT_ROW]
        for unit in range(wiring.dt.size if integrates else 0):
            state.before[unit] = state.net_inputs[unit]
        if state.orders.shape[0]:
            is_calm = compute_one_by_one(wiring, state, run, tick, row, out)
        else:
            is_calm = compute_together(rows, wiring, state, run, row, out)
        state.progress[OUTPUT_ROW] += 1
        change = largest_net_input_change(wiring, state)
        is_finite = examine(wiring, state, run, row, out) and not np.isnan(change)
        if not is_finite or state.has_raised[0]:
            return index + 1, False, change
        state.progress[CALM_TICKS] = state.progress[CALM_TICKS] + 1 if is_calm and tick > 0 else 0
        if state.progress[CALM_TICKS] >= calm_ticks and change < run.criterion and tick >= run.earliest:
            return index + 1, True, change
    return run.ticks, False, change


@kernel
def settle_case(
    rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, case: int, base: int
) -> tuple[int, bool, float, float]:
    """Run some ticks of a case as `run_ticks`, the first ones from the state before tick 1. The units then show the last tick.

    Returns the number of ticks that ran, whether the network has settled, and the largest changes of an activation, and of a net input
    that is integrated, in the last tick.
    """
    if run.first_tick == 0:
        begin(rows, wiring, state, run, case, base)
    ran, is_settled, net_input_change = run_ticks(rows, wiring, state, run, base)
    last = base + run.first_tick + ran
    if not state.has_raised[0]:
        show(rows, state, run, last)
    return ran, is_settled, largest_change(wiring, run, last), net_input_change


@kernel
def settle(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks) -> tuple[int, bool, float, float]:
    """Run some ticks of one case: see `settle_case`."""
    return settle_case(rows, wiring, state, run, 0, 0)


@kernel
def settle_cases(rows: SettlingRows, wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, results: SettlingResults) -> int:
    """Settle one case after the other, as long as the activations have rows for all ticks of a case and its state before tick 1.

    Returns the number of cases, up to one in which a formula raises.
    """
    base, done = 0, 0
    for case in range(run.inputs.shape[0]):
        if state.has_raised[0] or run.activations.shape[0] - base <= run.ticks:
            return done
        ran, is_settled, change, net_input_change = settle_case(rows, wiring, state, run, case, base)
        results.ticks[case], results.is_settled[case] = ran, 1 if is_settled else 0
        results.changes[case], results.net_input_changes[case] = change, net_input_change
        base, done = base + ran + 1, case + 1
    return done
