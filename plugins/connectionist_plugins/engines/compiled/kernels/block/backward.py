"""The backward pass over a block of cases, full or truncated to `CaseBuffers.ticks_back` ticks.

Arguments, beside those in `kernels`:

============= ======================================================================================================
offset, width byte offset in the buffers of a tick's first row at the first case, and number of vectors per row
is_top        whether the backward pass begins at this tick, so that no derivative comes from the next one
is_last_tick  whether the tick is the last one of the examples
derivatives   address of the weights' derivatives if the pass sums them, else 0: see `by_sender`
============= ======================================================================================================

In the buffer `dy`, ∂E/∂x of a step's units replaces their ∂E/∂y.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, noinline, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.block.by_sender import end_sums, gather_from_receivers
from connectionist_plugins.engines.compiled.kernels.block.compare import (
    add_own_dx,
    clear_dy,
    clear_errors,
    clear_own_dx,
    compare,
    compare_tick,
    set_own_dy,
    weight_error_sums,
)
from connectionist_plugins.engines.compiled.kernels.direct_feedback import set_direct_dy
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, first_row, vector_count
from connectionist_plugins.engines.compiled.kernels.input_functions import compute_slopes, has_input_function, propagate_to_senders
from connectionist_plugins.engines.compiled.kernels.perturbation import clear_clamped_dy
from connectionist_plugins.engines.compiled.kernels.probes import clear_recorded_dy, record_dy, record_other_dy
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES, LAST_CASE_ONLY
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES


@kernel
def propagate_derivatives(
    network: NetworkArguments, step: int, values: Floats, offset: int, width: int, tick_row: int, first: int, count: int, rank: int
) -> None:
    """Add to the senders' ∂E/∂y the ∂E/∂x of one step's units times the weights (equation 7)."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    dy = address_of(buffers.dy) + offset
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[index]
        for matrix in range(block[2], block[2] + block[3]):
            if wiring.matrix_flags[matrix] == BACKPROPAGATES:
                transposed, sender = address_of(wiring.transposed_matrices) + MATRIX_BYTES * matrix, wiring.matrices[matrix, 0]
                out, senders = dy + sender * row_bytes, wiring.matrices[matrix, 1]
                call(loops.weighted_sums, (address_of(values), transposed, 1, out, senders, dy, row_bytes, width, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    if has_input_function(network.functions, step):
        propagate_to_senders(network, step, values, tick_row, first, count, False, rank)
    elif wiring.outgoing_starts.size == 0 and wiring.propagates[step]:
        scatter_derivatives(network, step, values, dy, width)


@noinline
def scatter_derivatives(network: NetworkArguments, step: int, values: Floats, dy: int, width: int) -> None:
    """Add to the senders' ∂E/∂y connection by connection, given the address of ∂E/∂y at row 0."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes, begin = buffers.x.itemsize * buffers.x.shape[1], INT64_BYTES * wiring.step_starts[step]
    lists = (address_of(wiring.sender_rows), address_of(wiring.weight_rows), address_of(wiring.connection_flags))
    starts, units = address_of(wiring.connection_starts) + begin, address_of(wiring.unit_rows) + begin
    count = wiring.step_starts[step + 1] - wiring.step_starts[step]
    call(loops.scattered_sums, (address_of(values), *lists, starts, units, count, dy, row_bytes, width))


@noinline
def leak_activation_derivative(network: NetworkArguments, begin: int, end: int, tick_row: int, first: int, count: int) -> None:
    """Split ∂E/∂y of units that integrate their activation: 1 − dt of it goes to the tick before, dt of it remains."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    for position in range(begin, end):
        row, dt = tick_row + wiring.unit_rows[position], functions.dt[position]
        for case in range(first, first + count):
            buffers.dy[row - buffers.tick_rows, case] += (1.0 - dt) * buffers.dy[row, case]
            buffers.dy[row, case] *= dt


@noinline
def leak_net_derivative(
    network: NetworkArguments,
    begin: int,
    end: int,
    tick_row: int,
    first: int,
    count: int,
    is_top: bool,
) -> None:
    """Set ∂E/∂x of units that integrate their net input: dt times that of this tick plus 1 − dt times that of the next tick."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    for position in range(begin, end):
        row, dt = tick_row + wiring.unit_rows[position], functions.dt[position]
        for case in range(first, first + count):
            later = 0.0 if is_top else buffers.dy[row + buffers.tick_rows, case]
            buffers.dy[row, case] = dt * buffers.dy[row, case] + (1.0 - dt) * later


@rare
def add_clamped_dy(
    network: NetworkArguments,
    step: int,
    values: Floats,
    tick_row: int,
    is_last_tick: bool,
    last_case: int,
    rank: int,
) -> None:
    """Add to ∂E/∂y of clamped senders for the last case, which only the unit objects need (equation 7).

    The objects need the last tick. The unit that is always on is one unit for all ticks, so its derivatives are summed over ticks.
    """
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[index]
        for matrix in range(block[2], block[2] + block[3]):
            if wiring.matrix_flags[matrix] == LAST_CASE_ONLY:
                sender, senders, weight = wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
                begin, end = sender, sender + senders
                if not (is_last_tick and begin >= 0):
                    begin, end = max(begin, wiring.bias_row), min(end, wiring.bias_row + 1)
                out = address_of(buffers.last_dy) + item_bytes * begin
                for receiver in range(block[1] if begin < end else 0):
                    source = address_of(values) + item_bytes * (weight + receiver * senders + begin - sender)
                    factor = (tick_row + block[0] + receiver) * stride + last_case
                    call(loops.scaled_vector, (address_of(buffers.dy), factor, source, out, end - begin, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    is_combined = has_input_function(network.functions, step)
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        dx = buffers.dy[tick_row + wiring.unit_rows[position], last_case]
        begin, beyond = wiring.connection_starts[position], wiring.connection_starts[position + 1]
        if is_combined:
            compute_slopes(network, step, position, values, tick_row, last_case, rank)
        for connection in range(begin, beyond):
            sender, slope = wiring.sender_rows[connection], values[wiring.weight_rows[connection]]
            if is_combined:
                slope = buffers.scratch[rank, 3 * (beyond - begin) + connection - begin]
            is_needed = (is_last_tick and sender >= 0) or sender == wiring.bias_row
            if wiring.connection_flags[connection] == LAST_CASE_ONLY and is_needed:
                buffers.last_dy[sender] += dx * slope


@rare
def copy_recorded_clamped_dy(wiring: WiringArguments, buffers: CaseBuffers, ticks: int, last_case: int) -> None:
    """Copy ∂E/∂y of clamped units for the last case if it is recorded. Derivatives then propagate to these units in every case."""
    for index in range(buffers.clamped_rows.size if buffers.is_recording[0] else 0):
        row = buffers.clamped_rows[index]
        buffers.last_dy[row] = buffers.recorded_dy[(ticks - 1) * buffers.tick_rows + row, last_case]
        if row == wiring.bias_row:
            for tick in range(ticks - 1):
                buffers.last_dy[row] += buffers.recorded_dy[tick * buffers.tick_rows + row, last_case]


@inline
def apply_slope(
    network: NetworkArguments,
    step: int,
    tick_row: int,
    offset: int,
    first: int,
    count: int,
    rank: int,
) -> None:
    """Multiply ∂E/∂y of one step's units by the slope of their activation function, which gives ∂E/∂x."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    x, y, dy = address_of(buffers.x) + offset, address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
    slope, parameters = functions.slope[step], functions.activation_parameters[step]
    is_perturbed = not buffers.is_plain and buffers.steady_y.size > 0
    if functions.joint[step]:
        rows = address_of(wiring.unit_rows) + INT64_BYTES * begin
        scratch = address_of(buffers.scratch) + rank * FLOAT64_BYTES * buffers.scratch.shape[1]
        if is_perturbed:
            y = address_of(buffers.steady_y) + item_bytes * first
            call(functions.activate[step], (x, y, rows, end - begin, stride, count, scratch, parameters))
        call(slope, (y, dy, rows, end - begin, stride, count, scratch, parameters))
    else:
        row, steady_y = item_bytes * stride * wiring.unit_rows[begin], y
        if functions.integrates[step] == ACTIVATION:
            leak_activation_derivative(network, begin, end, tick_row, first, count)
        if is_perturbed or functions.integrates[step] == ACTIVATION:
            steady_y = address_of(buffers.steady_y) + item_bytes * first
            call(functions.activate[step], (x + row, steady_y + row, end - begin, stride, count, parameters))
        call(slope, (x + row, steady_y + row, dy + row, end - begin, stride, count, parameters))


@rare
def store_last_dy_of_step(network: NetworkArguments, step: int, tick_row: int, last_case: int) -> None:
    """Store ∂E/∂y of one step's units for the last case; 0 if it has no part in their ∂E/∂x."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        row = wiring.unit_rows[position]
        buffers.last_dy[row] = buffers.dy[tick_row + row, last_case] if functions.slope[step] else 0.0


@noinline
def clear_padding(wiring: WiringArguments, buffers: CaseBuffers, begin: int, end: int, address: int, size: int) -> None:
    """Set `size` bytes of each row of a step's units to 0, given their address in row 0."""
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    for position in range(begin, end):
        set_zero(address + row_bytes * wiring.unit_rows[position], size)


@kernel
def backward_tick(
    network: NetworkArguments,
    values: Floats,
    tick: int,
    is_top: bool,
    is_last_tick: bool,
    first: int,
    count: int,
    last_case: int,
    rank: int,
) -> None:
    """Compute ∂E/∂x of all steps at one tick, last step first, and propagate it to their senders."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride, tick_row = buffers.x.itemsize, buffers.x.shape[1], first_row(buffers, tick)
    offset, width = item_bytes * (stride * tick_row + first), vector_count(buffers, count)
    padded = width * VECTOR_BYTES // item_bytes
    dy = address_of(buffers.dy) + offset
    is_plain = buffers.is_plain
    for step in range(functions.slope.size - 1, -1, -1):
        begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
        if wiring.outgoing_starts.size:
            gather_from_receivers(network, step, values, offset, width)
        if not is_plain:
            set_direct_dy(wiring, begin, end, buffers, tick_row, first, count)
        if last_case >= 0 and is_last_tick:
            store_last_dy_of_step(network, step, tick_row, last_case)
        if buffers.is_recording[0] and functions.slope[step]:
            record_dy(wiring, buffers, begin, end, tick, first, count)
        if functions.slope[step]:
            if not is_plain:
                clear_clamped_dy(wiring, begin, end, buffers, tick_row, first, count)
            apply_slope(network, step, tick_row, offset, first, count, rank)
        if functions.paired[step] and functions.slope[step]:
            add_own_dx(wiring, buffers, step, tick, first, count)
        if functions.integrates[step] == NET_INPUT:
            leak_net_derivative(network, begin, end, tick_row, first, count, is_top)
        if count < padded:
            clear_padding(wiring, buffers, begin, end, dy + item_bytes * count, item_bytes * (padded - count))
        propagate_derivatives(network, step, values, offset, width, tick_row, first, count, rank)
        if last_case >= 0:
            add_clamped_dy(network, step, values, tick_row, is_last_tick, last_case, rank)
    if buffers.summed_derivatives[0]:
        end_sums(network, offset, width)


@kernel
def backward(
    network: NetworkArguments,
    values: Floats,
    ticks: int,
    first: int,
    count: int,
    last_case: int,
    rank: int,
) -> None:
    """Propagate derivatives backward through all ticks."""
    buffers = network.buffers
    if last_case >= 0:
        buffers.last_dy[:] = 0.0
    for tick in range(ticks - 1, -1, -1):
        is_last_tick = tick == ticks - 1
        backward_tick(network, values, tick, is_last_tick, is_last_tick, first, count, last_case, rank)


@rare
def backward_truncated(
    network: NetworkArguments,
    values: Floats,
    ticks: int,
    scale: float,
    first: int,
    count: int,
    tolerance: float,
    last_case: int,
    rank: int,
) -> None:
    """Compare outputs and targets at each tick, and propagate its derivatives backward through `ticks_back` ticks.

    Several passes go through the same tick. Its ∂E/∂x is the sum over these passes.
    """
    wiring, buffers = network.wiring, network.buffers
    item_bytes, rows, first_tick_row = buffers.x.itemsize, buffers.tick_rows * ticks, buffers.tick_rows * buffers.ticks_before
    padded = vector_count(buffers, count) * VECTOR_BYTES // item_bytes
    clear_errors(buffers, first, count)
    if last_case >= 0:
        buffers.last_dy[:] = 0.0
    for row in range(rows):
        set_zero(address_of(buffers.dx_sums) + item_bytes * (buffers.dx_sums.shape[1] * row + first), item_bytes * padded)
    for top in range(ticks):
        bottom = max(0, top - buffers.ticks_back + 1)
        lowest = max(0, bottom - buffers.ticks_before) if buffers.is_recording[0] else bottom
        for tick in range(lowest, top + 1):
            clear_dy(wiring, buffers, tick, first, padded)
            clear_own_dx(network, tick, first, count)
        compare_tick(network, top, scale, first, count, tolerance, rank)
        for tick in range(top, bottom - 1, -1):
            is_last_tick = tick == ticks - 1
            backward_tick(network, values, tick, tick == top, is_last_tick, first, count, last_case, rank)
        if buffers.is_recording[0]:
            record_other_dy(wiring, buffers, lowest, bottom, top + 1, first, count)
        for row in range(buffers.tick_rows * bottom, buffers.tick_rows * (top + 1)):
            for case in range(first, first + padded):
                buffers.dx_sums[row, case] += buffers.dy[first_tick_row + row, case]
    weight_error_sums(buffers, first, count)
    for row in range(rows):
        for case in range(first, first + padded):
            buffers.dy[first_tick_row + row, case] = buffers.dx_sums[row, case]


@inline
def compare_and_backward(
    network: NetworkArguments,
    values: Floats,
    ticks: int,
    scale: float,
    first: int,
    count: int,
    tolerance: float,
    last_case: int,
    rank: int,
) -> None:
    """Compare outputs and targets, and propagate derivatives backward, through all ticks or truncated."""
    wiring, buffers = network.wiring, network.buffers
    if buffers.is_recording[0]:
        clear_recorded_dy(buffers, ticks, first, count)
        for tick in range(ticks):
            set_own_dy(network, buffers.recorded_dy, tick * buffers.tick_rows, tick, scale, first, count)
    if 0 < buffers.ticks_back < ticks:
        backward_truncated(network, values, ticks, scale, first, count, tolerance, last_case, rank)
    else:
        compare(network, ticks, scale, first, count, tolerance, rank)
        backward(network, values, ticks, first, count, last_case, rank)
        if buffers.is_recording[0]:
            record_other_dy(wiring, buffers, 0, 0, ticks, first, count)
    if last_case >= 0:
        copy_recorded_clamped_dy(wiring, buffers, ticks, last_case)
