"""How a unit came by its net input and activation (equations 1 and 2 of `unit`, and those of `integrators`)."""

from __future__ import annotations

from connectionist.explain.passes import network_of
from connectionist.explain.terms import FunctionValue, Sum, Term, ValueOf, best
from connectionist.model.connection import Connection
from connectionist.model.time.integrators import ActivationIntegrator, Integrator, NetInputIntegrator
from connectionist.model.unit import Unit


def explain_net_input(unit: Unit) -> Sum:
    """Return the net input as the sum of what comes in; of a unit that integrates it, as what came in and what there was."""
    return best(lambda value_of: _net_input(unit, value_of), network_of(unit).weight_state)


def _net_input(unit: Unit, value_of: ValueOf) -> Sum:
    terms = tuple(_incoming(connection, value_of) for connection in unit.incoming)
    if not isinstance(unit, NetInputIntegrator):
        return Sum("net_input", terms, unit.net_input)
    drive = Sum("drive", terms, None)
    return Sum("net_input", going_on(unit, "net_input", "what comes in", drive.total, drive), unit.net_input)


def _incoming(connection: Connection, value_of: ValueOf) -> Term:
    weight, activation = value_of(connection.weight), connection.sender.activation
    return Term(connection.sender.name, weight * activation, (("activation", activation), ("weight", weight)))


def going_on(unit: Integrator, quantity: str, what: str, drive: float, parts: Sum | None = None) -> tuple[Term, Term]:
    """Return the two terms of a unit that goes part of the way, dt, from where it was to its drive."""
    dt, before = unit.dt, getattr(unit.previous, quantity)
    return (
        Term(what, dt * drive, (("dt", dt), (what, drive)), parts),
        Term(unit.previous.name, (1.0 - dt) * before, (("1 − dt", 1.0 - dt), (quantity, before))),
    )


def explain_activation(unit: Unit) -> FunctionValue:
    """Return what the activation function makes of the net input; of a joint function, of the net inputs of the whole group."""
    function = unit.group.activation_function
    stored = None if isinstance(unit, ActivationIntegrator) else unit.activation
    name, equation = function.name, getattr(function, "equation", "")
    if not unit.group.joint:
        given = (("net_input", unit.net_input),)
        return FunctionValue("activation", name, equation, given, float(function.activation(unit.net_input)), stored)
    units = intact(unit)
    activations = [0.0] * len(units)
    function.activations([each.net_input for each in units], activations)
    inputs = tuple((each.name, each.net_input) for each in units)
    return FunctionValue("activation", name, equation, inputs, float(activations[units.index(unit)]), stored)


def explain_integrated(unit: Unit, answer: FunctionValue) -> Sum | None:
    """Return the activation of a unit that integrates it, as its answer to what comes in and what it was; None for another."""
    if not isinstance(unit, ActivationIntegrator):
        return None
    return Sum("activation", going_on(unit, "activation", "its answer", answer.value), unit.activation)


def integrates(unit: Unit) -> str | None:
    """Return what a copy of a unit goes on with from one tick to the next; None for units that do not, and those from before tick 1."""
    return unit.group.timing.integrates if isinstance(unit, Integrator) else None


def intact(unit: Unit) -> list[Unit]:
    """Return the units of its group that are not lesioned."""
    return [each for each in unit.group if not each.lesioned]
