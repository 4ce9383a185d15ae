r"""Equilibrium propagation: the state of rest, less the state of rest with the outputs nudged toward the targets.

With the state u of each unit, ρ its activation function, and the energy

.. math:: F = \tfrac12 \sum_i u_i^2 - \sum_{i<j} w_{ij} \rho(u_i) \rho(u_j) - \sum_i b_i \rho(u_i) + \beta E

the units move by du/dt = −∂F/∂u, first with β = 0, and then from there with a small β. The signal is

.. math:: S_{ij} = \frac1\beta \big(\rho(u_i^\beta) \rho(u_j^\beta) - \rho(u_i^0) \rho(u_j^0)\big)

It tends to −∂E/∂w as β → 0. The symmetric form has −β in place of 0, divided by 2 β, and its error is of the order of β². The connections
must be symmetric. Source: Scellier & Bengio (2017), Equilibrium propagation: bridging the gap between energy-based models and
backpropagation, Frontiers in Computational Neuroscience 11, 24; the symmetric form, Laborieux et al. (2021), Frontiers in Neuroscience 15,
633674. There E is of the states u of the output units (``cost="state"``); here it is of their activations by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import connectionist as cn
from connectionist.engines.object_steps import (
    check_separate_units,
    clamp_inputs,
    computed_units,
    error_of,
    net_input_of,
    output_units,
    own_net_derivative,
    repeat_until_at_rest,
    response,
    set_targets,
    slope_of,
)
from connectionist.engines.symmetry import check_symmetric


@dataclass(frozen=True)
class EquilibriumPropagation(cn.ObjectProcedure):
    """Equilibrium propagation.

    Parameters
    ----------
    beta : float
        Strength β of the nudging, above 0.
    symmetric : bool
        Whether to nudge the outputs toward and away from the targets.
    dt : float
        Step of the movement, above 0 and at most 1.
    steps : int
        Largest number of steps of each phase, at least 1.
    criterion : float
        Change of a state in one step, divided by dt, below which it is at rest; above 0.
    cost : {"activation", "state"}
        Whether E is the network's error of the activations, or ½ Σ (u − d)² of the states of the output units.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    beta: float = cn.parameter(0.1, above=0)
    symmetric: bool = cn.parameter(False)
    dt: float = cn.parameter(0.5, above=0, at_most=1)
    steps: int = cn.parameter(200, at_least=1)
    criterion: float = cn.parameter(1e-6, above=0)
    cost: Literal["activation", "state"] = cn.parameter("activation")
    name = "equilibrium_propagation"
    synonyms = ("eqprop", "ep")
    equation = "−∂E/∂w is replaced by (y y with the outputs nudged − y y without) / β, or the symmetric form"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the connections are not symmetric, or if a group has a joint activation function or integrates."""
        check_separate_units(network, self.name)
        check_symmetric(network, self.name)

    def differentiate(self, network: cn.Network, inputs: cn.Array, targets: cn.Array) -> tuple[float, cn.Array]:
        """Run the phases of one case, and add minus the signal of each connection. The units then show the phase without nudging."""
        units = computed_units(network)
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        for unit in units:
            unit.net_input = 0.0
            unit.activation = _activation(unit)
        self._move(units, 0.0)
        free = [unit.net_input for unit in units]
        error, outputs = self._error(network), response(network, targets)
        scale = 0.5 / self.beta if self.symmetric else 1.0 / self.beta
        if self.symmetric:
            self._move(units, -self.beta)
        _add_products(network, scale)
        _set_states(units, free)
        self._move(units, self.beta)
        _add_products(network, -scale)
        _set_states(units, free)
        return error, outputs

    def _move(self, units: Sequence[cn.Unit], beta: float) -> None:
        """Move the units until they are at rest."""

        def step() -> float:
            forces = [self._force(unit, beta) for unit in units]
            for unit, force in zip(units, forces, strict=True):
                unit.net_input += self.dt * force
                unit.activation = _activation(unit)
            return max(map(abs, forces), default=0.0)

        repeat_until_at_rest(step, self.steps, self.criterion, self.name)

    def _force(self, unit: cn.Unit, beta: float) -> float:
        """Return −∂F/∂u of a unit."""
        slope = slope_of(unit)
        force = slope * net_input_of(unit) - unit.net_input
        if beta and unit.group.role == "output" and unit.target == unit.target:
            if self.cost == "state":
                force += beta * (unit.target - unit.net_input)
            else:
                force -= beta * own_net_derivative(unit)
        return force

    def _error(self, network: cn.Network) -> float:
        outputs = output_units(network)
        if self.cost == "activation":
            return error_of(outputs)
        error = 0.0
        for unit in outputs:
            if unit.target == unit.target:
                error += 0.5 * (unit.net_input - unit.target) ** 2
        return error


def _activation(unit: cn.Unit) -> float:
    return float(unit.group.activation_function.activation(unit.net_input))


def _set_states(units: Sequence[cn.Unit], states: Sequence[float]) -> None:
    for unit, state in zip(units, states, strict=True):
        unit.net_input = state
        unit.activation = _activation(unit)


def _add_products(network: cn.Network, factor: float) -> None:
    """Add a multiple of the product of activations of each connection to the derivative of its weight."""
    for connection in network.connections:
        connection.weight.derivative += factor * connection.sender.activation * connection.receiver.activation


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.ObjectProcedure]]:
    """Return the procedure."""
    return [EquilibriumPropagation]
