"""The conditions of a study: the settings of the parameters that vary, from a grid, a table, or a function of the participant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from connectionist.errors import ParameterError
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import encodable, shown

Values = dict[str, Any]
OfParticipant = Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True)
class Conditions:
    """What varies in a study.

    Attributes
    ----------
    names : tuple of str
        Names of the parameters that vary, in order.
    values : tuple of dict of str to object
        The values of each condition, in order. Without variation there is one condition without values.
    of_participant : function or None
        Function of the seed that returns further parameters of a run.
    """

    names: tuple[str, ...] = ()
    values: tuple[Values, ...] = ({},)
    of_participant: OfParticipant | None = None


def make_conditions(vary: object, conditions: object) -> Conditions:
    """Return the conditions for the arguments ``vary`` and ``conditions`` of a study.

    Raises
    ------
    ParameterError
        If one of them has another form, if both are given, or if a condition occurs twice.

    Examples
    --------
    >>> make_conditions({"rate": [0.1, 0.2], "momentum": [0.0]}, None).values
    ({'rate': 0.1, 'momentum': 0.0}, {'rate': 0.2, 'momentum': 0.0})
    """
    if vary is not None and conditions is not None:
        raise ParameterError("Study: vary and conditions exclude each other; give one of them")
    if conditions is not None:
        return _from_table(conditions)
    if vary is None:
        return Conditions()
    if isinstance(vary, Mapping):
        return _from_grid(vary)
    if takes(vary, 1):
        return Conditions(of_participant=vary)  # type: ignore[arg-type]
    raise ParameterError(f"Study.vary: must be a dict of name to list of values, or a function of the seed (got {shown(vary)})")


def participant_values(function: OfParticipant, seed: int) -> Values:
    """Return the parameters that a user's function gives for a seed.

    Raises
    ------
    ParameterError
        If it does not return a dict of name to value.
    """
    given = function(seed)
    if not isinstance(given, Mapping):
        raise ParameterError(f"Study.vary: the function must return a dict of parameters (got {shown(given)} for seed {seed})")
    return {_name(name, "vary"): plain_value(value, f"Study.vary of seed {seed}, {name}") for name, value in given.items()}


def describe_condition(values: Mapping[str, Any]) -> str:
    """Return a condition for messages and legends.

    Examples
    --------
    >>> describe_condition({"rate": 0.1, "order": "fixed"})
    'rate 0.1, order fixed'
    """
    return ", ".join(f"{name} {value}" for name, value in values.items())


def plain_value(value: Any, what: str) -> Any:
    """Return a value of a parameter as a number, text, True, False, None, or a tuple of these.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(plain_value(item, what) for item in value)
    if isinstance(value, str) and value != encodable(value):
        raise ParameterError(f"{what}: must be text that UTF-8 can encode (got {shown(value)})")
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and value == value):  # noqa: PLR0124  (not NaN)
        return value
    raise ParameterError(f"{what}: must be a number, text, True, False, None, or a tuple of these (got {shown(value)})")


def _from_grid(vary: Mapping[Any, Any]) -> Conditions:
    names = tuple(_name(name, "vary") for name in vary)
    levels = [_levels(name, values) for name, values in vary.items()]
    return _distinct(Conditions(names, tuple(dict(zip(names, each, strict=True)) for each in product(*levels))), "vary")


def _levels(name: str, values: Any) -> list[Any]:
    if isinstance(values, (str, Mapping)) or not isinstance(values, Iterable):
        raise ParameterError(f"Study.vary[{name!r}]: must be a list of values (got {shown(values)})")
    levels = [plain_value(value, f"Study.vary[{name!r}]") for value in finite_list(values, f"Study.vary[{name!r}]", in_order=True)]
    if not levels:
        raise ParameterError(f"Study.vary[{name!r}]: must have at least one value (got none)")
    return levels


def _from_table(table: Any) -> Conditions:
    rows = table.to_dict("records") if hasattr(table, "to_dict") and hasattr(table, "columns") else table
    if isinstance(rows, (str, Mapping)) or not isinstance(rows, Iterable):
        raise ParameterError(f"Study.conditions: must be a DataFrame or a list of dicts (got {shown(table)})")
    found = [_row(number, row) for number, row in enumerate(finite_list(rows, "Study.conditions", in_order=True))]
    if not found:
        raise ParameterError("Study.conditions: must have at least one condition (got none)")
    names = tuple(dict.fromkeys(name for row in found for name in row))
    return _distinct(Conditions(names, tuple({name: row[name] for name in names if name in row} for row in found)), "conditions")


def _row(number: int, row: Any) -> Values:
    if not isinstance(row, Mapping):
        raise ParameterError(f"Study.conditions: row {number} must be a dict of name to value (got {shown(row)})")
    return {_name(name, "conditions"): plain_value(value, f"Study.conditions, row {number}, {name}") for name, value in row.items()}


def _name(name: Any, argument: str) -> str:
    if not isinstance(name, str) or not name.isprintable() or not name:
        raise ParameterError(f"Study.{argument}: must have names of parameters as keys (got {shown(name)})")
    return name


def _distinct(conditions: Conditions, argument: str) -> Conditions:
    seen: dict[str, int] = {}
    for number, values in enumerate(conditions.values):
        text = repr(list(values.items()))
        if text in seen:
            raise ParameterError(f"Study.{argument}: conditions {seen[text]} and {number} are the same ({describe_condition(values)})")
        seen[text] = number
    return conditions
