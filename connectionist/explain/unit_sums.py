"""All sums of one unit, in the order of the forward and backward pass, each compared with the stored value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectionist.explain.backward import (
    Comparison,
    explain_activation_derivative,
    explain_comparison,
    explain_net_derivative,
    explain_slope,
    next_tick_copy,
)
from connectionist.explain.forward import explain_activation, explain_integrated, explain_net_input
from connectionist.explain.terms import DIFFERENT, FunctionValue, Sum
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    from connectionist.explain.passes import Context
    from connectionist.model.unit import Unit


@with_assignment_errors
@dataclass(frozen=True)
class UnitSums:
    """The sums and function values of a unit in the present case. An attribute is None if the unit does not compute it.

    Attributes
    ----------
    name : str
    net_input : Sum or None
        None for clamped and lesioned units.
    activation : FunctionValue or None
        Value of the activation function; None for clamped and lesioned units.
    integrated : Sum or None
        Activation of a unit that integrates it, has noise or is clamped; None for other units.
    comparison : Comparison or None
        Comparison with the target; None for units that are not output units.
    activation_derivative : Sum
        ∂E/∂y.
    slope : FunctionValue or None
        Slope of the activation function; None for a joint function.
    net_derivative : Sum or None
        ∂E/∂x.
    noisy_weights : tuple of str
        Those of "incoming" and "outgoing" whose weights have noise in some connection. It is not kept after the pass.
    """

    name: str
    net_input: Sum | None
    activation: FunctionValue | None
    integrated: Sum | None
    comparison: Comparison | None
    activation_derivative: Sum
    slope: FunctionValue | None
    net_derivative: Sum | None
    noisy_weights: tuple[str, ...]

    @property
    def forward_difference(self) -> Sum | FunctionValue | None:
        """First quantity of the forward pass that differs from the stored value; None if all agree."""
        return _first_different(self.net_input, self.activation, self.integrated)

    @property
    def backward_difference(self) -> Sum | FunctionValue | None:
        """First quantity of the backward pass that differs from the stored value; None if all agree."""
        return _first_different(self.activation_derivative, self.net_derivative)


def explain_sums(unit: Unit, context: Context) -> UnitSums:
    """Return the sums of a unit."""
    is_activated = unit in context.backward_order
    activation = explain_activation(unit) if is_activated else None
    slope = explain_slope(unit, activation) if activation else None
    comparison = explain_comparison(unit)
    activation_derivative = explain_activation_derivative(unit, context, comparison)
    if comparison is not None and activation_derivative.agreement == DIFFERENT:
        comparison = replace(comparison, is_current=False)
    return UnitSums(
        name=unit.name,
        net_input=explain_net_input(unit) if is_activated else None,
        activation=activation,
        integrated=explain_integrated(unit, activation) if activation else None,
        comparison=comparison,
        activation_derivative=activation_derivative,
        slope=slope,
        net_derivative=explain_net_derivative(unit, context, slope) if is_activated or next_tick_copy(unit) else None,
        noisy_weights=_noisy_weights(unit),
    )


def _noisy_weights(unit: Unit) -> tuple[str, ...]:
    connections = {"incoming": unit.incoming, "outgoing": unit.outgoing}
    return tuple(side for side, those in connections.items() if any(each.projection.weight_noise for each in those))


def _first_different(*values: Sum | FunctionValue | None) -> Sum | FunctionValue | None:
    return next((value for value in values if value is not None and value.agreement == DIFFERENT), None)
