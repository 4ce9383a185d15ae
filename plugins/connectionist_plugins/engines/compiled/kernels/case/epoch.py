"""One epoch of training in which the weights change after each example.

The parameters are those of `block.epoch.run_epoch`. Those with a leading underscore are not used.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam
from connectionist_plugins.engines.compiled.kernels.block.compare import set_own_dy
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied, sum_signals
from connectionist_plugins.engines.compiled.kernels.block.epoch import call_after_example, change_weights, store_last_dy
from connectionist_plugins.engines.compiled.kernels.block.passes import set_initial_state
from connectionist_plugins.engines.compiled.kernels.case.backward import compare_and_backward_case
from connectionist_plugins.engines.compiled.kernels.case.compare import compare_case
from connectionist_plugins.engines.compiled.kernels.case.forward import forward_case
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.indexing import first_row
from connectionist_plugins.engines.compiled.kernels.perturbation import backward_values, load_case_perturbation, used_values
from connectionist_plugins.engines.compiled.kernels.probes import CHANGE_PROBE, record_units, record_weights


@kernel
def load_case(inputs: FloatTable, targets: FloatTable, example: int, ticks: int, buffers: CaseBuffers) -> None:
    """Copy the inputs and targets of one example into the buffers."""
    for column in range(ticks * buffers.inputs_per_tick):
        buffers.y[buffers.input_rows[column], 0] = inputs[example, column]
    for column in range(ticks * buffers.targets_per_tick):
        buffers.d[buffers.target_rows[column], 0] = targets[example, column]


@kernel
def run_epoch_by_case(
    arguments: TrainingArguments,
    network: NetworkArguments,
    order: Integers,
    _is_loaded: bool,
    _shows: bool,
    epoch: int,
    _team: ThreadTeam,
) -> tuple[float, int, int]:
    """Present the examples of one epoch. Return E, the number of correct cases, and 1, the size of a block."""
    wiring, buffers, rule, weights = network.wiring, network.buffers, arguments.rule, arguments.weights
    inputs, targets, probes = arguments.inputs, arguments.targets, arguments.probes
    error, correct, tolerance = 0.0, 0, arguments.stop.tolerance
    adds = 1 if wiring.tied_weights.size > 0 or rule.signal != 0 or not wiring.is_dense else 0
    values, derivatives = used_values(weights.values, buffers), weights.derivatives
    backward = backward_values(values, weights.backward)
    is_plain, shows_each = buffers.is_plain, buffers.after_example != 0
    for index in range(order.size):
        example, is_last_case = order[index], index == order.size - 1 or shows_each
        ticks = buffers.lengths[0 if buffers.lengths.size == 1 else example]
        scale = 1.0 / ticks if weights.averages_ties else 1.0
        if adds:
            set_zero(address_of(derivatives), derivatives.itemsize * derivatives.size)
        if buffers.continues.size:
            set_initial_state(buffers, example, ticks)
        load_case(inputs, targets, example, ticks, buffers)
        error_weight = 1.0
        if not is_plain:
            error_weight = load_case_perturbation(weights.values, example, index, ticks, epoch, buffers)
        forward_case(network, values, ticks)
        if rule.signal == 0:
            case_error, is_correct = compare_and_backward_case(network, backward, derivatives, ticks, scale, tolerance, adds, is_last_case)
        else:
            case_error, is_correct = compare_case(network, ticks, 1.0, tolerance)
            for tick in range(ticks):
                set_own_dy(network, buffers.dy, first_row(buffers, tick), tick, 1.0, 0, 1)
            store_last_dy(buffers, ticks, 0)
            sum_signals(wiring, rule, values, derivatives, buffers, ticks, scale, 1)
        if probes is not None:
            record_units(probes, buffers, order, index, 0, 1, ticks, 1.0 if rule.signal else 1.0 / scale, epoch)
        error += error_weight * case_error
        rule.error[0] = error_weight * case_error
        correct += is_correct
        if weights.averages_ties:
            average_tied(wiring.tied_weights, wiring.tie_sizes, derivatives, 1)
        change_weights(rule, weights, probes is not None or is_last_case, is_last_case, 0, 1)
        if probes is not None:
            record_weights(probes, weights.values, epoch, index, CHANGE_PROBE)
        if shows_each:
            call_after_example(buffers, epoch, order, index, ticks, error_weight * case_error, 1 - is_correct)
    return error, correct, 1
