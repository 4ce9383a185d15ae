"""The explanation of a connection: its terms forward and backward, and the derivative and last change of its weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from connectionist.errors import WiringError
from connectionist.explain import connection_text
from connectionist.explain.backward import output_slope
from connectionist.explain.change import Change, explain_change
from connectionist.explain.forward import output_name
from connectionist.explain.passes import Context, copy_at_last_tick, find_context, network_of, noise_notes, run_notes
from connectionist.explain.terms import Term, value_used
from connectionist.explain.unit import explain_weights
from connectionist.explain.unit_sums import UnitSums, explain_sums
from connectionist.explain.weight_derivative import WeightDerivative
from connectionist.model.combining_unit import CombiningUnit
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.explain.terms import Sum
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.network import Network


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class ConnectionExplanation(HtmlRepr):
    """The arithmetic of one connection in the present case. `print` shows it as text; each part is an attribute.

    Attributes
    ----------
    name : str
    notes : tuple of str
        Remarks: that the connection is lesioned, which tick is shown, or that the case cannot be explained.
    sent : Term or None
        Term of the receiver's net input: activation of the sender times weight. None if the case cannot be explained, or the net input
        is no sum of such terms.
    returned : Term or None
        Term of the sender's ∂E/∂y: ∂E/∂x of the receiver times weight. None if no error goes back through the connection.
    derivative : WeightDerivative or None
    change : Change or None
    receiver, sender : UnitSums or None
        Sums of the two units, which have `sent` and `returned` as terms.
    weight : float
        Value of the weight.
    last_change : float
        Stored change of the weight.
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
        return "\n".join(connection_text.connection_lines(self))

    __repr__ = __str__


def explain_connection(connection: Connection) -> ConnectionExplanation:
    """Return the explanation of a connection or, in a network that runs in time, of its copy into the last tick."""
    if connection not in connection.receiver.incoming:
        return _without_case(connection, f"{connection.name} is lesioned: it has no effect")
    try:
        copy = _copy_into_last_tick(connection)
    except WiringError as error:
        return _without_case(connection, f"the case cannot be explained: {error}")
    context = find_context(copy.receiver)
    [weight] = explain_weights([copy], context)
    receiver, sender = explain_sums(copy.receiver, context), explain_sums(copy.sender, context)
    noisy = [side for side, end in (("incoming", receiver), ("outgoing", sender)) if side in end.noisy_weights]
    return ConnectionExplanation(
        name=copy.name,
        notes=(*_notes(connection, copy, context), *noise_notes(noisy)),
        sent=_sent_term(copy, receiver),
        returned=_returned_term(copy, sender, context) if copy.backpropagate else None,
        derivative=weight.derivative,
        change=weight.change,
        receiver=receiver,
        sender=sender,
        weight=copy.weight.value,
        last_change=copy.weight.change,
        trainable=weight.trainable,
    )


def _notes(connection: Connection, copy: Connection, context: Context) -> list[str]:
    notes = run_notes(context.network)
    if copy is not connection:
        notes.append(f"shown for its copy into tick {context.network.ticks}, the last")
    if isinstance(copy.receiver, CombiningUnit):
        notes.append(f"the net input of {copy.receiver.name} is no weighted sum, but {copy.receiver.group.input_function.name!r}")
    if not copy.backpropagate:
        notes.append("no error goes back through it to the sender")
    return notes


def _without_case(connection: Connection, note: str) -> ConnectionExplanation:
    weight = connection.weight
    return ConnectionExplanation(
        name=connection.name,
        notes=(note,),
        sent=None,
        returned=None,
        derivative=None,
        change=explain_change(weight, [], is_mean=False),
        receiver=None,
        sender=None,
        weight=weight.value,
        last_change=weight.change,
        trainable=weight.trainable,
    )


def copy_at(connection: Connection, unrolled: Network, tick: int) -> Connection:
    """Return the copy of a connection into its receiver at one tick.

    Parameters
    ----------
    connection : Connection
        Connection of a network that runs in time.
    unrolled : Network
        That network, unrolled.
    tick : int
        Tick of the receiver, from 1.

    Raises
    ------
    WiringError
        If the copy is lesioned.
    """
    first = min(group.tick for group in unrolled.groups if group.tick is not None)
    sender, receiver = connection.sender, unrolled[f"{connection.receiver.group.name}@{tick}"][connection.receiver.index]
    name = "bias" if sender.group.role == "bias" else f"{sender.name}@{max(tick - connection.delay, first)}"
    for copy in receiver.incoming:
        if copy.weight is connection.weight and copy.sender.name == name:
            return copy
    raise WiringError(f"{connection.name}: its copy into tick {tick} is lesioned in {unrolled.name}")


def _copy_into_last_tick(connection: Connection) -> Connection:
    receiver = copy_at_last_tick(connection.receiver)
    return connection if receiver is connection.receiver else copy_at(connection, network_of(receiver), receiver.group.tick or 0)


def _sent_term(connection: Connection, receiver: UnitSums) -> Term | None:
    if isinstance(connection.receiver, CombiningUnit):
        return None
    weight = _weight_used_in(receiver.net_input, connection.weight)
    output = connection.sender.output
    return Term(connection.sender.name, weight * output, ((output_name(connection.sender), output), ("weight", weight)))


def _returned_term(connection: Connection, sender: UnitSums, context: Context) -> Term:
    weight = _weight_used_in(sender.activation_derivative, connection.weight)
    derivative = context.net_derivative(connection.receiver)
    factors = (("net_derivative", derivative), ("weight", weight), *output_slope(connection.sender))
    if isinstance(connection.receiver, CombiningUnit):
        weights = "" if sender.activation_derivative is None else sender.activation_derivative.weights
        _, slope = connection.receiver.slopes_of(connection, partial(value_used, last=connection.weight.last_update, weights=weights))
        factors = (("net_derivative", derivative), ("slope", slope), *output_slope(connection.sender))
    return Term(connection.receiver.name, math.prod(value for _, value in factors), factors)


def _weight_used_in(total: Sum | None, weight: Weight) -> float:
    return value_used(weight, weight.last_update, "" if total is None else total.weights)
