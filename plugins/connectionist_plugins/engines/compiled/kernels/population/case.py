"""One case of several networks: comparison with the targets, and the derivatives of the weights, with the sums of `kernels.case`."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.block.compare import clear_dy, compare_net_inputs
from connectionist_plugins.engines.compiled.kernels.indexing import first_row, sum_first
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline


@inline
def add_errors(loops, buffers, lanes, totals, count):
    """Add to the total of each lane the errors [index, lane] in ``buffers.errors``."""
    width, item_bytes = lanes.block_errors.shape[1], buffers.x.itemsize
    numbers, out = address_of(lanes.numbers), address_of(lanes.block_errors)
    call(loops.transposed, (address_of(buffers.errors), numbers, count, lanes.errors.size, numbers, out, item_bytes * width))
    for lane in range(totals.size):
        totals[lane] += sum_first(lanes.block_errors[lane], count)


@inline
def add_totals(totals, parts):
    """Add the parts to the totals, lane by lane."""
    for lane in range(totals.size):
        totals[lane] += parts[lane]


@cached_njit(error_model="numpy")
def compare_case(wiring, functions, loops, buffers, lanes, ticks, scale, tolerance):
    """Compare outputs and targets at all ticks: set ∂E/∂y, add to E of each lane, and mark the lanes with a wrong output."""
    count, item_bytes = lanes.errors.size, buffers.x.itemsize
    errors = address_of(buffers.errors)
    set_zero(address_of(buffers.wrong), item_bytes * count)
    lanes.case_errors[:] = 0.0
    for tick in range(ticks):
        clear_dy(wiring, buffers, tick, 0, count)
        lanes.tick_errors[:] = 0.0
        tick_row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
        for run in range(wiring.output_runs.shape[0]):
            output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
            row, target = tick_row + wiring.output_rows[output], target_row + wiring.target_rows[output]
            y, d, dy = (address_of(buffers.y[row]), address_of(buffers.d[target]), address_of(buffers.dy[row]))
            if not functions.is_paired[run]:
                set_zero(errors, item_bytes * count * units)
                shape = (1, units * count, units * count)
                call(functions.compare[run], (y, d, dy, errors, *shape, functions.margin[run], functions.error_parameters[run]))
                add_errors(loops, buffers, lanes, lanes.tick_errors, units)
            mark_wrong_lanes(buffers, row, target, units, tolerance)
            if scale != 1.0:
                scale_rows(buffers.dy, row, row + units, scale)
        for step in range(functions.paired.size):
            if functions.paired[step]:
                units = 1 if functions.joint[step] else wiring.step_starts[step + 1] - wiring.step_starts[step]
                set_zero(errors, item_bytes * count * units)
                compare_net_inputs(wiring, functions, buffers, step, tick, scale, 0, count, 0)
                add_errors(loops, buffers, lanes, lanes.tick_errors, units)
        add_totals(lanes.case_errors, lanes.tick_errors)
    add_totals(lanes.errors, lanes.case_errors)


@cached_njit(error_model="numpy")
def mark_wrong_lanes(buffers, row, target, units, tolerance):
    """Mark the lanes in which the distance of one of the units from its target is `tolerance` or more."""
    y, d, wrong = buffers.y, buffers.d, buffers.wrong
    for unit in range(units):
        for lane in range(y.shape[1]):
            before = wrong[lane]
            wrong[lane] = 1.0 if abs(y[row + unit, lane] - d[target + unit, lane]) >= tolerance else before


@cached_njit(error_model="numpy")
def scale_rows(array, begin, end, factor):
    """Multiply rows of an array by a factor."""
    for row in range(begin, end):
        for lane in range(array.shape[1]):
            array[row, lane] *= factor


@cached_njit(error_model="numpy")
def sum_case_derivatives(wiring, lane_loops, derivatives, buffers, ticks, adds):
    """Set, or add to, the weights' derivatives of one case, summed over ticks (equation 6)."""
    row_bytes, out = buffers.x.itemsize * buffers.x.shape[1], address_of(derivatives)
    for back in range(ticks):
        tick_row, now_adds = first_row(buffers, ticks - 1 - back), 1 if back else adds
        for step in range(wiring.step_starts.size - 2, -1, -1):
            for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
                block = wiring.blocks[index]
                dx = address_of(buffers.dy) + row_bytes * (tick_row + block[0])
                for matrix in range(block[2], block[2] + block[3]):
                    sender, senders, weight = wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
                    if ticks == 1 or senders == 1:
                        y = address_of(buffers.y) + row_bytes * (tick_row + sender)
                        call(lane_loops.products_of_case, (out, weight, dx, block[1], y, senders, row_bytes, now_adds))
            if wiring.block_starts[step] == wiring.block_starts[step + 1]:
                add_connection_derivatives(wiring, derivatives, buffers, step, tick_row)
    for index in range(wiring.blocks.shape[0] if ticks > 1 else 0):
        block = wiring.blocks[index]
        first = first_row(buffers, 0)
        dx = address_of(buffers.dy) + row_bytes * (first + block[0])
        for matrix in range(block[2], block[2] + block[3]):
            sender, senders, weight = wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
            if senders > 1:
                y = address_of(buffers.y) + row_bytes * (first + sender)
                rest = (block[1], y, senders, row_bytes, row_bytes * buffers.tick_rows, ticks, adds)
                call(lane_loops.products_over_ticks, (out, weight, dx, *rest))


@cached_njit(error_model="numpy")
def add_connection_derivatives(wiring, derivatives, buffers, step, tick_row):
    """Add to the derivatives of the weights into one step, connection by connection."""
    count = buffers.x.shape[1]
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        dx = buffers.dy[tick_row + wiring.unit_rows[position]]
        for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
            y, first = buffers.y[tick_row + wiring.sender_rows[connection]], count * wiring.weight_rows[connection]
            for lane in range(count):
                derivatives[first + lane] += dx[lane] * y[lane]
