"""Single passes over all examples, block by block: which examples make a block, how they are loaded, and the passes.

Arguments, beside those in `kernels`:

================= ==================================================================================================
end               position in `order` before which the block must end
example           index of an example
has_backward_pass whether to run the backward pass
averages_ties     whether derivatives of tied weights are averaged
================= ==================================================================================================
"""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.kernels.block.backward import compare_and_backward
from connectionist_plugins.engines.compiled.kernels.block.by_sender import begin_sums
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied, sum_derivatives
from connectionist_plugins.engines.compiled.kernels.block.forward import forward
from connectionist_plugins.engines.compiled.kernels.entry_arguments import PassArguments
from connectionist_plugins.engines.compiled.kernels.indexing import sum_first, vector_count
from connectionist_plugins.engines.compiled.kernels.perturbation import (
    backward_values,
    load_perturbation,
    set_noisy_values,
    used_values,
)
from connectionist_plugins.engines.compiled.kernels.probes import record_units
from connectionist_plugins.engines.compiled.simd.table import Loops
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def next_block(buffers: CaseBuffers, order: Integers, start: int, end: int) -> tuple[int, int]:
    """Return the number of examples of the block that begins at `start`, and their number of ticks, which is the same for all."""
    most = 1 if buffers.continues.size or buffers.weight_noise.size or buffers.after_example else min(buffers.x.shape[1], end - start)
    if buffers.lengths.size == 1:
        return most, buffers.lengths[0]
    ticks, count = buffers.lengths[order[start]], 1
    while count < most and buffers.lengths[order[start + count]] == ticks:
        count += 1
    return count, ticks


@kernel
def set_initial_state(buffers: CaseBuffers, example: int, ticks: int) -> None:
    """Fill the rows before tick 1 with the final state of the previous example if the example continues it, else the initial state.

    This is for sets with examples that continue the previous one. Their examples run one by one.
    """
    rows, shift = buffers.ticks_before * buffers.tick_rows, buffers.previous_ticks[0] * buffers.tick_rows
    if buffers.continues[example] and shift >= 0:
        for row in range(rows):
            buffers.x[row, 0] = buffers.x[row + shift, 0]
            buffers.y[row, 0] = buffers.y[row + shift, 0]
    else:
        for row in range(rows):
            buffers.x[row, 0] = buffers.initial_x[row % buffers.tick_rows]
            buffers.y[row, 0] = buffers.initial_y[row % buffers.tick_rows]
    buffers.previous_ticks[0] = ticks


@kernel
def load_examples(
    loops: Loops, inputs: FloatTable, targets: FloatTable, order: Integers, start: int, first: int, count: int, buffers: CaseBuffers
) -> None:
    """Copy the inputs and targets of examples into a slice of the block's cases."""
    row_bytes, offset = buffers.x.itemsize * buffers.x.shape[1], buffers.x.itemsize * first
    examples = address_of(order) + INT64_BYTES * (start + first)
    y, d = address_of(buffers.y) + offset, address_of(buffers.d) + offset
    call(loops.transposed, (address_of(inputs), examples, count, inputs.shape[1], address_of(buffers.input_rows), y, row_bytes))
    call(loops.transposed, (address_of(targets), examples, count, targets.shape[1], address_of(buffers.target_rows), d, row_bytes))


@inline
def load_block(
    network: NetworkArguments,
    values: Floats,
    inputs: FloatTable,
    targets: FloatTable,
    order: Integers,
    start: int,
    first: int,
    count: int,
    ticks: int,
    epoch: int,
) -> None:
    """Load a slice of a block of examples, with its noise, its clamps and the weights of its error."""
    loops, buffers = network.loops, network.buffers
    load_examples(loops, inputs, targets, order, start, first, count, buffers)
    if not buffers.is_plain:
        load_perturbation(loops, order, start, first, count, ticks, epoch, buffers)
        set_noisy_values(values, buffers)


@inline
def load_and_forward(arguments: PassArguments, start: int, count: int, ticks: int) -> Floats:
    """Load a block of examples and run the forward pass. Return the weights that it used, which have noise if there is some."""
    network, values, order = arguments.network, arguments.values, arguments.order
    buffers = network.buffers
    if buffers.continues.size:
        set_initial_state(buffers, order[start], ticks)
    load_block(network, values, arguments.inputs, arguments.targets, order, start, 0, count, ticks, 0)
    used = used_values(values, buffers)
    forward(network, used, ticks, 0, count, 0)
    return used


@kernel
def present_examples(arguments: PassArguments) -> tuple[int, int]:
    """Present all examples and record what the probes need. Return the size and the ticks of the last block."""
    network, order, probes = arguments.network, arguments.order, arguments.probes
    buffers = network.buffers
    start, count, ticks = 0, 0, 0
    while start < order.size:
        count, ticks = next_block(buffers, order, start, order.size)
        backward = backward_values(load_and_forward(arguments, start, count, ticks), arguments.backward)
        scale = 1.0 / ticks if arguments.averages_ties else 1.0
        if arguments.has_backward_pass:
            compare_and_backward(network, backward, ticks, scale, 0, count, np.inf, count - 1, 0)
        if probes is not None:
            record_units(probes, buffers, order, start, 0, count, ticks, 1.0 / scale, 0)
        start += count
    return count, ticks


@kernel
def accumulate_derivatives(arguments: PassArguments) -> tuple[int, int, float]:
    """Present all examples and add to the weights' derivatives. Return the size and the ticks of the last block, and E."""
    network, order = arguments.network, arguments.order
    wiring, buffers = network.wiring, network.buffers
    start, count, ticks, error = 0, 0, 0, 0.0
    while start < order.size:
        count, ticks = next_block(buffers, order, start, order.size)
        used = load_and_forward(arguments, start, count, ticks)
        scale = 1.0 / ticks if arguments.averages_ties else 1.0
        pass_sums = begin_sums(network, arguments.derivatives, ticks, 1)
        backward = backward_values(used, arguments.backward)
        compare_and_backward(network, backward, ticks, scale, 0, count, np.inf, count - 1, 0)
        if not pass_sums:
            sum_derivatives(network, used, arguments.derivatives, ticks, vector_count(buffers, count), 1, 0, 1)
        error += sum_first(buffers.errors, count)
        start += count
    if arguments.averages_ties:
        average_tied(wiring.tied_weights, wiring.tie_sizes, arguments.derivatives, 1)
    return count, ticks, error
