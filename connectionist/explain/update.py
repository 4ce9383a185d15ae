"""How the rule came by the last change of a weight: the rule is asked again, with what it was asked then."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from connectionist.explain.terms import DIFFERENT, FunctionValue, Sum, Term
from connectionist.plugins.rules import LocalRule, Rule, SearchRule, UpdateRule, WholeNetRule

if TYPE_CHECKING:
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.last_update import LastChange

Named = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Change:
    """The last change of a weight.

    Attributes
    ----------
    rule, equation : str
        The rule's name, and its equation if its plugin prints it.
    parameters : dict of str
        As they were for this weight: its rate may be its projection's own.
    examples : int
        After how many examples the change was made.
    before : float
        w before it.
    given : tuple of (str, float)
        What the rule was asked with, by the names of its arguments: value, derivative or signal, summary, and its memory.
    change : FunctionValue
        Δw, as the rule gives it now, beside `Weight.change`.
    decay : float
    after : FunctionValue
        (w + Δw)(1 − decay), beside `Weight.value`.
    remembered : tuple of (str, float)
        What the rule then remembered.
    signals : Sum or None
        Of a rule that learns from activations: what the connections that carry the weight contribute in the present case.
    note : str
        What cannot be explained, or was assigned since.
    """

    rule: str
    equation: str
    parameters: dict[str, Any]
    examples: int
    before: float
    given: tuple[tuple[str, float], ...]
    change: FunctionValue
    decay: float
    after: FunctionValue
    remembered: tuple[tuple[str, float], ...]
    signals: Sum | None
    note: str


def explain_change(weight: Weight, copies: list[Connection], *, is_mean: bool) -> Change | None:
    """Return how the last change of a weight was made; None where there was none, or nobody knows."""
    last = weight.last_change
    place = None if last is None else last.place(weight.row)
    if last is None or place is None:
        return None
    rule = last.rule.at(float(last.rates[place]))
    before = float(last.values[place])
    given, change, remembered = _asked_again(rule, last, place, weight)
    if change.agreement == DIFFERENT:
        return None  # there was a later one, of which nothing was kept
    decay = float(rule.decay)
    after = FunctionValue("value", "", "", (), (before + change.value) * (1.0 - decay), weight.value, abs(before) + abs(change.value))
    return Change(
        rule=rule.name,
        equation=getattr(rule, "equation", ""),
        parameters={field.name: getattr(rule, field.name) for field in fields(rule)} if is_dataclass(rule) else {},
        examples=last.examples,
        before=before,
        given=given,
        change=change,
        decay=decay,
        after=after,
        remembered=remembered,
        signals=_signals(rule, before, copies, float(last.derivatives[place]), is_mean=is_mean),
        note=_note(rule, after),
    )


def _asked_again(rule: Rule, last: LastChange, place: int, weight: Weight) -> tuple[Named, FunctionValue, Named]:
    before, handed = float(last.values[place]), float(last.derivatives[place])
    if isinstance(rule, SearchRule):
        return (("value", before),), FunctionValue("change", rule.name, "", (), weight.change, weight.change), ()
    assert isinstance(rule, (UpdateRule, WholeNetRule, LocalRule))
    memory = [float(last.memory[name][place]) for name in rule.memory]
    summary = last.summary if isinstance(rule, WholeNetRule) else ()
    change, *new = rule.change(before, handed, *summary, *memory)
    size = max(map(abs, (handed, *memory)))
    names = ("value", "signal" if isinstance(rule, LocalRule) else "derivative", *(["summary"] if summary else []), *rule.memory)
    given = tuple(zip(names, (before, handed, *summary, *memory), strict=True))
    answer = FunctionValue("change", rule.name, getattr(rule, "equation", ""), given, float(change), weight.change, size)
    return given, answer, tuple(zip(rule.memory, map(float, new), strict=True))


def _asked(sender: float, receiver: float, target: float) -> tuple[tuple[str, float], ...]:
    known = () if math.isnan(target) else (("target", target),)
    return (("sender", sender), ("receiver", receiver), *known)


def _signals(rule: Rule, before: float, copies: list[Connection], stored: float, *, is_mean: bool) -> Sum | None:
    if not isinstance(rule, LocalRule):
        return None
    terms = []
    for copy in copies:
        sender, receiver = copy.sender.activation, copy.receiver.activation
        target = copy.receiver.target if copy.receiver.group.role == "output" else math.nan
        signal = float(rule.signal(before, sender, receiver, target))
        terms.append(Term(copy.name, signal, given=_asked(sender, receiver, target)))
    return Sum("signal", tuple(terms), stored, len(copies) if is_mean else 1)


def _note(rule: Rule, after: FunctionValue) -> str:
    if isinstance(rule, SearchRule):
        return f"{rule.name} tries points for all weights at once: which it tried, and why it ended here, is not to be seen in one weight"
    if after.agreement == DIFFERENT:
        return f"the weight is {after.stored!r}: it was assigned since"
    return ""
