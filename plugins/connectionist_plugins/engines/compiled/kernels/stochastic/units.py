"""What the procedures with random units share: net inputs, clamps, and the comparison of outputs with targets."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import StochasticArguments


@kernel
def copy_values(stochastic: StochasticArguments, values: Doubles) -> None:
    """Copy the values of the weights, connection by connection."""
    for index in range(stochastic.weights.size):
        stochastic.values[index] = values[stochastic.weights[index]]


@kernel
def load_case(stochastic: StochasticArguments, inputs: Doubles, targets: Doubles) -> None:
    """Set the input units, and the targets of the output units."""
    for column in range(stochastic.input_rows.size):
        row = stochastic.input_rows[column]
        if row >= 0:
            stochastic.activations[row] = inputs[column]
    for output in range(stochastic.output_rows.size):
        stochastic.targets[stochastic.output_rows[output]] = targets[output]


@kernel
def set_net_input(stochastic: StochasticArguments, unit: int) -> float:
    """Set and return the net input of a unit."""
    total = 0.0
    for index in range(stochastic.connection_starts[unit], stochastic.connection_starts[unit + 1]):
        total += stochastic.values[index] * stochastic.activations[stochastic.senders[index]]
    stochastic.net_inputs[stochastic.units[unit]] = total
    return total


@kernel
def activation_of(stochastic: StochasticArguments, unit: int, net_input: float) -> float:
    """Return the value of a unit's activation function."""
    x, y = stochastic.scratch[0], stochastic.scratch[1]
    x[0] = net_input
    call(stochastic.activate[unit], (address_of(x), address_of(y), 1, x.size, 1, stochastic.parameters[unit]))
    return np.float64(y[0])


@kernel
def add_products(stochastic: StochasticArguments, factor: float) -> None:
    """Add a factor times the activations at both ends of each connection to what takes the place of the derivatives."""
    for connection in range(stochastic.ends.shape[0]):
        sender, receiver, weight = stochastic.ends[connection]
        stochastic.case_derivatives[weight] += factor * (stochastic.activations[sender] * stochastic.activations[receiver])


@kernel
def compare_outputs(stochastic: StochasticArguments, tolerance: float) -> tuple[float, int]:
    """Compare outputs and targets. Return E, and 1 if all outputs are correct, else 0."""
    y, d, dy, errors = stochastic.scratch[0], stochastic.scratch[1], stochastic.scratch[2], stochastic.scratch[3]
    error, correct = 0.0, 1
    for output in range(stochastic.output_rows.size):
        row = stochastic.output_rows[output]
        y[0], d[0], dy[0], errors[0] = stochastic.activations[row], stochastic.targets[row], 0.0, 0.0
        arrays = (address_of(y), address_of(d), address_of(dy), address_of(errors))
        call(stochastic.compare[output], (*arrays, 1, y.size, 1, stochastic.margins[output], stochastic.error_parameters[output]))
        error += errors[0]
        stochastic.derivatives[row] = dy[0]
        if abs(y[0] - d[0]) >= tolerance:
            correct = 0
    return error, correct
