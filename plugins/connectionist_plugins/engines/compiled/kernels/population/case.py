"""One case of several networks: comparison with the targets, and the derivatives of the weights, with the sums of `kernels.case`."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.block.backward import backward, backward_tick
from connectionist_plugins.engines.compiled.kernels.block.compare import add_cost, clear_dy, clear_own_dx, compare_group, compare_net_inputs
from connectionist_plugins.engines.compiled.kernels.indexing import BY_UNIT, first_row
from connectionist_plugins.engines.compiled.kernels.perturbation import weight_errors
from connectionist_plugins.engines.compiled.kernels.population.arguments import Lanes, PopulationArguments
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES
from connectionist_plugins.engines.compiled.simd.lane_sums import add_sums
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES
from connectionist_plugins.engines.compiled.simd.wrong_cases import mark_wrong


@kernel
def compare_tick(network: NetworkArguments, lanes: Lanes, tick: int, scale: float, tolerance: float) -> None:
    """Compare outputs and targets at one tick: add to ∂E/∂y and to E of each lane's case, and mark the lanes with a wrong output."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    count, item_bytes = lanes.errors.size, buffers.x.itemsize
    errors = address_of(buffers.errors)
    tick_row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
    set_zero(address_of(lanes.tick_errors), VECTOR_BYTES)
    for run in range(wiring.output_runs.shape[0]):
        output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
        row, target = tick_row + wiring.output_rows[output], target_row + wiring.target_rows[output]
        y, d, dy = (address_of(buffers.y[row]), address_of(buffers.d[target]), address_of(buffers.dy[row]))
        if functions.comparison[run] == BY_UNIT:
            set_zero(errors, item_bytes * count * units)
            shape = (1, units * count, units * count)
            call(functions.compare[run], (y, d, dy, errors, *shape, functions.margin[run], functions.error_parameters[run]))
            add_sums(buffers.errors, units, lanes.tick_errors)
        mark_wrong(buffers.y, row, buffers.d, target, units, 0, count, tolerance, True, buffers.wrong)
        if scale != 1.0:
            scale_rows(buffers.dy, row, row + units, scale)
    for step in range(functions.paired.size):
        if functions.paired[step]:
            units = 1 if functions.joint[step] else wiring.step_starts[step + 1] - wiring.step_starts[step]
            set_zero(errors, item_bytes * count * units)
            compare_net_inputs(network, step, tick, scale, 0, count, 0)
            add_sums(buffers.errors, units, lanes.tick_errors)
    for index in range(functions.joint_compare.size):
        set_zero(errors, item_bytes * count)
        compare_group(network, index, tick, scale, 0, count, 0)
        add_sums(buffers.errors, 1, lanes.tick_errors)
    for run in range(functions.cost.size):
        units = functions.cost_runs[run, 1]
        set_zero(errors, item_bytes * count * units)
        add_cost(network, run, tick, scale, 0, count)
        add_sums(buffers.errors, units, lanes.tick_errors)
    if buffers.error_weights.size:
        weight_errors(network, tick, 0, count)
    add_sums(lanes.tick_errors, 1, lanes.case_errors)


@inline
def compare_and_backward_case(arguments: PopulationArguments, scale: float, adds: int) -> None:
    """Compare outputs and targets of one case, propagate derivatives backward, and sum the derivatives of the weights."""
    network, weights, lanes, settings = arguments.network, arguments.weights, arguments.lanes, arguments.settings
    wiring, buffers = network.wiring, network.buffers
    count, ticks = lanes.errors.size, settings.ticks
    set_zero(address_of(buffers.wrong), VECTOR_BYTES)
    set_zero(address_of(lanes.case_errors), VECTOR_BYTES)
    if 0 < buffers.ticks_back < ticks:
        backward_case_truncated(arguments, scale, adds)
    else:
        for tick in range(ticks):
            clear_dy(wiring, buffers, tick, 0, count)
            compare_tick(network, lanes, tick, scale, arguments.stop.tolerance)
        backward(network, weights.values, ticks, 0, count, -1, 0)
        sum_case_derivatives(arguments, adds)
    for lane in range(count if buffers.error_weights.size else 0):
        lanes.case_errors[lane] *= buffers.error_weights[lane]
    add_sums(lanes.case_errors, 1, lanes.errors)
    if settings.has_summary:
        add_sums(lanes.case_errors, 1, lanes.errors_of_change)


