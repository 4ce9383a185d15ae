"""The terms of a unit's error derivatives: equations 4, 5 and 7 of `unit`, and those of `integrators` for integrating units."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from connectionist.explain.forward import previous_activation
from connectionist.explain.passes import Context, Pass, network_of
from connectionist.explain.terms import (
    FunctionValue,
    NamedNumbers,
    NamedValues,
    Sum,
    Term,
    WeightValue,
    shown_parameters,
    sum_with_matching_weights,
)
from connectionist.model.activation_cost import CHANGE
from connectionist.model.combining_unit import CombiningUnit
from connectionist.model.network import Network
from connectionist.model.schedule import intact_units
from connectionist.model.time.group_copy import GroupAtTick, argument_of_cost
from connectionist.model.time.integrators import ActivationIntegrator, DynamicUnit, Integrator, NetInputIntegrator, UnitWithPast
from connectionist.model.unit import Unit
from connectionist.plugins.functions import within_margin
from connectionist.utils.declared_attributes import with_assignment_errors


@with_assignment_errors
@dataclass(frozen=True)
class Comparison:
    """The activation of an output unit compared with its target.

    Attributes
    ----------
    activation, target, margin : float
    function : str
        Name of the error function.
    equation : str
        Its equation; empty if it has none.
    error, derivative : float
        Share of the unit in E, and ∂E/∂y of that share; 0 if there is no error.
    reason_without_error : str
        Why there is no error: no target, or within the margin; empty if there is one.
    parameters : tuple of (str, object)
        Parameters of the error function, by name; empty if it has none.
    is_current : bool
        Whether the stored ∂E/∂y agrees with this comparison. If not, the target may be that of an earlier case.
    net_derivative : float or None
        ∂E/∂x of that share, by the formula of the net input that the error function has for the activation function
        (``ErrorFunction.pairs_with``), from which `error` comes too. None without such a formula or without an error.
    """

    activation: float
    target: float
    margin: float
    function: str
    equation: str
    error: float
    derivative: float
    reason_without_error: str
    parameters: NamedValues = ()
    is_current: bool = True
    net_derivative: float | None = None


def explain_comparison(unit: Unit) -> Comparison | None:
    """Return the comparison of an output unit with its target; None for other units and lesioned units."""
    if unit.group.role != "output" or unit.lesioned:
        return None
    function, margin, y, d = unit.group.error_function, unit.group.margin, unit.activation, unit.target
    reason = (
        "it is clamped"
        if unit.is_clamped
        else "it has no target"
        if math.isnan(d)
        else f"it is within the margin of {margin!r}"
        if within_margin(y, d, margin)
        else ""
    )
    error, derivative = (0.0, 0.0) if reason else (_error(unit), _own_derivative(unit))
    return Comparison(
        activation=y,
        target=d,
        margin=margin,
        function=function.name,
        equation=getattr(function, "equation", ""),
        error=error,
        derivative=derivative,
        reason_without_error=reason,
        parameters=shown_parameters(function),
        net_derivative=own_net_derivative(unit),
    )


def _error(unit: Unit) -> float:
    """Return the share in E of an output unit that has an error."""
    group, x, y, d = unit.group, unit.net_input, unit.activation, unit.target
    if group.error_function.is_joint:
        return float(group.compare_activations()[unit][0])
    if group.paired_error is None:
        return float(group.error_function.error(y, d))
    if group.joint:
        return float(group.compare_net_inputs()[unit][0])
    return float(group.paired_error.compare_net_input(x, y, d, group.activation_function)[0])


def _own_derivative(unit: Unit) -> float:
    """Return ∂E/∂y of the own error of an output unit that has one."""
    if unit.group.error_function.is_joint:
        return float(unit.group.compare_activations()[unit][1])
    return float(unit.group.error_function.derivative(unit.activation, unit.target))


def own_net_derivative(unit: Unit) -> float | None:
    """Return ∂E/∂x of a unit's own error by the formula of the net input; None without such a formula or without an error.

    In a joint group, a unit without an error has a derivative if another unit of the group has an error.
    """
    group = unit.group
    if group.paired_error is None or unit.lesioned:
        return None
    if group.joint:
        own = group.compare_net_inputs().get(unit)
        return None if own is None else float(own[1])
    x, y, d = unit.net_input, unit.activation, unit.target
    return float(group.paired_error.compare_net_input(x, y, d, group.activation_function)[1]) if unit.has_error else None


def explain_activation_derivative(unit: Unit, context: Context, comparison: Comparison | None) -> Sum:
    """Return ∂E/∂y: the derivative of the error function, and a term ∂E/∂x · w from each receiver, in the order of the backward pass."""
    has_error = comparison is not None and not comparison.reason_without_error

    def terms(one: Pass, value_of: WeightValue) -> list[Term]:
        own = [_target_term(comparison.derivative, context)] if comparison and has_error and one.compares(unit) else []
        return own + _cost_terms(unit, one, context) + _receiver_terms(unit, one, context, value_of)

    def make_sum(value_of: WeightValue) -> Sum:
        return _sum_over_passes("activation_derivative", unit.activation_derivative, context, lambda one: terms(one, value_of))

    return sum_with_matching_weights(make_sum, context.network.weight_state, backward=True)


def _cost_terms(unit: Unit, one: Pass, context: Context) -> list[Term]:
    """Return the terms of the cost on the activation that the unit has in this pass: its own, and for changes that of the next tick."""
    cost, weight, slopes = unit.group.cost, context.network.state.error_weight, {}
    if cost is None:
        return []
    if one.tick in (None, unit.group.tick):
        slopes["cost"] = cost.slope(argument_of_cost(unit, cost))
    if cost.kind == CHANGE and (following := _next_copy(unit, context.network)) and one.tick in (None, following.group.tick):
        slopes["cost at the next tick"] = -cost.slope(argument_of_cost(following, cost))
    return [Term(name, each) if weight == 1.0 else Term(name, each * weight, _weighted(each, weight)) for name, each in slopes.items()]


def _next_copy(unit: Unit, network: Network) -> Unit | None:
    """Return the copy of a unit one tick later; None if there is none or it is lesioned."""
    group = unit.group
    if not isinstance(group, GroupAtTick) or group.tick == network.ticks:
        return None
    copy = network[f"{group.original.name}@{group.tick + 1}"][unit.index]
    return None if copy.lesioned else copy


def _target_term(derivative: float, context: Context) -> Term:
    weight = context.network.state.error_weight
    return Term("target", derivative) if weight == 1.0 else Term("target", derivative * weight, _weighted(derivative, weight))


def _weighted(derivative: float, weight: float) -> NamedValues:
    return (("derivative", derivative), ("weight of the error", weight))


def _receiver_terms(unit: Unit, one: Pass, context: Context, value_of: WeightValue) -> list[Term]:
    terms: list[tuple[tuple[int, int], Term]] = []  # with their position in the backward pass
    for connection in unit.outgoing:
        receiver = connection.receiver
        if connection.backpropagate and receiver in one.reached:
            derivative, weight = one.net_derivative(receiver), value_of(connection.weight)
            factors = (("net_derivative", derivative), ("weight", weight), *output_slope(unit))
            if isinstance(receiver, CombiningUnit):
                _, slope = receiver.slopes_of(connection, value_of)
                factors = (("net_derivative", derivative), ("slope", slope), *output_slope(unit))
            term = Term(receiver.name, math.prod(value for _, value in factors), factors)
            terms.append(((context.backward_order[receiver], receiver.incoming.index(connection)), term))
    later = next_tick_copy(unit)
    if isinstance(later, ActivationIntegrator) and later in one.reached:
        term = _next_tick_term(later, "activation_derivative", later.free(one.activation_derivative(later)))
        terms.append(((context.backward_order[later], -1), term))
    elif isinstance(later, DynamicUnit) and later in one.reached:
        derivative, factor = later.free(one.activation_derivative(later)), later.previous_slope
        term = Term(later.name, derivative * factor, (("activation_derivative", derivative), ("previous slope", factor)))
        terms.append(((context.backward_order[later], -1), term))
    return [term for _, term in sorted(terms, key=lambda pair: pair[0])]


def output_slope(unit: Unit) -> NamedNumbers:
    """Return the slope of the unit's output function, with its name; nothing if it has none."""
    return () if unit.group.output_function is None else (("output slope", unit.output_slope),)


