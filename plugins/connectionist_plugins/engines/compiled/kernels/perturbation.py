"""Noise, clamps and weights of the error: what is loaded with the examples, and where it changes the passes.

The arithmetic of the noise is that of `connectionist.model.noise`. All functions return at once, or are not called, if the network has no
noise and the examples have no clamps.
"""

from __future__ import annotations

import math

import numpy as np

from connectionist.model.noise import ACTIVATION, EPOCH_BITS, FACTORS, INCREMENT, LOGISTIC, NET_INPUT, SHIFTS, WEIGHT
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.indexing import first_row
from connectionist_plugins.engines.compiled.simd.table import Loops
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES

STEP, ONE = np.uint64(INCREMENT), np.uint64(1)
FACTOR_1, FACTOR_2 = (np.uint64(factor) for factor in FACTORS)
SHIFT_1, SHIFT_2, SHIFT_3 = (np.uint64(shift) for shift in SHIFTS)
UNIFORM_SHIFT = np.uint64(12)


@kernel
def mix(key: np.uint64, number: np.uint64) -> np.uint64:
    """Return the random number of 64 bits of a key and a number."""
    word = key + STEP * (number + ONE)
    word = (word ^ (word >> SHIFT_1)) * FACTOR_1
    word = (word ^ (word >> SHIFT_2)) * FACTOR_2
    return word ^ (word >> SHIFT_3)


@kernel
def uniform(word: np.uint64) -> float:
    """Return a number between 0 and 1, both excluded."""
    return np.float64(np.int64(word >> UNIFORM_SHIFT)) * 2.0**-52 + 2.0**-53


@kernel
def draw(key: np.uint64, number: int, scale: float) -> float:
    """Return noise of a scale: a normal deviate or, for a negative scale, a uniform one."""
    first = uniform(mix(key, np.uint64(2 * number)))
    if scale < 0.0:
        return -scale * (2.0 * first - 1.0)
    second = uniform(mix(key, np.uint64(2 * number + 1)))
    return scale * (math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second))


@kernel
def draw_logistic(key: np.uint64, number: int, scale: float) -> float:
    """Return a logistic deviate of a scale."""
    uniform_number = uniform(mix(key, np.uint64(2 * number + LOGISTIC)))
    return scale * math.log(uniform_number / (1.0 - uniform_number))


@rare
def load_perturbation(
    loops: Loops, order: Integers, start: int, first: int, count: int, ticks: int, epoch: int, buffers: CaseBuffers
) -> None:
    """Load the weights of the error and the clamps of a slice of the block's examples, make the keys of their noise, and perturb inputs."""
    for case in range(first, first + count if buffers.example_weights.size else first):
        buffers.error_weights[case] = buffers.example_weights[order[start + case]]
    if buffers.clamps.size:
        row_bytes, offset = buffers.x.itemsize * buffers.x.shape[1], buffers.x.itemsize * first
        examples, table = address_of(order) + INT64_BYTES * (start + first), buffers.clamp_table
        rows, clamps = address_of(buffers.clamp_rows), address_of(buffers.clamps) + offset
        call(loops.transposed, (address_of(table), examples, count, table.shape[1], rows, clamps, row_bytes))
    if buffers.noise_keys.size:
        make_keys(buffers, start, first, count, epoch)
        add_input_noise(buffers, ticks, first, count)


@rare
def load_case_perturbation(values: Floats, example: int, index: int, ticks: int, epoch: int, buffers: CaseBuffers) -> float:
    """Do for one case what `load_perturbation` does for a block, and add noise to the weights. Return the weight of the error."""
    error_weight = 1.0
    if buffers.example_weights.size:
        error_weight = buffers.example_weights[example]
        buffers.error_weights[0] = error_weight
    for column in range(buffers.clamp_table.shape[1] if buffers.clamps.size else 0):
        buffers.clamps[buffers.clamp_rows[column], 0] = buffers.clamp_table[example, column]
    if buffers.noise_keys.size:
        make_keys(buffers, index, 0, 1, epoch)
        add_input_noise(buffers, ticks, 0, 1)
        set_noisy_values(values, buffers)
    return error_weight


@rare
def make_keys(buffers: CaseBuffers, start: int, first: int, count: int, epoch: int) -> None:
    """Make the keys of the noise of a slice of the block's presentations."""
    base = (np.uint64(buffers.noise_epoch[0]) + np.uint64(epoch)) << np.uint64(EPOCH_BITS)
    for case in range(first, first + count):
        buffers.noise_keys[case] = mix(buffers.noise_root[0], base + np.uint64(start + case))


@rare
def add_input_noise(buffers: CaseBuffers, ticks: int, first: int, count: int) -> None:
    """Add noise to the inputs."""
    for index in range(buffers.input_noise.size * ticks):
        tick, unit = index // buffers.input_noise.size, index % buffers.input_noise.size
        scale, number = buffers.input_noise[unit], buffers.input_numbers[unit] + tick * buffers.tick_numbers
        if scale != 0.0:
            for case in range(first, first + count):
                buffers.y[buffers.input_rows[index], case] += draw(buffers.noise_keys[case], number + ACTIVATION, scale)


