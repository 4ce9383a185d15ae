"""The restricted Boltzmann machine: the arithmetic of the procedure `restricted_boltzmann`, in the same order."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Integers
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import StochasticArguments
from connectionist_plugins.engines.compiled.kernels.stochastic.streams import next_number
from connectionist_plugins.engines.compiled.kernels.stochastic.units import activation_of, add_products, set_net_input


@kernel
def run_restricted_boltzmann(stochastic: StochasticArguments) -> None:
    """Run both phases of a case. The units then have the mean reconstruction, and the probabilities of hidden units given the data."""
    activations, units, hidden, visible = stochastic.activations, stochastic.units, stochastic.hidden, stochastic.output_units
    for output in range(visible.size):
        if visible[output] >= 0:
            activations[units[visible[output]]] = stochastic.targets[stochastic.output_rows[output]]
    set_probabilities(stochastic, hidden)
    keep(stochastic, hidden)
    add_products(stochastic, -1.0)
    for step in range(stochastic.steps):
        draw_states(stochastic, hidden)
        set_probabilities(stochastic, visible)
        if step == 0:
            keep(stochastic, visible)
        draw_states(stochastic, visible)
        set_probabilities(stochastic, hidden)
    add_products(stochastic, 1.0)
    for unit in range(units.size):
        activations[units[unit]] = stochastic.means[unit]


@kernel
def set_probabilities(stochastic: StochasticArguments, units: Integers) -> None:
    """Set units to the probabilities that they are on. A negative number is no unit."""
    for index in range(units.size):
        unit = units[index]
        if unit >= 0:
            stochastic.activations[stochastic.units[unit]] = activation_of(stochastic, unit, set_net_input(stochastic, unit))


@kernel
def keep(stochastic: StochasticArguments, units: Integers) -> None:
    """Copy the activations of units to the memory for means."""
    for index in range(units.size):
        if units[index] >= 0:
            stochastic.means[units[index]] = stochastic.activations[stochastic.units[units[index]]]


@kernel
def draw_states(stochastic: StochasticArguments, units: Integers) -> None:
    """Set units to 1 with the probability that is their activation, else to 0."""
    for index in range(units.size):
        if units[index] >= 0:
            row = stochastic.units[units[index]]
            stochastic.activations[row] = 1.0 if next_number(stochastic.stream) < stochastic.activations[row] else 0.0
