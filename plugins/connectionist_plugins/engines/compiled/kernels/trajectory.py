"""Settling: a network on a constant input, tick by tick, until it has settled.

All numbers are of one case. Columns of the states are the computed units in the order of computation, and then the clamped ones, which have
their activations at every tick.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, DoubleTable, Flags, Integers, IntegerTable
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT


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


class SettlingState(NamedTuple):
    """What the kernel reads and writes.

    Attributes
    ----------
    values, outgoing_values : float array [connection]
        Weights of incoming and of outgoing connections.
    constants : float array [unit]
        The part of the net inputs that comes from clamped units, if units add to the net inputs of their receivers.
    sums : float array [unit]
        Memory for weighted sums.
    clamps : float array [unit]
        NaN for a unit that is computed.
    activations, outputs : float array [row, column]
        One row per tick, after as many as the longest delay for the ticks before the first. Both are the same memory if no group has an
        output function.
    net_inputs, before : float array [unit]
        Net inputs, and those one tick before.
    orders : int array [tick, update]
        Units computed one after another in each tick; without rows, all units are computed from the state one tick before.
    deviates : float array [tick, update]
        Numbers that are added to the net inputs, times `scales`; without rows, nothing is.
    scales : float array [step]
    scratch : float array [3, units of the longest step, in whole vectors]
    marks : int array [unit]
        Number of large changes before the unit was last computed.
    progress : int array [2]
        Number of large changes so far, and successive ticks without one.
    has_raised : int array [1]
        1 after a formula has raised.
    """

    values: Doubles
    outgoing_values: Doubles
    constants: Doubles
    sums: Doubles
    clamps: Doubles
    activations: DoubleTable
    outputs: DoubleTable
    net_inputs: Doubles
    before: Doubles
    orders: IntegerTable
    deviates: DoubleTable
    scales: Doubles
    scratch: DoubleTable
    marks: Integers
    progress: Integers
    has_raised: Integers


class SettlingLimits(NamedTuple):
    """The ticks to run, and when the network has settled.

    Attributes
    ----------
    first_row, first_tick, ticks : int
        Row of the first tick, its number from 0, and the number of ticks.
    criterion : float
    calm_ticks : int
        Successive ticks with small changes after which the network has settled.
    earliest : int
        First tick, from 0, at which it can have settled.
    """

    first_row: int
    first_tick: int
    ticks: int
    criterion: float
    calm_ticks: int
    earliest: int


@kernel
def sum_inputs(wiring: SettlingWiring, state: SettlingState, begin: int, end: int, row: int, deviate: float) -> None:
    """Set the weighted sums of some units from their incoming connections, with a number that is added."""
    for unit in range(begin, end):
        total = deviate
        for index in range(wiring.connection_starts[unit], wiring.connection_starts[unit + 1]):
            total += state.values[index] * state.outputs[row - wiring.delays[index], wiring.senders[index]]
        state.sums[unit] = total


@kernel
def compute_units(wiring: SettlingWiring, state: SettlingState, step: int, begin: int, end: int, row: int, previous_row: int) -> None:
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
        x[unit - begin], previous[unit - begin] = state.net_inputs[unit], state.activations[previous_row, unit]
    if wiring.is_dynamic[step]:
        call(wiring.activate[step], (address_of(x), address_of(previous), address_of(y), count, wiring.parameters[step]))
    else:
        call(wiring.activate[step], (address_of(x), address_of(y), 1, width, count, wiring.parameters[step]))
    if integrates == ACTIVATION:
        for unit in range(begin, end):
            y[unit - begin] = wiring.dt[unit] * y[unit - begin] + (1.0 - wiring.dt[unit]) * previous[unit - begin]
    for unit in range(begin, end):
        if state.clamps[unit] == state.clamps[unit]:
            y[unit - begin] = state.clamps[unit]
        state.activations[row, unit] = y[unit - begin]
    send_outputs(wiring, state, step, begin, end, row)


@kernel
def send_outputs(wiring: SettlingWiring, state: SettlingState, step: int, begin: int, end: int, row: int) -> None:
    """Write the outputs of successive units of one step, whose activations are in the memory."""
    x, y = state.scratch[0], state.scratch[2]
    if wiring.output[step]:
        call(wiring.output[step], (address_of(y), address_of(x), 1, state.scratch.shape[1], end - begin, wiring.output_parameters[step]))
        for unit in range(begin, end):
            state.outputs[row, unit] = x[unit - begin]
    elif address_of(state.outputs) != address_of(state.activations):
        for unit in range(begin, end):
            state.outputs[row, unit] = y[unit - begin]


@kernel
def sum_outputs(wiring: SettlingWiring, state: SettlingState, row: int) -> None:
    """Set the weighted sums from the outputs of one row. A unit whose output is 0 adds nothing."""
    for unit in range(wiring.dt.size):
        state.sums[unit] = state.constants[unit]
    for unit in range(wiring.dt.size):
        output = state.outputs[row, unit]
        if output != 0.0:
            for index in range(wiring.outgoing_starts[unit], wiring.outgoing_starts[unit + 1]):
                state.sums[wiring.outgoing_receivers[index]] += state.outgoing_values[index] * output


@kernel
def compute_one_by_one(wiring: SettlingWiring, state: SettlingState, limits: SettlingLimits, tick: int, row: int) -> bool:
    """Compute units one after another in the order of a tick. Return whether each was computed since the last large change."""
    count = wiring.dt.size
    for unit in range(count):
        state.activations[row, unit], state.outputs[row, unit] = state.activations[row - 1, unit], state.outputs[row - 1, unit]
    for update in range(state.orders.shape[1]):
        unit = state.orders[tick, update]
        before = state.activations[row, unit]
        step = wiring.step_of[unit]
        deviate = state.scales[step] * state.deviates[tick, update] if state.deviates.shape[0] else 0.0
        sum_inputs(wiring, state, unit, unit + 1, row, deviate)
        compute_units(wiring, state, step, unit, unit + 1, row, row)
        if not abs(state.activations[row, unit] - before) / wiring.dt[unit] < limits.criterion:
            state.progress[0] += 1
        state.marks[unit] = state.progress[0]
    is_calm = True
    for unit in range(count):
        is_calm = is_calm and state.marks[unit] == state.progress[0]
    return is_calm


@kernel
def compute_together(wiring: SettlingWiring, state: SettlingState, limits: SettlingLimits, row: int) -> bool:
    """Compute all units from the state one tick before. Return whether all changes of activations are small."""
    if wiring.outgoing_starts.size:
        sum_outputs(wiring, state, row - 1)
    for step in range(wiring.activate.size):
        begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
        if not wiring.outgoing_starts.size:
            sum_inputs(wiring, state, begin, end, row, 0.0)
        compute_units(wiring, state, step, begin, end, row, row - 1)
    small = 0
    for unit in range(wiring.dt.size):
        change = abs(state.activations[row, unit] - state.activations[row - 1, unit]) / wiring.dt[unit]
        small += 1 if change < limits.criterion else 0
    return small == wiring.dt.size


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
def settle(wiring: SettlingWiring, state: SettlingState, limits: SettlingLimits) -> tuple[int, bool, float]:
    """Run until the network has settled, a number is not finite, a formula raises, or the ticks end.

    Returns the number of ticks that ran, whether the network has settled, and the largest change of a net input that is integrated.
    """
    change = 0.0
    for index in range(limits.ticks):
        tick, row = limits.first_tick + index, limits.first_row + index
        for unit in range(wiring.dt.size):
            state.before[unit] = state.net_inputs[unit]
        if state.orders.shape[0]:
            is_calm = compute_one_by_one(wiring, state, limits, tick, row)
        else:
            is_calm = compute_together(wiring, state, limits, row)
        change = largest_net_input_change(wiring, state)
        infinite = 0 if change < np.inf else 1
        for unit in range(wiring.dt.size):
            infinite += 0 if np.isfinite(state.activations[row, unit]) else 1
        if infinite or state.has_raised[0]:
            return index + 1, False, change
        state.progress[1] = state.progress[1] + 1 if is_calm and tick > 0 else 0
        if state.progress[1] >= limits.calm_ticks and change < limits.criterion and tick >= limits.earliest:
            return index + 1, True, change
    return limits.ticks, False, change
