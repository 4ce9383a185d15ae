"""The forward and the backward step of a joint group, whose units need one another's net inputs, as in softmax."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connectionist.plugins.formula_faults import write_results
from connectionist.plugins.functions import ErrorFunction, JointErrorFunction

if TYPE_CHECKING:
    from connectionist.model.activation_cost import ActivationCost
    from connectionist.model.state import UnitState
    from connectionist.model.unit import Unit


ERROR_CONTRACTS: tuple[type, ...] = (ErrorFunction, JointErrorFunction)


class JointComputation:
    """Mixin of `Group`: the steps of a joint group, and joint errors. Other groups have no steps; their units have."""

    __slots__ = ()

    _state: UnitState
    units: tuple[Unit, ...]
    activation_function: Any
    error_function: Any
    if TYPE_CHECKING:

        @property
        def cost(self) -> ActivationCost | None:
            """Cost on the activations, or None."""

        @property
        def paired_error(self) -> ErrorFunction | None:
            """The error function if it has a formula of the net inputs."""

    def activate(self) -> None:
        """Compute all net inputs, then all activations. For a joint group."""
        units = [unit for unit in self.units if not unit.lesioned]
        for unit in units:
            unit.compute_net_input()
        for unit, activation in zip(units, self._joint_activations(units), strict=True):
            unit.activation = activation

    def _joint_activations(self, units: Sequence[Unit]) -> list[float]:
        activations = [0.0] * len(units)
        write_results(self.activation_function, "activations", [unit.net_input for unit in units], activations)
        return activations

    def perturb(self) -> None:
        """Add the noise to the activations that were computed, and replace those of clamped units. For a joint group."""
        for unit in self.units:
            if not unit.lesioned:
                unit.perturb()

    def computed_activations(self) -> list[float]:
        """Return the activations of the intact units of a joint group without noise and clamps."""
        units = [unit for unit in self.units if not unit.lesioned]
        return self._joint_activations(units) if self._state.is_perturbed else [unit.activation for unit in units]

    def compare(self) -> float:
        """Return the error of the units if it is a formula of all their net inputs; else 0, since `Unit.compare` returns it."""
        return sum((error for error, _ in self.compare_net_inputs().values()), 0.0)

    def compare_activations(self) -> dict[Unit, tuple[float, float]]:
        """Return the share in E and ∂E/∂y of each unit that has an error, by a joint error function."""
        units = [unit for unit in self.units if unit.has_error]
        errors, derivatives = [0.0] * len(units), [0.0] * len(units)
        if units:
            numbers = [unit.activation for unit in units], [unit.target for unit in units]
            write_results(self.error_function, "compare", *numbers, errors, derivatives)
        return dict(zip(units, zip(errors, derivatives, strict=True), strict=True))

    def add_joint_error(self) -> float:
        """Add the derivatives of a joint error function to ∂E/∂y of the units, and return the error."""
        error = 0.0
        for unit, (share, derivative) in self.compare_activations().items():
            unit.activation_derivative += derivative
            error += share
        return error

    def compare_net_inputs(self) -> dict[Unit, tuple[float, float]]:
        """Return the error of each intact unit and its ∂E/∂x by the error function's formula of all net inputs of a joint group.

        The result is empty without such a formula, or if no unit has an error.
        """
        paired = self.paired_error
        if paired is None:
            return {}
        units = [unit for unit in self.units if not unit.lesioned]
        targets = [unit.target if unit.has_error else math.nan for unit in units]
        if all(map(math.isnan, targets)):
            return {}
        errors, own = [0.0] * len(units), [0.0] * len(units)
        net_inputs, activations = [unit.net_input for unit in units], self.computed_activations()
        write_results(paired, "compare_net_inputs", net_inputs, activations, targets, errors, own, self.activation_function)
        errors = [0.0 if math.isnan(target) else error for error, target in zip(errors, targets, strict=True)]
        return dict(zip(units, zip(errors, own, strict=True), strict=True))

    def backpropagate(self) -> None:
        """Compute all ∂E/∂x from all ∂E/∂y, then pass them back through the incoming connections. For a joint group.

        If the error function has a formula of the net inputs, ∂E/∂x of the units' own errors comes from that formula.
        """
        units = [unit for unit in self.units if not unit.lesioned]
        own, net_derivatives = self.compare_net_inputs(), [0.0] * len(units)
        if self.paired_error is None or self.cost is not None or any(unit.has_receivers for unit in units):
            received = (unit.received_derivative if own else unit.activation_derivative for unit in units)
            net_derivatives = self.net_derivatives_from([unit.free(derivative) for unit, derivative in zip(units, received, strict=True)])
        for unit, net_derivative in zip(units, net_derivatives, strict=True):
            unit.set_net_derivative(net_derivative + self._state.error_weight * own[unit][1] if own else net_derivative)

    def net_derivatives_from(self, activation_derivatives: Sequence[float]) -> list[float]:
        """Return ∂E/∂x of the intact units of a joint group from their ∂E/∂y."""
        activations = self.computed_activations()
        net_derivatives = [0.0] * len(activations)
        write_results(self.activation_function, "net_derivatives", activations, activation_derivatives, net_derivatives)
        return net_derivatives