def explain_slope(unit: Unit, function_value: FunctionValue) -> FunctionValue | None:
    """Return the slope of the activation function, f'(x); None for a joint function, which has no slope for a single unit."""
    if unit.group.joint:
        return None
    function = unit.group.activation_function
    y = function_value.value if isinstance(unit, ActivationIntegrator) else unit.computed_activation
    arguments = (("net_input", unit.net_input), *previous_activation(unit), ("activation", y))
    return FunctionValue("slope", function.name, "", arguments, float(function.slope(*(number for _, number in arguments))), None)


def explain_net_derivative(unit: Unit, context: Context, slope: FunctionValue | None) -> Sum:
    """Return ∂E/∂x = ∂E/∂y · f'(x), or the value of a joint function, and the term of the next tick if the unit integrates."""

    def terms(one: Pass) -> list[Term]:
        later = next_tick_copy(unit)
        found = []
        is_kept = unit in one.reached or unit.group.role == "initial"  # truncation discards derivatives at earlier ticks
        if isinstance(later, NetInputIntegrator) and later in one.reached and is_kept:
            found.append(_next_tick_term(later, "net_derivative", one.net_derivative(later)))
        if unit in one.reached:
            found += _own_terms(unit, one, slope)
        return found

    size = max((abs(each.activation_derivative) for each in unit.group), default=0.0) if unit.group.joint else 0.0
    return _sum_over_passes("net_derivative", unit.net_derivative, context, terms, size)


