"""A unit explained: its sums in the order of a case, forward and backward, and what became of its incoming weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.explain import text
from connectionist.explain.forward import intact, integrates
from connectionist.explain.passes import Context, copy_at_last_tick, network_of, run_notes, surroundings
from connectionist.explain.unit_sums import UnitSums, explain_sums
from connectionist.explain.update import Change, explain_change
from connectionist.explain.weight_derivative import WeightDerivative, copies_of, explain_derivative
from connectionist.plugins.rules import LocalRule
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.unit import Unit


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
class UnitExplanation(UnitSums, HtmlRepr):
    """The arithmetic of one unit in the present case. Its text is what `print` shows; each part can be read by name.

    Attributes
    ----------
    name, net_input, activation, integrated, comparison, activation_derivative, slope, net_derivative
        As `UnitSums` has them.
    kind : str
        What the unit is, in words.
    notes : tuple of str
        What else to know: that it is clamped or lesioned, or which tick it shows, or that no case was run.
    weights : tuple of IncomingWeight
        In the order of ``unit.incoming``.
    value : float
        The unit's activation.
    learned_from : str
        The rule that made the last change from activations, and so without a pass backward; empty where there was none.
    changes_unknown : bool
        Whether an incoming weight was changed, and nobody knows from what.
    group : tuple of (str, float, float)
        Under a joint function, every intact unit of the group by name, with its activation and ∂E/∂y.
    lesioned : bool
    """

    kind: str
    notes: tuple[str, ...]
    weights: tuple[IncomingWeight, ...]
    value: float
    learned_from: str = ""
    changes_unknown: bool = False
    group: tuple[tuple[str, float, float], ...] = ()
    lesioned: bool = False

    def __str__(self) -> str:
        return "\n".join(text.unit_lines(self))

    __repr__ = __str__


def explain_unit(asked: Unit) -> UnitExplanation:
    """Return the explanation of a unit; in a network in time, of its copy at the last tick."""
    unit = copy_at_last_tick(asked)
    around = surroundings(unit)
    last = around.network.weight_state.last_change
    return UnitExplanation(
        **vars(explain_sums(unit, around)),
        kind=_kind(unit),
        notes=tuple(_notes(asked, unit)),
        weights=explain_weights(unit.incoming, around),
        value=unit.activation,
        changes_unknown=any(connection.weight.change for connection in unit.incoming),
        group=tuple((each.name, each.activation, each.activation_derivative) for each in intact(unit)) if unit.group.joint else (),
        lesioned=unit.lesioned,
        learned_from=last.rule.name if last is not None and isinstance(last.rule, LocalRule) else "",
    )


def explain_weights(connections: list[Connection], around: Context) -> tuple[IncomingWeight, ...]:
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
    return f"{role} of {network_of(unit).name}{functions}" + (f", integrates its {how.replace('_', ' ')}" if how else "")


def _notes(asked: Unit, unit: Unit) -> list[str]:
    notes = run_notes(network_of(unit))
    if unit is not asked:
        stage = network_of(unit)
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
