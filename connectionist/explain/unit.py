"""The explanation of a unit: its sums in the order of the forward and backward pass, and its incoming weights' derivatives and changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.explain import unit_text
from connectionist.explain.change import Change, explain_change
from connectionist.explain.forward import integrated_quantity
from connectionist.explain.passes import Context, copy_at_last_tick, find_context, network_of, noise_notes, run_notes
from connectionist.explain.unit_sums import UnitSums, explain_sums
from connectionist.explain.weight_derivative import WeightDerivative, copies_of, explain_derivative
from connectionist.model.schedule import intact_units
from connectionist.plugins.rules import JointRule, LocalRule
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.unit import Unit


@with_assignment_errors
@dataclass(frozen=True)
class IncomingWeight:
    """The derivative and the last change of one incoming weight.

    Attributes
    ----------
    sender : str
        Name of the sender.
    trainable : bool
    derivative : WeightDerivative
    change : Change or None
        Last change; None if there was none, or if its inputs are not stored.
    """

    sender: str
    trainable: bool
    derivative: WeightDerivative
    change: Change | None


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class UnitExplanation(UnitSums, HtmlRepr):
    """The arithmetic of one unit in the present case. `print` shows it as text; each part is an attribute.

    Attributes
    ----------
    name, net_input, activation, integrated, comparison, activation_derivative, slope, net_derivative
        See `UnitSums`.
    kind : str
        Description of the unit: role, network and activation function.
    notes : tuple of str
        Remarks: that the unit is clamped or lesioned, which tick is shown, or that no case was run.
    weights : tuple of IncomingWeight
        In the order of ``unit.incoming``.
    value : float
        Activation of the unit.
    local_rule : str
        Name of the `LocalRule` or `JointRule` that made the last change, for which there is no backward pass; empty if there is none.
    has_unexplained_change : bool
        Whether an incoming weight was changed and the inputs of the change are not stored.
    group : tuple of (str, float, float)
        For a joint function, name, activation and ∂E/∂y of every unit of the group that is not lesioned; else empty.
    lesioned : bool
    """

    kind: str
    notes: tuple[str, ...]
    weights: tuple[IncomingWeight, ...]
    value: float
    local_rule: str = ""
    has_unexplained_change: bool = False
    group: tuple[tuple[str, float, float], ...] = ()
    lesioned: bool = False

    def __str__(self) -> str:
        return "\n".join(unit_text.unit_lines(self))

    __repr__ = __str__


def explain_unit(unit: Unit) -> UnitExplanation:
    """Return the explanation of a unit or, in a network that runs in time, of its copy at the last tick.

    Raises
    ------
    WiringError
        If the network runs in time and has no copies, because no case was run or an engine ran the last one.
    """
    copy = copy_at_last_tick(unit)
    context = find_context(copy)
    last = context.network.weight_state.last_update
    group = intact_units(copy.group) if copy.group.joint else ()
    sums = explain_sums(copy, context)
    return UnitExplanation(
        **vars(sums),
        kind=_kind(copy),
        notes=(*_notes(unit, copy), *noise_notes(sums.noisy_weights)),
        weights=explain_weights(copy.incoming, context),
        value=copy.activation,
        has_unexplained_change=any(connection.weight.change for connection in copy.incoming),
        group=tuple((each.name, each.activation, each.activation_derivative) for each in group),
        lesioned=copy.lesioned,
        local_rule=last.rule.name if last is not None and isinstance(last.rule, (LocalRule, JointRule)) else "",
    )


def explain_weights(connections: list[Connection], context: Context) -> tuple[IncomingWeight, ...]:
    """Return the derivatives and last changes of the weights of some connections."""
    explained = []
    for connection in connections:
        carriers = copies_of(connection, context)
        derivative = explain_derivative(connection, carriers, context)
        change = explain_change(connection.weight, carriers, is_mean=derivative.is_mean)
        explained.append(IncomingWeight(connection.sender.name, connection.weight.trainable, derivative, change))
    return tuple(explained)


def _kind(unit: Unit) -> str:
    group, integrated = unit.group, integrated_quantity(unit)
    if group.role == "bias":
        return "the unit that is always 1"
    function = "" if group.clamped else f", {group.activation_function.name}"
    role = "unit before tick 1" if group.role == "initial" else f"{group.role} unit"
    return f"{role} of {network_of(unit).name}{function}" + (f", integrates its {integrated.replace('_', ' ')}" if integrated else "")


def _notes(unit: Unit, copy: Unit) -> list[str]:
    network = network_of(copy)
    notes = run_notes(network)
    if copy is not unit:
        notes.append(
            f"shown at tick {network.ticks}, the last; for another tick use net.unrolled.unit('{unit.name}@1').explain()"
            if copy.group.tick
            else f"shown in the unrolled network of {describe_count(network.ticks or 0, 'tick')}"
        )
    if copy.lesioned:
        notes.append("lesioned: its activation is 0, and its connections have no effect")
    elif copy.group.role == "initial":
        notes.append(f"clamped to its initial activation, {copy.activation!r}")
    elif copy.group.clamped:
        noise = f", of which {copy.activation_noise!r} is noise" if copy.activation_noise else ""
        notes.append(f"clamped to {copy.activation!r}{noise}")
    elif copy.is_clamped:
        notes.append(f"clamped to {copy.clamp!r} in this case, so it has no error, and no derivative goes back through it")
    elif copy.clamped_share or copy.has_external_input:
        notes.append(_partial_clamp_note(copy))
    return notes


def _partial_clamp_note(unit: Unit) -> str:
    clamp, clamping = unit.clamp, unit.group.clamping
    kind = f"{clamping.kind} clamp in this case, value {clamp!r}, strength {clamping.strength!r}"
    if clamping.kind == "weak":
        return f"{kind}: {1.0 - unit.clamped_share!r} of ∂E/∂y goes back through the unit"
    if clamping.kind == "external":
        return f"{kind}: {clamping.strength!r} · {clamp!r} is added to the net input"
    rest = float(unit.group.activation_function.activation(0.0))
    wanted = f"{rest!r} + {clamping.strength!r} · ({clamp!r} − {rest!r})"
    return f"{kind}: the net input that gives the activation {wanted} is added to the net input"
