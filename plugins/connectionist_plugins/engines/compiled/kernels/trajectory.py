"""Settling: a network on a constant input, tick by tick, until it has settled.

All numbers are of one case. Columns of the outputs are the computed units in the order of computation, and then the clamped ones. Outputs
are kept for a few ticks only: when their last row is full, the ticks that connections with a delay still read are copied to the first rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, DoubleTable, Flags, Integers, IntegerTable
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

LANES = VECTOR_BYTES // 8


class SettlingWiring(NamedTuple):
    """The connections and functions of the computed units. A step is units with one function that do not send to each other within a tick.

    Attributes
    ----------
    step_starts : int array [step + 1]
        First unit of each step, and the end.
    step_of : int array [unit]
    connection_starts : int array [unit + 1]
        First incoming connection of each unit, and the end.
    senders, delays : int array [connection]
        Column of the sender, and delay.
    outgoing_starts : int array [unit + 1]
        First outgoing connection of each unit, and the end; empty unless units are computed from the state one tick before, and all
        connections between them have a delay of 1. Then `outgoing_receivers` has the receivers, and each unit adds to their net inputs.
    outgoing_receivers : int array [connection]
    activate, parameters : int array [step]
        Address of the activation function and of its parameters.
    is_dynamic : uint8 array [step]
        Whether the function has the activation one tick before as an argument.
    output, output_parameters : int array [step]
        Address of the output function and of its parameters; 0 without one.
    integrates : uint8 array [step]
        As in `Functions`.
    dt : float array [unit]
    scales : float array [step]
        Scales of the deviates.
    """

    step_starts: Integers
    step_of: Integers
    connection_starts: Integers
    senders: Integers
    delays: Integers
    outgoing_starts: Integers
    outgoing_receivers: Integers
    activate: Integers
    parameters: Integers
    is_dynamic: Flags
    output: Integers
    output_parameters: Integers
    integrates: Flags
    dt: Doubles
    scales: Doubles


class SettlingState(NamedTuple):
    """What the kernel reads and writes.

    Attributes
    ----------
    values, outgoing_values : float array [connection]
        Weights of incoming and of outgoing connections.
    matrix : float array [unit, unit in whole vectors]
        Weights of the outgoing connections from each unit to all, 0 for none, which are used instead; without rows if the connections are
        sparse.
    constants : float array [unit]
        The part of the net inputs that comes from clamped units and from outside, if units add to the net inputs of their receivers.
    sums : float array [unit in whole vectors]
        Memory for weighted sums.
    external : float array [unit]
        The part of the net inputs that comes from outside.
    clamps, shares : float array [unit]
        Activations of the clamps, NaN for none, and the part of the activations that they replace.
    outputs : float array [row, column]
        At first, the first rows are those before tick 1, as many as the longest delay. In all others, the clamped units have their outputs.
    net_inputs, before : float array [unit]
        Net inputs, and those one tick before.
    orders : int array [tick, update]
        Units computed one after another in each tick; without rows, all units are computed from the state one tick before.
    deviates : float array [tick, update]
        Numbers that are added to the net inputs, times the scales of the steps; without rows, nothing is.
    scratch : float array [3, unit, in whole vectors]
    marks : int array [unit]
        Number of large changes before the unit was last computed.
    progress : int array [3]
        Number of large changes so far, successive ticks without one, and row of the outputs of the next tick.
    has_raised : int array [1]
        1 after a formula has raised.
    """

    values: Doubles
    outgoing_values: Doubles
    matrix: DoubleTable
    constants: Doubles
    sums: Doubles
    external: Doubles
    clamps: Doubles
    shares: Doubles
    outputs: DoubleTable
    net_inputs: Doubles
    before: Doubles
    orders: IntegerTable
    deviates: DoubleTable
    scratch: DoubleTable
    marks: Integers
    progress: Integers
    has_raised: Integers


class SettlingTicks(NamedTuple):
    """The ticks to run, and when the network has settled.

    Attributes
    ----------
    activations : float array [row, unit]
        One row per tick, after one for the state before tick 1.
    first_tick, ticks : int
        Number of the first tick, from 0, and number of ticks.
    history : int
        Number of rows of outputs before tick 1.
    criterion : float
    calm_ticks : int
        Successive ticks with small changes after which the network has settled.
    earliest : int
        First tick, from 0, at which it can have settled.
    """

    activations: DoubleTable
    first_tick: int
    ticks: int
    history: int
    criterion: float
    calm_ticks: int
    earliest: int


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
    x, previous, y = state.scratch[0], state.scratch[1], state.scratch[2]
    integrates, count, width = wiring.integrates[step], end - begin, state.scratch.shape[1]
    if integrates == NET_INPUT:
        for unit in range(begin, end):
            state.net_inputs[unit] = wiring.dt[unit] * state.sums[unit] + (1.0 - wiring.dt[unit]) * state.net_inputs[unit]
    else:
        for unit in range(begin, end):
            state.net_inputs[unit] = state.sums[unit]
    for unit in range(begin, end):
        x[unit - begin], previous[unit - begin] = state.net_inputs[unit], run.activations[previous_row, unit]
    if wiring.is_dynamic[step]:
        call(wiring.activate[step], (address_of(x), address_of(previous), address_of(y), count, wiring.parameters[step]))
    else:
        call(wiring.activate[step], (address_of(x), address_of(y), 1, width, count, wiring.parameters[step]))
    if integrates == ACTIVATION:
        for unit in range(begin, end):
            y[unit - begin] = wiring.dt[unit] * y[unit - begin] + (1.0 - wiring.dt[unit]) * previous[unit - begin]
    for unit in range(begin, end):
        if state.clamps[unit] == state.clamps[unit]:
            share, computed = state.shares[unit], y[unit - begin]
            y[unit - begin] = state.clamps[unit] if share == 1.0 else computed + share * (state.clamps[unit] - computed)
        run.activations[row, unit] = y[unit - begin]
    send_outputs(wiring, state, step, begin, end, out)


@kernel
def send_outputs(wiring: SettlingWiring, state: SettlingState, step: int, begin: int, end: int, row: int) -> None:
    """Write the outputs of successive units of one step, whose activations are in the memory."""
    x, y = state.scratch[0], state.scratch[2]
    if wiring.output[step]:
        call(wiring.output[step], (address_of(y), address_of(x), 1, state.scratch.shape[1], end - begin, wiring.output_parameters[step]))
        for unit in range(begin, end):
            state.outputs[row, unit] = x[unit - begin]
    else:
        for unit in range(begin, end):
            state.outputs[row, unit] = y[unit - begin]


@kernel
def sum_outputs(wiring: SettlingWiring, state: SettlingState, row: int) -> None:
    """Set the weighted sums from the outputs of one row. A unit whose output is 0 adds nothing."""
    for unit in range(wiring.dt.size):
        state.sums[unit] = state.constants[unit]
    for unit in range(wiring.dt.size):
        output = state.outputs[row, unit]
        if output != 0.0 and state.matrix.shape[0]:
            for receiver in range(state.matrix.shape[1] // LANES * LANES):
                state.sums[receiver] += state.matrix[unit, receiver] * output
        elif output != 0.0:
            for index in range(wiring.outgoing_starts[unit], wiring.outgoing_starts[unit + 1]):
                state.sums[wiring.outgoing_receivers[index]] += state.outgoing_values[index] * output


@kernel
def compute_one_by_one(wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, tick: int, out: int) -> bool:
    """Compute units one after another in the order of a tick. Return whether each was computed since the last large change."""
    count, row = wiring.dt.size, tick + 1
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
            state.progress[0] += 1
        state.marks[unit] = state.progress[0]
    is_calm = True
    for unit in range(count):
        is_calm = is_calm and state.marks[unit] == state.progress[0]
    return is_calm


@kernel
def compute_together(wiring: SettlingWiring, state: SettlingState, run: SettlingTicks, row: int, out: int) -> bool:
    """Compute all units from the state one tick before. Return whether all changes of activations are small."""
    if wiring.outgoing_starts.size:
        sum_outputs(wiring, state, out - 1)
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
    if state.progress[2] == state.outputs.shape[0]:
        for index in range(history):
            for column in range(columns):
                state.outputs[index, column] = state.outputs[state.outputs.shape[0] - history + index, column]
        state.progress[2] = history


@kernel
def largest_net_input_change(wiring: SettlingWiring, state: SettlingState) -> float:
    """Return the largest change of a net input that is integrated, divided by dt; infinite if such a net input is not finite."""
    largest = 0.0
    for step in range(wiring.integrates.size):
        if wiring.integrates[step] == NET_INPUT:
            for unit in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
                change = abs(state.net_inputs[unit] - state.before[unit]) / wiring.dt[unit]
                largest = change if change > largest else largest
                if not np.isfinite(state.net_inputs[unit]):
                    return np.inf
    return largest


@kernel
def settle(wiring: SettlingWiring, state: SettlingState, run: SettlingTicks) -> tuple[int, bool, float]:
    """Run until the network has settled, a number is not finite, a formula raises, or the ticks end.

    Returns the number of ticks that ran, whether the network has settled, and the largest change of a net input that is integrated.
    """
    change = 0.0
    for index in range(run.ticks):
        tick = run.first_tick + index
        find_row(state, run.history)
        row, out = tick + 1, state.progress[2]
        for unit in range(wiring.dt.size):
            state.before[unit] = state.net_inputs[unit]
        if state.orders.shape[0]:
            is_calm = compute_one_by_one(wiring, state, run, tick, out)
        else:
            is_calm = compute_together(wiring, state, run, row, out)
        state.progress[2] += 1
        change = largest_net_input_change(wiring, state)
        infinite = 0 if change < np.inf else 1
        for unit in range(wiring.dt.size):
            infinite += 0 if np.isfinite(run.activations[row, unit]) else 1
        if infinite or state.has_raised[0]:
            return index + 1, False, change
        state.progress[1] = state.progress[1] + 1 if is_calm and tick > 0 else 0
        if state.progress[1] >= run.calm_ticks and change < run.criterion and tick >= run.earliest:
            return index + 1, True, change
    return run.ticks, False, change
