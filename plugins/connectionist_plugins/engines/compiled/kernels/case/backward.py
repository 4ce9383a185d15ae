"""The backward pass over one case, full or truncated to `CaseBuffers.ticks_back` ticks."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.block.backward import leak_activation_derivative, leak_net_derivative
from connectionist_plugins.engines.compiled.kernels.block.compare import add_own_dx, clear_own_dx, set_own_dy
from connectionist_plugins.engines.compiled.kernels.case.compare import clear_case_dy, compare_case, compare_case_tick
from connectionist_plugins.engines.compiled.kernels.direct_feedback import set_direct_dy
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, first_row
from connectionist_plugins.engines.compiled.kernels.input_functions import add_to_derivatives, has_input_function, propagate_to_senders
from connectionist_plugins.engines.compiled.kernels.perturbation import clear_clamped_dy
from connectionist_plugins.engines.compiled.kernels.probes import clear_recorded_dy, record_dy, record_other_dy
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@kernel
def backpropagate_connections(
    network: NetworkArguments, step: int, values: Floats, derivatives: Floats, tick_row: int, is_last_case: bool
) -> None:
    """Add to the derivatives of the weights into one step (equation 6) and to ∂E/∂y of the senders (equation 7), unit by unit."""
    wiring, y, dy = network.wiring, network.buffers.y.ravel(), network.buffers.dy.ravel()
    begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
    if has_input_function(network.functions, step):
        add_to_derivatives(network, step, begin, end, values, derivatives, tick_row, 1, 0)
        propagate_to_senders(network, step, values, tick_row, 0, 1, is_last_case, 0)
        return
    for position in range(begin, end):
        dx = dy[tick_row + wiring.unit_rows[position]]
        for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
            sender, weight = tick_row + wiring.sender_rows[connection], wiring.weight_rows[connection]
            derivatives[weight] += dx * y[sender]
            if wiring.connection_flags[connection]:
                dy[sender] += dx * values[weight]


@kernel
def backpropagate_matrices(
    network: NetworkArguments,
    step: int,
    values: Floats,
    derivatives: Floats,
    tick_row: int,
    adds: int,
    with_derivatives: bool,
    is_last_case: bool,
) -> None:
    """Set, or add to, the derivatives of the weights into one step (equation 6), and add to ∂E/∂y of the senders (equation 7).

    Matrices with one sender are computed here at every tick, others according to `with_derivatives`.
    """
    wiring, loops = network.wiring, network.loops
    y, dy = network.buffers.y.ravel(), network.buffers.dy.ravel()
    item_bytes = y.itemsize
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[index]
        dx, rows = address_of(dy) + item_bytes * (tick_row + block[0]), block[1]
        for matrix in range(block[2], block[2] + block[3]):
            sender, columns, weight = tick_row + wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
            flag = wiring.matrix_flags[matrix]
            propagates = flag == BACKPROPAGATES or (flag and is_last_case)
            senders, back = address_of(y) + item_bytes * sender, address_of(dy) + item_bytes * sender
            if columns == 1:
                call(loops.scaled_vector, (address_of(y), sender, dx, address_of(derivatives) + item_bytes * weight, rows, adds))
                if propagates:
                    for row in range(rows):
                        dy[sender] += dy[tick_row + block[0] + row] * values[weight + row]
                continue
            if not with_derivatives:
                if propagates:
                    call(loops.propagated_derivatives, (address_of(values), weight, dx, rows, columns, back))
                continue
            set_or_add = loops.add_derivatives if adds else loops.set_derivatives
            if propagates:
                set_or_add = loops.add_derivatives_and_propagate if adds else loops.set_derivatives_and_propagate
            call(set_or_add, (address_of(values), address_of(derivatives), weight, dx, rows, senders, columns, back))


@kernel
def sum_derivatives_over_ticks(network: NetworkArguments, derivatives: Floats, ticks: int, adds: int) -> None:
    """Set, or add to, the derivatives of weight matrices with several senders, summed over all ticks (equation 6)."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    item_bytes, tick_row = buffers.y.itemsize, first_row(buffers, 0)
    y, dx = address_of(buffers.y) + item_bytes * tick_row, address_of(buffers.dy) + item_bytes * tick_row
    for index in range(wiring.blocks.shape[0]):
        block = wiring.blocks[index]
        for matrix in range(block[2], block[2] + block[3]):
            sender, columns, weight = wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
            if columns > 1:
                receivers, senders = dx + item_bytes * block[0], y + item_bytes * sender
                rest = (weight, receivers, block[1], senders, columns, item_bytes * buffers.tick_rows, ticks, adds)
                call(loops.derivatives_over_ticks, (address_of(derivatives), *rest))


