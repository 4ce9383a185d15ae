"""A connection explained: what went along the line and back, and what became of its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.errors import WiringError
from connectionist.explain import text
from connectionist.explain.passes import Context, copy_at_last_tick, network_of, run_notes, surroundings
from connectionist.explain.terms import Term
from connectionist.explain.unit import explain_weights
from connectionist.explain.unit_sums import UnitSums, explain_sums
from connectionist.explain.update import Change, explain_change
from connectionist.explain.weight_derivative import WeightDerivative
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.network import Network


@dataclass(frozen=True, repr=False)
class ConnectionExplanation(HtmlRepr):
    """The arithmetic of one connection in the present case. Its text is what `print` shows; each part can be read by name.

    Attributes
    ----------
    name : str
    notes : tuple of str
        What else to know: that it is lesioned, or which tick is shown, or that none can be.
    sent : Term or None
        The sender's activation times the weight: its term of the receiver's net input. None where nothing can be told of a case.
    returned : Term or None
        The receiver's ∂E/∂x times the weight: its term of the sender's ∂E/∂y. None where no error goes back.
    derivative : WeightDerivative or None
    change : Change or None
    receiver, sender : UnitSums or None
        What the units at both ends computed: the sums of which `sent` and `returned` are terms, and whether they are what is stored.
    weight, last_change : float
        The weight and its last change, as they are stored.
    trainable : bool
    """

    name: str
    notes: tuple[str, ...]
    sent: Term | None
    returned: Term | None
    derivative: WeightDerivative | None
    change: Change | None
    receiver: UnitSums | None
    sender: UnitSums | None
    weight: float
    last_change: float
    trainable: bool

    def __str__(self) -> str:
        return "\n".join(text.connection_lines(self))

    __repr__ = __str__


def explain_connection(asked: Connection) -> ConnectionExplanation:
    """Return the explanation of a connection; in a network in time, of its copy into the last tick."""
    if asked not in asked.receiver.incoming:
        return _without_case(asked, f"{asked.name} is lesioned: nothing goes along it")
    try:
        connection = _copy_into_last_tick(asked)
    except WiringError as error:
        return _without_case(asked, f"of the case: {error}")
    around = surroundings(connection.receiver)
    [told] = explain_weights([connection], around)
    receiver, sender = explain_sums(connection.receiver, around), explain_sums(connection.sender, around)
    notes = run_notes(around.network)
    notes += [] if connection is asked else [f"{asked.name} shows its copy into the last of {around.network.ticks} ticks"]
    if not connection.backpropagate:
        notes.append("no error goes back along it to the sender")
    return ConnectionExplanation(
        name=connection.name,
        notes=tuple(notes),
        sent=_sent(connection, receiver),
        returned=_returned(connection, sender, around) if connection.backpropagate else None,
        derivative=told.derivative,
        change=told.change,
        receiver=receiver,
        sender=sender,
        weight=connection.weight.value,
        last_change=connection.weight.change,
        trainable=told.trainable,
    )


def _without_case(connection: Connection, note: str) -> ConnectionExplanation:
    weight = connection.weight
    change = explain_change(weight, [], is_mean=False)
    numbers = weight.value, weight.change, weight.trainable
    return ConnectionExplanation(connection.name, (note,), None, None, None, change, None, None, *numbers)


def copy_at(asked: Connection, stage: Network, tick: int) -> Connection:
    """Return the copy of a connection of a network in time into its receiver at one tick.

    Parameters
    ----------
    asked : Connection
    stage : Network
        That network, unrolled.
    tick : int
        From 1.

    Raises
    ------
    WiringError
        When the copy is lesioned.
    """
    first = min(group.tick for group in stage.groups if group.tick is not None)
    sender, receiver = asked.sender, stage[f"{asked.receiver.group.name}@{tick}"][asked.receiver.index]
    name = "bias" if sender.group.role == "bias" else f"{sender.name}@{max(tick - asked.delay, first)}"
    for copy in receiver.incoming:
        if copy.weight is asked.weight and copy.sender.name == name:
            return copy
    raise WiringError(f"{asked.name}: has no copy in {stage.name} at tick {tick}, where it is lesioned")


def _copy_into_last_tick(asked: Connection) -> Connection:
    receiver = copy_at_last_tick(asked.receiver)
    return asked if receiver is asked.receiver else copy_at(asked, network_of(receiver), receiver.group.tick or 0)


def _sent(connection: Connection, receiver: UnitSums) -> Term:
    weight = _weight_in(receiver.net_input.weights if receiver.net_input else "", connection.weight)
    activation = connection.sender.activation
    return Term(connection.sender.name, weight * activation, (("activation", activation), ("weight", weight)))


def _returned(connection: Connection, sender: UnitSums, around: Context) -> Term:
    weight = _weight_in(sender.activation_derivative.weights, connection.weight)
    derivative = 0.0
    for one in around.passes:
        derivative += one.net_derivative(connection.receiver) if connection.receiver in one.reached else 0.0
    return Term(connection.receiver.name, derivative * weight, (("net_derivative", derivative), ("weight", weight)))


def _weight_in(which: str, weight: Weight) -> float:
    last = weight.last_change
    place = None if last is None else last.place(weight.row)
    return weight.value if not which or last is None or place is None else float(last.values[place])
