"""A unit explained: its sums in the order of a case, forward and backward, and what became of its incoming weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.explaining import sections
from connectionist.explaining.arithmetic import Answer, Sum
from connectionist.explaining.backward import (
    Comparison,
    explain_activation_derivative,
    explain_comparison,
    explain_net_derivative,
    explain_slope,
    follower,
)
from connectionist.explaining.changes import Change, explain_change
from connectionist.explaining.forward import explain_activation, explain_integrated, explain_net_input, intact, integrates
from connectionist.explaining.passes import Surroundings, copy_at_last_tick, surroundings
from connectionist.explaining.weights import WeightDerivative, copies_of, explain_derivative
from connectionist.rules import LocalRule

if TYPE_CHECKING:
    from connectionist.connection import Connection
    from connectionist.unit import Unit


@dataclass(frozen=True)
class IncomingWeight:
    """What became of one incoming weight.

    Attributes
    ----------
    sender : str
    trainable : bool
    derivative : WeightDerivative
    change : Change or None
        The last change; None where there was none, or nobody knows what it was made from.
    """

    sender: str
    trainable: bool
    derivative: WeightDerivative
    change: Change | None


@dataclass(frozen=True, repr=False)
class UnitExplanation:
    """The arithmetic of one unit in the present case. Its text is what `print` shows; each part can be read by name.

    Attributes
    ----------
    name, kind : str
        The unit's name, and what it is in words.
    notes : tuple of str
        What else to know: that it is clamped or lesioned, or which tick it shows.
    net_input : Sum or None
        None for a clamped or lesioned unit, as all the rest that such units do not have.
    activation : Answer or None
        What the activation function answers.
    integrated : Sum or None
        The activation of a unit that integrates it.
    comparison : Comparison or None
        For output units.
    activation_derivative : Sum
        ∂E/∂y.
    slope : Answer or None
        None under a joint function.
    net_derivative : Sum or None
        ∂E/∂x.
    weights : tuple of IncomingWeight
        In the order of ``unit.incoming``.
    value : float
        The unit's activation.
    learned_from : str
        Name of the rule of the last change if it learns from activations: then no pass backward was made.
    changes_unknown : bool
        Whether an incoming weight was changed, and nobody knows from what.
    group : tuple of (str, float, float)
        Under a joint function, every intact unit of the group by name, with its activation and ∂E/∂y.
    lesioned : bool
    """

    name: str
    kind: str
    notes: tuple[str, ...]
    net_input: Sum | None
    activation: Answer | None
    integrated: Sum | None
    comparison: Comparison | None
    activation_derivative: Sum
    slope: Answer | None
    net_derivative: Sum | None
    weights: tuple[IncomingWeight, ...]
    value: float
    learned_from: str = ""
    changes_unknown: bool = False
    group: tuple[tuple[str, float, float], ...] = ()
    lesioned: bool = False

    def __str__(self) -> str:
        return "\n".join(sections.unit_lines(self))

    __repr__ = __str__


def explain_unit(asked: Unit) -> UnitExplanation:
    """Return the explanation of a unit; in a network in time, of its copy at the last tick."""
    unit = copy_at_last_tick(asked)
    around = surroundings(unit)
    is_activated = unit in around.places
    answer = explain_activation(unit) if is_activated else None
    slope = explain_slope(unit, answer) if answer else None
    comparison = explain_comparison(unit)
    last = unit.network.weight_state.last_change
    return UnitExplanation(
        name=unit.name,
        kind=_kind(unit),
        notes=tuple(_notes(asked, unit)),
        net_input=explain_net_input(unit) if is_activated else None,
        activation=answer,
        integrated=explain_integrated(unit, answer) if answer else None,
        comparison=comparison,
        activation_derivative=explain_activation_derivative(unit, around, comparison),
        slope=slope,
        net_derivative=explain_net_derivative(unit, around, slope) if is_activated or follower(unit) else None,
        weights=explain_weights(unit.incoming, around),
        value=unit.activation,
        changes_unknown=any(connection.weight.change for connection in unit.incoming),
        group=tuple((each.name, each.activation, each.activation_derivative) for each in intact(unit)) if unit.group.joint else (),
        lesioned=unit.lesioned,
        learned_from=last.rule.name if last is not None and isinstance(last.rule, LocalRule) else "",
    )


def explain_weights(connections: list[Connection], around: Surroundings) -> tuple[IncomingWeight, ...]:
    """Return what became of the weights of some connections."""
    copies = copies_of([connection.weight for connection in connections], around)
    found = []
    for connection in connections:
        carriers = copies[connection.weight]
        derivative = explain_derivative(connection, carriers, around)
        change = explain_change(connection.weight, carriers, is_mean=derivative.is_mean)
        found.append(IncomingWeight(connection.sender.name, connection.weight.trainable, derivative, change))
    return tuple(found)


def _kind(unit: Unit) -> str:
    group, how = unit.group, integrates(unit)
    if group.role == "bias":
        return "the unit that is always 1"
    functions = "" if group.clamped else f", {group.activation_function.name}"
    role = "a unit from before tick 1" if group.role == "initial" else f"{group.role} unit"
    return f"{role} of {unit.network.name}{functions}" + (f", integrates its {how.replace('_', ' ')}" if how else "")


def _notes(asked: Unit, unit: Unit) -> list[str]:
    notes = []
    if unit is not asked:
        stage = unit.network
        notes.append(
            f"{asked.name} shows the last of {stage.ticks} ticks; for another ask its copy, net.unrolled.unit('{asked.name}@1')"
            if unit.group.tick
            else f"shown as it is in the unrolled network of {stage.ticks} ticks"
        )
    if unit.lesioned:
        notes.append("lesioned: its activation is 0, and nothing comes in or goes out")
    elif unit.group.role == "initial":
        notes.append(f"clamped to what there was before tick 1: {unit.activation!r}")
    elif unit.group.clamped:
        notes.append(f"clamped: its activation is set from outside, to {unit.activation!r}")
    return notes
