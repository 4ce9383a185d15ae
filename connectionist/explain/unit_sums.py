"""The sums of one unit in the order of a case, forward and backward, each beside what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectionist.explain.backward import (
    Comparison,
    explain_activation_derivative,
    explain_comparison,
    explain_net_derivative,
    explain_slope,
    follower,
)
from connectionist.explain.forward import explain_activation, explain_integrated, explain_net_input
from connectionist.explain.terms import DIFFERENT, FunctionValue, Sum

if TYPE_CHECKING:
    from connectionist.explain.passes import Context
    from connectionist.model.unit import Unit


@dataclass(frozen=True)
class UnitSums:
    """What a unit computed in the present case.

    Attributes
    ----------
    name : str
    net_input : Sum or None
        None for a clamped or lesioned unit, as all the rest that such units do not have.
    activation : FunctionValue or None
        What the activation function answers.
    integrated : Sum or None
        The activation of a unit that integrates it.
    comparison : Comparison or None
        For output units.
    activation_derivative : Sum
        ∂E/∂y.
    slope : FunctionValue or None
        None under a joint function.
    net_derivative : Sum or None
        ∂E/∂x.
    """

    name: str
    net_input: Sum | None
    activation: FunctionValue | None
    integrated: Sum | None
    comparison: Comparison | None
    activation_derivative: Sum
    slope: FunctionValue | None
    net_derivative: Sum | None

    @property
    def forward_trouble(self) -> Sum | FunctionValue | None:
        """The first part of the pass forward that is not what is stored; None where all are."""
        return _first_different(self.net_input, self.activation, self.integrated)

    @property
    def backward_trouble(self) -> Sum | FunctionValue | None:
        """The first part of the pass backward that is not what is stored; None where all are."""
        return _first_different(self.activation_derivative, self.net_derivative)


def explain_sums(unit: Unit, around: Context) -> UnitSums:
    """Return what a unit computed, from what is there."""
    is_activated = unit in around.places
    answer = explain_activation(unit) if is_activated else None
    slope = explain_slope(unit, answer) if answer else None
    comparison = explain_comparison(unit)
    activation_derivative = explain_activation_derivative(unit, around, comparison)
    if comparison is not None and activation_derivative.agreement == DIFFERENT:
        comparison = replace(comparison, is_current=False)
    return UnitSums(
        name=unit.name,
        net_input=explain_net_input(unit) if is_activated else None,
        activation=answer,
        integrated=explain_integrated(unit, answer) if answer else None,
        comparison=comparison,
        activation_derivative=activation_derivative,
        slope=slope,
        net_derivative=explain_net_derivative(unit, around, slope) if is_activated or follower(unit) else None,
    )


def _first_different(*found: Sum | FunctionValue | None) -> Sum | FunctionValue | None:
    return next((each for each in found if each is not None and each.agreement == DIFFERENT), None)