@inline
def apply_case_slope(network: NetworkArguments, step: int, x: Floats, y: Floats, dy: Floats, tick_row: int) -> None:
    """Multiply ∂E/∂y of one step's units by the slope of their activation function, which gives ∂E/∂x."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, begin, end = x.itemsize, wiring.step_starts[step], wiring.step_starts[step + 1]
    slope, parameters = functions.slope[step], functions.activation_parameters[step]
    is_perturbed = not buffers.is_plain and buffers.steady_y.size > 0
    if functions.joint[step]:
        rows, offset, scratch = address_of(wiring.unit_rows) + INT64_BYTES * begin, item_bytes * tick_row, address_of(buffers.scratch)
        computed_y = address_of(y) + offset
        if is_perturbed:
            computed_y = address_of(buffers.steady_y)
            call(functions.activate[step], (address_of(x) + offset, computed_y, rows, end - begin, 1, 1, scratch, parameters))
        call(slope, (computed_y, address_of(dy) + offset, rows, end - begin, 1, 1, scratch, parameters))
    else:
        offset, units = item_bytes * (tick_row + wiring.unit_rows[begin]), end - begin
        steady_y = address_of(y) + offset
        if functions.integrates[step] == ACTIVATION:
            leak_activation_derivative(network, begin, end, tick_row, 0, 1)
        if is_perturbed or functions.integrates[step] == ACTIVATION:
            steady_y = address_of(buffers.steady_y)
            call(functions.activate[step], (address_of(x) + offset, steady_y, 1, units, units, parameters))
        call(slope, (address_of(x) + offset, steady_y, address_of(dy) + offset, 1, units, units, parameters))


@kernel
def backward_case_tick(
    network: NetworkArguments,
    values: Floats,
    derivatives: Floats,
    tick: int,
    is_top: bool,
    is_last_tick: bool,
    adds: int,
    with_derivatives: bool,
    is_last_case: bool,
) -> None:
    """Compute ∂E/∂x of all steps at one tick, last step first, and propagate it to their weights and senders."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    x, y, dy = buffers.x.ravel(), buffers.y.ravel(), buffers.dy.ravel()
    tick_row = first_row(buffers, tick)
    is_plain = buffers.is_plain
    for step in range(functions.slope.size - 1, -1, -1):
        begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
        if not is_plain:
            set_direct_dy(wiring, begin, end, buffers, tick_row, 0, 1)
        if is_last_case and is_last_tick:
            for position in range(begin, end):
                row = wiring.unit_rows[position]
                buffers.last_dy[row] = dy[tick_row + row] if functions.slope[step] else 0.0
        if buffers.is_recording[0] and functions.slope[step]:
            record_dy(wiring, buffers, begin, end, tick, 0, 1)
        if functions.slope[step]:
            if not is_plain:
                clear_clamped_dy(wiring, begin, end, buffers, tick_row, 0, 1)
            apply_case_slope(network, step, x, y, dy, tick_row)
        if functions.paired[step] and functions.slope[step]:
            add_own_dx(wiring, buffers, step, tick, 0, 1)
        if functions.integrates[step] == NET_INPUT:
            leak_net_derivative(network, begin, end, tick_row, 0, 1, is_top)
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            backpropagate_matrices(network, step, values, derivatives, tick_row, adds, with_derivatives, is_last_case)
        else:
            backpropagate_connections(network, step, values, derivatives, tick_row, is_last_case)
    if is_last_case:
        store_clamped_dy(wiring, buffers, tick_row, is_last_tick)


