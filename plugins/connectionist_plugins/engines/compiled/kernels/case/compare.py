"""Compare outputs and targets of one case: E, the initial ∂E/∂y, and whether the case is correct."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.kernels.block.compare import add_cost, compare_group, compare_net_inputs
from connectionist_plugins.engines.compiled.kernels.indexing import BY_UNIT, first_row, scale_first, sum_first
from connectionist_plugins.engines.compiled.kernels.perturbation import weight_errors


@kernel
def clear_case_dy(buffers: CaseBuffers, begin: int, end: int) -> None:
    """Set ∂E/∂y of all units to 0 at the ticks from `begin` to before `end`."""
    item_bytes = buffers.dy.itemsize
    set_zero(address_of(buffers.dy) + item_bytes * first_row(buffers, begin), item_bytes * buffers.tick_rows * (end - begin))


@kernel
def compare_case_tick(network: NetworkArguments, tick: int, scale: float, tolerance: float) -> tuple[float, int]:
    """Compare outputs and targets at one tick: add to ∂E/∂y (equation 4). Return E, and 1 if all outputs are correct, else 0."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    y, d, dy, errors = buffers.y.ravel(), buffers.d.ravel(), buffers.dy.ravel(), buffers.errors
    item_bytes, tick_row, target_row = y.itemsize, first_row(buffers, tick), tick * buffers.target_tick_rows
    error, correct = 0.0, 1
    for run in range(wiring.output_runs.shape[0]):
        output, units = wiring.output_runs[run, 0], wiring.output_runs[run, 1]
        row, target = tick_row + wiring.output_rows[output], target_row + wiring.target_rows[output]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        offset = item_bytes * row
        arrays = (address_of(y) + offset, address_of(d) + item_bytes * target, address_of(dy) + offset, address_of(errors))
        if functions.comparison[run] == BY_UNIT:
            set_zero(address_of(errors), item_bytes * units)
            call(functions.compare[run], (*arrays, 1, units, units, margin, parameters))
            error += sum_first(errors, units)
        for unit in range(units):
            if abs(y[row + unit] - d[target + unit]) >= tolerance:
                correct = 0
        if scale != 1.0:
            scale_first(dy[row:], units, scale)
    for step in range(functions.paired.size):
        if functions.paired[step]:
            units = 1 if functions.joint[step] else wiring.step_starts[step + 1] - wiring.step_starts[step]
            set_zero(address_of(errors), item_bytes * units)
            compare_net_inputs(network, step, tick, scale, 0, 1, 0)
            error += sum_first(errors, units)
    for index in range(functions.joint_compare.size):
        errors[0] = 0.0
        compare_group(network, index, tick, scale, 0, 1, 0)
        error += errors[0]
    for run in range(functions.cost.size):
        units = functions.cost_runs[run, 1]
        set_zero(address_of(errors), item_bytes * units)
        add_cost(network, run, tick, scale, 0, 1)
        error += sum_first(errors, units)
    if buffers.error_weights.size:
        weight_errors(network, tick, 0, 1)
    return error, correct


@kernel
def compare_case(network: NetworkArguments, ticks: int, scale: float, tolerance: float) -> tuple[float, int]:
    """Compare outputs and targets at all ticks. Return E, and 1 if all outputs are correct, else 0."""
    buffers = network.buffers
    clear_case_dy(buffers, 0, ticks)
    error, correct = 0.0, 1
    for tick in range(ticks):
        tick_error, tick_correct = compare_case_tick(network, tick, scale, tolerance)
        error += tick_error
        correct &= tick_correct
    return error, correct
