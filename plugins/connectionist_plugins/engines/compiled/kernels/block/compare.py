"""Compare outputs and targets of a block of cases: E of each case, the initial ∂E/∂y, and which cases are wrong.

Arguments, beside those in `kernels`: `padded` is the number of cases up to a whole vector, `run` the index of a run of units with a cost.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, noinline, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.indexing import BY_NET_INPUT, BY_UNIT, first_row, scale_first, vector_count
from connectionist_plugins.engines.compiled.kernels.perturbation import weight_errors
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES
from connectionist_plugins.engines.compiled.simd.wrong_cases import mark_wrong


@kernel
def clear_dy(wiring: WiringArguments, buffers: CaseBuffers, tick: int, first: int, padded: int) -> None:
    """Set ∂E/∂y at one tick to 0, for all activated units, and for clamped units if theirs is recorded."""
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    dy = address_of(buffers.dy) + item_bytes * (stride * first_row(buffers, tick) + first)
    for index in range(buffers.clamped_rows.size if buffers.is_recording[0] else 0):
        set_zero(dy + item_bytes * stride * buffers.clamped_rows[index], item_bytes * padded)
    for run in range(wiring.activated_runs.shape[0]):
        begin, rows = wiring.activated_runs[run, 0], wiring.activated_runs[run, 1]
        if padded == stride:
            set_zero(dy + item_bytes * stride * begin, item_bytes * stride * rows)
        else:
            for row in range(begin, begin + rows):
                set_zero(dy + item_bytes * stride * row, item_bytes * padded)


@inline
def clear_errors(buffers: CaseBuffers, first: int, count: int) -> None:
    """Set E of a slice of the cases to 0."""
    set_zero(address_of(buffers.errors) + buffers.x.itemsize * first, vector_count(buffers, count) * VECTOR_BYTES)


@noinline
def compare_net_inputs(
    network: NetworkArguments,
    step: int,
    tick: int,
    scale: float,
    first: int,
    count: int,
    rank: int,
) -> None:
    """Compare the units of one step by the formula of their net inputs: add to E, and set ∂E/∂x of the units' own errors.

    It is written to `own_dx`, or to `dy` if no derivative comes back to the units, so that there is no ∂E/∂y to multiply by the slope.
    With a single case, E is computed for each unit: the units, of one network or of several, are then treated as cases.
    """
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    offset = item_bytes * (stride * first_row(buffers, tick) + first)
    target_offset = item_bytes * (stride * tick * buffers.target_tick_rows + first)
    x, y, errors = address_of(buffers.x) + offset, address_of(buffers.y) + offset, address_of(buffers.errors) + item_bytes * first
    d, dx = address_of(buffers.d) + target_offset, address_of(buffers.own_dx) + target_offset
    is_alone = functions.slope[step] == 0
    if is_alone:
        dx = address_of(buffers.dy) + offset
    begin, units = wiring.step_starts[step], wiring.step_starts[step + 1] - wiring.step_starts[step]
    f, margin, parameters = functions.paired[step], functions.paired_margin[step], functions.paired_parameters[step]
    if functions.joint[step]:
        rows, targets = address_of(wiring.unit_rows) + INT64_BYTES * begin, address_of(wiring.unit_target_rows) + INT64_BYTES * begin
        out = rows if is_alone else targets
        scratch = address_of(buffers.scratch) + rank * FLOAT64_BYTES * buffers.scratch.shape[1]
        if buffers.clamps.size:  # the formula needs the activations that the clamps have replaced
            y = address_of(buffers.steady_y) + item_bytes * first
            call(functions.activate[step], (x, y, rows, units, stride, count, scratch, functions.activation_parameters[step]))
        call(f, (x, y, d, dx, errors, rows, targets, out, units, stride, count, margin, scale, scratch, parameters))
    else:
        row, target = item_bytes * stride * wiring.unit_rows[begin], item_bytes * stride * wiring.unit_target_rows[begin]
        shape = (1, units * count, units * count) if buffers.is_by_case else (units, stride, count)
        out = row if is_alone else target
        call(f, (x + row, y + row, d + target, dx + out, errors, *shape, margin, scale, parameters))


@rare
def compare_group(network: NetworkArguments, index: int, tick: int, scale: float, first: int, count: int, rank: int) -> None:
    """Compare a group that has a joint error function: add to ∂E/∂y and to E."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    offset, target_offset = stride * first_row(buffers, tick) + first, stride * tick * buffers.target_tick_rows + first
    y, d = address_of(buffers.y) + item_bytes * offset, address_of(buffers.d) + item_bytes * target_offset
    dy, errors = address_of(buffers.dy) + item_bytes * offset, address_of(buffers.errors) + item_bytes * first
    output, units = functions.joint_outputs[index, 0], functions.joint_outputs[index, 1]
    rows, targets = address_of(wiring.output_rows) + INT64_BYTES * output, address_of(wiring.target_rows) + INT64_BYTES * output
    scratch = address_of(buffers.scratch) + rank * FLOAT64_BYTES * buffers.scratch.shape[1]
    rest = (functions.joint_margin[index], scale, scratch, functions.joint_error_parameters[index])
    call(functions.joint_compare[index], (y, d, dy, errors, rows, targets, units, stride, count, *rest))


