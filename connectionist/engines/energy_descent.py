"""Runs the phases of a case in which the states of all units move together until they are at rest: see `EnergyDescent`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectionist.engines.object_steps import (
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
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.plugins.procedures import CasePhase, EnergyDescent
    from connectionist.utils.arrays import Array


class DescendingCase:
    """One case of a network whose units move down the energy.

    Parameters
    ----------
    network : Network
    dynamics : EnergyDescent
    procedure : str
        Name of the procedure, for messages.
    """

    def __init__(self, network: Network, dynamics: EnergyDescent, procedure: str) -> None:
        self.network, self.dynamics, self.procedure = network, dynamics, procedure
        self.units = computed_units(network)

    def run(self, phases: Sequence[CasePhase], inputs: Array, targets: Array) -> tuple[float, Array, list[Array]]:
        """Run all phases. The units then show the first one.

        Parameters
        ----------
        phases : sequence of CasePhase
        inputs, targets : float64 array [input unit] and [output unit], or [tick, input unit] and [tick, output unit]

        Returns
        -------
        error : float
            E at the end of the first phase.
        outputs : array like `targets`
            Response of the network.
        activations : list of float64 array [unit row]
            Activations at the end of each phase that counts.
        """
        network, found = self.network, []
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        ends: dict[str, list[float]] = {}
        error, outputs, before = 0.0, targets, ""
        for phase in phases:
            start = before if phase.continues is True else phase.continues
            self._set_states(ends[start] if start else [0.0] * len(self.units))
            self._move(phase.nudging)
            ends[phase.name] = [unit.net_input for unit in self.units]
            if not before:
                error, outputs = self._error(), response(network, targets)
            if phase.counts:
                found.append(network.state.array("activation").copy())
            before = phase.name
        self._set_states(ends[phases[0].name])
        return error, outputs, found

    def _set_states(self, states: Sequence[float]) -> None:
        for unit, state in zip(self.units, states, strict=True):
            unit.net_input = state
            unit.activation = _activation(unit)

    def _move(self, beta: float) -> None:
        """Move the units until they are at rest."""

        def step() -> float:
            forces = [self._force(unit, beta) for unit in self.units]
            for unit, force in zip(self.units, forces, strict=True):
                unit.net_input += self.dynamics.dt * force
                unit.activation = _activation(unit)
            return max(map(abs, forces), default=0.0)

        repeat_until_at_rest(step, self.dynamics.steps, self.dynamics.criterion, self.procedure)

    def _force(self, unit: Unit, beta: float) -> float:
        """Return the change of a unit's state in one step, divided by dt."""
        force = slope_of(unit) * net_input_of(unit) - unit.net_input
        if beta and unit.group.role == "output" and unit.target == unit.target:
            if self.dynamics.cost == "state":
                force += beta * (unit.target - unit.net_input)
            else:
                force -= beta * own_net_derivative(unit)
        return force

    def _error(self) -> float:
        outputs = output_units(self.network)
        if self.dynamics.cost == "activation":
            return error_of(outputs)
        error = 0.0
        for unit in outputs:
            if unit.target == unit.target:
                difference = unit.net_input - unit.target
                error += 0.5 * (difference * difference)
        return error


def _activation(unit: Unit) -> float:
    return real_number(unit.group.activation_function.activation(unit.net_input))
