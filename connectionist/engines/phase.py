"""Phases of training, and the criterion that ends training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from connectionist.engines.schedule import Schedule, check_schedule, describe_schedule, rule_at
from connectionist.errors import ParameterError, check_number
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import back_propagation, resolve_procedure
from connectionist.plugins.procedures import JointSignalProcedure, LearningProcedure, SignalProcedure
from connectionist.plugins.rules import LocalRule, Rule, SearchRule
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.unknown_attributes import KnownAttributes

ORDERS = ("fixed", "permuted", "sampled")
WEIGHTINGS = ("equal", "frequency")
CLIPS = ("length", "value", "normalize")
SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "update_after": "epoch",
        "order": "fixed",
        "weighting": "equal",
        "presentations": None,
        "clip": None,
        "schedule": None,
        "procedure": None,
    }
)  # of a phase, beside rule and epochs, with their defaults


@with_assignment_errors
@dataclass(frozen=True)
class Phase(KnownAttributes):
    """A phase of training with one rule.

    Parameters
    ----------
    rule : Rule or str
        Rule that changes the weights. A name means the rule with its default parameters.
    epochs : int
        Largest number of epochs, at least 0.
    update_after : "epoch" or int
        When weights are changed: after each epoch, or after this number of examples, at least 1. The examples that remain at the end of an
        epoch make one more change.
    order : {"fixed", "permuted", "sampled"}
        Order in which an epoch presents the examples. "fixed" is the order of the example set. "permuted" is a new random order in each
        epoch. "sampled" draws as many examples as there are, with replacement and with probabilities proportional to their frequencies.
    weighting : {"equal", "frequency"}
        With "frequency", E of each example, and so each derivative, is multiplied by its frequency, beside its own weight (Plaut,
        McClelland, Seidenberg & Patterson 1996, Psychological Review 103, 56–115).
    presentations : int, optional
        Number of examples that an epoch presents, at least 1; by default as many as there are. The next epoch goes on where the last one
        ended, over the end of the set. With ``update_after="epoch"`` these are the batches of LENS.
    clip : pair of str and float, optional
        What is done to the derivatives ∂E/∂w before each change of the weights, for any rule that learns from them. The number is above 0.
        ``("length", c)`` scales those of all trainable weights to the Euclidean length c if they are longer, as ``clip_grad_norm_`` of
        PyTorch does, and Doug's momentum of LENS with c = 1. ``("value", c)`` limits each to the range from −c to c, as
        ``clip_grad_value_``. ``("normalize", c)`` scales them to the length c in any case, unless they are 0.
    schedule : dict of str to dict or function, optional
        Parameters of the rule that change during the phase. ``{"rate": {0: 0.1, 500: 0.01}}`` is a rate of 0.1 at first, and of 0.01 after
        500 epochs of the phase; before the first number of epochs, a parameter has the value of the rule. A function receives the number of
        epochs of the phase so far and E of the last epoch (infinite before the first of the training), and returns the value for the next
        epoch. The rate of a projection that has a rate does not change.
    procedure : LearningProcedure or str, optional
        How each weight comes by the number that the rule uses. None, the default, means the usual one: "back_propagation", or the rule
        itself if it is a `LocalRule` or a `JointRule`.

    Raises
    ------
    ParameterError
        If a parameter is out of range, if a `SearchRule` is combined with another `update_after` than "epoch" or another `order` than
        "fixed", if the error is weighted and the procedure does not use derivatives of E, or if derivatives are clipped for a rule that
        does not use them. If the rule has no parameter with a name of the schedule, if a value is out of range, or if the rule does not fit
        the procedure.
    """

    rule: Rule
    epochs: int
    update_after: str | int = "epoch"
    order: str = "fixed"
    weighting: str = "equal"
    presentations: int | None = None
    clip: tuple[str, float] | None = None
    schedule: Schedule | None = None
    procedure: LearningProcedure | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", registry.resolve("update_rules", self.rule, Rule, what="Phase.rule"))
        procedure = procedure_for(self.rule, self.procedure)
        if self.procedure is not None:
            object.__setattr__(self, "procedure", None if procedure == procedure_for(self.rule, None) else procedure)
        keep_number(self, "Phase", "epochs", at_least=0, whole=True)
        if not isinstance(self.update_after, str):
            keep_number(self, "Phase", "update_after", at_least=1, whole=True)
        elif self.update_after != "epoch":
            raise ParameterError(f"Phase.update_after: must be 'epoch' or a number of examples (got {self.update_after!r})")
        if self.presentations is not None:
            keep_number(self, "Phase", "presentations", at_least=1, whole=True)
        if not isinstance(self.order, str) or self.order not in ORDERS:
            raise ParameterError(f"Phase.order: must be one of {', '.join(ORDERS)} (got {self.order!r})")
        if not isinstance(self.weighting, str) or self.weighting not in WEIGHTINGS:
            raise ParameterError(f"Phase.weighting: must be one of {', '.join(WEIGHTINGS)} (got {self.weighting!r})")
        if self.weighting != "equal" and isinstance(procedure, (SignalProcedure, JointSignalProcedure)):
            what = "rule" if isinstance(self.rule, LearningProcedure) else "procedure"
            raise ParameterError(
                f"Phase.weighting: {what} {procedure.name!r} does not learn from derivatives of E, so weights of E have no effect; "
                f"use 'equal' (got {self.weighting!r})"
            )
        given = self.update_after, self.order, self.presentations
        if isinstance(self.rule, SearchRule) and given != ("epoch", "fixed", None):
            raise ParameterError(
                f"Phase: rule {self.rule.name!r} searches over whole epochs; set update_after='epoch', order='fixed' and "
                f"presentations=None (got {', '.join(map(repr, given))})"
            )
        if self.clip is not None:
            object.__setattr__(self, "clip", _checked_clip(self.clip, self.rule))
        if self.schedule is not None:
            object.__setattr__(self, "schedule", check_schedule(self.schedule, self.rule, procedure))

    def examples_per_change(self, presentations: int) -> int:
        """Return the number of examples between two weight changes, in an epoch of `presentations` examples."""
        return presentations if isinstance(self.update_after, str) else min(int(self.update_after), presentations)

    def epoch_size(self, examples: int) -> int:
        """Return the number of presentations in an epoch, for a set of `examples` examples."""
        return examples if self.presentations is None else int(self.presentations)

    def at(self, epochs: int, error: float) -> Phase:
        """Return the phase with the rule for the next epoch.

        Parameters
        ----------
        epochs : int
            Number of epochs of the phase so far.
        error : float
            E of the last epoch; infinity before the first.

        Raises
        ------
        ParameterError
            If a function of the schedule returns a value out of range.
        """
        if self.schedule is None:
            return self
        rule = rule_at(self.rule, self.schedule, epochs, error)
        return self if rule == self.rule else replace(self, rule=rule, schedule=None)

    def describe(self) -> dict[str, Any]:
        """Return the rule's name, its parameters, and the other parameters of the phase, for reports."""
        names: list[str] = [field.name for field in fields(self.rule)] if is_dataclass(self.rule) else []
        parameters = {name: getattr(self.rule, name) for name in names}
        rest = {name: getattr(self, name) for name in ("epochs", "update_after", "order", "weighting", "presentations")}
        if self.clip is not None:
            rest["clip"] = list(self.clip)
        if self.schedule is not None:
            rest["schedule"] = describe_schedule(self.schedule)
        if self.procedure is not None:
            rest["procedure"] = _describe_procedure(self.procedure)
        return {"rule": self.rule.name, "parameters": parameters, **rest}

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments of the phase beside rule and epochs, by name."""
        return {name: getattr(self, name) for name in SETTINGS}

    @property
    def learning_procedure(self) -> LearningProcedure:
        """The procedure, or the usual one of the rule if `procedure` is None."""
        return procedure_for(self.rule, None) if self.procedure is None else self.procedure


def are_equal(phases: object, others: object) -> bool:
    """Return whether phases have equal parameters; not if a parameter cannot be compared, as an array."""
    try:
        return bool(phases == others)
    except Exception:  # of a class of a plugin
        return False


def procedure_for(rule: Rule, given: object, what: str = "Phase.procedure") -> LearningProcedure:
    """Return the learning procedure of a rule: the given one, or the usual one for None.

    Parameters
    ----------
    rule : Rule
    given : LearningProcedure, str or None
    what : str
        Name of the argument, for messages.

    Raises
    ------
    ParameterError
        If it is no procedure, or if the rule does not fit it.
    UnknownNameError
        If no plugin offers it.
    """
    if given is None:
        return rule if isinstance(rule, LearningProcedure) else back_propagation()
    procedure = resolve_procedure(given, what)
    if isinstance(rule, LearningProcedure) and procedure != rule:
        if given == rule.name:
            return rule
        raise ParameterError(
            f"{what}: rule {rule.name!r} has a learning procedure already, its signals; leave the procedure out, or give a rule of "
            f"derivatives, such as 'steepest' (got {procedure.name!r})"
        )
    if isinstance(rule, SearchRule) and procedure != back_propagation():
        raise ParameterError(
            f"{what}: rule {rule.name!r} searches for the minimum of E, so it needs 'back_propagation' (got {procedure.name!r})"
        )
    return procedure


def _describe_procedure(procedure: LearningProcedure) -> dict[str, Any]:
    names: list[str] = [field.name for field in fields(procedure)] if is_dataclass(procedure) else []
    return {"name": procedure.name, "parameters": {name: getattr(procedure, name) for name in names}}


def _checked_clip(clip: Any, rule: Rule) -> tuple[str, float]:
    if not isinstance(clip, (tuple, list)) or len(clip) != 2 or clip[0] not in CLIPS:
        raise ParameterError(f"Phase.clip: must be a pair of one of {', '.join(CLIPS)} and a number, as ('length', 1.0) (got {clip!r})")
    length = check_number("Phase", "clip", clip[1], above=0)
    if isinstance(rule, (LocalRule, SearchRule)):
        reason = "does not learn from derivatives" if isinstance(rule, LocalRule) else "searches with the derivatives as they are"
        raise ParameterError(f"Phase.clip: rule {rule.name!r} {reason}, so they cannot be clipped (got {clip!r})")
    return clip[0], float(length)


@with_assignment_errors
@dataclass(frozen=True)
class Criterion(KnownAttributes):
    """A condition that ends training after the first epoch that meets it. If both parts are given, both must hold.

    Both quantities are measured while the examples of the epoch are presented, so before the last weight change of that epoch.

    Parameters
    ----------
    error : float, optional
        Largest E of the epoch, at least 0.
    correct : float, optional
        Smallest fraction of the epoch's examples that are correct, above 0 and at most 1.

    Raises
    ------
    ParameterError
        If neither is given, or if one is out of range.
    """

    error: float | None = None
    correct: float | None = None

    def __post_init__(self) -> None:
        if self.error is None and self.correct is None:
            raise ParameterError("Criterion: give error, correct, or both")
        if self.error is not None:
            keep_number(self, "Criterion", "error", at_least=0)
        if self.correct is not None:
            keep_number(self, "Criterion", "correct", above=0, at_most=1)

    def describe(self) -> str:
        """Return the condition in words.

        Examples
        --------
        >>> Criterion(correct=1).describe(), Criterion(error=0.01, correct=0.9).describe()
        ('every case correct', 'E at most 0.01 and 90 % of the cases correct')
        """
        parts = [] if self.error is None else [f"E at most {self.error:g}"]
        if self.correct is not None:
            parts.append("every case correct" if self.correct == 1 else f"{100 * self.correct:g} % of the cases correct")
        return " and ".join(parts)

    def is_met(self, error: float, correct: float) -> bool:
        """Return whether an epoch with error E and this fraction of correct examples meets the criterion. NaN does not meet it."""
        return (self.error is None or error <= self.error) and (self.correct is None or correct >= self.correct)
