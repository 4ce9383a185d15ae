r"""The Boltzmann machine: units that are on at random, in a phase with targets and in a phase without.

.. math:: P(y_i = 1) = f_i(x_i / T) \qquad S_{ij} = \langle y_i y_j \rangle^+ - \langle y_i y_j \rangle^-

x is the net input, f the logistic function, T the temperature, and S the signal of the weight, which takes the place of −∂E/∂w. The means
are over states of the network at rest at the temperature T. In the phase + the output units are clamped to their targets, in the phase −
they are free; input units are clamped in both. S is T times the derivative of the log-likelihood of the targets. With symmetric weights a
network without input units learns the distribution of the targets.

In the deterministic form (``stochastic=False``), the activation of a unit is the probability instead, and the means are products of
activations. Sources: Ackley, Hinton & Sejnowski (1985), A learning algorithm for Boltzmann machines, Cognitive Science 9, 147–169; the
deterministic form, Peterson & Anderson (1987), A mean field theory learning algorithm for neural networks, Complex Systems 1, 995–1019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import connectionist as cn
from connectionist.engines.object_steps import (
    check_probabilities,
    check_separate_units,
    clamp_inputs,
    computed_units,
    error_of,
    net_input_of,
    output_units,
    response,
    set_targets,
)
from connectionist.engines.symmetry import check_symmetric
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Boltzmann(cn.StochasticProcedure):
    """The Boltzmann machine.

    Parameters
    ----------
    temperature : float
        Temperature T at which the means are taken, above 0.
    first_temperature : float
        Temperature of the first sweep of a phase, above 0. It falls to T by the same amount in each sweep.
    annealing : int
        Number of sweeps before the means are taken, at least 0. A sweep computes as many units as there are, one after another.
    samples : int
        Number of sweeps over which the means are taken, at least 1; in the deterministic form only the last counts.
    stochastic : bool
        Whether units are on at random, or have their probability as activation.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    temperature: float = cn.parameter(1.0, above=0)
    first_temperature: float = cn.parameter(4.0, above=0)
    annealing: int = cn.parameter(10, at_least=0)
    samples: int = cn.parameter(10, at_least=1)
    stochastic: bool = cn.parameter(True)
    name = "boltzmann"
    synonyms = ("boltzmann_machine", "mean_field")
    clamps_targets = True
    computation = "boltzmann"
    equation = "−∂E/∂w is replaced by the mean of y y with the outputs clamped to the targets − the mean without"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the connections are not symmetric, or an activation is not from 0 to 1."""
        check_separate_units(network, self.name)
        check_symmetric(network, self.name)
        check_probabilities(network, self.name)

    def differentiate(
        self, network: cn.Network, inputs: cn.Array, targets: cn.Array, stream: np.random.Generator
    ) -> tuple[float, cn.Array]:
        """Run both phases of one case, and add minus the signal of each connection. The units then show the means of the phase −."""
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        units = computed_units(network)
        clamped = {unit: unit.target for unit in output_units(network) if unit.target == unit.target}
        free = [unit for unit in units if unit not in clamped]
        for unit, target in clamped.items():
            unit.activation = target
        self._run(network, free, 1.0, stream)
        means = self._run(network, units, -1.0, stream)
        for unit, mean in zip(units, means, strict=True):
            unit.activation = mean
        return error_of(output_units(network)), response(network, targets)

    def _run(self, network: cn.Network, units: Sequence[cn.Unit], sign: float, stream: np.random.Generator) -> list[float]:
        """Run one phase, add its part of the derivatives, and return the mean activation of each unit."""
        for unit in units:
            unit.activation = float(stream.random() < 0.5) if self.stochastic else 0.5
        for sweep in range(self.annealing):
            part = sweep / self.annealing
            self._sweep(units, self.first_temperature + part * (self.temperature - self.first_temperature), stream)
        totals, counted = [0.0] * len(units), self.samples if self.stochastic else 1
        for sweep in range(self.samples):
            self._sweep(units, self.temperature, stream)
            if self.stochastic or sweep == self.samples - 1:
                totals = [total + unit.activation for total, unit in zip(totals, units, strict=True)]
                for connection in network.connections:
                    together = connection.sender.activation * connection.receiver.activation
                    connection.weight.derivative -= sign / counted * together
        return [total / counted for total in totals]

    def _sweep(self, units: Sequence[cn.Unit], temperature: float, stream: np.random.Generator) -> None:
        """Compute as many units as there are, each drawn at random; in the deterministic form each once, in their order."""
        count = len(units)
        if not self.stochastic:
            for unit in units:
                unit.activation = _probability(unit, temperature)
            return
        numbers = stream.random(count).tolist()
        for position, number in zip(stream.integers(0, count, count).tolist() if count else [], numbers, strict=True):
            unit = units[position]
            unit.activation = float(number < _probability(unit, temperature))


def _probability(unit: cn.Unit, temperature: float) -> float:
    """Return the probability that a unit is on."""
    unit.net_input = net_input_of(unit)
    return real_number(unit.group.activation_function.activation(unit.net_input / temperature))


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.StochasticProcedure]]:
    """Return the procedure."""
    return [Boltzmann]
