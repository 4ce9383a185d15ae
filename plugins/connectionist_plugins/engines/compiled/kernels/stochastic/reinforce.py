"""REINFORCE: the arithmetic of the procedure `reinforce`, in the same order."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import StochasticArguments
from connectionist_plugins.engines.compiled.kernels.stochastic.streams import next_number
from connectionist_plugins.engines.compiled.kernels.stochastic.units import activation_of, set_net_input


@kernel
def run_reinforce(stochastic: StochasticArguments) -> None:
    """Draw one response to a case, and compute the units with probabilities as activations afterwards."""
    activations, units, probabilities, count = stochastic.activations, stochastic.units, stochastic.means, stochastic.units.size
    for unit in range(count):
        probabilities[unit] = activation_of(stochastic, unit, set_net_input(stochastic, unit))
        activations[units[unit]] = 1.0 if next_number(stochastic.stream) < probabilities[unit] else 0.0
    reward = mean_reward(stochastic)
    for unit in range(count):
        drawn, probability = activations[units[unit]], probabilities[unit]
        factor = (reward - stochastic.baseline) * (drawn - probability)
        factor += stochastic.penalty * (1.0 - reward) * (1.0 - drawn - probability)
        for index in range(stochastic.connection_starts[unit], stochastic.connection_starts[unit + 1]):
            stochastic.case_derivatives[stochastic.weights[index]] -= factor * activations[stochastic.senders[index]]
    for unit in range(count):
        activations[units[unit]] = activation_of(stochastic, unit, set_net_input(stochastic, unit))


@kernel
def mean_reward(stochastic: StochasticArguments) -> float:
    """Return 1 less the mean distance of the output units that have a target from it."""
    total, compared = 0.0, 0
    for output in range(stochastic.output_rows.size):
        row = stochastic.output_rows[output]
        if not np.isnan(stochastic.targets[row]):
            total += abs(stochastic.activations[row] - stochastic.targets[row])
            compared += 1
    return 1.0 - total / compared
