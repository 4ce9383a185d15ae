"""The terms of a weight's error derivative (equation 6 of `unit`), over all connections that carry the weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from connectionist.explain.forward import output_name
from connectionist.explain.terms import DIFFERENT, Sum, Term, WeightValue, sum_with_matching_weights, value_used
from connectionist.model.combining_unit import CombiningUnit
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    from connectionist.explain.passes import Context, Pass
    from connectionist.model.connection import Connection, Weight


@with_assignment_errors
@dataclass(frozen=True)
class WeightDerivative:
    """∂E/∂w of one weight.

    Attributes
    ----------
    own : Term
        Term of the explained connection: ∂E/∂x of the receiver times the activation of the sender.
    copies : Sum
        Sum or mean of the terms of all connections that carry the weight. If ``ticks_back`` propagates the error of each tick separately,
        a connection has one term per tick whose error reached it.
    count : int
        Number of connections that carry the weight, at least 1.
    is_mean : bool
        Whether the derivative is the mean over the connections.
    note : str
        Why the weight holds another derivative than that of this case; empty if it does not.
    examples : int
        Number of examples of the last change, if the weight holds the sum over them instead of this derivative; else 0.
    """

    own: Term
    copies: Sum
    count: int
    is_mean: bool
    note: str
    examples: int = 0


def copies_of(connection: Connection, context: Context) -> list[Connection]:
    """Return the intact connections that carry the weight of a connection, in the order in which they add to its derivative."""

    def place(copy: Connection) -> tuple[int, int]:
        return context.backward_order[copy.receiver], copy.receiver.incoming.index(copy)

    copies = context.network.tied_to(connection)
    return sorted(copies, key=place) if len(copies) > 1 else list(copies)


def explain_derivative(connection: Connection, copies: list[Connection], context: Context) -> WeightDerivative:
    """Return the derivative of a connection's weight, given the connections that carry the weight."""
    is_mean = context.network.tie_derivative == "mean" and len(copies) > 1

    def make_sum(value_of: WeightValue) -> Sum:
        terms = tuple(term for one in context.passes for term in _terms_of_pass(copies, one, value_of))
        return Sum("derivative", terms, connection.weight.derivative, len(copies) if is_mean else 1)

    total = sum_with_matching_weights(make_sum, context.network.weight_state)
    value_of = partial(value_used, last=connection.weight.last_update, weights=total.weights)
    own = _term(connection, context.net_derivative(connection.receiver), value_of)
    examples = _examples_of_last_change(connection.weight, total)
    return WeightDerivative(own, total, len(copies), is_mean, _note(total, examples), examples)


def _terms_of_pass(copies: list[Connection], one: Pass, value_of: WeightValue) -> list[Term]:
    suffix = "" if one.tick is None else f", error of tick {one.tick}"
    return [_term(copy, one.net_derivative(copy.receiver), value_of, suffix) for copy in copies if copy.receiver in one.reached]


def _term(connection: Connection, derivative: float, value_of: WeightValue, suffix: str = "") -> Term:
    receiver, sender = connection.receiver, connection.sender
    if isinstance(receiver, CombiningUnit):
        slope, _ = receiver.slopes_of(connection, value_of)
        return Term(connection.name + suffix, derivative * slope, (("net_derivative", derivative), ("slope", slope)))
    factors = (("net_derivative", derivative), (output_name(sender), sender.output))
    return Term(connection.name + suffix, derivative * sender.output, factors)


def _examples_of_last_change(weight: Weight, total: Sum) -> int:
    """Return the number of examples of the last change if the weight holds another derivative, that of the last change; else 0."""
    last = weight.last_update
    position = None if last is None else last.position_of(weight.row)
    if total.agreement != DIFFERENT or last is None or position is None or last.derivatives[position] != weight.derivative:
        return 0
    return last.examples


def _note(total: Sum, examples: int) -> str:
    if total.agreement != DIFFERENT:
        return ""
    if examples:
        return f"the sum over the {examples} examples of the last change" if examples > 1 else "that of the example of the last change"
    return "the sum over several examples, or the derivative of another pass"
