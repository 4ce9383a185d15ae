"""Parameters of a rule that change during a phase: by epoch, or by a function of the epoch and the error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError, UnknownNameError, check_number, suggest_name
from connectionist.plugins.parameter_types import parameters_of
from connectionist.utils.functions import takes
from connectionist.utils.real_number import plain_number
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.plugins.procedures import LearningProcedure
    from connectionist.plugins.rules import Rule

Values = Mapping[int, Any] | Callable[[int, float], Any]
Schedule = Mapping[str, Values]


def check_schedule(schedule: object, rule: Rule, procedure: LearningProcedure) -> dict[str, Any]:
    """Return the schedule of a phase with its values in the order of their epochs. The procedure is for the message.

    Raises
    ------
    ParameterError
        If it is not a dict of parameters of the rule to values by epoch, or to functions of two arguments; or if a value is out of range.
    """
    if not isinstance(schedule, Mapping) or not schedule:
        raise ParameterError(f"Phase.schedule: must be a dict of parameters to values by epoch, or to functions (got {shown(schedule)})")
    known: list[str] = [field.name for field in fields(rule) if field.init] if is_dataclass(rule) else []
    checked: dict[str, Any] = {}
    for name, values in schedule.items():
        if name not in known:
            has_procedure = name in parameters_of(type(procedure))
            of_procedure = f"procedure {procedure.name!r} has, but only parameters of the rule can change; " if has_procedure else ""
            raise UnknownNameError(
                f"Phase.schedule: rule {rule.name!r} has no parameter {name!r}; {of_procedure}{suggest_name(name, known)}"
            )
        if callable(values):
            if not takes(values, 2):
                raise ParameterError(f"Phase.schedule[{name!r}]: a function must take two arguments, epoch and error (got {shown(values)})")
            checked[name] = values
        else:
            checked[name] = _by_epoch(name, values)
    plain = {name: values for name, values in checked.items() if not callable(values)}
    for epoch in sorted({0, *(epoch for values in plain.values() for epoch in values)}):
        try:
            rule_at(rule, plain, epoch, 0.0)
        except ParameterError as error:
            raise ParameterError(f"Phase.schedule, from epoch {epoch}: {error}") from None
    return checked


def _by_epoch(name: str, values: object) -> dict[int, Any]:
    if not isinstance(values, Mapping) or not values:
        raise ParameterError(f"Phase.schedule[{name!r}]: must be a dict of epochs to values, or a function (got {shown(values)})")
    epochs = {check_number(f"Phase.schedule[{name!r}]", "epoch", epoch, at_least=0, whole=True): epoch for epoch in values}
    given = {epoch: values[epochs[epoch]] for epoch in sorted(epochs)}
    numbers = {epoch: plain_number(value) for epoch, value in given.items()}
    return {epoch: value if numbers[epoch] is None else numbers[epoch] for epoch, value in given.items()}


def _value_at(values: Mapping[int, Any], epochs: int) -> list[Any]:
    """Return the value after a number of epochs, or none before the first."""
    return [value for epoch, value in values.items() if epoch <= epochs][-1:]


def rule_at(rule: Rule, schedule: Schedule, epochs: int, error: float) -> Rule:
    """Return a rule with the scheduled values of its parameters for the epoch after a number of epochs. `error` is E of the last one.

    Raises
    ------
    ParameterError
        If a value is out of range.
    """
    found: dict[str, Any] = {}
    for name, values in schedule.items():
        present = [values(epochs, error)] if callable(values) else _value_at(values, epochs)
        is_float = type(getattr(rule, name)) is float  # whole numbers would be compiled separately
        for value in present:
            found[name] = float(number) if is_float and (number := plain_number(value)) is not None else value
    return replace(rule, **found)  # type: ignore[type-var]


def epochs_to_change(schedule: Schedule | None, epochs: int) -> int | None:
    """Return the number of epochs from which on a value may be another, counted from `epochs` epochs on; None if no other will come."""
    if schedule is None:
        return None
    if any(callable(values) for values in schedule.values()):
        return 1
    return min((epoch - epochs for values in schedule.values() for epoch in values if epoch > epochs), default=None)  # type: ignore[union-attr]


def with_text_epochs(schedule: Schedule) -> dict[str, dict[str, Any]]:
    """Return a schedule without functions for a file, whose dicts have texts as keys."""
    found = {name: values for name, values in schedule.items() if not callable(values)}
    return {name: {str(epoch): value for epoch, value in values.items()} for name, values in found.items()}


def with_whole_epochs(described: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[int, Any]]:
    """Return a schedule from a file, whose epochs are texts.

    Raises
    ------
    ParameterError
        If it has another form.
    """
    try:
        return {name: {int(epoch): value for epoch, value in values.items()} for name, values in described.items()}
    except (AttributeError, TypeError, ValueError):
        raise ParameterError(f"Phase.schedule: must have values by epoch for each parameter (got {shown(described)})") from None


def describe_schedule(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as plain values for reports: a function as its name."""
    return {
        name: f"function {getattr(values, '__qualname__', type(values).__name__)}" if callable(values) else dict(values)
        for name, values in schedule.items()
    }
