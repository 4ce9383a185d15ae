"""The text of an explanation, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.explain.terms import DIFFERENT, EXACT
from connectionist.explain.text_table import INDENT, Cell, given_text, number, sum_lines, table, verdict, words

if TYPE_CHECKING:
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.explain.terms import FunctionValue
    from connectionist.explain.unit import IncomingWeight, UnitExplanation
    from connectionist.explain.update import Change
    from connectionist.explain.weight_derivative import WeightDerivative

NOT_FORWARD = "since the pass forward a weight or an activation was changed, as by training, or there was no pass; call forward again"
NOT_KNOWN = "what it was made from is not known"
NOT_ANSWERED = "it was assigned, or the function changed, since the pass forward"
NOT_BACKWARD = "no pass backward was made since the last one forward, or a weight was changed since; call forward and backward again"


def unit_lines(unit: UnitExplanation) -> list[str]:
    """Return the text of a unit's explanation, in lines."""
    lines = [f"{unit.name}: {unit.kind}", *(f"{INDENT}{note}" for note in unit.notes)]
    if unit.net_input is not None:
        lines += ["", *sum_lines(unit.net_input, "net input", NOT_FORWARD, "nothing comes in")]
    lines += _activation_lines(unit)
    if not unit.lesioned:
        lines += _backward_lines(unit)
    return lines + _weight_lines(unit) + _change_lines(unit)


def _activation_lines(unit: UnitExplanation) -> list[str]:
    answer = unit.activation
    if answer is None:
        return []
    lines = ["", _function_title("activation" if unit.integrated is None else "its answer", answer)]
    if len(answer.given) == 1:
        lines.append(f"{INDENT}{number(answer.given[0][1])} → {number(answer.value)}")
    else:
        lines += table([[name, net_input] for name, net_input in answer.given])
        lines.append(f"{INDENT}→ {number(answer.value)} for {unit.name}")
    lines += verdict(answer, NOT_ANSWERED)
    if unit.integrated is not None:
        lines += ["", *sum_lines(unit.integrated, "activation", NOT_FORWARD)]
    return lines


def _function_title(what: str, answer: FunctionValue) -> str:
    return f"{what}, {answer.function} of the net input" + (f": {answer.equation}" if answer.equation else "")


def _backward_lines(unit: UnitExplanation) -> list[str]:
    why = NOT_BACKWARD
    if unit.learned_from:
        why += f" (the rule {unit.learned_from}, which made the last change, makes none)"
    lines = ["", *_comparison_lines(unit, why)] if unit.comparison else []
    lines += ["", *sum_lines(unit.activation_derivative, "activation derivative, ∂E/∂y", why, "no error comes back")]
    if unit.slope is not None:
        lines += ["", f"slope of {unit.slope.function} at {given_text(unit.slope.given)}", f"{INDENT}{number(unit.slope.value)}"]
    if unit.group:
        lines += ["", f"{unit.activation.function if unit.activation else ''} sees the whole group"]
        lines += table([["", "activation", "activation derivative"], *unit.group])
    if unit.net_derivative is not None:
        lines += ["", *sum_lines(unit.net_derivative, "net derivative, ∂E/∂x", why, "no error comes back")]
    return lines


def _comparison_lines(unit: UnitExplanation, why: str) -> list[str]:
    compared = unit.comparison
    assert compared is not None
    doubt = [] if compared.is_current else [f"{INDENT}BUT the target may be that of an earlier case: {why}"]
    would = " (as it would be with the target that is there)" if doubt else ""
    title = f"comparison{would}, {compared.function}" + (f": {compared.equation}" if compared.equation else "")
    if compared.why_none:
        return [
            title,
            f"{INDENT}activation {number(compared.activation)}, target {number(compared.target)}: no error, since {compared.why_none}",
            *doubt,
        ]
    rows: list[list[Cell]] = [["activation", compared.activation], ["target", compared.target], ["share of E", compared.error]]
    return [title, *table([*rows, ["share of ∂E/∂y", compared.derivative]]), *doubt]


def _weight_lines(unit: UnitExplanation) -> list[str]:
    if not unit.weights:
        return []
    rows = [_derivative_row(weight) for weight in unit.weights]
    return ["", "incoming weights, ∂E/∂w", *table([["", "net derivative", "×", "activation"], *rows])]


def _derivative_row(weight: IncomingWeight) -> list[Cell]:
    own = weight.derivative.own
    (_, derivative), (_, activation) = own.factors
    notes = "; ".join([*_copies_notes(weight.derivative), *([] if weight.trainable else ["frozen"])])
    return [weight.sender, derivative, "×", activation, "=", own.value, *([f" {notes}"] if notes else [])]


def _copies_notes(told: WeightDerivative) -> list[str]:
    copies, notes = told.copies, []
    if told.count > 1:
        notes.append(f"{'mean' if told.is_mean else 'sum'} of {told.count} connections that share the weight: {number(copies.total)}")
    if copies.agreement == DIFFERENT:
        notes.append(f"the weight holds {number(copies.stored or 0.0)}, {told.note}")
    elif copies.agreement != EXACT:
        notes.append(f"the weight holds {number(copies.stored or 0.0)}")
    return notes