@rare
def backward_case_truncated(arguments: PopulationArguments, scale: float, adds: int) -> None:
    """Compare outputs and targets at each tick, and propagate its derivatives backward through `ticks_back` ticks."""
    network, weights, lanes = arguments.network, arguments.weights, arguments.lanes
    wiring, buffers, count, ticks = network.wiring, network.buffers, lanes.errors.size, arguments.settings.ticks
    for top in range(ticks):
        bottom = max(0, top - buffers.ticks_back + 1)
        for tick in range(bottom, top + 1):
            clear_dy(wiring, buffers, tick, 0, count)
            clear_own_dx(network, tick, 0, count)
        compare_tick(network, lanes, top, scale, arguments.stop.tolerance)
        for tick in range(top, bottom - 1, -1):
            is_last_tick = tick == ticks - 1
            backward_tick(network, weights.values, tick, tick == top, is_last_tick, 0, count, -1, 0)
            sum_tick_derivatives(arguments, tick, 1 if tick or top else adds, True)


@kernel
def scale_rows(array: FloatTable, begin: int, end: int, factor: float) -> None:
    """Multiply rows of an array by a factor."""
    for row in range(begin, end):
        for lane in range(array.shape[1]):
            array[row, lane] *= factor


@kernel
def sum_tick_derivatives(arguments: PopulationArguments, tick: int, adds: int, has_all: bool) -> None:
    """Set, or add to, the weights' derivatives at one tick (equation 6).

    If not `has_all`, these are the weights of matrices with one sender and of sparse connections.
    """
    wiring, buffers, derivatives = arguments.network.wiring, arguments.network.buffers, arguments.weights.derivatives
    row_bytes, tick_row = buffers.x.itemsize * buffers.x.shape[1], first_row(buffers, tick)
    y, dx = address_of(buffers.y) + row_bytes * tick_row, address_of(buffers.dy) + row_bytes * tick_row
    for step in range(wiring.step_starts.size - 2, -1, -1):
        for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
            block = wiring.blocks[index]
            matrices = address_of(wiring.matrices) + MATRIX_BYTES * block[2]
            receivers = (dx + row_bytes * block[0], block[1])
            call(arguments.lane_loops.products_of_case, (address_of(derivatives), matrices, block[3], *receivers, y, adds, has_all))
        if arguments.settings.has_trained_connections[step]:
            add_connection_derivatives(wiring, derivatives, buffers, step, tick_row)


@kernel
def sum_case_derivatives(arguments: PopulationArguments, adds: int) -> None:
    """Set, or add to, the weights' derivatives of one case, summed over ticks (equation 6)."""
    wiring, buffers, derivatives = arguments.network.wiring, arguments.network.buffers, arguments.weights.derivatives
    ticks = arguments.settings.ticks
    for tick in range(ticks - 1, -1, -1):
        sum_tick_derivatives(arguments, tick, adds if tick == ticks - 1 else 1, ticks == 1)
    row_bytes, first = buffers.x.itemsize * buffers.x.shape[1], first_row(buffers, 0)
    y, dx = address_of(buffers.y) + row_bytes * first, address_of(buffers.dy) + row_bytes * first
    for index in range(wiring.blocks.shape[0] if ticks > 1 else 0):
        block = wiring.blocks[index]
        matrices = address_of(wiring.matrices) + MATRIX_BYTES * block[2]
        receivers, over_ticks = (dx + row_bytes * block[0], block[1]), (row_bytes * buffers.tick_rows, ticks)
        call(
            arguments.lane_loops.products_over_ticks,
            (address_of(derivatives), matrices, block[3], *receivers, y, *over_ticks, adds),
        )


@kernel
def add_connection_derivatives(wiring: WiringArguments, derivatives: Floats, buffers: CaseBuffers, step: int, tick_row: int) -> None:
    """Add to the derivatives of the weights into one step, connection by connection."""
    count = buffers.x.shape[1]
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        dx = buffers.dy[tick_row + wiring.unit_rows[position]]
        for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
            y, first = buffers.y[tick_row + wiring.sender_rows[connection]], count * wiring.weight_rows[connection]
            for lane in range(count):
                derivatives[first + lane] += dx[lane] * y[lane]
