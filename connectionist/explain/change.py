"""The computation of a weight's last change. The rule is called again with the stored inputs of that change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectionist.engines.rates import weight_limits
from connectionist.explain.terms import DIFFERENT, FunctionValue, NamedNumbers, Sum, Term, parameter_values
from connectionist.plugins.rules import LocalRule, Rule, SearchRule, UpdateRule, WholeNetRule
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.last_update import LastUpdate


@with_assignment_errors
@dataclass(frozen=True)
class Change:
    """The last change of a weight.

    Attributes
    ----------
    rule : str
        Name of the rule.
    equation : str
        Attribute ``equation`` of the rule; empty if it has none.
    parameters : dict of str
        Parameters of the rule for this weight. The rate can be that of its projection.
    examples : int
        Number of examples from which the change was made.
    before : float
        w before the change.
    arguments : tuple of (str, float)
        Arguments of the rule, by name: value, derivative or signal, summary, and state of the rule.
    change : FunctionValue
        Δw as the rule computes it now, and the stored `Weight.change`.
    decay : float
    after : FunctionValue
        (w + Δw)(1 − decay), and the stored `Weight.value`.
    new_memory : tuple of (str, float)
        State of the rule after the change, by name.
    signals : Sum or None
        For a `LocalRule`, the signals of the connections that carry the weight, in the present case; None for other rules.
    note : str
        What cannot be explained, or that the weight was assigned after the change; else empty.
    """

    rule: str
    equation: str
    parameters: dict[str, Any]
    examples: int
    before: float
    arguments: NamedNumbers
    change: FunctionValue
    decay: float
    after: FunctionValue
    new_memory: NamedNumbers
    signals: Sum | None
    note: str


def explain_change(weight: Weight, copies: list[Connection], *, is_mean: bool) -> Change | None:
    """Return the last change of a weight.

    Parameters
    ----------
    weight : Weight
    copies : list of Connection
        Connections that carry the weight.
    is_mean : bool
        Whether the signals of tied connections are averaged.

    Returns
    -------
    Change or None
        None if there was no change, or if its inputs are not stored.
    """
    last = weight.last_update
    position = None if last is None else last.position_of(weight.row)
    if last is None or position is None:
        return None
    rule = last.rule.at(float(last.rates[position]))
    before = float(last.values[position])
    arguments, change, new_memory = _compute_again(rule, last, position, weight)
    if change.agreement == DIFFERENT:
        return None  # a later change was made whose inputs are not stored
    decay = float(rule.decay)
    unlimited = (before + change.value) * (1.0 - decay)
    limited = _limited(unlimited, weight)
    after = FunctionValue("value", "", "", (), limited, weight.value, abs(before) + abs(change.value))
    return Change(
        rule=rule.name,
        equation=getattr(rule, "equation", ""),
        parameters=dict(parameter_values(rule)),
        examples=last.examples,
        before=before,
        arguments=arguments,
        change=change,
        decay=decay,
        after=after,
        new_memory=new_memory,
        signals=_signals(rule, before, copies, float(last.derivatives[position]), is_mean=is_mean),
        note=_note(rule, after, last.clip) or ("" if limited == unlimited else f"cut to the limit {limited:g} of the projection"),
    )


def _limited(value: float, weight: Weight) -> float:
    """Return a value cut to the limits of the projections whose connections carry the weight."""
    network = weight._network()
    limits = weight_limits(network)
    if limits is None:
        return value
    index = network.weights.index(weight)
    return min(max(value, float(limits[0][index])), float(limits[1][index]))


def _compute_again(rule: Rule, last: LastUpdate, position: int, weight: Weight) -> tuple[NamedNumbers, FunctionValue, NamedNumbers]:
    """Call the rule with the stored inputs. Return its arguments, Δw and its new state."""
    before, derivative_or_signal = float(last.values[position]), float(last.derivatives[position])
    if isinstance(rule, SearchRule):
        return (("value", before),), FunctionValue("change", rule.name, "", (), weight.change, weight.change), ()
    assert isinstance(rule, (UpdateRule, WholeNetRule, LocalRule))
    memory = [float(last.memory[name][position]) for name in rule.memory]
    summary = last.summary if isinstance(rule, WholeNetRule) else ()
    change, *new_memory = rule.change(before, derivative_or_signal, *summary, *memory)
    size = max(map(abs, (derivative_or_signal, *memory)))
    names = ("value", "signal" if isinstance(rule, LocalRule) else "derivative", *(["summary"] if summary else []), *rule.memory)
    arguments = tuple(zip(names, (before, derivative_or_signal, *summary, *memory), strict=True))
    value = FunctionValue("change", rule.name, getattr(rule, "equation", ""), arguments, float(change), weight.change, size)
    return arguments, value, tuple(zip(rule.memory, map(float, new_memory), strict=True))


def _signals(rule: Rule, before: float, copies: list[Connection], stored: float, *, is_mean: bool) -> Sum | None:
    if not isinstance(rule, LocalRule):
        return None
    terms = []
    for copy in copies:
        sender, receiver = copy.sender.activation, copy.receiver.activation
        target = copy.receiver.target if copy.receiver.group.role == "output" else math.nan
        signal = float(rule.signal(before, sender, receiver, target))
        terms.append(Term(copy.name, signal, arguments=_signal_arguments(sender, receiver, target)))
    return Sum("signal", tuple(terms), stored, len(copies) if is_mean else 1)


def _signal_arguments(sender: float, receiver: float, target: float) -> NamedNumbers:
    targets = () if math.isnan(target) else (("target", target),)
    return (("sender", sender), ("receiver", receiver), *targets)


def _note(rule: Rule, after: FunctionValue, clip: tuple[str, float] | None) -> str:
    if isinstance(rule, SearchRule):
        return f"{rule.name} is a search rule, which moves all weights at once: only the end point of the search can be shown"
    if after.agreement == DIFFERENT:
        return f"the weight is {after.stored!r}: it was assigned after the change"
    if clip is not None:
        kinds = {
            "length": "those of all weights cut to the length",
            "value": "cut to the value",
            "normalize": "those of all weights scaled to the length",
        }
        return f"the derivative is after clipping, {kinds[clip[0]]} {clip[1]:g}"
    return ""
