"""One epoch of training by a procedure with random units, example by example."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Integers
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied
from connectionist_plugins.engines.compiled.kernels.block.epoch import change_weights
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.perturbation import make_keys
from connectionist_plugins.engines.compiled.kernels.probes import CHANGE_PROBE, record_weights
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import REINFORCE, RESTRICTED_BOLTZMANN
from connectionist_plugins.engines.compiled.kernels.stochastic.boltzmann import run_boltzmann
from connectionist_plugins.engines.compiled.kernels.stochastic.reinforce import run_reinforce
from connectionist_plugins.engines.compiled.kernels.stochastic.restricted_boltzmann import run_restricted_boltzmann
from connectionist_plugins.engines.compiled.kernels.stochastic.streams import start_stream
from connectionist_plugins.engines.compiled.kernels.stochastic.units import compare_outputs, copy_values, load_case


@kernel
def run_epoch_with_random_units(
    arguments: TrainingArguments, network: NetworkArguments, order: Integers, _is_loaded: bool, _shows: bool, epoch: int, _team: ThreadTeam
) -> tuple[float, float, int]:
    """Present the examples of one epoch. Return E, the number of correct cases, and 1, the size of a block."""
    wiring, buffers, rule, weights = network.wiring, network.buffers, arguments.rule, arguments.weights
    probes, stochastic, derivatives = arguments.probes, arguments.stochastic, weights.derivatives
    if stochastic is None:
        return 0.0, 0.0, 0
    of_case, error, correct, start, change = stochastic.case_derivatives, 0.0, 0, 0, 0
    while start < order.size:
        end = min(start + arguments.per_change, order.size)
        set_zero(address_of(derivatives), derivatives.itemsize * derivatives.size)
        copy_values(stochastic, weights.values)
        rule.error[0] = 0.0
        for position in range(start, end):
            example, error_weight = order[position], 1.0
            set_zero(address_of(of_case), of_case.itemsize * of_case.size)
            load_case(stochastic, arguments.inputs[example], arguments.targets[example])
            make_keys(buffers, position, 0, 1, epoch)
            start_stream(stochastic.stream, buffers.noise_keys[0])
            if stochastic.computation == RESTRICTED_BOLTZMANN:
                run_restricted_boltzmann(stochastic)
            elif stochastic.computation == REINFORCE:
                run_reinforce(stochastic)
            else:
                run_boltzmann(stochastic)
            case_error, is_correct = compare_outputs(stochastic, arguments.stop.tolerance)
            if weights.averages_ties:
                average_tied(wiring.tied_weights, wiring.tie_sizes, of_case, 1)
            if buffers.example_weights.size:
                error_weight = buffers.example_weights[example]
            for row in range(derivatives.size):
                derivatives[row] += error_weight * of_case[row]
            error += error_weight * case_error
            rule.error[0] += error_weight * case_error
            correct += is_correct
        start = end
        change_weights(rule, weights, probes is not None or start == order.size, start == order.size, 0, 1)
        if probes is not None:
            record_weights(probes, weights.values, epoch, change, CHANGE_PROBE)
            change += 1
    return error, correct, 1
