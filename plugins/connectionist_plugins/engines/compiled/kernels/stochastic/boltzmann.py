"""The Boltzmann machine: the arithmetic of the procedure `boltzmann`, in the same order."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import StochasticArguments
from connectionist_plugins.engines.compiled.kernels.stochastic.streams import next_below, next_number
from connectionist_plugins.engines.compiled.kernels.stochastic.units import activation_of, add_products, set_net_input


@kernel
def run_boltzmann(stochastic: StochasticArguments) -> None:
    """Run both phases of a case. The units then have the means of the phase −."""
    for unit in range(stochastic.units.size):
        stochastic.free[unit] = unit
    count = stochastic.units.size
    for output in range(stochastic.output_units.size):
        unit, target = stochastic.output_units[output], stochastic.targets[stochastic.output_rows[output]]
        if unit >= 0 and not np.isnan(target):
            stochastic.activations[stochastic.units[unit]] = target
            stochastic.free[unit] = -1
    free = 0
    for unit in range(count):
        if stochastic.free[unit] >= 0:
            stochastic.free[free] = unit
            free += 1
    run_phase(stochastic, free, 1.0)
    for unit in range(count):
        stochastic.free[unit] = unit
    run_phase(stochastic, count, -1.0)
    for unit in range(count):
        stochastic.activations[stochastic.units[unit]] = stochastic.means[unit]


@kernel
def run_phase(stochastic: StochasticArguments, count: int, sign: float) -> None:
    """Run one phase with the first `count` units of the list of free ones, and add its part of the derivatives."""
    counted = stochastic.samples if stochastic.stochastic else 1
    for position in range(count):
        state = 0.5
        if stochastic.stochastic:
            state = 1.0 if next_number(stochastic.stream) < 0.5 else 0.0
        stochastic.activations[stochastic.units[stochastic.free[position]]] = state
        stochastic.means[position] = 0.0
    for sweep in range(stochastic.annealing):
        part = np.float64(sweep) / stochastic.annealing
        run_sweep(stochastic, count, stochastic.first_temperature + part * (stochastic.temperature - stochastic.first_temperature))
    for sweep in range(stochastic.samples):
        run_sweep(stochastic, count, stochastic.temperature)
        if stochastic.stochastic or sweep == stochastic.samples - 1:
            for position in range(count):
                stochastic.means[position] += stochastic.activations[stochastic.units[stochastic.free[position]]]
            add_products(stochastic, -sign / counted)
    for position in range(count):
        stochastic.means[position] /= counted


@kernel
def run_sweep(stochastic: StochasticArguments, count: int, temperature: float) -> None:
    """Compute as many units as are free, each drawn at random; in the deterministic form each once, in their order."""
    if not stochastic.stochastic:
        for position in range(count):
            unit = stochastic.free[position]
            stochastic.activations[stochastic.units[unit]] = activation_of(stochastic, unit, set_net_input(stochastic, unit) / temperature)
        return
    for position in range(count):
        stochastic.numbers[position] = next_number(stochastic.stream)
    for position in range(count):
        stochastic.order[position] = stochastic.free[next_below(stochastic.stream, count)]
    for position in range(count):
        unit = stochastic.order[position]
        probability = activation_of(stochastic, unit, set_net_input(stochastic, unit) / temperature)
        stochastic.activations[stochastic.units[unit]] = 1.0 if stochastic.numbers[position] < probability else 0.0
