"""How a unit came by its error derivatives (equations 4, 5 and 7 of `unit`, and those of `integrators`)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.explain.forward import intact
from connectionist.explain.passes import Context, Pass, network_of
from connectionist.explain.terms import FunctionValue, Sum, Term, ValueOf, best
from connectionist.model.time.group_copy import GroupAtTick
from connectionist.model.time.integrators import ActivationIntegrator, Integrator, NetInputIntegrator
from connectionist.model.unit import Unit
from connectionist.plugins.functions import within_margin

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Comparison:
    """An output unit's activation beside its target.

    Attributes
    ----------
    activation, target, margin : float
    function, equation : str
        The error function.
    error, derivative : float
        The unit's share of E and of ∂E/∂y; 0 where there is no error.
    why_none : str
        Why there is no error: no target, or within the margin; empty where there is one.
    is_current : bool
        Whether ∂E/∂y is what this gives. Otherwise the target may be that of an earlier case.
    """

    activation: float
    target: float
    margin: float
    function: str
    equation: str
    error: float
    derivative: float
    why_none: str
    is_current: bool = True


def explain_comparison(unit: Unit) -> Comparison | None:
    """Return how an output unit compares with its target; None for other units."""
    if unit.group.role != "output" or unit.lesioned:
        return None
    function, margin, y, d = unit.group.error_function, unit.group.margin, unit.activation, unit.target
    why = "it has no target" if math.isnan(d) else f"it is within the margin of {margin!r}" if within_margin(y, d, margin) else ""
    share = (0.0, 0.0) if why else (float(function.error(y, d)), float(function.derivative(y, d)))
    return Comparison(y, d, margin, function.name, getattr(function, "equation", ""), *share, why)


def explain_activation_derivative(unit: Unit, around: Context, comparison: Comparison | None) -> Sum:
    """Return ∂E/∂y as the sum of the error function's share and of what each receiver handed back, in the order in which they came."""

    def make(value_of: ValueOf) -> Sum:
        return _over_passes("activation_derivative", unit.activation_derivative, around, lambda one: _handed(unit, one, value_of))

    def _handed(unit: Unit, one: Pass, value_of: ValueOf) -> list[Term]:
        own = [Term("target", comparison.derivative)] if comparison and not comparison.why_none and one.compares(unit) else []
        return own + _handed_back(unit, one, around, value_of)

    return best(make, around.network.weight_state)


def _handed_back(unit: Unit, one: Pass, around: Context, value_of: ValueOf) -> list[Term]:
    came: list[tuple[tuple[int, int], Term]] = []
    for connection in unit.outgoing:
        receiver = connection.receiver
        if connection.backpropagate and receiver in one.reached:
            derivative, weight = one.net_derivative(receiver), value_of(connection.weight)
            term = Term(receiver.name, derivative * weight, (("net_derivative", derivative), ("weight", weight)))
            came.append(((around.places[receiver], receiver.incoming.index(connection)), term))
    later = follower(unit)
    if isinstance(later, ActivationIntegrator) and later in one.reached:
        came.append(((around.places[later], -1), _from_next_tick(later, "activation_derivative", one.activation_derivative(later))))
    return [term for _, term in sorted(came, key=lambda each: each[0])]


def explain_slope(unit: Unit, answer: FunctionValue) -> FunctionValue | None:
    """Return the slope of the activation function where the unit is; None under a joint function, which has none of one unit."""
    if unit.group.joint:
        return None
    function = unit.group.activation_function
    y = answer.value if isinstance(unit, ActivationIntegrator) else unit.activation
    given = (("net_input", unit.net_input), ("activation", y))
    return FunctionValue("slope", function.name, "", given, float(function.slope(unit.net_input, y)), None)


def explain_net_derivative(unit: Unit, around: Context, slope: FunctionValue | None) -> Sum:
    """Return ∂E/∂x: ∂E/∂y times the slope, or what a joint function makes of the whole group's; and what the next tick handed back."""

    def terms(one: Pass) -> list[Term]:
        later = follower(unit)
        came = []
        keeps = unit in one.reached or unit.group.role == "initial"  # what goes beyond the ticks gone back through is forgotten
        if isinstance(later, NetInputIntegrator) and later in one.reached and keeps:
            came.append(_from_next_tick(later, "net_derivative", one.net_derivative(later)))
        if unit in one.reached:
            came.append(_own(unit, one, slope))
        return came

    size = max((abs(each.activation_derivative) for each in unit.group), default=0.0) if unit.group.joint else 0.0
    return _over_passes("net_derivative", unit.net_derivative, around, terms, size)


def _own(unit: Unit, one: Pass, slope: FunctionValue | None) -> Term:
    derivative = one.activation_derivative(unit)
    if slope is None:
        return _own_of_joint(unit, one)
    factors = (("activation_derivative", derivative), ("slope", slope.value))
    if isinstance(unit, NetInputIntegrator):
        return Term("own", unit.dt * (derivative * slope.value), (("dt", unit.dt), *factors))
    if isinstance(unit, ActivationIntegrator):
        return Term("own", unit.dt * derivative * slope.value, (("dt", unit.dt), *factors))
    return Term("own", derivative * slope.value, factors)


def _own_of_joint(unit: Unit, one: Pass) -> Term:
    units, function = intact(unit), unit.group.activation_function
    net_derivatives = [0.0] * len(units)
    function.net_derivatives([each.activation for each in units], [one.activation_derivative(each) for each in units], net_derivatives)
    value = float(net_derivatives[units.index(unit)])
    name = f"{function.name} over the group"
    return Term(name, unit.dt * value, (("dt", unit.dt), (name, value))) if isinstance(unit, Integrator) else Term(name, value)


def follower(unit: Unit) -> Integrator | None:
    """Return the copy of an integrating unit one tick later; None at the last tick, and for other units."""
    group = unit.group
    if not isinstance(group, GroupAtTick):
        return None
    for other in network_of(unit).groups:
        if isinstance(other, GroupAtTick) and other.tick == group.tick + 1 and other.original is group.original:
            later = other.units[unit.index]
            return later if isinstance(later, Integrator) and later.previous is unit else None
    return None


def _from_next_tick(later: Integrator, quantity: str, derivative: float) -> Term:
    left = 1.0 - later.dt
    return Term(later.name, left * derivative, (("1 − dt", left), (quantity, derivative)))


def _over_passes(name: str, stored: float, around: Context, terms: Callable[[Pass], list[Term]], size: float = 0.0) -> Sum:
    if len(around.passes) == 1:
        return Sum(name, tuple(terms(around.passes[0])), stored, size=size)
    each = [(one.tick, Sum(name, tuple(terms(one)), None)) for one in around.passes]
    return Sum(name, tuple(Term(f"error of tick {tick}", part.total, (), part) for tick, part in each if part.terms), stored, size=size)
