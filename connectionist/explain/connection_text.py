"""The text of a connection's explanation, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.explain.change_text import NOT_BACKWARD, NOT_FORWARD, NOT_STORED, reason_of, rule_line
from connectionist.explain.terms import EXACT
from connectionist.explain.text_table import (
    INDENT,
    Cell,
    agreement_lines,
    format_arguments,
    format_number,
    label,
    sum_lines,
    table_lines,
)

if TYPE_CHECKING:
    from connectionist.explain.change import Change
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.explain.terms import Term
    from connectionist.explain.weight_derivative import WeightDerivative


def connection_lines(connection: ConnectionExplanation) -> list[str]:
    """Return the lines of a connection's explanation."""
    frozen = "" if connection.trainable else ", frozen"
    lines = [f"{connection.name}: weight {format_number(connection.weight)}{frozen}", *(f"{INDENT}{note}" for note in connection.notes)]
    rows = _term_rows(connection)
    lines += ["", *table_lines(rows), *_agreement_lines_of_ends(connection)] if rows else []
    return lines + _derivative_lines(connection.derivative) + _change_lines(connection)


def _term_rows(connection: ConnectionExplanation) -> list[list[Cell]]:
    rows = []
    if connection.sent is not None:
        rows.append(_term_row("forward", connection.sent, "to the receiver's net input"))
    if connection.returned is not None:
        rows.append(_term_row("backward", connection.returned, "to the sender's activation derivative"))
    if connection.derivative is not None:
        rows.append(_term_row("∂E/∂w", connection.derivative.own, "of this connection"))
    return rows


def _term_row(title: str, term: Term, note: str) -> list[Cell]:
    (first, first_value), *others = term.factors
    factors = [cell for name, value in others for cell in ("×", label(name), value)]
    return [title, label(first), first_value, *factors, "=", term.value, f" {note}"]


def _agreement_lines_of_ends(connection: ConnectionExplanation) -> list[str]:
    """Return which weights the passes used, and where the sums of the two units differ from the stored values."""
    receiver, sender = connection.receiver, connection.sender
    if receiver is None or sender is None:
        return []
    sums = (receiver.net_input, sender.activation_derivative if connection.returned else None)
    used = dict.fromkeys(total.weights for total in sums if total and total.weights)
    lines = [f"{INDENT}with the weights {weights}, from which this pass was computed" for weights in used]
    if receiver.forward_difference is not None:
        lines += agreement_lines(receiver.forward_difference, reason_of(NOT_FORWARD, receiver, "incoming"), f" of {receiver.name}")
    for unit in (receiver, sender) if connection.returned else (receiver,):
        if unit.backward_difference is not None:
            return lines + agreement_lines(unit.backward_difference, reason_of(NOT_BACKWARD, unit, "outgoing"), f" of {unit.name}")
    return lines


def _derivative_lines(derivative: WeightDerivative | None) -> list[str]:
    if derivative is None or (derivative.count == 1 and derivative.copies.agreement == EXACT):
        return []
    title = "derivative of the weight"
    if derivative.count > 1:
        title += f", the {'mean' if derivative.is_mean else 'sum'} over the {derivative.count} connections that share it"
    return ["", *sum_lines(derivative.copies, title, derivative.note, examples=derivative.examples)]


def _change_lines(connection: ConnectionExplanation) -> list[str]:
    if connection.change is not None:
        return ["", *_explained_change_lines(connection.change)]
    if not connection.trainable:
        return ["", "last change: none, since the weight is frozen"]
    if connection.last_change:
        return ["", f"last change: {format_number(connection.last_change)}; {NOT_STORED}"]
    return ["", "last change: none since the weights were created, loaded, randomized or assigned"]


def _explained_change_lines(change: Change) -> list[str]:
    lines = [rule_line(change), *table_lines([[label(name), value] for name, value in change.arguments])]
    if change.signals is not None:
        title, reason = "signal of the rule in the present case", "that of the example of the last change"
        signal_lines = sum_lines(change.signals, title, reason, examples=change.examples)
        lines += [f"{INDENT}{line}" for line in signal_lines]
    lines.append(f"{INDENT}change {format_number(change.change.value)}")
    lines += agreement_lines(change.change)
    total = f"{format_number(change.before)} + {format_number(change.change.value)}"
    decayed = f"({total}) × (1 − {format_number(change.decay)})" if change.decay else total
    lines.append(f"{INDENT}w: {decayed} = {format_number(change.after.value)}")
    lines += agreement_lines(change.after)
    if change.new_memory:
        lines.append(f"{INDENT}memory for the next change: {format_arguments(change.new_memory)}")
    return lines + ([f"{INDENT}{change.note}"] if change.note else [])