@rare
def add_cost(network: NetworkArguments, run: int, tick: int, scale: float, first: int, count: int) -> None:
    """Add the costs of the activations of one run of units to E, and their slopes to ∂E/∂y.

    With a single case, E is computed for each unit, as in `compare_net_inputs`.
    """
    functions, buffers = network.functions, network.buffers
    row, units = functions.cost_runs[run, 0], functions.cost_runs[run, 1]
    offset = buffers.x.itemsize * (buffers.x.shape[1] * (first_row(buffers, tick) + row) + first)
    y, dy, errors = address_of(buffers.y) + offset, address_of(buffers.dy) + offset, address_of(buffers.errors) + buffers.x.itemsize * first
    shape = (1, units * count, units * count) if buffers.is_by_case else (units, buffers.x.shape[1], count)
    call(functions.cost[run], (y, dy, errors, *shape, scale, functions.cost_parameters[run]))


@rare
def clear_own_dx(network: NetworkArguments, tick: int, first: int, count: int) -> None:
    """Set ∂E/∂x of the units' own errors at one tick to 0."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    target_row = tick * buffers.target_tick_rows
    for step in range(functions.paired.size):
        if functions.paired[step] and functions.slope[step]:
            for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
                buffers.own_dx[target_row + wiring.unit_target_rows[position], first : first + count] = 0.0


@rare
def add_own_dx(wiring: WiringArguments, buffers: CaseBuffers, step: int, tick: int, first: int, count: int) -> None:
    """Add ∂E/∂x of the units' own errors to their ∂E/∂x, for a step whose error function has a formula of the net input."""
    row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        unit, target = row + wiring.unit_rows[position], target_row + wiring.unit_target_rows[position]
        for case in range(first, first + count):
            buffers.dy[unit, case] += buffers.own_dx[target, case]


@rare
def set_own_dy(
    network: NetworkArguments,
    dy: FloatTable,
    row: int,
    tick: int,
    scale: float,
    first: int,
    count: int,
) -> None:
    """Write ∂E/∂y of the units' own errors to an array that has one tick's rows from `row` on.

    This is for the runs that `compare_tick` leaves out, because their ∂E/∂x does not come from it.
    """
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    y = address_of(buffers.y) + item_bytes * (stride * first_row(buffers, tick) + first)
    d = address_of(buffers.d) + item_bytes * (stride * tick * buffers.target_tick_rows + first)
    out, errors = address_of(dy) + item_bytes * (stride * row + first), address_of(buffers.unused_errors) + item_bytes * first
    for run in range(wiring.output_runs.shape[0]):
        if functions.comparison[run] == BY_NET_INPUT:
            output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
            unit, target = wiring.output_rows[output], item_bytes * stride * wiring.target_rows[output]
            shape = (1, units * count, units * count) if buffers.is_by_case else (units, stride, count)
            offset = item_bytes * stride * unit
            arrays = (y + offset, d + target, out + offset, errors)
            for index in range(units):
                dy[row + unit + index, first : first + count] = 0.0
            call(functions.compare[run], (*arrays, *shape, functions.margin[run], functions.error_parameters[run]))
            for index in range(units if scale != 1.0 else 0):
                scale_first(dy[row + unit + index, first:], count, scale)
            for index in range(units if buffers.error_weights.size else 0):
                for case in range(first, first + count):
                    dy[row + unit + index, case] *= buffers.error_weights[case]


@kernel
def compare_tick(
    network: NetworkArguments,
    tick: int,
    scale: float,
    first: int,
    count: int,
    tolerance: float,
    rank: int,
) -> None:
    """Compare outputs and targets at one tick: add to ∂E/∂y (equation 4) and to E, and mark wrong cases."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    tick_row, target_row = first_row(buffers, tick), tick * buffers.target_tick_rows
    offset = item_bytes * (stride * tick_row + first)
    y, dy, errors = address_of(buffers.y) + offset, address_of(buffers.dy) + offset, address_of(buffers.errors) + item_bytes * first
    d = address_of(buffers.d) + item_bytes * (stride * target_row + first)
    for run in range(wiring.output_runs.shape[0]):
        output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
        row, target = item_bytes * stride * wiring.output_rows[output], item_bytes * stride * wiring.target_rows[output]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        if functions.comparison[run] == BY_UNIT:
            call(functions.compare[run], (y + row, d + target, dy + row, errors, units, stride, count, margin, parameters))
        y_row, d_row = tick_row + wiring.output_rows[output], target_row + wiring.target_rows[output]
        adds = tick > 0 or run > 0
        mark_wrong(buffers.y, y_row, buffers.d, d_row, units, first, count, tolerance, adds, buffers.wrong)
        for index in range(units if scale != 1.0 else 0):
            scale_first(buffers.dy[y_row + index, first:], count, scale)
    for step in range(functions.paired.size):
        if functions.paired[step]:
            compare_net_inputs(network, step, tick, scale, first, count, rank)
    for index in range(functions.joint_compare.size):
        compare_group(network, index, tick, scale, first, count, rank)
    for run in range(functions.cost.size):
        add_cost(network, run, tick, scale, first, count)
    if buffers.error_weights.size:
        weight_errors(network, tick, first, count)


@rare
def weight_error_sums(buffers: CaseBuffers, first: int, count: int) -> None:
    """Multiply E of a slice of the cases by the weights of the error."""
    for case in range(first, first + count if buffers.error_weights.size else first):
        buffers.errors[case] *= buffers.error_weights[case]


@kernel
def compare(
    network: NetworkArguments,
    ticks: int,
    scale: float,
    first: int,
    count: int,
    tolerance: float,
    rank: int,
) -> None:
    """Compare outputs and targets at all ticks."""
    wiring, buffers = network.wiring, network.buffers
    padded = vector_count(buffers, count) * VECTOR_BYTES // buffers.x.itemsize
    clear_errors(buffers, first, count)
    for tick in range(ticks):
        clear_dy(wiring, buffers, tick, first, padded)
        compare_tick(network, tick, scale, first, count, tolerance, rank)
    weight_error_sums(buffers, first, count)