@rare
def set_noisy_values(values: Floats, buffers: CaseBuffers) -> None:
    """Write the weights with the noise of the only case of the block to ``buffers.noisy_values``, if they have noise."""
    for row in range(buffers.weight_noise.size):
        scale, value = buffers.weight_noise[row], values[row]
        buffers.noisy_values[row] = value if scale == 0.0 else value + draw(buffers.noise_keys[0], 3 * row + WEIGHT, scale)


@inline
def used_values(values: Floats, buffers: CaseBuffers) -> Floats:
    """Return the weights that the passes use: those with noise if there is some."""
    used = values
    if buffers.weight_noise.size:
        used = buffers.noisy_values
    return used


@inline
def backward_values(values: Floats, backward: Floats) -> Floats:
    """Return the weights through which derivatives go back: `values` if there are no others."""
    used = values
    if backward.size:
        used = backward
    return used


@rare
def add_noise(
    array: FloatTable,
    scales: Doubles,
    quantity: int,
    wiring: WiringArguments,
    begin: int,
    end: int,
    buffers: CaseBuffers,
    tick: int,
    first: int,
    count: int,
) -> None:
    """Add noise to the net inputs or the activations of one step's units."""
    tick_row = first_row(buffers, tick)
    for position in range(begin, end if scales.size else begin):
        scale, number = scales[position], buffers.unit_numbers[position] + tick * buffers.tick_numbers + quantity
        if scale != 0.0:
            row = tick_row + wiring.unit_rows[position]
            for case in range(first, first + count):
                array[row, case] += draw(buffers.noise_keys[case], number, scale)


@rare
def perturb_net_inputs(wiring: WiringArguments, begin: int, end: int, buffers: CaseBuffers, tick: int, first: int, count: int) -> None:
    """Add noise, logistic deviates and external input to the net inputs of one step's units."""
    add_noise(buffers.x, buffers.net_noise, NET_INPUT, wiring, begin, end, buffers, tick, first, count)
    tick_row = first_row(buffers, tick)
    for position in range(begin, end if buffers.net_logistic.size else begin):
        scale, number = buffers.net_logistic[position], buffers.unit_numbers[position] + tick * buffers.tick_numbers
        if scale != 0.0:
            row = tick_row + wiring.unit_rows[position]
            for case in range(first, first + count):
                buffers.x[row, case] += draw_logistic(buffers.noise_keys[case], number, scale)
    for position in range(begin, end if buffers.clamps.size else begin):
        row = tick_row + wiring.unit_rows[position]
        for case in range(first, first + count if buffers.clamp_shares[row] == 0.0 else first):
            clamp = buffers.clamps[row, case]
            buffers.x[row, case] += 0.0 if np.isnan(clamp) else clamp


@rare
def perturb_activations(wiring: WiringArguments, begin: int, end: int, buffers: CaseBuffers, tick: int, first: int, count: int) -> None:
    """Add noise to the activations of one step's units, and replace the clamped part of them."""
    add_noise(buffers.y, buffers.activation_noise, ACTIVATION, wiring, begin, end, buffers, tick, first, count)
    tick_row = first_row(buffers, tick)
    for position in range(begin, end if buffers.clamps.size else begin):
        row = tick_row + wiring.unit_rows[position]
        share = buffers.clamp_shares[row]
        for case in range(first, first + count if share != 0.0 else first):
            y, clamp = buffers.y[row, case], buffers.clamps[row, case]
            buffers.y[row, case] = y if np.isnan(clamp) else clamp if share == 1.0 else y + share * (clamp - y)


@rare
def clear_clamped_dy(wiring: WiringArguments, begin: int, end: int, buffers: CaseBuffers, tick_row: int, first: int, count: int) -> None:
    """Leave of ∂E/∂y of the clamped units among one step's units the part that goes back through them, 0 for a hard clamp."""
    for position in range(begin, end if buffers.clamps.size else begin):
        row = tick_row + wiring.unit_rows[position]
        share = buffers.clamp_shares[row]
        for case in range(first, first + count if share != 0.0 else first):
            dy = buffers.dy[row, case]
            buffers.dy[row, case] = dy if np.isnan(buffers.clamps[row, case]) else 0.0 if share == 1.0 else dy * (1.0 - share)


@rare
def weight_errors(network: NetworkArguments, tick: int, first: int, count: int) -> None:
    """Multiply the derivatives of the units' own errors at one tick by the weights of the error."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    tick_row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
    for index in range(functions.own_rows.size):
        row = tick_row + functions.own_rows[index]
        for case in range(first, first + count):
            buffers.dy[row, case] *= buffers.error_weights[case]
    for output in range(wiring.output_rows.size if buffers.own_dx.size else 0):
        target = target_row + wiring.target_rows[output]
        for case in range(first, first + count):
            buffers.own_dx[target, case] *= buffers.error_weights[case]
