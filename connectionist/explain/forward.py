"""The terms of a unit's net input and activation: equations 1 and 2 of `unit`, and those of `timing` for integrating units."""

from __future__ import annotations

from collections.abc import Sequence

from connectionist.explain.passes import network_of
from connectionist.explain.terms import FunctionValue, Sum, Term, WeightValue, shown_parameters, sum_with_matching_weights
from connectionist.model.connection import Connection
from connectionist.model.schedule import intact_units
from connectionist.model.time.integrators import ActivationIntegrator, DynamicUnit, Integrator, NetInputIntegrator
from connectionist.model.unit import Unit
from connectionist.plugins.formula_faults import call_formula, write_results


def explain_net_input(unit: Unit) -> Sum:
    """Return the net input, x = Σ w y. For a unit that integrates it, x(t) = dt · Σ w y + (1 − dt) · x(t − 1)."""
    return sum_with_matching_weights(lambda value_of: _net_input(unit, value_of), network_of(unit).weight_state)


def _net_input(unit: Unit, value_of: WeightValue) -> Sum:
    function = unit.group.input_function
    if function is not None:
        weights = [value_of(connection.weight) for connection in unit.incoming]
        activations = [connection.sender.output for connection in unit.incoming]
        names = [connection.sender.name for connection in unit.incoming]
        pairs = zip(names, weights, activations, strict=True)
        arguments = tuple(pair for name, weight, y in pairs for pair in ((name, y), (f"weight of {name}", weight)))
        value = float(call_formula(function, "net_input", weights, activations))
        return Sum("net_input", (Term(function.name, value, arguments=arguments), *_added_terms(unit)), unit.net_input)
    terms = (*(_incoming_term(connection, value_of) for connection in unit.incoming), *_added_terms(unit))
    if not isinstance(unit, NetInputIntegrator):
        return Sum("net_input", terms, unit.net_input)
    drive = Sum("drive", terms, None)
    return Sum("net_input", leak_terms(unit, "net_input", "summed input", drive.total, drive), unit.net_input)


def _added_terms(unit: Unit) -> tuple[Term, ...]:
    return (*_noise_term(unit.net_input_noise), *_external_term(unit))


def _external_term(unit: Unit) -> tuple[Term, ...]:
    """Return what a clamp adds to the net input; nothing without one."""
    if not unit.has_external_input:
        return ()
    given = (("strength", float(unit.group.clamping.strength or 0.0)), ("clamp", unit.clamp))
    if unit.group.clamping.kind == "external":
        return (Term("external input", unit.external_input, given),)
    return (Term("external input", unit.external_input, arguments=given),)


def _noise_term(noise: float) -> tuple[Term, ...]:
    return (Term("noise", noise),) if noise else ()


def _incoming_term(connection: Connection, value_of: WeightValue) -> Term:
    weight, output = value_of(connection.weight), connection.sender.output
    return Term(connection.sender.name, weight * output, ((output_name(connection.sender), output), ("weight", weight)))


def output_name(sender: Unit) -> str:
    """Return the name of the quantity that the connections of a unit carry."""
    return "activation" if sender.group.output_function is None else "output"


def leak_terms(unit: Integrator, quantity: str, drive_name: str, drive: float, parts: Sum | None = None) -> tuple[Term, Term]:
    """Return the two terms of an integrated quantity q: q(t) = dt · drive + (1 − dt) · q(t − 1).

    Parameters
    ----------
    unit : Integrator
    quantity : {"net_input", "activation"}
    drive_name : str
        Name of the drive in the explanation.
    drive : float
    parts : Sum, optional
        Terms of the drive.
    """
    dt, before = unit.dt, getattr(unit.previous, quantity)
    return (
        Term(drive_name, dt * drive, (("dt", dt), (drive_name, drive)), parts),
        Term(unit.previous.name, (1.0 - dt) * before, (("1 − dt", 1.0 - dt), (quantity, before))),
    )


def explain_activation(unit: Unit) -> FunctionValue:
    """Return the value of the activation function, f(x), or of a joint function of the net inputs of the whole group."""
    function = unit.group.activation_function
    stored = None if isinstance(unit, ActivationIntegrator) or unit.clamped_share or unit.activation_noise else unit.activation
    name, equation, parameters = function.name, getattr(function, "equation", ""), shown_parameters(function)
    if not unit.group.joint:
        arguments = (("net_input", unit.net_input), *previous_activation(unit))
        value = float(function.activation(*(number for _, number in arguments)))
        return FunctionValue("activation", name, equation, arguments, value, stored, parameters=parameters)
    units = intact_units(unit.group)
    activations = [0.0] * len(units)
    write_results(function, "activations", [each.net_input for each in units], activations)
    net_inputs = tuple((each.name, each.net_input) for each in units)
    value = float(activations[units.index(unit)])
    return FunctionValue("activation", name, equation, net_inputs, value, stored, parameters=parameters)


def previous_activation(unit: Unit) -> tuple[tuple[str, float], ...]:
    """Return the activation one tick before, with its name, if it is an argument of the activation function; else nothing."""
    return (("previous", unit.previous.activation),) if isinstance(unit, DynamicUnit) else ()


def explain_integrated(unit: Unit, function_value: FunctionValue) -> Sum | None:
    """Return the terms of an activation that is not the function value f(x); None for other units.

    For a unit that integrates its activation they are those of y(t) = dt · f(x(t)) + (1 − dt) · y(t − 1). Noise is a further term. A
    clamped unit has the value to which it is clamped instead.
    """
    if unit.is_clamped:
        return Sum("activation", (Term("clamped", unit.clamp),), unit.activation)
    added = _noise_term(unit.activation_noise)
    terms: tuple[Term, ...] = (Term("function value", function_value.value),)
    if isinstance(unit, ActivationIntegrator):
        terms = leak_terms(unit, "activation", "function value", function_value.value)
    elif not added and not unit.clamped_share:
        return None
    return Sum("activation", (*terms, *added, *_clamp_term(unit, terms, added)), unit.activation)


def _clamp_term(unit: Unit, terms: Sequence[Term], noise: Sequence[Term]) -> tuple[Term, ...]:
    """Return what a weak clamp adds to the activation, s (c − y); nothing without one."""
    share, activation = unit.clamped_share, 0.0
    for term in (*terms, *noise):
        activation += term.value
    if not share:
        return ()
    difference = unit.clamp - activation
    return (Term("clamp", share * difference, (("strength", share), ("clamp − activation", difference))),)


def integrated_quantity(unit: Unit) -> str | None:
    """Return the quantity that a unit integrates, "net_input" or "activation".

    It is None for units that do not integrate, and for the copies before tick 1.
    """
    return unit.group.timing.integrates if isinstance(unit, Integrator) else None
