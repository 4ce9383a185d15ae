"""How a weight came by its derivative (equation 6 of `unit`), over all the connections that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.explain.terms import DIFFERENT, Sum, Term

if TYPE_CHECKING:
    from connectionist.explain.passes import Context, Pass
    from connectionist.model.connection import Connection, Weight


@dataclass(frozen=True)
class WeightDerivative:
    """∂E/∂w of one weight.

    Attributes
    ----------
    own : Term
        That of the connection: the receiver's ∂E/∂x times the sender's activation.
    copies : Sum
        Over the connections that carry the weight, their mean or sum; of one term for a weight of its own. Where each tick's error goes
        back by itself, there is a term for each tick whose error reached the connection.
    count : int
        How many connections carry the weight.
    is_mean : bool
    note : str
        What else to know: that the weight holds another number than this case's, and why.
    """

    own: Term
    copies: Sum
    count: int
    is_mean: bool
    note: str


def copies_of(weights: list[Weight], around: Context) -> dict[Weight, list[Connection]]:
    """Return the intact connections that carry each weight, in the order in which they add to its derivative."""
    found: dict[Weight, list[Connection]] = {weight: [] for weight in weights}
    for connection in around.network.connections:
        if connection.weight in found:
            found[connection.weight].append(connection)
    for connections in found.values():
        connections.sort(key=lambda each: (around.places[each.receiver], each.receiver.incoming.index(each)))
    return found


def explain_derivative(connection: Connection, copies: list[Connection], around: Context) -> WeightDerivative:
    """Return where the derivative of a connection's weight comes from."""
    is_mean = around.network.tie_derivative == "mean" and len(copies) > 1
    terms = tuple(term for one in around.passes for term in _in_pass(copies, one))
    summed = Sum("derivative", terms, connection.weight.derivative, len(copies) if is_mean else 1)
    return WeightDerivative(_own(connection, around), summed, len(copies), is_mean, _note(connection.weight, summed))


def _in_pass(copies: list[Connection], one: Pass) -> list[Term]:
    """Return what each connection added in one pass backward, in the order in which they did."""
    of_tick = "" if one.tick is None else f", error of tick {one.tick}"
    return [_term(copy, one.net_derivative(copy.receiver), of_tick) for copy in copies if copy.receiver in one.reached]


def _own(connection: Connection, around: Context) -> Term:
    derivative = 0.0
    for one in around.passes:
        derivative += one.net_derivative(connection.receiver) if connection.receiver in one.reached else 0.0
    return _term(connection, derivative)


def _term(connection: Connection, derivative: float, of_tick: str = "") -> Term:
    activation = connection.sender.activation
    factors = (("net_derivative", derivative), ("activation", activation))
    return Term(connection.name + of_tick, derivative * activation, factors)


def _note(weight: Weight, summed: Sum) -> str:
    if summed.agreement != DIFFERENT:
        return ""
    last = weight.last_change
    place = None if last is None else last.place(weight.row)
    if last is not None and place is not None and last.derivatives[place] == weight.derivative:
        return f"summed over the {last.examples} examples of the last change"
    return "not of this case alone: summed over several examples, or of another pass"
