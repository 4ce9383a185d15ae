"""The text of a unit's explanation, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.explain.change_text import NOT_BACKWARD, NOT_FORWARD, NOT_STORED, reason_of, rule_line
from connectionist.explain.terms import DIFFERENT, EXACT
from connectionist.explain.text_table import (
    INDENT,
    Cell,
    agreement_lines,
    format_arguments,
    format_number,
    format_parameters,
    label,
    sum_lines,
    table_lines,
)

if TYPE_CHECKING:
    from connectionist.explain.change import Change
    from connectionist.explain.terms import FunctionValue
    from connectionist.explain.unit import IncomingWeight, UnitExplanation
    from connectionist.explain.weight_derivative import WeightDerivative

NOT_ACTIVATED = "it was assigned, or the activation function was changed, after the forward pass"


def unit_lines(unit: UnitExplanation) -> list[str]:
    """Return the lines of a unit's explanation."""
    lines = [f"{unit.name}: {unit.kind}", *(f"{INDENT}{note}" for note in unit.notes)]
    if unit.net_input is not None:
        lines += ["", *sum_lines(unit.net_input, "net input", reason_of(NOT_FORWARD, unit, "incoming"), "no incoming connections")]
    lines += _activation_lines(unit)
    if not unit.lesioned:
        lines += _backward_lines(unit)
    return lines + _weight_lines(unit) + _change_lines(unit)


def _activation_lines(unit: UnitExplanation) -> list[str]:
    value = unit.activation
    if value is None:
        return []
    lines = ["", _function_title("activation" if unit.integrated is None else "function value", value)]
    if len(value.arguments) == 1:
        lines.append(f"{INDENT}{format_number(value.arguments[0][1])} → {format_number(value.value)}")
    else:
        lines += table_lines([[name, net_input] for name, net_input in value.arguments])
        lines.append(f"{INDENT}→ {format_number(value.value)} for {unit.name}")
    lines += agreement_lines(value, NOT_ACTIVATED)
    if unit.integrated is not None:
        lines += ["", *sum_lines(unit.integrated, "activation", NOT_FORWARD)]
    return lines


def _function_title(what: str, value: FunctionValue) -> str:
    function = f"{value.function}{format_parameters(value.parameters)}"
    return f"{what}, {function} of the net input" + (f": {value.equation}" if value.equation else "")


def _backward_lines(unit: UnitExplanation) -> list[str]:
    reason, empty = reason_of(NOT_BACKWARD, unit, "outgoing"), "no error derivative reaches this unit"
    if unit.local_rule:
        reason += f" (training with the rule {unit.local_rule} has no backward pass)"
    lines = ["", *_comparison_lines(unit, reason)] if unit.comparison else []
    lines += ["", *sum_lines(unit.activation_derivative, "activation derivative, ∂E/∂y", reason, empty)]
    if unit.slope is not None:
        lines += ["", f"slope of {unit.slope.function} at {format_arguments(unit.slope.arguments)}"]
        lines.append(f"{INDENT}{format_number(unit.slope.value)}")
    if unit.group:
        lines += ["", f"{unit.activation.function if unit.activation else ''} depends on the whole group"]
        lines += table_lines([["", "activation", "activation derivative"], *unit.group])
    if unit.net_derivative is not None:
        lines += ["", *sum_lines(unit.net_derivative, "net derivative, ∂E/∂x", reason, empty)]
    return lines


def _comparison_lines(unit: UnitExplanation, reason: str) -> list[str]:
    comparison = unit.comparison
    assert comparison is not None
    warning = [] if comparison.is_current else [f"{INDENT}but the target may be that of an earlier case: {reason}"]
    suffix = " (as it would be with the stored target)" if warning else ""
    function = f"{comparison.function}{format_parameters(comparison.parameters)}"
    title = f"comparison{suffix}, {function}" + (f": {comparison.equation}" if comparison.equation else "")
    if comparison.reason_without_error:
        activation, target = format_number(comparison.activation), format_number(comparison.target)
        return [title, f"{INDENT}activation {activation}, target {target}: no error, since {comparison.reason_without_error}", *warning]
    rows: list[list[Cell]] = [
        ["activation", comparison.activation],
        ["target", comparison.target],
        ["share of E", comparison.error],
        ["share of ∂E/∂y", comparison.derivative],
    ]
    if comparison.net_derivative is not None:
        rows.append(["share of ∂E/∂x", comparison.net_derivative, " from the net input, as the share of E"])
    return [title, *table_lines(rows), *warning]


def _weight_lines(unit: UnitExplanation) -> list[str]:
    if not unit.weights:
        return []
    rows = [_derivative_row(weight) for weight in unit.weights]
    factors = dict.fromkeys(label(weight.derivative.own.factors[1][0]) for weight in unit.weights)
    return ["", "incoming weights, ∂E/∂w", *table_lines([["", "net derivative", "×", " or ".join(factors)], *rows])]


def _derivative_row(weight: IncomingWeight) -> list[Cell]:
    own = weight.derivative.own
    (_, derivative), (_, activation) = own.factors
    notes = "; ".join([*_derivative_notes(weight.derivative), *([] if weight.trainable else ["frozen"])])
    return [weight.sender, derivative, "×", activation, "=", own.value, *([f" {notes}"] if notes else [])]


def _derivative_notes(derivative: WeightDerivative) -> list[str]:
    copies, notes = derivative.copies, []
    if derivative.count > 1:
        kind = "mean" if derivative.is_mean else "sum"
        notes.append(f"{kind} of {derivative.count} connections that share the weight: {format_number(copies.total)}")
    if copies.agreement == DIFFERENT:
        notes.append(f"the weight holds {format_number(copies.stored or 0.0)}, {derivative.note}")
    elif copies.agreement != EXACT:
        notes.append(f"the weight holds {format_number(copies.stored or 0.0)}")
    return notes


def _change_lines(unit: UnitExplanation) -> list[str]:
    changed = [(weight.sender, weight.change) for weight in unit.weights if weight.change is not None]
    if not changed:
        return ["", f"last change: {NOT_STORED}"] if unit.has_unexplained_change else []
    first = changed[0][1]
    header: list[Cell] = ["", "w before", "+", "change", *([] if not first.decay else ["", "less decay"]), "→", "w after"]
    rows = [_change_row(sender, change, first) for sender, change in changed]
    return ["", rule_line(first), *table_lines([header, *rows])]


def _change_row(sender: str, change: Change, first: Change) -> list[Cell]:
    decay: list[Cell] = ["×", 1.0 - change.decay] if first.decay else []
    notes = _change_notes(change, first)
    return [sender, change.before, "+", change.change.value, *decay, "→", change.after.value, *notes]


def _change_notes(change: Change, first: Change) -> list[Cell]:
    other = {name: value for name, value in change.parameters.items() if value != first.parameters.get(name)}
    notes = [f"{name}={value}" for name, value in other.items()]
    if change.after.agreement == DIFFERENT:
        notes.append(f"now {format_number(change.after.stored or 0.0)}: assigned after the change")
    return [f" {'; '.join(notes)}"] if notes else []