@kernel
def store_clamped_dy(wiring: WiringArguments, buffers: CaseBuffers, tick_row: int, is_last_tick: bool) -> None:
    """Store ∂E/∂y of clamped units at the last tick for the unit objects; for the unit that is always on, the sum over ticks."""
    before = buffers.last_dy[wiring.bias_row]
    if is_last_tick:
        for row in range(wiring.first_clamped, buffers.tick_rows):
            buffers.last_dy[row] = buffers.dy[tick_row + row, 0]
    buffers.last_dy[wiring.bias_row] = before + buffers.dy[tick_row + wiring.bias_row, 0]


@rare
def backward_case_truncated(
    network: NetworkArguments,
    values: Floats,
    derivatives: Floats,
    ticks: int,
    scale: float,
    tolerance: float,
    adds: int,
    is_last_case: bool,
) -> tuple[float, int]:
    """Compare outputs and targets at each tick, and propagate its derivatives backward through `ticks_back` ticks.

    Several passes go through the same tick. If derivatives are recorded, its ∂E/∂x is the sum over these passes.
    """
    wiring, buffers = network.wiring, network.buffers
    sums = buffers.dx_sums.ravel()
    error, correct, first_tick_row = 0.0, 1, first_row(buffers, 0)
    for top in range(ticks):
        bottom = max(0, top - buffers.ticks_back + 1)
        lowest = max(0, bottom - buffers.ticks_before) if buffers.is_recording[0] else bottom
        clear_case_dy(buffers, lowest, top + 1)
        for tick in range(lowest, top + 1):
            clear_own_dx(network, tick, 0, 1)
        tick_error, tick_correct = compare_case_tick(network, top, scale, tolerance)
        error += tick_error
        correct &= tick_correct
        for tick in range(top, bottom - 1, -1):
            is_top, is_last_tick = tick == top, tick == ticks - 1
            now_adds = 1 if tick or top else adds
            backward_case_tick(network, values, derivatives, tick, is_top, is_last_tick, now_adds, True, is_last_case)
        if buffers.is_recording[0]:
            record_other_dy(wiring, buffers, lowest, bottom, top + 1, 0, 1)
            for row in range(buffers.tick_rows * bottom, buffers.tick_rows * (top + 1)):
                sums[row] += buffers.dy[first_tick_row + row, 0]
    if buffers.is_recording[0]:
        for row in range(buffers.tick_rows * ticks):
            buffers.dy[first_tick_row + row, 0] = sums[row]
    return error, correct


@kernel
def compare_and_backward_case(
    network: NetworkArguments,
    values: Floats,
    derivatives: Floats,
    ticks: int,
    scale: float,
    tolerance: float,
    adds: int,
    is_last_case: bool,
) -> tuple[float, int]:
    """Compare outputs and targets, and propagate derivatives backward, through all ticks or truncated.

    Return E, and 1 if all outputs are correct, else 0.
    """
    wiring, buffers = network.wiring, network.buffers
    if is_last_case:
        buffers.last_dy[:] = 0.0
    if buffers.is_recording[0]:
        clear_recorded_dy(buffers, ticks, 0, 1)
        for tick in range(ticks):
            set_own_dy(network, buffers.recorded_dy, tick * buffers.tick_rows, tick, scale, 0, 1)
        buffers.dx_sums[:] = 0.0
    if 0 < buffers.ticks_back < ticks:
        return backward_case_truncated(network, values, derivatives, ticks, scale, tolerance, adds, is_last_case)
    error, correct = compare_case(network, ticks, scale, tolerance)
    for tick in range(ticks - 1, -1, -1):
        is_top = tick == ticks - 1
        now_adds = adds if is_top else 1
        backward_case_tick(network, values, derivatives, tick, is_top, is_top, now_adds, ticks == 1, is_last_case)
    if ticks > 1:
        sum_derivatives_over_ticks(network, derivatives, ticks, adds)
    if buffers.is_recording[0]:
        record_other_dy(wiring, buffers, 0, 0, ticks, 0, 1)
    return error, correct