def _change_lines(unit: UnitExplanation) -> list[str]:
    changed = [(weight, weight.change) for weight in unit.weights if weight.change is not None]
    if not changed:
        return ["", f"last change: {NOT_KNOWN}"] if unit.changes_unknown else []
    first = changed[0][1]
    rows: list[list[Cell]] = [["", "w before", "+", "change", *([] if not first.decay else ["", "less decay"]), "→", "w after"]]
    for weight, change in changed:
        decay: list[Cell] = ["×", 1.0 - change.decay] if first.decay else []
        rows.append(
            [weight.sender, change.before, "+", change.change.value, *decay, "→", change.after.value, *_change_notes(change, first)]
        )
    return ["", *_rule_lines(first), *table(rows)]


def _change_notes(change: Change, first: Change) -> list[Cell]:
    other = {name: value for name, value in change.parameters.items() if value != first.parameters.get(name)}
    notes = [f"{name}={value}" for name, value in other.items()]
    if change.after.agreement == DIFFERENT:
        notes.append(f"now {number(change.after.stored or 0.0)}: assigned since")
    return [f" {'; '.join(notes)}"] if notes else []


def _rule_lines(change: Change) -> list[str]:
    parameters = ", ".join(f"{name}={value}" for name, value in change.parameters.items())
    after = f"after {change.examples} example{'' if change.examples == 1 else 's'}"
    title = f"last change, by {change.rule}" + (f" ({parameters})" if parameters else "") + f", {after}"
    return [title + (f": {change.equation}" if change.equation else "")]


def connection_lines(told: ConnectionExplanation) -> list[str]:
    """Return the text of a connection's explanation, in lines."""
    lines = [
        f"{told.name}: weight {number(told.weight)}" + ("" if told.trainable else ", frozen"),
        *(f"{INDENT}{note}" for note in told.notes),
    ]
    rows: list[list[Cell]] = []
    for title, term in (("sent", told.sent), ("handed back", told.returned)):
        if term is not None:
            (first, one), (second, other) = term.factors
            where = "to the receiver's net input" if title == "sent" else "to the sender's activation derivative"
            rows.append([title, words(first), one, "×", second, other, "=", term.value, f" {where}"])
    if told.derivative is not None:
        (first, one), (second, other) = told.derivative.own.factors
        rows.append(["∂E/∂w", words(first), one, "×", second, other, "=", told.derivative.own.value, " its own"])
    lines += ["", *table(rows), *_ends_lines(told)] if rows else []
    return lines + _copies_lines(told.derivative) + _own_change_lines(told)


def _ends_lines(told: ConnectionExplanation) -> list[str]:
    """Return with which weights the passes were made, and where what the ends hold is not what they would compute."""
    receiver, sender = told.receiver, told.sender
    if receiver is None or sender is None:
        return []
    lines = []
    sums = (receiver.net_input, sender.activation_derivative if told.returned else None)
    which = next((summed.weights for summed in sums if summed and summed.weights), "")
    if which:
        lines.append(f"{INDENT}with the weights from {which}, with which this pass was made")
    behind = [(receiver, receiver.backward_trouble), *([(sender, sender.backward_trouble)] if told.returned else [])]
    for (end, trouble), why in (
        ((receiver, receiver.forward_trouble), NOT_FORWARD),
        (next((each for each in behind if each[1]), (receiver, None)), NOT_BACKWARD),
    ):
        if trouble is not None:
            lines += verdict(trouble, why, f" of {end.name}")
    return lines


def _copies_lines(told: WeightDerivative | None) -> list[str]:
    if told is None or (told.count == 1 and told.copies.agreement == EXACT):
        return []
    title = "derivative of the weight"
    if told.count > 1:
        title += f", the {'mean' if told.is_mean else 'sum'} over the {told.count} connections that share it"
    return ["", *sum_lines(told.copies, title, told.note)]


def _own_change_lines(told: ConnectionExplanation) -> list[str]:
    change = told.change
    if change is None:
        if not told.trainable:
            return ["", "last change: none, since it is frozen"]
        known = (
            f"{number(told.last_change)}; {NOT_KNOWN}"
            if told.last_change
            else "none since the weights were made, loaded, drawn or assigned"
        )
        return ["", f"last change: {known}"]
    lines = ["", *_rule_lines(change), *table([[words(name), value] for name, value in change.given])]
    if change.signals is not None:
        told_of = sum_lines(change.signals, "signal in the present case, by the rule", f"it is the sum over {change.examples} examples")
        lines += [f"{INDENT}{line}" for line in told_of]
    lines.append(f"{INDENT}change {number(change.change.value)}")
    lines += verdict(change.change)
    summed = f"{number(change.before)} + {number(change.change.value)}"
    decayed = f"({summed}) × (1 − {number(change.decay)})" if change.decay else summed
    lines.append(f"{INDENT}w: {decayed} = {number(change.after.value)}")
    lines += verdict(change.after)
    if change.remembered:
        lines.append(f"{INDENT}remembered for the next change: {given_text(change.remembered)}")
    return lines + ([f"{INDENT}{change.note}"] if change.note else [])
