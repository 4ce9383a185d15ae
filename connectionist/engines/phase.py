"""How long to train, with what, in which order, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from connectionist.errors import ParameterError, check_number
from connectionist.plugins.rules import LocalRule, Rule, SearchRule, UpdateRule, WholeNetRule

ORDERS = ("fixed", "permuted", "sampled")


@dataclass(frozen=True)
class Phase:
    """A stretch of training with one rule.

    Parameters
    ----------
    rule : Rule
        How weights are changed.
    epochs : int
        How many at most, at least 0.
    update_after : "epoch" or int
        When weights are changed: after each epoch, or after that many examples; 1 is after each example. What is left over
        at the end of an epoch makes a change of its own.
    order : {"fixed", "permuted", "sampled"}
        How an epoch presents the examples: as they stand, shuffled anew each epoch, or as many as there are drawn with
        replacement in proportion to their frequency.

    Raises
    ------
    ParameterError
        When one of these is out of range.
    """

    rule: Rule
    epochs: int
    update_after: str | int = "epoch"
    order: str = "fixed"

    def __post_init__(self) -> None:
        if not isinstance(self.rule, (UpdateRule, WholeNetRule, LocalRule, SearchRule)):
            raise ParameterError(f"Phase.rule: must be a rule, as made by cn.rule(name, rate=…) (got {self.rule!r})")
        check_number("Phase", "epochs", self.epochs, at_least=0, whole=True)
        if self.update_after != "epoch":
            if isinstance(self.update_after, str):
                raise ParameterError(f"Phase.update_after: must be 'epoch' or a number of examples (got {self.update_after!r})")
            check_number("Phase", "update_after", self.update_after, at_least=1, whole=True)
        if self.order not in ORDERS:
            raise ParameterError(f"Phase.order: must be one of {', '.join(ORDERS)} (got {self.order!r})")
        if isinstance(self.rule, SearchRule) and (self.update_after, self.order) != ("epoch", "fixed"):
            raise ParameterError(f"Phase: rule {self.rule.name!r} changes weights after whole epochs in fixed order only")

    def examples_per_change(self, presentations: int) -> int:
        """Return after how many of an epoch's presentations the weights are changed."""
        return presentations if isinstance(self.update_after, str) else min(int(self.update_after), presentations)

    def describe(self) -> dict[str, Any]:
        """Return the name of the rule, its parameters and the rest of the phase, for reports."""
        names: list[str] = [field.name for field in fields(self.rule)] if is_dataclass(self.rule) else []
        parameters = {name: getattr(self.rule, name) for name in names}
        rest = {name: getattr(self, name) for name in ("epochs", "update_after", "order")}
        return {"rule": self.rule.name, "parameters": parameters, **rest}


@dataclass(frozen=True)
class Criterion:
    """When training has reached what it was for. It stops after the first epoch in which every condition given holds.

    Both are measured while the epoch's examples are presented, that is, before its last change.

    Parameters
    ----------
    error : float, optional
        E of the epoch is at most this; at least 0.
    correct : float, optional
        The fraction of the epoch's examples that were right is at least this; above 0, at most 1.

    Raises
    ------
    ParameterError
        When neither is given, or one is out of range.
    """

    error: float | None = None
    correct: float | None = None

    def __post_init__(self) -> None:
        if self.error is None and self.correct is None:
            raise ParameterError("Criterion: give error, correct, or both")
        if self.error is not None:
            check_number("Criterion", "error", self.error, at_least=0)
        if self.correct is not None:
            check_number("Criterion", "correct", self.correct, above=0, at_most=1)

    def is_met(self, error: float, correct: float) -> bool:
        """Whether an epoch with this error and this fraction of examples right meets it."""
        return (self.error is None or error <= self.error) and (self.correct is None or correct >= self.correct)