def _own_terms(unit: Unit, one: Pass, slope: FunctionValue | None) -> list[Term]:
    """Return the term of ∂E/∂y or, if a formula of the net input gives the share of the unit's own error, that share and the rest."""
    own = own_net_derivative(unit) if one.compares(unit) else None
    if own is None:
        return [_own_term(unit, one, slope)]
    is_alone = all(_received_derivative(each, one) == 0.0 for each in (intact_units(unit.group) if unit.group.joint else (unit,)))
    received = [] if is_alone else [_received_term(unit, one, slope)]
    name, weight = f"{unit.group.error_function.name} from the net input", network_of(unit).state.error_weight
    terms = [*received, Term(name, own) if weight == 1.0 else Term(name, weight * own, _weighted(own, weight))]
    if not isinstance(unit, Integrator):
        return terms
    both = Sum("net_derivative", tuple(terms), None)
    factors = (("dt", unit.dt), (terms[0].name if is_alone else "sum", both.total))
    return [Term("own", unit.dt * both.total, factors, None if is_alone else both)]


def _received_derivative(unit: Unit, one: Pass) -> float:
    """Return the part of ∂E/∂y that comes from the receivers, computed as by `Unit.received_derivative`."""
    if not (one.compares(unit) and unit.has_error):
        return one.activation_derivative(unit)
    own = _own_derivative(unit)
    return one.activation_derivative(unit) - network_of(unit).state.error_weight * own


def _received_term(unit: Unit, one: Pass, slope: FunctionValue | None) -> Term:
    derivative = unit.free(_received_derivative(unit, one))
    if slope is None:
        return Term(f"{unit.group.activation_function.name} over the group", _joint_net_derivative(unit, one))
    name = "receivers" if unit.group.cost is None else "receivers and cost"
    return Term(name, derivative * slope.value, (("activation_derivative", derivative), ("slope", slope.value)))


def _own_term(unit: Unit, one: Pass, slope: FunctionValue | None) -> Term:
    derivative = unit.free(one.activation_derivative(unit))
    if slope is None:
        return _own_joint_term(unit, one)
    factors = (("activation_derivative", derivative), ("slope", slope.value))
    if isinstance(unit, NetInputIntegrator):
        return Term("own", unit.dt * (derivative * slope.value), (("dt", unit.dt), *factors))
    if isinstance(unit, ActivationIntegrator):
        return Term("own", unit.dt * derivative * slope.value, (("dt", unit.dt), *factors))
    return Term("own", derivative * slope.value, factors)


def _own_joint_term(unit: Unit, one: Pass) -> Term:
    value, name = _joint_net_derivative(unit, one), f"{unit.group.activation_function.name} over the group"
    return Term(name, unit.dt * value, (("dt", unit.dt), (name, value))) if isinstance(unit, Integrator) else Term(name, value)


def _joint_net_derivative(unit: Unit, one: Pass) -> float:
    """Return ∂E/∂x of a unit of a joint group, without the share that comes from a formula of the net inputs."""
    units, is_paired = intact_units(unit.group), unit.group.paired_error is not None
    derivatives = [each.free(_received_derivative(each, one) if is_paired else one.activation_derivative(each)) for each in units]
    return unit.group.net_derivatives_from(derivatives)[units.index(unit)]


def next_tick_copy(unit: Unit) -> UnitWithPast | None:
    """Return the copy of a unit that depends on its past one tick later; None at the last tick and for other units."""
    group = unit.group
    if not isinstance(group, GroupAtTick):
        return None
    for other in network_of(unit).groups:
        if isinstance(other, GroupAtTick) and other.tick == group.tick + 1 and other.original is group.original:
            later = other.units[unit.index]
            return later if isinstance(later, UnitWithPast) and later.previous is unit else None
    return None


def _next_tick_term(later: Integrator, quantity: str, derivative: float) -> Term:
    factor = 1.0 - later.dt
    return Term(later.name, factor * derivative, (("1 − dt", factor), (quantity, derivative)))


def _sum_over_passes(name: str, stored: float, context: Context, terms: Callable[[Pass], list[Term]], size: float = 0.0) -> Sum:
    """Return the terms of the only pass, or one term for each of several passes, with its parts."""
    if len(context.passes) == 1:
        return Sum(name, tuple(terms(context.passes[0])), stored, size=size)
    sums = [(one.tick, Sum(name, tuple(terms(one)), None)) for one in context.passes]
    return Sum(name, tuple(Term(f"error of tick {tick}", part.total, (), part) for tick, part in sums if part.terms), stored, size=size)
